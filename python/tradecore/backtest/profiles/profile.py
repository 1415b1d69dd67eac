"""What a profile of a venue says, and what a figure in it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tradecore.core import Instrument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tradecore.backtest.assumptions import Fees, Latency
    from tradecore.model import OrderTypeWord, TimeInForceWord

__all__ = [
    "LATENCY_ASSUMED",
    "MS",
    "InstrumentTerms",
    "MarginRates",
    "RequestLimit",
    "VenueProfile",
]

MS: Final = 1_000_000
LATENCY_ASSUMED: Final = (
    "an assumption, not a published figure: a host in the venue's region over the public endpoint"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimit:
    """How many requests are taken in how much time.

    Args:
        kind: `weighted` counts in periods aligned to the clock, `sliding_window` in every period,
            `token_bucket` lets a burst through and then what flows in.
        capacity: The most of a period, or the burst.
        period_ns: The period.
        refill: What flows into a bucket in a period.
        new: What a new order takes.
        modify: What a change takes.
        cancel: What a cancel takes.
    """

    kind: Literal["weighted", "sliding_window", "token_bucket"]
    capacity: int
    period_ns: int
    refill: int = 0
    new: int = 1
    modify: int = 1
    cancel: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginRates:
    """Parts of a position's value.

    Args:
        initial: Needed for an order.
        maintenance: Needed to keep a position; below it the position is liquidated.
        liquidation_fee: Charged on what a liquidation trades.
    """

    initial: Decimal
    maintenance: Decimal
    liquidation_fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentTerms:
    """Steps and least sizes of one instrument.

    Args:
        tick_size: Step of a price.
        lot_size: Step of a quantity.
        min_notional: Least value of an order; zero for none.
        contract_size: Value of one contract in the quote currency (inverse), or base units.
    """

    tick_size: Decimal
    lot_size: Decimal
    min_notional: Decimal
    contract_size: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """A venue on a date.

    Args:
        name: As `--venue` takes it.
        title: As a reader knows it.
        kind: What its instruments are.
        currency: What they settle in.
        fees: Of an account without holdings or referral; tiers by the volume of 30 days.
        fees_source: Where the fees are published, and as of when.
        latency: Between a host in the region and the venue.
        latency_source: What that figure rests on.
        limits: Of requests.
        margin: For an account that starts with a balance; none where nothing is borrowed.
        funding_interval_ns: Between two funding payments; none where there are none.
        order_types: What is taken; `iceberg` for orders that show a part, `protection` for a worst
            price of market orders.
        times_in_force: How long an order may live.
        self_trade_prevention: What happens when an order would meet one of ours.
        reprices_post_only: Whether a post-only order that would take is moved rather than refused.
        orders_max: Most live orders of a symbol.
        day_end_ns: When a `DAY` order expires, after 00:00 UTC.
        instruments: Steps of the instruments that are used most.
        sources: What the other figures rest on, by name, each with its date.
    """

    name: str
    title: str
    kind: Literal["spot", "linear", "inverse"]
    currency: str
    fees: Fees
    fees_source: str
    latency: Latency
    latency_source: str
    limits: tuple[RequestLimit, ...] = ()
    margin: MarginRates | None = None
    funding_interval_ns: int | None = None
    order_types: tuple[OrderTypeWord | Literal["protection"], ...] = ("limit", "market")
    times_in_force: tuple[TimeInForceWord, ...] = ("GTC", "IOC", "FOK")
    self_trade_prevention: Literal[
        "none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"
    ] = "cancel_newest"
    reprices_post_only: bool = False
    orders_max: int | None = None
    day_end_ns: int = 0
    instruments: Mapping[str, InstrumentTerms] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def instrument(self, symbol: str) -> Instrument:
        """Return an instrument in the venue's steps.

        Raises:
            KeyError: If the profile does not list it.
        """
        terms = self.instruments[symbol]
        return Instrument(
            symbol,
            tick_size=terms.tick_size,
            lot_size=terms.lot_size,
            min_notional=terms.min_notional,
            multiplier=terms.contract_size,
            kind=self.kind,
            maker_fee=self.fees.maker,
            taker_fee=self.fees.taker,
        )
