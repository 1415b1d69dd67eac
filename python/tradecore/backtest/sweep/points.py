"""The settings of each run: every combination of a grid, or a list as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Final, TypeAlias

from tradecore.core import InputError

__all__ = ["RUNS_MAX", "Params", "Point", "grid_points"]

Point: TypeAlias = Mapping[str, object]
Params: TypeAlias = Mapping[str, object] | Sequence[Point]

RUNS_MAX: Final = 100_000
"""Runs of one sweep."""


def grid_points(params: Params) -> list[Point]:
    """Return the settings of each run, in order.

    Args:
        params: A mapping of names to the values each takes (a list, tuple, range or array; any
            other value is the same in every run), of which every combination is run, the last
            name moving fastest; or a list of mappings, a run each.

    Raises:
        InputError: If there is no run, there are more than `RUNS_MAX`, or something is neither.
    """
    if isinstance(params, Mapping):
        names = list(params)
        values = [_values(name, params[name]) for name in names]
        _counted(prod(map(len, values)))
        return [dict(zip(names, point, strict=True)) for point in product(*values)]
    return _listed(params)


def _listed(params: object) -> list[Point]:
    if isinstance(params, str) or not isinstance(params, Sequence):
        raise InputError(
            f"a sweep has a grid (name to values) or a list of settings: {type(params).__name__}"
        )
    _counted(len(params))
    for number, point in enumerate(params):
        if not isinstance(point, Mapping):
            raise InputError(f"settings of a run are a mapping: run={number}, {point!r}")
    return list(params)


def _values(name: object, value: object) -> list[object]:
    if not isinstance(name, str):
        raise InputError(f"a setting has a name: {name!r}")
    listed = getattr(value, "tolist", None)
    if listed is not None:
        value = listed()
    if isinstance(value, list | tuple | range):
        return list(value)
    return [value]


def _counted(runs: int) -> None:
    if not 1 <= runs <= RUNS_MAX:
        raise InputError(f"a sweep has 1 to {RUNS_MAX} runs: runs={runs}")
