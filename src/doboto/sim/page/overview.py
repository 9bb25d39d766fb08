"""What the page shows of one account, as JSON: counts of everything, and the newest of what can be many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlencode

from ..engine.account import Account
from ..engine.records import ACTION, DROPLET, EVENT, Key, Networks, Record, StoredDroplet, StoredVolume
from ..engine.world import World
from ..resources.account import email_of
from ..resources.domains import DOMAIN_RECORD, StoredDomain
from ..resources.droplets import networks
from ..resources.firewalls.rules import FirewallRule, StoredFirewall
from ..resources.load_balancers.rules import StoredLoadBalancer

#: How many Droplets, actions, requests and accounts at most; with them go the counts of all.
NEWEST = 100
#: How many volumes, firewalls, domains and load balancers at most, of each; and how many parts of one.
NEWEST_OTHERS, PARTS = 50, 6

#: Further kinds of resources that are counted, as they are called.
COUNTED = {
    "volume": "volume",
    "firewall": "firewall",
    "load_balancer": "load balancer",
    "reserved_ip": "reserved IP",
    "reserved_ipv6": "reserved IPv6",
    "vpc": "VPC",
    "nat_gateway": "NAT gateway",
    "domain": "domain",
    "certificate": "certificate",
    "autoscale_pool": "autoscale pool",
    "project": "project",
    "ssh_key": "SSH key",
    "tag": "tag",
    "alert_policy": "alert policy",
}


def overview(world: World, wanted: str | None) -> Record:
    """The account wanted; without one, or if it is gone, that of the latest request."""
    now = world.clock.now()
    account = world.accounts.get(wanted or "") or _latest(world)
    accounts = list(world.accounts.values())
    return {
        "account": None if account is None else account.name,
        "accounts": [_entry(one) for one in _accounts(accounts, account)],
        "accounts_total": len(accounts),
        "requests": _requests(world, account),
        **({} if account is None else _of(world, account, now)),
    }


def _latest(world: World) -> Account | None:
    # Names, not tokens: the log has nothing else.
    asking = (world.accounts.get(entry.account or "") for entry in reversed(world.log.entries()))
    return next((account for account in asking if account), None) or next(reversed(world.accounts.values()), None)


def _accounts(accounts: list[Account], shown: Account | None) -> list[Account]:
    newest = accounts[: -NEWEST - 1 : -1]
    return newest if shown is None or shown in newest else [shown, *newest]


def _entry(account: Account) -> Record:
    return {"account": account.name, "email": email_of(account), "droplets": len(account.store(DROPLET))}


def _requests(world: World, account: Account | None) -> list[Record]:
    # Those that opened no account are shown with any account, so that the 401 of a missing request is found.
    names = (None, account.name if account else None)
    entries = (entry for entry in reversed(world.log.entries()) if entry.account in names)
    return [{**entry.to_json(), "query": urlencode(entry.query, safe=":,/*@")} for entry in islice(entries, NEWEST)]


def _of(world: World, account: Account, now: float) -> Record:
    account.apply_due_events(now)
    world.commit(account)
    droplets = account.store(DROPLET)
    due, next_due = _due(account)
    pending = _pending(account)
    return {
        "droplets": [_droplet(account, one) for one in islice(reversed(droplets.records.values()), NEWEST)],
        "statuses": Counter(droplet["status"] for droplet in droplets),
        "actions": [_action(account, key, due) for key in pending[:NEWEST]],
        "actions_total": len(pending),
        "next_due": next_due,
        "resources": list_resources(account),
        "also": [[name, count] for kind, name in COUNTED.items() if (count := len(account.store(kind)))],
        "rate": _rate(account, now),
    }


def _droplet(account: Account, droplet: StoredDroplet) -> Record:
    return {
        "id": droplet["id"],
        "name": droplet["name"],
        "status": "destroying" if droplet["destroying"] else droplet["status"],
        "size": droplet["size_slug"],
        "region": droplet["region"],
        "addresses": list(_addresses(networks.show(account, droplet))),
        "tags": droplet["tags"],
        **_machine(account, droplet["id"]),
    }


def _machine(account: Account, droplet_id: int) -> Record:
    """The machine behind a Droplet, where there is one."""
    machine = None if account.executor is None else account.executor.describe(account.name, droplet_id)
    return {} if machine is None else {"machine": machine}


def _addresses(interfaces: Networks) -> Iterator[Record]:
    for one in (*interfaces["v4"], *interfaces["v6"]):
        yield {"address": one["ip_address"], "type": one["type"]}


def _due(account: Account) -> tuple[dict[Key, float], float | None]:
    """When each action in progress is over, and when the next event of any kind is due."""
    events = list(account.store(EVENT))
    ends = {one["arguments"]["action_id"]: one["due"] for one in events if one["effect"] == "action.finish"}
    return ends, min((one["due"] for one in events), default=None)


def _pending(account: Account) -> list[Key]:
    """Actions in progress, newest first; one that two resources wait for is one."""
    store = account.store(ACTION)
    found = {key for resource in store.values("pending") for key in store.keys("pending", resource)}
    return sorted(found, key=int, reverse=True)


def _action(account: Account, key: Key, due: dict[Key, float]) -> Record:
    action = account.get(ACTION, key)
    kind, _, resource = action["resource"].partition(":")
    owner: Mapping[str, Any] = account.store(kind).get(int(resource) if resource.isdecimal() else resource) or {}
    return {
        "id": key,
        "type": action["type"],
        "of": kind,
        "name": str(owner.get("name") or resource),
        "started_at": action["started_at"],
        "due": due.get(key),
    }


def _rate(account: Account, now: float) -> Record | None:
    """The three numbers of the headers, for the token with the least left; nothing if the limit is switched off."""
    if not account.settings.requests_per_hour:
        return None
    headers = account.rates.lowest(now).headers(now)
    return {name: int(headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset")}


# -- volumes, firewalls, domains, load balancers: a name, a few facts, a status each


def list_resources(account: Account) -> list[Record]:
    """List the newest of each kind: key, kind, name, facts, status."""
    return [row for kind in KINDS for row in _list_kind(account, kind)]


def _list_kind(account: Account, kind: str) -> Iterator[Record]:
    name, describe = KINDS[kind]
    for record in islice(reversed(account.store(kind).records.values()), NEWEST_OTHERS):
        yield {
            "key": f"{kind} {record.get('id', record['name'])}",
            "kind": name,
            "name": str(record["name"]),
            "facts": describe(account, record),
            "status": str(record.get("status", "")),
        }


def _describe_volume(account: Account, volume: StoredVolume) -> list[str]:
    on = _names(account, volume["droplet_ids"])
    return [f"{volume['size_gigabytes']} GiB", volume["region"], f"on {on}" if on else "not attached"]


def _describe_firewall(account: Account, firewall: StoredFirewall) -> list[str]:
    return [
        *_shorten([f"in {_rule(rule, 'from')}" for rule in firewall["inbound_rules"]]),
        *_shorten([f"out {_rule(rule, 'to')}" for rule in firewall["outbound_rules"]]),
        *_targets(account, firewall["droplet_ids"], firewall["tags"]),
    ]


def _rule(rule: FirewallRule, direction: Literal["from", "to"]) -> str:
    ports = f" {rule['ports']}" if rule["ports"] else ""
    named = [str(one) for many in rule["peers"].values() for one in many]
    return f"{rule['protocol']}{ports} {direction} {', '.join(_shorten(named)) or 'none'}"


def _describe_domain(account: Account, domain: StoredDomain) -> list[str]:
    records = [one for one in account.store(DOMAIN_RECORD) if one["domain"] == domain["name"]]
    shown = [f"{one['type']} {one['name']} {one['data']}" for one in records if one["type"] not in ("SOA", "NS")]
    return [f"{len(records)} records", *_shorten(shown)]


def _describe_load_balancer(account: Account, balancer: StoredLoadBalancer) -> list[str]:
    rules = [
        f"{rule['entry_protocol']} {rule['entry_port']} to {rule['target_protocol']} {rule['target_port']}"
        for rule in balancer["forwarding_rules"]
    ]
    tags = [balancer["tag"]] if balancer["tag"] else []
    targets = _targets(account, balancer["droplet_ids"], tags)
    return [*([balancer["ip"]] if balancer["ip"] else []), *_shorten(rules), *targets]


def _targets(account: Account, droplet_ids: Sequence[int], tags: Sequence[str]) -> list[str]:
    """Name the Droplets and tags that something is for."""
    names = ", ".join(part for part in (_names(account, droplet_ids), *(f"tag {tag}" for tag in tags)) if part)
    return [f"for {names}"] if names else []


def _names(account: Account, ids: Sequence[int]) -> str:
    """Name Droplets; by its id one that is gone."""
    found = {id: account.find(DROPLET, id) for id in ids}
    names = [str(id) if droplet is None else droplet["name"] for id, droplet in found.items()]
    return ", ".join(_shorten(names))


def _shorten(texts: Sequence[str]) -> list[str]:
    return [*texts[:PARTS], *([f"{len(texts) - PARTS} more"] if len(texts) > PARTS else [])]


#: Kinds of records that are shown, each with what it is called and what describes it.
KINDS: Mapping[str, tuple[str, Callable[[Account, Any], list[str]]]] = {
    "volume": ("volume", _describe_volume),
    "firewall": ("firewall", _describe_firewall),
    "domain": ("domain", _describe_domain),
    "load_balancer": ("load balancer", _describe_load_balancer),
}
