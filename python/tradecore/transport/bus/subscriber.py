"""Reads numbered streams: in order, nothing twice, nothing missing, and never silently."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import zmq

from tradecore.model.errors import DataError
from tradecore.transport.bus.endpoints import replay_endpoint
from tradecore.transport.bus.limits import BusLimits, connect
from tradecore.transport.bus.publisher import HEARTBEAT_TOPIC, REPLAY, SNAPSHOT
from tradecore.transport.bus.watch import Watch
from tradecore.wire import Envelope, Kind, Reader, SnapshotNeeded, decode, encode, unpack
from tradecore.wire.values import ReplayRequest, SnapshotRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tradecore.telemetry import Clock
    from tradecore.transport.bus.keys import ClientKeys

__all__ = ["Batch", "Status", "Subscriber"]

#: Looking a kind up costs a fraction of calling the enum.
KINDS: Final = {int(kind): kind for kind in Kind}
StatusWord: TypeAlias = Literal["up", "stale", "dead", "restarted", "lost", "malformed"]


class Batch(NamedTuple):
    """Messages of one topic and one kind, in order.

    `envelope` is that of the last one received with them; its `seq` is the number of `bodies[-1]`.
    With `is_snapshot` they are the state itself: forget what was known of the topic.
    """

    topic: str
    kind: Kind
    bodies: list[bytes]
    envelope: Envelope
    is_snapshot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a stream fares.

    Args:
        word: `up`; `stale` or `dead` after silence; `restarted` when the publisher began a new
            life; `lost` when messages can be had no more and no state replaces them, so that the
            truth must be asked for elsewhere; `malformed` when something cannot be read.
        topic: Of which topic, where it is one.
        text: More.
    """

    word: StatusWord
    topic: str = ""
    text: str = ""


@dataclass(slots=True)
class _Followed:
    """A topic and how far it is read."""

    reader: Reader[tuple[Kind, bytes, Envelope]]
    asked_ns: int = 0
    state: list[tuple[Kind, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class _Ready:
    """Messages that are handed on at the end of this wake-up."""

    kind: Kind
    bodies: list[bytes]
    envelope: Envelope


class Subscriber:
    """A SUB socket, and a DEALER to ask for what it missed.

    Args:
        context: Makes the sockets.
        endpoint: The publisher's address.
        topics: What is followed; one that ends in `*` stands for all that begin so.
        clock: For silence.
        on_batch: Called with messages; everything of a topic read at one wake-up comes at once.
        on_status: Called when the stream is up, silent, restarted, or has lost something.
        repair: How gaps are mended: each message again, or the state instead.
        positions: Epoch and number up to which topics were read in an earlier life of ours.
        limits: Limits of sockets and readers.
        keys: For a publisher that is protected.
        replay_at: Address of the door; by default as `replay_endpoint` says.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        *,
        topics: Sequence[str],
        clock: Clock,
        on_batch: Callable[[Batch], None],
        on_status: Callable[[Status], None] | None = None,
        repair: Literal["replay", "snapshot"] = "replay",
        positions: Mapping[str, tuple[int, int]] | None = None,
        limits: BusLimits | None = None,
        keys: ClientKeys | None = None,
        replay_at: str | None = None,
    ) -> None:
        self._limits = BusLimits() if limits is None else limits
        self._clock, self._on_batch = clock, on_batch
        self._on_status = on_status if on_status is not None else lambda _: None
        self._by_snapshot = repair == "snapshot"
        self._exact = {topic for topic in topics if not topic.endswith("*")}
        self._prefixes = tuple(topic[:-1] for topic in topics if topic.endswith("*"))
        self._followed: dict[str, _Followed] = {}
        self._names: dict[bytes, str] = {}
        self._ready: dict[str, _Ready] = {}
        self._heard_ns = clock.monotonic_ns()
        self._word: StatusWord = "dead"
        self.malformed = 0
        for topic, (epoch, seq) in (positions or {}).items():
            reader = self._follow(topic).reader
            reader.epoch, reader.last_seq = epoch, seq
        door_at = replay_endpoint(endpoint) if replay_at is None else replay_at
        stream, door = context.socket(zmq.SUB), context.socket(zmq.DEALER)
        try:
            for text in (HEARTBEAT_TOPIC, *self._exact):
                stream.subscribe(text.encode() + b"\0")
            for text in self._prefixes:
                stream.subscribe(text.encode())
            connect(stream, endpoint, self._limits, keys)
            door.set(zmq.IMMEDIATE, 1)
            connect(door, door_at, self._limits, keys)
        except BaseException:
            stream.close(0)
            door.close(0)
            raise
        self._stream = Watch(
            stream, self._published, self._deliver, self._limits.drain_max, is_single=True
        )
        self._door = Watch(door, self._answered, self._deliver, self._limits.drain_max)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_soon(self._look)

    def positions(self) -> dict[str, tuple[int, int]]:
        """Return epoch and number up to which each topic was handed on."""
        return {t: (f.reader.epoch, f.reader.last_seq) for t, f in self._followed.items()}

    @property
    def gaps(self) -> int:
        """How many gaps were noticed."""
        return sum(followed.reader.gaps for followed in self._followed.values())

    @property
    def is_whole(self) -> bool:
        """Whether the stream is up and nothing is being asked for."""
        return self._word == "up" and all(f.reader.asking is None for f in self._followed.values())

    def close(self) -> None:
        """Stop reading."""
        self._timer.cancel()
        self._stream.close()
        self._door.close()

    def _follow(self, topic: str) -> _Followed:
        followed = self._followed.get(topic)
        if followed is None:
            reader: Reader[tuple[Kind, bytes, Envelope]] = Reader(
                waiting_max=self._limits.waiting_max, needs_snapshot=self._by_snapshot
            )
            followed = self._followed[topic] = _Followed(reader)
        return followed

    def _topic(self, name: bytes) -> str:
        """Return the topic a frame begins with."""
        topic = self._names.get(name)
        if topic is None:
            topic = self._names[name] = name[:-1].decode(errors="replace")
        return topic

    def _published(self, frame: bytes) -> int:
        """Take a frame of the stream; return how many messages it holds."""
        try:
            name, envelope, bodies = unpack(frame)
            kind = KINDS[envelope.kind]
        except (DataError, KeyError) as error:
            self._malformed(error)
            return 1
        if kind is Kind.HEARTBEAT:
            self._beaten(envelope, bodies)
        else:
            self._take(self._topic(name), kind, envelope, bodies)
        return len(bodies)

    def _take(self, topic: str, kind: Kind, envelope: Envelope, bodies: list[bytes]) -> None:
        followed = self._followed.get(topic) or self._follow(topic)
        reader = followed.reader
        self._hear(reader, topic, envelope)
        if reader.advance(envelope.epoch, envelope.seq, len(bodies)):
            last = envelope if len(bodies) == 1 else envelope._replace(seq=reader.last_seq)
            self._collect(topic, kind, bodies, last)
            return
        for number, body in enumerate(bodies, envelope.seq):
            entry = (kind, body, envelope._replace(seq=number))
            for ready in reader.receive(envelope.epoch, number, entry):
                self._collect(topic, ready[0], [ready[1]], ready[2])
        if reader.asking is not None and followed.asked_ns == 0:
            self._ask(topic, followed)

    def _hear(self, reader: Reader[tuple[Kind, bytes, Envelope]], topic: str, e: Envelope) -> None:
        """Take note of a sign of life; say so if it is of a new life."""
        self._heard_ns = self._clock.monotonic_ns()
        if e.epoch > reader.epoch > 0:
            text = f"epoch={e.epoch}, before={reader.epoch}, read up to {reader.last_seq}"
            self._deliver()
            self._on_status(Status(word="restarted", topic=topic, text=text))

    def _beaten(self, envelope: Envelope, bodies: list[bytes]) -> None:
        """Take a heartbeat: it shows what is missing at the end of a topic."""
        try:
            beat = decode(Kind.HEARTBEAT, bodies[0])
        except (DataError, IndexError) as error:
            self._malformed(error)
            return
        self._heard_ns = self._clock.monotonic_ns()
        if self._word != "up":
            self._word = "up"
            self._on_status(Status(word="up"))
        for name, last_seq in zip(beat.topics, beat.last_seqs, strict=True):
            if name in self._exact or name.startswith(self._prefixes or ("\0",)):
                followed = self._follow(name)
                self._hear(followed.reader, name, envelope)
                followed.reader.heard(envelope.epoch, last_seq)
                if followed.reader.asking is not None and followed.asked_ns == 0:
                    self._ask(name, followed)

    def _ask(self, topic: str, followed: _Followed) -> None:
        """Ask for what is missing; what gets no answer is asked for again in time."""
        asking = followed.reader.asking
        if asking is None:
            return
        followed.asked_ns = max(1, self._clock.monotonic_ns())
        if isinstance(asking, SnapshotNeeded) or self._by_snapshot:
            followed.state.clear()
            kind, body = encode(SnapshotRequest(topics=(topic,)))
        else:
            epoch = followed.reader.epoch
            kind, body = encode(
                ReplayRequest(
                    topic=topic, epoch=epoch, from_seq=asking.from_seq, to_seq=asking.to_seq
                )
            )
        now_ns = self._clock.now_ns()
        self._door.send([Envelope(kind, 0, 0, 0, 0, now_ns, now_ns).pack(body)])

    def _answered(self, frames: list[bytes]) -> None:
        """Take an answer of the door."""
        try:
            sort, frame = frames
            name, envelope, bodies = unpack(frame)
            topic, kind = self._topic(name), KINDS[envelope.kind]
        except (DataError, ValueError, KeyError) as error:
            self._malformed(error)
            return
        followed = self._followed.get(topic)
        if followed is None or sort not in {SNAPSHOT, REPLAY}:
            self._malformed(DataError(f"an answer to no question: topic={topic[:80]!r}"))
        elif kind is Kind.REFUSAL:
            followed.reader.refused()
            self._ask(topic, followed)
        elif sort == SNAPSHOT:
            self._state(topic, followed, envelope, bodies)
        elif kind is Kind.ANSWER_END:
            self._end(topic, followed, envelope)
        else:
            # It is being answered: only silence is a reason to ask again.
            followed.asked_ns = max(1, self._clock.monotonic_ns())
            self._take(topic, kind, envelope, bodies)

    def _end(self, topic: str, followed: _Followed, envelope: Envelope) -> None:
        """Go on asking if the answer brought us on; else wait until it is time to ask again."""
        if followed.reader.asking is None:
            followed.asked_ns = 0
        elif followed.reader.last_seq >= envelope.seq:
            self._ask(topic, followed)

    def _state(
        self, topic: str, followed: _Followed, envelope: Envelope, bodies: list[bytes]
    ) -> None:
        """Gather a state; at its end put it in place, and what waited after it."""
        if envelope.kind != Kind.ANSWER_END:
            followed.state.extend((KINDS[envelope.kind], body) for body in bodies)
            return
        self._deliver()
        rest = followed.reader.snapshot(envelope.epoch, envelope.seq)
        state, followed.state = followed.state, []
        followed.asked_ns = 0
        if rest is None:
            return
        if not state and envelope.seq > 0:
            self._on_status(Status(word="lost", topic=topic, text=f"up to {envelope.seq}"))
        for kind, body in state:
            self._hand_on(Batch(topic, kind, [body], envelope, is_snapshot=True))
        for ready in rest:
            self._collect(topic, ready[0], [ready[1]], ready[2])
        if followed.reader.asking is not None:
            self._ask(topic, followed)

    def _collect(self, topic: str, kind: Kind, bodies: list[bytes], envelope: Envelope) -> None:
        kept = self._ready.get(topic)
        if kept is not None and kept.kind is kind:
            kept.bodies += bodies
            kept.envelope = envelope
            return
        if kept is not None:
            self._hand_on(Batch(topic, kept.kind, kept.bodies, kept.envelope))
        self._ready[topic] = _Ready(kind, bodies, envelope)

    def _deliver(self) -> None:
        """Hand on what was read."""
        ready, self._ready = self._ready, {}
        for topic, kept in ready.items():
            self._hand_on(Batch(topic, kept.kind, kept.bodies, kept.envelope))

    def _hand_on(self, batch: Batch) -> None:
        """Hand on one batch; if its body makes no sense, the others come all the same."""
        try:
            self._on_batch(batch)
        except DataError as error:
            self._malformed(error)

    def _malformed(self, error: Exception) -> None:
        self.malformed += 1
        self._on_status(Status(word="malformed", text=str(error)))

    def _look(self) -> None:
        """Judge silence and unanswered questions, after reading what is there already."""
        self._stream.drain()
        now_ns = self._clock.monotonic_ns()
        silent_ns = now_ns - self._heard_ns
        word = self._word
        if silent_ns > self._limits.dead_ns:
            word = "dead"
        elif silent_ns > self._limits.stale_ns and word == "up":
            word = "stale"
        if word != self._word:
            self._word = word
            text = f"silent_ms={silent_ns // 1_000_000}"
            self._on_status(Status(word=word, text=text))
        for topic, followed in self._followed.items():
            if followed.asked_ns and followed.reader.asking is None:
                followed.asked_ns = 0
            elif followed.asked_ns and now_ns - followed.asked_ns > self._limits.ask_again_ns:
                self._ask(topic, followed)
        self._timer = self._loop.call_later(self._limits.heartbeat_ns / 1e9, self._look)
