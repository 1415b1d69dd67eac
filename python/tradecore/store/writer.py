"""Keeps records up with a venue, in a thread of its own that nothing waits for."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError
from tradecore.store.errors import GapError, StoreError
from tradecore.telemetry import get_logger
from tradecore.venue import JournalPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradecore.store.records import Records
    from tradecore.venue import Batch

    Source = Callable[[JournalPosition], Iterator[Batch]]

__all__ = ["RecordWriter", "WriterStatus"]

QUEUE_MAX: Final = 1_000
#: Steps that one transaction takes together.
STEPS_MAX: Final = 5_000
PAUSE_S_MIN: Final = 0.05
PAUSE_S_MAX: Final = 5.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterStatus:
    """How a writer stands.

    Args:
        position: How far the records are, as far as the writer knows.
        queued: Batches that wait.
        is_behind: Whether it reads the journal, since batches were missed.
        error: Why the last attempt did not succeed; empty when it did.
    """

    position: JournalPosition
    queued: int
    is_behind: bool
    error: str = ""


class RecordWriter:
    """Writes batches in their order; what it missed it reads from the journal.

    It misses batches when the database is away for longer than the queue lasts, and at the start.
    """

    def __init__(self, records: Records, source: Source, *, queue_max: int = QUEUE_MAX) -> None:
        """Begin.

        Args:
            records: Where to.
            source: Gives every step behind a position, from the journal: `VenueService.rebuild`.
            queue_max: How many batches may wait before they are dropped.
        """
        self._records, self._source, self._queue_max = records, source, queue_max
        self._queue: deque[Batch] = deque()
        self._changed = threading.Condition()
        self._is_closed = self._is_over = False
        self._is_behind = True
        self._is_reading = False
        self._position = JournalPosition()
        self._error = ""
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    def offer(self, batch: Batch | None, /) -> bool:
        """Hand a batch over without waiting; answer whether it was kept."""
        if batch is None:
            return True
        with self._changed:
            if self._is_closed or self._is_behind or self._is_reading:
                return False
            if len(self._queue) >= self._queue_max:
                self._is_behind = True
                self._queue.clear()
                self._changed.notify_all()
                return False
            self._queue.append(batch)
            self._changed.notify_all()
        return True

    def wait(self, upto: JournalPosition | int, *, timeout_s: float) -> bool:
        """Wait until a position or a command is in the records; answer whether it is."""
        target = upto if isinstance(upto, JournalPosition) else JournalPosition(upto)
        with self._changed:
            self._changed.wait_for(
                lambda: self._position >= target or not self._thread.is_alive(), timeout_s
            )
            return self._position >= target

    @property
    def status(self) -> WriterStatus:
        """Return how it stands."""
        with self._changed:
            return WriterStatus(
                position=self._position,
                queued=len(self._queue),
                is_behind=self._is_behind or self._is_reading,
                error=self._error,
            )

    def close(self, *, timeout_s: float = 10.0) -> None:
        """Write what waits, unless the database is away, and end.

        What takes longer than that is left to the next start, behind the transaction that is being
        written.
        """
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        self._is_over = True
        self._thread.join(timeout_s)

    # The thread

    def _run(self) -> None:
        pause_s = PAUSE_S_MIN
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: bool(self._queue) or self._is_behind or self._is_closed
                )
                is_done = self._is_over or self._error or not (self._queue or self._is_behind)
                if self._is_closed and is_done:
                    return
                is_behind, self._is_behind = self._is_behind, False
                self._is_reading = is_behind
            try:
                if is_behind:
                    self._catch_up()
                else:
                    self._write_queued()
            except TradecoreError as error:
                self._note(error, was_behind=is_behind)
                if not isinstance(error, GapError):
                    self._pause(pause_s)
                    pause_s = min(2 * pause_s, PAUSE_S_MAX)
            else:
                pause_s = PAUSE_S_MIN

    def _note(self, error: TradecoreError, *, was_behind: bool) -> None:
        """Remember what went wrong; what has a gap before it is read from the journal."""
        with self._changed:
            self._is_reading = False
            if not self._error:
                _log.warning("records_late", error=str(error))
            self._error = "" if isinstance(error, GapError) else str(error)
            self._is_behind = self._is_behind or was_behind or not isinstance(error, StoreError)
            self._is_behind = self._is_behind or isinstance(error, GapError)

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed, seconds)

    def _catch_up(self) -> None:
        position = self._records.position
        self._reach(position)
        for batch in self._source(position):
            if self._is_over:
                return
            if batch.after != batch.upto:
                self._reach(self._records.apply(batch))
            elif not self._listen():
                return
        self._listen()

    def _listen(self) -> bool:
        """Take offers again; answer whether none was taken up to now, so that a look is due."""
        with self._changed:
            was_reading, self._is_reading = self._is_reading, False
            return was_reading

    def _write_queued(self) -> None:
        with self._changed:
            batches = _joined(self._queue)
        if batches is None:
            return
        count, batch = batches
        position = self._records.apply(batch)
        with self._changed:
            # `offer` may have cleared the queue meanwhile: then these are gone already.
            for _ in range(min(count, len(self._queue))):
                if self._queue[0].upto <= position:
                    self._queue.popleft()
        self._reach(position)

    def _reach(self, position: JournalPosition) -> None:
        with self._changed:
            if self._error:
                _log.info("records_again", sequence=position.sequence)
            self._position, self._error = position, ""
            self._changed.notify_all()


def _joined(queue: deque[Batch]) -> tuple[int, Batch] | None:
    """Return the first batches of a queue as one, and how many they are."""
    if not queue:
        return None
    steps, count = 0, 0
    for batch in queue:
        if count and (
            steps + len(batch.booked) > STEPS_MAX or batch.after != queue[count - 1].upto
        ):
            break
        steps += len(batch.booked)
        count += 1
    taken = [queue[n] for n in range(count)]
    booked = tuple(step for batch in taken for step in batch.booked)
    first = taken[0]
    return count, type(first)(after=first.after, upto=taken[-1].upto, booked=booked)
