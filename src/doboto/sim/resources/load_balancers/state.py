"""A load balancer's life: new without an address, then active with one; Droplets come and go.

Members of a `load_balancer` record: what `order.read_order` gives, and `id`, `created_at`, `status`, `ip`, `ipv6` (or
null), `resized_at`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ... import catalog
from ...engine import relations, tagging
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import forbidden, unprocessable
from ...engine.lifecycle import durations, effect
from ...engine.records import Key, Record
from ...engine.store import index
from ..droplets import networks
from ..firewalls.state import forget
from ..projects import state as projects
from .request import FLAGS, SIZES, Location

# The acceptance tests of `terraform-provider-digitalocean` take about two minutes for one with everything around it.
durations(load_balancer__create=60.0)

#: 403, seen in `openapi#1173` and `community.digitalocean#185`, recorded on 2026-05-15.
BUSY = "Load Balancer can't be updated while it processes previous actions"


@index("load_balancer", "droplet")
def _droplets(load_balancer: Record) -> Iterable[Key]:
    droplet_ids: list[int] = load_balancer["droplet_ids"]
    return droplet_ids


@index("load_balancer", "tag")
def _tag(load_balancer: Record) -> Iterable[Key]:
    return (load_balancer["tag"],) if load_balancer["tag"] else ()


@index("load_balancer", "target")
def _targets(load_balancer: Record) -> Iterable[Key]:
    targets: list[str] = load_balancer["target_load_balancer_ids"]
    return targets


@index("load_balancer", "vpc")
def _vpc(load_balancer: Record) -> Iterable[Key]:
    return () if load_balancer["vpc_uuid"] is None else (load_balancer["vpc_uuid"],)


def place_of(load_balancer: Record) -> Location:
    """Return where it stands."""
    return Location(load_balancer["region"], load_balancer["vpc_uuid"])


def create(account: Account, now: float, members: Record, *, fails: bool) -> Record:
    """Create a load balancer."""
    key = account.uuid()
    own = {"id": key, "created_at": iso(now), "status": "new", "ip": "", "ipv6": None, "resized_at": None}
    seconds = account.settings.seconds("load_balancer.create")
    account.after(seconds, "load_balancer.created", now, load_balancer_id=key, fails=fails)
    return account.put("load_balancer", key, {**own, **members})


def require_idle(load_balancer: Record) -> Record:
    """Return the load balancer, if it can be changed now, else 403."""
    if load_balancer["status"] == "new":
        raise forbidden(BUSY)
    return load_balancer


def update(account: Account, now: float, old: Record, members: Record) -> Record:
    """Update the load balancer as a request has it now."""
    resized = members["size_unit"] != old["size_unit"]
    since = old["resized_at"]
    if resized and since is not None and now - since < account.settings.load_balancer_resize_seconds:
        # API reference, `size`; the text is our own.
        raise unprocessable("load balancers can only be resized once per hour")
    return account.change("load_balancer", old["id"], **members, resized_at=now if resized else since)


def remove(account: Account, key: str) -> None:
    """Delete a load balancer, and every mention of it."""
    account.delete("load_balancer", key)
    for other in account.store("load_balancer").keys("target", key):
        left = [one for one in account.get("load_balancer", other)["target_load_balancer_ids"] if one != key]
        account.change("load_balancer", other, target_load_balancer_ids=left)
    forget(account, "load_balancer_uids", key)


def droplets_behind(account: Account, load_balancer: Record) -> list[int]:
    """Return the Droplets that get its traffic: those named, or those with its tag where it stands."""
    if not load_balancer["tag"]:
        return list(load_balancer["droplet_ids"])
    place, droplets = place_of(load_balancer), account.store("droplet").records
    keys = tagging.find_tagged(account, "droplet", load_balancer["tag"])
    return [key for key in keys if place.region is None or droplets[key]["vpc_uuid"] == place.vpc_uuid]


def show(account: Account, load_balancer: Record) -> Record:
    """Return all members, in the order of the API reference's examples."""
    own = load_balancer
    size = {nodes: slug for slug, nodes in SIZES.items()}.get(own["size_unit"])
    region = catalog.region(own["region"])
    return {
        "id": own["id"],
        "name": own["name"],
        "ip": own["ip"],
        **({} if own["ipv6"] is None else {"ipv6": own["ipv6"]}),
        # A number of nodes that no `size` stands for has none.
        **({} if size is None else {"size": size}),
        "size_unit": own["size_unit"],
        "algorithm": own["algorithm"],
        "status": own["status"],
        "created_at": own["created_at"],
        "forwarding_rules": own["forwarding_rules"],
        "health_check": own["health_check"],
        "sticky_sessions": own["sticky_sessions"],
        **({} if region is None else {"region": region, "vpc_uuid": own["vpc_uuid"]}),
        "tag": own["tag"],
        "droplet_ids": droplets_behind(account, own),
        **{name: own[name] for name in FLAGS},
        "project_id": own["project_id"] or projects.default_id(account),
        "http_idle_timeout_seconds": own["http_idle_timeout_seconds"],
        "firewall": own["firewall"],
        # A global one is in no network (acceptance tests of the Terraform provider).
        "network": "" if own["type"] == "GLOBAL" else own["network"],
        "network_stack": own["network_stack"],
        "type": own["type"],
        "tls_cipher_policy": own["tls_cipher_policy"],
        **(_global_members(own) if own["type"] == "GLOBAL" else {}),
    }


def _global_members(own: Record) -> Record:
    return {name: own[name] for name in ("domains", "glb_settings", "target_load_balancer_ids")}


@effect("load_balancer.created")
def _finish_create(account: Account, _now: float, *, load_balancer_id: str, fails: bool) -> None:
    made = account.find("load_balancer", load_balancer_id)
    if made is None:
        return
    if fails:
        account.change("load_balancer", load_balancer_id, status="errored")
        return
    # API reference: an internal one has no public address. A global one's are anycast; here they are of some region.
    public = made["network"] == "EXTERNAL"
    dual = public and made["network_stack"] == "DUALSTACK"
    account.change(
        "load_balancer",
        load_balancer_id,
        status="active",
        ip=networks.public_v4(account)["ip_address"] if public else "",
        ipv6=networks.public_v6(account, made["region"] or "nyc1")["ip_address"] if dual else None,
    )


@relations.on_droplet_destroyed
def _forget_droplet(account: Account, _now: float, droplet: Record) -> None:
    for key in account.store("load_balancer").keys("droplet", droplet["id"]):
        left = [one for one in account.get("load_balancer", key)["droplet_ids"] if one != droplet["id"]]
        account.change("load_balancer", key, droplet_ids=left)


@tagging.on_tag_deleted
def _forget_tag(account: Account, _now: float, name: str) -> None:
    for key in account.store("load_balancer").keys("tag", name):
        account.change("load_balancer", key, tag="")
