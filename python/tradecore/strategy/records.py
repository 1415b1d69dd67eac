"""Numbers a strategy wants to see again in its report, by name and time."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

import numpy as np

from tradecore.core import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS_MAX: Final = 10_000_000
POINT_DTYPE: Final = np.dtype([("ts_ns", "i8"), ("value", "f8")])


class Recorder:
    """Series of points, at most `POINTS_MAX` in all; the newest beyond are counted in `dropped`."""

    __slots__ = ("_series", "_size", "dropped")

    def __init__(self) -> None:
        self._series: dict[str, tuple[array[int], array[float]]] = {}
        self._size = 0
        self.dropped = 0

    def add(self, name: str, ts_ns: int, value: float) -> None:
        """Add a point.

        Raises:
            TypeError: If the value is no number.
        """
        if self._size >= POINTS_MAX:
            self.dropped += 1
            return
        number = float(value)
        series = self._series.get(name)
        if series is None:
            series = self._series[name] = (array("q"), array("d"))
        series[0].append(ts_ns)
        series[1].append(number)
        self._size += 1

    @property
    def names(self) -> list[str]:
        """The names that have points, in the order of their first."""
        return list(self._series)

    def series(self, name: str) -> NDArray[np.void]:
        """Return the points of a name in the order of recording.

        Shape: `(n,)` of `POINT_DTYPE`: `ts_ns` int64, `value` float64.

        Raises:
            InputError: If nothing was recorded under that name.
        """
        if name not in self._series:
            raise InputError(f"nothing was recorded under this name: name={name!r}")
        times, values = self._series[name]
        points = np.empty(len(times), dtype=POINT_DTYPE)
        points["ts_ns"] = times
        points["value"] = values
        return points
