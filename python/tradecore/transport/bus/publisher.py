"""Publishes numbered streams, and answers who missed something."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import zmq

from tradecore.model.errors import DataError, TradecoreError
from tradecore.transport.bus.endpoints import replay_endpoint
from tradecore.transport.bus.limits import BusLimits, bind
from tradecore.transport.bus.watch import NOBLOCK, Watch
from tradecore.wire import HEADER_BYTES, Envelope, Kind, decode, encode, pack
from tradecore.wire.values import Heartbeat, Refusal, ReplayRequest, SnapshotRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.telemetry import Clock
    from tradecore.transport.bus.keys import ServerKeys

__all__ = ["HEARTBEAT_TOPIC", "Publisher"]

HEARTBEAT_TOPIC: Final = "~heartbeat"
#: Messages in one frame set of an answer, and answers to one question.
ANSWER_BATCH: Final = 200
#: Bytes of bodies that travel in one frame, far below the limit of a frame.
FRAME_BYTES: Final = 128 << 10
ANSWER_MAX: Final = 20_000
REPLAY, SNAPSHOT = b"replay", b"snapshot"


@dataclass(slots=True)
class _Topic:
    """What is known of a topic."""

    name: bytes
    history: deque[tuple[Kind, int, bytes]]
    seq: int = 0
    kind: Kind = Kind.HEARTBEAT
    ts_event_ns: int = 0
    first: int = 1
    unsent: list[bytes] = field(default_factory=list)
    unsent_bytes: int = 0


class Publisher:
    """A PUB socket, and beside it the door where replays and snapshots are asked for.

    A message of a subscriber that is too slow is dropped for that one only; it asks for it again.

    Args:
        context: Makes the sockets.
        endpoint: Where subscribers connect.
        stream: Number of this stream.
        epoch: Which life of it: higher at each start of the process.
        clock: Stamps what is sent.
        snapshot: Returns the state of a topic as kinds and bodies, or `None` if it keeps none;
            not called for topics nothing was published on.
        keeps_history: Whether messages are kept for replay; if not, the snapshot answers.
        limits: Limits of the sockets and of the history.
        keys: Protects both sockets.
        replay_at: Address of the door; by default as `replay_endpoint` says.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        *,
        stream: int,
        epoch: int,
        clock: Clock,
        snapshot: Callable[[str], Sequence[tuple[Kind, bytes]] | None] | None = None,
        keeps_history: bool = True,
        limits: BusLimits | None = None,
        keys: ServerKeys | None = None,
        replay_at: str | None = None,
    ) -> None:
        self._limits = BusLimits() if limits is None else limits
        self._stream, self._epoch, self._clock = stream, epoch, clock
        self._snapshot = snapshot
        self._history_max = self._limits.history_max if keeps_history else 0
        self._topics: dict[str, _Topic] = {}
        self._unsent: dict[str, _Topic] = {}
        self.answers = 0
        self.dropped_answers = 0
        door_at = replay_endpoint(endpoint) if replay_at is None else replay_at
        self._socket = context.socket(zmq.PUB)
        door = context.socket(zmq.ROUTER)
        try:
            self.endpoint = bind(self._socket, endpoint, self._limits, keys)
            door.set(zmq.ROUTER_MANDATORY, 1)
            self.replay_endpoint = bind(door, door_at, self._limits, keys)
        except BaseException:
            self._socket.close(0)
            door.close(0)
            raise
        self._door = Watch(door, self._asked, drain_max=100)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_soon(self._beat)

    def publish(self, topic: str, kind: Kind, body: bytes, /, *, ts_event_ns: int = 0) -> int:
        """Send a message at the end of this turn of the event loop, with others of its topic.

        Returns:
            Its number within the topic.
        """
        kept = self._topic(topic)
        self._begin(topic, kept, kind, ts_event_ns)
        kept.seq += 1
        kept.unsent.append(body)
        kept.unsent_bytes += len(body)
        if self._history_max:
            kept.history.append((kind, ts_event_ns, body))
        return kept.seq

    def publish_many(
        self, topic: str, kind: Kind, bodies: Sequence[bytes], /, *, ts_event_ns: int = 0
    ) -> int:
        """Send messages as `publish` does, each with a number of its own; return the last."""
        kept = self._topic(topic)
        size = sum(map(len, bodies))
        if not bodies or kept.unsent_bytes + size > FRAME_BYTES or self._history_max:
            for body in bodies:
                self.publish(topic, kind, body, ts_event_ns=ts_event_ns)
            return kept.seq
        self._begin(topic, kept, kind, ts_event_ns)
        kept.seq += len(bodies)
        kept.unsent += bodies
        kept.unsent_bytes += size
        return kept.seq

    def publish_now(self, topic: str, value: object, /, *, ts_event_ns: int = 0) -> int:
        """Encode a value and send it before returning; return its number."""
        seq = self.publish(topic, *encode(value), ts_event_ns=ts_event_ns)
        self._send(self._topics[topic])
        return seq

    def flush(self) -> None:
        """Send what waits."""
        for kept in self._unsent.values():
            if kept.unsent:
                self._send(kept)
        self._unsent.clear()

    def close(self) -> None:
        """Send what waits and stop; what a socket still holds is dropped, and can be asked for."""
        self.flush()
        self._timer.cancel()
        self._door.close()
        self._socket.close(100)

    def _topic(self, topic: str) -> _Topic:
        kept = self._topics.get(topic)
        if kept is None:
            kept = _Topic(topic.encode() + b"\0", deque(maxlen=self._history_max))
            self._topics[topic] = kept
        return kept

    def _begin(self, topic: str, kept: _Topic, kind: Kind, ts_event_ns: int) -> None:
        """See to it that a message of a kind may follow what waits, or is the first of a frame."""
        if kept.unsent and (kept.kind is not kind or kept.unsent_bytes >= FRAME_BYTES):
            self._send(kept)
        if not kept.unsent:
            kept.kind, kept.ts_event_ns, kept.first = kind, ts_event_ns, kept.seq + 1
            if not self._unsent:
                self._loop.call_soon(self.flush)
            self._unsent[topic] = kept

    def _envelope(self, kind: Kind, seq: int, ts_event_ns: int = 0) -> Envelope:
        return Envelope(
            kind,
            self._stream,
            self._epoch,
            seq,
            max(0, seq - 1),
            ts_event_ns,
            self._clock.now_ns(),
        )

    def _send(self, kept: _Topic) -> None:
        envelope = self._envelope(kept.kind, kept.first, kept.ts_event_ns)
        self._socket.send(pack(kept.name, envelope, kept.unsent), NOBLOCK)
        kept.unsent.clear()
        kept.unsent_bytes = 0

    def _beat(self) -> None:
        self.flush()
        topics = self._topics
        beat = Heartbeat(topics=tuple(topics), last_seqs=tuple(t.seq for t in topics.values()))
        envelope = self._envelope(Kind.HEARTBEAT, 0)
        name = HEARTBEAT_TOPIC.encode() + b"\0"
        self._socket.send(pack(name, envelope, [encode(beat)[1]]), NOBLOCK)
        self._timer = self._loop.call_later(self._limits.heartbeat_ns / 1e9, self._beat)

    def _asked(self, frames: list[bytes]) -> None:
        """Answer one question; one that cannot be read is refused with the reason."""
        who = frames[0]
        try:
            question = _question(frames)
        except (TradecoreError, ValueError) as error:
            self._refuse(who, "MALFORMED", str(error), "")
            return
        self.flush()
        self.answers += 1
        if isinstance(question, ReplayRequest):
            self._replay(who, question)
        elif not all(self._state(who, name) for name in question.topics):
            self.dropped_answers += 1

    def _replay(self, who: bytes, question: ReplayRequest) -> None:
        kept = self._topics.get(question.topic)
        first = 1 if kept is None else kept.seq - len(kept.history) + 1
        if kept is None or question.epoch != self._epoch or question.from_seq < first:
            text = f"not kept: from_seq={question.from_seq}, first={first}, epoch={self._epoch}"
            self._refuse(who, "TOO_OLD", text, question.topic)
            return
        at = question.from_seq
        to_seq = min(question.to_seq, kept.seq, at + ANSWER_MAX - 1)
        # Taken out once: what lies in the middle of a long history is not near either end.
        wanted = list(islice(kept.history, at - first, to_seq - first + 1))
        begin = 0
        while begin < len(wanted):
            kind, ts_event_ns, _ = wanted[begin]
            bodies: list[bytes] = []
            size = 0
            for entry in wanted[begin : begin + ANSWER_BATCH]:
                if entry[0] is not kind or size >= FRAME_BYTES:
                    break
                bodies.append(entry[2])
                size += len(entry[2])
            envelope = self._envelope(kind, at + begin, ts_event_ns)
            if not self._answer(who, REPLAY, pack(kept.name, envelope, bodies)):
                return
            begin += len(bodies)
        self._answer(who, REPLAY, pack(kept.name, self._envelope(Kind.ANSWER_END, to_seq), ()))

    def _state(self, who: bytes, name: str) -> bool:
        """Answer with the state of a topic; return whether there is room for more answers."""
        kept = self._topics.get(name)
        seq = 0 if kept is None else kept.seq
        state = None if kept is None or self._snapshot is None else self._snapshot(name)
        topic = name.encode() + b"\0"
        for kind, body in state or ():
            if not self._answer(who, SNAPSHOT, pack(topic, self._envelope(kind, seq), [body])):
                return False
        end = self._envelope(Kind.ANSWER_END, seq)
        return self._answer(who, SNAPSHOT, pack(topic, end, ()))

    def _refuse(self, who: bytes, code: str, text: str, topic: str) -> None:
        _, body = encode(Refusal(code=code, text=text, topic=topic))
        envelope = self._envelope(Kind.REFUSAL, 0)
        self._answer(who, REPLAY, pack(topic.encode() + b"\0", envelope, [body]))

    def _answer(self, who: bytes, sort: bytes, frame: bytes) -> bool:
        """Send to one; an answer that has no room is dropped, and asked for again."""
        try:
            if self._door.send([who, sort, frame]):
                return True
        except zmq.ZMQError:
            pass
        self.dropped_answers += 1
        return False


def _question(frames: list[bytes]) -> ReplayRequest | SnapshotRequest:
    """Read a question.

    Raises:
        DataError: If it is none.
    """
    if len(frames) != 2:  # noqa: PLR2004 - who, and the question
        raise DataError(f"a question is one frame: frames={len(frames) - 1}")
    envelope = Envelope.unpack(frames[1])
    if envelope.kind not in {Kind.REPLAY_REQUEST, Kind.SNAPSHOT_REQUEST}:
        raise DataError(f"not a question: kind={envelope.kind}")
    question: Any = decode(Kind(envelope.kind), frames[1][HEADER_BYTES:])
    if not isinstance(question, ReplayRequest | SnapshotRequest):
        raise DataError(f"not a question: kind={envelope.kind}")
    return question
