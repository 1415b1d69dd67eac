"""`tc.backtest`: a strategy on a recorded market, with everything it assumes named."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.collect import Played, collect
from tradecore.backtest.host import BacktestHost
from tradecore.backtest.listings import listed
from tradecore.backtest.pauses import Pauses
from tradecore.backtest.words import assumption_sentences
from tradecore.core import DataError, InputError, Simulation, Trader
from tradecore.strategy import AbstractStrategy, StrategyContainer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import PathLike

    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.host import Advance
    from tradecore.backtest.listings import Data, Listing, RecordedMarket
    from tradecore.backtest.naming import FeesLike, LatencyLike
    from tradecore.backtest.result import BacktestResult
    from tradecore.core import Instrument

__all__ = ["backtest"]

AnyStrategy: TypeAlias = type[AbstractStrategy] | AbstractStrategy


def backtest(
    strategy: AnyStrategy,
    *,
    data: Data | RecordedMarket | Sequence[Data | RecordedMarket],
    venue: str = "binance-usdm",
    fees: FeesLike | None = None,
    latency: LatencyLike | None = None,
    queue: QueueModel = DEFAULT_QUEUE,
    instrument: Instrument | None = None,
    params: Mapping[str, object] | None = None,
    strict: bool = False,
    advance: Advance | None = None,
    stop_ns: int | None = None,
    checkpoint: str | PathLike[str] | None = None,
    resume: str | PathLike[str] | None = None,
) -> BacktestResult:
    """Run a strategy on a recorded market; `result.assumptions` says all that it rests on.

    Args:
        strategy: A class, made with `params`, or an instance, used once.
        data: A recording, or `sample` for the tape that ships; or several, each of another symbol
            or venue, as such or as `RecordedMarket`, merged by the time of receipt.
        venue: Whose rules the recording follows, one of `VENUES`.
        fees: `Fees`, `2bps,5bps` (maker, taker), `venue` for the venue's dated profile, or `zero`.
            Must be named.
        latency: `Latency`, `2ms,3ms,3ms` (feed, order entry, response), `venue`, or `zero`.
            Must be named.
        queue: Where a resting order stands when others ahead of it cancel, one of `QUEUE_MODELS`.
        instrument: Whose frames are meant, in whose steps; taken from the recording unless given.
        params: Settings of the strategy's `Config`, checked by it.
        strict: Whether a record that cannot be read ends the run.
        advance: Told now and then how many bytes of the recording are done.
        stop_ns: When to stop, in nanoseconds since 1970, leaving everything as it stands.
        checkpoint: A new file for the run that was stopped.
        resume: The file of a run that was stopped: it is played again, compared, and goes on.

    Raises:
        InputError: If fees, latency, venue or queue are not named as above.
        StrategyError: If the strategy does not take `params`.
        DataError: If the recording cannot be read, or `strict` and one of its records; if a run
            that is resumed came another way.
        SimulationError: If the account of the run does not add up to the last digit.
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
    """
    listings = listed(
        data,
        venue=venue,
        fees=fees,
        latency=latency,
        queue=queue,
        instrument=instrument,
        strict=strict,
    )
    made = _made(strategy, params)
    trader = _trader(listings)
    simulation = _simulation(listings, trader)
    host = BacktestHost(simulation, trader, listings)
    container = StrategyContainer(made, trader, host)
    pauses = Pauses(made, listings, simulation, stop_ns=stop_ns, checkpoint=checkpoint)
    pause = pauses.at_stop() if resume is None else pauses.at_resume(resume)
    began = perf_counter()
    with _naming(listings, simulation):
        host.run(container, strict=strict, advance=advance, pause=pause)
    pauses.finish()
    return collect(
        Played(simulation, trader, host, container, perf_counter() - began),
        strategy=type(made).__name__,
        listings=listings,
        assumptions=assumption_sentences(listings),
    )


@contextmanager
def _naming(listings: Sequence[Listing], simulation: Simulation) -> Iterator[None]:
    """Say of which recording a record is that cannot be read."""
    try:
        yield
    except DataError as error:
        path = listings[simulation.woken].recording.path
        raise DataError(f"{error}: {path}") from error


def _trader(listings: Sequence[Listing]) -> Trader:
    return Trader(
        [listing.instrument for listing in listings],
        run_id="backtest",
        venue=listings[0].venue.name if len(listings) == 1 else None,
    )


def _simulation(listings: Sequence[Listing], trader: Trader) -> Simulation:
    parts = [
        Simulation(
            listing.recording.source,
            trader,
            symbol=listing.instrument.symbol,
            maker_fee=listing.fees.maker,
            taker_fee=listing.fees.taker,
            feed_latency_ns=listing.latency.feed_ns,
            entry_latency_ns=listing.latency.entry_ns,
            response_latency_ns=listing.latency.response_ns,
            queue=listing.queue,
        )
        for listing in listings
    ]
    return parts[0] if len(parts) == 1 else Simulation.join(parts)


def _made(strategy: AnyStrategy, params: Mapping[str, object] | None) -> AbstractStrategy:
    if isinstance(strategy, AbstractStrategy):
        if params is not None:
            raise InputError(
                f"params make a strategy from its class: {type(strategy).__name__} is made already"
            )
        return strategy
    return strategy.from_params(params or {})
