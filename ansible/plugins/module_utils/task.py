"""What all modules of this collection do around their task: the client, the failure, the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.doboto.droplets.plugins.module_utils.account import HAS_DOBOTO, MISSING, connect, environment
from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure


def perform(module: AnsibleModule, job: Callable[[Any], dict[str, Any]], *, read_only: bool = False) -> None:
    """Run a module's task with a client of its account, and end the module.

    Args:
        module: The module.
        job: Takes the client and returns the module's result; raises C(TaskFailure).
        read_only: If true, the client sends no request that would change something.
    """
    if not HAS_DOBOTO:
        module.fail_json(msg=missing_required_lib("doboto"), exception=MISSING)
    given = {name: module.params[name] for name in ("token", "url", "ca_file") if module.params[name]}
    try:
        client = connect({**environment(), **given}, read_only=read_only)
    except ValueError as error:
        module.fail_json(msg=str(error), changed=False)
    with client as do:
        try:
            result = job(do)
        except TaskFailure as failure:
            _warn(module, failure.result)
            module.fail_json(**failure.result)
    _warn(module, result)
    module.exit_json(**result)


def _warn(module: AnsibleModule, result: dict[str, Any]) -> None:
    for text in result.pop("warnings", []):
        module.warn(text)
