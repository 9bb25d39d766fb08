"""How a command ends that cannot go on."""

from __future__ import annotations


class Failure(Exception):
    """The one line that says why; the command's exit code is 1."""
