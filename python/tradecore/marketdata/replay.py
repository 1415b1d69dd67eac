"""Recordings played into a book and compared with what they say of it themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import BookReplay, DataError, LobsterReplay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.marketdata.sources import Progress, Recording

__all__ = [
    "BookRebuild",
    "Disagreement",
    "Fault",
    "Gap",
    "LobsterComparison",
    "RowDifference",
    "rebuild_book",
    "replay_lobster",
]

FINDINGS_MAX: Final = 100
"""Findings of one kind kept in full; more are only counted."""
_EVENTS_A_TURN: Final = 20_000
_MESSAGES_A_TURN: Final = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that could not be read: its number from 1, its first byte, the rule it broke."""

    record: int
    byte: int
    rule: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Updates that never arrived: at which message, which was due, which came."""

    event: int
    expected: int
    got: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A quote of the venue that is not the book's touch at the same update."""

    event: int
    update_id: int
    quoted: str
    book: str


@dataclass(frozen=True, slots=True)
class BookRebuild:
    """What became of a recording played into a book.

    Args:
        symbol: Whose book.
        tick_size: The step of its prices.
        lot_size: The step of its quantities.
        counts: Messages by kind, and what happened to them.
        faults: The first records that could not be read; ``counts["unreadable"]`` has them all.
        gaps: The first gaps; ``counts["gaps"]`` has them all.
        disagreements: The first quotes that were not the touch.
        is_stale: Whether the book at the end is known to be the venue's.
        touch: The best bid and ask at the end.
        checksum: The checksum of its best 25 levels.
    """

    symbol: str
    tick_size: str
    lot_size: str
    counts: dict[str, int]
    faults: list[Fault]
    gaps: list[Gap]
    disagreements: list[Disagreement]
    is_stale: bool
    touch: str
    checksum: int

    @property
    def is_sound(self) -> bool:
        """Whether the book was rebuilt without a gap and every compared quote agreed."""
        agreed = self.counts["quotes_compared"] == self.counts["quotes_agreed"]
        return agreed and not self.is_stale and self.counts["gaps"] == 0


def rebuild_book(
    recording: Recording, *, strict: bool = False, progress: Progress | None = None
) -> BookRebuild:
    """Rebuild the book of a recording from its snapshots and deltas.

    Every quote (best bid and ask) of the recording is compared with the book wherever the book
    stands at the quote's own update.

    Args:
        recording: What is played.
        strict: Whether a record that cannot be read ends it.
        progress: Told how far it has come, in bytes.

    Raises:
        DataError: If `strict` and a record or the file cannot be read, or there is no message.
    """
    if strict and recording.fault is not None:
        raise DataError(f"{recording.fault}: {recording.path}")
    replay = BookReplay(recording.source)
    try:
        while replay.advance(_EVENTS_A_TURN, strict=strict):
            if progress is not None:
                progress(replay.offset, recording.source.byte_count)
    except DataError as error:
        raise DataError(f"{error}: {recording.path}") from error
    counts = dict(replay.counts)
    faults = [Fault(*fault) for fault in replay.faults]
    if counts["events"] == 0 and not faults:
        skipped = counts.get("skipped_other_symbol", 0)
        symbol = recording.instrument.symbol
        raise DataError(
            f"a recording has at least one message of its symbol: symbol={symbol}, "
            f"of other symbols={skipped}: {recording.path}"
        )
    if recording.fault is not None:
        faults.append(Fault(0, recording.source.byte_count, recording.fault))
        counts["unreadable"] += 1
    return BookRebuild(
        symbol=recording.instrument.symbol,
        tick_size=f"{recording.instrument.tick_size:f}",
        lot_size=f"{recording.instrument.lot_size:f}",
        counts=counts,
        faults=faults,
        gaps=[Gap(*gap) for gap in replay.gaps],
        disagreements=[Disagreement(*found) for found in replay.disagreements],
        is_stale=replay.is_stale,
        touch=replay.touch,
        checksum=replay.checksum(),
    )


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A book row that was not rebuilt.

    Args:
        row: Which row, from 0; row n is the book after message n.
        levels: The levels that differ, from 1.
        is_unknowable: Whether the price of each was below the deepest level at some row before.
    """

    row: int
    levels: list[int]
    is_unknowable: bool


@dataclass(slots=True)
class LobsterComparison:
    """What became of a LOBSTER message file played into a book.

    Args:
        messages: Messages taken.
        unreadable: Lines of either file that could not be read.
        compared: Book rows compared.
        equal: Those of them that the book equals in every level.
        levels: Levels a side of a book row; 0 without one.
        differing: Rows that differ, the first hundred.
        unexplained: Rows that differ at a level that was known.
        faults: The first lines that could not be read.
        rows_left: Book rows without a message.
        counts: What is known of orders, and where messages and book did not fit.
    """

    messages: int = 0
    unreadable: int = 0
    compared: int = 0
    equal: int = 0
    levels: int = 0
    differing: list[RowDifference] = field(default_factory=list)
    unexplained: int = 0
    faults: list[Fault] = field(default_factory=list)
    rows_left: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether every difference lies where nothing could be known, and no row is left over."""
        return self.unexplained == 0 and self.rows_left == 0

    def take_fault(self, fault: Fault) -> None:
        """Count a line that could not be read."""
        self.unreadable += 1
        if len(self.faults) < FINDINGS_MAX:
            self.faults.append(fault)

    def take_row(self, row: int, found: list[tuple[int, bool]]) -> None:
        """Count a compared row and the levels at which it differs."""
        self.compared += 1
        if not found:
            self.equal += 1
            return
        is_unknowable = all(beyond for _, beyond in found)
        self.unexplained += not is_unknowable
        if len(self.differing) < FINDINGS_MAX:
            levels = [level for level, _ in found]
            self.differing.append(RowDifference(row, levels, is_unknowable))


def replay_lobster(
    messages: bytes,
    books: bytes | None = None,
    *,
    strict: bool = False,
    progress: Progress | None = None,
) -> LobsterComparison:
    """Play a LOBSTER message file order by order, and compare with its order book file.

    With `books` the market starts from the first row with the first message undone; without, it
    starts empty, and messages about older orders are only counted. Of orders placed before the
    first message only their level's total is known. Of what happens below the deepest level shown
    there are no messages: such a level is wrong, until it is gone, when it comes up.

    Args:
        messages: The message file.
        books: The order book file: row n is the book after message n.
        strict: Whether a line that cannot be read ends it.
        progress: Told how far it has come, in bytes of `messages`.

    Raises:
        DataError: If `strict` and a line cannot be read, the first book row is malformed, or there
            is no message.
    """
    rows = _lines(books) if books is not None else iter(())
    first = next(rows, None)
    if books is not None and first is None:
        raise DataError("an order book file has at least one row: it is empty")
    replay = LobsterReplay(messages, first_book=first)
    result = LobsterComparison(levels=0 if first is None else first.count(b",") // 4 + 1)
    row, line = 0, first
    while _take_message(replay, result, strict=strict):
        if line is not None:
            _take_row(replay, result, row, line, strict=strict)
        line = next(rows, None)
        row += 1
        if progress is not None and row % _MESSAGES_A_TURN == 0:
            progress(replay.offset, replay.byte_count)
    if result.messages == 0 and not result.faults:
        raise DataError("a message file has at least one message: it is empty")
    result.rows_left = sum(1 for _ in rows) + (line is not None)
    result.counts = dict(replay.counts)
    return result


def _take_message(replay: LobsterReplay, result: LobsterComparison, *, strict: bool) -> bool:
    """Take the next message; a line that is none is counted, and its row still compared."""
    try:
        if not replay.step():
            return False
    except DataError as error:
        if strict:
            raise
        result.take_fault(_located(str(error)))
    else:
        result.messages += 1
    return True


def _located(text: str) -> Fault:
    """Take the place out of a core error's text."""
    rule, _, place = text.rpartition(": record ")
    record, _, byte = place.partition(", byte ")
    return Fault(int(record), int(byte), rule)


def _take_row(
    replay: LobsterReplay, result: LobsterComparison, row: int, line: bytes, *, strict: bool
) -> None:
    try:
        result.take_row(row, replay.differing_levels(line))
    except DataError as error:
        if strict:
            raise DataError(f"{error}: book row {row}") from error
        result.take_fault(Fault(row + 1, 0, f"{error}: book row {row}"))


def _lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a file one by one, without those that are empty."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].strip()
        if line:
            yield line
        start = end + 1
