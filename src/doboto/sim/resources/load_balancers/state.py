"""A load balancer's life: new without an address, then active with one; Droplets come and go."""

from __future__ import annotations

from collections.abc import Iterable

from ... import catalog
from ...engine import relations, tagging
from ...engine.account import Account
from ...engine.clock import iso
from ...engine.errors import forbidden, unprocessable
from ...engine.lifecycle import durations, effect
from ...engine.records import DROPLET, Key, Record, StoredDroplet, select_members
from ...engine.store import index
from ..droplets import networks
from ..firewalls.state import forget
from ..projects import state as projects
from .request import FLAGS, SIZES, Location
from .rules import LOAD_BALANCER, LoadBalancerMembers, StoredLoadBalancer

# The acceptance tests of `terraform-provider-digitalocean` take about two minutes for one with everything around it.
durations(load_balancer__create=60.0)

#: 403, seen in `openapi#1173` and `community.digitalocean#185`, recorded on 2026-05-15.
BUSY = "Load Balancer can't be updated while it processes previous actions"


@index(LOAD_BALANCER, "droplet")
def _droplets(load_balancer: StoredLoadBalancer) -> Iterable[Key]:
    return load_balancer["droplet_ids"]


@index(LOAD_BALANCER, "tag")
def _tag(load_balancer: StoredLoadBalancer) -> Iterable[Key]:
    return (load_balancer["tag"],) if load_balancer["tag"] else ()


@index(LOAD_BALANCER, "target")
def _targets(load_balancer: StoredLoadBalancer) -> Iterable[Key]:
    return load_balancer["target_load_balancer_ids"]


@index(LOAD_BALANCER, "certificate")
def _certificates_of(load_balancer: StoredLoadBalancer) -> Iterable[Key]:
    rules, domains = load_balancer["forwarding_rules"], load_balancer["domains"]
    return {item["certificate_id"] for item in (*rules, *domains) if item["certificate_id"]}


@index(LOAD_BALANCER, "vpc")
def _vpc(load_balancer: StoredLoadBalancer) -> Iterable[Key]:
    return () if load_balancer["vpc_uuid"] is None else (load_balancer["vpc_uuid"],)


def location_of(load_balancer: StoredLoadBalancer) -> Location:
    """Return where it stands."""
    return Location(load_balancer["region"], load_balancer["vpc_uuid"])


def create(account: Account, now: float, members: LoadBalancerMembers, *, fails: bool) -> StoredLoadBalancer:
    """Create a load balancer."""
    key = account.uuid()
    seconds = account.settings.seconds("load_balancer.create")
    account.after(seconds, "load_balancer.created", now, load_balancer_id=key, fails=fails)
    made: StoredLoadBalancer = {
        "id": key,
        "created_at": iso(now),
        "status": "new",
        "ip": "",
        "ipv6": None,
        "resized_at": None,
        **members,
    }
    return account.put(LOAD_BALANCER, key, made)


def require_idle(load_balancer: StoredLoadBalancer) -> StoredLoadBalancer:
    """Return the load balancer, if it can be changed now, else 403."""
    if load_balancer["status"] == "new":
        raise forbidden(BUSY)
    return load_balancer


def update(account: Account, now: float, old: StoredLoadBalancer, members: LoadBalancerMembers) -> StoredLoadBalancer:
    """Update the load balancer as a request has it now."""
    resized = members["size_unit"] != old["size_unit"]
    since = old["resized_at"]
    if resized and since is not None and now - since < account.settings.load_balancer_resize_seconds:
        # API reference, `size`; the text is our own.
        raise unprocessable("load balancers can only be resized once per hour")
    return account.change(LOAD_BALANCER, old["id"], **members, resized_at=now if resized else since)


def remove(account: Account, key: str) -> None:
    """Delete a load balancer, and every mention of it."""
    account.delete(LOAD_BALANCER, key)
    for other in account.store(LOAD_BALANCER).keys("target", key):
        left = [one for one in account.get(LOAD_BALANCER, other)["target_load_balancer_ids"] if one != key]
        account.change(LOAD_BALANCER, other, target_load_balancer_ids=left)
    forget(account, "load_balancer_uids", key)


def droplets_behind(account: Account, load_balancer: StoredLoadBalancer) -> list[int]:
    """Return the Droplets that get its traffic: those named, or those with its tag where it stands."""
    if not load_balancer["tag"]:
        return list(load_balancer["droplet_ids"])
    location, droplets = location_of(load_balancer), account.store(DROPLET).records
    keys = tagging.find_tagged(account, DROPLET, load_balancer["tag"])
    return [key for key in keys if location.region is None or droplets[key]["vpc_uuid"] == location.vpc_uuid]


def show(account: Account, load_balancer: StoredLoadBalancer) -> Record:
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
        **select_members(own, FLAGS),
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


def _global_members(own: StoredLoadBalancer) -> Record:
    return select_members(own, ("domains", "glb_settings", "target_load_balancer_ids"))


@effect("load_balancer.created")
def _finish_create(account: Account, _now: float, *, load_balancer_id: str, fails: bool) -> None:
    made = account.find(LOAD_BALANCER, load_balancer_id)
    if made is None:
        return
    if fails:
        account.change(LOAD_BALANCER, load_balancer_id, status="errored")
        return
    # API reference: an internal one has no public address. A global one's are anycast; here they are of some region.
    public = made["network"] == "EXTERNAL"
    dual = public and made["network_stack"] == "DUALSTACK"
    account.change(
        LOAD_BALANCER,
        load_balancer_id,
        status="active",
        ip=networks.public_v4(account)["ip_address"] if public else "",
        ipv6=networks.public_v6(account, made["region"] or "nyc1")["ip_address"] if dual else None,
    )


@relations.on_droplet_destroyed
def _forget_droplet(account: Account, _now: float, droplet: StoredDroplet) -> None:
    for key in account.store(LOAD_BALANCER).keys("droplet", droplet["id"]):
        left = [one for one in account.get(LOAD_BALANCER, key)["droplet_ids"] if one != droplet["id"]]
        account.change(LOAD_BALANCER, key, droplet_ids=left)


@tagging.on_tag_deleted
def _forget_tag(account: Account, _now: float, name: str) -> None:
    for key in account.store(LOAD_BALANCER).keys("tag", name):
        account.change(LOAD_BALANCER, key, tag="")
