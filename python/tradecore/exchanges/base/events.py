"""What a codec concludes from what it received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from tradecore.exchanges.base.faults import Fault
    from tradecore.model import Balance, Bar, FundingRate, MarkPrice, Quote, Ticker, Trade
    from tradecore.model.venue import (
        InstrumentTerms,
        MarginCall,
        OrderUpdate,
        Source,
        VenueFill,
        VenueOrder,
        VenuePosition,
    )

ConditionalStatus: TypeAlias = Literal[
    "new", "triggering", "triggered", "finished", "canceled", "expired", "rejected"
]


class BookChanged(msgspec.Struct, frozen=True, gc=False):
    """A book of the subscriber's changed; it is read by `ExchangeSubscriber.book`.

    Args:
        symbol: Whose.
        updates: Bodies of bus messages, one for each change, where they were asked for; what
            `ExchangeSubscriber.take_update` returns is what changed since.
    """

    symbol: str
    updates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class BookStale:
    """A book cannot be believed until it changes again: a gap, or a lost connection."""

    symbol: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule:
    """A limit as the venue states it.

    Args:
        pool: `weight` (of an address), `orders` (of an account), or `requests` whatever they weigh.
        capacity: How much in a period.
        period_ns: How long a period is; periods are aligned to the clock.
    """

    pool: Literal["weight", "orders", "requests"]
    capacity: int
    period_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateUsed:
    """How much of a limit the venue has counted in its present period."""

    pool: Literal["weight", "orders"]
    period_ns: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentsListed:
    """What the venue trades, and how much it lets us send."""

    terms: tuple[InstrumentTerms, ...]
    rules: tuple[RateRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSample:
    """The venue's time, asked at one of our times and answered at another."""

    venue_ns: int
    sent_ns: int
    received_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFound:
    """The answer to a query: an order as it stands.

    Args:
        asked_ns: When that was asked, by our clock.
    """

    order: VenueOrder
    asked_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNotFound:
    """The answer to a query: the venue knows no such order.

    Args:
        asked_ns: When that was asked, by our clock: what the venue got since is not in the answer.
    """

    client_order_id: str
    symbol: str
    asked_ns: int
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalTold:
    """How an order that waits for a trigger stands, as the stream or an answer to a query tells.

    Args:
        status: Where it is; `finished` is what became an order that ended since.
        order_id: The venue's id of the order it became, once it did.
        reject_text: Why it came to nothing, in the venue's words.
    """

    client_order_id: str
    venue_order_id: str
    symbol: str
    status: ConditionalStatus
    order_id: str | None
    reject_text: str | None
    ts_event_ns: int
    ts_recv_ns: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrdersListed:
    """Every open order of a symbol, or of all.

    Args:
        asked_ns: When that was asked, by our clock.
    """

    symbol: str | None
    orders: tuple[VenueOrder, ...]
    asked_ns: int
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FillsListed:
    """Trades of ours in a symbol, oldest first: a page of the answer to a question.

    Args:
        is_whole: Whether no later page follows.
        asked_ns: When the first page was asked for, by our clock.
        since_ns: Since when trades were asked for, by the venue's; `None` if by a number.
    """

    symbol: str
    fills: tuple[VenueFill, ...]
    is_whole: bool
    asked_ns: int
    since_ns: int | None

    def is_answer_to(self, *, asked_ns: int, since_ns: int) -> bool:
        """Return whether it lists what was asked for at a time: another question may ask more."""
        reaches = self.since_ns is not None and self.since_ns <= since_ns
        return reaches and self.asked_ns >= asked_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersListed:
    """Orders of ours in a symbol, ended ones too: a page of the answer to a question.

    Args:
        is_whole: Whether no later page follows.
        asked_ns: When the first page was asked for, by our clock.
        since_ns: Since when orders were placed that were asked for, by the venue's.
    """

    symbol: str
    orders: tuple[VenueOrder, ...]
    is_whole: bool
    asked_ns: int
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsListed:
    """Every position the account has; one that is not named is flat."""

    positions: tuple[VenuePosition, ...]
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancesListed:
    """Every balance the account has."""

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReady:
    """A private stream is live: what happens from now on will be told."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLost:
    """A private stream is not live: what happens until `StreamReady` must be asked for."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulted:
    """Something that was asked for failed, and is not an order's own answer."""

    fault: Fault


MarketEvent: TypeAlias = (
    "BookChanged | BookStale | Trade | Quote | MarkPrice | FundingRate | Ticker | Bar"
)
OrderEvidence: TypeAlias = (
    "OrderUpdate | OrderFound | OrderNotFound | OpenOrdersListed | OrdersListed | ConditionalTold"
)
AccountEvent: TypeAlias = "Balance | VenuePosition | MarginCall | PositionsListed | BalancesListed"
Event: TypeAlias = (
    "MarketEvent | OrderEvidence | AccountEvent | InstrumentsListed | FillsListed | ClockSample"
    " | RateUsed | StreamReady | StreamLost | Faulted"
)
