"""The strokes of a chart: frame, grid, lines, bars and markers, as SVG.

Colours are classes; the page's style sheet gives them a value for light, dark and paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.backtest.report.markup import Markup, coordinate, join, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.report.scale import Tick

# Width of a character of the label font, in pixels: enough to keep labels apart.
CHARACTER = 6.6


@dataclass(frozen=True, slots=True)
class Box:
    """The inside of a frame, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def figure(width: int, height: float, *children: Markup | None, label: str, **data: str) -> Markup:
    """Return an `svg` of a fixed shape that scales with the page and says what it shows."""
    return tag(
        "svg",
        *children,
        viewBox=f"0 0 {width} {coordinate(height)}",
        role="img",
        aria_label=label,
        **{f"data_{key}": value for key, value in data.items()},
    )


def text(
    at_x: float, at_y: float, content: str, *, kind: str = "label", anchor: str = "start"
) -> Markup:
    """Return a line of text with its baseline at `at_y`."""
    return tag("text", content, class_=kind, x=float(at_x), y=float(at_y), text_anchor=anchor)


def rule(x1: float, y1: float, x2: float, y2: float, *, kind: str = "grid") -> Markup:
    """Return a straight line."""
    return tag("line", class_=kind, x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))


def y_axis(box: Box, ticks: Sequence[Tick], *, zero: float | None = None) -> Markup:
    """Return horizontal grid lines with their labels to the left; a stronger one at `zero`."""
    return join(
        *(rule(box.left, tick.at, box.right, tick.at) for tick in ticks),
        None if zero is None else rule(box.left, zero, box.right, zero, kind="zero"),
        *(text(box.left - 8, tick.at + 4, tick.label, anchor="end") for tick in ticks),
    )


def x_axis(box: Box, ticks: Sequence[Tick], *, labels_at: float | None) -> Markup:
    """Return vertical grid lines, labelled below at `labels_at` unless that is ``None``."""
    lines = [rule(tick.at, box.top, tick.at, box.bottom, kind="grid faint") for tick in ticks]
    if labels_at is None:
        return join(*lines)
    return join(*lines, *(_x_label(box, tick, labels_at) for tick in _apart(ticks)))


def _x_label(box: Box, tick: Tick, labels_at: float) -> Markup:
    half = len(tick.label) * CHARACTER / 2
    at = max(box.left - 40 + half, min(tick.at, box.right - half))
    return text(at, labels_at, tick.label, anchor="middle")


def _apart(ticks: Sequence[Tick]) -> list[Tick]:
    """Leave out labels that would run into the one before."""
    kept: list[Tick] = []
    for tick in ticks:
        room = CHARACTER * (len(tick.label) + 2)
        if not kept or tick.at - kept[-1].at >= room:
            kept.append(tick)
    return kept


def line(d: str, *, kind: str, name: str | None = None) -> Markup | None:
    """Return a stroked path, named for the pointer's read-out, or nothing to draw."""
    return tag("path", class_=f"line {kind}", d=d, data_name=name) if d else None


def area(d: str, *, kind: str, base: float, first: float, last: float) -> Markup | None:
    """Return the surface between a path and the height `base`."""
    if not d or d.count("M") > 1:
        return None
    closed = f"{d}L{coordinate(last)} {coordinate(base)}L{coordinate(first)} {coordinate(base)}Z"
    return tag("path", class_=f"area {kind}", d=closed)


def bar(x1: float, x2: float, top: float, height: float, *, kind: str, tip: str) -> Markup:
    """Return a horizontal bar between two pixels, one pixel wide at least."""
    left, width = min(x1, x2), max(1.0, abs(x2 - x1))
    return tag(
        "rect",
        tag("title", tip),
        class_=f"bar {kind}",
        x=left,
        y=float(top),
        width=width,
        height=float(height),
        rx=1.5,
    )


def triangle(at_x: float, at_y: float, *, up: bool, kind: str, tip: str) -> Markup:
    """Return a small triangle whose tip is on the point."""
    way = 1 if up else -1
    d = f"M{coordinate(at_x)} {coordinate(at_y)}l4 {7 * way}h-8z"
    return tag("path", class_=f"mark {kind}", d=d, data_tip=tip)


def dot(at_x: float, at_y: float, *, kind: str, tip: str) -> Markup:
    """Return a small disc on the point."""
    return tag(
        "circle", tag("title", tip), class_=f"dot {kind}", cx=float(at_x), cy=float(at_y), r=3.5
    )
