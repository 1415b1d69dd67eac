"""How often an order at some distance from the mid is filled: ``A·exp(-k·distance)``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tradecore.core import InputError
from tradecore.pricing.arguments import require_not_negative

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Intensity:
    """Fills in a unit of time as a function of the distance from the mid."""

    scale: float
    """``A``: fills in a unit of time at the mid."""
    k: float
    """Decay per unit of price."""

    def at(self, distance: float) -> float:
        """Return fills in a unit of time at `distance` from the mid."""
        return self.scale * math.exp(-self.k * distance)


def fit_intensity(depths: npt.ArrayLike, intensities: npt.ArrayLike) -> Intensity:
    """Fit ``ln λ = ln A - k·depth`` by least squares.

    Args:
        depths: Distances from the mid.
        intensities: Fills in a unit of time seen at each distance, all above zero.
            Shape: both ``(n,)``, n ≥ 2.

    Raises:
        InputError: If there are fewer than two different depths, the lengths differ, a value is
            not finite, a depth is negative or an intensity is not above zero.
    """
    depth = np.asarray(depths, dtype=np.float64)
    rate = np.asarray(intensities, dtype=np.float64)
    if depth.ndim != 1 or depth.shape != rate.shape:
        raise InputError(
            f"depths and intensities are as long as each other: {depth.shape}, {rate.shape}"
        )
    if depth.size == 0 or np.ptp(depth) == 0.0:
        raise InputError(f"a fit needs two different depths: depths={depth.tolist()}")
    for value in depth.tolist():
        require_not_negative(depth=value)
    if not (np.isfinite(rate).all() and (rate > 0.0).all()):
        raise InputError(f"intensities are finite and above zero: intensities={rate.tolist()}")
    # Term by term, from the first to the last: the same on every machine, and in the core's twin.
    logs = [math.log(one) for one in rate.tolist()]
    mean, mean_log = _sum(depth.tolist()) / depth.size, _sum(logs) / depth.size
    centred = [one - mean for one in depth.tolist()]
    products = (one * log for one, log in zip(centred, logs, strict=True))
    slope = _sum(products) / _sum(one * one for one in centred)
    return Intensity(scale=math.exp(mean_log - slope * mean), k=-slope)


def _sum(terms: Iterable[float]) -> float:
    # The language's own `sum` keeps what rounding loses, from 3.12 on.
    total = 0.0
    for term in terms:
        total += term
    return total
