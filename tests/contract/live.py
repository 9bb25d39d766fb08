"""What there is in the account: identifiers of things for paths and bodies, made when there are too few of them."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import requests

Parameters = dict[str, Any]
Body = dict[str, Any]

#: As which parameter of a path the things are known that replies show under a key, and by which member.
SHOWN = {
    "action": ("action_id", "id"),
    "actions": ("action_id", "id"),
    "autoscale_pool": ("autoscale_pool_id", "id"),
    "byoip_prefix": ("byoip_prefix_uuid", "uuid"),
    "certificate": ("certificate_id", "id"),
    "domain": ("domain_name", "name"),
    "domain_record": ("domain_record_id", "id"),
    "droplet": ("droplet_id", "id"),
    "firewall": ("firewall_id", "id"),
    "floating_ip": ("floating_ip", "ip"),
    "image": ("image_id", "id"),
    "load_balancer": ("lb_id", "id"),
    "peering": ("vpc_peering_id", "id"),
    "policy": ("alert_uuid", "uuid"),
    "project": ("project_id", "id"),
    "reserved_ip": ("reserved_ip", "ip"),
    "reserved_ipv6": ("reserved_ipv6", "ip"),
    "snapshot": ("snapshot_id", "id"),
    "ssh_key": ("ssh_key_identifier", "id"),
    "tag": ("tag_id", "name"),
    "volume": ("volume_id", "id"),
    "vpc": ("vpc_id", "id"),
    "vpc_nat_gateway": ("id", "id"),
    "vpc_peering": ("vpc_peering_id", "id"),
}

#: Where a thing is shown, and the request whose reply tells of one.
PLACES = {
    "/v2/account/keys/{ssh_key_identifier}": "POST /v2/account/keys",
    "/v2/actions/{action_id}": "GET /v2/actions",
    "/v2/byoip_prefixes/{byoip_prefix_uuid}": "POST /v2/byoip_prefixes",
    "/v2/certificates/{certificate_id}": "POST /v2/certificates",
    "/v2/domains/{domain_name}": "POST /v2/domains",
    "/v2/domains/{domain_name}/records/{domain_record_id}": "POST /v2/domains/{domain_name}/records",
    "/v2/droplets/{droplet_id}": "POST /v2/droplets",
    "/v2/droplets/{droplet_id}/actions/{action_id}": "GET /v2/droplets/{droplet_id}/actions",
    "/v2/droplets/autoscale/{autoscale_pool_id}": "POST /v2/droplets/autoscale",
    "/v2/firewalls/{firewall_id}": "POST /v2/firewalls",
    "/v2/floating_ips/{floating_ip}": "POST /v2/floating_ips",
    "/v2/floating_ips/{floating_ip}/actions/{action_id}": "GET /v2/floating_ips/{floating_ip}/actions",
    "/v2/images/{image_id}": "POST /v2/images",
    "/v2/images/{image_id}/actions/{action_id}": "POST /v2/images/{image_id}/actions",
    "/v2/load_balancers/{lb_id}": "POST /v2/load_balancers",
    "/v2/monitoring/alerts/{alert_uuid}": "POST /v2/monitoring/alerts",
    "/v2/projects/{project_id}": "POST /v2/projects",
    "/v2/reserved_ips/{reserved_ip}": "POST /v2/reserved_ips",
    "/v2/reserved_ips/{reserved_ip}/actions/{action_id}": "GET /v2/reserved_ips/{reserved_ip}/actions",
    "/v2/reserved_ipv6/{reserved_ipv6}": "POST /v2/reserved_ipv6",
    "/v2/tags/{tag_id}": "POST /v2/tags",
    "/v2/volumes/{volume_id}": "POST /v2/volumes",
    "/v2/volumes/{volume_id}/actions/{action_id}": "POST /v2/volumes/{volume_id}/actions",
    "/v2/volumes/snapshots/{snapshot_id}": "POST /v2/volumes/{volume_id}/snapshots",
    "/v2/vpc_nat_gateways/{id}": "POST /v2/vpc_nat_gateways",
    "/v2/vpc_peerings/{vpc_peering_id}": "POST /v2/vpc_peerings",
    "/v2/vpcs/{vpc_id}": "POST /v2/vpcs",
    # Among the peerings of a VPC there is none to be shown: the query is only here to name the VPC.
    "/v2/vpc_peerings/{vpc_peering_id}?of={vpc_id}": "POST /v2/vpcs/{vpc_id}/peerings",
}


def names_in(path: str) -> frozenset[str]:
    """The parameters of a path."""
    return frozenset(re.findall(r"{(\w+)}", path))


BY_NAMES = {names_in(path): path for path in PLACES}
#: Fewer of a kind than this, and one more is made; no more are remembered than the newest of them.
FEWEST, MOST = 2, 8


class Live:
    """Things of one account, and requests beside those of the fuzzer."""

    def __init__(
        self, origin: str, seed: int, orders: Mapping[tuple[str, str], Callable[[Live, Parameters], Any]]
    ) -> None:
        self.random = random.Random(seed)
        self._origin, self._orders = origin, orders
        self._session = requests.Session()
        self._known: dict[frozenset[str], deque[Parameters]] = {}

    def call(self, method: str, path: str, body: Any = None, token: str = "fuzz") -> tuple[int, Any]:
        """A request of our own: status and body."""
        headers = {"authorization": f"Bearer {token}", "x-dangerous": "true"}
        reply = self._session.request(method, self._origin + path, json=body, headers=headers, timeout=300)
        return reply.status_code, reply.json() if reply.content else {}

    def wait(self) -> None:
        """Let a minute pass: each request moves the clock."""
        for _ in range(3):
            self.call("GET", "/v2/account")

    def learn(self, asked: Parameters, body: object) -> None:
        """Take note of what a reply shows; `asked` are the parameters of the path that it came from."""
        for name, value in _identified(body):
            self._note({name: value})
            if asked and name not in asked:
                self._note({**asked, name: value})

    def parameters(self, names: frozenset[str]) -> Parameters:
        """Parameters with these names that lead to something, else `LookupError`."""
        known = self._known.setdefault(names, deque(maxlen=MOST))
        for _ in range(MOST + 1):
            if len(known) < FEWEST:
                self._make(names)
            if not known:
                break
            found = self.random.choice(list(known))
            if self.call("GET", _filled(BY_NAMES[names], found))[0] == 200:
                return dict(found)
            known.remove(found)
        raise LookupError(*names)

    def one(self, name: str) -> Any:
        """An identifier of something that is there."""
        return self.parameters(frozenset({name}))[name]

    def make(self, path: str, **members: Any) -> Any:
        """The reply to an order for one more, with some members as given."""
        body = {**self._orders["POST", path](self, {}), **members}
        return self.call("POST", path, body)[1]

    def _make(self, names: frozenset[str]) -> None:
        method, path = PLACES[BY_NAMES[names]].split()
        inside = names_in(path)
        asked = self.parameters(inside) if inside else {}
        order = self._orders.get((method, path))
        self.learn(asked, self.call(method, _filled(path, asked), order and order(self, asked))[1])

    def _note(self, parameters: Parameters) -> None:
        known = self._known.setdefault(frozenset(parameters), deque(maxlen=MOST))
        if parameters not in known:
            known.append(parameters)


def _filled(path: str, parameters: Parameters) -> str:
    return path.format(**{name: quote(str(value), safe="") for name, value in parameters.items()})


def _identified(body: object) -> Iterator[tuple[str, Any]]:
    for key, value in body.items() if isinstance(body, dict) else ():
        name, member = SHOWN.get(key, ("", ""))
        for item in value if isinstance(value, list) else [value]:
            if name and isinstance(item, dict) and item.get(member):
                yield name, item[member]
