"""A reader of one topic: what is next, what came twice, what is missing, what begins anew.

Messages are applied in order or not at all. While something missing is asked for, later messages
wait in a bounded buffer; if that is full the whole state is asked for instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

__all__ = ["Ask", "Reader", "Replay", "SnapshotNeeded"]

T = TypeVar("T")


class SnapshotNeeded(Enum):
    """Why only the whole state helps."""

    #: Nothing was read yet.
    FIRST = "first"
    #: The publisher began a new life.
    NEW_EPOCH = "new epoch"
    #: More came during a repair than may wait.
    TOO_MUCH = "too much waits"
    #: The publisher does not have it any more.
    TOO_OLD = "too old"


@dataclass(frozen=True, slots=True)
class Replay:
    """Ask for messages again, both ends included."""

    from_seq: int
    to_seq: int


Ask = Replay | SnapshotNeeded


@dataclass(slots=True)
class Reader(Generic[T]):
    """Puts the messages of a topic in order.

    Each verb returns what to apply now, in order, and leaves in `asking` what is to be asked for.

    Args:
        waiting_max: Messages that may wait while something is asked for.
        needs_snapshot: Whether the first message makes sense only on top of a state.
    """

    waiting_max: int = 10_000
    needs_snapshot: bool = False
    epoch: int = field(default=0, init=False)
    last_seq: int = field(default=0, init=False)
    asking: Ask | None = field(default=None, init=False)
    duplicates: int = field(default=0, init=False)
    gaps: int = field(default=0, init=False)
    _waiting: dict[int, T] = field(default_factory=dict, init=False)

    def receive(self, epoch: int, seq: int, message: T, /) -> list[T]:
        """Take a message of the stream or of a replay."""
        if epoch != self.epoch:
            if epoch < self.epoch:
                self.duplicates += 1
                return []
            self._begin(epoch, seq)
        if seq == self.last_seq + 1 and not isinstance(self.asking, SnapshotNeeded):
            self.last_seq = seq
            return [message, *self._drain()] if self.asking is not None else [message]
        if seq <= self.last_seq or seq in self._waiting:
            self.duplicates += 1
            return []
        if len(self._waiting) >= self.waiting_max:
            self._waiting.clear()
            self.asking = SnapshotNeeded.TOO_MUCH
        self._waiting[seq] = message
        if self.asking is None:
            self.gaps += 1
            self.asking = Replay(self.last_seq + 1, seq - 1)
        return []

    def advance(self, epoch: int, seq: int, count: int, /) -> bool:
        """Take `count` messages from `seq` on in one step if they are next; else change nothing."""
        if epoch != self.epoch or seq != self.last_seq + 1 or self.asking is not None:
            return False
        self.last_seq += count
        return True

    def snapshot(self, epoch: int, seq: int, /) -> list[T] | None:
        """Take note of a state that holds everything up to `seq`; what waited after it follows.

        Returns:
            What to apply after the state; or `None` if the state is older than ours: ignore it.
        """
        if epoch < self.epoch or (
            epoch == self.epoch
            and seq < self.last_seq
            and not isinstance(self.asking, SnapshotNeeded)
        ):
            return None
        if epoch != self.epoch:
            self._waiting.clear()
        self.epoch, self.last_seq = epoch, seq
        self.asking = None
        self._waiting = {at: message for at, message in self._waiting.items() if at > seq}
        return self._drain()

    def heard(self, epoch: int, last_seq: int, /) -> None:
        """Take note of the publisher's last number: what is missing at the end shows here."""
        if epoch > self.epoch:
            self._begin(epoch, last_seq)
        if epoch == self.epoch and last_seq > self.last_seq and self.asking is None:
            self.gaps += 1
            self.asking = Replay(self.last_seq + 1, last_seq)

    def refused(self) -> None:
        """Take note that the publisher has not what was asked for: only the state helps."""
        self.asking = SnapshotNeeded.TOO_OLD

    def _begin(self, epoch: int, seq: int) -> None:
        """Start on a new life of the stream."""
        is_first = self.epoch == 0
        self.epoch, self.last_seq = epoch, 0
        self._waiting.clear()
        if self.needs_snapshot:
            self.asking = SnapshotNeeded.FIRST if is_first else SnapshotNeeded.NEW_EPOCH
        else:
            self.asking = Replay(1, seq - 1) if seq > 1 else None

    def _drain(self) -> list[T]:
        """Return what waited and is next now; ask on for what is still missing.

        Called for each message of a replay, so all that waits is never looked through here.
        """
        ready: list[T] = []
        waiting = self._waiting
        while (message := waiting.pop(self.last_seq + 1, None)) is not None:
            ready.append(message)
            self.last_seq += 1
        if not waiting:
            done = not isinstance(self.asking, Replay) or self.last_seq >= self.asking.to_seq
            self.asking = None if done else self.asking
        elif not (isinstance(self.asking, Replay) and self.last_seq < self.asking.to_seq):
            self.asking = Replay(self.last_seq + 1, min(waiting) - 1)
        return ready
