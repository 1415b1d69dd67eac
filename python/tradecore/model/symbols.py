"""How an instrument is named: `SYMBOL`, or `VENUE:SYMBOL` where several venues have one.

The symbol is what the venue calls it, letter case and all. The venue stands before the first colon,
in any case. An instrument is registered under its symbol alone; both forms find it, everywhere a
symbol is taken, as long as the venue named is the one it trades on (`BINANCE` names a host whose
venue is `binance` or `binance-usdm`). What a host answers (`book.symbol`, `order.symbol`) is always
the symbol alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from tradecore.core import InputError


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name taken apart."""

    name: str
    venue: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take `BINANCE:BTCUSDT` or `BTCUSDT` apart.

        Raises:
            InputError: If the venue or the symbol is empty, or has a space.
        """
        before, colon, after = text.partition(":")
        venue, name = (before, after) if colon else (None, before)
        if not name or venue == "" or any(c.isspace() for c in text):
            raise InputError(f"a symbol is SYMBOL or VENUE:SYMBOL, without spaces: symbol={text!r}")
        return cls(name=name, venue=venue)

    def is_on(self, venue: str) -> bool:
        """Return whether this can be an instrument of `venue`, such as `binance-usdm`."""
        if self.venue is None:
            return True
        named, ours = self.venue.lower(), venue.lower()
        return ours == named or ours.startswith(f"{named}-")

    def __str__(self) -> str:
        return self.name if self.venue is None else f"{self.venue}:{self.name}"
