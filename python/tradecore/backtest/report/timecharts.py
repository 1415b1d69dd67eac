"""Charts over time: panels one above the other that share their times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tradecore.backtest.report import svg
from tradecore.backtest.report.markup import Markup, tag
from tradecore.backtest.report.scale import Array, Scale, Tick, Times, TimeScale
from tradecore.backtest.report.series import path

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, HALF, NARROW = 1104, 536, 360
RIGHT = 14.0
HEADING = 36.0
FOOT = 24.0

Overlay: TypeAlias = Callable[[TimeScale, Scale], Markup]


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure over time. Shape: both arrays ``(n,)``, times rising."""

    name: str
    unit: str
    times_ns: Times
    values: Array
    kind: str
    height: float = 160.0
    steps: bool = False
    """Hold each value until the next."""
    zero: bool = False
    """Keep zero in sight, with a line."""
    filled: bool = False
    """Shade between the line and zero."""
    also: Array = field(default_factory=lambda: np.empty(0))
    """Further values the scale must hold."""
    overlay: Overlay | None = None
    heading: str = ""
    """What stands above it; its name unless given."""


def both(draw: Callable[[int], Markup], *, wide: int = WIDE, tail: Markup | None = None) -> Markup:
    """Draw twice, for a desk and for a hand: the style sheet shows the one that fits."""
    return tag(
        "figure",
        tag("div", draw(wide), class_="wide"),
        tag("div", draw(NARROW), class_="narrow"),
        tail,
    )


def time_chart(
    panels: Sequence[Panel], *, span_ns: tuple[int, int], width: int, label: str
) -> Markup:
    """Return the panels over the span of time, with one time axis below."""
    scales, top = [], 0.0
    for panel in panels:
        top += HEADING
        values = np.concatenate([panel.values, panel.also])
        scales.append(Scale.over(values, start=top + panel.height, end=top, zero=panel.zero))
        top += panel.height
    ticks = [
        scale.ticks(max(2, int(p.height // 38))) for scale, p in zip(scales, panels, strict=True)
    ]
    left = 14 + svg.CHARACTER * max((len(t.label) for row in ticks for t in row), default=1)
    x = TimeScale(*span_ns, start=left, end=width - RIGHT)
    x_ticks = x.ticks(max(2, int((width - left) // 110)))
    drawn = [
        _panel(panel, x, scale, y_ticks, x_ticks, last=panel is panels[-1])
        for panel, scale, y_ticks in zip(panels, scales, ticks, strict=True)
    ]
    return svg.figure(
        width,
        top + FOOT,
        *drawn,
        label=label,
        from_ns=str(span_ns[0]),
        span_ns=str(max(1, span_ns[1] - span_ns[0])),
        left=f"{x.start:.1f}",
        right=f"{x.end:.1f}",
        bottom=f"{top:.1f}",
    )


def _panel(
    panel: Panel, x: TimeScale, y: Scale, y_ticks: list[Tick], x_ticks: list[Tick], *, last: bool
) -> Markup:
    box = svg.Box(x.start, y.end, x.end, y.start)
    width = int(x.end - x.start)
    d = path(panel.times_ns, panel.values, x, y, width=width, steps=panel.steps)
    zero = y.pixel(0.0) if panel.zero else None
    shade = None
    if panel.filled and panel.values.size and zero is not None:
        ends = x.at(panel.times_ns[[0, -1]]).tolist()
        shade = svg.area(d, kind=panel.kind, base=zero, first=ends[0], last=ends[1])
    name = panel.heading or panel.name
    name = f"{name} ({panel.unit})" if panel.unit else name
    return tag(
        "g",
        svg.x_axis(box, x_ticks, labels_at=box.bottom + 18 if last else None),
        svg.y_axis(box, y_ticks, zero=zero),
        svg.text(0, box.top - 14, name, kind="heading"),
        shade,
        svg.line(d, kind=panel.kind, name=panel.name),
        panel.overlay(x, y) if panel.overlay else None,
        svg.text(
            (box.left + box.right) / 2, (box.top + box.bottom) / 2, "no values", anchor="middle"
        )
        if not d
        else None,
        class_="panel",
        data_name=panel.name,
        data_unit=panel.unit,
        data_low=repr(y.low),
        data_high=repr(y.high),
        data_top=f"{y.end:.1f}",
        data_base=f"{y.start:.1f}",
    )
