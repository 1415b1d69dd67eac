"""What a backtest runs with: a configuration file, and over it the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.naming import named_fees, named_latency, named_queue
from tradecore.backtest.rules import Demands
from tradecore.backtest.venues import venue_profile
from tradecore.cli.demand_options import Written
from tradecore.config import RunConfig, load
from tradecore.core import InputError, Instrument

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradecore.backtest.assumptions import Fees, Latency, QueueModel
    from tradecore.backtest.venues import VenueProfile

__all__ = ["BacktestSettings", "Options", "gather", "written_params"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was written on the command line; None for what was not."""

    strategy: str | None = None
    data: Sequence[str] = ()
    fees: str | None = None
    latency: str | None = None
    venue: Sequence[str] = ()
    queue: str | None = None
    symbol: str | None = None
    tick_size: str | None = None
    lot_size: str | None = None
    report: Path | None = None
    params: Sequence[str] = ()
    config: Path | None = None
    demands: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSettings:
    """What a backtest runs with, all of it named.

    Args:
        strategy: As `find_strategy` takes it.
        data: One recording or several.
        venues: Whose rules each follows.
        fees: What each charges.
        latency: How far away each is.
        queue: Where orders stand in a queue.
        log_level: From which level on log lines are written.
        folder: Where the strategy's file is looked for first.
        instrument: Whose frames are meant, of one recording.
        report: Where the page goes.
        params: Settings of the strategy.
    """

    strategy: str
    data: tuple[str, ...]
    venues: tuple[str, ...]
    fees: tuple[Fees, ...]
    latency: tuple[Latency, ...]
    queue: QueueModel
    log_level: str
    folder: Path | None = None
    instrument: Instrument | None = None
    report: Path | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    demands: Demands = field(default_factory=Demands)


def gather(options: Options) -> BacktestSettings:
    """Return the settings of the configuration with the command line over them.

    Raises:
        InputError: If something that must be named was named nowhere, or not understood.
        ConfigError: If the configuration has mistakes.
    """
    config = _config(options) if options.config is not None else None
    run = None if config is None else config.run
    strategy = options.strategy or (None if run is None else run.strategy)
    data = tuple(options.data) or (() if run is None else (run.data,))
    if strategy is None:
        raise InputError("a backtest has a strategy: name FILE[:Class], or --config")
    if not data:
        raise InputError(
            "a backtest has data: --data FILE, or --data sample for the one that ships"
        )
    venues = _venues(options.venue or ("binance-usdm" if run is None else run.venue,), data)
    fees = options.fees or (None if config is None else config.fees.model_dump())
    latency = options.latency or (None if config is None else _latency(config))
    folder = None if options.config is None or options.strategy else options.config.parent
    return BacktestSettings(
        strategy=strategy,
        folder=folder,
        data=tuple(_data(one, options.config if not options.data else None) for one in data),
        venues=tuple(venue.name for venue in venues),
        fees=tuple(named_fees(fees, venue) for venue in venues),
        latency=tuple(named_latency(latency, venue) for venue in venues),
        queue=named_queue(options.queue or (DEFAULT_QUEUE if run is None else run.queue)),
        log_level="WARNING" if run is None else run.log_level,
        instrument=_instrument(options, config, venues),
        report=options.report or _report(config),
        params={
            **({} if config is None else config.strategy.params),
            **written_params(options.params),
        },
        demands=options.demands.read(venues[0]),
    )


def _venues(names: Sequence[str], data: Sequence[str]) -> list[VenueProfile]:
    """Return the venue of each recording: one for all, or one for each."""
    if len(names) not in {1, len(data)}:
        raise InputError(
            "venues are named once, or once for each recording in its order: "
            f"venue={len(names)}, data={len(data)}"
        )
    each = list(names) * len(data) if len(names) == 1 else list(names)
    return [venue_profile(name) for name in each]


def _config(options: Options) -> RunConfig:
    """Read the configuration; what the command line names need not stand in it."""
    named = {"run.strategy": options.strategy, "run.data": next(iter(options.data), None)}
    overrides = [f"{key}={value}" for key, value in named.items() if value is not None]
    if options.fees is not None:
        overrides += ["fees.maker=0", "fees.taker=0"]
    if options.latency is not None:
        overrides += ["latency.feed=0", "latency.entry=0", "latency.response=0"]
    return load(RunConfig, options.config, overrides=overrides).settings


def _latency(config: RunConfig) -> dict[str, object]:
    told = config.latency
    return {"feed": told.feed, "entry": told.entry, "response": told.response}


def _data(data: str, config: Path | None) -> str:
    """Return where the data are: beside the configuration that names them, if they are there."""
    if data != "sample" and config is not None and (config.parent / data).is_file():
        return str(config.parent / data)
    return data


def _instrument(
    options: Options, config: RunConfig | None, venues: Sequence[VenueProfile]
) -> Instrument | None:
    told = None if config is None else config.instrument
    symbol = options.symbol or (None if told is None else told.symbol)
    tick = options.tick_size or (None if told is None else told.tick_size)
    lot = options.lot_size or (None if told is None else told.lot_size)
    if symbol is None and tick is None and lot is None:
        return None
    if symbol is None or tick is None or lot is None:
        raise InputError(
            "symbol, tick_size and lot_size are named together or not at all: "
            f"symbol={symbol}, tick_size={tick}, lot_size={lot}"
        )
    if len(venues) > 1:
        raise InputError(
            f"symbol, tick_size and lot_size are of one recording: symbol={symbol}, "
            f"data={len(venues)}"
        )
    return Instrument(symbol, tick_size=tick, lot_size=lot, kind=venues[0].kind)


def _report(config: RunConfig | None) -> Path | None:
    path = None if config is None else config.report.path
    return Path(path) if path else None


def written_params(written: Sequence[str]) -> dict[str, object]:
    """Return settings of a strategy that were written as `key=value`.

    Raises:
        InputError: If one is not.
    """
    params: dict[str, object] = {}
    for text in written:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise InputError(f"a setting is written key=value: {text!r}")
        params[key.strip()] = value.strip()
    return params
