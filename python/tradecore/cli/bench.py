"""`tradecore bench`: what the core does in a second on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from tradecore.cli.machine import describe_machine
from tradecore.cli.measures import CALLS, ROUNDS, Figure, every_figure
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.progress import Progress
from tradecore.core import BUILD_PROFILE, __version__
from tradecore.telemetry.clock import SystemClock

__all__ = ["bench"]


def bench(
    *,
    rounds: Annotated[
        int, typer.Option(min=1, max=1_000, help="Rounds; the median is shown.")
    ] = ROUNDS,
    calls: Annotated[int, typer.Option(min=1, max=10_000_000, help="Calls in a round.")] = CALLS,
    json: JsonOption = False,
) -> None:
    """Measure the core on this machine: medians, in a few seconds."""
    out = Output(json=json)
    machine = describe_machine(__version__)
    figures: list[Figure] = []
    with Progress("measuring", enabled=not json) as progress:
        for figure in every_figure(SystemClock(), rounds=rounds, calls=calls):
            figures.append(figure)
            progress.update(len(figures))
    where = f" at {machine.commit}" if machine.commit else ""
    out.line(f"{machine.cpu}, {machine.cores} cores, {machine.system}, python {machine.python}")
    out.line(f"tradecore {machine.tradecore}{where}, {BUILD_PROFILE} build")
    out.line(f"median of {rounds} rounds of {calls:,} calls")
    out.line()
    out.table(
        ["what", "ns", "per second", "ratio", "baseline"],
        [_cells(figure) for figure in figures],
        right=["ns", "per second", "ratio"],
    )
    out.value(
        {
            "machine": machine,
            "build": BUILD_PROFILE,
            "rounds": rounds,
            "calls": calls,
            "figures": figures,
        }
    )


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    ratio = "" if figure.baseline_ns is None else f"{figure.baseline_ns / figure.ns:.1f} x"
    baseline = figure.baseline_name
    if figure.baseline_ns is not None:
        baseline = f"{figure.baseline_ns:,.0f} ns: {baseline}"
    return figure.name, f"{figure.ns:,.0f}", f"{figure.per_second:,.0f}", ratio, baseline
