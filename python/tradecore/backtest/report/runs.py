"""One page of several runs: their key figures in columns, their equity in one chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tradecore.backtest.report import facts, svg
from tradecore.backtest.report.figures import ABSENT, bps, count, money, number, percent
from tradecore.backtest.report.heatmap import MAPS_MAX, heat_maps
from tradecore.backtest.report.markup import Markup, join, tag
from tradecore.backtest.report.page import page_of
from tradecore.backtest.report.sections import section
from tradecore.backtest.report.series import path
from tradecore.backtest.report.tables import table
from tradecore.backtest.report.timecharts import Panel, both, time_chart
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tradecore.backtest.report.heatmap import Sweep
    from tradecore.backtest.report.scale import Scale, TimeScale
    from tradecore.backtest.report.source import Result

__all__ = ["RUNS_MAX", "render_runs", "write_runs"]

RUNS_MAX: Final = 8
"""Runs that have a column and a line; a sweep of more is a map."""


def render_runs(
    runs: Mapping[str, Result], *, sweep: Sweep | None = None, title: str = "Runs beside each other"
) -> str:
    """Return the page as text; equal runs give equal pages.

    Args:
        runs: Results by the name of their column; may be empty beside a sweep.
        sweep: Many runs by their settings.
        title: What the page is called.

    Raises:
        InputError: If there are neither runs nor a sweep, or more runs than `RUNS_MAX`.
    """
    if len(runs) > RUNS_MAX or not (runs or sweep):
        raise InputError(
            f"a page of runs has 1 to {RUNS_MAX}, or a sweep: runs={len(runs)}, "
            f"sweep={'one' if sweep else None}"
        )
    parts = [
        _header(title, runs),
        _notice(runs),
        _figures(runs) if runs else None,
        _equity(runs) if any(run.equity.size for run in runs.values()) else None,
        _sweep(sweep) if sweep is not None else None,
        _assumptions(runs) if runs else None,
    ]
    return page_of(title, parts)


def write_runs(
    path: Path,
    runs: Mapping[str, Result],
    *,
    sweep: Sweep | None = None,
    title: str = "Runs beside each other",
) -> Path:
    """Write the page to `path`, making its folder when there is none, and return `path`.

    Raises:
        InputError: As `render_runs`.
        OSError: If the file cannot be written.
    """
    text = render_runs(runs, sweep=sweep, title=title)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _header(title: str, runs: Mapping[str, Result]) -> Markup:
    """Return the title, and what all runs have in common."""
    shared = [
        (name.capitalize(), values.pop())
        for name in _COMMON
        if len(values := {run.meta.get(name, "") for run in runs.values()}) == 1 and values != {""}
    ]
    return tag(
        "header",
        tag("p", "Backtest report", class_="overline"),
        tag("h1", title),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in shared))
        if shared
        else None,
    )


def _notice(runs: Mapping[str, Result]) -> Markup | None:
    """Return what must be known first, each finding once with the runs it is of."""
    found: dict[str, list[str]] = {}
    for name, run in runs.items():
        for finding in run.diagnosis:
            found.setdefault(finding, []).append(name)
    if not found:
        return None
    is_bad = any(run.summary().halted or not run.fills.size for run in runs.values())
    return tag(
        "section",
        tag("h2", "Before you read the figures"),
        tag(
            "ul",
            *(
                tag("li", "every run" if len(names) == len(runs) else ", ".join(names), ": ", text)
                for text, names in found.items()
            ),
        ),
        class_=f"notice {'error' if is_bad else 'warning'}",
        aria_label="Diagnosis",
    )


def _figures(runs: Mapping[str, Result]) -> Markup:
    results = list(runs.values())
    rows = [
        (name.capitalize(), *cells)
        for name in _COMMON
        if len(set(cells := [run.meta.get(name, ABSENT) for run in results])) > 1
    ]
    rows += [
        (name, *cells)
        for name, read in _MEASURES
        if any(cells := [read(run) for run in results]) and set(cells) != {ABSENT}
    ]
    heads = [
        join(tag("span", class_=f"swatch run{number_}"), f" {name}")
        for number_, name in enumerate(runs)
    ]
    return section("Key figures", table("Each run, in its settlement currency", ("", *heads), rows))


def _equity(runs: Mapping[str, Result]) -> Markup:
    spans = [span for run in runs.values() if (span := facts.span(run))]
    span_ns = (min(span[0] for span in spans), max(span[1] for span in spans))
    lines = [(name, run.equity) for name, run in runs.items()]
    first_name, first = lines[0]

    def overlay(x: TimeScale, y: Scale) -> Markup:
        drawn = (
            svg.line(
                path(rows["ts_ns"], rows["equity"], x, y, width=int(x.end - x.start)),
                kind=f"run{at}",
                name=name,
            )
            for at, (name, rows) in enumerate(lines)
            if at
        )
        return join(*drawn)

    panel = Panel(
        first_name,
        next(iter(runs.values())).meta.get("currency", ""),
        first["ts_ns"],
        first["equity"],
        "run0",
        300,
        zero=True,
        also=np.concatenate([rows["equity"] for _, rows in lines[1:]] or [np.empty(0)]),
        overlay=overlay,
        heading="Equity",
    )
    legend = [
        tag("span", tag("span", class_=f"swatch run{at}"), name)
        for at, (name, _) in enumerate(lines)
    ]
    return section(
        "Equity",
        both(
            lambda width: time_chart(
                [panel], span_ns=span_ns, width=width, label="Equity of each run over time"
            ),
            tail=tag("figcaption", *legend, class_="legend"),
        ),
        note="Cash plus position at the mid, after fees.",
    )


def _sweep(sweep: Sweep) -> Markup:
    maps = heat_maps(sweep)
    unit = f" ({sweep.unit})" if sweep.unit else ""
    note = (
        f"{sweep.measure}{unit} of {count(len(sweep.rows))} runs: the mean over all other "
        "settings. The strongest colour is the largest amount; the framed square is the best."
    )
    if len(maps) == MAPS_MAX:
        note += f" The first {MAPS_MAX} pairs of settings are drawn."
    return section(
        "Settings",
        tag("div", *maps, class_="pair maps" if len(maps) > 1 else "maps")
        if maps
        else tag("p", "No setting has more than one value.", class_="absent"),
        note=note,
    )


def _assumptions(runs: Mapping[str, Result]) -> Markup:
    every = [set(run.assumptions) for run in runs.values()]
    shared = set.intersection(*every)
    common = [text for text in next(iter(runs.values())).assumptions if text in shared]
    own = [
        (name, [text for text in run.assumptions if text not in shared])
        for name, run in runs.items()
    ]
    return section(
        "What these runs assumed",
        tag("ul", *(tag("li", text) for text in common), class_="assumptions"),
        *(
            join(tag("h3", f"Only {name}"), tag("ul", *(tag("li", text) for text in texts)))
            for name, texts in own
            if texts
        ),
    )


def _maybe(value: float | None, show: Callable[[float], str]) -> str:
    return ABSENT if value is None else show(value)


_COMMON: Final = ("strategy", "data", "venue", "symbol", "currency", "period")
_MEASURES: Final[tuple[tuple[str, Callable[[Result], str]], ...]] = (
    ("Net profit", lambda run: money(run.summary().pnl.net, signed=True)),
    ("Spread", lambda run: money(run.summary().pnl.spread, signed=True)),
    ("Inventory", lambda run: money(run.summary().pnl.inventory, signed=True)),
    ("Fees", lambda run: money(-run.summary().pnl.fees, signed=True)),
    ("Funding", lambda run: money(run.summary().pnl.funding, signed=True)),
    ("Return", lambda run: _maybe(run.summary().performance.total_return, lambda v: percent(v, 3))),
    ("Sharpe ratio, a year", lambda run: _maybe(run.summary().performance.sharpe, number)),
    ("Sortino ratio, a year", lambda run: _maybe(run.summary().performance.sortino, number)),
    ("Worst drawdown", lambda run: money(-run.summary().performance.drawdown)),
    (
        "Turnover, times the capital",
        lambda run: _maybe(run.summary().performance.turnover, lambda v: number(v, 1)),
    ),
    ("Orders", lambda run: count(run.orders.size)),
    ("Fills", lambda run: count(run.fills.size)),
    ("Fill ratio", lambda run: _maybe(run.summary().performance.fill_ratio, percent)),
    *(
        (
            f"Markout after {seconds} s",
            lambda run, seconds=seconds: _maybe(
                run.summary().performance.markout_bps.get(seconds), bps
            ),
        )
        for seconds in (1, 5, 30)
    ),
    ("Orders refused", lambda run: count(sum(facts.order_facts(run).refusals.values()))),
    ("Orders denied", lambda run: count(sum(run.denials.values()))),
)
