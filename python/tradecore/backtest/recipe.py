"""A run's assumptions as its journal has them, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tradecore.backtest.assumptions import Fees, FeeTier, Latency
from tradecore.backtest.listings import Listing, distinct
from tradecore.backtest.naming import named_queue
from tradecore.backtest.rules import Asked, FundingPayment, FundingRate, Outage
from tradecore.backtest.travel import LogNormal, Measured, Quantiles
from tradecore.backtest.venues import venue_profile
from tradecore.core import DataError
from tradecore.marketdata import open_recording
from tradecore.runs import recipe as written
from tradecore.runs.code import digest_of
from tradecore.runs.recipe import Drawn, Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.travel import Travel
    from tradecore.runs.entries import Facts

__all__ = ["listings_of", "recipe_of"]


def recipe_of(listing: Listing, *, strict: bool) -> Recipe:
    """Return what a market of a run is played from.

    Raises:
        OSError: If the recording cannot be read.
    """
    fees, latency, demands = listing.fees, listing.latency, listing.demands
    rate = demands.funding if isinstance(demands.funding, FundingRate) else None
    payments = None if isinstance(demands.funding, FundingRate) else demands.funding
    return Recipe(
        data=str(listing.recording.path.absolute()),
        sha256=digest_of(listing.recording.path),
        symbol=listing.recording.instrument.symbol,
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


def listings_of(recipes: Sequence[Recipe], instruments: Sequence[Facts]) -> tuple[Listing, ...]:
    """Return the markets of a run that is to be played again; each recipe has its instrument.

    Raises:
        DataError: If a recording cannot be read, or a latency has no such shape.
        FileNotFoundError: If a recording is gone.
        InputError: If there is no such venue or queue model.
    """
    pairs = zip(recipes, instruments, strict=True)
    return distinct([_listing(recipe, facts) for recipe, facts in pairs])


def _listing(recipe: Recipe, facts: Facts) -> Listing:
    instrument = msgspec.structs.replace(facts, symbol=recipe.symbol).instrument()
    recording = open_recording(Path(recipe.data), instrument=instrument)
    venue = venue_profile(recipe.profile)
    tiers = tuple(FeeTier(one.volume, one.maker, one.taker) for one in recipe.fee_tiers)
    demands = Asked(
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
    return Listing(
        instrument=recording.instrument,
        recording=recording,
        venue=venue,
        fees=Fees(maker=recipe.maker_fee, taker=recipe.taker_fee, tiers=tiers),
        latency=Latency(
            feed_ns=_travel(recipe.feed_ns),
            entry_ns=_travel(recipe.entry_ns),
            response_ns=_travel(recipe.response_ns),
        ),
        queue=named_queue(recipe.queue),
        demands=demands.of(venue),
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
