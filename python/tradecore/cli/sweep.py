"""`tradecore sweep`: runs a strategy with many settings over every core."""

from __future__ import annotations

import csv
import json as json_text
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.backtest.naming import named_queue
from tradecore.backtest.samples import sample_path
from tradecore.backtest.sweep import RUNS_MAX
from tradecore.backtest.sweep import sweep as run_sweep
from tradecore.backtest.venues import venue_profile
from tradecore.cli.backtest_settings import written_params
from tradecore.cli.demand_options import (
    Balance,
    Funding,
    Outages,
    Rules,
    Seed,
    Volume,
    Written,
)
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.progress import Progress
from tradecore.cli.strategy_file import find_strategy
from tradecore.core import InputError
from tradecore.marketdata import open_recording
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.sweep import SweepResult
    from tradecore.backtest.sweep.points import Params

__all__ = ["points_of", "sweep"]

_ROWS_SHOWN: Final = 20
_SAMPLES: Final = {
    "two_sided": "tradecore.strategy.samples:TwoSidedQuoter",
    "avellaneda_stoikov": "tradecore.strategy.samples:AvellanedaStoikov",
}

Strategy = Annotated[
    str,
    typer.Argument(
        metavar="STRATEGY",
        help="`two_sided`, `avellaneda_stoikov`, file.py[:Class] or package.module:Class.",
    ),
]
Data = Annotated[str, typer.Option(help="Recording, as `backtest` has it; `sample` ships.")]
FeeRates = Annotated[str | None, typer.Option(help="As `backtest` has it; no default.")]
Delays = Annotated[str | None, typer.Option(help="As `backtest` has it; no default.")]
Venue = Annotated[str, typer.Option(help="As `backtest` has it; one.")]
Queue = Annotated[str, typer.Option(help="As `backtest` has it.")]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="KEY=VALUES",
        help="A setting's values: `0.1,0.2,0.4`, or `0.1:0.5:0.1` (first, last, step).",
    ),
]
Fixed = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One for every run.")
]
Points = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings of each run instead: .csv, or .json (a list)."),
]
Workers = Annotated[int | None, typer.Option(help="At once; as many as cores unless given.")]
Python = Annotated[
    bool, typer.Option("--python", help="Run the Python class, also where a compiled twin is.")
]
Rank = Annotated[str, typer.Option(help="The measure by which rows are shown, largest first.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Table to write: .csv or .json.")]


def sweep(
    strategy: Strategy,
    *,
    data: Data,
    fees: FeeRates = None,
    latency: Delays = None,
    venue: Venue = "binance-usdm",
    queue: Queue = "log",
    vary: Vary = None,
    fixed: Fixed = None,
    points: Points = None,
    workers: Workers = None,
    python: Python = False,
    rules: Rules = "plain",
    funding: Funding = None,
    balance: Balance = None,
    volume: Volume = "0",
    outages: Outages = None,
    seed: Seed = 0,
    rank: Rank = "net",
    out: Out = None,
    json: JsonOption = False,
) -> None:
    """Run a strategy once for each combination of settings, over every core.

    Ends with 0 when every run went to its end, with 1 when one was refused, halted or failed: the
    table has the reason, and the others all the same.
    """
    configure_logging("ERROR")
    written_demands = Written(
        rules=rules,
        funding=funding,
        balance=balance,
        volume=volume,
        outages=outages or (),
        seed=seed,
    )
    try:
        params = points_of(vary or (), fixed or (), points)
        kind = find_strategy(_SAMPLES.get(strategy, strategy))
        path = sample_path() if data == "sample" else Path(data)
        profile = venue_profile(venue)
        demands = written_demands.read(profile)
        recording = open_recording(path, kind=profile.kind)
        with Progress(f"running {kind.__name__}", total=_WHOLE, enabled=not json) as bar:
            result = run_sweep(
                kind,
                data=recording,
                params=params,
                venue=venue,
                fees=fees,
                latency=latency,
                queue=named_queue(queue),
                demands=demands,
                workers=workers,
                compiled=not python,
                advance=lambda done, total: bar.update(done * _WHOLE // total),
            )
        best = result.ranked(rank)
        written = None if out is None else result.write(out)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error
    _tell(Output(json=json), result, best.tolist()[:_ROWS_SHOWN], rank, written)
    if result.errors:
        raise typer.Exit(1)


_WHOLE: Final = 1_000
"""Parts of a bar."""


def points_of(vary: Sequence[str], fixed: Sequence[str], points: Path | None) -> Params:
    """Return what `tc.sweep` takes of what was written.

    Raises:
        InputError: If it is no grid and no list, or both.
        OSError: If the file cannot be read.
    """
    same = written_params(fixed)
    if points is not None:
        if vary:
            raise InputError("a sweep has --vary or --points, not both")
        return [{**same, **row} for row in _listed(points)]
    grid = {name: _values(name, str(text)) for name, text in written_params(vary).items()}
    return {**same, **grid}


def _listed(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    try:
        rows = json_text.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(f"a list of settings is .csv, or JSON: {error}, path={path}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"a list of settings is a JSON list of objects: path={path}")
    return rows


def _values(name: str, text: str) -> list[object]:
    parts = text.split(":")
    if len(parts) != _RANGE:
        return [part.strip() for part in text.split(",")]
    try:
        first, last, step = (Decimal(part.strip()) for part in parts)
        count = int((last - first) // step) + 1
    except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError) as error:
        raise InputError(f"values are first:last:step: {name}={text}") from error
    if not (step > 0 and 1 <= count <= RUNS_MAX):
        raise InputError(f"first:last:step are 1 to {RUNS_MAX} values: {name}={text}")
    return [first + step * number for number in range(count)]


_RANGE: Final = 3


def _tell(
    out: Output, result: SweepResult, best: Sequence[tuple[object, ...]], rank: str, to: Path | None
) -> None:
    names = result.table.dtype.names or ()
    shown = list(dict.fromkeys((*result.settings, rank, "net", "fees", "fills", "drawdown")))
    how = "compiled" if result.was_compiled else "in processes"
    out.line(f"{len(result)} runs, {how}; by {rank}, {len(best)} shown")
    rows = [[_cell(row[names.index(name)]) for name in shown] for row in best]
    out.table(shown, rows, right=shown)
    for sentence in result.assumptions:
        out.line(f"  {sentence}")
    for error in result.errors[:_ROWS_SHOWN]:
        out.line(error)
    if to is not None:
        out.line(f"table: {to}")
    out.value(
        {
            "runs": result.rows(),
            "settings": result.settings,
            "assumptions": result.assumptions,
            "table": None if to is None else str(to),
        }
    )


def _cell(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
