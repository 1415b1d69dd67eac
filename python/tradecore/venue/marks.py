"""Mark prices and when funding is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.venue.instruments import VenueInstrument

__all__ = ["FundingPaid", "MarkState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingPaid:
    """A funding that took place."""

    symbol: str
    rate: Decimal
    mark: Decimal
    ts_event_ns: int


@dataclass(slots=True, kw_only=True)
class MarkState:
    """What a symbol is valued at.

    The mark is the median of three: the index, the middle of the touch, and the last trade; where
    one is missing the index stands for it. So neither a lone quote nor a lone trade moves it alone.

    Args:
        index: What it is worth elsewhere.
        rate: What longs pay shorts at the next funding, as a part of the value.
        next_funding_ns: When that is.
    """

    instrument: VenueInstrument
    index: Decimal
    mark: Decimal
    rate: Decimal
    next_funding_ns: int

    @classmethod
    def begin(cls, instrument: VenueInstrument, *, now_ns: int) -> MarkState:
        """Return the state before anybody traded."""
        period = instrument.funding_period_ns
        return cls(
            instrument=instrument,
            index=instrument.reference_price,
            mark=instrument.reference_price,
            rate=instrument.funding_rate,
            next_funding_ns=(now_ns // period + 1) * period,
        )

    def look(self, mid: Decimal | None, last: Decimal | None) -> bool:
        """Set the mark from what the market shows; return whether it moved."""
        index = self.index
        _, median, _ = sorted(
            (
                index,
                index if mid is None else mid,
                index if last is None else last,
            )
        )
        moved = median != self.mark
        self.mark = median
        return moved
