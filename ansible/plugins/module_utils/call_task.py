"""The task of the module C(call): any operation of any resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils import catalog
from ansible_collections.doboto.droplets.plugins.module_utils.journal import Journal, guarded
from ansible_collections.doboto.droplets.plugins.module_utils.read_only import WouldChange

try:
    from doboto import DOBOTONotFoundException
except ImportError:  # the module says which library is needed
    DOBOTONotFoundException = RuntimeError

#: The effect of an operation that looks by name and creates only what is missing.
PRESENT = "present"
#: Members that change by themselves.
VOLATILE = ("updated_at",)


def run(do: Any, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Call the operation, or in check mode only as far as it reads.

    Args:
        do: The client; in check mode one that sends no change.
        params: The module's options.
        check_mode: If true, change nothing.

    Returns:
        What the module returns.

    Raises:
        TaskFailure: It failed, or an argument is wrong.
    """
    operation = catalog.operation(params["operation"])
    arguments = catalog.arguments(operation, {**(params["args"] or {}), **(params["secret_args"] or {})})
    journal = Journal(repeatable=operation.info.effect == PRESENT)
    before = guarded(lambda: _read(do, operation, arguments), journal)
    if before is MISSING and operation.info.effect == "destroy" and arguments.get("missing_ok"):
        return {"changed": False, "result": None}
    shown = {"irreversible": operation.info.consequence(arguments)}
    if check_mode:
        return {**shown, **_rehearse(do, operation, arguments, before)}
    result = _send(do, operation, arguments, journal)
    after = guarded(lambda: _read(do, operation, arguments), journal) if before is not None else None
    changed = _changed(operation.info.effect, result, before, after)
    return {**shown, "changed": changed, **_result(operation.info.effect, result), "diff": _diff(before, after)}


#: A resource that does not exist.
MISSING = object()


def _read(do: Any, operation: Any, arguments: Mapping[str, Any]) -> Any:
    """The resource that an operation changes, as it is now; None where it cannot be read by the same arguments.

    Of several resources it is only said that none of them exists, where the operation allows that.
    """
    if operation.info.effect not in ("update", "destroy"):
        return None
    reader = catalog.reader(operation)
    if reader is None:
        return None
    own = catalog.reading(reader, operation, arguments)
    if not own:
        return None
    several = next((name for name, value in own.items() if isinstance(value, list)), None)
    if several is None:
        return _read_one(do, reader, own)
    if not arguments.get("missing_ok"):
        return None
    found = [_read_one(do, reader, {**own, several: one}) for one in own[several]]
    return MISSING if all(one is MISSING for one in found) else None


def _read_one(do: Any, reader: Any, own: Mapping[str, Any]) -> Any:
    try:
        return getattr(getattr(do, reader.resource), reader.name)(**own)
    except DOBOTONotFoundException:
        return MISSING


def _rehearse(do: Any, operation: Any, arguments: Mapping[str, Any], before: Any) -> dict[str, Any]:
    """Call the operation with a client that refuses to change anything: what it would send is what would change."""
    try:
        result = guarded(lambda: _call(do, operation, arguments), Journal())
    except WouldChange as change:
        return {"changed": True, "result": None, "request": str(change), "diff": _diff(before, None)}
    return {"changed": False, **_result(operation.info.effect, result)}


def _send(do: Any, operation: Any, arguments: Mapping[str, Any], journal: Journal) -> Any:
    """Call the operation.

    Raises:
        TaskFailure: It failed.
    """
    if not operation.info.changes:
        return guarded(lambda: _call(do, operation, arguments), journal)
    with journal.changing():
        return _call(do, operation, arguments)


def _call(do: Any, operation: Any, arguments: Mapping[str, Any]) -> Any:
    return getattr(getattr(do, operation.resource), operation.name)(**catalog.keywords(operation, arguments))


def _changed(effect: str, result: Any, before: Any, after: Any) -> bool:
    """If true, the operation changed something: an update is compared with what was before, where that can be read."""
    if effect == "read":
        return False
    if effect == PRESENT:
        return bool(result[1])
    if effect == "update" and isinstance(before, Mapping) and isinstance(after, Mapping):
        return _stable(before) != _stable(after)
    return True


def _stable(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in VOLATILE}


def _result(effect: str, result: Any) -> dict[str, Any]:
    if effect == PRESENT:
        return {"result": result[0], "created": result[1]}
    return {"result": result}


def _diff(before: Any, after: Any) -> dict[str, Any]:
    """The difference as C(--diff) shows it: only the members that differ."""
    was, becomes = (_stable(one) if isinstance(one, Mapping) else {} for one in (before, after))
    differing = [name for name in {**was, **becomes} if was.get(name) != becomes.get(name)]
    return {
        "before": {name: was[name] for name in differing if name in was},
        "after": {name: becomes[name] for name in differing if name in becomes},
    }
