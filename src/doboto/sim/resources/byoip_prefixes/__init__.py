"""BYOIP prefixes."""
