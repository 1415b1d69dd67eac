"""`tradecore backtest`: runs a strategy on a recorded market."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.backtest.listings import RecordedMarket
from tradecore.backtest.lookahead import check_look_ahead
from tradecore.backtest.run import backtest as run_backtest
from tradecore.backtest.samples import sample_path
from tradecore.backtest.venues import venue_profile
from tradecore.cli.backtest_settings import BacktestSettings, Options, gather
from tradecore.cli.backtest_tables import print_result, result_value
from tradecore.cli.demand_options import (
    Balance,
    Funding,
    Outages,
    Rules,
    Seed,
    Volume,
    Written,
)
from tradecore.cli.moments import parse_moment
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.progress import Progress
from tradecore.cli.strategy_file import find_strategy
from tradecore.config import ConfigError, Place, Problem
from tradecore.core import InputError, TapeReader
from tradecore.marketdata import Recording, open_recording
from tradecore.model.errors import StrategyError
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from tradecore.backtest import BacktestResult
    from tradecore.backtest.lookahead import LookAhead
    from tradecore.core import Instrument
    from tradecore.strategy import AbstractStrategy

__all__ = ["backtest"]


Strategy = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE[:Class]", help="The strategy, as file.py[:Class] or package.module:Class."
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        help="Recording: a tape or Binance frames, .gz too; `sample` ships. Again for several."
    ),
]
FeeRates = Annotated[
    str | None, typer.Option(help="`2bps,5bps` (maker, taker), `venue` or `zero`; no default.")
]
Delays = Annotated[
    str | None,
    typer.Option(
        help="`2ms,3ms,3ms` (feed, entry, response), `2ms~9ms,…` (median, 99th percentile),"
        " `recorded:FILE`, `venue` or `zero`; no default."
    ),
]
Venue = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PROFILE",
        help="`binance-usdm`, `binance-spot`, `deribit` or `grvt`; once, or once a recording.",
    ),
]
Queue = Annotated[
    str | None,
    typer.Option(help="`log` (default), `power`, `power-2`, `power-3`, `power:N`, `risk-averse`."),
]
Symbol = Annotated[str | None, typer.Option(help="Whose frames; found unless given.")]
TickSize = Annotated[str | None, typer.Option(help="Step of prices; found likewise.")]
LotSize = Annotated[str | None, typer.Option(help="Step of quantities; likewise.")]
Param = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A strategy's setting.")
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="INI or YAML; options go over it.")
]
Report = Annotated[Path | None, typer.Option(metavar="FILE", help="HTML page to write.")]
Journal = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A new file that keeps the run, for `rerun` and `compare`."),
]
Ahead = Annotated[
    bool,
    typer.Option(
        "--look-ahead",
        help="Run it on parts of the recording, too: does it decide by what comes later?",
    ),
]
Stop = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="When to stop, as `2026-01-05T09:01:30` (UTC) or ns since 1970; `+90s` on a tape.",
    ),
]
Checkpoint = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A new file for the run that is stopped.")
]
Resume = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A run that was stopped: it is played again and goes on."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="End at the first record that cannot be read.")
]


def backtest(
    strategy: Strategy = None,
    *,
    data: Data = None,
    fees: FeeRates = None,
    latency: Delays = None,
    venue: Venue = None,
    queue: Queue = None,
    symbol: Symbol = None,
    tick_size: TickSize = None,
    lot_size: LotSize = None,
    param: Param = None,
    config: Config = None,
    report: Report = None,
    journal: Journal = None,
    look_ahead: Ahead = False,
    strict: Strict = False,
    rules: Rules = "plain",
    funding: Funding = None,
    balance: Balance = None,
    volume: Volume = "0",
    outages: Outages = None,
    seed: Seed = 0,
    stop: Stop = None,
    checkpoint: Checkpoint = None,
    resume: Resume = None,
    json: JsonOption = False,
) -> None:
    """Run a strategy on a recorded market; every assumption is named and printed.

    Ends with 0 when the strategy ran to the end, with 1 when it was halted, a callback raised or a
    decision depends on what comes later.
    """
    options = Options(
        strategy=strategy,
        data=data or (),
        fees=fees,
        latency=latency,
        venue=venue or (),
        queue=queue,
        symbol=symbol,
        tick_size=tick_size,
        lot_size=lot_size,
        report=report,
        params=param or (),
        config=config,
        demands=Written(
            rules=rules,
            funding=funding,
            balance=balance,
            volume=volume,
            outages=outages or (),
            seed=seed,
        ),
    )
    try:
        settings = gather(options)
        kind = find_strategy(settings.strategy, folder=settings.folder)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error
    if look_ahead and len(settings.data) > 1:
        raise typer.BadParameter(f"--look-ahead cuts one recording: --data={len(settings.data)}")
    made = _made(kind, settings, options)
    configure_logging(settings.log_level)
    course = _Course(journal, stop, checkpoint, resume, strict=strict)
    result = _played(made, settings, course, shown=not json)
    found = _ahead(kind, settings, shown=not json) if look_ahead else None
    _tell(result, settings, found, Output(json=json))


@dataclass(frozen=True, slots=True)
class _Course:
    """How far a run goes, and what is kept of it, as it was written."""

    journal: Path | None
    stop: str | None
    checkpoint: Path | None
    resume: Path | None
    strict: bool = field(kw_only=True)

    def stop_ns(self, recordings: list[Recording]) -> int | None:
        """Return when the run stops."""
        if self.stop is None:
            return None
        source = recordings[0].source
        if self.stop.strip()[:1] == "+" and not isinstance(source, TapeReader):
            raise typer.BadParameter(f"a delay behind the start is of a tape: --stop={self.stop}")
        start_ns = source.first_ts_recv_ns if isinstance(source, TapeReader) else 0
        try:
            return parse_moment(self.stop, start_ns=start_ns)
        except InputError as error:
            raise typer.BadParameter(str(error)) from error


def _played(
    made: AbstractStrategy, settings: BacktestSettings, course: _Course, *, shown: bool
) -> BacktestResult:
    recordings = _opened(settings, shown=shown)
    stop_ns = course.stop_ns(recordings)
    size = sum(recording.source.byte_count for recording in recordings)
    with Progress(f"running {type(made).__name__}", total=size, enabled=shown) as bar:
        return run_backtest(
            made,
            data=_markets(settings, recordings),
            queue=settings.queue,
            strict=course.strict,
            advance=bar.update,
            journal=course.journal,
            stop_ns=stop_ns,
            checkpoint=course.checkpoint,
            resume=course.resume,
            **settings.demands.named(),
        )


def _ahead(kind: type[AbstractStrategy], settings: BacktestSettings, *, shown: bool) -> LookAhead:
    with Progress("looking for look-ahead", total=1, enabled=shown):
        return check_look_ahead(
            kind,
            data=settings.data[0],
            params=settings.params,
            venue=settings.venues[0],
            fees=settings.fees[0],
            latency=settings.latency[0],
            queue=settings.queue,
            instrument=settings.instrument,
            **settings.demands.named(),
        )


def _made(
    kind: type[AbstractStrategy], settings: BacktestSettings, options: Options
) -> AbstractStrategy:
    """Make the strategy; what is wrong with its settings is the file's fault or the caller's."""
    try:
        return kind.from_params(settings.params)
    except StrategyError as error:
        if options.config is None or options.params:
            raise typer.BadParameter(str(error)) from error
        place = Place(str(options.config), section="STRATEGY.PARAMS")
        raise ConfigError([Problem(str(error), place)]) from error


def _opened(settings: BacktestSettings, *, shown: bool) -> list[Recording]:
    return [
        _recording(data, venue, settings.instrument, shown=shown)
        for data, venue in zip(settings.data, settings.venues, strict=True)
    ]


def _markets(settings: BacktestSettings, recordings: list[Recording]) -> list[RecordedMarket]:
    named = zip(recordings, settings.venues, settings.fees, settings.latency, strict=True)
    return [
        RecordedMarket(data=data, venue=venue, fees=fees, latency=latency)
        for data, venue, fees, latency in named
    ]


def _recording(data: str, venue: str, instrument: Instrument | None, *, shown: bool) -> Recording:
    path = sample_path() if data == "sample" else Path(data)
    with Progress(f"reading {path.name}", total=path.stat().st_size, enabled=shown) as bar:
        return open_recording(
            path,
            instrument=instrument,
            kind=venue_profile(venue).kind,
            progress=lambda done, _total: bar.update(done),
        )


def _tell(
    result: BacktestResult, settings: BacktestSettings, found: LookAhead | None, out: Output
) -> None:
    written = None if settings.report is None else result.report(settings.report)
    if found is not None:
        out.line(str(found))
    print_result(out, result, written)
    out.value({**result_value(result, written), "look_ahead": found})
    if result.exit_code or not (found is None or found.is_clean):
        raise typer.Exit(1)
