"""The two clients: `DO`, blocking, and `AsyncDO`, asynchronous."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from inspect import getattr_static
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from ._client.checks import check, refuse_unknown_settings
from ._client.resources import Resources, resource
from ._client.settings import (
    AGENT,
    CONNECTIONS,
    MAX_RESPONSE_SIZE,
    URL,
    VARIABLES,
    account_digest,
    is_simulated,
    shared_state,
    token_or_environment,
    url_or_environment,
)
from ._core.keys import without_private_keys
from ._core.limiter import Limiter
from ._core.request import Request, any_request, check_text
from ._core.retry import Retry
from ._core.urls import base_url, check_proxy
from ._io.concurrency import Concurrency
from ._io.protocol import IO, Clock, Connection, OnEvent, SharedRateLimit, Timeouts, Transport
from ._operation import Async, Coro, Mode, Sync, run
from ._session import RecoveryTag, Session
from ._session.secret import Secret
from .errors import ArgumentValueError
from .ratelimit import RateLimit

if TYPE_CHECKING:
    from .sim import Simulator

#: DigitalOcean's base URL, and the variables of the environment that hold a token, the first that is set counts.
API_URL: Final = URL
TOKEN_VARIABLES: Final = VARIABLES


class Client(Resources[Mode]):
    """What both clients have: their settings and resources."""

    #: Whether the connections are another client's, which closes them.
    _borrows = False

    @staticmethod
    def _io(connection: Connection, transport: Transport | None, clock: Clock | None) -> IO:
        """Input and output of this kind of client."""
        raise NotImplementedError

    @refuse_unknown_settings
    def __init__(
        self,
        token: str | None = None,
        url: str | None = None,
        agent: str = AGENT,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        timeout: float = 300.0,
        retry: Retry | None = None,
        limiter: Limiter | None = None,
        shared_rate_limit: SharedRateLimit | None = None,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        allow_http: bool = False,
        connections: int = CONNECTIONS,
        max_response_size: int = MAX_RESPONSE_SIZE,
        transport: Transport | None = None,
        clock: Clock | None = None,
        pause_collector: bool = True,
        on_event: OnEvent | None = None,
        strict: bool = False,
        recovery_tag: RecoveryTag | None = None,
        wrap_transport: Callable[[Transport], Transport] | None = None,
    ) -> None:
        """Make a client. No request is made yet.

        Args:
            token: The API token. Default: the environment's `DIGITALOCEAN_TOKEN`, then `DIGITALOCEAN_ACCESS_TOKEN`.
            url: The API's base URL, with or without `/v2` at its end. Default: the environment's `DOBOTO_URL`, then
                `DIGITALOCEAN_API_URL`, else DigitalOcean's. With `DOBOTO_SIM=1` and neither url nor transport, the
                client's account is a simulated one, the same for all clients of the process.
            agent: The User-Agent header.
            connect_timeout: Seconds to wait for a connection.
            read_timeout: Seconds to wait for a piece of a response.
            timeout: Seconds for a whole call that has no `timeout` of its own, retries and pauses included.
            retry: The retry policy; see `Retry`.
            limiter: The rate limiter. Default: one for all clients of this process that use the same token and URL.
            shared_rate_limit: A rate limit shared with other processes and machines, beside the limiter; see
                `RedisRateLimit`.
            proxy: A proxy's URL; "" for none. Default: what the environment says.
            ca_file: A file of CA certificates to trust instead of the system's.
            allow_http: Allow `http://` to other machines: the token can then be read on the way.
            connections: How many connections are kept, and how many requests of one call run side by side.
            max_response_size: Bytes that the body of a response may have. A page of 200 Droplets has less than 1 MB.
            transport: Carries the requests; see `doboto.Transport`.
            clock: Reads the time and sleeps; see `doboto.Clock`.
            pause_collector: Whether long responses are decoded with Python's garbage collector paused, which halves the
                time that takes. It is paused in the whole process, for some milliseconds a page.
            on_event: Called with every event of every call; see `doboto.events`.
            strict: If true, refuse attributes that the types do not have, instead of an `UnknownAttributeWarning`.
            recovery_tag: `keep` or `remove`: each request that creates Droplets, a volume, a snapshot of a volume or a
                custom image gets a tag of its own, so that what it created is found beyond doubt if the response is
                lost, even if other programs create too. The tag stays, or is removed once the result is known, which
                takes a request. Needs the scopes tag:create and tag:read, and tag:delete to remove it.
            wrap_transport: Called with the transport, the default one or that of `transport`; gives the one to use, as
                for tracing or further headers.

        Raises:
            DOBOTOConfigurationException: There is no token, a setting can't be right, or an extra is not installed.
        """
        #: All settings but the token.
        self._settings = {name: value for name, value in locals().items() if name not in {"self", "token"}}
        check(
            agent=agent,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            timeout=timeout,
            retry=retry,
            proxy=proxy,
            ca_file=ca_file,
            connections=connections,
            max_response_size=max_response_size,
            allow_http=allow_http,
            pause_collector=pause_collector,
            on_event=(on_event, self._mode is Async),
            strict=strict,
            recovery_tag=recovery_tag,
            wrap_transport=wrap_transport,
        )
        if url is None and transport is None and is_simulated(os.environ):
            from .simulated import process_world

            simulated, clock = process_world()
            token, url, transport = "simulated", simulated.url, simulated
        try:
            secret = Secret(token_or_environment(token, os.environ))
        finally:
            token = None  # no frame keeps it in the open
        base = base_url(url_or_environment(url, os.environ), allow_http=allow_http)
        check_proxy(base, proxy, allow_http=allow_http)
        trusted = None if ca_file is None else os.fspath(ca_file)
        io = self._io(Connection(base, proxy, trusted, connections, max_response_size), transport, clock)
        if wrap_transport is not None:
            io.wrap(wrap_transport)
        self._shared = shared_state(secret, base, io.clock)
        self._session = Session(
            io,
            base,
            secret,
            agent,
            retry or Retry(),
            limiter or self._shared.limiter,
            self._shared.ownership,
            Timeouts(connect_timeout, read_timeout, timeout),
            None
            if shared_rate_limit is None
            else shared_rate_limit.lease(account_digest(secret, base), blocks=self._mode is Sync),
            pause_collector=pause_collector,
            on_event=on_event,
            recovery_tag=recovery_tag,
        )
        self._session.strict = strict

    @classmethod
    def simulated(cls, simulator: Simulator | None = None, *, token: str = "simulated", **settings: Any) -> Self:  # noqa: S107 - any text is a token there
        """A client of a simulated account, in this process: no token, no money, no socket, no waiting.

        Time is the simulator's: where it is a `ManualClock`, as by default, waiting moves it on at once.

        Args:
            simulator: The simulated DigitalOcean. Default: a new one.
            token: Which of its accounts; each token is one.
            settings: Further settings, as for the client itself.

        Raises:
            DOBOTOConfigurationException: The extra `doboto[sim]` is not installed.
        """
        from .simulated import world

        transport, clock = world(simulator)
        return cls(token, transport.url, transport=transport, clock=clock, **settings)

    async def _send_request(self, request: Request, paginate: str | None) -> Any:
        """The response to any request, or every item of the list that it asks for."""
        if paginate is None:
            return await self._session.call(request)
        paginate = check_text("paginate", paginate)
        if request.method != "GET":
            raise ArgumentValueError(
                "{0} reads a list: the method must be GET, not {method}", "paginate", method=request.method
            )
        from .resources._base.resource import OperationGroup

        return await OperationGroup[Any](Async, self._session)._list_request(paginate, request)

    @property
    def ratelimit(self) -> RateLimit | None:
        """What the last response said of the rate limit, errors included; None before the first one."""
        return self._session.limiter.hourly

    @property
    def clock(self) -> Clock:
        """The clock that waiting goes by: the machine's, unless the client was given one or is simulated."""
        return self._session.io.clock

    @property
    def url(self) -> str:
        """The base URL, up to and including `/v2`."""
        return self._session.url

    @refuse_unknown_settings
    def with_options(
        self,
        *,
        retry: Retry | None = None,
        timeout: float | None = None,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        on_event: OnEvent | None = None,
        recovery_tag: RecoveryTag | None = None,
        deadline: float | None = None,
    ) -> Self:
        """The same client, connections and rate limit included, with other settings for the calls made through it.

        Closing it leaves the connections open: they are this client's.

        Args:
            retry: The retry policy.
            timeout: Seconds for a whole call that has no `timeout` of its own.
            read_timeout: Seconds to wait for a piece of a response.
            connect_timeout: Seconds to wait for a connection.
            on_event: Called with every event of the calls made through it.
            recovery_tag: `keep` or `remove`: give each request that creates something that takes tags one of its own.
            deadline: Seconds from now within which all calls made through it must end, however many they are.

        Raises:
            DOBOTOConfigurationException: A setting can't be right.
        """
        old = self._session
        timeouts = Timeouts(
            old.timeouts.connect if connect_timeout is None else connect_timeout,
            old.timeouts.read if read_timeout is None else read_timeout,
            old.timeouts.total if timeout is None else timeout,
        )
        check(
            retry=retry,
            connect_timeout=timeouts.connect,
            read_timeout=timeouts.read,
            timeout=timeouts.total,
            on_event=(on_event, self._mode is Async),
            recovery_tag=recovery_tag,
            **({} if deadline is None else {"deadline": deadline}),
        )
        client = copy.copy(self)
        for name in [name for name in vars(client) if isinstance(getattr_static(type(client), name, None), resource)]:
            del vars(client)[name]  # made for the old settings
        client._session = old.copy_with(
            retry=retry or old.retry,
            timeouts=timeouts,
            on_event=on_event or old.on_event,
            recovery_tag=recovery_tag or old.recovery_tag,
            seconds=deadline,
        )
        client._borrows = True
        return client

    def __copy__(self) -> Self:
        client = object.__new__(type(self))
        client.__dict__.update(self.__dict__)
        return client

    def __deepcopy__(self, memo: Any) -> Self:
        """A client is shared, not copied: it stands for connections and a rate limit."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        from ._client.pickling import reduce_client  # only `multiprocessing` needs it

        timeouts = self._session.timeouts
        settings = self._settings | {
            "connect_timeout": timeouts.connect,
            "read_timeout": timeouts.read,
            "timeout": timeouts.total,
            "retry": self._session.retry,
            "recovery_tag": self._session.recovery_tag,
            "on_event": self._session.on_event,
        }
        if self._session.bound is not None:
            raise TypeError("a client with a deadline cannot be sent to another process: give the deadline there")
        return reduce_client(type(self), self._session.token, settings)

    def __repr__(self) -> str:
        session = self.__dict__.get("_session")  # missing in the traceback of a client that could not be made
        return f"{type(self).__name__}(url={session and session.url!r})"


def _blocking_io(connection: Connection, transport: Transport | None, clock: Clock | None) -> IO:
    from ._io.blocking import BlockingIO
    from ._io.clock import SystemClock

    one_thread = transport is None and clock is None
    if transport is None:
        from ._http.blocking import BlockingNetwork
        from ._http.transport import HTTPTransport

        transport = HTTPTransport(connection, BlockingNetwork())
    concurrency = Concurrency(connection.connections)
    return BlockingIO(transport, clock or SystemClock(), concurrency, one_thread=one_thread)


def _async_io(connection: Connection, transport: Transport | None, clock: Clock | None) -> IO:
    from ._io.clock import SystemClock
    from ._io.tasks import TaskIO

    if transport is None:
        from ._http.asynchronous import AsyncNetwork
        from ._http.transport import HTTPTransport

        transport = HTTPTransport(connection, AsyncNetwork())
    return TaskIO(transport, clock or SystemClock(), Concurrency(connection.connections))


class ImportedAsModule(type):
    """Lets the class stand for the module of its name.

    Programs for DOBOTO 0.6 also say `import doboto.DO; doboto.DO.DO(...)`, where `doboto.DO` is this class.
    """

    def __getattr__(cls, name: str) -> Any:
        if name == "DO":
            return cls
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


class DO(Client[Sync], metaclass=ImportedAsModule):
    """The blocking client of DigitalOcean's API.

    Each attribute is a resource, as `droplet` or `volume`, and has its operations. `help(do.droplet)` lists them,
    `help(do.droplet.create)` describes one::

        do = DO()  # the token is in DIGITALOCEAN_TOKEN; DO.simulated() needs none
        droplet = do.droplet.create(
            name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True
        )
        do.droplet.destroy(droplet["id"])

    Errors are a `DOBOTOException`. A client may be shared by threads: they use one connection pool, one TLS context and
    one rate limiter. It is a context manager; `close()` gives its connections back.
    """

    _mode = Sync
    _io = staticmethod(_blocking_io)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        paginate: str | None = None,
    ) -> Any:
        """Send any request, with the client's token, rate limit, retries and errors: for what has no operation here.

        Args:
            method: The HTTP method.
            path: The path, with or without `/v2`: `/sizes`. Its parts must be quoted already.
            query: Names and values of the query: text, numbers, booleans, or lists, which repeat the name. None is left
                out.
            body: What is sent as JSON.
            paginate: The root key of a list that comes in pages, as `sizes`: all of them are read.

        Returns:
            The response's JSON, envelope included; None for an empty response. With `paginate`, the whole list.

        Raises:
            ValueError: The path is none: a URL, or one with a query; a number is not finite; or `paginate` goes with
                something else than GET. A private key is refused where the operations for that path would refuse it.
            TypeError: A part is of another type than documented.
            DOBOTOException: As the response, or its lack, says.

        Scopes: those of the operation.

        Reference: https://docs.digitalocean.com/reference/api/
        """
        request = without_private_keys(any_request(method, path, query, body))
        sent: Coro[Any] = self._send_request(request, paginate)
        return run(sent)

    def close(self) -> None:
        """Give the connections back; they stay open where they are another client's, see `with_options`."""
        if not self._borrows:
            run(self._session.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncDO(Client[Async]):
    """The asynchronous client of DigitalOcean's API.

    Its operations are those of `DO`; each is awaited::

        async with AsyncDO() as do:
            droplet = await do.droplet.create(
                name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True
            )
            async for each in do.droplet.each():
                print(each["name"])

    A client may be shared by tasks: they use one connection pool, one TLS context and one rate limiter. It is an
    asynchronous context manager; `await aclose()` gives its connections back.
    """

    _mode = Async
    _io = staticmethod(_async_io)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        paginate: str | None = None,
    ) -> Any:
        """Send any request; see `DO.request`."""
        return await self._send_request(without_private_keys(any_request(method, path, query, body)), paginate)

    async def aclose(self) -> None:
        """Give the connections back; they stay open where they are another client's, see `with_options`."""
        if not self._borrows:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
