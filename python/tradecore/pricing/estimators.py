"""What the formulas need to know of the market, learned one event at a time."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from tradecore.core import InputError
from tradecore.pricing.arguments import require_positive
from tradecore.pricing.intensity import Intensity, fit_intensity

if TYPE_CHECKING:
    from collections.abc import Sequence

NS_PER_S = 1_000_000_000
# A rate from fewer trades than this is noise, and its logarithm worse.
TRADES_MIN = 20


class Volatility:
    """Volatility of a price seen at irregular times, recent moves weighing more.

    The squared moves and the time they took are both summed with weights that halve every
    `half_life_s`, so the estimate does not depend on how often the price is shown.
    """

    def __init__(self, *, half_life_s: float) -> None:
        require_positive(half_life_s=half_life_s)
        self._decay_per_s = math.log(2.0) / half_life_s
        self._squares = 0.0
        self._seconds = 0.0
        self._last: tuple[int, float] | None = None

    def observe(self, price: float, *, now_ns: int) -> None:
        """Take in a price; one that is not newer than the last is ignored."""
        if self._last is None:
            self._last = (now_ns, price)
            return
        last_ns, last_price = self._last
        elapsed_s = (now_ns - last_ns) / NS_PER_S
        if elapsed_s <= 0.0:
            return
        keep = math.exp(-self._decay_per_s * elapsed_s)
        change = price - last_price
        self._squares = self._squares * keep + change * change
        self._seconds = self._seconds * keep + elapsed_s
        self._last = (now_ns, price)

    def per_sqrt_s(self) -> float | None:
        """Return price units per square root of a second, or ``None`` before two prices."""
        return math.sqrt(self._squares / self._seconds) if self._seconds else None


class FillIntensity:
    """Counts how deep trades reach and fits ``A·exp(-k·distance)`` to the counts.

    A trade at some distance from the mid would have filled an order at any smaller one.
    """

    def __init__(self, *, depths: Sequence[float]) -> None:
        """Count reaches of each of `depths`, distances from the mid, rising from above zero."""
        if len(depths) < 2 or not all(  # noqa: PLR2004 - a line needs two points
            low < high for low, high in zip([0.0, *depths], depths, strict=False)
        ):
            raise InputError(f"depths are two or more, rising from above zero: {list(depths)}")
        self._depths = tuple(depths)
        self._reached = [0] * len(depths)

    def observe(self, distance: float) -> None:
        """Take in a trade at `distance` from the mid before it."""
        for index in range(bisect_right(self._depths, distance)):
            self._reached[index] += 1

    def fit(self, *, elapsed_s: float) -> Intensity | None:
        """Return the intensity per second over `elapsed_s`, or ``None`` while too little is known.

        Depths that fewer than `TRADES_MIN` trades reached are left out; two must remain, and
        the count must fall between them.
        """
        require_positive(elapsed_s=elapsed_s)
        known = [
            (depth, count / elapsed_s)
            for depth, count in zip(self._depths, self._reached, strict=True)
            if count >= TRADES_MIN
        ]
        if len({rate for _, rate in known}) < 2:  # noqa: PLR2004 - a line needs two points
            return None
        return fit_intensity(*zip(*known, strict=True))
