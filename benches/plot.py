"""Draw how a cost grows, both axes logarithmic, as an SVG that reads in light and in dark."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.backtest.report.markup import Markup, coordinate, join, tag
from tradecore.backtest.report.svg import Box, rule, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 680, 320
BOX = Box(left=64, top=40, right=500, bottom=270)
COLOURS = ("#1f77b4", "#d9822b")
STYLE = (
    "text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold}"
    ".grid{stroke:#8b949e;stroke-opacity:.3}"
)


@dataclass(frozen=True, slots=True)
class Curve:
    """Nanoseconds of several engines as something grows."""

    group: str
    name: str
    along: str
    at: Sequence[float]
    #: Each engine's name and its nanoseconds at each of ``at``; ours first.
    costs: Sequence[tuple[str, Sequence[float]]]

    @property
    def file_name(self) -> str:
        """Where its plot is kept, beside the results."""
        return f"{self.group}_{self.along.replace(' ', '_')}.svg"


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole powers of ten, spread over pixels."""

    first: int
    last: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> Axis:
        """Return an axis that holds every one of ``values``, all above zero."""
        first = math.floor(math.log10(min(values)))
        last = max(first + 1, math.ceil(math.log10(max(values))))
        return cls(first, last, start, end)

    def pixel(self, value: float) -> float:
        """Return where ``value`` is."""
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)

    def powers(self) -> list[int]:
        """Return the values that get a line and a label."""
        return [10**power for power in range(self.first, self.last + 1)]


def draw(curve: Curve) -> str:
    """Return the plot as a file of its own."""
    across = Axis.over(curve.at, BOX.left, BOX.right)
    every = [cost for _, costs in curve.costs for cost in costs]
    up = Axis.over(every, BOX.bottom, BOX.top)
    plot = tag(
        "svg",
        tag("style", STYLE),
        text(BOX.left, 20, f"{curve.name}, in nanoseconds", kind="title"),
        *(grid_line(up.pixel(power), f"{power:,}") for power in up.powers()),
        *(
            text(across.pixel(power), BOX.bottom + 20, f"{power:,}", anchor="middle")
            for power in across.powers()
        ),
        text((BOX.left + BOX.right) / 2, BOX.bottom + 40, curve.along, anchor="middle"),
        *(
            line(
                name,
                colour,
                list(zip(map(across.pixel, curve.at), map(up.pixel, costs), strict=True)),
            )
            for colour, (name, costs) in zip(COLOURS, curve.costs, strict=True)
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{curve.name} along {curve.along}",
    )
    return plot.text + "\n"


def grid_line(at: float, label: str) -> Markup:
    """Return a horizontal line with its value to the left."""
    return join(rule(BOX.left, at, BOX.right, at), text(BOX.left - 8, at + 4, label, anchor="end"))


def line(name: str, colour: str, points: Sequence[tuple[float, float]]) -> Markup:
    """Return an engine's line with its name where it ends."""
    path = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
    end_x, end_y = points[-1]
    return join(
        tag("polyline", points=path, fill="none", stroke=colour, stroke_width=2),
        *(tag("circle", cx=x, cy=y, r=2.5, fill=colour) for x, y in points),
        text(end_x + 8, end_y + 4, name),
    )
