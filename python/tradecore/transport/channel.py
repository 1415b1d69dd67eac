"""One named channel to a venue: its connection, the next one when it breaks, and the one after.

Connections are numbered by generation. A planned roll-over opens a new one beside the old; both
deliver until the new one has spoken, or the overlap is over. A connection that broke is opened
again for as long as it takes, at each address in turn.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from websockets.exceptions import InvalidStatus, WebSocketException

from tradecore.transport.websocket import WebSocket, open_websocket

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.base import Connect
    from tradecore.telemetry import Clock
    from tradecore.transport.backoff import Backoff
    from tradecore.transport.websocket import WebSocketSettings

__all__ = ["Channel", "ChannelState", "Ears"]

#: A connection that lived so long without a message still counts as one that worked.
STEADY_NS = 30_000_000_000


class Ears(Protocol):
    """Who hears what happens on a channel, in the turn of the event loop it happens in."""

    def messages(self, channel: str, frames: list[bytes], generation: int, /) -> None:
        """Hear messages that came together, one at least."""

    def up(self, channel: str, generation: int, /) -> None:
        """Hear that a connection is open."""

    def down(self, channel: str, generation: int, reason: str, /) -> None:
        """Hear that the last connection is gone."""

    def alarm(self, channel: str, attempts: int, reason: str, /) -> None:
        """Hear that so many tries in a row went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel fares, for metrics and health.

    Args:
        channel: Its name.
        is_up: Whether a connection is open.
        generation: Number of the newest connection; 0 before the first.
        attempts: Failures since the last that worked.
        messages: Messages heard in all.
        latency_ns: Round trip of the last ping.
        last_reason: Why the last connection ended or could not be made.
    """

    channel: str
    is_up: bool
    generation: int
    attempts: int
    messages: int
    latency_ns: int
    last_reason: str


@dataclass(slots=True)
class _Live:
    """A connection and since when it is open."""

    socket: WebSocket
    since_ns: int
    has_spoken: bool = False


@dataclass(slots=True)
class Channel:
    """Keeps a channel open until told to close it.

    Args:
        connect: Where to, and for how long a connection lives.
        ears: Who is told.
        settings: Limits of a connection.
        backoff: Waits between tries.
        clock: Time.
        overlap_ns: How long an old connection lives beside the one that replaces it, at most.
    """

    connect: Connect
    ears: Ears
    settings: WebSocketSettings
    backoff: Backoff
    clock: Clock
    overlap_ns: int = 5_000_000_000
    generation: int = field(default=0, init=False)
    messages: int = field(default=0, init=False)
    last_reason: str = field(default="", init=False)
    #: Open connections, by generation.
    live: dict[int, _Live] = field(default_factory=dict, init=False)
    _dialing: asyncio.Task[None] | None = field(default=None, init=False)
    _timers: set[asyncio.TimerHandle] = field(default_factory=set, init=False)
    _address: int = field(default=0, init=False)
    _is_closed: bool = field(default=False, init=False)
    _is_empty: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def start(self) -> None:
        """Begin to connect."""
        self._dial()

    def replace(self, connect: Connect) -> None:
        """Take new addresses: a connection to them is opened beside the present one, if any."""
        self.connect = connect
        self._address = 0
        if self._dialing is not None:
            self._dialing.cancel()
            self._dialing = None
        self._dial()

    def send(self, text: str, generation: int | None) -> str | None:
        """Write a message now; return `None`, or why not a byte of it left."""
        live = self.live.get(self._newest() if generation is None else generation)
        if live is None:
            wanted = "" if generation is None else f", generation={generation}"
            return f"no connection is open: channel={self.connect.channel}{wanted}"
        return live.socket.send(text)

    def state(self) -> ChannelState:
        """Return how it fares."""
        live = self.live.get(self._newest())
        return ChannelState(
            channel=self.connect.channel,
            is_up=live is not None and live.socket.is_open,
            generation=self.generation,
            attempts=self.backoff.attempts,
            messages=self.messages,
            latency_ns=0 if live is None else live.socket.latency_ns,
            last_reason=self.last_reason,
        )

    def close(self, reason: str) -> None:
        """Close every connection and open no more; nobody is told of the end."""
        self._is_closed = True
        if self._dialing is not None:
            self._dialing.cancel()
            self._dialing = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for live in self.live.values():
            live.socket.close(reason)
        if not self.live:
            self._is_empty.set()

    async def wait_closed(self) -> None:
        """Wait until every connection has ended, which the close time-out bounds."""
        await self._is_empty.wait()

    def _newest(self) -> int:
        return max(self.live, default=0)

    def _dial(self, *, after_wait: bool = False) -> None:
        if self._dialing is None and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._dialing = loop.create_task(self._connect(after_wait=after_wait))

    async def _connect(self, *, after_wait: bool) -> None:
        """Try until it works; first wait where many may have lost their connection at once."""
        if after_wait:
            await self._wait()
        while True:
            urls = self.connect.urls
            url = urls[self._address % len(urls)]
            try:
                socket = await open_websocket(
                    url, headers=self.connect.headers, settings=self.settings
                )
            except (OSError, TimeoutError, WebSocketException, ValueError, EOFError) as error:
                self.last_reason = _why(error)
                await self._wait()
                self._address += 1
            else:
                break
        self._dialing = None
        self._opened(socket)

    async def _wait(self) -> None:
        """Sleep as long as the back-off says, and call somebody when it went wrong too often."""
        wait_ns = self.backoff.next_ns()
        if self.backoff.is_alarming:
            self.ears.alarm(self.connect.channel, self.backoff.attempts, self.last_reason)
        await asyncio.sleep(wait_ns / 1e9)

    def _opened(self, socket: WebSocket) -> None:
        self.generation += 1
        generation = self.generation
        self.live[generation] = _Live(socket, self.clock.monotonic_ns())
        self._is_empty.clear()
        if self.connect.max_age_ns:
            self._later(self.connect.max_age_ns, self._dial)
        if len(self.live) > 1:
            self._later(self.overlap_ns, lambda: self._retire_before(generation))
        self.ears.up(self.connect.channel, generation)
        socket.start(partial(self._heard, generation), partial(self._ended, generation))

    def _later(self, wait_ns: int, action: Callable[[], None]) -> None:
        def act() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(wait_ns / 1e9, act)
        self._timers.add(timer)

    def _heard(self, generation: int, frames: list[bytes]) -> None:
        live = self.live.get(generation)
        if live is None or self._is_closed:
            return
        self.messages += len(frames)
        if not live.has_spoken:
            live.has_spoken = True
            self.backoff.reset()
            self._retire_before(generation)
        self.ears.messages(self.connect.channel, frames, generation)

    def _retire_before(self, generation: int) -> None:
        """Close what a connection replaces, if that connection still lives."""
        if generation in self.live:
            for number in [number for number in self.live if number < generation]:
                self.live.pop(number).socket.close("replaced")

    def _ended(self, generation: int, reason: str) -> None:
        live = self.live.pop(generation, None)
        if live is None:
            return
        if self._is_closed:
            if not self.live:
                self._is_empty.set()
            return
        self.last_reason = reason
        if self.clock.monotonic_ns() - live.since_ns >= STEADY_NS:
            self.backoff.reset()
        if self.live and generation < self._newest():
            return
        if not self.live:
            self.ears.down(self.connect.channel, generation, reason)
        self._dial(after_wait=True)


def _why(error: Exception) -> str:
    """Return why a connection could not be made, without the address and what it may hold."""
    if isinstance(error, InvalidStatus):
        return f"the handshake was refused: status={error.response.status_code}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__}: errno={error.errno}"
    return type(error).__name__
