"""Every number and every open question of the simulated account, each with its default; and reading them from JSON.

A default that no public evidence proves is marked *unverified*: the documentation lists those, and a test can set
either answer. Durations are seconds of the simulator's clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeAlias, get_args, get_origin, get_type_hints

from .lifecycle import DURATIONS
from .records import as_list, as_record, is_number, is_whole

PresetName: TypeAlias = Literal["new-account", "in-use", "large"]

#: Kinds of accounts, as settings by name of preset: what an account is allowed depends on its age and on what support
#: has raised. What a preset leaves out has its default.
PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    # Limits recorded on 2026-08-21 (`droplet_limit` 10 also on 2022-01-04). The first VPC of a region becomes its
    # default (API reference, text of POST /v2/vpcs).
    "new-account": {
        "droplet_limit": 10,
        "reserved_ip_limit": 10,
        "volume_limit": 5000,
        "first_vpc_is_default": True,
    },
    # Limits recorded on 2022-06-25. Each region has its default VPC (a list recorded on 2021-11-05).
    "in-use": {
        "droplet_limit": 25,
        "reserved_ip_limit": 3,
        "volume_limit": 100,
        "first_vpc_is_default": False,
    },
    # For load tests; no recording shows such an account. Default VPCs have room for ten thousand Droplets, and requests
    # are limited as everywhere.
    "large": {
        "droplet_limit": 10_000,
        "reserved_ip_limit": 700,
        "volume_limit": 20_000,
        "default_vpc_prefix": 16,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one simulated DigitalOcean behaves; immutable, shared by all its accounts."""

    #: Droplets an account may have. 25 is the API reference's example and that of an account recorded on 2022-06-25;
    #: accounts recorded on 2022-01-04 and 2026-08-21 have 10 (`Settings.preset`).
    droplet_limit: int = 25
    #: Reserved (floating) IPs an account may have: 10 in a recording of 2026-08-21; 3 in those of 2022, 5 in the API
    #: reference's example.
    reserved_ip_limit: int = 10
    #: Volumes an account may have: 5,000 in a recording of 2026-08-21; 10 and 100 in those of 2022.
    volume_limit: int = 5000
    #: GiB that an account's volumes and volume snapshots may have together; 0 switches the limit off. Creating and
    #: resizing volumes beyond it is refused (`csi-digitalocean` PR 481; a resize in 2022).
    volume_capacity: int = 0
    #: Seconds between two snapshots of one volume, else 429 (recordings of 2021-05-03 and 2023-04-19). 0 switches the
    #: limit off.
    volume_snapshot_seconds: float = 600.0
    #: Volumes that can be attached to one Droplet (API reference, text of volume actions; 7 until `openapi` PR 902).
    volumes_per_droplet: int = 15
    #: Droplets that one request may create with `names` (API reference, text of POST /v2/droplets).
    names_per_request: int = 10
    #: Bytes of `user_data` (API reference, text of POST /v2/droplets).
    user_data_bytes: int = 64 * 1024

    #: Requests an hour and a minute, each in a sliding window (API reference, introduction). 0 switches a limit off.
    requests_per_hour: int = 5000
    requests_per_minute: int = 250
    #: Requests a minute for the list of SSH keys (API reference, introduction). 0 switches the limit off.
    key_lists_per_minute: int = 10

    #: Entries on a page where the request doesn't say, and at most (API reference).
    per_page_default: int = 20
    per_page_max: int = 200
    #: What happens to `per_page` beyond the maximum: cut down to it, or refused with 422. Unverified.
    per_page_over_max: Literal["clamp", "refuse"] = "clamp"

    #: Seconds for which a new Droplet is missing in lists (`pydo#468` saw a couple) and answers 404 by id
    #: (`terraform-provider-digitalocean#378`).
    list_lag: float = 0.0
    get_lag: float = 0.0
    #: A Droplet's addresses appear before it is active (`packer#1814`) or after (`terraform-provider-digitalocean` PR
    #: 1598), by that many seconds.
    address: Literal["before", "after"] = "before"
    address_gap: float = 10.0
    #: A Droplet that is still new says `locked: true`: recordings up to 2020-02 do, those since 2020-09 (the last of
    #: 2023-11-15) say false.
    locked_while_new: bool = False
    #: The actions that the reply to a create with `names` links: one for each Droplet, `rel: "create"` (API reference),
    #: or a single one, `rel: "batch"`, as recorded from 2016 to 2020-02. Unverified for today.
    names_link: Literal["create", "batch"] = "create"
    #: The order of addresses in a Droplet's `networks.v4`: drawn from the seed for each Droplet, as both are recorded
    #: (2017 to 2023), or always the public or the private one first.
    v4_order: Literal["drawn", "public", "private"] = "drawn"
    #: DELETE works on a Droplet with a pending event; `packer#1814` (2015) saw 422. Unverified for today.
    delete_while_pending: bool = True
    #: Seconds between DELETE and the 404 (`terraform-provider-digitalocean#1586` saw more than a minute).
    destroy_seconds: float = 0.0
    #: Seconds after that in which volumes and addresses still say that they are attached (`godo#146`: 3 to 4).
    detach_seconds: float = 4.0
    #: The order of the Droplet list: ascending or descending ids. Unverified.
    droplet_order: Literal["ascending", "descending"] = "ascending"
    #: Snapshots need the Droplet off, as recorded on 2015-09-18; that today they do not is unverified.
    snapshot_needs_off: bool = False
    #: Resize needs the Droplet off. doctl's manual of 2025-26 and the official collection's tests resize a running one.
    resize_needs_off: bool = False
    #: A resize to the size that a Droplet has completes, as one that makes the disk larger does in the Terraform
    #: provider's acceptance test (2017-03, run live), or is refused with 422 if the disk is as large as the size's
    #: already. Unverified.
    resize_to_same_size: Literal["complete", "refuse"] = "complete"
    #: `power_off` of a Droplet that is off is refused, as client code of 2014 expects. Unverified for today.
    power_off_needs_on: bool = False
    #: What DELETE of a custom image answers that has been deleted: 404, or 422 as client code of 2020 expects.
    #: Unverified.
    deleted_image: Literal["not_found", "refuse"] = "not_found"
    #: Shutdown is only asked of the machine (API reference): with False the action completes and the Droplet stays on.
    shutdown_succeeds: bool = True
    #: What a private interface has for a gateway: `vpc` stands for the first address of its VPC (recordings of 2017,
    #: 2020-06 and since 2022-11), anything else is shown as it is ("" in recordings from 2020-12 to 2021-12).
    private_gateway: str = "vpc"
    #: Droplets of one region that share a physical server, in order of creation. Unverified: real placement is not
    #: known.
    droplets_per_host: int = 4
    #: A request with both `name` and `names` creates what `names` says, or is refused with 422. Unverified.
    name_and_names: Literal["names", "refuse"] = "refuse"
    #: The refusal of a volume in a region without block storage; in 2017 "Storage is not supported for this region".
    volume_region_text: str = "failed to create volume: region is invalid"
    #: The refusal of a second volume of one name in a region (`ansible#39655`); in 2016 "already exists".
    volume_name_text: str = "failed to create volume"
    #: What volumes look like: as the API reference and recordings since 2020-05 show them, or as in 2017, when DOBOTO's
    #: playbooks ran on the real API: in the reply to its creation a volume had empty lists where it has null today, its
    #: actions had `resource_type` backend, and a resize was completed in its reply. The reference still has backend for
    #: a detach, and volume for an attach; which of them is right today is unverified.
    volume_form: Literal["today", "2017"] = "today"
    #: A Let's Encrypt certificate is only for names under a domain of the account, else 422
    #: (`terraform-provider-digitalocean` PR 129).
    lets_encrypt_needs_domain: bool = True
    #: The reply to the order of a Let's Encrypt certificate is 202, as the official Ansible collection's module and its
    #: test against the real API expect (2023 to 2025). With False it is 201, as in the API reference.
    lets_encrypt_accepted: bool = True
    #: DELETE of a project is refused with 415 unless `Content-Type: application/json` is sent, though there is no body
    #: (`pydo` PR 56 of 2022-07, `pydo#158` of 2023-01, `pydo#376` of 2024-10, the official Ansible collection on
    #: 2025-12-09).
    project_delete_needs_type: bool = True
    #: Seconds before a load balancer can be resized again (API reference: once an hour). 0 switches the limit off.
    load_balancer_resize_seconds: float = 3600.0

    #: Droplets, tags and rules that a firewall may have (product documentation, limits of firewalls). 0 switches one
    #: off.
    firewall_droplet_limit: int = 10
    firewall_tag_limit: int = 5
    firewall_rule_limit: int = 50
    #: Forwarding rules that a load balancer may have; 0 switches the limit off. Unverified: the product documentation's
    #: limits of load balancers (2026-11-06) name none.
    load_balancer_rule_limit: int = 15
    #: Droplets that a load balancer may have by id; 0 switches the limit off. The product documentation's limits of
    #: load balancers (2026-11-06) say 10, more by a tag; that the API refuses more is unverified.
    load_balancer_droplet_limit: int = 0

    #: A PUT of a domain record that names a host is refused when it leaves out `data`: what is stored has lost the dot
    #: that is asked for (`doctl#919`, 2020). Unverified for today; with False it keeps what it has.
    record_put_needs_data: bool = True

    #: The first VPC made in a region becomes its default and can not be deleted any more, as in a fresh account (API
    #: reference, text of POST /v2/vpcs). With False each region has its default VPC from the start, as in an account
    #: in use.
    first_vpc_is_default: bool = False
    #: Bits of the network in a default VPC's range: 20 in recordings from 2020-12 to 2023-04. 16 leaves room for ten
    #: thousand Droplets in one region.
    default_vpc_prefix: int = 20
    #: The state of a NAT gateway between NEW and ACTIVE: the Terraform provider knows no other than these two, the
    #: product documentation has PROVISIONING.
    nat_gateway_starting_state: Literal["NEW", "PROVISIONING"] = "NEW"
    #: What a NAT gateway's creation and deletion are answered with: 202 and 202 (API reference), or 200 and 204, with
    #: which the official Ansible collection's module of 2025-12 deals. Unverified which it is today.
    nat_gateway_statuses: Literal["reference", "observed"] = "reference"
    #: Largest `size` of a NAT gateway: accounts are known that may have 2 and not 4. Unverified for others.
    nat_gateway_size_limit: int = 2

    #: The actions of an address of a BYOIP prefix can be read by their ids. With False that is 404, whether they run or
    #: have completed, as seen in 2026 (`terraform-provider-digitalocean#1557`); that this lasts is unverified.
    byoip_actions_readable: bool = True

    #: Accept tokens that look like real ones (`dop_v1_` and 64 hex digits). Off, so that no real token is sent here by
    #: mistake.
    allow_real_tokens: bool = False
    #: Let other machines use the admin interface under `/_sim/`. Off: it needs no token and can read everything.
    allow_remote_admin: bool = False
    #: Requests that the log keeps.
    log_size: int = 1000
    #: Seconds from `active` until a Droplet's ports answer: the machine still has to boot. Unverified.
    boot_seconds: float = 5.0
    #: Ports that a booted Droplet listens on: those of the distributions' images.
    open_ports: tuple[int, ...] = (22,)
    #: Seconds that events take, by name (`droplet.create`, `droplet.resize`, `volume.attach`...); what is missing has
    #: the default of `lifecycle.DURATIONS`.
    durations: Mapping[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def preset(cls, name: PresetName, **changes: Any) -> Self:
        """Return the settings of a kind of account, with some of them changed.

        Args:
            name: `new-account`, `in-use` or `large`.
            **changes: Settings that differ from the preset's.

        Raises:
            ValueError: There is no preset of that name.
        """
        if name not in PRESETS:
            raise ValueError(f"invalid preset {name!r} (there are {', '.join(PRESETS)})")
        return cls(**{**PRESETS[name], **changes})

    def seconds(self, name: str) -> float:
        """Return how long the named event takes."""
        return self.durations.get(name, DURATIONS[name])


#: What is no seed any more: SQLite keeps whole numbers in 64 bits with a sign (SQLite, "Datatypes").
BEYOND = 2**63


def validate_seed(seed: object) -> int:
    """Return the seed; ValueError unless a saved state has room for it."""
    if not is_whole(seed, 0, BEYOND - 1):
        raise ValueError("seed must be a whole number from 0 to 2**63 - 1")
    return seed


#: As seconds almost 70 years; what is larger leads out of the calendar.
LARGEST: Final = 2**31 - 1
#: Numbers that make no sense as 0, which is the least of the others.
AT_LEAST: Final = {
    "per_page_default": 1,
    "per_page_max": 1,
    "names_per_request": 1,
    "droplets_per_host": 1,
    "default_vpc_prefix": 16,
}
#: Numbers with a limit of their own: of a VPC's range (API reference, `ip_range`).
AT_MOST: Final = {"default_vpc_prefix": 28}
_TYPES: Final[Mapping[str, Any]] = get_type_hints(Settings)


def read_file(path: Path) -> Settings:
    """Read the settings of a JSON file; OSError or ValueError if there are none."""
    return change_settings(Settings(), json.loads(path.read_text(encoding="utf-8")))


def change_settings(settings: Settings, members: object) -> Settings:
    """Return the settings with some members changed; ValueError for what is no setting or none of its values."""
    given = as_record(members)
    if given is None:
        raise ValueError("settings must be a JSON object")
    unknown = sorted(given.keys() - _TYPES.keys())
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}; there are {', '.join(sorted(_TYPES))}")
    values = {name: _value(name, value) for name, value in given.items()}
    if "durations" in values:
        values["durations"] = {**settings.durations, **values["durations"]}
    return replace(settings, **values)


def _value(name: str, value: object) -> Any:
    wanted = _TYPES[name]
    if get_origin(wanted) is Literal:
        if value not in get_args(wanted):
            raise ValueError(f"{name} must be one of {', '.join(get_args(wanted))}")
        return value
    return _READ[get_origin(wanted) or wanted](name, value)


def _read_whole(name: str, value: object) -> int:
    least = AT_LEAST.get(name, 0)
    most = AT_MOST.get(name, LARGEST)
    if not is_whole(value, least, most):
        raise ValueError(f"{name} must be a whole number from {least} to {most}")
    return value


def _number(name: str, value: object) -> float:
    if not is_number(value, 0, LARGEST):
        raise ValueError(f"{name} must be a number from 0 to {LARGEST}")
    return float(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")  # noqa: TRY004 - the same error as for any wrong value
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")  # noqa: TRY004 - as above
    return value


def _ports(name: str, value: object) -> tuple[int, ...]:
    ports = as_list(value)
    if ports is None or not all(0 < _read_whole(name, port) < 2**16 for port in ports):
        raise ValueError(f"{name} must be a list of ports from 1 to 65535")
    return tuple(ports)


def _durations(name: str, value: object) -> dict[str, float]:
    seconds = as_record(value)
    unknown = sorted((seconds or {}).keys() - DURATIONS.keys())
    if seconds is None or unknown:
        raise ValueError(f"{name} must be seconds by name of event, and {unknown} are none")
    return {event: _number(event, lasts) for event, lasts in seconds.items()}


_READ: Final[Mapping[object, Callable[[str, object], Any]]] = {
    int: _read_whole,
    float: _number,
    bool: _flag,
    str: _text,
    tuple: _ports,
    Mapping: _durations,
}
