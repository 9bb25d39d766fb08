"""What there is in the account, learned from its own replies: identifiers for paths and bodies of the next requests."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from typing import Any

#: Under which key a reply shows things of a kind (one, or in a list), as which parameter of a path they are known, and
#: by which member.
SHOWN = {
    ("action", "actions"): ("action_id", "id"),
    ("autoscale_pool", "autoscale_pools"): ("autoscale_pool_id", "id"),
    ("byoip_prefix", "byoip_prefixes"): ("byoip_prefix_uuid", "uuid"),
    ("certificate", "certificates"): ("certificate_id", "id"),
    ("domain", "domains"): ("domain_name", "name"),
    ("domain_record", "domain_records"): ("domain_record_id", "id"),
    ("droplet", "droplets"): ("droplet_id", "id"),
    ("firewall", "firewalls"): ("firewall_id", "id"),
    ("floating_ip", "floating_ips"): ("floating_ip", "ip"),
    ("image",): ("image_id", "id"),
    ("load_balancer", "load_balancers"): ("lb_id", "id"),
    ("peering", "vpc_peering", "vpc_peerings"): ("vpc_peering_id", "id"),
    ("policy",): ("alert_uuid", "uuid"),
    ("project",): ("project_id", "id"),
    ("reserved_ip", "reserved_ips"): ("reserved_ip", "ip"),
    ("reserved_ipv6", "reserved_ipv6s"): ("reserved_ipv6", "ip"),
    ("snapshot", "snapshots"): ("snapshot_id", "id"),
    ("ssh_key", "ssh_keys"): ("ssh_key_identifier", "id"),
    ("tag", "tags"): ("tag_id", "name"),
    ("volume", "volumes"): ("volume_id", "id"),
    ("vpc", "vpcs"): ("vpc_id", "id"),
    ("vpc_nat_gateway", "vpc_nat_gateways"): ("id", "id"),
}
BY_KEY = {key: shown for keys, shown in SHOWN.items() for key in keys}
#: How many of each kind are remembered, the newest: older ones may be gone.
REMEMBERED = 6

Parameters = dict[str, Any]


class Live:
    """Parameters of paths that lead somewhere, by their names."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._known: dict[frozenset[str], deque[Parameters]] = {}

    def learn(self, asked: Parameters, body: object) -> None:
        """Take note of what a reply shows; `asked` are the parameters of the path that it came from."""
        for name, value in _identified(body):
            self._note({name: value})
            if asked and name not in asked:
                self._note({**asked, name: value})

    def forget(self, asked: Parameters) -> None:
        """These parameters led nowhere, or something has been deleted by them."""
        known = self._known.get(frozenset(asked), ())
        if asked in known:
            known.remove(asked)

    def parameters(self, names: frozenset[str]) -> Parameters | None:
        """Parameters with these names that led somewhere."""
        known = self._known.get(names)
        return self.random.choice(list(known)) if known else None

    def one(self, name: str) -> Any:
        """An identifier of something that is there, else `LookupError`."""
        found = self.parameters(frozenset({name}))
        if found is None:
            raise LookupError(name)
        return found[name]

    def _note(self, parameters: Parameters) -> None:
        known = self._known.setdefault(frozenset(parameters), deque(maxlen=REMEMBERED))
        if parameters not in known:
            known.append(parameters)


def _identified(body: object) -> Iterator[tuple[str, Any]]:
    for key, value in body.items() if isinstance(body, dict) else ():
        name, member = BY_KEY.get(key, ("", ""))
        for item in value if isinstance(value, list) else [value]:
            if name and isinstance(item, dict) and item.get(member):
                yield name, item[member]
