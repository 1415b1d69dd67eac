"""`tradecore demo`: everything at work, offline, in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradecore.backtest.run import backtest
from tradecore.backtest.samples import SAMPLE_SECONDS, generate_sample, sample_path
from tradecore.cli.backtest_tables import print_result, result_value
from tradecore.cli.output import JsonOption, Output
from tradecore.core import DataError
from tradecore.strategy.samples import AvellanedaStoikov
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

__all__ = ["demo"]

# What a market maker by agreement pays at many venues; said in the output like every assumption.
FEES = "0bps,4bps"


def demo(
    *,
    report: Annotated[Path, typer.Option(metavar="FILE", help="HTML page to write.")] = Path(
        "tradecore-demo.html"
    ),
    json: JsonOption = False,
) -> None:
    """Generate a market, run a market maker on it, write a report; no network, no keys."""
    configure_logging("WARNING")
    out = Output(json=json)
    clock = SystemClock()
    began_ns = clock.monotonic_ns()
    made = generate_sample()
    generated_s = (clock.monotonic_ns() - began_ns) / 1e9
    if made != sample_path().read_bytes():
        raise DataError(
            f"the market that ships is the one its seed generates: {sample_path()} differs"
        )
    out.line(
        f"generated {SAMPLE_SECONDS // 60} minutes of a market through the matching engine in "
        f"{generated_s:.2f} s, byte for byte the one that ships ({len(made):,} bytes)"
    )
    out.line()
    result = backtest(AvellanedaStoikov, data="sample", fees=FEES, latency="venue")
    written = result.report(report)
    print_result(out, result, written)
    out.value({"generated_s": generated_s, **result_value(result, written)})
    if result.exit_code:
        raise typer.Exit(result.exit_code)
