"""Charts without time: where the profit came from, and what fills were worth later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tradecore.backtest.report import svg
from tradecore.backtest.report.facts import HORIZONS_S, Markout
from tradecore.backtest.report.figures import bps, count, money
from tradecore.backtest.report.markup import Markup, coordinate, join, tag
from tradecore.backtest.report.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROW = 36.0
BAR = 16.0


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a waterfall: a part adds to those before it; a sum and a row apart begin at zero."""

    name: str
    amount: float
    role: Literal["part", "sum", "apart"] = "part"


def waterfall(steps: Sequence[Step], *, width: int, label: str) -> Markup:
    """Return rows whose bars begin where the one before ended; sums begin at zero."""
    ends = _ends(steps)
    names = max(len(step.name) for step in steps) * svg.CHARACTER + 14
    amounts = max(len(money(step.amount, signed=True)) for step in steps) * 7.4 + 10
    scale = Scale.over(np.array(ends).ravel(), start=names, end=width - amounts, zero=True)
    zero = scale.pixel(0.0)
    rows: list[Markup] = [svg.rule(zero, 4, zero, ROW * len(steps) - 4, kind="zero")]
    for index, (step, (begin, end)) in enumerate(zip(steps, ends, strict=True)):
        top = index * ROW + (ROW - BAR) / 2
        amount = money(step.amount, signed=True)
        kind = "sum" if step.role == "sum" else "gain" if step.amount >= 0 else "loss"
        rows += [
            svg.text(0, top + 12, step.name, kind="row strong" if step.role == "sum" else "row"),
            svg.bar(
                scale.pixel(begin),
                scale.pixel(end),
                top,
                BAR,
                kind=kind,
                tip=f"{step.name}: {amount}",
            ),
            svg.text(width, top + 12, amount, kind="amount", anchor="end"),
        ]
        if index + 1 < len(steps) and step.role == "part":
            at = scale.pixel(end)
            rows.append(svg.rule(at, top + BAR, at, top + ROW, kind="link"))
    return svg.figure(width, ROW * len(steps), *rows, label=label)


def _ends(steps: Sequence[Step]) -> list[tuple[float, float]]:
    reached, ends = 0.0, []
    for step in steps:
        begin = reached if step.role == "part" else 0.0
        reached = begin + step.amount
        ends.append((begin, reached))
    return ends


def markout_chart(curves: Mapping[str, Markout], *, width: int, height: float = 230.0) -> Markup:
    """Return the mean gain of each group of fills at each horizon, in basis points.

    The first group carries its 95 % confidence intervals as whiskers.
    """
    heading, left, foot = 26.0, 52.0, 40.0
    box = svg.Box(left, heading, width - 34, height - foot)
    values = np.concatenate([_extent(curve) for curve in curves.values()])
    y = Scale.over(values, start=box.bottom, end=box.top, zero=True)
    along = np.linspace(box.left + 18, box.right, len(HORIZONS_S))
    labels = ["at the fill", *(f"after {horizon} s" for horizon in HORIZONS_S[1:])]
    drawn = [
        _curve(name, curve, along, y, whiskers=index == 0)
        for index, (name, curve) in enumerate(curves.items())
    ]
    return svg.figure(
        width,
        height,
        svg.y_axis(box, y.ticks(5), zero=y.pixel(0.0)),
        svg.text(0, 14, "Mean gain against the mid (bp of the price)", kind="heading"),
        *(
            svg.text(at, box.bottom + 20, label, anchor="middle")
            for at, label in zip(along.tolist(), labels, strict=True)
        ),
        *reversed(drawn),
        label="Markout: " + "; ".join(f"{name}: {_words(c)}" for name, c in curves.items()),
    )


def _extent(curve: Markout) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    room = np.nan_to_num(curve.interval_bps)
    return np.concatenate([curve.mean_bps - room, curve.mean_bps + room])


def _curve(
    name: str,
    curve: Markout,
    along: np.ndarray[tuple[int], np.dtype[np.float64]],
    y: Scale,
    *,
    whiskers: bool,
) -> Markup:
    kind = name.partition(" ")[0]
    known = np.flatnonzero(np.isfinite(curve.mean_bps)).tolist()
    xs, ys = along.tolist(), y.at(curve.mean_bps).tolist()
    points = "L".join(f"{coordinate(xs[i])} {coordinate(ys[i])}" for i in known)
    marks: list[Markup | None] = [svg.line("M" + points if points else "", kind=kind)]
    for i in known:
        mean, around = float(curve.mean_bps[i]), float(curve.interval_bps[i])
        tip = f"{name}, {HORIZONS_S[i]} s: {bps(mean)}, {count(int(curve.fills[i]))} fills"
        if whiskers and np.isfinite(around):
            tip += f", ± {around:.2f} at 95 %"
            marks.append(
                svg.rule(
                    xs[i], y.pixel(mean - around), xs[i], y.pixel(mean + around), kind="whisker"
                )
            )
        marks.append(svg.dot(xs[i], ys[i], kind=kind, tip=tip))
    return tag("g", join(*marks))


def _words(curve: Markout) -> str:
    return ", ".join(
        f"{bps(float(mean))} after {horizon} s"
        for mean, horizon in zip(curve.mean_bps, HORIZONS_S, strict=True)
    )
