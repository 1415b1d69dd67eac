"""`tradecore demo`: everything at work, offline, in seconds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.backtest.run import backtest
from tradecore.backtest.samples import SAMPLE_SECONDS, generate_sample, sample_path
from tradecore.cli.backtest_tables import print_result, result_value
from tradecore.cli.demo_lines import live_lines, live_value
from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output
from tradecore.core import DataError, InputError
from tradecore.drills.configs import Setup
from tradecore.drills.live import run_live
from tradecore.strategy.samples import AvellanedaStoikov, TwoSidedQuoter
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from tradecore.backtest.result import BacktestResult
    from tradecore.drills.live import LiveRun

__all__ = ["demo"]

# What a market maker by agreement pays at many venues; said in the output like every assumption.
FEES = "0bps,4bps"
#: What trades, and what is tested on the recording that ships: the samples as they are.
LIVE = TwoSidedQuoter
TESTED = AvellanedaStoikov


def demo(
    *,
    report: Annotated[Path, typer.Option(metavar="FILE", help="HTML page to write.")] = Path(
        "tradecore-demo.html"
    ),
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep logs, journal and configuration in an empty DIR."),
    ] = None,
    only_backtest: Annotated[
        bool, typer.Option("--backtest", help="Only the backtest: no process, no socket.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run a market maker on a local exchange through real sockets, hurt the system, measure it.

    A local exchange and the four processes start; the private stream is cut and the trading engine
    killed; then the venue's orders, trades, positions and fees are compared with ours. A backtest
    writes a report. No network, no keys.
    """
    configure_logging("WARNING")
    out = Output(json=json)
    if only_backtest:
        generated_s, result, written = _backtest(report)
        _generated(out, generated_s)
        print_result(out, result, written)
        out.value({"generated_s": generated_s, **result_value(result, written)})
        if result.exit_code:
            raise typer.Exit(result.exit_code)
        return
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise InputError(f"what is kept goes into an empty folder: {keep}")
    out.line("a local exchange, four processes, one market maker; no network, no keys")
    live, folder = _live(keep)
    generated_s, result, written = _backtest(report)
    for line in live_lines(live, LIVE.__name__):
        out.line(line)
    told = result.summary()
    out.line(f"backtest  {TESTED.__name__} on {SAMPLE_SECONDS // 60} min of recorded market:")
    out.line(f"          {told.fills} fills, net {told.pnl.net:+.4f} USDT")
    out.line(f"files     {written}")
    if folder is not None:
        out.line(f"          {folder}/: config/ journal/ up.log exchange.log")
    out.value(
        {
            "live": live_value(live),
            "folder": None if folder is None else str(folder),
            "generated_s": generated_s,
            **result_value(result, written),
        }
    )
    if not live.is_good or result.exit_code:
        raise typer.Exit(result.exit_code or ExitCode.ERROR)


def _live(keep: Path | None) -> tuple[LiveRun, Path | None]:
    """Run the system, and return where its files are, if they are still there.

    They are where they were wanted, or where something went wrong.
    """
    folder = Path(tempfile.mkdtemp(prefix="tradecore-demo-")) if keep is None else keep
    folder.mkdir(parents=True, exist_ok=True)
    setup = Setup(strategy=f"{LIVE.__module__}:{LIVE.__name__}")
    live = run_live(folder.resolve(), setup, clock=SystemClock())
    if keep is None and live.is_good:
        shutil.rmtree(folder)
        return live, None
    return live, folder


def _backtest(report: Path) -> tuple[float, BacktestResult, Path]:
    """Generate the market that ships, run the same class on it, and write the page.

    Raises:
        DataError: If what is generated differs from what ships.
    """
    clock = SystemClock()
    began_ns = clock.monotonic_ns()
    made = generate_sample()
    generated_s = (clock.monotonic_ns() - began_ns) / 1e9
    if made != sample_path().read_bytes():
        raise DataError(
            f"the market that ships is the one its seed generates: {sample_path()} differs"
        )
    result = backtest(TESTED, data="sample", fees=FEES, latency="venue")
    return generated_s, result, result.report(report)


def _generated(out: Output, generated_s: float) -> None:
    out.line(
        f"generated {SAMPLE_SECONDS // 60} minutes of a market through the matching engine in "
        f"{generated_s:.2f} s, byte for byte the one that ships "
        f"({sample_path().stat().st_size:,} bytes)"
    )
    out.line()
