"""Actions: the record that DigitalOcean keeps of each change to a resource."""

from typing import Literal, NotRequired, TypeAlias, TypedDict

from .region import Region

#: State of an action; `completed` and `errored` are final.
ActionStatus: TypeAlias = Literal["in-progress", "completed", "errored"]


class Action(TypedDict):
    """One change to a resource, under way or done.

    The API reference requires no field; those without `NotRequired` are in every response that it shows, and
    were documented for DOBOTO 0.6.
    """

    #: Number by which the action is asked for.
    id: int
    #: Whether the action is still running, and how it ended.
    status: ActionStatus
    #: What is done, such as "create" or "power_off".
    type: str
    #: When it began, ISO 8601.
    started_at: str
    #: When it ended, ISO 8601; None until then.
    completed_at: str | None
    #: Number of the resource that is changed.
    resource_id: int | None
    #: Kind of that resource, such as "droplet".
    resource_type: str
    # DOBOTO 0.6 documented a slug or None here, the API reference has the object.
    #: Region in which it is done: the whole region, or (older responses) its slug.
    region: NotRequired[Region | str | None]
    #: Slug of that region.
    region_slug: NotRequired[str | None]
    #: Number of the image that a snapshot made. The client adds it in `droplet.snapshot_create` with `wait`, where it
    #: can be determined; the API has no such field.
    image_id: NotRequired[int]


class ActionLink(TypedDict):
    """Reference to an action, as the response to a create has it in `links.actions`."""

    #: Number of the action.
    id: int
    #: Type of the action, such as "create".
    rel: str
    #: URL of the action. The client asks by `id`, so that its token stays with its own base URL.
    href: str
