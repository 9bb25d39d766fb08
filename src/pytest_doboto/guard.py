"""Keeps tests from the real API: a token in the environment and a forgotten base URL are enough to get there.

Every client reaches it through one of three functions of the standard library: its name is looked
up, or it is named in a TLS handshake, which is the only one where a proxy or an asynchronous resolver does the looking
up. At none of them has anything been sent.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable, Generator
from typing import Any, Final

import pytest

HOST: Final = "api.digitalocean.com"

EXPLANATION: Final = (
    f"this test was about to talk to the real {HOST}. Give the code under test a simulated account: the fixture "
    "doboto_simulated makes every DO() and AsyncDO() of the code under test a simulated one; doboto_client, "
    "doboto_async_client and doboto_server are clients and an address to pass to it. If it shall use the real one, "
    "request the fixture doboto_real_api, or set doboto_real_api = true in pytest's configuration for all tests"
)


class RealApiUsed(Exception):
    """A test was about to talk to the real API."""


class Guard:
    """Refuses connections to the real API, and fails the tests that tried, even if they handled the refusal."""

    def __init__(self) -> None:
        self.lifted = False
        self._refused = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Stand in front of the ways while tests run."""
        import ssl  # here, since it takes a few milliseconds and not every run gets this far

        ways = ((socket, "getaddrinfo"), (ssl.SSLContext, "wrap_socket"), (ssl.SSLContext, "wrap_bio"))
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in ways:
                patch.setattr(owner, name, self._before(getattr(owner, name)))
            return (yield)

    def pytest_runtest_logstart(self) -> None:
        """Begin each test with a clean slate."""
        self._refused = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Forget a refusal that ended the set-up, which is reported; one swallowed there fails the test itself."""
        try:
            return (yield)
        except BaseException:
            self._refused = 0
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Fail a test that swallowed the refusal, in its fixtures or in itself."""
        return (yield from self._check_refusals())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """The same for what fixtures do after the test."""
        return (yield from self._check_refusals())

    def _check_refusals(self) -> Generator[None, object, object]:
        try:
            result = yield
            if self._refused:
                raise RealApiUsed(EXPLANATION)
            return result
        finally:
            self._refused = 0

    def _before(self, way: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(way)
        def guarded(*args: Any, **options: Any) -> Any:
            if not self.lifted and any(map(_is_real, (*args, *options.values()))):
                self._refused += 1
                raise RealApiUsed(EXPLANATION)
            return way(*args, **options)

        return guarded


def _is_real(argument: object) -> bool:
    name = argument.decode("latin-1") if isinstance(argument, bytes) else argument
    return isinstance(name, str) and name.lower().rstrip(".") == HOST
