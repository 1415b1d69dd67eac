"""A counterpart for the pump, over real sockets, and a codec that asks for what a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import random

from websockets.asyncio.server import serve

from tradecore.exchanges.base import Message
from tradecore.telemetry import SystemClock
from tradecore.transport.backoff import BackoffRules
from tradecore.transport.http import HttpClient, HttpSettings
from tradecore.transport.pump import Pump, PumpSettings
from tradecore.transport.websocket import WebSocketSettings

QUICK = BackoffRules(first_ns=1_000_000, cap_ns=5_000_000)


async def until(condition, seconds=10.0):
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited is another socket's doing
            await asyncio.sleep(0.002)


class Wishes:
    """A codec that asks for what it is given, and keeps what it hears."""

    def __init__(self, *wanted):
        self.wanted = list(wanted)
        self.heard = []

    def receive(self, incoming, ts_recv_ns, /):
        """Keep it; a message is an event."""
        assert ts_recv_ns > 0
        self.heard.append(incoming)
        return [incoming] if isinstance(incoming, Message) else []

    def pending(self):
        """Return the wishes once."""
        wanted, self.wanted = self.wanted, []
        return wanted

    def tick(self, now_ns, /):
        """Conclude nothing."""
        assert now_ns > 0
        return []

    def of(self, kind):
        """Return what was heard of a kind."""
        return [incoming for incoming in self.heard if isinstance(incoming, kind)]


@contextlib.asynccontextmanager
async def pumping(*codecs, on_events=None, http=None, websocket=None, runs=True, **changes):
    """Run a pump with codecs, unless the test does; what fails in it fails the test."""
    settings = PumpSettings(
        websocket=websocket or WebSocketSettings(close_timeout_ns=100_000_000),
        backoff=QUICK,
        tick_ns=5_000_000,
        overlap_ns=changes.pop("overlap_ns", 5_000_000_000),
    )
    client = HttpClient(http or HttpSettings())
    pump = Pump(
        http=client,
        clock=SystemClock(),
        on_events=on_events or (lambda *_: None),
        random=random.Random(7).random,
        settings=settings,
        **changes,
    )
    for codec in codecs:
        pump.add(codec)
    running = asyncio.create_task(pump.run() if runs else asyncio.sleep(0))
    try:
        yield pump
    finally:
        await pump.aclose()
        await client.aclose()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@contextlib.asynccontextmanager
async def websocket_server(handler, **options):
    """Serve at a port nobody else has; gives the address."""
    handlers = set()

    async def tracked(connection):
        handlers.add(asyncio.current_task())
        await handler(connection)

    async with serve(tracked, "127.0.0.1", 0, **{"close_timeout": 0.1, **options}) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}"
        await ended(handlers)
    await gone(port)


async def gone(port):
    """See the server's ends closed, also of a client that came again while the server went.

    The loop knows them all, also one that was accepted and of which nobody was told yet.
    """
    for _ in range(5):
        await asyncio.sleep(0)
    known = list(asyncio.get_running_loop()._transports.values())
    lines = [line for line in known if (line.get_extra_info("sockname") or (0, 0))[1] == port]
    for line in lines:
        line.abort()
    await asyncio.sleep(0)
    for line in lines:
        # One that is closing and cannot write its last bytes does not let itself be aborted.
        if line._sock is not None:
            line._sock.close()
            line._sock = None


async def ended(handlers):
    """Cancel what serves connections, and see it gone: a socket left open would be told of."""
    for task in handlers:
        task.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)


@contextlib.asynccontextmanager
async def byte_server(handler):
    """Serve raw bytes at a port nobody else has; gives host and port."""
    handlers = set()

    async def guarded(reader, writer):
        handlers.add(asyncio.current_task())
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            await handler(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"127.0.0.1:{port}"
        await ended(handlers)
    await gone(port)
    await ended(handlers)
