"""From values to pixels, and which values deserve a label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from tradecore.backtest.report.figures import CALENDAR_FROM_NS, NS_PER_S, axis_number

Array = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

_MS = 1_000_000
_TIME_STEPS_NS = (
    *(m * _MS for m in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(s * NS_PER_S for s in (1, 2, 5, 10, 15, 30)),
    *(m * 60 * NS_PER_S for m in (1, 2, 5, 10, 15, 30)),
    *(h * 3_600 * NS_PER_S for h in (1, 2, 3, 6, 12)),
    *(d * 86_400 * NS_PER_S for d in (1, 2, 7, 14, 28, 91, 182, 364)),
)


# Beyond this, differences and margins of doubles would overflow; no price or amount comes near.
DRAWN_MAX = 1e300


def drawable(values: Array) -> npt.NDArray[np.bool_]:
    """Return which values have a place on paper: those that are finite and within `DRAWN_MAX`."""
    return np.abs(values) <= DRAWN_MAX


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in pixels, and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from ``[low, high]`` to ``[start, end]`` pixels."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Array, *, start: float, end: float, zero: bool = False) -> Scale:
        """Return a scale that holds every drawable one of `values`, with a little room.

        Without such a value it is ``[0, 1]``; with a single one, an interval around it.
        `zero` keeps zero in sight.
        """
        drawn = values[drawable(values)]
        low, high = (float(drawn.min()), float(drawn.max())) if drawn.size else (0.0, 1.0)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        # Closer than doubles can tell apart, a flat line: give it an interval to be flat in.
        size = max(abs(low), abs(high))
        if high - low <= max(size * 1e-12, 1 / DRAWN_MAX):
            half = size * 1e-3 if size > 1e6 / DRAWN_MAX else 1.0
            return cls(low - half, high + half, start, end)
        room = (high - low) * 0.05
        low_room = 0.0 if zero and low == 0.0 else room
        high_room = 0.0 if zero and high == 0.0 else room
        return cls(low - low_room, high + high_room, start, end)

    def at(self, values: Array) -> Array:
        """Return the pixels of `values`."""
        share = (values - self.low) / (self.high - self.low)
        pixels: Array = self.start + share * (self.end - self.start)
        return pixels

    def pixel(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self.at(np.array([value], dtype=np.float64))[0])

    def ticks(self, target: int) -> list[Tick]:
        """Return about `target` ticks at whole multiples of 1, 2 or 5 times a power of ten.

        There are at least two, or nobody could read a value off the axis.
        """
        rough = (self.high - self.low) / max(1, target)
        for divisor in (1.0, 2.0, 4.0):
            step = nice_step(rough / divisor)
            first, last = math.ceil(self.low / step), math.floor(self.high / step)
            if last > first:
                break
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return [
            Tick(self.pixel(index * step), axis_number(index * step, decimals))
            for index in range(first, last + 1)
        ]


def nice_step(rough: float) -> float:
    """Return the 1, 2 or 5 times a power of ten that is nearest above `rough`."""
    magnitude = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if rough <= factor * magnitude * (1 + 1e-9):
            return factor * magnitude
    return 10.0 * magnitude


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A straight line from nanoseconds to pixels, kept in integers until the last step."""

    low_ns: int
    high_ns: int
    start: float
    end: float

    def at(self, times_ns: Times) -> Array:
        """Return the pixels of `times_ns`."""
        share = (times_ns - self.low_ns) / max(1, self.high_ns - self.low_ns)
        pixels: Array = self.start + share * (self.end - self.start)
        return pixels

    def ticks(self, target: int) -> list[Tick]:
        """Return about `target` ticks at round times of day, or of a simulated clock."""
        span_ns = max(1, self.high_ns - self.low_ns)
        rough = span_ns / max(1, target)
        step_ns = next((s for s in _TIME_STEPS_NS if s >= rough), _TIME_STEPS_NS[-1])
        step_ns *= max(1, math.ceil(rough / step_ns))
        first = -(-self.low_ns // step_ns)
        times = [i * step_ns for i in range(first, self.high_ns // step_ns + 1)]
        pixels = self.at(np.array(times, dtype=np.int64))
        return [
            Tick(at, _time_label(ts_ns, step_ns))
            for at, ts_ns in zip(pixels.tolist(), times, strict=True)
        ]


def _time_label(ts_ns: int, step_ns: int) -> str:
    whole, rest = divmod(ts_ns, NS_PER_S)
    fraction = f".{rest // _MS:03d}" if step_ns < NS_PER_S else ""
    if ts_ns < CALENDAR_FROM_NS:
        return f"{timedelta(seconds=whole)}{fraction}"
    when = datetime.fromtimestamp(whole, UTC)
    if step_ns >= 86_400 * NS_PER_S:
        return f"{when:%d %b}"
    if step_ns >= 60 * NS_PER_S:
        return f"{when:%H:%M}"
    return f"{when:%H:%M:%S}{fraction}"
