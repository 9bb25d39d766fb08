"""The version, in one place: the build reads it here."""

VERSION = "1.0.0.dev0"


def install_command(extra: str) -> str:
    """Return how to install an extra: from a checkout too, since the package index may have an older DOBOTO."""
    return f"pip install 'doboto[{extra}]', or in a checkout of the repository: pip install '.[{extra}]'"
