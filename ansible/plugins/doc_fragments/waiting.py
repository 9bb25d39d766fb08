"""Documentation of the options of modules that wait."""

from __future__ import annotations


class ModuleDocFragment:
    """What C(extends_documentation_fragment) takes from here."""

    DOCUMENTATION = r"""
options:
  wait:
    description: Wait until what was started has completed.
    type: bool
    default: true
  poll:
    description:
      - Seconds between polls while waiting.
      - Every poll is one or two requests, however many Droplets are waited for.
      - Without it 5, and 35 while more than ten new Droplets are waited for.
    type: float
  timeout:
    description: Maximum seconds for the whole task.
    type: float
    default: 600
"""
