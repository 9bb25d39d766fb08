"""What a Droplet does not say of itself and the API has elsewhere: its project, its backup policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils.differences import Change
from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

Droplet = dict[str, Any]


def project_changes(do: Any, droplets: Sequence[Droplet], project: str | None) -> list[Change]:
    """The Droplets that are not in the project asked for.

    Args:
        do: The client.
        droplets: The Droplets.
        project: The project's id or name; None if none is asked for.

    Raises:
        TaskFailure: There is no such project.
        DOBOTOException: It could not be read.
    """
    if project is None or not droplets:
        return []
    id = project_id(do, project)
    inside = {resource["urn"] for resource in do.project.resource_list(id)}
    return [Change(droplet, "project", None, id) for droplet in droplets if f"do:droplet:{droplet['id']}" not in inside]


def project_id(do: Any, project: str) -> str:
    """A project's id, by its id or name.

    Raises:
        TaskFailure: There is none, or several have that name.
    """
    found = [one["id"] for one in do.project.list() if project in (one["id"], one["name"])]
    if len(found) != 1:
        several = f"{len(found)} projects have the name {project!r}: give the id" if found else ""
        raise TaskFailure(several or f"there is no project {project!r}", changed=False)
    return str(found[0])


def policy_changes(do: Any, droplets: Sequence[Droplet], params: Mapping[str, Any]) -> list[Change]:
    """The Droplets whose backups are taken at other times than asked for.

    Args:
        do: The client.
        droplets: The Droplets.
        params: The module's options.

    Raises:
        DOBOTOException: The policies could not be read.
    """
    wanted = params.get("backup_policy")
    backed_up = [droplet for droplet in droplets if "backups" in (droplet.get("features") or [])]
    if not wanted or not backed_up or params.get("backups") is False:
        return []
    policies = _policies(do, backed_up)
    found = [(droplet, policies.get(droplet["id"]) or {}) for droplet in backed_up]
    return [
        Change(droplet, "backup_policy", {key: has.get(key) for key in wanted}, wanted)
        for droplet, has in found
        if any(has.get(key) != value for key, value in wanted.items())
    ]


def _policies(do: Any, droplets: Sequence[Droplet]) -> dict[int, Any]:
    """Backup policies by Droplet: the list of all costs a request for 200 of them."""
    if len(droplets) == 1:
        records = [do.droplet.backup_policy_info(droplets[0]["id"])]
    else:
        records = do.droplet.backup_policy_list()
    return {record["droplet_id"]: record.get("backup_policy") for record in records}
