"""What a request to create Droplets asks for, checked: every refusal comes before anything changes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ... import catalog
from ...catalog import ImageMembers
from ...engine import tagging
from ...engine.account import Account
from ...engine.errors import not_found, over_limit, unprocessable
from ...engine.fields import flag, read_optional, read_required, text, texts
from ...engine.records import DROPLET, VPC, BackupPolicy, Record, as_list
from ...http.scopes import Scopes
from .. import ssh_keys, vpcs
from ..images import usable_image
from ..volumes import actions as volume_actions
from . import backups

#: API reference, pattern of `name`; the message is from a trace in `doctl#257`.
HOSTNAME = re.compile(r"[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]")
BAD_HOSTNAME = "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"
NAME_LENGTH = 255

#: `pydo#230`, `api-v2#52`, `api-v2#41`, `forest-iac` PR 437, `axiom#422` (recorded on 2026-03-17, too); the one for the
#: size is by analogy, its beginning is in the title of `terraform-provider-digitalocean#60`.
BAD_IMAGE = "You specified an invalid image for Droplet creation."
BAD_SIZE = "You specified an invalid size for Droplet creation."
BAD_REGION = "You specified an invalid region for Droplet creation."
REGION_CLOSED = "Region is not available"
SIZE_ELSEWHERE = "Size is not available in this region."
#: Reports of 2022 to 2026, with ids or fingerprints as they were sent; in 2014 "You specified invalid ssh key ids for
#: Droplet creation." (`motdotla#45`).
BAD_KEYS = "{keys} are invalid key identifiers for Droplet creation."
LIMIT = "creating this/these droplet(s) will exceed your droplet limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropletRequest:
    """Droplets to be made, all alike but for their names."""

    names: list[str]
    many: bool
    region: str
    size: catalog.Size
    image: ImageMembers
    ssh_keys: list[int]
    backup_policy: BackupPolicy | None
    ipv6: bool
    monitoring: bool
    agent: bool
    public: bool
    vpc_uuid: str | None
    user_data: str | None
    tags: list[str] = field(default_factory=list[str])
    volumes: list[str] = field(default_factory=list[str])


def read_request(account: Account, body: Record, scopes: Scopes) -> DropletRequest:
    """Read the order in a request's body."""
    _require_scopes(body, scopes)
    names, many = _names(account, body)
    size, image = _size(body), _image(account, body)
    region = _region(account, body, size, image)
    public = flag(body, "public_networking", default=True)
    request = DropletRequest(
        names=names,
        many=many,
        region=region,
        size=size,
        image=image,
        ssh_keys=_ssh_keys(account, body),
        backup_policy=_backup_policy(account, body),
        ipv6=flag(body, "ipv6"),
        monitoring=flag(body, "monitoring"),
        agent=flag(body, "with_droplet_agent", default=True),
        public=public,
        vpc_uuid=_vpc(account, body, region),
        user_data=_user_data(account, body),
        tags=tagging.read_tags(body),
        volumes=volume_actions.for_new_droplet(account, body, region, many=len(names) > 1),
    )
    _require_consistent(account, request)
    return request


def hostname(name: str) -> str:
    """Return a name that a Droplet can have, else 422."""
    if not HOSTNAME.fullmatch(name) or len(name) > NAME_LENGTH:
        raise unprocessable(BAD_HOSTNAME)
    return name


def _require_scopes(body: Record, scopes: Scopes) -> None:
    needed = {
        "tags": "tag:create",
        "ssh_keys": "ssh_key:read",
        "volumes": "block_storage:read",
        "vpc_uuid": "vpc:read",
        "image": "image:read",
    }
    scopes.require(*(scope for name, scope in needed.items() if body.get(name)))


def _names(account: Account, body: Record) -> tuple[list[str], bool]:
    names, settings = read_optional(body, "names", texts, None), account.settings
    if names is None:
        return [hostname(read_required(body, "name", text))], False
    if body.get("name") is not None and settings.name_and_names == "refuse":
        raise unprocessable("name and names can't be used together")
    if not 1 <= len(names) <= settings.names_per_request:
        refusal = unprocessable(f"You can create between 1 and {settings.names_per_request} Droplets in one request.")
        raise over_limit(refusal, "names_per_request")
    return [hostname(name) for name in names], True


def _size(body: Record) -> catalog.Size:
    found = catalog.size(body.get("size"))
    if found is None:
        raise unprocessable(BAD_SIZE)
    return found


def _image(account: Account, body: Record) -> ImageMembers:
    found = usable_image(account, body.get("image"))
    if found is None:
        raise unprocessable(BAD_IMAGE)
    return found


def _region(account: Account, body: Record, size: catalog.Size, image: ImageMembers) -> str:
    asked = read_optional(body, "region", text, None)
    if not asked:
        return _pick_region(size, image, _prefer_near_volumes(account, body, catalog.entries("regions")))
    exact = catalog.region(asked)
    if exact is None:
        # API reference, `region`: the beginning of a slug stands for any region of that place.
        regions = [region for region in catalog.entries("regions") if region["slug"].rstrip("0123456789") == asked]
        if not regions:
            raise unprocessable(BAD_REGION)
        return _pick_region(size, image, _prefer_near_volumes(account, body, regions))
    if not exact["available"]:
        raise unprocessable(REGION_CLOSED)
    return _pick_region(size, image, [exact])


def _prefer_near_volumes(account: Account, body: Record, regions: list[catalog.Region]) -> list[catalog.Region]:
    near = volume_actions.regions_for_new_droplet(account, body)
    return [region for region in regions if region["slug"] in near] or regions


def _pick_region(size: catalog.Size, image: ImageMembers, regions: list[catalog.Region]) -> str:
    sold = [region["slug"] for region in regions if region["slug"] in size["regions"]]
    if not size["available"] or not sold:
        raise unprocessable(SIZE_ELSEWHERE)
    fitting = [slug for slug in sold if slug in image["regions"]]
    if not fitting:
        raise unprocessable("Image is not available in this region.")
    return fitting[0]


def _ssh_keys(account: Account, body: Record) -> list[int]:
    nothing: list[object] = []
    asked = read_optional(body, "ssh_keys", as_list, nothing)
    found = {str(key): ssh_keys.find(account, key) for key in asked}
    unknown = [key for key, record in found.items() if record is None]
    if unknown:
        raise unprocessable(BAD_KEYS.format(keys=", ".join(unknown)))
    return list(dict.fromkeys(key["id"] for key in found.values() if key is not None))


def _backup_policy(account: Account, body: Record) -> BackupPolicy | None:
    policy = backups.read_policy(body)
    if not flag(body, "backups"):
        return None
    return policy or backups.default_policy(account)


def _vpc(account: Account, body: Record, region: str) -> str | None:
    asked = read_optional(body, "vpc_uuid", text, None)
    if not asked:
        return None
    vpc = account.find(VPC, asked)
    if vpc is None:
        raise not_found()  # `python-digitalocean#264`: 404 on a create
    if vpc["region"] != region:
        raise unprocessable("VPC is not in the same region as the Droplet.")
    return asked


def _user_data(account: Account, body: Record) -> str | None:
    data = read_optional(body, "user_data", text, None)
    if data is not None and len(data.encode("utf-8", "surrogatepass")) > account.settings.user_data_bytes:
        raise unprocessable(f"user_data is too long (maximum is {account.settings.user_data_bytes} bytes)")
    return data


def _require_consistent(account: Account, request: DropletRequest) -> None:
    if request.ipv6 and not request.public:
        raise unprocessable("ipv6 must be false when public_networking is false")
    if (request.image["min_disk_size"] or 0) > request.size["disk"]:
        raise unprocessable("The image's minimum disk size is larger than the disk of the size.")
    vpc = account.get(VPC, request.vpc_uuid) if request.vpc_uuid else vpcs.find_default(account, request.region)
    if vpc is not None:
        vpcs.require_room(account, vpc, len(request.names))
    if len(account.store(DROPLET)) + len(request.names) > account.settings.droplet_limit:
        raise over_limit(unprocessable(LIMIT), "droplet_limit")
