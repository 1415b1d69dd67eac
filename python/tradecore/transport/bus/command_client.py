"""Sends commands to the engine: each is acknowledged, sent again until it is, and done once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import zmq

from tradecore.model.errors import TradecoreError
from tradecore.transport.bus.limits import BusLimits, connect
from tradecore.transport.bus.watch import Watch
from tradecore.wire import HEADER_BYTES, Envelope, Kind, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.telemetry import Clock
    from tradecore.transport.bus.keys import ClientKeys
    from tradecore.wire.values import Command

__all__ = ["BackPressureError", "CommandClient"]


class BackPressureError(TradecoreError):
    """The engine takes no more commands now; this one was not sent, and trying later can help."""


@dataclass(slots=True)
class _Sent:
    """A command that is not acknowledged yet."""

    frame: bytes
    sent_ns: int


class CommandClient:
    """A DEALER with an outbox of what is not acknowledged.

    Args:
        context: Makes the socket.
        endpoint: The engine's address.
        sender: Our name, unique among those that command this engine.
        epoch: Which life of ours: higher at each start. Command numbers start again with it.
        clock: Stamps commands.
        on_reply: Called with a command's number and the first reply to it, a `CommandAck` or
            what was asked for.
        limits: Limits of the socket and the outbox.
        keys: For an engine that is protected.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        *,
        sender: str,
        epoch: int,
        clock: Clock,
        on_reply: Callable[[int, Any], None],
        limits: BusLimits | None = None,
        keys: ClientKeys | None = None,
    ) -> None:
        self._limits = BusLimits() if limits is None else limits
        self._epoch, self._clock, self._on_reply = epoch, clock, on_reply
        self._outbox: dict[int, _Sent] = {}
        self._number = 0
        self.malformed = 0
        self.repeats = 0
        socket = context.socket(zmq.DEALER)
        try:
            socket.set(zmq.ROUTING_ID, sender.encode())
            socket.set(zmq.IMMEDIATE, 1)
            connect(socket, endpoint, self._limits, keys)
        except BaseException:
            socket.close(0)
            raise
        self._watch = Watch(socket, self._replied)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_soon(self._beat)

    @property
    def waiting(self) -> int:
        """How many commands are not acknowledged yet."""
        return len(self._outbox)

    def send(self, command: Command, /) -> int:
        """Send a command now and return its number.

        Raises:
            BackPressureError: If the engine is away or does not keep up: it was not sent.
        """
        if len(self._outbox) >= self._limits.outbox_max:
            raise BackPressureError(
                "too many commands wait for an acknowledgement: "
                f"outbox_max={self._limits.outbox_max}"
            )
        number = self._number + 1
        kind, body = encode(command)
        now_ns = self._clock.now_ns()
        oldest = next(iter(self._outbox), number)
        header = Envelope(kind, 0, self._epoch, number, oldest - 1, now_ns, now_ns)
        frame = header.pack(body)
        if not self._watch.send([frame]):
            raise BackPressureError(
                f"the engine does not take a command now: type={type(command).__name__}, "
                f"high_water={self._limits.high_water}"
            )
        self._number = number
        self._outbox[number] = _Sent(frame, self._clock.monotonic_ns())
        return number

    def close(self) -> None:
        """Stop; what is not acknowledged may or may not have reached the engine."""
        self._timer.cancel()
        self._watch.close()

    def _replied(self, frames: list[bytes]) -> None:
        try:
            envelope = Envelope.unpack(frames[0])
            value = decode(Kind(envelope.kind), frames[0][HEADER_BYTES:])
        except (TradecoreError, ValueError):
            self.malformed += 1
            return
        if envelope.epoch == self._epoch and self._outbox.pop(envelope.seq, None) is not None:
            self._on_reply(envelope.seq, value)

    def _beat(self) -> None:
        """Show that we live, and send again what got no reply, oldest first."""
        self._watch.drain()
        now_ns = self._clock.monotonic_ns()
        stamp_ns = self._clock.now_ns()
        self._watch.send([Envelope(Kind.HEARTBEAT, 0, self._epoch, 0, 0, 0, stamp_ns).pack()])
        for sent in self._outbox.values():
            if now_ns - sent.sent_ns >= self._limits.ask_again_ns:
                if not self._watch.send([sent.frame]):
                    break
                self.repeats += 1
                sent.sent_ns = now_ns
        self._timer = self._loop.call_later(self._limits.heartbeat_ns / 1e9, self._beat)
