"""Plans for Droplets, held against what DigitalOcean offers and what the account has. Nothing is created."""

from .offers import BACKUPS, Offers

__all__ = ["BACKUPS", "Offers"]
