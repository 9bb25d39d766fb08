"""Plans for Droplets, held against what DigitalOcean offers and what the account has. Nothing is created."""

from importlib import import_module
from typing import TYPE_CHECKING

from .names import find_named, is_id

if TYPE_CHECKING:
    from .offers import BACKUPS, Offers, find_elsewhere, find_excess

__all__ = ["BACKUPS", "Offers", "find_elsewhere", "find_excess", "find_named", "is_id"]


def __getattr__(name: str) -> object:
    """Import what holds plans against offers when it is asked for first (PEP 562); names are wanted more often."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".offers", __name__), name)
