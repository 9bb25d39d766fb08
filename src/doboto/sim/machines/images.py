"""Container images of Droplets: those of the catalog, with an SSH server, and those made of snapshots."""

from __future__ import annotations

import re
import threading

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
    """

    def __init__(self, engine: Engine, settings: MachineSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._lock = threading.Lock()
        self._ready: dict[str, str] = {}

    def of_slug(self, slug: str | None) -> str:
        """Return an image that has an SSH server.

        Raises:
            EngineError: There is none for that slug, or it cannot be fetched or built.
        """
        source = None if slug is None else self._settings.image(slug)
        if source is None:
            raise EngineError(f"no container image is known for {slug!r}; name one in the setting `images` of machines")
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


def snapshot_name(simulator: str, droplet: int, number: int) -> str:
    """The name of an image that a machine's disk is committed to."""
    return f"{BUILT}/snapshot-{simulator}:{droplet}-{number}"
