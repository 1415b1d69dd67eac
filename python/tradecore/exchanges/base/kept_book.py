"""A book of a venue that has no feed of its own in the core: kept by levels, told to the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.core import BookGapError, OrderBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from tradecore.core import BookView, Instrument
    from tradecore.model import Side

__all__ = ["KeptBook"]

Level: TypeAlias = "tuple[str | Decimal, str | Decimal]"

_VARINT: Final = 0
_BYTES: Final = 2
_SEVEN: Final = 0x7F
_MORE: Final = 0x80


class KeptBook:
    """An `OrderBook` that remembers what changed since it was last told to other processes.

    A subscriber of a new venue keeps one for each symbol: `snapshot` and `delta` as the venue
    sends them, `lost` when the connection ends, `take_update` when the process publishes. The
    bodies are those that `WireBook` reads, numbered here without a gap.
    """

    def __init__(self, instrument: Instrument, /) -> None:
        """Wait for a snapshot."""
        self._instrument = instrument
        self._book = OrderBook(instrument)
        self._changed: dict[Side, set[int]] = {"buy": set(), "sell": set()}
        self._number = 0
        self._is_news = False
        self._is_new_book = True
        self._times_ns = (0, 0)

    @property
    def book(self) -> BookView:
        """The book; it goes on changing."""
        return self._book

    def snapshot(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        *,
        last_id: int | None = None,
        ts_event_ns: int,
        ts_recv_ns: int,
    ) -> Literal["applied", "ignored"]:
        """Replace every level, then apply the deltas that waited; see `OrderBook.apply_snapshot`.

        Raises:
            BookGapError: If the deltas kept do not join the snapshot; the book stays stale.
            InputError: If a level is malformed; nothing was changed.
        """
        done = self._book.apply_snapshot(bids, asks, last_id=last_id)
        if done == "applied":
            self._note(ts_event_ns, ts_recv_ns, is_new_book=True)
        return done

    def delta(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        *,
        first_id: int | None = None,
        last_id: int | None = None,
        prev_id: int | None = None,
        ts_event_ns: int,
        ts_recv_ns: int,
    ) -> Literal["applied", "buffered", "ignored"]:
        """Set the levels that changed, zero removes one; see `OrderBook.apply_delta`.

        Raises:
            BookGapError: If updates before this one never arrived; ask for a snapshot.
            InputError: If a level or the ids are malformed; nothing was changed.
        """
        try:
            done = self._book.apply_delta(
                bids, asks, first_id=first_id, last_id=last_id, prev_id=prev_id
            )
        except BookGapError:
            self._note(ts_event_ns, ts_recv_ns, is_new_book=True)
            raise
        if done == "applied":
            ticks = self._instrument.ticks
            self._changed["buy"].update(ticks(price) for price, _ in bids)
            self._changed["sell"].update(ticks(price) for price, _ in asks)
            self._note(ts_event_ns, ts_recv_ns)
        return done

    def lost(self) -> None:
        """Forget everything: the connection is gone, and whatever it would have told."""
        self._book.clear()
        self._note(*self._times_ns, is_new_book=True)

    def take_update(self, *, snapshot: bool = False) -> bytes | None:
        """Return what changed since the last call as a bus message's body; `None` if nothing did.

        With `snapshot` the whole book is returned, and what changed is still to be taken.
        """
        if snapshot:
            return self._body(*self._whole(), is_whole=True)
        if not self._is_news:
            return None
        self._number += 1
        is_whole = self._is_new_book
        halves = self._whole() if is_whole else (self._news("buy"), self._news("sell"))
        self._changed = {"buy": set(), "sell": set()}
        self._is_news = self._is_new_book = False
        return self._body(*halves, is_whole=is_whole)

    def _news(self, side: Side) -> dict[int, int]:
        """Return the levels of a side that changed, as they are now, in ticks and lots."""
        known = self._instrument
        rest = {
            ticks: self._book.quantity_at(side, known.price(ticks)) for ticks in self._changed[side]
        }
        return {ticks: known.lots(held) if held else 0 for ticks, held in rest.items()}

    def _whole(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return every level of both sides, in ticks and lots."""
        known = self._instrument
        count = max(self._book.level_count("buy"), self._book.level_count("sell"), 1)
        bids, asks = (
            {known.ticks(price): known.lots(held) for price, held in half.tolist()}
            for half in self._book.depth(count)
        )
        return bids, asks

    def _note(self, ts_event_ns: int, ts_recv_ns: int, *, is_new_book: bool = False) -> None:
        self._times_ns = (ts_event_ns, ts_recv_ns)
        self._is_news = True
        self._is_new_book |= is_new_book

    def _body(self, bids: dict[int, int], asks: dict[int, int], *, is_whole: bool) -> bytes:
        ts_event_ns, ts_recv_ns = self._times_ns
        body = bytearray()
        _put(body, 1, self._number)
        _put(body, 2, self._number)
        _put(body, 3, int(is_whole))
        _put(body, 4, _zigzag(ts_event_ns))
        _put(body, 5, _zigzag(ts_recv_ns))
        _put_all(body, 6, map(_zigzag, bids))
        _put_all(body, 7, bids.values())
        _put_all(body, 8, map(_zigzag, asks))
        _put_all(body, 9, asks.values())
        _put(body, 10, int(self._book.is_stale))
        return bytes(body)


def _zigzag(value: int) -> int:
    """Return a signed number as an unsigned one, small ones small."""
    return value << 1 if value >= 0 else ~(value << 1)


def _varint(body: bytearray, value: int) -> None:
    while value > _SEVEN:
        body.append(value & _SEVEN | _MORE)
        value >>= 7
    body.append(value)


def _put(body: bytearray, field: int, value: int) -> None:
    """Append a number, unless it is the zero that is meant where none is."""
    if value:
        _varint(body, field << 3 | _VARINT)
        _varint(body, value)


def _put_all(body: bytearray, field: int, values: Iterable[int]) -> None:
    packed = bytearray()
    for value in values:
        _varint(packed, value)
    if packed:
        _varint(body, field << 3 | _BYTES)
        _varint(body, len(packed))
        body += packed
