"""VPCs: private networks, what is in them, and the peerings that join them."""

from typing import Literal, NotRequired, TypedDict


class VPC(TypedDict):
    """A private network of one region.

    The API reference requires no field; these are in every response that it shows.
    """

    #: Name, unique in the account.
    name: str
    #: What it is for.
    description: str
    #: Slug of its region.
    region: str
    #: Addresses in it, as a CIDR.
    ip_range: str
    #: Whether resources of the region are in it unless another is given.
    default: bool
    #: UUID of the VPC.
    id: str
    #: Uniform resource name, as projects use it.
    urn: str
    #: When it was made, ISO 8601.
    created_at: str


class VPCCreate(TypedDict):
    """The attributes that create a VPC."""

    #: Name: letters, digits, "-" and "."; unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_create
    name: str
    #: Slug of the region.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_create
    region: str
    #: What it is for, up to 255 characters. Default: nothing.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_create
    description: NotRequired[str]
    #: Private addresses (RFC 1918) as a CIDR, /28 to /16, that no other network of the account has. Default: a /20.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_create
    ip_range: NotRequired[str]
    #: UUID of the project to be in, or "default". Default: the default project. It is not sent with the create: the
    #: client checks it before, and puts the VPC there right after. Needs `project:read`, `project:assign_resource`
    #: and `vpc:read`. https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_assign_resources
    project_id: NotRequired[str]


class VPCAttributes(TypedDict, total=False):
    """What can be changed of a VPC."""

    #: Name: letters, digits, "-" and "."; unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_patch
    name: str
    #: What it is for, up to 255 characters.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_patch
    description: str
    #: If true, make it the default of its region. It can't be unset: make another one the default.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_patch
    default: bool


class VPCMember(TypedDict):
    """Something that is in a VPC."""

    #: Name of the resource.
    name: str
    #: Uniform resource name: `do:droplet:1`.
    urn: str
    #: When it was made, ISO 8601.
    created_at: str


class VPCPeering(TypedDict):
    """Two VPCs joined.

    The API reference requires no field; these are in every response that it shows.
    """

    #: UUID of the peering.
    id: str
    #: When it was made, ISO 8601.
    created_at: str
    #: Whether it works yet, or still.
    status: Literal["PROVISIONING", "ACTIVE", "DELETING"]
    #: UUIDs of the two VPCs.
    vpc_ids: list[str]
    #: Name, unique in the account.
    name: str
