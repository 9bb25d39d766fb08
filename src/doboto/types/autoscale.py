"""Autoscale pools: Droplets of one template, as many as are needed."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: State of a pool.
AutoscaleStatus: TypeAlias = Literal["active", "deleting", "error"]


class AutoscaleStatic(TypedDict):
    """A pool of a fixed number of Droplets."""

    #: How many Droplets: 1 to 1000.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    target_number_instances: int


class AutoscaleDynamic(TypedDict):
    """A pool that grows and shrinks with what its Droplets have to do."""

    #: Fewest Droplets: 1 to 500.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    min_instances: int
    #: Most Droplets: 1 to 1000.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    max_instances: int
    #: How busy the CPUs should be: 0.05 to 1. Default: not looked at.
    #: https://docs.digitalocean.com/products/droplets/how-to/autoscale-pools/
    target_cpu_utilization: NotRequired[float]
    #: How full the memory should be: 0.05 to 1. Default: not looked at.
    #: https://docs.digitalocean.com/products/droplets/how-to/autoscale-pools/
    target_memory_utilization: NotRequired[float]
    #: Minutes between two changes of the pool: 5 to 20. Default: 10.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    cooldown_minutes: NotRequired[int]


#: How a pool scales.
AutoscaleConfig: TypeAlias = AutoscaleStatic | AutoscaleDynamic


class AutoscaleTemplateBase(TypedDict):
    """What a template must say, and what it may."""

    #: Beginning of the Droplets' names. Default: the pool's name.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    name: NotRequired[str]
    #: Slug of the region.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/regions_list
    region: str
    #: Slug of the size.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
    size: str
    #: Slug of the image, or its id as text.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/images_list
    image: str
    #: UUID of the VPC, which must be in the region. Default: the region's default VPC. Needs `vpc:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/vpcs_list
    vpc_uuid: NotRequired[str]
    #: Whether to install the agent, which scaling by utilization needs.
    #: https://docs.digitalocean.com/products/droplets/how-to/autoscale-pools/
    with_droplet_agent: NotRequired[bool]
    #: UUID of the project that the Droplets belong to. Default: the default project. Needs `project:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_list
    project_id: NotRequired[str]
    #: Whether each Droplet has an IPv6 address.
    #: https://docs.digitalocean.com/products/networking/ipv6/
    ipv6: NotRequired[bool]
    #: Script or cloud-config for the first boot, up to 64 KiB.
    #: https://docs.digitalocean.com/products/droplets/how-to/provide-user-data/
    user_data: NotRequired[str]
    #: False for no public address at all. Default: true.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    public_networking: NotRequired[bool]
    #: Names of tags to put on the Droplets. Default: none. Needs `tag:create`; sent to tokens with `tag:read`.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/tags_create
    tags: NotRequired[list[str]]


class AutoscaleTemplateCreate(AutoscaleTemplateBase):
    """What the Droplets of a pool are to be like."""

    #: Ids (as text) or fingerprints of SSH keys for root; the API wants the list, which may be empty.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/sshKeys_list
    ssh_keys: list[str]


class AutoscaleTemplate(AutoscaleTemplateBase):
    """What the Droplets of a pool are like."""

    #: Ids or fingerprints of SSH keys for root. Sent to tokens with `ssh_key:read`.
    ssh_keys: NotRequired[list[str]]


class AutoscaleCreate(TypedDict):
    """The attributes that create a pool; changing one takes all of them as well."""

    #: Name of the pool; it can't be changed.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    name: str
    #: How it scales: `target_number_instances` for a fixed number of Droplets; or `min_instances` and `max_instances`,
    #: with `target_cpu_utilization` or `target_memory_utilization` (0.05 to 1) or both, and `cooldown_minutes`.
    #: https://docs.digitalocean.com/products/droplets/how-to/autoscale-pools/
    config: AutoscaleConfig
    #: What its Droplets are like: `region`, `size`, `image` and `ssh_keys` (a list that may be empty) are required;
    #: other attributes are those of a Droplet.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/autoscalepools_create
    droplet_template: AutoscaleTemplateCreate


class Utilization(TypedDict):
    """How busy a pool's Droplets are, or one of them."""

    #: Part of the memory that is in use: 0 to 1.
    memory: NotRequired[float]
    #: Part of the CPUs' time that is used: 0 to 1.
    cpu: NotRequired[float]


class AutoscalePool(TypedDict):
    """A pool of Droplets."""

    #: UUID of the pool.
    id: str
    #: Name of the pool.
    name: str
    #: How it scales.
    config: AutoscaleConfig
    #: What its Droplets are like.
    droplet_template: AutoscaleTemplate
    #: How busy its Droplets are on average.
    current_utilization: NotRequired[Utilization]
    #: When it was made, ISO 8601.
    created_at: str
    #: When it was changed last, ISO 8601.
    updated_at: str
    #: Whether it works.
    status: AutoscaleStatus
    #: How many of its Droplets are active.
    active_resources_count: int


class AutoscaleMember(TypedDict):
    """A Droplet of a pool."""

    #: Number of the Droplet.
    droplet_id: int
    #: When it was made, ISO 8601.
    created_at: str
    #: When it was changed last, ISO 8601.
    updated_at: str
    #: Whether it is well.
    health_status: Literal["healthy", "unhealthy"]
    #: Why it is not.
    unhealthy_reason: NotRequired[str]
    #: Whether it is running.
    status: Literal["provisioning", "active", "deleting", "off"]
    #: How busy it is.
    current_utilization: Utilization


class AutoscaleEvent(TypedDict):
    """One time that a pool scaled, or was asked to."""

    #: UUID of the event.
    history_event_id: str
    #: How many Droplets there were.
    current_instance_count: int
    #: How many there should be after it.
    desired_instance_count: int
    #: What caused it.
    reason: Literal["CONFIGURATION_CHANGE", "SCALE_UP", "SCALE_DOWN"]
    #: Whether it is over, and how it ended.
    status: Literal["in_progress", "success", "error"]
    #: When it began, ISO 8601.
    created_at: str
    #: When it was changed last, ISO 8601.
    updated_at: str
