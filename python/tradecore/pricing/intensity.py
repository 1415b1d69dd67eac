"""How often an order at some distance from the mid is filled: ``A·exp(-k·distance)``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradecore.core import InputError
from tradecore.pricing.arguments import require_not_negative


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
    centred = depth - depth.mean()
    log_rate = np.log(rate)
    slope = float(centred @ log_rate / (centred @ centred))
    return Intensity(scale=math.exp(float(log_rate.mean()) - slope * float(depth.mean())), k=-slope)
