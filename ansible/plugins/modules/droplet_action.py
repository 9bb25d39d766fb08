#!/usr/bin/python
"""Start actions of Droplets."""

from __future__ import annotations

DOCUMENTATION = r"""
module: droplet_action
author: The doboto authors (@doboto)
short_description: Reboot, snapshot, resize Droplets, and every other action
version_added: 1.0.0
description:
  - Starts an action of one or many Droplets and waits for all of them together.
  - An action that would change nothing, such as powering on what is on, is not started.
  - While another action runs on a Droplet, the action waits for it first.
attributes:
  check_mode:
    support: full
    description: Predicts on which Droplets the action would be started.
  diff_mode:
    support: full
    description: Shows what the action makes of each Droplet.
  platform:
    support: full
    description: The module runs where Python and doboto are, usually on the controller.
    platforms: posix
extends_documentation_fragment:
  - doboto.droplets.account
  - doboto.droplets.waiting
options:
  action:
    description: The action.
    type: str
    required: true
    choices:
      - backup_disable
      - backup_enable
      - backup_policy_update
      - ipv6_enable
      - kernel_update
      - password_reset
      - power_cycle
      - power_off
      - power_on
      - private_networking_enable
      - reboot
      - rebuild
      - rename
      - resize
      - restore
      - shutdown
      - snapshot_create
  id:
    description: The id of the Droplet.
    type: int
  ids:
    description: The ids of several Droplets.
    type: list
    elements: int
  name:
    description: The name of the Droplet.
    type: str
  names:
    description: The names of several Droplets.
    type: list
    elements: str
  tag_name:
    description: All Droplets with this tag.
    type: str
  size:
    description: For C(resize), the slug of the new size. The Droplets must be off.
    type: str
  resize_disk:
    description: For C(resize), grow the disk as well. It never shrinks again.
    type: bool
    default: false
  image:
    description: For C(rebuild) and C(restore), the id of the image, or the slug of a public one.
    type: str
  new_name:
    description: For C(rename), the new name.
    type: str
  snapshot_name:
    description: For C(snapshot_create), the snapshot's name.
    type: str
  kernel_id:
    description: For C(kernel_update), the id of the kernel.
    type: int
  backup_policy:
    description: For C(backup_enable) and C(backup_policy_update), when backups are taken.
    type: dict
    suboptions:
      plan:
        description: How often.
        type: str
        choices: [daily, weekly]
      weekday:
        description: The day of weekly backups.
        type: str
        choices: [SUN, MON, TUE, WED, THU, FRI, SAT]
      hour:
        description: The beginning of the window, UTC.
        type: int
        choices: [0, 4, 8, 12, 16, 20]
"""

EXAMPLES = r"""
- name: Reboot all Droplets with a tag, and wait for all of them
  doboto.droplets.droplet_action:
    action: reboot
    tag_name: web

- name: A snapshot before the upgrade
  doboto.droplets.droplet_action:
    action: snapshot_create
    name: db-1
    snapshot_name: before-upgrade
"""

RETURN = r"""
actions:
  description: The actions, as they were read last.
  returned: always
  type: list
  elements: dict
droplets:
  description: The Droplets, as they are afterwards.
  returned: success
  type: list
  elements: dict
unchanged:
  description: Ids of Droplets on which the action would have changed nothing, and was not started.
  returned: always
  type: list
  elements: int
outcomes:
  description: What became of the action on each Droplet, by id.
  returned: on a failure of an action on several Droplets
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.doboto.droplets.plugins.module_utils import account, targets, waiting
from ansible_collections.doboto.droplets.plugins.module_utils.action_task import ACTIONS, run
from ansible_collections.doboto.droplets.plugins.module_utils.backup_policy import POLICY, given_members
from ansible_collections.doboto.droplets.plugins.module_utils.task import perform

ARGUMENTS = {
    **account.ARGUMENTS,
    **targets.ARGUMENTS,
    **waiting.ARGUMENTS,
    "action": {"type": "str", "required": True, "choices": sorted(ACTIONS)},
    "size": {"type": "str"},
    "resize_disk": {"type": "bool", "default": False},
    "image": {"type": "str"},
    "new_name": {"type": "str"},
    "snapshot_name": {"type": "str"},
    "kernel_id": {"type": "int"},
    "backup_policy": {"type": "dict", "options": POLICY},
}


def main():
    """Run the module."""
    module = AnsibleModule(
        argument_spec=ARGUMENTS,
        supports_check_mode=True,
        required_one_of=[("id", "ids", "name", "names", "tag_name")],
        mutually_exclusive=[("id", "ids", "name", "names", "tag_name")],
        required_if=[("action", name, list(action.required)) for name, action in ACTIONS.items() if action.required],
    )
    params = given_members(module.params)
    options = waiting.Waiting.of(params)
    perform(module, lambda do: run(do, params, options, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
