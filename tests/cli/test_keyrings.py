"""Tokens in a keyring: which one is trusted, and what happens where it does not give them back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .conftest import Doboto

TOKEN = "dop_v1_keyring"


@dataclass
class Keyring:
    """The library keyring, with a backend of some priority that somebody chose or did not."""

    priority: float = 5
    chosen: bool = False
    keeps: bool = True
    trouble: Exception | None = None
    kept: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def get_keyring(self) -> Keyring:
        return self

    def set_password(self, service: str, name: str, token: str) -> None:
        self._fail()
        if self.keeps:
            self.kept[service, name] = token

    def get_password(self, service: str, name: str) -> str | None:
        self._fail()
        return self.kept.get((service, name))

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def load_env(self) -> None:
        return None

    def load_config(self) -> Keyring | None:
        return self if self.chosen else None


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Keyring | None], None]:
    """Put a keyring in the library's place; None for a machine without the library."""

    def put(keyring: Keyring | None) -> None:
        monkeypatch.setitem(sys.modules, "keyring", keyring)  # type: ignore[arg-type]
        monkeypatch.setitem(sys.modules, "keyring.core", keyring)  # type: ignore[arg-type]

    return put


def init(served: Doboto, name: str, environment: Mapping[str, str] | None = None) -> str:
    """Keep a context; what is told of where its token is."""
    url = served.environment["DOBOTO_URL"]
    return served.ok("auth", "init", name, "--url", url, stdin=f"{TOKEN}\n", **(environment or {})).err


def listed(served: Doboto) -> dict[str, str]:
    return {one["name"]: one["source"] for one in served.ok("auth", "list", "-o", "json").json}


@pytest.mark.parametrize(("keyring", "trusted"), [
    (Keyring(priority=5), True),
    (Keyring(priority=0.5), False),
    (Keyring(priority=0.5, chosen=True), True),
    (Keyring(priority=-1, chosen=True, keeps=False), False),
    (Keyring(trouble=RuntimeError("locked")), False),
    (None, False),
], ids=["safe", "nobody chose it", "chosen", "keeps nothing", "locked", "not installed"])  # fmt: skip
def test_a_token_goes_to_a_keyring_that_keeps_it_and_else_to_the_file(
    served: Doboto, install: Callable[[Any], None], keyring: Keyring | None, trusted: bool
) -> None:
    install(keyring)
    assert ("in the keyring" in init(served, "work")) is trusted
    assert listed(served) == {"work": "keyring" if trusted else "doboto"}
    file = Path(served.environment["XDG_CONFIG_HOME"]) / "doboto" / "contexts.yaml"
    assert (TOKEN in file.read_text()) is not trusted
    assert served.ok("--context", "work", "droplet", "list", "-o", "json").json == []


@pytest.mark.parametrize(("later", "expected"), [
    (None, "keyring is not installed"),
    (Keyring(), "(which does not have it)"),
    (Keyring(trouble=RuntimeError("Locked. Ask the user.")), "(RuntimeError: Locked. Ask the user.)"),
])  # fmt: skip
def test_a_keyring_that_is_gone_hinders_only_who_needs_the_token(
    served: Doboto, install: Callable[[Any], None], later: Keyring | None, expected: str
) -> None:
    install(Keyring())
    init(served, "work")
    install(later)
    assert listed(served) == {"work": "keyring"}
    served.ok("auth", "switch", "work")
    message = served.refused(4, "unauthorized", "--context", "work", "droplet", "list")["message"]
    assert message.startswith("the token of context 'work' is in a keyring (")
    assert expected in message
    assert "doboto auth init" in message


def test_contexts_of_another_file_are_others_in_the_keyring_too(
    served: Doboto, install: Callable[[Any], None], tmp_path: Path
) -> None:
    keyring = Keyring()
    install(keyring)
    init(served, "work")
    init(served, "work", {"DOBOTO_CONFIG": str(tmp_path / "other.yaml")})
    assert len(keyring.kept) == 2
