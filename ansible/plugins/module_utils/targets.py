"""Which Droplets a task is about: by id, name, count or tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

try:
    from doboto import DOBOTONotFoundException
except ImportError:  # the module says which library is needed
    DOBOTONotFoundException = RuntimeError

Droplet = dict[str, Any]

#: So many Droplets are read one by one; the list of all takes fewer requests for more.
FEW = 2

#: The options, as C(AnsibleModule) takes them.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "id": {"type": "int"},
    "ids": {"type": "list", "elements": "int"},
    "name": {"type": "str"},
    "names": {"type": "list", "elements": "str"},
    "tag_name": {"type": "str"},
}


@dataclass
class Targets:
    """The Droplets that a task is about.

    Attributes:
        droplets: Those that exist, in the order asked for; by tag, as listed.
        missing: Names or ids asked for that no Droplet has.
        twins: Droplets that share their name with one of C(droplets), and are younger.
    """

    droplets: list[Droplet] = field(default_factory=list)
    missing: list[str | int] = field(default_factory=list)
    twins: list[Droplet] = field(default_factory=list)


def names_of(params: Mapping[str, Any]) -> list[str]:
    """The names that a task asks for; with C(count), C(name-1) and so on.

    Raises:
        TaskFailure: A name is given twice, or the count is not positive.
    """
    names = list(params.get("names") or ([params["name"]] if params.get("name") else []))
    count = params.get("count")
    if count is not None:
        if count < 1:
            raise TaskFailure(f"count must be at least 1, not {count}")
        names = [f"{params['name']}-{number}" for number in range(1, count + 1)]
    if len(set(names)) < len(names):
        raise TaskFailure("a name is given twice in names; Droplets of one name cannot be told apart")
    return names


def find(do: Any, params: Mapping[str, Any]) -> Targets:
    """Look for the Droplets that a task is about.

    Args:
        do: The client.
        params: The module's options.

    Raises:
        TaskFailure: The options contradict each other.
        DOBOTOException: They could not be read.
    """
    ids = params.get("ids") or ([params["id"]] if params.get("id") is not None else [])
    if ids:
        return by_ids(do, list(dict.fromkeys(ids)))
    if params.get("tag_name"):
        return Targets(do.droplet.list(params["tag_name"]))
    if names := names_of(params):
        return _by_names(do, names)
    raise TaskFailure("name the Droplets: by id, ids, name, names or tag_name; an empty list names none")


def by_ids(do: Any, ids: Sequence[int]) -> Targets:
    """Read Droplets by their ids: one by one while they are few, else from the list of all.

    Args:
        do: The client.
        ids: The ids, each once.

    Raises:
        DOBOTOException: They could not be read.
    """
    if len(ids) > FEW:
        known = {droplet["id"]: droplet for droplet in do.droplet.list(type="all")}
    else:
        known = {id: droplet for id in ids if (droplet := _by_id(do, id))}
    return Targets([known[id] for id in ids if id in known], [id for id in ids if id not in known])


def _by_id(do: Any, id: int) -> Droplet | None:
    try:
        found: Droplet = do.droplet.info(id)
    except DOBOTONotFoundException:
        return None
    return found


def _by_names(do: Any, names: Sequence[str]) -> Targets:
    """Droplets by name, compared exactly; of those that share a name, the oldest comes first."""
    named = {"name": names[0]} if len(names) == 1 else {}
    alike: dict[str, list[Droplet]] = defaultdict(list)
    for droplet in sorted(do.droplet.list(type="all", **named), key=lambda droplet: droplet["id"]):
        if droplet["name"] in names:
            alike[droplet["name"]].append(droplet)
    return Targets(
        [alike[name][0] for name in names if name in alike],
        [name for name in names if name not in alike],
        [droplet for name in names if name in alike for droplet in alike[name][1:]],
    )


def number(value: Any) -> Any:
    """Ids are numbers, slugs and fingerprints are text; Ansible makes text of both."""
    return int(value) if isinstance(value, str) and value.isdigit() else value
