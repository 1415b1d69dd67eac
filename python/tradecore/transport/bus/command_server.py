"""Takes commands: each once, however often it comes, and each with a reply."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import zmq

from tradecore.model.errors import DataError, TradecoreError
from tradecore.transport.bus.limits import BusLimits, bind
from tradecore.transport.bus.watch import Watch
from tradecore.wire import HEADER_BYTES, Envelope, Kind, decode, encode
from tradecore.wire.values import CommandAck

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.telemetry import Clock
    from tradecore.transport.bus.keys import ServerKeys

__all__ = ["SENDERS_MAX", "CommandServer"]

#: Above so many, those who fell silent longest ago are forgotten: a tool has a new name each time.
SENDERS_MAX: Final = 1_000


@dataclass(slots=True)
class _Sender:
    """Who commands us: the replies it may ask for again, by number; `None` while undecided."""

    epoch: int
    heard_ns: int
    is_up: bool = True
    floor: int = 0
    replies: dict[int, bytes | None] = field(default_factory=dict)


class CommandServer:
    """A ROUTER that many clients command.

    Args:
        context: Makes the socket.
        endpoint: Where clients connect.
        clock: Stamps replies; `ts_event_ns` of a command's envelope is when it was first sent.
        on_command: Called with the sender, the command and its envelope. Returns the reply, or
            `None` where `reply` will be called later.
        on_peer: Called with a sender that came (`up`) or fell silent (`silent`).
        limits: Limits of the socket; `outbox_max` bounds what is remembered of a sender.
        keys: Protects the socket.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        *,
        clock: Clock,
        on_command: Callable[[str, Any, Envelope], object | None],
        on_peer: Callable[[str, Literal["up", "silent"]], None] | None = None,
        limits: BusLimits | None = None,
        keys: ServerKeys | None = None,
    ) -> None:
        self._limits = BusLimits() if limits is None else limits
        self._clock, self._on_command = clock, on_command
        self._on_peer = on_peer if on_peer is not None else lambda *_: None
        self._senders: dict[str, _Sender] = {}
        self.malformed = 0
        self.duplicates = 0
        self.dropped_replies = 0
        socket = context.socket(zmq.ROUTER)
        try:
            socket.set(zmq.ROUTER_MANDATORY, 1)
            socket.set(zmq.ROUTER_HANDOVER, 1)
            self.endpoint = bind(socket, endpoint, self._limits, keys)
        except BaseException:
            socket.close(0)
            raise
        self._watch = Watch(socket, self._received)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_soon(self._look)

    @property
    def senders(self) -> int:
        """How many are remembered, silent or not."""
        return len(self._senders)

    def reply(self, sender: str, number: int, value: object, /) -> None:
        """Reply to a command of which `on_command` left the answer open."""
        known = self._senders.get(sender)
        if known is None or number <= known.floor:
            return
        kind, body = encode(value)
        now_ns = self._clock.now_ns()
        frame = Envelope(kind, 0, known.epoch, number, 0, now_ns, now_ns).pack(body)
        known.replies[number] = frame
        self._send(sender, frame)

    def close(self) -> None:
        """Stop taking commands."""
        self._timer.cancel()
        self._watch.close()

    def _received(self, frames: list[bytes]) -> None:
        sender = frames[0].decode(errors="replace")
        try:
            envelope = Envelope.unpack(frames[1])
            known = self._known(sender, envelope)
            if envelope.kind == Kind.HEARTBEAT or known is None:
                return
            if self._was_here(sender, known, envelope):
                return
            command = decode(Kind(envelope.kind), frames[1][HEADER_BYTES:])
        except (TradecoreError, ValueError, IndexError) as error:
            self._malformed(sender, frames, error)
            return
        known.replies[envelope.seq] = None
        answer = self._on_command(sender, command, envelope)
        if answer is not None:
            self.reply(sender, envelope.seq, answer)

    def _known(self, sender: str, envelope: Envelope) -> _Sender | None:
        """Return the sender, begun anew in a higher epoch; `None` for what an earlier life sent."""
        now_ns = self._clock.monotonic_ns()
        known = self._senders.get(sender)
        if known is not None and envelope.epoch < known.epoch:
            return None
        if known is None or envelope.epoch > known.epoch:
            known = self._senders[sender] = _Sender(envelope.epoch, now_ns)
            self._forget_silent()
            self._on_peer(sender, "up")
        elif not known.is_up:
            known.is_up = True
            self._on_peer(sender, "up")
        known.heard_ns = now_ns
        return known

    def _forget_silent(self) -> None:
        """Let go of senders that are gone, where there were too many."""
        surplus = len(self._senders) - SENDERS_MAX
        if surplus <= 0:
            return
        silent = [
            (known.heard_ns, name) for name, known in self._senders.items() if not known.is_up
        ]
        for _, name in sorted(silent)[:surplus]:
            del self._senders[name]

    def _was_here(self, sender: str, known: _Sender, envelope: Envelope) -> bool:
        """Reply again to a command that was taken before; forget what the sender has read."""
        number = envelope.seq
        if number in known.replies or number <= known.floor:
            self.duplicates += 1
            frame = known.replies.get(number)
            if frame is not None:
                self._send(sender, frame)
            return True
        read_up_to = min(envelope.prev_seq, number - 1)
        limit = self._limits.outbox_max
        if len(known.replies) >= 2 * limit:
            read_up_to = max(read_up_to, number - limit)
        for done in [done for done in known.replies if done <= read_up_to]:
            del known.replies[done]
        known.floor = max(known.floor, read_up_to)
        return False

    def _malformed(self, sender: str, frames: list[bytes], error: Exception) -> None:
        """Refuse a command that cannot be read, with the reason, if its number can be."""
        self.malformed += 1
        try:
            number = Envelope.unpack(frames[1]).seq
        except (DataError, IndexError):
            return
        self.reply(
            sender,
            number,
            CommandAck(
                command=number,
                is_accepted=False,
                reject_code="MALFORMED",
                reject_text=str(error),
                ts_event_ns=self._clock.now_ns(),
            ),
        )

    def _send(self, sender: str, frame: bytes) -> None:
        """Send to one; a reply that has no room is dropped: the command comes again, so does it."""
        try:
            if self._watch.send([sender.encode(), frame]):
                return
        except zmq.ZMQError:
            pass
        self.dropped_replies += 1

    def _look(self) -> None:
        """Notice who fell silent, after reading what is there already."""
        self._watch.drain()
        now_ns = self._clock.monotonic_ns()
        for sender, known in self._senders.items():
            if known.is_up and now_ns - known.heard_ns > self._limits.dead_ns:
                known.is_up = False
                self._on_peer(sender, "silent")
        self._timer = self._loop.call_later(self._limits.heartbeat_ns / 1e9, self._look)
