"""`tc.backtest`: a strategy on a recorded market, with everything it assumes named."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias, cast

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.collect import Played, collect
from tradecore.backtest.host import BacktestHost
from tradecore.backtest.naming import named_fees, named_latency, named_queue
from tradecore.backtest.recorded import Assumed, Onlooker, begin_of, keeping
from tradecore.backtest.samples import sample_path
from tradecore.backtest.venues import venue_profile
from tradecore.backtest.words import assumption_sentences
from tradecore.core import DataError, InputError, Simulation, Trader
from tradecore.marketdata import Recording, open_recording
from tradecore.strategy import AbstractStrategy, StrategyContainer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.host import Advance
    from tradecore.backtest.naming import FeesLike, LatencyLike
    from tradecore.backtest.recorded import Kept
    from tradecore.backtest.result import BacktestResult
    from tradecore.backtest.venues import VenueProfile
    from tradecore.core import Instrument

__all__ = ["backtest"]

Data: TypeAlias = "str | PathLike[str] | Recording"
AnyStrategy: TypeAlias = type[AbstractStrategy] | AbstractStrategy


def backtest(
    strategy: AnyStrategy,
    *,
    data: Data,
    venue: str = "binance-usdm",
    fees: FeesLike | None = None,
    latency: LatencyLike | None = None,
    queue: QueueModel = DEFAULT_QUEUE,
    instrument: Instrument | None = None,
    params: Mapping[str, object] | None = None,
    strict: bool = False,
    advance: Advance | None = None,
    journal: str | PathLike[str] | Kept | None = None,
) -> BacktestResult:
    """Run a strategy on a recorded market; `result.assumptions` says all that it rests on.

    Args:
        strategy: A class, made with `params`, or an instance, used once.
        data: A recording (a tape, or Binance frames, gzipped or not), or `sample` for the tape
            that ships.
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
        journal: A new file that keeps the run, for `tradecore rerun` and `tradecore compare`.

    Raises:
        InputError: If fees, latency, venue or queue are not named as above.
        StrategyError: If the strategy does not take `params`.
        DataError: If the recording cannot be read, or `strict` and one of its records.
        SimulationError: If the account of the run does not add up to the last digit.
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
        FileExistsError: If there is a journal of this name.
    """
    profile = venue_profile(venue)
    costs, delays = named_fees(fees, profile), named_latency(latency, profile)
    named_queue(queue)
    made = _made(strategy, params)
    recording = _opened(data, profile, instrument)
    if strict and recording.fault is not None:
        raise DataError(f"{recording.fault}: {recording.path}")
    assumed = Assumed(profile, costs, delays, queue, strict)
    with keeping(journal) as kept:
        played = _played(made, recording, assumed, kept, advance)
    return collect(
        played,
        strategy=type(made).__name__,
        recording=recording,
        venue=profile,
        assumptions=assumption_sentences(costs, delays, queue, profile, recording),
    )


def _played(
    strategy: AbstractStrategy,
    recording: Recording,
    assumed: Assumed,
    kept: Kept | None,
    advance: Advance | None,
) -> Played:
    """Play a recording to its end, seen by somebody where the run is kept."""
    trader = Trader([recording.instrument], run_id="backtest", venue=assumed.profile.name)
    simulation = _simulation(recording, trader, assumed)
    host = BacktestHost(simulation, trader, recording.instrument.symbol, assumed.profile.currency)
    container = StrategyContainer(strategy, trader, host)
    onlooker = None
    if kept is not None:
        begin = begin_of(strategy, trader, recording, assumed)
        onlooker = Onlooker(container, trader, simulation, kept=kept, begin=begin)
    began = perf_counter()
    try:
        # It has the face of a container, and hands everything on to one.
        told = container if onlooker is None else cast("StrategyContainer", onlooker)
        host.run(told, strict=assumed.strict, advance=advance)
    except DataError as error:
        raise DataError(f"{error}: {recording.path}") from error
    wall_s = perf_counter() - began
    if onlooker is not None:
        onlooker.finish()
    return Played(simulation, trader, host, container, wall_s)


def _simulation(recording: Recording, trader: Trader, assumed: Assumed) -> Simulation:
    fees, latency = assumed.fees, assumed.latency
    return Simulation(
        recording.source,
        trader,
        symbol=recording.instrument.symbol,
        maker_fee=fees.maker,
        taker_fee=fees.taker,
        feed_latency_ns=latency.feed_ns,
        entry_latency_ns=latency.entry_ns,
        response_latency_ns=latency.response_ns,
        queue=assumed.queue,
    )


def _made(strategy: AnyStrategy, params: Mapping[str, object] | None) -> AbstractStrategy:
    if isinstance(strategy, AbstractStrategy):
        if params is not None:
            raise InputError(
                f"params make a strategy from its class: {type(strategy).__name__} is made already"
            )
        return strategy
    return strategy.from_params(params or {})


def _opened(data: Data, profile: VenueProfile, instrument: Instrument | None) -> Recording:
    if isinstance(data, Recording):
        return data
    path = sample_path() if data == "sample" else Path(data)
    return open_recording(path, instrument=instrument, kind=profile.kind)
