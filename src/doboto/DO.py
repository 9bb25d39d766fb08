"""The import path of DOBOTO 0.6 programs: `from doboto.DO import DO`."""

from .client import DO

__all__ = ["DO"]
