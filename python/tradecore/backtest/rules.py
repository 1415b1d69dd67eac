"""What the simulated venue demands besides its fees: funding, collateral, limits, outages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.config.quantities import format_duration, parse_duration, parse_fee
from tradecore.core import InputError, SimulationRules

if TYPE_CHECKING:
    from typing import Any

    from tradecore.backtest.assumptions import Fees
    from tradecore.backtest.profiles import RequestLimit, VenueProfile
    from tradecore.core import Instrument

__all__ = [
    "Asked",
    "Demands",
    "FundingLike",
    "FundingPayment",
    "FundingRate",
    "Outage",
    "RulesWord",
    "named_balance",
    "named_funding",
    "named_rules",
]

RulesWord: TypeAlias = Literal["plain", "venue"]
"""`plain`: fees and the terms of an order, nothing else. `venue`: also the limits of requests, the
handling of self-trades and of post-only orders, the bounds of orders, as the profile has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRate:
    """One rate, paid again and again at the mid.

    Args:
        rate: What longs pay of the value of their position at each payment; negative: shorts pay.
        interval_ns: Between two payments, which fall on whole multiples of it since 1970.
    """

    rate: Decimal
    interval_ns: int

    def __str__(self) -> str:
        return f"{_percent(self.rate)} every {format_duration(self.interval_ns)}, at the mid"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingPayment:
    """One payment as it was recorded.

    Args:
        ts_ns: When, in nanoseconds since 1970.
        rate: What longs paid of the value of their position.
        mark: What positions were valued at; the mid unless given.
    """

    ts_ns: int
    rate: Decimal
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which the venue takes no commands.

    Args:
        from_ns: When it begins, in nanoseconds since 1970.
        until_ns: When it is over.
        timeout_ns: None: commands are refused. Else they are lost: an order is `UNKNOWN` after so
            long, and the venue answers what became of it when the outage is over.
    """

    from_ns: int
    until_ns: int
    timeout_ns: int | None = None


FundingLike: TypeAlias = str | FundingRate | Sequence[FundingPayment]


def named_funding(
    value: FundingLike | None, venue: VenueProfile
) -> FundingRate | tuple[FundingPayment, ...] | None:
    """Return the funding that was named.

    Args:
        value: `FundingRate`, payments, the text `0.01%/8h` or, at the venue's interval, `0.01%`.
        venue: Whose interval.

    Raises:
        InputError: If it is not understood, or the venue has no funding.
    """
    if value is None or isinstance(value, FundingRate):
        return value
    if not isinstance(value, str):
        return tuple(value)
    rate, slash, interval = value.partition("/")
    try:
        parsed = parse_fee(rate)
        interval_ns = parse_duration(interval) if slash else venue.funding_interval_ns
    except ValueError as error:
        raise InputError(f"{error}: funding={value!r}") from error
    if interval_ns is None:
        raise InputError(f"{venue.title} pays no funding: name RATE/INTERVAL: funding={value!r}")
    return FundingRate(rate=parsed, interval_ns=interval_ns)


def named_balance(value: object, name: str) -> Decimal | None:
    """Return an amount of money.

    Raises:
        InputError: If it is none, or below zero.
    """
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and amount >= 0:
        return amount
    raise InputError(f"an amount is a number of 0 or more: {name}={value!r}")


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def named_rules(value: str) -> RulesWord:
    """Return the word for the rules.

    Raises:
        InputError: If it is none.
    """
    if value == "plain":
        return "plain"
    if value == "venue":
        return "venue"
    raise InputError(f"rules must be plain or venue: rules={value!r}")


_NOT_FUNDED: Final = "funding"
_NOT_MARGINED: Final = "margin and liquidation: the account may owe anything"
_NOT_LIMITED: Final = "the venue's limits of requests, its bounds of orders, its self-trade rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a run asks of its venue.

    Args:
        rules: Whether the profile's limits hold.
        balance: What the account starts with; without it margin is not checked.
        volume: What the account traded in the 30 days before.
        funding: When and what is paid; as the recording tells unless given.
        outages: When the venue is out, in order of time and apart.
        seed: Where draws start from.
    """

    rules: RulesWord = "plain"
    balance: Decimal | None = None
    volume: Decimal = Decimal(0)
    funding: FundingRate | tuple[FundingPayment, ...] | None = None
    outages: tuple[Outage, ...] = ()
    seed: int = 0

    def named(self) -> dict[str, Any]:
        """Return them as `backtest` takes them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def of(self, venue: VenueProfile, fees: Fees, instrument: Instrument) -> SimulationRules:
        """Return the rules as a simulation takes them.

        Raises:
            InputError: If a figure is out of range, or the venue asks for no margin.
        """
        named: dict[str, Any] = {
            "fee_tiers": [(tier.volume, tier.maker, tier.taker) for tier in fees.tiers],
            "volume_before": self.volume,
            "outages": [(one.from_ns, one.until_ns, one.timeout_ns) for one in self.outages],
            "seed": self.seed,
            "day_end_ns": venue.day_end_ns,
        }
        if isinstance(self.funding, FundingRate):
            named["funding_rate"] = self.funding.rate
            named["funding_interval_ns"] = self.funding.interval_ns
        elif self.funding is not None:
            named["funding"] = [(paid.ts_ns, paid.rate, paid.mark) for paid in self.funding]
        if self.balance is not None:
            if venue.margin is None:
                raise InputError(f"{venue.title} asks for no margin: balance={self.balance}")
            named["balance"] = self.balance
            named["initial_margin"] = venue.margin.initial
            named["maintenance_margin"] = venue.margin.maintenance
            named["liquidation_fee"] = venue.margin.liquidation_fee
        if self.rules == "venue":
            named["request_limits"] = [
                (one.kind, one.capacity, one.period_ns, one.refill, _taken(one))
                for one in venue.limits
            ]
            named["self_trade_prevention"] = venue.self_trade_prevention
            named["reprice_post_only"] = venue.reprices_post_only
            named["orders_max"] = venue.orders_max
        return SimulationRules(instrument, **named)

    def sentences(self, venue: VenueProfile, *, is_told: bool = False) -> tuple[str, ...]:
        """Return what is demanded, a sentence each.

        Args:
            venue: Whose rules.
            is_told: Whether the recording tells of funding.
        """
        told = []
        if self.funding is None and is_told:
            told.append("Funding: as the recording tells, at its marks.")
        if isinstance(self.funding, FundingRate):
            told.append(f"Funding: {self.funding}.")
        elif self.funding is not None:
            told.append(f"Funding: {len(self.funding)} recorded payments.")
        if self.balance is not None and venue.margin is not None:
            rates = venue.margin
            opened, kept, forced = (
                _percent(rate) for rate in (rates.initial, rates.maintenance, rates.liquidation_fee)
            )
            told.append(
                f"Margin: {self.balance:f} {venue.currency} to start with, {opened} to open, {kept}"
                f" to keep; a liquidation trades at the mid and costs {forced}"
                f" ({venue.sources.get('margin', 'no source')})."
            )
        if self.rules == "venue":
            told.append(f"Limits: those of {venue.title} ({venue.sources.get('limits', 'none')}).")
        if self.outages:
            told.append(f"Outages: {len(self.outages)}.")
        return tuple(told)

    def missing(self, *, is_told: bool = False) -> tuple[str, ...]:
        """Return what is not modelled because nobody asked for it, nor the recording told of it."""
        return (
            *((_NOT_FUNDED,) if self.funding is None and not is_told else ()),
            *((_NOT_MARGINED,) if self.balance is None else ()),
            *((_NOT_LIMITED,) if self.rules == "plain" else ()),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The same as a caller words it: what is understood may depend on the venue."""

    rules: RulesWord = "plain"
    funding: FundingLike | None = None
    balance: Decimal | str | int | None = None
    volume: Decimal | str | int = 0
    outages: Sequence[Outage] = ()
    seed: int = 0

    def of(self, venue: VenueProfile) -> Demands:
        """Return what is demanded of a venue.

        Raises:
            InputError: If something is not understood.
        """
        return Demands(
            rules=named_rules(self.rules),
            balance=named_balance(self.balance, "balance"),
            volume=named_balance(self.volume, "volume") or Decimal(0),
            funding=named_funding(self.funding, venue),
            outages=tuple(self.outages),
            seed=self.seed,
        )


def _taken(limit: RequestLimit) -> tuple[int, int, int]:
    return (limit.new, limit.modify, limit.cancel)
