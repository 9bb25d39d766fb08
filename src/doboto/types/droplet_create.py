"""The attributes of `create` and `present`: the body of `POST /v2/droplets`.

https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
"""

from collections.abc import Sequence
from typing import TypedDict

from .backup import BackupPolicyAttributes


class DropletCreateBase(TypedDict, total=False):
    """The attributes that every create may have and none must."""

    #: Slug of the region, such as "nyc3", or its beginning ("nyc") for any of them. Default: any region.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/regions_list
    region: str
    # Not a list: a variable that is a list[int] is no list[int | str].
    #: List of the team's SSH keys that root is to accept, as ids or fingerprints. Default: none,
    #: and then DigitalOcean sends a password by mail. Needs `ssh_key:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sshKeys_list
    ssh_keys: Sequence[int | str]
    #: Whether to take backups, at an extra charge. Default: false. https://docs.digitalocean.com/products/backups/
    backups: bool
    #: When to take them, as `plan` (daily or weekly), `weekday` (SUN) and `hour` (0, 4, ... 20); only with `backups`.
    #: Default: daily. https://docs.digitalocean.com/products/backups/
    backup_policy: BackupPolicyAttributes
    #: Whether to give an IPv6 address; it cannot be taken away later. Default: false.
    #: https://docs.digitalocean.com/products/networking/ipv6/how-to/enable/
    ipv6: bool
    #: Whether to install the agent that measures memory, load and disk. Default: false.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    monitoring: bool
    #: Names of tags to put on the Droplet, made if new: letters, digits, ":", "-" and "_", up to 255
    #: characters each. Default: none. Needs `tag:create`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/tags_create
    tags: list[str] | None
    #: Script or cloud-config that runs at the first boot: plain text, at most 64 KiB. Default: none.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    user_data: str
    #: Deprecated in favour of `vpc_uuid`: a Droplet is always in a VPC. Default: false.
    #: https://docs.digitalocean.com/products/networking/vpc/
    private_networking: bool
    #: UUIDs of block storage volumes to attach, in the Droplet's region and attached to no other.
    #: Default: none. Needs `block_storage:read`. https://docs.digitalocean.com/products/volumes/
    volumes: list[str]
    #: Name that DOBOTO 0.6 documented for `volumes`; sent as that.
    volume: list[str]
    #: UUID of the VPC to be in. Default: the region's default VPC. Needs `vpc:read`.
    #: https://docs.digitalocean.com/products/networking/vpc/
    vpc_uuid: str
    #: UUID of the project to be in, or "default". Default: the default project. It is not sent with the create: the
    #: client checks it before, and puts the Droplet there right after. Needs `project:read`, `project:assign_resource`
    #: and `droplet:read`. https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_assign_resources
    project_id: str
    #: Whether to install the agent of the web console: true fails the create where it cannot be installed,
    #: false leaves it out. Default: it is installed where it can be.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    with_droplet_agent: bool
    #: Whether to be reachable from the Internet. If false, that cannot be undone, needs `ipv6` to be false, and rules
    #: out reserved IPs. Default: true.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    public_networking: bool


class DropletCreate(DropletCreateBase):
    """The attributes that create one Droplet."""

    #: Name and host name: letters, digits, "." and "-", up to 255 characters; it ends with a letter or digit.
    #: A domain name managed at DigitalOcean gets its PTR record.
    #: https://docs.digitalocean.com/products/networking/dns/
    name: str
    #: Slug of the size, such as "s-1vcpu-1gb".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
    size: str
    #: Slug of a public image, such as "ubuntu-24-04-x64", or the id of any. Needs `image:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_list
    image: int | str


class DropletsCreate(DropletCreateBase):
    """The attributes that create several Droplets, alike but for their names."""

    #: A name for each Droplet: letters, digits, "." and "-", up to 255 characters. The API takes ten a request, the
    #: client any number.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    names: list[str]
    #: Slug of the size, such as "s-1vcpu-1gb".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
    size: str
    #: Slug of a public image, such as "ubuntu-24-04-x64", or the id of any. Needs `image:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_list
    image: int | str


class DropletAttributes(DropletCreateBase, total=False):
    """All attributes, none of them required: for what is filled in step by step or given as keywords."""

    #: Name and host name of one Droplet: letters, digits, "." and "-", up to 255 characters. Not with
    #: `names`.
    #: https://docs.digitalocean.com/products/networking/dns/
    name: str
    #: A name for each of several Droplets. Not with `name`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/droplets_create
    names: list[str]
    #: Slug of the size, such as "s-1vcpu-1gb". The API requires it.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
    size: str
    #: Slug of a public image, such as "ubuntu-24-04-x64", or the id of any. The API requires it.
    #: Needs `image:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_list
    image: int | str
