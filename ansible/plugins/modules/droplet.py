#!/usr/bin/python
"""Create, change and destroy Droplets."""

from __future__ import annotations

DOCUMENTATION = r"""
module: droplet
author: The doboto authors (@doboto)
short_description: Create, change and destroy Droplets
version_added: 1.0.0
description:
  - Creates Droplets, one or many in one task, brings those that exist into line with the options, powers them on or
    off, rebuilds and destroys them.
  - Names make Droplets unique. They are compared exactly, on every page of the list and among GPU Droplets. Only what
    is missing is created, ten Droplets a request, and all are waited for together.
  - A create whose response is lost is looked for and never sent again blindly. If the outcome stays unknown, the task
    fails with RV(ignore:changed=true), RV(created) and RV(unknown); running it again creates only what is missing.
  - A Droplet is ready when its create action has completed and it has its addresses and tags.
attributes:
  check_mode:
    support: full
    description: Predicts what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows for each Droplet what is and what will be.
  platform:
    support: full
    description: The module runs where Python and doboto are, usually on the controller.
    platforms: posix
extends_documentation_fragment:
  - doboto.droplets.account
  - doboto.droplets.waiting
options:
  state:
    description:
      - V(present) for a Droplet that exists; its power is left as it is.
      - V(active) for one that exists and is powered on.
      - V(off) for one that exists and is powered off. The operating system is shut down; if it does not obey, the power
        is cut.
      - V(rebuilt) for one that is made again from O(image), or from its present image. What is on its disk is lost.
        This is done every time.
      - V(absent) for none.
    type: str
    choices: [present, absent, active, "off", rebuilt]
    default: present
  name:
    description: The Droplet's name. With O(id), the name that it is to have.
    type: str
  names:
    description: The names of several Droplets, alike but for their names.
    type: list
    elements: str
  count:
    description: So many Droplets, called O(name) with C(-1), C(-2) and so on. Those with higher numbers are left alone.
    type: int
  id:
    description: The id of a Droplet that exists.
    type: int
  ids:
    description: The ids of Droplets that exist.
    type: list
    elements: int
  tag_name:
    description: All Droplets with this tag. None is created.
    type: str
  size:
    description:
      - The slug of the size. Needed to create.
      - An existing Droplet is resized if it is off, is to be off, or O(allow_reboot) is set.
    type: str
  resize_disk:
    description: Grow the disk as well. It never shrinks again.
    type: bool
    default: false
  allow_reboot:
    description: Allow a running Droplet to be shut down for another size and powered on again.
    type: bool
    default: false
  image:
    description: The id of the image, or the slug of a public one. Needed to create.
    type: str
  region:
    description: The region's slug, or the beginning of one, as V(nyc). Without it, DigitalOcean chooses.
    type: str
  ssh_keys:
    description: Ids or fingerprints of SSH keys for root, at creation. They cannot be read back.
    type: list
    elements: str
  tags:
    description: Tags to put on the Droplet.
    type: list
    elements: str
  purge_tags:
    description: Take off tags that are not in O(tags).
    type: bool
    default: false
  backups:
    description: Whether backups are taken.
    type: bool
  backup_policy:
    description: When backups are taken.
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
  ipv6:
    description: Whether the Droplet has an IPv6 address. One that has cannot lose it.
    type: bool
  monitoring:
    description: Whether the metrics agent is installed at creation.
    type: bool
  vpc_uuid:
    description: The id of the VPC to be in, at creation.
    type: str
  project:
    description: The id or the name of the project to be in.
    type: str
  user_data:
    description: Script or cloud-config for the first boot. It cannot be read back, and is not shown.
    type: str
  volumes:
    description: Ids of volumes to attach at creation.
    type: list
    elements: str
  with_droplet_agent:
    description: Whether the agent of the web console must, or must not, be installed at creation.
    type: bool
  public_networking:
    description: V(false) for a Droplet without a public address.
    type: bool
  ready_port:
    description: While waiting, also wait until this TCP port of each active Droplet answers; V(22) for SSH.
    type: int
  on_mismatch:
    description:
      - What to do about a difference that cannot be changed, such as another region.
      - V(warn) shows a warning, V(fail) fails before anything is changed. Either way it is in RV(mismatches).
    type: str
    choices: [warn, fail, ignore]
    default: warn
"""

EXAMPLES = r"""
- name: Three web servers, ready for SSH
  doboto.droplets.droplet:
    name: web
    count: 3
    region: nyc3
    size: s-1vcpu-1gb
    image: ubuntu-24-04-x64
    ssh_keys: ["3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"]
    tags: [web]
    ready_port: 22
  register: web

- name: Use them at once
  ansible.builtin.add_host:
    name: "{{ item.name }}"
    ansible_host: "{{ item.public_ipv4 }}"
  loop: "{{ web.droplets }}"

- name: A larger size, with a restart
  doboto.droplets.droplet:
    name: web-1
    size: s-2vcpu-4gb
    allow_reboot: true

- name: All Droplets with a tag off for the night
  doboto.droplets.droplet:
    tag_name: staging
    state: "off"

- name: Nothing of it is left
  doboto.droplets.droplet:
    name: web
    count: 3
    state: absent
"""

RETURN = r"""
droplet:
  description:
    - The Droplet, if there is exactly one, with its addresses as C(public_ipv4), C(private_ipv4) and C(public_ipv6).
  returned: success
  type: dict
droplets:
  description: All Droplets of the task, in the order asked for.
  returned: success
  type: list
  elements: dict
ids:
  description: Their ids.
  returned: success
  type: list
  elements: int
created:
  description: Droplets that this task created, also if it failed afterwards.
  returned: always
  type: list
  elements: dict
unknown:
  description: Names of which it is not known whether their Droplets were created.
  returned: on a failure with an unknown outcome
  type: list
  elements: str
destroyed:
  description: Droplets that this task destroyed.
  returned: always
  type: list
  elements: dict
actions:
  description: Actions that this task started on existing Droplets.
  returned: always
  type: list
  elements: dict
mismatches:
  description: What differs and cannot be changed, with the reason.
  returned: always
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.doboto.droplets.plugins.module_utils import account, targets, waiting
from ansible_collections.doboto.droplets.plugins.module_utils.backup_policy import POLICY, given_members
from ansible_collections.doboto.droplets.plugins.module_utils.droplet_task import run
from ansible_collections.doboto.droplets.plugins.module_utils.task import perform

ARGUMENTS = {
    **account.ARGUMENTS,
    **targets.ARGUMENTS,
    **waiting.ARGUMENTS,
    "state": {
        "type": "str",
        "choices": ["present", "absent", "active", "off", "rebuilt"],
        "default": "present",
    },
    "count": {"type": "int"},
    "size": {"type": "str"},
    "resize_disk": {"type": "bool", "default": False},
    "allow_reboot": {"type": "bool", "default": False},
    "image": {"type": "str"},
    "region": {"type": "str"},
    "ssh_keys": {"type": "list", "elements": "str", "no_log": False},
    "tags": {"type": "list", "elements": "str"},
    "purge_tags": {"type": "bool", "default": False},
    "backups": {"type": "bool"},
    "backup_policy": {"type": "dict", "options": POLICY},
    "ipv6": {"type": "bool"},
    "monitoring": {"type": "bool"},
    "vpc_uuid": {"type": "str"},
    "project": {"type": "str"},
    "user_data": {"type": "str"},
    "volumes": {"type": "list", "elements": "str"},
    "with_droplet_agent": {"type": "bool"},
    "public_networking": {"type": "bool"},
    "ready_port": {"type": "int"},
    "on_mismatch": {"type": "str", "choices": ["warn", "fail", "ignore"], "default": "warn"},
}


def main():
    """Run the module."""
    module = AnsibleModule(
        argument_spec=ARGUMENTS,
        supports_check_mode=True,
        required_one_of=[("id", "ids", "name", "names", "tag_name")],
        mutually_exclusive=[
            ("id", "ids", "names", "tag_name"),
            ("ids", "name", "tag_name"),
            ("names", "name"),
            ("count", "id"),
        ],
        required_by={"count": ["name"]},
    )
    params = given_members(module.params)
    options = waiting.Waiting.of(params)
    perform(module, lambda do: run(do, params, options, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
