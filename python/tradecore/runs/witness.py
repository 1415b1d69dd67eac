"""Sees what a strategy sent and what its orders came to, and hands it on as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tradecore.runs.entries import EntryKind, encode_heard, encode_sent

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from tradecore.core import Instrument, Trader
    from tradecore.model import BookView

__all__ = ["Sink", "Witness"]


class Sink(Protocol):
    """Takes records: a file, or a comparison with one."""

    def keep(self, kind: EntryKind, payload: bytes, ts_ns: int, /) -> None:
        """Take a record."""


class Witness:
    """Stands behind a trader. `look` is called after each thing the strategy was told."""

    def __init__(self, trader: Trader, sink: Sink, book: Callable[[str], BookView]) -> None:
        """Begin to look on, before the strategy starts.

        Args:
            trader: Whose commands and events.
            sink: Takes the records.
            book: Returns the book of a symbol as the strategy sees it.
        """
        trader.keep_journal()
        self._trader, self._sink, self._book = trader, sink, book
        self._instruments: dict[str, Instrument] = {
            symbol: trader.instrument(symbol) for symbol in trader.symbols
        }

    def look(self, now_ns: int, /) -> None:
        """Hand on what was sent and what was heard since the last look: commands, then events."""
        trader, keep = self._trader, self._sink.keep
        for ts_ns, command in trader.take_sent():
            instrument = self._instruments[command[1].symbol]
            keep(EntryKind.SENT, encode_sent(command, instrument), ts_ns)
        for event in trader.take_journal():
            heard = encode_heard(event, self._mid)
            if heard is not None:
                keep(EntryKind.HEARD, heard, now_ns)

    def _mid(self, symbol: str) -> Decimal | None:
        book = self._book(symbol)
        bid, ask = book.best_bid, book.best_ask
        return None if bid is None or ask is None else (bid[0] + ask[0]) / 2
