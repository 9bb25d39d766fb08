"""VPC NAT gateways: what a request asks for, and their life: NEW -> ACTIVE -> DELETING -> gone.

The product documentation has the states, and that a gateway is in one VPC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from ..engine.account import Account
from ..engine.clock import iso
from ..engine.errors import not_found, over_limit, unprocessable
from ..engine.fields import flag, integer, objects, read_name, read_optional, read_region, read_required, text
from ..engine.lifecycle import durations, effect
from ..engine.records import VPC, Key, Kind, Record, select_members
from ..engine.store import index
from ..http.messages import ApiCall, ApiReply, page
from ..http.routes import Operations
from . import vpcs
from .droplets.networks import public_v4
from .projects import state as projects


class NatTimeouts(TypedDict):
    """Seconds after which idle connections are forgotten."""

    udp_timeout_seconds: int
    icmp_timeout_seconds: int
    tcp_timeout_seconds: int


class StoredNatGateway(NatTimeouts):
    """A NAT gateway; its addresses are None until it is active."""

    id: str
    name: str
    type: str
    state: str
    region: str
    size: int
    vpc_uuid: str
    subnet_uuid: str
    project_id: str
    default_gateway: bool
    gateway_ip: str | None
    egress_ip: str | None
    created_at: str
    updated_at: str


NAT_GATEWAY: Kind[StoredNatGateway] = Kind("nat_gateway")


durations(nat_gateway__start=5.0, nat_gateway__create=60.0, nat_gateway__delete=20.0)

NAME = re.compile(r"[a-zA-Z0-9\-.]+")
#: Seconds where a request has none: those of `doctl compute vpc-nat-gateway create`.
TIMEOUTS = {"udp_timeout_seconds": 30, "icmp_timeout_seconds": 30, "tcp_timeout_seconds": 300}
SHOWN = (
    "id",
    "name",
    "type",
    "state",
    "region",
    "size",
    "vpcs",
    "egresses",
    *TIMEOUTS,
    "project_id",
    "created_at",
    "updated_at",
)


@index(NAT_GATEWAY, "vpc")
def _vpc(gateway: StoredNatGateway) -> Iterable[Key]:
    return (gateway["vpc_uuid"],)


@index(NAT_GATEWAY, "name")
def _name(gateway: StoredNatGateway) -> Iterable[Key]:
    return (gateway["name"],)


def get(account: Account, key: str) -> StoredNatGateway:
    """Return the gateway with an id; the Terraform provider relies on the text for those that are not there."""
    gateway = account.find(NAT_GATEWAY, key)
    if gateway is None:
        raise not_found(f"nat gateway with id {key} not found")
    return gateway


def show(gateway: StoredNatGateway) -> Record:
    """Return a gateway as the API shows it."""
    vpc = {"vpc_uuid": gateway["vpc_uuid"], "subnet_uuid": gateway["subnet_uuid"]}
    ready = {"vpcs": [{**vpc, "gateway_ip": gateway["gateway_ip"], "default_gateway": gateway["default_gateway"]}]}
    if gateway["gateway_ip"] is None:
        # The reply to the request that makes one has neither address nor `egresses` (API reference, example).
        return select_members({**gateway, "vpcs": [vpc], "egresses": {}}, SHOWN)
    return select_members(
        {**gateway, **ready, "egresses": {"public_gateways": [{"ipv4": gateway["egress_ip"]}]}}, SHOWN
    )


def create(account: Account, now: float, body: Record) -> StoredNatGateway:
    """Create a gateway, which gets its addresses when it becomes active."""
    name, slug, size = _free_name(account, body), read_region(body), _size(account, body)
    if read_required(body, "type", text).upper() != "PUBLIC":
        raise unprocessable("type must be PUBLIC")
    vpc_members, timeouts = _vpc_members(body), _timeouts(body, TIMEOUTS)
    vpc = account.get(VPC, read_required(vpc_members, "vpc_uuid", text))
    if vpc["region"] != slug:
        raise unprocessable("VPC is not in the same region as the NAT gateway.")
    vpcs.require_room(account, vpc, 1)
    key, default = account.uuid(), flag(vpc_members, "default_gateway")
    if default:
        _clear_default(account, vpc["id"])
    gateway: StoredNatGateway = {
        "id": key,
        "name": name,
        "type": "PUBLIC",
        "state": "NEW",
        "region": slug,
        "size": size,
        "vpc_uuid": vpc["id"],
        # Shown by today's API (Terraform provider); a VPC has one subnet here.
        "subnet_uuid": read_optional(vpc_members, "subnet_uuid", text, "") or account.uuid("subnet", vpc["id"]),
        "project_id": _project(account, now, body),
        "default_gateway": default,
        "gateway_ip": None,
        "egress_ip": None,
        **timeouts,
        "created_at": iso(now),
        "updated_at": iso(now),
    }
    account.after(account.settings.seconds("nat_gateway.start"), "nat_gateway.provision", now, gateway_id=key)
    return account.put(NAT_GATEWAY, key, gateway)


def update(account: Account, now: float, gateway: StoredNatGateway, body: Record) -> StoredNatGateway:
    """New name, size, timeouts or role in its VPC; what is missing stays as it is."""
    if gateway["state"] == "DELETING":
        raise unprocessable("The NAT gateway is being deleted.")
    name, size, timeouts = _free_name(account, body, gateway), _size(account, body), _timeouts(body, gateway)
    vpc_members = {} if body.get("vpcs") is None else _vpc_members(body)
    if vpc_members.get("vpc_uuid") not in (None, gateway["vpc_uuid"]):
        raise unprocessable("A NAT gateway can not be moved to another VPC.")
    default = flag(vpc_members, "default_gateway", default=gateway["default_gateway"])
    if default and not gateway["default_gateway"]:
        _clear_default(account, gateway["vpc_uuid"])
    members = {"name": name, "size": size, "default_gateway": default, **timeouts, "updated_at": iso(now)}
    return account.change(NAT_GATEWAY, gateway["id"], **members)


def delete(account: Account, now: float, gateway: StoredNatGateway) -> None:
    """Begin to delete a gateway; asked again, it is being deleted still."""
    if gateway["state"] != "DELETING":
        account.change(NAT_GATEWAY, gateway["id"], state="DELETING")
        seconds = account.settings.seconds("nat_gateway.delete")
        account.after(seconds, "nat_gateway.deleted", now, gateway_id=gateway["id"])


def _free_name(account: Account, body: Record, own: StoredNatGateway | None = None) -> str:
    # Unique (product documentation), of these characters (documentation of the Ansible module); texts are our own.
    name = read_name(body)
    if not NAME.fullmatch(name):
        raise unprocessable("name may only contain alphanumeric characters, dashes, and periods")
    if any(own is None or key != own["id"] for key in account.store(NAT_GATEWAY).keys("name", name)):
        raise unprocessable("a NAT gateway with the same name already exists in your account")
    return name


def _size(account: Account, body: Record) -> int:
    size = read_required(body, "size", integer)
    if size < 1:
        raise unprocessable("size must be at least 1")
    if size > account.settings.nat_gateway_size_limit:
        raise over_limit(
            unprocessable("exceeded NAT Gateway size limit"), "nat_gateway_size_limit"
        )  # text from public Terraform notes
    return size


def _vpc_members(body: Record) -> Record:
    vpcs_given = objects(body, "vpcs")
    if len(vpcs_given) != 1:
        raise unprocessable("A NAT gateway has exactly one VPC.")
    return vpcs_given[0]


def _project(account: Account, now: float, body: Record) -> str:
    asked = read_optional(body, "project_id", text, "")
    if not asked:
        return projects.default_id(account)
    projects.require_project(account, now, asked)
    return asked


def _timeouts(body: Record, defaults: Mapping[str, Any]) -> NatTimeouts:
    # 0 is what a Go program sends that says nothing.
    found = {name: read_optional(body, name, integer, 0) or int(defaults[name]) for name in TIMEOUTS}
    if any(seconds < 0 for seconds in found.values()):
        raise unprocessable("timeouts must not be negative")
    return {
        "udp_timeout_seconds": found["udp_timeout_seconds"],
        "icmp_timeout_seconds": found["icmp_timeout_seconds"],
        "tcp_timeout_seconds": found["tcp_timeout_seconds"],
    }


def _clear_default(account: Account, vpc_id: str) -> None:
    # A VPC has one default gateway at a time (product documentation); that the new one takes over is unverified.
    for key in account.store(NAT_GATEWAY).keys("vpc", vpc_id):
        account.change(NAT_GATEWAY, key, default_gateway=False)


@effect("nat_gateway.provision")
def _provision(account: Account, now: float, *, gateway_id: str) -> None:
    if _change_state(account, gateway_id, "NEW", state=account.settings.nat_gateway_starting_state):
        account.after(account.settings.seconds("nat_gateway.create"), "nat_gateway.active", now, gateway_id=gateway_id)


@effect("nat_gateway.active")
def _finish_create(account: Account, now: float, *, gateway_id: str) -> None:
    gateway = account.find(NAT_GATEWAY, gateway_id)
    if gateway is not None and gateway["state"] in ("NEW", "PROVISIONING"):
        inside, _ = vpcs.next_address(account, account.get(VPC, gateway["vpc_uuid"]))
        outside = public_v4(account)["ip_address"]
        account.change(
            NAT_GATEWAY, gateway_id, state="ACTIVE", gateway_ip=inside, egress_ip=outside, updated_at=iso(now)
        )


@effect("nat_gateway.deleted")
def _finish_delete(account: Account, _now: float, *, gateway_id: str) -> None:
    account.delete(NAT_GATEWAY, gateway_id)


def _change_state(account: Account, key: str, former: str, **members: str) -> bool:
    gateway = account.find(NAT_GATEWAY, key)
    if gateway is None or gateway["state"] != former:
        return False
    account.change(NAT_GATEWAY, key, **members)
    return True


OPERATIONS = Operations()

#: Query parameters that a list can be filtered by, each of them with how the records write its values.
FILTERS: dict[str, Callable[[str], str]] = {"state": str.upper, "type": str.upper, "region": str.lower, "name": str}


def _gateway_in_path(call: ApiCall) -> StoredNatGateway:
    return get(call.account, call.params["id"])


@OPERATIONS("GET", "/v2/vpc_nat_gateways", "nat_gateway:read")
def list_gateways(call: ApiCall) -> Record:
    """List all gateways, or those that match every filter."""
    wanted = {name: write(call.query[name]) for name, write in FILTERS.items() if call.query.get(name)}
    gateways = call.account.store(NAT_GATEWAY)
    found = [one for one in gateways if select_members(one, tuple(wanted)) == wanted]
    return page(call, "vpc_nat_gateways", found, show)


@OPERATIONS("POST", "/v2/vpc_nat_gateways", "nat_gateway:create", status=202)
def create_gateway(call: ApiCall) -> ApiReply:
    """Create a gateway in a VPC."""
    made = show(create(call.account, call.now, call.body))
    return ApiReply(_status(call, observed=200), {"vpc_nat_gateway": made})


@OPERATIONS("GET", "/v2/vpc_nat_gateways/{id}", "nat_gateway:read")
def get_gateway(call: ApiCall) -> Record:
    """Return one gateway."""
    return {"vpc_nat_gateway": show(_gateway_in_path(call))}


@OPERATIONS("PUT", "/v2/vpc_nat_gateways/{id}", "nat_gateway:update")
def update_gateway(call: ApiCall) -> Record:
    """New name, size, timeouts or role."""
    changed = update(call.account, call.now, _gateway_in_path(call), call.body)
    return {"vpc_nat_gateway": show(changed)}


@OPERATIONS("DELETE", "/v2/vpc_nat_gateways/{id}", "nat_gateway:delete", status=202)
def delete_gateway(call: ApiCall) -> ApiReply:
    """Delete a gateway, which takes a moment."""
    delete(call.account, call.now, _gateway_in_path(call))
    return ApiReply(_status(call, observed=204))


def _status(call: ApiCall, *, observed: int) -> int:
    return observed if call.account.settings.nat_gateway_statuses == "observed" else 202
