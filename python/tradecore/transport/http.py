"""HTTP requests of which it is known whether a byte of them left.

The transport of httpx is used without its client: the client logs every address, and an address of
ours ends in a signature. Nothing is followed, kept or guessed: no redirect, no cookie, no proxy of
the environment; the path and query are sent to the byte as they were signed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import httpx

from tradecore.exchanges.base import Failure, Fate, HttpResponse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from tradecore.exchanges.base import HttpRequest

__all__ = ["HttpClient", "HttpSettings"]

#: The first event of httpcore after which bytes of a request may be on their way.
SENDING: Final = ".send_request_headers.started"
#: With less time left than this a request is not begun.
LEAST_S: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Limits of a client; times in nanoseconds.

    Args:
        timeout_ns: Longest time for a whole request that names none.
        connect_timeout_ns: Longest time for name, TCP and TLS.
        connections_max: Open connections at most; a request beyond waits for one.
        idle_max: Connections kept open without a request.
        idle_ns: How long such a one is kept.
        response_bytes_max: A longer answer is cut off, and its outcome is not known.
        tls: For `https` with a certificate authority of one's own; the system's if `None`.
    """

    timeout_ns: int = 5_000_000_000
    connect_timeout_ns: int = 2_000_000_000
    connections_max: int = 16
    idle_max: int = 8
    idle_ns: int = 30_000_000_000
    response_bytes_max: int = 16 << 20
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class _Progress:
    """How far a request got, as httpcore tells."""

    has_left: bool = False

    async def trace(self, name: str, _: Mapping[str, Any]) -> None:
        """Take note of an event."""
        if name.endswith(SENDING):
            self.has_left = True


class _TooLargeError(Exception):
    """An answer is longer than allowed."""


@dataclass(slots=True)
class HttpClient:
    """Sends requests, each once; whether to try again is somebody else's decision."""

    settings: HttpSettings = field(default_factory=HttpSettings)
    #: Each holds one connection. A request that is given up may take the connection of httpcore
    #: with it for good, so what failed is thrown away and never used again.
    _idle: list[httpx.AsyncHTTPTransport] = field(default_factory=list, init=False)
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.settings.connections_max)

    def _made(self) -> httpx.AsyncHTTPTransport:
        chosen = self.settings
        return httpx.AsyncHTTPTransport(
            verify=_system_tls() if chosen.tls is None else chosen.tls,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=1,
                max_keepalive_connections=1,
                keepalive_expiry=chosen.idle_ns / 1e9,
            ),
        )

    async def send(self, request: HttpRequest) -> HttpResponse | Failure:
        """Send once, and return the whole answer, or what is known of its absence."""
        progress = _Progress()
        timeout_ns = request.timeout_ns or self.settings.timeout_ns
        try:
            async with asyncio.timeout(timeout_ns / 1e9) as limit, self._slots:
                left_s = (limit.when() or 0) - asyncio.get_running_loop().time()
                if left_s < LEAST_S:
                    raise TimeoutError  # noqa: TRY301 - as if it had waited the rest
                return await self._with_connection(request, progress, timeout_ns)
        except TimeoutError:
            reason = f"no whole answer in time: timeout_ms={timeout_ns // 1_000_000}"
        except _TooLargeError:
            reason = f"answer too large: response_bytes_max={self.settings.response_bytes_max}"
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            # Only the kind: the text of some of these holds the address.
            reason = type(error).__name__
        fate = Fate.UNKNOWN if progress.has_left else Fate.NOT_SENT
        return Failure(
            request=request, fate=fate, reason=f"{request.method} {request.path}: {reason}"
        )

    async def _with_connection(
        self, request: HttpRequest, progress: _Progress, timeout_ns: int
    ) -> HttpResponse:
        """Exchange over an idle connection or a new one; keep it if nothing went wrong."""
        transport = self._idle.pop() if self._idle else self._made()
        is_kept = False
        try:
            response = await self._exchange(transport, request, progress, timeout_ns)
            is_kept = len(self._idle) < self.settings.idle_max
        finally:
            if is_kept:
                self._idle.append(transport)
            else:
                await transport.aclose()
        return response

    async def _exchange(
        self,
        transport: httpx.AsyncHTTPTransport,
        request: HttpRequest,
        progress: _Progress,
        timeout_ns: int,
    ) -> HttpResponse:
        timeout_s = timeout_ns / 1e9
        response = await transport.handle_async_request(
            httpx.Request(
                request.method,
                request.url,
                headers={"user-agent": "tradecore", **request.headers},
                content=request.body or None,
                extensions={
                    "trace": progress.trace,
                    "target": _target(request.url),
                    "timeout": {
                        "connect": min(timeout_s, self.settings.connect_timeout_ns / 1e9),
                        "read": timeout_s,
                        "write": timeout_s,
                        "pool": timeout_s,
                    },
                },
            )
        )
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self.settings.response_bytes_max:
                    raise _TooLargeError
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(
            request=request, status=response.status_code, headers=headers, body=bytes(body)
        )

    async def aclose(self) -> None:
        """Close every connection."""
        while self._idle:
            await self._idle.pop().aclose()


@cache
def _system_tls() -> ssl.SSLContext:
    """Return what trusts the usual authorities; reading them takes a tenth of a second, once."""
    return httpx.create_ssl_context(trust_env=False)


def _target(url: str) -> bytes:
    """Return path and query of an address as they were signed, without its fragment."""
    _, _, rest = url.partition("://")
    slash = len(rest) if (at := rest.find("/")) < 0 else at
    return (rest[slash:].partition("#")[0] or "/").encode("ascii")
