"""`tc.backtest`: a strategy on a recorded market, with everything it assumes named."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.course import Course, played
from tradecore.backtest.listings import listed
from tradecore.backtest.rules import Asked
from tradecore.core import InputError
from tradecore.strategy import AbstractStrategy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from os import PathLike

    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.host import Advance
    from tradecore.backtest.listings import Data, RecordedMarket
    from tradecore.backtest.naming import FeesLike, LatencyLike
    from tradecore.backtest.recorded import Kept
    from tradecore.backtest.result import BacktestResult
    from tradecore.backtest.rules import FundingLike, Outage, RulesWord
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
    rules: RulesWord = "plain",
    funding: FundingLike | None = None,
    balance: Decimal | str | int | None = None,
    volume: Decimal | str | int = 0,
    outages: Sequence[Outage] = (),
    seed: int = 0,
    stop_ns: int | None = None,
    checkpoint: str | PathLike[str] | None = None,
    resume: str | PathLike[str] | None = None,
    journal: str | PathLike[str] | Kept | None = None,
) -> BacktestResult:
    """Run a strategy on a recorded market; `result.assumptions` says all that it rests on.

    Args:
        strategy: A class, made with `params`, or an instance, used once.
        data: A recording, or `sample`; or several, also as `RecordedMarket`, on one clock.
        venue: Whose rules the recording follows, one of `VENUES`.
        fees: `Fees`, `2bps,5bps` (maker, taker), `venue` (its dated profile) or `zero`; named.
        latency: `Latency`, `2ms,3ms,3ms` (feed, order entry, response), `venue` or `zero`; named.
            `2ms~10ms` is drawn with that median and 99th percentile, `recorded:FILE` measured.
        queue: Where a resting order stands as others cancel: of `QUEUE_MODELS`, or `power:N`.
        instrument: Whose frames are meant, in whose steps; taken from the recording if not given.
        params: Settings of the strategy's `Config`, checked by it.
        strict: Whether a record that cannot be read ends the run.
        advance: Told now and then how many bytes of the recording are done.
        rules: `venue` for its profile's limits of requests, bounds of orders, self-trade rule.
        funding: `0.01%/8h`, `0.01%` at the venue's interval, or recorded payments; unless given
            as the recording tells.
        balance: What the account starts with; margin is checked then, else it may owe anything.
        volume: What the account traded in the 30 days before, for the tiers of its fees.
        outages: When the venue takes no commands, in order of time and apart.
        seed: Where the draws of latency start from.
        stop_ns: When to stop, in nanoseconds since 1970, leaving everything as it stands.
        checkpoint: A new file for the run that was stopped.
        resume: The file of a run that was stopped: it is played again, compared, and goes on.
        journal: A new file that keeps the run, for `tradecore rerun` and `tradecore compare`.

    Raises:
        InputError: If something is not named as above, or a journal not of a whole run.
        StrategyError: If the strategy does not take `params`.
        DataError: If a recording, or with `strict` a record, cannot be read; if a run that is
            resumed came another way.
        SimulationError: If the account of the run does not add up to the last digit.
        OSError: If a file cannot be read; `FileExistsError` if there is a journal of this name.
    """
    named = listed(
        data,
        venue=venue,
        fees=fees,
        latency=latency,
        queue=queue,
        instrument=instrument,
        asked=Asked(rules, funding, balance, volume, outages, seed),
    )
    course = Course(strict, advance, stop_ns, checkpoint, resume, journal)
    return played(_made(strategy, params), named, course)


def _made(strategy: AnyStrategy, params: Mapping[str, object] | None) -> AbstractStrategy:
    if isinstance(strategy, AbstractStrategy):
        if params is not None:
            raise InputError(
                f"params make a strategy from its class: {type(strategy).__name__} is made already"
            )
        return strategy
    return strategy.from_params(params or {})
