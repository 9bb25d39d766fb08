"""Where a served simulator is found; apart from the server, which takes long to load and which few programs start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """Where a served simulator is found."""

    host: str
    port: int
    #: The certificate authority to trust, if it serves TLS.
    ca_file: Path | None = None

    @property
    def url(self) -> str:
        """The base URL that clients take, `.../v2`."""
        return f"{self.origin}/v2"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.ca_file is None else 'https'}://{host}:{self.port}"
