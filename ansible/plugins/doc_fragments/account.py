"""Documentation of the options that name the account; all plugins of this collection have them."""

from __future__ import annotations


class ModuleDocFragment:
    """What C(extends_documentation_fragment) takes from here."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - The API token.
      - Without it, the environment variables E(DIGITALOCEAN_TOKEN), E(DIGITALOCEAN_ACCESS_TOKEN) and, as DOBOTO's old
        modules had it, E(DO_API_TOKEN) are read on the machine that the plugin runs on, in this order.
    type: str
  url:
    description:
      - The API's base URL. Without it, the environment variable E(DOBOTO_URL), then DigitalOcean's.
    type: str
  ca_file:
    description: A file of CA certificates to trust instead of the system's.
    type: path
requirements:
  - python >= 3.11
  - doboto
"""
