"""Settings of machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ..engine.records import as_list, as_record, is_number, is_whole

#: The container image of a distribution, by the beginning of the slug of DigitalOcean's image.
IMAGES: Mapping[str, str] = {
    "ubuntu-22-04": "docker.io/library/ubuntu:22.04",
    "ubuntu-24-04": "docker.io/library/ubuntu:24.04",
    "ubuntu-25-04": "docker.io/library/ubuntu:25.04",
    "debian-11": "docker.io/library/debian:11",
    "debian-12": "docker.io/library/debian:12",
    "debian-13": "docker.io/library/debian:13",
    "fedora": "registry.fedoraproject.org/fedora:latest",
    "rockylinux-8": "docker.io/rockylinux/rockylinux:8",
    "rockylinux-9": "docker.io/rockylinux/rockylinux:9",
    "almalinux-8": "docker.io/library/almalinux:8",
    "almalinux-9": "docker.io/library/almalinux:9",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings:
    """How machines are made; immutable."""

    #: Container images by the beginning of a slug, before those of `IMAGES`; the longest beginning counts. By its name
    #: that of a custom image.
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Machines that there may be at once; a Droplet beyond that fails to be created.
    limit: int = 10
    #: The part of a size's memory that a machine may use. 0 sets no limits, of processors neither.
    memory_scale: float = 0.125
    #: Megabytes that a machine may use at least.
    memory_least: int = 128
    #: Seconds within which a new machine's SSH port must answer.
    boot_timeout: float = 60.0
    #: Seconds that a machine gets to shut down.
    stop_seconds: int = 5
    #: Whether machines have their private address too, in a network for each VPC.
    private_networks: bool = True
    #: Whether machines have a metadata service at 169.254.169.254, where this machine's kernel lets the simulator.
    metadata: bool = True
    #: Whether machines' SSH ports are published on the loopback address; None where their addresses cannot be reached.
    publish_ssh: bool | None = None
    #: The directory of volumes' files; empty for `doboto/machines` in the user's folder for states of programs.
    folder: str = ""
    #: Further options of the engine's command `create`, such as `["--runtime", "runc"]`.
    run_options: tuple[str, ...] = ()

    def image(self, slug: str) -> str | None:
        """The container image for a slug of DigitalOcean's, or None."""
        for table in (self.images, IMAGES):
            if found := max((start for start in table if slug.startswith(start)), key=len, default=None):
                return table[found]
        return None

    def memory(self, megabytes: int) -> int | None:
        """The memory of a machine for a Droplet with so many megabytes; None for no limit."""
        return max(int(megabytes * self.memory_scale), self.memory_least) if self.memory_scale else None


def read_file(path: Path) -> MachineSettings:
    """Read settings from a JSON file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no object of settings.
    """
    given = as_record(json.loads(path.read_text(encoding="utf-8")))
    if given is None:
        raise ValueError("the settings of machines must be an object")
    if unknown := sorted(given.keys() - CHECKS.keys()):
        raise ValueError(f"machines have no setting {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    for name, value in given.items():
        if not CHECKS[name](value):
            raise ValueError(f"{name} cannot be {value!r}")
    values: dict[str, Any] = {**given, "run_options": tuple(given.get("run_options", ()))}
    return MachineSettings(**values)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _flag_or_none(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: object) -> bool:
    texts = as_list(value)
    return texts is not None and all(isinstance(one, str) for one in texts)


def _table(value: object) -> bool:
    table = as_record(value)
    return table is not None and all(isinstance(one, str) for one in table.values())


#: What each setting may be.
CHECKS: Mapping[str, Callable[[object], bool]] = {
    "images": _table,
    "limit": partial(is_whole, least=0),
    "memory_scale": partial(is_number, least=0),
    "memory_least": partial(is_whole, least=0),
    "boot_timeout": partial(is_number, least=0),
    "stop_seconds": partial(is_whole, least=0),
    "private_networks": _flag,
    "metadata": _flag,
    "publish_ssh": _flag_or_none,
    "folder": _text,
    "run_options": _texts,
}
