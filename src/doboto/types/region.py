"""What `GET /v2/regions` answers, and what Droplets and actions carry as their region."""

from typing import NotRequired, TypedDict


class Region(TypedDict):
    """A datacenter in which resources live."""

    #: Display name, such as "New York 3".
    name: str
    #: Identifier, such as "nyc3": what requests take as `region`.
    slug: str
    #: Names of the features that are offered there, such as "backups" or "metadata".
    features: list[str]
    #: Whether new Droplets can be created there.
    available: bool
    #: Slugs of the sizes that are offered there. Sent to tokens with `sizes:read`.
    sizes: NotRequired[list[str]]
