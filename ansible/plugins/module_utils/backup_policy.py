"""The option C(backup_policy), which two modules have."""

from __future__ import annotations

from typing import Any

#: Its suboptions, as C(AnsibleModule) takes them.
POLICY: dict[str, dict[str, Any]] = {
    "plan": {"type": "str", "choices": ["daily", "weekly"]},
    "weekday": {"type": "str", "choices": ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]},
    "hour": {"type": "int", "choices": [0, 4, 8, 12, 16, 20]},
}


def given_members(params: dict[str, Any]) -> dict[str, Any]:
    """The options with a backup policy of those members that are given; Ansible fills in None for the others."""
    policy = params["backup_policy"]
    if not policy:
        return params
    return {**params, "backup_policy": {name: value for name, value in policy.items() if value is not None}}
