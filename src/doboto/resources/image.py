"""Images."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes, merge_attributes
from .._core.request import Request, check_flag, check_text, filters, get, path
from .._core.response import read_action
from .._io.protocol import OnEvent
from .._json import items
from .._operation import Coro, Mode, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from .._wait.polling import WaitPlan
from ..errors import ArgumentValueError
from ..types import Action, Image, ImageCreate, ImageListType
from ._base.actions import ActionRunner, action_spec
from ._base.create import CreateSpec
from ._base.lifecycle import LifecycleOperations, Until, Waits
from .image_transfers import ImageTransfers

Images: TypeAlias = list[Image]
Actions: TypeAlias = list[Action]
Present: TypeAlias = tuple[Image, Image | None]
wait_operation = overloaded_operation[
    Waits[int, Image, Images, None], Waits[int, Coro[Image], Coro[Images], Coro[None]]
]


class ImageOperations(ImageTransfers[Mode], LifecycleOperations[Mode], ActionRunner[Mode]):
    """Images: what Droplets are created from. Snapshots and backups are images too; `droplet` makes those."""

    _noun = "image"
    _parameters = {"tag_name": "Only images with this tag."}

    @operation(ref="images_list", scopes="image:read")
    async def list(
        self, type: ImageListType | None = None, private: bool | None = None, *, tag_name: str | None = None
    ) -> Images:
        """List all images, or those of a kind, one's own, or those with a tag, all pages.

        Args:
            type: `distribution` or `application`, for those alone; it is not the images' own `type`.
            private: If true, only one's own images; false is the same as omitting it.

        Raises:
            TypeError: `private` is no boolean.
        """
        return await self._list_all("images", "/images", query(type, private, tag_name))

    @stream(ref="images_list", scopes="image:read")
    async def each(
        self, type: ImageListType | None = None, private: bool | None = None, *, tag_name: str | None = None
    ) -> AsyncGenerator[Image, None]:
        """Iterate over images; the next page is read in advance."""
        async for image in self._iterate("images", "/images", query(type, private, tag_name)):
            yield image

    @operation(ref="images_get", scopes="image:read")
    async def info(self, id_slug: int | str) -> Image:
        """Read one image.

        Args:
            id_slug: The image's id, or the slug of a public one.
        """
        return await self._get("image", path("/images/{id}", id=id_slug))

    @operation(
        ref="images_create_custom",
        scopes="image:create",
        effect="create",
        scopes_with={"wait": ("image:read",), "tags": ("tag:create",)},
    )
    async def create(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[ImageCreate],
    ) -> Image:
        """Import an image from a URL.

        Args:
            attributes: The image's attributes:

                - `name` (str): its name; required.
                - `url` (str), required: where to fetch it: raw, qcow2, vhdx, vdi or vmdk, plain or by gzip or bzip2.
                - `region` (str): the slug of the region that it can be used in first; required.
                - `distribution` (str): what it holds, such as `Ubuntu`.
                - `description` (str): free text.
                - `tags` (list of str): tags to put on it.
            wait: If true, wait until it can be used.

        Raises:
            DOBOTOActionException: The import failed, while waiting; `result` is the image.
        """
        spec, plan = create_spec(attributes), self._plan(poll, timeout, progress)
        return await self._create_and_wait(spec, IMPORT, plan, wait)

    @operation(
        ref=("images_list", "images_create_custom"),
        scopes=("image:read", "image:create"),
        effect="present",
        scopes_with={"tags": ("tag:create",)},
    )
    async def present(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[ImageCreate],
    ) -> Present:
        """Import an image unless there is an imported one of its name; snapshots and backups do not count.

        Args:
            wait: If true, wait until it can be used, whether it is new or not.
        """
        spec, plan = create_spec(attributes), self._plan(poll, timeout, progress)
        return await self._create_and_wait_unless_exists(spec, IMPORT, plan, wait)

    @operation(ref="images_update", scopes="image:update", effect="update")
    async def update(
        self, id: int, name: str | None, *, description: str | None = None, distribution: str | None = None
    ) -> Image:
        """Change one of one's own images.

        Args:
            name: Its new name; omit to keep it.
            description: Its new description, of an imported image.
            distribution: What it holds, of an imported image.

        Raises:
            ValueError: There is nothing to change, or the name is empty.
            DOBOTOForbiddenException: It is a public image.
        """
        given = {"name": None if name is None else check_text("name", name)}
        body = merge_attributes(given, {"description": description, "distribution": distribution})
        if not body:
            raise ArgumentValueError("give {0}, {1} or {2}", "name", "description", "distribution")
        request = Request("PUT", path("/images/{id}", id=id), body=body, repeatable=True)
        return await self._fetch("image", request)

    @wait_operation(ref=("images_get", "images_list", "imageActions_list"), scopes="image:read", bulk=True)
    async def wait(
        self,
        id: int | Sequence[int],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Image | Images | None:
        """Wait until images can be used and no action is running on them, or until they no longer exist."""
        return await self._wait_for(replace(IMPORT, has_actions=True), id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="images_delete",
        scopes="image:delete",
        effect="destroy",
        irreversible="The image is lost; Droplets made from it stay.",
    )
    async def destroy(self, id: int, *, missing_ok: bool = False) -> None:
        """Destroy one of one's own images; Droplets made from it stay.

        Raises:
            DOBOTOForbiddenException: It is a public image.
        """
        await self._delete(Request("DELETE", path("/images/{id}", id=id), repeatable=True), missing_ok)

    @operation(
        ref="imageActions_post",
        scopes="image:update",
        effect="action",
        scopes_with={"wait": ("image:read",)},
        scopes_note="image:read to distinguish a refused action from one that is done already",
    )
    async def transfer(
        self,
        id: int,
        region: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Make an image usable in another region as well.

        Args:
            region: The region's slug.

        Raises:
            ValueError: The region is empty.
            DOBOTOUnprocessableException: There is no such region.
        """
        body = {"type": "transfer", "region": check_text("region", region)}
        return await self._run_image_action(id, body, self._plan(poll, timeout, progress), wait)

    @operation(
        ref="imageActions_post",
        scopes="image:update",
        effect="action",
        scopes_with={"wait": ("image:read",)},
        scopes_note="image:read to distinguish a refused action from one that is done already",
    )
    async def convert(
        self, id: int, wait: bool = False, poll: float = 5, timeout: float = 300, *, progress: OnEvent | None = None
    ) -> Action:
        """Make a backup a snapshot, which is kept until it is destroyed.

        Raises:
            DOBOTOAlreadyDoneException: It is a snapshot.
            DOBOTOUnprocessableException: It is no backup.
        """
        return await self._run_image_action(id, {"type": "convert"}, self._plan(poll, timeout, progress), wait)

    @operation(ref="imageActions_list", scopes="image:read")
    async def action_list(self, id: int) -> Actions:
        """List all actions of an image, running or over."""
        return await self._list_all("actions", path("/images/{id}/actions", id=id))

    @operation(ref="imageActions_get", scopes="image:read")
    async def action_info(self, id: int, action_id: int) -> Action:
        """Read one action of an image."""
        request = get(path("/images/{id}/actions/{action}", id=id, action=action_id))
        return await self._session.call(request, None, read_action)

    async def _run_image_action(self, id: int, body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> Action:
        async def is_done() -> bool:
            return has_effect(await self._get("image", path("/images/{id}", id=id), plan.deadline), body)

        spec = action_spec(path("/images/{id}/actions", id=id), body, f"image {id}", is_done=is_done)
        return await self._run_action(spec, plan, wait)


#: How an import comes to its end (API reference, `status` of images).
IMPORT = Lifecycle(
    "image", "/images/{id}", ready="available", failed=frozenset({"deleted", "retired"}), query={"private": "true"}
)


def has_effect(image: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether an image shows that an action is done, given the request's body."""
    if body["type"] == "transfer":
        return body["region"] in items(image.get("regions"))
    return image.get("type") == "snapshot"


def query(type: str | None = None, private: bool | None = None, tag_name: str | None = None) -> dict[str, str | int]:
    """The filters of a list; any `private` at all may count as true, so that False is not sent."""
    mine = private is not None and check_flag("private", private)
    return filters(type=type, private="true" if mine else None, tag_name=tag_name)


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create an image, which is identified by its name, among those that were imported."""
    body = check_attributes(attributes, needed=("name", "url", "region"), lists=("tags",))

    def same(image: Mapping[str, Any]) -> bool:
        return image.get("name") == body["name"] and image.get("type") == "custom"

    request = Request("POST", "/images", body=body)
    what, private = f"image {body['name']}", query(private=True)
    return CreateSpec(what, request, "image", same, private, taggable=True)
