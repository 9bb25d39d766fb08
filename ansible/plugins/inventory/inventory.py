"""Droplets as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: inventory
author: The doboto authors (@doboto)
short_description: Droplets as hosts
version_added: 1.0.0
description:
  - Makes a host of every Droplet of one or several DigitalOcean accounts, with groups by tag, region, size, status, VPC
    and project.
  - Reads 200 Droplets with a request. What else costs requests says so below.
  - A host has the name of its Droplet. Where several Droplets have one name, the oldest is the host of that name, and
    the others are called C(name-id), so that none is lost.
  - The configuration file's name ends in C(doboto.yml) or C(doboto.yaml).
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - doboto.droplets.account
options:
  plugin:
    description: The name of this plugin.
    required: true
    choices: [doboto.droplets.inventory]
  accounts:
    description:
      - Several accounts, each with options that take the place of O(token) and O(url).
      - Each account is a group, and host variable C(do_account) has its name.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the account's group.
        type: str
        required: true
      token:
        description: The account's API token; a template such as C({{ lookup('env', 'STAGING_TOKEN') }}) is rendered.
        type: str
        required: true
      url:
        description: The API's base URL.
        type: str
  tag_name:
    description: Only Droplets with this tag.
    type: str
  type:
    description:
      - C(droplets) for those without GPU, as the API lists them by default; C(gpus) for those with one.
      - C(all) for both, which costs one more request. It cannot be combined with O(tag_name), which finds either.
    type: str
    choices: [droplets, gpus, all]
    default: droplets
  statuses:
    description: Only Droplets with one of these statuses. By default all are hosts.
    type: list
    elements: str
    default: []
  address:
    description:
      - Which addresses may become C(ansible_host); the first kind in this list that a Droplet has is used.
      - A Droplet that has none of them becomes a host without C(ansible_host).
    type: list
    elements: str
    choices: [public_ipv4, private_ipv4, public_ipv6]
    default: [public_ipv4, private_ipv4]
  group_by:
    description:
      - What groups are made of, named C(tag_web), C(region_nyc3), C(size_s_1vcpu_1gb), C(status_active), C(vpc_NAME)
        and C(project_NAME).
      - C(vpc) costs one request for an account, C(project) one, and one for every 200 resources of each project.
    type: list
    elements: str
    choices: [tag, region, size, status, vpc, project]
    default: [tag, region, size, status]
  variable_prefix:
    description: What the names of host variables made of the Droplet's attributes begin with.
    type: str
    default: do_
"""

EXAMPLES = r"""
# droplets.doboto.yml: all Droplets of the account whose token is in DIGITALOCEAN_TOKEN
plugin: doboto.droplets.inventory

---
# Private addresses, groups of your own, cached for five minutes
plugin: doboto.droplets.inventory
tag_name: production
address: [private_ipv4]
group_by: [tag, vpc]
keyed_groups:
  - key: do_image.distribution | lower
    prefix: os
groups:
  large: do_memory >= 8192
compose:
  ansible_user: "'root'"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible-inventory
cache_timeout: 300

---
# Two accounts
plugin: doboto.droplets.inventory
accounts:
  - name: staging
    token: "{{ lookup('ansible.builtin.env', 'STAGING_TOKEN') }}"
  - name: production
    token: "{{ lookup('ansible.builtin.env', 'PRODUCTION_TOKEN') }}"
"""

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

try:
    from ansible.template import trust_as_template  # noqa: F401 - since 2.19, only what is marked with it is a template

    def never_template(value):
        """The value as it is."""
        return value

except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var as never_template

from ansible_collections.doboto.droplets.plugins.module_utils.account import HAS_DOBOTO, MISSING, connect, environment
from ansible_collections.doboto.droplets.plugins.module_utils.hosts import Host, read_account, unique_names

#: What of an account's options is rendered if it is a template.
TEMPLATED = ("name", "token", "url")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Makes hosts and groups of Droplets."""

    NAME = "doboto.droplets.inventory"

    def verify_file(self, path):
        """If true, the file may be a configuration of this plugin."""
        return super().verify_file(path) and path.endswith(("doboto.yml", "doboto.yaml"))

    def parse(self, inventory, loader, path, cache=True):
        """Fill the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        if not HAS_DOBOTO:
            raise AnsibleParserError(f"{self.NAME} needs the Python library doboto: pip install doboto ({MISSING})")
        droplets = self._droplets(self.get_cache_key(path), cache)
        kinds = self.get_option("address")
        for name, host in unique_names([Host(one["account"], one["droplet"], kinds) for one in droplets]):
            self._add(name, host)

    def _droplets(self, key, cache):
        """All accounts' Droplets, from the cache where it may be used and has them."""
        use = self.get_option("cache")
        if use and cache:
            try:
                return self._cache[key]
            except KeyError:
                pass
        droplets = [one for account in self._accounts() for one in self._read(account)]
        if use:
            self._cache[key] = droplets
        return droplets

    def _accounts(self):
        """The accounts to read, each a dict of name, token and url."""
        common = {name: self._rendered(self.get_option(name)) for name in ("token", "url", "ca_file")}
        if not self.get_option("accounts"):
            return [{**common, "name": ""}]
        accounts = self.get_option("accounts")
        for account in accounts:
            if not account.get("name") or not account.get("token"):
                raise AnsibleParserError("every account of the inventory needs a name and a token")
        given = [{key: self._rendered(account.get(key)) for key in TEMPLATED} for account in accounts]
        return [{**common, **{key: value for key, value in one.items() if value}} for one in given]

    def _rendered(self, value):
        return self.templar.template(variable=value) if isinstance(value, str) else value

    def _read(self, account):
        """One account's Droplets, each with the account's name."""
        from doboto import DOBOTOException

        options = {name: self.get_option(name) for name in ("tag_name", "type", "statuses", "group_by")}
        try:
            with connect({**environment(), **{key: value for key, value in account.items() if value}}) as do:
                droplets = read_account(do, **options)
        except (DOBOTOException, ValueError) as error:
            label = f" of account {account['name']}" if account["name"] else ""
            raise AnsibleParserError(f"the Droplets{label} could not be read: {error}") from error
        return [{"account": account["name"], "droplet": droplet} for droplet in droplets]

    def _add(self, name, host):
        """Add a host, its variables and its groups."""
        self.inventory.add_host(name)
        if host.address:
            self.inventory.set_variable(name, "ansible_host", host.address)
        # What others may write (names, tags, descriptions of images) must not be taken for templates.
        variables = never_template(host.variables(self.get_option("variable_prefix")))
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in host.groups(self.get_option("group_by")):
            group = self.inventory.add_group(self._sanitize_group_name(group))
            self.inventory.add_child(group, name)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
