"""A table of runs by two of their settings, as squares whose strength is a measure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from tradecore.backtest.report import svg
from tradecore.backtest.report.figures import ABSENT, count, decimals_of, money, number
from tradecore.backtest.report.markup import Markup, join, tag
from tradecore.backtest.report.timecharts import HALF, WIDE, both
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

__all__ = ["MAPS_MAX", "Sweep", "heat_map", "heat_maps"]

Table: TypeAlias = "Sequence[Mapping[str, Any]] | npt.NDArray[np.void]"

MAPS_MAX: Final = 6
"""Pairs of settings that are drawn; of more the first."""
VALUES_MAX: Final = 40
"""Values of a setting that have a row of their own; of more, the first."""
CELL: Final = 30.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs of one strategy with other settings, a row each.

    Args:
        rows: Mappings, or a structured array; each has every column named below.
        settings: The columns that are settings.
        measure: The column that is drawn: more is better.
        unit: Of the measure.
    """

    rows: Table
    settings: tuple[str, ...]
    measure: str = "net"
    unit: str = ""

    def columns(self) -> tuple[list[tuple[object, ...]], list[float]]:
        """Return the settings and the measure of each row.

        Raises:
            InputError: If a column is missing or the measure is no number.
        """
        known = self._names()
        missing = [name for name in (*self.settings, self.measure) if name not in known]
        if missing:
            raise InputError(
                f"a sweep has the columns it names: missing={', '.join(missing)}, "
                f"columns={', '.join(known)}"
            )
        settings, values = [], []
        for row in self.rows:
            settings.append(tuple(_plain(row[name]) for name in self.settings))
            try:
                values.append(float(row[self.measure]))
            except (TypeError, ValueError) as error:
                raise InputError(
                    f"a measure is a number: {self.measure}={row[self.measure]!r}"
                ) from error
        return settings, values

    def _names(self) -> tuple[str, ...]:
        if isinstance(self.rows, np.ndarray):
            return tuple(self.rows.dtype.names or ())
        shared: dict[str, None] | None = None
        for row in self.rows:
            shared = dict.fromkeys(n for n in (row if shared is None else shared) if n in row)
        return tuple(shared or ())


def _plain(value: Any) -> object:  # noqa: ANN401 - a cell of a table
    return value.item() if isinstance(value, np.generic) else value


def heat_maps(sweep: Sweep) -> list[Markup]:
    """Return a map for each pair of settings that have more than one value.

    Raises:
        InputError: If a column is missing or a measure is no number.
    """
    settings, values = sweep.columns()
    moving = [at for at in range(len(sweep.settings)) if len({row[at] for row in settings}) > 1]
    if not moving:
        return []
    pairs: list[tuple[int, int | None]] = [*combinations(moving, 2)] or [(moving[0], None)]
    wide = WIDE if len(pairs) == 1 else HALF
    return [heat_map(sweep, settings, values, x=x, y=y, wide=wide) for x, y in pairs[:MAPS_MAX]]


def heat_map(
    sweep: Sweep,
    settings: Sequence[tuple[object, ...]],
    values: Sequence[float],
    *,
    x: int,
    y: int | None,
    wide: int = HALF,
) -> Markup:
    """Return the mean of the measure at each pair of values; below zero is loss, above gain."""
    across = _ordered(row[x] for row in settings)
    down = [""] if y is None else _ordered(row[y] for row in settings)
    groups: dict[tuple[object, object], list[float]] = {}
    for row, value in zip(settings, values, strict=True):
        if math.isfinite(value):
            groups.setdefault((row[x], "" if y is None else row[y]), []).append(value)
    means = {key: sum(group) / len(group) for key, group in groups.items()}
    most = max((abs(mean) for mean in means.values()), default=0.0) or 1.0
    decimals = decimals_of(most)
    best = max(means, key=means.__getitem__) if means else None
    names = (sweep.settings[x], "" if y is None else sweep.settings[y])

    axes = f"{names[0]} across" + (f", {names[1]} down" if names[1] else "")

    def draw(width: int) -> Markup:
        left = 12 + svg.CHARACTER * max(len(_text(value)) for value in down)
        size = min((width - left) / len(across), 88.0)
        foot = len(down) * CELL
        cells = [
            _cell(
                (left + i * size, j * CELL, size, CELL),
                means.get((one, other)),
                groups.get((one, other), []),
                most=most,
                decimals=decimals,
                is_best=(one, other) == best,
                where=_where(names, one, other),
            )
            for j, other in enumerate(down)
            for i, one in enumerate(across)
        ]
        every = max(1, math.ceil(svg.CHARACTER * (max(map(len, map(_text, across))) + 1) / size))
        return svg.figure(
            width,
            foot + 42,
            *cells,
            *(
                svg.text(left - 8, j * CELL + CELL / 2 + 4, _text(other), anchor="end")
                for j, other in enumerate(down)
            ),
            *(
                svg.text(left + (i + 0.5) * size, foot + 16, _text(one), anchor="middle")
                for i, one in enumerate(across)
                if i % every == 0
            ),
            svg.text(left, foot + 36, axes, kind="heading"),
            label=f"{sweep.measure} by {' and '.join(filter(None, names))}",
        )

    title = f"{sweep.measure} by {names[0]}" + (f" and {names[1]}" if names[1] else "")
    return tag(
        "div",
        tag("h3", title),
        both(draw, wide=wide),
        class_="map",
    )


def _ordered(values: Iterable[object]) -> list[object]:
    distinct = list(dict.fromkeys(values))
    try:
        return sorted(distinct, key=_number)[:VALUES_MAX]
    except (TypeError, ValueError):
        return sorted(distinct, key=str)[:VALUES_MAX]


def _number(value: object) -> float:
    return float(str(value))


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _where(names: tuple[str, str], one: object, other: object) -> str:
    first = f"{names[0]} {_text(one)}"
    return f"{first}, {names[1]} {_text(other)}" if names[1] else first


def _cell(
    box: tuple[float, float, float, float],
    mean: float | None,
    group: Sequence[float],
    *,
    most: float,
    decimals: int,
    is_best: bool,
    where: str,
) -> Markup:
    left, top, width, height = box
    strength = 0.0 if mean is None else abs(mean) / most
    text = ABSENT if mean is None else number(mean, decimals, signed=True)
    tip = f"{where}: {text}"
    if len(group) > 1:
        tip += f", mean of {count(len(group))}, {money(min(group))} to {money(max(group))}"
    kind = "none" if mean is None else "gain" if mean >= 0 else "loss"
    fits = len(text) * svg.CHARACTER < width
    return join(
        tag(
            "rect",
            tag("title", tip),
            class_=f"cell {kind}{' best' if is_best else ''}",
            x=left + 1,
            y=top + 1,
            width=width - 2,
            height=height - 2,
            rx=3,
            fill_opacity=f"{0.08 + 0.6 * strength:.2f}",
            data_tip=tip,
        ),
        svg.text(left + width / 2, top + height / 2 + 4, text, kind="in-cell", anchor="middle")
        if fits
        else None,
    )
