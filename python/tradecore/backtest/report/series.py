"""A million points as a line of a thousand pixels, with no peak lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tradecore.backtest.report.markup import coordinate
from tradecore.backtest.report.scale import drawable

if TYPE_CHECKING:
    from tradecore.backtest.report.scale import Array, Scale, Times, TimeScale


def decimate(pixels: Array, values: Array, *, width: int) -> npt.NDArray[np.intp]:
    """Return which points to draw: the first, lowest, highest and last of each pixel column.

    What is drawn covers the same pixels as all points would. Points that are not drawable are left
    out. Shape: `pixels` rising, both ``(n,)``; the answer rising, at most ``4·(width + 1)`` long.
    """
    finite = np.flatnonzero(drawable(values))
    if finite.size <= 2 * width:
        return finite
    columns = pixels[finite]
    origin, span = columns[0], max(columns[-1] - columns[0], 1e-9)
    column = np.minimum((columns - origin) / span * width, width).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    ends = np.append(starts[1:], finite.size)
    kept: list[int] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        inside = values[finite[start:end]]
        kept += (start, start + int(inside.argmin()), start + int(inside.argmax()), end - 1)
    return finite[np.unique(kept)]


def path(
    times_ns: Times, values: Array, x: TimeScale, y: Scale, *, width: int, steps: bool = False
) -> str:
    """Return the `d` of a path through the points, broken where a value is not drawable.

    `steps` holds each value until the next: what a position does.
    """
    across = x.at(times_ns)
    kept = decimate(across, values, width=width)
    if kept.size == 0:
        return ""
    gaps = np.cumsum(~drawable(values))[kept]
    down = y.at(values[kept]).tolist()
    along = across[kept].tolist()
    starts = np.diff(gaps, prepend=gaps[0] - 1) != 0
    parts: list[str] = []
    for at, to, new in zip(along, down, starts.tolist(), strict=True):
        right, height = coordinate(at), coordinate(to)
        if new:
            parts.append(f"M{right} {height}")
        elif steps:
            parts.append(f"H{right}V{height}")
        else:
            parts.append(f"L{right} {height}")
    return "".join(parts)


def thin(pixels: Array, groups: npt.NDArray[np.int64], *, spacing: float) -> npt.NDArray[np.intp]:
    """Return which markers to draw: the first of each group in each `spacing` pixels.

    Shape: both ``(n,)``; the answer rising.
    """
    column = (pixels / spacing).astype(np.int64)
    _, first = np.unique(np.stack([column, groups], axis=1), axis=0, return_index=True)
    return np.sort(first)
