"""What a market says, as a strategy sees it. Prices are exact; a view is read when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from decimal import Decimal

    import numpy as np
    from numpy.typing import NDArray

    from tradecore.core import Instrument
    from tradecore.model.orders import Side


class BookView(Protocol):
    """A venue's book by price, which somebody else keeps.

    The attributes ending in `_price` and `_quantity` are floats for analytics and cost one call;
    `best_bid` and `best_ask` are exact. `None` where that side is empty.
    """

    @property
    def symbol(self) -> str:
        """Whose book."""

    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity, exact."""

    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity, exact."""

    @property
    def bid_price(self) -> float | None:
        """Best bid."""

    @property
    def ask_price(self) -> float | None:
        """Best ask."""

    @property
    def bid_quantity(self) -> float | None:
        """What rests at the best bid."""

    @property
    def ask_quantity(self) -> float | None:
        """What rests at the best ask."""

    @property
    def is_stale(self) -> bool:
        """Whether an update is missing, so that it must not be traded on."""

    def depth(self, levels: int = 10, /) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bids and asks, best first. Shape: `(n, 2)` float64 each: price, quantity."""

    def depth_key(self, levels: int = 10, /) -> bytes | None:
        """Return bytes that differ when one of these levels does; `None` of a stale book."""


class Trade(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A trade that was printed, in ticks and lots; exact values are made when asked."""

    instrument: Instrument
    trade_id: int
    price_ticks: int
    quantity_lots: int
    aggressor: Side
    ts_event_ns: int
    ts_recv_ns: int

    @property
    def symbol(self) -> str:
        """What traded."""
        return self.instrument.symbol

    @property
    def price(self) -> Decimal:
        """At what price."""
        return self.instrument.price(self.price_ticks)

    @property
    def quantity(self) -> Decimal:
        """How much."""
        return self.instrument.quantity(self.quantity_lots)


class Quote(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Best bid and ask as the venue publishes them; a quantity of 0 means that side is empty."""

    instrument: Instrument
    bid_ticks: int
    bid_lots: int
    ask_ticks: int
    ask_lots: int
    ts_event_ns: int
    ts_recv_ns: int

    @property
    def symbol(self) -> str:
        """Whose quote."""
        return self.instrument.symbol

    @property
    def bid(self) -> Decimal:
        """Best bid."""
        return self.instrument.price(self.bid_ticks)

    @property
    def bid_quantity(self) -> Decimal:
        """What rests at the best bid."""
        return self.instrument.quantity(self.bid_lots)

    @property
    def ask(self) -> Decimal:
        """Best ask."""
        return self.instrument.price(self.ask_ticks)

    @property
    def ask_quantity(self) -> Decimal:
        """What rests at the best ask."""
        return self.instrument.quantity(self.ask_lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """The venue's summary of the last 24 hours."""

    symbol: str
    last_price: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Trades of one period; `ts_event_ns` is its end."""

    symbol: str
    period_ns: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPrice:
    """What the venue values positions at, and the index beside it."""

    symbol: str
    mark: Decimal
    index: Decimal | None
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRate:
    """What longs pay shorts at `next_funding_ns`, as a fraction of the value at the mark."""

    symbol: str
    rate: Decimal
    next_funding_ns: int
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a strategy wants to hear of a symbol.

    `book` is the number of best levels of each side whose change is of interest, 0 for none;
    `bars` the periods wanted, such as `1m`.
    """

    symbol: str
    book: int = 0
    book_deltas: bool = False
    quotes: bool = False
    trades: bool = False
    ticker: bool = False
    mark_price: bool = False
    funding_rate: bool = False
    bars: tuple[str, ...] = ()
