"""The parts of the page below the key figures, each a heading with its charts or tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tradecore.backtest.report import facts, svg, tables
from tradecore.backtest.report.barcharts import Step, markout_chart, waterfall
from tradecore.backtest.report.figures import count, counted, moment, number
from tradecore.backtest.report.markup import Markup, join, tag
from tradecore.backtest.report.series import thin
from tradecore.backtest.report.timecharts import HALF, Panel, both, time_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.report.facts import OrderFacts, Rows
    from tradecore.backtest.report.scale import Array, Scale, TimeScale
    from tradecore.backtest.report.source import Result, Totals

RECORDS_MAX = 12
# Pixels between two markers of the same kind: denser ones would only hide each other.
MARK_SPACING = 5.0

_KINDS = {
    "new": "New order, simulated",
    "modify": "Modify, simulated",
    "cancel": "Cancel, simulated",
    "callback": "One callback, measured",
}
_MARKS = (
    (1, 0, "maker-buy", "bought as maker"),
    (1, 1, "taker-buy", "bought as taker"),
    (-1, 0, "maker-sell", "sold as maker"),
    (-1, 1, "taker-sell", "sold as taker"),
)


def section(
    title: str, *children: Markup | None, note: str | None = None, kind: str = ""
) -> Markup:
    """Return a card with a heading and, under it, a sentence on how to read it."""
    return tag(
        "section",
        tag("h2", title),
        tag("p", note, class_="how") if note else None,
        *children,
        class_=f"card {kind}".rstrip(),
    )


def equity_section(result: Result, span_ns: tuple[int, int], *, currency: str) -> Markup:
    """Return equity, drawdown and position over time."""
    rows = result.equity
    times, equity = rows["ts_ns"], rows["equity"]
    panels = [
        Panel(
            "Equity", currency, times, equity, "equity", 220, zero=_near_zero(equity), filled=True
        ),
        Panel(
            "Drawdown",
            currency,
            times,
            facts.drawdown(equity),
            "drawdown",
            90,
            zero=True,
            filled=True,
        ),
        Panel("Position", "base", times, rows["position"], "position", 110, steps=True, zero=True),
    ]
    return section(
        "Equity, drawdown and position",
        both(
            lambda width: time_chart(
                panels,
                span_ns=span_ns,
                width=width,
                label="Equity, drawdown and position over time",
            )
        ),
        note="Equity is cash plus position at the mid, after fees. Drawdown is the distance to the "
        "highest equity so far.",
    )


def _near_zero(values: Array) -> bool:
    """Whether zero belongs on the axis: not when equity starts from a large balance."""
    finite = values[np.isfinite(values)]
    return bool(finite.size == 0 or np.abs(finite).min() <= np.ptp(finite))


def price_section(result: Result, span_ns: tuple[int, int], *, currency: str) -> Markup:
    """Return the mid with a marker for each fill."""
    fills, equity = result.fills, result.equity
    shown = [0]

    def overlay(x: TimeScale, y: Scale) -> Markup:
        drawn, number_drawn = _markers(fills, x, y)
        shown[0] = max(shown[0], number_drawn)
        return drawn

    panel = Panel(
        "Mid",
        currency,
        equity["ts_ns"],
        equity["mid"],
        "mid",
        300,
        also=fills["price"].astype(np.float64),
        overlay=overlay,
    )
    chart = both(
        lambda width: time_chart(
            [panel],
            span_ns=span_ns,
            width=width,
            label=f"Mid price over time with {counted(fills.size, 'fill')}",
        ),
        tail=_marker_legend() if fills.size else None,
    )
    note = f"{counted(fills.size, 'fill')}; a triangle points at the price of each."
    if not fills.size:
        note = "There was no fill; the line is the mid."
    if shown[0] < fills.size:
        note += f" {count(shown[0])} are drawn where more would hide each other."
    return section("Fills on price", chart, note=note)


def _markers(fills: Rows, x: TimeScale, y: Scale) -> tuple[Markup, int]:
    across = x.at(fills["ts_ns"])
    kinds = fills["side"].astype(np.int64) * 2 + fills["liquidity"]
    kept = thin(across, kinds, spacing=MARK_SPACING)
    rows = fills[kept]
    names = {(side, liquidity): (kind, word) for side, liquidity, kind, word in _MARKS}
    marks = []
    for at, height, row in zip(
        across[kept].tolist(), y.at(rows["price"]).tolist(), rows, strict=True
    ):
        side = 1 if row["side"] > 0 else -1
        kind, word = names[side, 1 if row["liquidity"] else 0]
        tip = f"{moment(int(row['ts_ns']))}: {word} {row['quantity']:.10g} at {row['price']:.10g}"
        if np.isfinite(height):
            marks.append(svg.triangle(at, height, up=side > 0, kind=kind, tip=tip))
    return join(*marks), len(marks)


def _marker_legend() -> Markup:
    items = [
        tag(
            "span",
            tag(
                "svg",
                svg.triangle(6, 2 if side > 0 else 9, up=side > 0, kind=kind, tip=""),
                viewBox="0 0 12 11",
                class_="key",
            ),
            word,
        )
        for side, _, kind, word in _MARKS
    ]
    return tag("figcaption", *items, class_="legend")


def profit_section(totals: Totals, *, currency: str) -> Markup:
    """Return the split of the profit, and how much of it moved against the fills."""
    split = totals.pnl
    steps = [
        Step("Spread", float(split.spread)),
        Step("Inventory", float(split.inventory)),
        Step("Fees", -float(split.fees)),
        Step("Funding", float(split.funding)),
        Step("Net", float(split.net), "sum"),
    ]
    moved = [
        Step(f"Within {horizon} s", float(amount), "apart")
        for horizon, amount in sorted(totals.adverse_selection.items())
    ]
    return section(
        f"Where the profit came from ({currency})",
        both(lambda w: waterfall(steps, width=w, label=_spoken("Profit", steps)), wide=HALF),
        tag("h3", "Adverse selection") if moved else None,
        both(
            lambda w: waterfall(moved, width=w, label=_spoken("Adverse selection", moved)),
            wide=HALF,
        )
        if moved
        else None,
        note="Spread is the gain against the mid at each fill, inventory what the position made as "
        "the mid moved on. Adverse selection is the part of the latter right after the fills: "
        "negative when the market moved against them.",
    )


def _spoken(name: str, steps: Sequence[Step]) -> str:
    return f"{name}: " + ", ".join(f"{s.name} {number(s.amount, 2, signed=True)}" for s in steps)


def markout_section(fills: Rows) -> Markup:
    """Return what fills were worth some seconds later, by side."""
    groups = {
        "all fills": fills,
        "buys": fills[fills["side"] > 0],
        "sells": fills[fills["side"] < 0],
    }
    curves = {name: facts.markout(rows) for name, rows in groups.items() if rows.size}
    legend = [tag("span", tag("span", class_=f"swatch {name.split()[0]}"), name) for name in curves]
    return section(
        "What fills were worth later",
        both(
            lambda width: markout_chart(curves, width=width),
            wide=HALF,
            tail=tag("figcaption", *legend, class_="legend"),
        ),
        note="A maker starts above zero by half the spread; the fall is adverse selection. "
        "Whiskers are 95 % confidence intervals of all fills. A fill too close to the end of the "
        "recording is left out.",
    )


def order_section(result: Result, orders: OrderFacts) -> Markup:
    """Return the statistics of orders, refusals and waiting times."""
    return section(
        "Orders",
        tables.order_table(orders, denied=sum(result.denials.values())),
        tables.refusal_table(result.denials, orders.refusals),
        tables.queue_table(result.summary().queue),
        tables.duration_table(
            "How long orders waited",
            [
                ("Submitted to accepted", orders.acknowledged),
                ("Accepted to first fill", orders.first_fill),
                ("Accepted to the end", orders.life),
            ],
        ),
    )


def latency_section(result: Result) -> Markup:
    """Return the percentiles of each kind of latency."""
    rows = [(_KINDS.get(kind, kind), shape) for kind, shape in facts.latencies(result.latency)]
    return section(
        "Latency",
        tables.duration_table("From our command to its answer, and in our code", rows)
        if rows
        else tag("p", "No latency was recorded.", class_="absent"),
    )


def recording_section(result: Result, totals: Totals) -> Markup:
    """Return what the recording held, what was wrong with it, and what the strategy heard."""
    return section(
        "Recording",
        tables.count_table("Messages", totals.counts),
        tables.count_table("Calls of the strategy", totals.callbacks),
        tag("h3", "Records that could not be read") if result.errors else None,
        tag("ul", *(tag("li", error) for error in result.errors), class_="assumptions")
        if result.errors
        else None,
    )


def record_section(result: Result, span_ns: tuple[int, int]) -> Markup | None:
    """Return the series the strategy recorded, each in a panel of its own."""
    if not result.records:
        return None
    names = sorted(result.records)
    panels = [
        Panel(
            name,
            "",
            result.records[name]["ts_ns"],
            result.records[name]["value"].astype(np.float64),
            f"record{index % 4}",
            100,
        )
        for index, name in enumerate(names[:RECORDS_MAX])
    ]
    left_out = names[RECORDS_MAX:]
    return section(
        "Recorded by the strategy",
        both(
            lambda width: time_chart(
                panels, span_ns=span_ns, width=width, label="Recorded series: " + ", ".join(names)
            )
        ),
        note=f"Not drawn, for there are more than {RECORDS_MAX}: {', '.join(left_out)}."
        if left_out
        else None,
    )


def assumption_section(result: Result) -> Markup:
    """Return what the simulation assumed, and what it left out."""
    return section(
        "What this run assumed",
        tag("ul", *(tag("li", sentence) for sentence in result.assumptions), class_="assumptions")
        if result.assumptions
        else tag("p", "The run did not say what it assumed.", class_="absent"),
    )
