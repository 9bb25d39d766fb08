#!/usr/bin/python
"""Call any operation of any resource."""

from __future__ import annotations

DOCUMENTATION = r"""
module: call
author: The doboto authors (@doboto)
short_description: Any operation of any DigitalOcean resource
version_added: 1.0.0
description:
  - Calls an operation of the library, such as C(volume.present) or C(firewall.update). Its name and arguments are those
    of the library and of the command line C(doboto). C(doboto RESOURCE OPERATION --help) lists them.
  - What the operation declares of itself decides what is reported. One that reads never reports a change, and
    C(present) reports one if it created something. An update is compared with what was there before, where that can be
    read.
  - In check mode the operation runs as far as it reads; the first request that would change something is not sent, and
    reported as a change.
attributes:
  check_mode:
    support: full
    description: Reads, and sends no request that would change something.
  diff_mode:
    support: partial
    description: Shows what an update or a removal changed, where the resource can be read by the same arguments.
  platform:
    support: full
    description: The module runs where Python and doboto are, usually on the controller.
    platforms: posix
extends_documentation_fragment:
  - doboto.droplets.account
options:
  operation:
    description: The resource and the operation, as V(ssh_key.present).
    type: str
    required: true
  args:
    description:
      - The operation's arguments, among them C(wait), C(poll) and C(timeout) where it has them.
      - The attributes of a resource are given beside them, or together in C(attribs) where one has the name of an
        argument, as the name of a domain's record.
    type: dict
  secret_args:
    description: Arguments that must not be shown, such as the private key of a certificate.
    type: dict
"""

EXAMPLES = r"""
- name: An SSH key
  doboto.droplets.call:
    operation: ssh_key.present
    args:
      name: deploy
      public_key: "{{ lookup('ansible.builtin.file', '~/.ssh/deploy.pub') }}"
  register: key

- name: A volume, attached
  doboto.droplets.call:
    operation: volume.present
    args: {name: data, region: nyc3, size_gigabytes: 10}
  register: volume

- name: The Droplets with a tag
  doboto.droplets.call:
    operation: droplet.list
    args: {tag_name: web}
  register: web

- name: A record of a domain
  doboto.droplets.call:
    operation: domain.record_present
    args:
      name: example.com
      attribs: {type: A, name: www, data: "{{ web.result[0].networks.v4[0].ip_address }}"}

- name: No firewall of that id
  doboto.droplets.call:
    operation: firewall.destroy
    args: {id: "{{ firewall_id }}", missing_ok: true}
"""

RETURN = r"""
result:
  description: What the operation returned; for C(present) the resource, created or found.
  returned: success
  type: raw
created:
  description: For C(present), what was created; null or empty if it was all there.
  returned: success of C(present)
  type: raw
request:
  description: In check mode, the request that would change something.
  returned: in check mode, if something would change
  type: str
irreversible:
  description: What the operation does that cannot be undone; null if nothing.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.doboto.droplets.plugins.module_utils import account
from ansible_collections.doboto.droplets.plugins.module_utils.call_task import run
from ansible_collections.doboto.droplets.plugins.module_utils.task import perform

ARGUMENTS = {
    **account.ARGUMENTS,
    "operation": {"type": "str", "required": True},
    "args": {"type": "dict"},
    "secret_args": {"type": "dict", "no_log": True},
}


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    perform(
        module,
        lambda do: run(do, module.params, check_mode=module.check_mode),
        read_only=module.check_mode,
    )


if __name__ == "__main__":
    main()
