"""Where a market maker with inventory quotes, after Avellaneda and Stoikov.

Source: Avellaneda & Stoikov, *High-frequency trading in a limit order book*, Quantitative
Finance 8(3), 2008, equations (29) and (30).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tradecore.core import InputError
from tradecore.pricing.arguments import require_finite, require_not_negative, require_positive

# A session with more quote times than this is a mistaken unit.
QUOTES_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class Quote:
    """Both sides of a quote and the value it is centred on.

    `ask` can be below the mid (and `bid` above it) when the inventory is large: such a quote
    takes unless the caller clamps it behind the other side.
    """

    reservation: float
    spread: float
    bid: float
    ask: float
    delta_bid: float
    """Mid minus bid."""
    delta_ask: float
    """Ask minus mid."""


def avellaneda_stoikov(
    *, mid: float, inventory: float, time_left: float, gamma: float, sigma: float, k: float
) -> Quote:
    """Return the quote of a maker who dislikes the variance of final wealth.

    The reservation price is ``mid - inventory·gamma·sigma²·time_left``; the quote lies around it
    with the spread ``gamma·sigma²·time_left + (2/gamma)·ln(1 + gamma/k)``.

    Args:
        mid: Mid price.
        inventory: Position in units of the order size, negative when short.
        time_left: Time to the end of the session, in the unit of time of `sigma`.
        gamma: Risk aversion, per unit of price; above zero.
        sigma: Volatility, in units of price per square root of the unit of time.
        k: How fast the fill intensity ``A·exp(-k·distance)`` falls, per unit of price.

    Raises:
        InputError: If a parameter is not finite, or `gamma` or `k` is not above zero, or `sigma`
            or `time_left` is below zero.

    Source: equations (29) and (30).
    """
    require_finite(mid=mid, inventory=inventory)
    require_not_negative(sigma=sigma, time_left=time_left)
    require_positive(gamma=gamma, k=k)
    risk = gamma * sigma * sigma * time_left
    spread = risk + _spread_at_end(gamma, k)
    reservation = mid - inventory * risk
    bid, ask = reservation - spread / 2.0, reservation + spread / 2.0
    return Quote(reservation, spread, bid, ask, mid - bid, ask - mid)


def average_spread(*, gamma: float, sigma: float, k: float, horizon: float, step: float) -> float:
    """Return the mean spread over the quote times ``0, step, …, horizon - step``.

    It is what a maker who ignores inventory must quote to be compared fairly.

    Raises:
        InputError: If a parameter is out of range (see `avellaneda_stoikov`), `step` is longer
            than `horizon`, or there are more than `QUOTES_MAX` quote times.

    Source: section 3.3; the paper prints 1.49, 1.35 and 3.02 for gamma 0.1, 0.01 and 1.
    """
    require_not_negative(sigma=sigma)
    require_positive(gamma=gamma, k=k)
    quotes = steps_in(horizon=horizon, step=step)
    mean_time_left = horizon - step * (quotes - 1) / 2.0
    return gamma * sigma * sigma * mean_time_left + _spread_at_end(gamma, k)


def steps_in(*, horizon: float, step: float) -> int:
    """Return how many steps a session has, to the nearest whole one.

    Raises:
        InputError: If there is less than one or there are more than `QUOTES_MAX`.
    """
    require_positive(horizon=horizon, step=step)
    if not step <= horizon <= step * QUOTES_MAX:
        raise InputError(
            f"a session has 1 to {QUOTES_MAX} steps: horizon={horizon!r}, step={step!r}"
        )
    return round(horizon / step)


def _spread_at_end(gamma: float, k: float) -> float:
    return 2.0 / gamma * math.log1p(gamma / k)
