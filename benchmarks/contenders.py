"""Who is measured: this library's two clients, its peers, and the least that the jobs cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent / ".peers"


@dataclass(frozen=True)
class Contender:
    """A client library and a program that does the jobs with it.

    Attributes:
        label: Its name in tables.
        package: Its name on PyPI.
        environment: Its folder in `.peers`.
        program: Its file in `programs`, without `.py`; also its token at the server.
    """

    label: str
    package: str
    environment: str
    program: str

    @property
    def python(self) -> str:
        """The interpreter of its environment."""
        return str(ENVIRONMENTS / self.environment / "bin" / "python")

    def command(self, *arguments: str) -> list[str]:
        """How its program is run."""
        return [self.python, str(HERE / "programs" / f"{self.program}.py"), *arguments]


OURS = Contender("doboto", "doboto", "this", "doboto_blocking")
#: The same with the extras `fast` and `cli`.
FAST = Contender("doboto[fast]", "doboto", "this-with-extras", "doboto_blocking")
ALSO_OURS = Contender("doboto, async", "doboto", "this", "doboto_asynchronous")
PYDO = Contender("pydo", "pydo", "pydo", "pydo_blocking")
PEERS = (
    Contender("DOBOTO 0.6.1", "doboto", "doboto", "doboto_061"),
    PYDO,
    Contender("python-digitalocean", "python-digitalocean", "python-digitalocean", "python_digitalocean"),
    Contender("libcloud", "apache-libcloud", "apache-libcloud", "apache_libcloud"),
)
ALL = (OURS, ALSO_OURS, *PEERS)
FLOOR = Contender("least possible", "", "this", "floor")
