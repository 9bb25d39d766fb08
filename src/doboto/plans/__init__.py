"""Plans for Droplets, held against what DigitalOcean offers and what the account has. Nothing is created."""

from .names import find_named, is_id
from .offers import BACKUPS, Offers, find_elsewhere, find_excess

__all__ = ["BACKUPS", "Offers", "find_elsewhere", "find_excess", "find_named", "is_id"]
