"""The experiment of Avellaneda and Stoikov: a maker with and one without regard to inventory.

The mid moves by ``±sigma·√step`` with equal odds. In each step the bid and the ask are each
filled, one unit at most, with a chance that falls with their distance from the mid.

Source: Avellaneda & Stoikov 2008, section 3.3, tables 1 to 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tradecore.core import InputError
from tradecore.pricing.arguments import require_finite, require_positive
from tradecore.pricing.market_making import avellaneda_stoikov, average_spread, steps_in

PATHS_MAX = 10_000_000

Array = npt.NDArray[np.float64]
Maker = Literal["inventory", "symmetric"]
FillChance = Literal["linear", "exact"]


@dataclass(frozen=True, slots=True)
class MarketMakingOutcome:
    """Where every path ended.

    Shape: both ``(paths,) float64``; `inventory` in orders, `profit` in units of price.
    """

    profit: Array
    inventory: Array


def simulate_market_making(
    rng: np.random.Generator,
    *,
    gamma: float,
    sigma: float,
    k: float,
    intensity: float,
    horizon: float = 1.0,
    step: float = 0.005,
    mid: float = 100.0,
    maker: Maker = "inventory",
    fill_chance: FillChance = "linear",
    paths: int = 1000,
) -> MarketMakingOutcome:
    """Play `paths` sessions and return how each ended, marked at the mid.

    Args:
        rng: Where the randomness comes from; equal generators give equal outcomes.
        gamma: Risk aversion, per unit of price.
        sigma: Volatility, in units of price per square root of the unit of time.
        k: How fast the fill intensity falls with distance, per unit of price.
        intensity: ``A``, fills in a unit of time at the mid.
        horizon: Length of a session.
        step: Time between two quotes.
        mid: Mid price at the start.
        maker: ``inventory`` quotes around its reservation price; ``symmetric`` quotes the same
            average spread around the mid.
        fill_chance: ``linear`` reads ``λ·step`` as a probability, as the paper does (its printed
            profits need it: ``A·step`` is 0.7, not small); ``exact`` is ``1 - exp(-λ·step)``.
        paths: Number of sessions.

    Raises:
        InputError: If a parameter is out of range.
    """
    require_positive(gamma=gamma, sigma=sigma, k=k, intensity=intensity)
    require_finite(mid=mid)
    if not 1 <= paths <= PATHS_MAX:
        raise InputError(f"paths are 1 to {PATHS_MAX}: paths={paths}")
    steps = steps_in(horizon=horizon, step=step)
    flat = average_spread(gamma=gamma, sigma=sigma, k=k, horizon=horizon, step=step) / 2.0
    price, cash, held = np.full(paths, float(mid)), np.zeros(paths), np.zeros(paths)
    for index in range(steps):
        if maker == "inventory":
            time_left = horizon - index * step
            delta_bid, delta_ask = _distances(held, gamma, sigma, k, time_left)
        else:
            delta_bid = delta_ask = np.full(paths, flat)
        bought = rng.random(paths) < _chance(delta_bid, intensity, k, step, fill_chance)
        sold = rng.random(paths) < _chance(delta_ask, intensity, k, step, fill_chance)
        cash += sold * (price + delta_ask) - bought * (price - delta_bid)
        held += bought.astype(np.float64) - sold
        price += sigma * math.sqrt(step) * rng.choice((-1.0, 1.0), paths)
    return MarketMakingOutcome(profit=cash + held * price, inventory=held)


def _distances(
    held: Array, gamma: float, sigma: float, k: float, time_left: float
) -> tuple[Array, Array]:
    # Both distances are linear in the inventory, so two scalar quotes place them for all paths.
    flat, one = (
        avellaneda_stoikov(
            mid=0.0, inventory=inventory, time_left=time_left, gamma=gamma, sigma=sigma, k=k
        )
        for inventory in (0.0, 1.0)
    )
    shift = held * (one.delta_bid - flat.delta_bid)
    return flat.delta_bid + shift, flat.delta_ask - shift


def _chance(
    distance: Array, intensity: float, k: float, step: float, fill_chance: FillChance
) -> Array:
    expected: Array = intensity * np.exp(-k * distance) * step
    # A linear chance above one is a certain fill; the comparison with a draw below one does that.
    return expected if fill_chance == "linear" else -np.expm1(-expected)
