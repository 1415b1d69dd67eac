"""Quotes of a maker with an inventory limit, after Guéant, Lehalle and Fernandez-Tapia.

Sources: Guéant, Lehalle & Fernandez-Tapia, *Dealing with the inventory risk*, Mathematics and
Financial Economics 7, 2013; Guéant, *Optimal market making*, Applied Mathematical Finance 24(2),
2017, for order sizes other than one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradecore.core import InputError
from tradecore.pricing.arguments import require_finite, require_not_negative, require_positive

# The grid is dense: 401 by 401 numbers, squared up to 40 times, is still under a second.
INVENTORY_MAX = 200
# Each squaring doubles the rounding error; past 30 the asymptotic formula is closer.
SQUARINGS_MAX = 30
_TERMS = 20

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InventoryQuote:
    """Distances from the mid of both sides of a quote."""

    delta_bid: float
    """Mid minus bid."""
    delta_ask: float
    """Ask minus mid."""

    @property
    def spread(self) -> float:
        """Ask minus bid."""
        return self.delta_bid + self.delta_ask


@dataclass(frozen=True, slots=True)
class GlftCoefficients:
    """The two numbers a quoting loop needs: everything else is linear in them."""

    c1: float
    c2: float
    order_size: float
    sigma: float

    @property
    def half_spread(self) -> float:
        """Distance of either side from the mid without inventory."""
        return self.c1 + self.order_size / 2.0 * self.c2 * self.sigma

    @property
    def skew(self) -> float:
        """How far both sides move down for each unit of inventory."""
        return self.c2 * self.sigma

    def quote(self, inventory: float) -> InventoryQuote:
        """Return the distances from the mid with `inventory`, in units of quantity."""
        shift = self.skew * inventory
        return InventoryQuote(self.half_spread + shift, self.half_spread - shift)


@dataclass(frozen=True, slots=True)
class GlftGrid:
    """Exact distances for every inventory from ``-limit`` to ``limit``.

    Shape: both ``(2·limit + 1,) float64``, index ``limit + inventory``; the bid at the upper
    limit and the ask at the lower one are NaN, for there is none.
    """

    limit: int
    delta_bid: Array
    delta_ask: Array

    def quote(self, inventory: int) -> InventoryQuote:
        """Return the distances with `inventory`, in units of the order size.

        Raises:
            InputError: If `inventory` is outside the limit.
        """
        if not -self.limit <= inventory <= self.limit:
            raise InputError(f"inventory is within the limit {self.limit}: inventory={inventory}")
        index = self.limit + inventory
        return InventoryQuote(float(self.delta_bid[index]), float(self.delta_ask[index]))


def glft_asymptotic(
    *, inventory: float, gamma: float, sigma: float, intensity: float, k: float
) -> InventoryQuote:
    """Return the distances far from the end of the session, without an inventory limit.

    Args:
        inventory: Position in units of the order size.
        gamma: Risk aversion, per unit of price.
        sigma: Volatility, in units of price per square root of the unit of time.
        intensity: ``A``, orders that arrive at the mid in a unit of time.
        k: How fast the intensity falls with distance, per unit of price.

    Raises:
        InputError: If a parameter is not finite and positive (`sigma` may be zero).

    Source: 2013 paper, section 4, closed-form approximations.
    """
    coefficients = glft_coefficients(
        gamma=gamma, sigma=sigma, intensity=intensity, k=k, order_size=1.0
    )
    return coefficients.quote(_finite(inventory))


def glft_coefficients(
    *, gamma: float, sigma: float, intensity: float, k: float, order_size: float = 1.0
) -> GlftCoefficients:
    """Return ``c1`` and ``c2`` of the asymptotic quote for orders of `order_size`.

    Raises:
        InputError: If a parameter is not finite and positive (`sigma` may be zero).

    Source: 2017 paper, with its risk aversion xi equal to gamma.
    """
    require_not_negative(sigma=sigma)
    require_positive(gamma=gamma, intensity=intensity, k=k, order_size=order_size)
    risk = gamma * order_size
    c1 = math.log1p(risk / k) / risk
    growth = math.exp((1.0 + k / risk) * math.log1p(risk / k))
    c2 = math.sqrt(gamma / (2.0 * intensity * order_size * k) * growth)
    return GlftCoefficients(c1, c2, order_size, sigma)


def glft_exact(
    *, limit: int, time_left: float, gamma: float, sigma: float, intensity: float, k: float
) -> GlftGrid:
    """Return the optimal distances for every inventory, `time_left` before the end.

    Args:
        limit: Largest inventory on either side, in units of the order size.
        time_left: Time to the end, in the unit of time of `sigma` and `intensity`.
        gamma: Risk aversion, per unit of price.
        sigma: Volatility, in units of price per square root of the unit of time.
        intensity: ``A``, orders that arrive at the mid in a unit of time.
        k: How fast the intensity falls with distance, per unit of price.

    Raises:
        InputError: If a parameter is out of range, `limit` is above `INVENTORY_MAX`, or
            `time_left` is so long that rounding would show; `glft_asymptotic` is right there.

    Source: 2013 paper, theorem 1: ``v(t) = exp(-M·time_left)·1``.
    """
    require_not_negative(sigma=sigma, time_left=time_left)
    require_positive(gamma=gamma, intensity=intensity, k=k)
    if not 1 <= limit <= INVENTORY_MAX:
        raise InputError(f"inventory limit is 1 to {INVENTORY_MAX}: limit={limit}")
    alpha = k * gamma * sigma * sigma / 2.0
    eta = intensity * math.exp(-(1.0 + k / gamma) * math.log1p(gamma / k))
    inventories = np.arange(-limit, limit + 1, dtype=np.float64)
    # -M shifted by its largest diagonal: no entry is negative, so nothing cancels below, and the
    # shift only scales v, of which nothing but ratios is used.
    generator = np.diag(alpha * (limit**2 - inventories**2))
    beside = np.arange(2 * limit)
    generator[beside, beside + 1] = generator[beside + 1, beside] = eta
    value = _exponential_row_sums(generator, time_left)
    ratio = np.log(value[:-1] / value[1:]) / k
    at_end = math.log1p(gamma / k) / gamma
    delta_bid = np.append(ratio + at_end, np.nan)
    delta_ask = np.insert(at_end - ratio, 0, np.nan)
    return GlftGrid(limit, delta_bid, delta_ask)


def _exponential_row_sums(generator: Array, time: float) -> Array:
    """``exp(generator·time)·1`` up to a factor, for a matrix without a negative entry.

    Scaling and squaring with a Taylor series. Every operation adds or multiplies numbers of one
    sign, so each entry is right to its own last digits, however small it is beside the others.
    """
    norm = float(generator.sum(axis=1).max()) * time
    squarings = max(0, math.ceil(math.log2(norm))) if norm > 0.0 else 0
    if squarings > SQUARINGS_MAX:
        raise InputError(
            f"time_left times the rate of events is at most 2^{SQUARINGS_MAX}: {norm:.3g}"
        )
    scaled = generator * (time / 2.0**squarings)
    term = power = np.eye(len(generator))
    for order in range(1, _TERMS):
        term = term @ scaled / order
        power = power + term
    for _ in range(squarings):
        power = power @ power
        power /= power.max()
    sums: Array = power.sum(axis=1)
    return sums


def _finite(inventory: float) -> float:
    require_finite(inventory=inventory)
    return inventory
