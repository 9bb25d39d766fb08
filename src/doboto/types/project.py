"""Projects: what resources are grouped by."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

#: What a project's resources are for.
ProjectEnvironment: TypeAlias = Literal["Development", "Staging", "Production"]


class Project(TypedDict):
    """A group of resources.

    The API reference requires no field; these are in every response that it shows.
    """

    #: UUID of the project.
    id: str
    #: UUID of the owner.
    owner_uuid: str
    #: Number of the owner.
    owner_id: int
    #: Name, unique in the account.
    name: str
    #: What it is.
    description: str
    #: What it is for: one of the purposes that DigitalOcean knows, or "Other: ...".
    purpose: str
    #: What its resources are for.
    environment: ProjectEnvironment
    #: When it was made, ISO 8601.
    created_at: str
    #: When it was changed last, ISO 8601.
    updated_at: str
    #: Whether resources come into it unless another is given.
    is_default: bool


class ProjectCreate(TypedDict):
    """The attributes that create a project."""

    #: Name, up to 175 characters, unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_create
    name: str
    #: What it is for, up to 255 characters; what DigitalOcean does not know it keeps as "Other: ...".
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_create
    purpose: str
    #: What it is, up to 255 characters. Default: nothing.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_create
    description: NotRequired[str]
    #: What its resources are for.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_create
    environment: NotRequired[ProjectEnvironment]


class ProjectAttributes(TypedDict, total=False):
    """What can be changed of a project."""

    #: Name, up to 175 characters, unique in the account.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_patch
    name: str
    #: What it is, up to 255 characters.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_patch
    description: str
    #: What it is for, up to 255 characters.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_patch
    purpose: str
    #: What its resources are for.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_patch
    environment: ProjectEnvironment
    #: If true, make it the default project.
    #: https://docs.digitalocean.com/reference/api/api-reference/#operation/projects_patch
    is_default: bool


class ProjectResourceLinks(TypedDict):
    """Where a resource of a project can be read."""

    #: URL of the resource.
    self: str


class ProjectResource(TypedDict, total=False):
    """Something that is in a project, or was to be put into it.

    One that is not there has its name and status only.
    """

    #: Uniform resource name: `do:droplet:1`.
    urn: str
    #: When it came into the project, ISO 8601.
    assigned_at: str
    #: Where it can be read.
    links: ProjectResourceLinks
    #: How assigning it, or looking for it, went.
    status: Literal["ok", "not_found", "assigned", "already_assigned", "service_down"]
