"""What the page shows of volumes, firewalls, domains and load balancers: a name, a few facts, a status each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from ..engine.account import Account
from ..engine.records import Record

#: How many of each kind at most, and how many parts of one.
NEWEST = 50
PARTS = 6


def list_resources(account: Account) -> list[Record]:
    """List the newest of each kind: key, kind, name, facts, status."""
    return [row for kind in KINDS for row in _list_kind(account, kind)]


def _list_kind(account: Account, kind: str) -> Iterator[Record]:
    name, describe = KINDS[kind]
    for record in islice(reversed(account.store(kind).records.values()), NEWEST):
        yield {
            "key": f"{kind} {record.get('id', record['name'])}",
            "kind": name,
            "name": str(record["name"]),
            "facts": describe(account, record),
            "status": str(record.get("status", "")),
        }


def _describe_volume(account: Account, volume: Record) -> list[str]:
    on = _names(account, volume["droplet_ids"])
    return [f"{volume['size_gigabytes']} GiB", volume["region"], f"on {on}" if on else "not attached"]


def _describe_firewall(account: Account, firewall: Record) -> list[str]:
    return [
        *_shorten([f"in {_rule(rule, 'sources')}" for rule in firewall["inbound_rules"]]),
        *_shorten([f"out {_rule(rule, 'destinations')}" for rule in firewall["outbound_rules"]]),
        *_targets(account, firewall),
    ]


def _rule(rule: Record, peers: str) -> str:
    ports = f" {rule['ports']}" if rule.get("ports") else ""
    among: Mapping[str, Sequence[object]] = rule.get(peers) or {}
    named = [str(one) for many in among.values() for one in many]
    return (
        f"{rule['protocol']}{ports} {'from' if peers == 'sources' else 'to'} {', '.join(_shorten(named)) or 'nobody'}"
    )


def _describe_domain(account: Account, domain: Record) -> list[str]:
    records = [one for one in account.store("domain_record") if one["domain"] == domain["name"]]
    shown = [f"{one['type']} {one['name']} {one['data']}" for one in records if one["type"] not in ("SOA", "NS")]
    return [f"{len(records)} records", *_shorten(shown)]


def _describe_load_balancer(account: Account, balancer: Record) -> list[str]:
    rules = [
        f"{rule['entry_protocol']} {rule['entry_port']} to {rule['target_protocol']} {rule['target_port']}"
        for rule in balancer["forwarding_rules"]
    ]
    return [*([balancer["ip"]] if balancer["ip"] else []), *_shorten(rules), *_targets(account, balancer)]


def _targets(account: Account, record: Record) -> list[str]:
    """Name the Droplets and tags that something is for."""
    tags = record.get("tags") or ([record["tag"]] if record.get("tag") else [])
    names = ", ".join(
        part for part in (_names(account, record["droplet_ids"]), *(f"tag {tag}" for tag in tags)) if part
    )
    return [f"for {names}"] if names else []


def _names(account: Account, ids: Sequence[int]) -> str:
    """Name Droplets; by its id one that is gone."""
    names = [str((account.find("droplet", id) or {}).get("name") or id) for id in ids]
    return ", ".join(_shorten(names))


def _shorten(texts: Sequence[str]) -> list[str]:
    return [*texts[:PARTS], *([f"{len(texts) - PARTS} more"] if len(texts) > PARTS else [])]


#: Kinds of records that are shown, each with what it is called and what describes it.
KINDS: Mapping[str, tuple[str, Callable[[Account, Record], list[str]]]] = {
    "volume": ("volume", _describe_volume),
    "firewall": ("firewall", _describe_firewall),
    "domain": ("domain", _describe_domain),
    "load_balancer": ("load balancer", _describe_load_balancer),
}
