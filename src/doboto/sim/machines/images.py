"""Container images of Droplets: those of the catalog, with an SSH server, and those made of snapshots."""

from __future__ import annotations

import re
import threading

from ..catalog import ImageMembers
from ..resources.images import disk_in
from .boot import RECIPE, SERVERS
from .engine import Engine, EngineError
from .settings import MachineSettings

#: The repository of images that were built to have an SSH server; they are kept for the next simulator.
BUILT = "localhost/doboto-machine"


class Images:
    """Finds the container image of a Droplet's image, and prepares it once.

    Args:
        engine: The engine.
        settings: Which image belongs to which slug.
        simulator: The simulator's id.
    """

    def __init__(self, engine: Engine, settings: MachineSettings, simulator: str) -> None:
        self._simulator = simulator
        self._engine = engine
        self._settings = settings
        self._lock = threading.Lock()
        self._ready: dict[str, str] = {}

    def find(self, image: ImageMembers) -> str:
        """Return the container image of a Droplet's image; it has an SSH server.

        Args:
            image: The record of an image of the catalog, a snapshot, a backup, or a custom image.

        Raises:
            EngineError: There is none, or it cannot be fetched or built.
        """
        disk, name = disk_in(image), image["slug"] or image["name"]
        if disk is not None:
            return self._find_committed(name, disk)
        source = self._settings.image(image["slug"]) if image["slug"] else self._settings.images.get(name)
        if source is None:
            raise EngineError(f"no container image is known for {name!r}; name one in the setting `images` of machines")
        return self._with_ssh(source)

    def _find_committed(self, name: str, disk: str) -> str:
        found = disk_image(self._simulator, disk)
        if not self._engine.has_image(found):
            raise EngineError(f"image {name!r} was made of a Droplet without a machine: there is no disk to start from")
        return found

    def _with_ssh(self, source: str) -> str:
        with self._lock:  # several Droplets of one image wait for one build
            if source not in self._ready:
                self._ready[source] = self._prepare(source)
            return self._ready[source]

    def _prepare(self, source: str) -> str:
        built = f"{BUILT}/{re.sub('[^a-z0-9]+', '-', source.lower())}:1"
        if self._engine.has_image(built):
            return built
        if not self._engine.has_image(source):
            self._engine.pull(source)
        if self._engine.has_program(source, SERVERS):
            return source
        self._engine.build(built, RECIPE.format(image=source))
        return built


def disk_image(simulator: str, disk: str) -> str:
    """Return the name of the container image that a machine's disk is committed to.

    Args:
        simulator: The simulator's id.
        disk: The member of that name of a snapshot's or a backup's record.
    """
    return f"{BUILT}/disk-{simulator}:{disk}"
