"""`tradecore drill`: a strategy at the local exchange, hurt by one fault after another."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.backtest_settings import written_params
from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.strategy_file import find_strategy
from tradecore.drills.faults import drills_named
from tradecore.drills.faults_run import DrillLimits, run_drills
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.drills.faults import FaultDrill
    from tradecore.drills.verdict import DrillVerdict
    from tradecore.strategy import AbstractStrategy

__all__ = ["drill"]


def drill(
    file: Annotated[
        str, typer.Argument(metavar="FILE[:Class]", help="A strategy: a file, or package.module.")
    ],
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only drills whose names begin so; may be repeated."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A setting of the strategy; may be repeated."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=32, help="Drills that run at once.")] = 3,
    limit_s: Annotated[
        float, typer.Option(min=0, max=600, help="Seconds in which all must be well again.")
    ] = 30.0,
    first_order_s: Annotated[
        float, typer.Option(min=0.1, max=600, help="Seconds in which the first order must come.")
    ] = 10.0,
    seed: Annotated[int, typer.Option(help="Chooses all that is left to chance.")] = 1,
    list_: Annotated[bool, typer.Option("--list", help="Tell what there is, and end.")] = False,
    json: JsonOption = False,
) -> None:
    """Run a strategy at a local exchange through every fault, and say which it came through.

    The strategy is run as it is live: connectors, limits, journal and orders over sockets, in this
    process. Of each fault is told whether the strategy went on or stopped by a rule, whether venue
    and strategy agree about orders, fills and position, and that no order was doubled, lost or
    called rejected that was not. The exit code is 0 if every drill was passed.
    """
    configure_logging("CRITICAL")
    out = Output(json=json)
    drills = drills_named(only or ())
    if list_:
        out.table(["drill", "what happens"], [(one.name, one.summary) for one in drills])
        out.value({"drills": drills})
        return
    kind = find_strategy(file)
    make = partial(kind.from_params, written_params(param or ()))
    # Settings that the strategy does not take are told before anything is opened.
    make()
    limits = DrillLimits(
        first_order_ms=round(first_order_s * 1_000), recovery_ms=round(limit_s * 1_000)
    )
    verdicts = asyncio.run(_run(out, drills, make, limits=limits, jobs=jobs, seed=seed))
    failed = [verdict.drill for verdict in verdicts if not verdict.is_passed]
    out.line(
        f"{len(verdicts) - len(failed)} of {len(verdicts)} passed"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    out.value({"passed": not failed, "verdicts": verdicts})
    if failed:
        raise typer.Exit(ExitCode.ERROR)


async def _run(
    out: Output,
    drills: Sequence[FaultDrill],
    make: Callable[[], AbstractStrategy],
    *,
    limits: DrillLimits,
    jobs: int,
    seed: int,
) -> list[DrillVerdict]:
    """Run drills and print each verdict when it is there."""
    verdicts: list[DrillVerdict] = []
    wide = max(len(one.name) for one in drills)
    running = run_drills(drills, make, clock=SystemClock(), limits=limits, jobs=jobs, seed=seed)
    async for verdict in running:
        word = "pass" if verdict.is_passed else "FAIL"
        out.line(f"{word}  {verdict.drill:{wide}}  {verdict.reason}")
        verdicts.append(verdict)
    order = {one.name: place for place, one in enumerate(drills)}
    return sorted(verdicts, key=lambda verdict: order[verdict.drill])
