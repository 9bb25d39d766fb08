"""Tags."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, TypeAlias

from .._core.attributes import to_nonempty_list
from .._core.request import Request, check_text, path
from .._json import mapping
from .._operation import Mode, operation, stream
from ..errors import ArgumentTypeError
from ..types import Tag, TaggedResource
from ._base.create import CreateSpec, Creation

Tags: TypeAlias = list[Tag]
Names: TypeAlias = list[str]
Resources: TypeAlias = list[TaggedResource]
Present: TypeAlias = tuple[Tag, Tag | None]


class TagOperations(Creation[Mode]):
    """Tags: labels by which resources are found and acted on together.

    DOBOTO 0.6 had an `update` that renamed a tag; today's API can't do that.
    """

    _noun = "tag"
    _parameters = {"name": "Its name, in the capitalisation that it was first made with."}

    @operation(ref="tags_list", scopes="tag:read", scopes_note="the read scopes of the resources to count them")
    async def list(self) -> Tags:
        """List all tags, all pages.

        Returns:
            A list of tags, each with the number of resources that carry it.
        """
        return await self._list_all("tags", "/tags")

    @stream(ref="tags_list", scopes="tag:read", scopes_note="the read scopes of the resources to count them")
    async def each(self) -> AsyncGenerator[Tag, None]:
        """Iterate over tags; the next page is read in advance."""
        async for tag in self._iterate("tags", "/tags"):
            yield tag

    @operation(ref="tags_list", scopes="tag:read")
    async def name_list(self) -> Names:
        """List the names of all tags, all pages.

        Returns:
            A list of names.
        """
        return [tag["name"] for tag in await self._list_all("tags", "/tags")]

    @operation(ref="tags_create", scopes="tag:create", effect="create")
    async def create(self, name: str) -> Tag:
        """Create a tag. One that is there already is given as it is, in the capitalisation that it has.

        Args:
            name: Its name: letters, digits, ":", "-" and "_", up to 255 characters.

        Raises:
            ValueError: The name is empty; nothing was created.
            DOBOTOHTTPException: The name has other characters.
        """
        return await self._create_resource(create_spec(name), self._session.deadline())

    @operation(ref=("tags_list", "tags_create"), scopes=("tag:read", "tag:create"), effect="present")
    async def present(self, name: str) -> Present:
        """Create a tag unless there is one of its name, in upper or lower case."""
        return await self._create_unless_exists(create_spec(name), self._session.deadline())

    @operation(ref="tags_get", scopes="tag:read", scopes_note="the read scopes of the resources to count them")
    async def info(self, name: str) -> Tag:
        """Read one tag.

        Returns:
            The tag, with the number of resources that carry it.

        Raises:
            DOBOTONotFoundException: There is no such tag.
        """
        return await self._get("tag", path("/tags/{name}", name=name))

    @operation(
        ref="tags_delete",
        scopes="tag:delete",
        effect="destroy",
        irreversible="The tag is lost; the resources that carry it stay, without it.",
    )
    async def destroy(self, name: str, *, missing_ok: bool = False) -> None:
        """Destroy a tag. The resources that carry it stay, without it.

        Raises:
            DOBOTONotFoundException: There is no such tag, and `missing_ok` is False.
        """
        await self._delete(Request("DELETE", path("/tags/{name}", name=name), repeatable=True), missing_ok)

    @operation(
        ref="tags_assign_resources",
        scopes="tag:create",
        effect="update",
        scopes_note="the update scope of each resource, such as droplet:update",
    )
    async def attach(self, name: str, resources: Resources) -> None:
        """Put a tag on resources. The tag must be there.

        Args:
            resources: Resources, each with a `resource_id`, a number or text, and a `resource_type`: `droplet`,
                `image`, `volume` or `volume_snapshot`.

        Raises:
            ValueError, TypeError: There are no resources, or one lacks its id or type; nothing was tagged.
            DOBOTONotFoundException: There is no such tag, or no such resource.
        """
        await self._send(tag_request("POST", name, resources))

    @operation(
        ref="tags_unassign_resources",
        scopes="tag:delete",
        effect="update",
        scopes_note="the update scope of each resource, such as droplet:update",
    )
    async def detach(self, name: str, resources: Resources) -> None:
        """Take a tag off resources.

        Args:
            resources: Resources, each with a `resource_id` and a `resource_type`, as for `attach`.

        Raises:
            ValueError, TypeError: There are no resources, or one lacks its id or type; nothing was untagged.
            DOBOTONotFoundException: There is no such tag, or no such resource.
        """
        await self._send(tag_request("DELETE", name, resources))


def create_spec(name: str) -> CreateSpec:
    """Return how to create a tag. One that exists is returned as it is, so that repeating does no harm (doctl#333)."""
    wanted = check_text("name", name).lower()

    def same(tag: Mapping[str, Any]) -> bool:
        return str(tag.get("name")).lower() == wanted

    request = Request("POST", "/tags", body={"name": name}, repeatable=True)
    return CreateSpec(f"tag {name}", request, "tag", same)


def tag_request(method: str, name: str, resources: Resources) -> Request:
    """Return the request that tags or untags resources; the API requires ids as text (droplet_kit PR#138).

    Raises:
        ValueError: There are no resources, or one lacks its id or type.
        TypeError: They are no list of dicts.
    """
    named = [_resource(resource) for resource in to_nonempty_list("resources", resources)]
    where = path("/tags/{name}/resources", name=name)
    return Request(method, where, body={"resources": named}, repeatable=True)


def _resource(resource: Any) -> dict[str, str]:
    if not isinstance(resource, Mapping):
        raise ArgumentTypeError(
            "{0} must be dicts with resource_id and resource_type, not {value!r}", "resources", value=resource
        )
    given = mapping(resource)
    return {member: check_text(member, given.get(member, "")) for member in ("resource_id", "resource_type")}
