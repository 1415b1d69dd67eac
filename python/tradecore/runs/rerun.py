"""A run again, record by record beside the first, and where the two part."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from tradecore.runs.entries import EntryKind, decode_end, decode_heard, decode_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradecore.runs.journal import RunRecords
    from tradecore.runs.moment import Moment

__all__ = ["Beside", "Difference", "HaltRerun", "Rerun", "words"]

DONE: Final = frozenset({EntryKind.SENT, EntryKind.HEARD, EntryKind.END})
"""Records of what a run did; the others are what it was told."""
_LAST: Final = 8

Ended: TypeAlias = Literal["end", "break", "difference", "records"]
Record: TypeAlias = tuple[EntryKind, int, bytes]

_WORDS: Final[dict[EntryKind, Callable[[bytes], object]]] = {
    EntryKind.SENT: decode_sent,
    EntryKind.HEARD: decode_heard,
    EntryKind.END: decode_end,
}


class HaltRerun(Exception):  # noqa: N818 - no error: there is nothing more to compare
    """The runs part here, or the first was not kept any further."""

    def __init__(self, ended: Ended) -> None:
        """Say why."""
        super().__init__(ended)
        self.ended: Ended = ended


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two runs part.

    Args:
        record: The number of the record, from 1, of those that say what a run did.
        ts_ns: When it was kept, in nanoseconds since 1970.
        recorded: What was done then; `None` where nothing was.
        now: What is done now; `None` where nothing is.
    """

    record: int
    ts_ns: int
    recorded: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What a run again came to.

    Args:
        journal: Where the first was kept.
        host: What had run it.
        strategy: The class that ran again.
        told: Things the strategy was told again; a backtest's are in its recording, not counted.
        compared: Records of what was done that are the same, to the byte.
        sha256: The digest of those.
        difference: Where the two part, if they do.
        ended: At the `end` of the first, at the `break` that was asked for, at the `difference`,
            or where the `records` end.
        last: The last things done, in words.
        moment: How things stood then.
        is_changed: Whether the strategy's file has another text than when it ran first.
    """

    journal: str
    host: str
    strategy: str
    told: int
    compared: int
    sha256: str
    difference: Difference | None
    ended: Ended
    last: tuple[str, ...]
    moment: Moment | None
    is_changed: bool

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, as far as it went."""
        return self.difference is None


@dataclass(slots=True)
class Beside:
    """A `Sink` that holds each record against the one that was kept."""

    records: RunRecords
    told: int = 0
    compared: int = 0
    difference: Difference | None = None
    last: list[str] = field(default_factory=list)
    _rest: Iterator[Record] = field(init=False)
    _next: Record | None = field(init=False, default=None)
    _digest: hashlib._Hash = field(init=False, default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        """Stand before the first record."""
        self._rest = self.records.rest
        self._next = next(self._rest, None)

    @property
    def sha256(self) -> str:
        """The digest of what was the same."""
        return self._digest.hexdigest()

    def keep(self, kind: EntryKind, payload: bytes, ts_ns: int, /) -> None:
        """Hold a record against the one that was kept.

        Raises:
            HaltRerun: If it differs, or no more was kept.
        """
        if kind is EntryKind.BEGIN:
            return
        if kind is EntryKind.STOPPED:
            self._stopped(ts_ns)
            return
        kept = self._next
        if kept is None or kept[0] is EntryKind.FULL:
            raise HaltRerun("records")
        if kept[0] not in DONE:
            self._part(ts_ns, None, words(kind, payload))
        elif kept != (kind, ts_ns, payload):
            self._part(ts_ns, words(kept[0], kept[2]), words(kind, payload), kept[1])
        self._digest.update(b"%d %d %b\n" % (kind, ts_ns, payload))
        self.compared += 1
        self.last = [*self.last[1 - _LAST :], words(kind, payload)]
        self._next = next(self._rest, None)

    def _stopped(self, ts_ns: int) -> None:
        """A backtest came to its end by itself, and so must have the first."""
        kept = self.next_told()
        if kept is None or kept[:2] != (EntryKind.STOPPED, ts_ns):
            self._part(ts_ns, None if kept is None else kept[0].name.lower(), "stopped")

    def next_told(self) -> Record | None:
        """Return the next thing the strategy was told; `None` at the end of all.

        Raises:
            HaltRerun: If more was done the first time, or no more was kept.
        """
        kept = self._next
        if kept is None or kept[0] is EntryKind.END:
            return None
        if kept[0] is EntryKind.FULL:
            raise HaltRerun("records")
        if kept[0] in DONE:
            self._part(kept[1], words(kept[0], kept[2]), None)
        self.told += 1
        self._next = next(self._rest, None)
        return kept

    @property
    def is_ended(self) -> bool:
        """Whether every record was met."""
        return self._next is None

    def _part(
        self, ts_ns: int, recorded: str | None, now: str | None, kept_ns: int | None = None
    ) -> None:
        if recorded == now and kept_ns is not None:
            recorded, now = f"{recorded} at {kept_ns}", f"{now} at {ts_ns}"
        self.difference = Difference(self.compared + 1, ts_ns, recorded, now)
        raise HaltRerun("difference")


def words(kind: EntryKind, payload: bytes) -> str:
    """Return what a record says in words."""
    say = _WORDS.get(kind)
    if say is None:
        return kind.name.lower()
    try:
        return str(say(payload))
    except msgspec.DecodeError:
        return f"{kind.name.lower()} {payload!r}"
