"""A run's assumptions as its journal has them, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from tradecore.backtest.assumptions import Fees, FeeTier, Latency
from tradecore.backtest.naming import named_queue
from tradecore.backtest.rules import FundingPayment, FundingRate, Outage
from tradecore.backtest.travel import LogNormal, Measured, Quantiles
from tradecore.core import DataError
from tradecore.runs import recipe as written
from tradecore.runs.code import digest_of
from tradecore.runs.recipe import Drawn, Recipe

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.listings import Listing
    from tradecore.backtest.rules import RulesWord
    from tradecore.backtest.travel import Travel

__all__ = ["Assumptions", "assumptions_of", "recipe_of"]


class Assumptions(TypedDict):
    """What `backtest` takes besides a strategy and a recording."""

    venue: str
    fees: Fees
    latency: Latency
    queue: QueueModel
    strict: bool
    rules: RulesWord
    balance: Decimal | None
    volume: Decimal
    funding: FundingRate | tuple[FundingPayment, ...] | None
    outages: tuple[Outage, ...]
    seed: int


def recipe_of(listing: Listing, *, strict: bool) -> Recipe:
    """Return what a run of one recording is played from.

    Raises:
        OSError: If the recording cannot be read.
    """
    fees, latency, demands = listing.fees, listing.latency, listing.demands
    rate = demands.funding if isinstance(demands.funding, FundingRate) else None
    payments = None if isinstance(demands.funding, FundingRate) else demands.funding
    return Recipe(
        data=str(listing.recording.path.absolute()),
        sha256=digest_of(listing.recording.path),
        profile=listing.venue.name,
        maker_fee=fees.maker,
        taker_fee=fees.taker,
        fee_tiers=tuple(written.Tier(one.volume, one.maker, one.taker) for one in fees.tiers),
        feed_ns=_written(latency.feed_ns),
        entry_ns=_written(latency.entry_ns),
        response_ns=_written(latency.response_ns),
        queue=listing.queue,
        strict=strict,
        rules=demands.rules,
        balance=demands.balance,
        volume=demands.volume,
        funding_rate=None if rate is None else rate.rate,
        funding_interval_ns=None if rate is None else rate.interval_ns,
        funding=None
        if payments is None
        else tuple(written.Paid(one.ts_ns, one.rate, one.mark) for one in payments),
        outages=tuple(
            written.Outage(one.from_ns, one.until_ns, one.timeout_ns) for one in demands.outages
        ),
        seed=demands.seed,
    )


def assumptions_of(recipe: Recipe) -> Assumptions:
    """Return what a run is to be played with again.

    Raises:
        DataError: If a latency has no such shape.
        InputError: If there is no such queue model.
    """
    tiers = tuple(FeeTier(one.volume, one.maker, one.taker) for one in recipe.fee_tiers)
    return Assumptions(
        venue=recipe.profile,
        fees=Fees(maker=recipe.maker_fee, taker=recipe.taker_fee, tiers=tiers),
        latency=Latency(
            feed_ns=_travel(recipe.feed_ns),
            entry_ns=_travel(recipe.entry_ns),
            response_ns=_travel(recipe.response_ns),
        ),
        queue=named_queue(recipe.queue),
        strict=recipe.strict,
        rules=recipe.rules,
        balance=recipe.balance,
        volume=recipe.volume,
        funding=_funding(recipe),
        outages=tuple(
            Outage(from_ns=one.from_ns, until_ns=one.until_ns, timeout_ns=one.timeout_ns)
            for one in recipe.outages
        ),
        seed=recipe.seed,
    )


def _funding(recipe: Recipe) -> FundingRate | tuple[FundingPayment, ...] | None:
    if recipe.funding_rate is not None and recipe.funding_interval_ns is not None:
        return FundingRate(rate=recipe.funding_rate, interval_ns=recipe.funding_interval_ns)
    if recipe.funding is None:
        return None
    return tuple(
        FundingPayment(ts_ns=one.ts_ns, rate=one.rate, mark=one.mark) for one in recipe.funding
    )


def _written(travel: Travel) -> int | Drawn:
    match travel:
        case LogNormal(median_ns=median_ns, p99_ns=p99_ns):
            return Drawn(shape="log-normal", rows=((median_ns, p99_ns),))
        case Quantiles(delays_ns=delays_ns):
            return Drawn(shape="quantiles", rows=(tuple(delays_ns),))
        case Measured(measured=measured):
            return Drawn(shape="measured", rows=tuple((at, took) for at, took in measured))
        case _:
            return travel


def _travel(drawn: int | Drawn) -> Travel:
    if isinstance(drawn, int):
        return drawn
    try:
        if drawn.shape == "measured":
            return Measured(tuple((at, took) for at, took in drawn.rows))
        (row,) = drawn.rows
        if drawn.shape == "quantiles":
            return Quantiles(row)
        median_ns, p99_ns = row
    except ValueError as error:
        raise DataError(f"a latency of a journal has another form: {drawn.shape}") from error
    return LogNormal(median_ns=median_ns, p99_ns=p99_ns)
