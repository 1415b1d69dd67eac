"""`tradecore calibrate`: which queue model fills as the market would have."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.backtest.assumptions import QUEUE_MODELS
from tradecore.backtest.calibration import (
    HORIZONS_S,
    Shadows,
    calibrate_generated,
    calibrate_lobster,
)
from tradecore.cli.output import JsonOption, Output
from tradecore.config.quantities import format_duration, parse_duration
from tradecore.core import InputError
from tradecore.marketdata import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.backtest.calibration import Calibration

__all__ = ["calibrate"]

Lobster = Annotated[
    Path | None,
    typer.Option(metavar="MESSAGES", help="A LOBSTER message file instead of generated flow."),
]
Books = Annotated[
    Path | None, typer.Option(metavar="BOOKS", help="Its order book file, with --lobster.")
]
Duration = Annotated[str, typer.Option(help="How long a generated market lasts.")]
Seed = Annotated[int, typer.Option(min=0, help="Chooses all that is left to chance.")]
Every = Annotated[str, typer.Option(help="One shadow order in this time.")]
Life = Annotated[str, typer.Option(help="How long a shadow order waits.")]
Behind = Annotated[
    int, typer.Option(min=0, max=1_000, help="Ticks behind the best price at most, by chance.")
]


def calibrate(
    *,
    lobster: Lobster = None,
    books: Books = None,
    duration: Duration = "10m",
    seed: Seed = 1,
    every: Every = "100ms",
    life: Life = "10s",
    behind: Behind = 1,
    json: JsonOption = False,
) -> None:
    """Judge queue models by orders whose true fate is known.

    Shadow orders of one lot, which nobody sees and which take nothing from anybody, stand in a
    market of which every order is known. Each queue model of a backtest guesses what becomes of
    them from depth, trades and best prices alone.
    """
    if (lobster is None) != (books is None):
        raise typer.BadParameter("a LOBSTER recording is two files: --lobster and --books")
    try:
        shadows = Shadows(
            every_ns=parse_duration(every), life_ns=parse_duration(life), behind=behind
        )
        if lobster is None or books is None:
            seconds = parse_duration(duration) // 1_000_000_000
            told = calibrate_generated(seed=seed, duration_s=seconds, shadows=shadows)
        else:
            told = calibrate_lobster(
                read_file(lobster).data, read_file(books).data, seed=seed, shadows=shadows
            )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    except InputError as error:
        raise typer.BadParameter(str(error)) from error
    out = Output(json=json)
    out.value(told)
    _print(out, told, shadows)


def _print(out: Output, told: Calibration, shadows: Shadows) -> None:
    out.line(
        f"{told.market}: {told.shadows:,} shadow orders, one each "
        f"{format_duration(shadows.every_ns)}, {format_duration(shadows.life_ns)} to trade, "
        f"at most {shadows.behind} ticks behind the best price"
    )
    if told.unreadable:
        out.line(f"left out: {told.unreadable:,} lines that could not be read")
    out.line()
    headings = ["model", "fills", "error", "missed", "invented", "misjudged", "median wait"]
    headings += [f"after {seconds} s" for seconds in HORIZONS_S]
    out.table(headings, _rows(told), right=headings[1:])
    out.line()
    out.line("after N s: how far the middle went for a fill, in ticks; in brackets against truth")
    for model, words in QUEUE_MODELS.items():
        out.line(f"  {model}: {words}")
    out.line(f"least misjudged: {told.best}")


def _rows(told: Calibration) -> Iterator[list[str]]:
    yield [
        "(truth)",
        f"{told.true_fills:,}",
        *[""] * 4,
        f"{told.true_wait_ms:,.0f} ms",
        *("" if isnan(gain) else f"{gain:+.2f}" for gain in told.true_markouts),
    ]
    for error in told.models:
        yield [
            error.model,
            f"{error.fills:,}",
            f"{error.fills_error:+.1%}",
            f"{error.missed:,}",
            f"{error.invented:,}",
            f"{error.misjudged:.1%}",
            f"{error.wait_ms:,.0f} ms",
            *(
                "" if isnan(gain) else f"{gain:+.2f} ({bias:+.2f})"
                for gain, bias in zip(error.markouts, error.markout_bias, strict=True)
            ),
        ]
