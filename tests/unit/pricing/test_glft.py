"""The Guéant-Lehalle-Fernandez-Tapia quote, against limits and an independent integration."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from tradecore.core import InputError
from tradecore.pricing import glft_asymptotic, glft_coefficients, glft_exact

MARKET = {"gamma": 0.01, "sigma": 0.3, "intensity": 0.9, "k": 0.3}


def test_flat_maker_quotes_symmetrically():
    """Without inventory both sides are as far from the mid."""
    quote = glft_asymptotic(inventory=0, **MARKET)

    assert quote.delta_bid == quote.delta_ask > 0


def test_longer_maker_bids_lower_and_asks_lower():
    """Inventory moves both sides, and leaves the spread."""
    quotes = [glft_asymptotic(inventory=inventory, **MARKET) for inventory in range(-3, 4)]

    assert all(a.delta_bid < b.delta_bid for a, b in pairwise(quotes))
    assert all(a.delta_ask > b.delta_ask for a, b in pairwise(quotes))
    assert [quote.spread for quote in quotes] == pytest.approx([quotes[0].spread] * 7)


def test_without_volatility_only_the_intensity_sets_the_spread():
    """Both formulas then give ln(1 + gamma/k)/gamma on either side, whatever is held."""
    expected = math.log1p(0.01 / 0.3) / 0.01
    still = MARKET | {"sigma": 0.0}

    assert glft_asymptotic(inventory=7, **still).delta_bid == pytest.approx(expected)


def exact_by_integration(*, limit, time_left, gamma, sigma, intensity, k):
    """Integrate v' = alpha q² v - eta (v₋ + v₊) backwards with small Runge-Kutta steps."""
    q = np.arange(-limit, limit + 1.0)
    alpha = k * gamma * sigma**2 / 2
    eta = intensity * (1 + gamma / k) ** -(1 + k / gamma)

    def slope(v):
        padded = np.concatenate([[0.0], v, [0.0]])
        return -alpha * q**2 * v + eta * (padded[:-2] + padded[2:])

    v, steps = np.ones(2 * limit + 1), 20_000
    h = time_left / steps
    for _ in range(steps):
        a = slope(v)
        b = slope(v + h / 2 * a)
        c = slope(v + h / 2 * b)
        d = slope(v + h * c)
        v = v + h / 6 * (a + 2 * b + 2 * c + d)
    return np.log(v[:-1] / v[1:]) / k + math.log1p(gamma / k) / gamma


def test_exact_quotes_solve_the_equation_of_the_paper():
    """A twin that steps the differential equation agrees with the matrix exponential."""
    market = {"gamma": 0.1, "sigma": 1.0, "intensity": 2.0, "k": 0.8}

    grid = glft_exact(limit=6, time_left=20.0, **market)

    twin = exact_by_integration(limit=6, time_left=20.0, **market)
    assert grid.delta_bid[:-1] == pytest.approx(twin, abs=1e-9)


def test_exact_asks_mirror_exact_bids():
    """What a long maker asks is what a maker as short bids."""
    grid = glft_exact(limit=5, time_left=60.0, **MARKET)

    assert grid.delta_ask[::-1] == pytest.approx(grid.delta_bid, nan_ok=True)


def test_there_is_no_quote_beyond_the_limit():
    """No bid at the upper limit, no ask at the lower one, no quote outside."""
    grid = glft_exact(limit=2, time_left=60.0, **MARKET)

    assert math.isnan(grid.quote(2).delta_bid)
    assert math.isnan(grid.quote(-2).delta_ask)
    with pytest.raises(InputError, match="inventory is within the limit 2: inventory=3"):
        grid.quote(3)


def test_far_from_the_end_exact_and_asymptotic_agree_at_zero_inventory():
    """The closed form is the long-horizon limit, with an error of a few thousandths of a tick."""
    exact = glft_exact(limit=30, time_left=600.0, **MARKET).quote(0)

    assert exact.delta_bid == pytest.approx(
        glft_asymptotic(inventory=0, **MARKET).delta_bid, abs=1e-3
    )


def test_with_no_time_left_only_the_intensity_sets_the_spread():
    """At the end every inventory is quoted alike."""
    grid = glft_exact(limit=3, time_left=0.0, **MARKET)

    assert grid.delta_bid[:-1] == pytest.approx([math.log1p(0.01 / 0.3) / 0.01] * 6)


def test_far_inventories_stay_precise_when_their_value_is_tiny():
    """With strong aversion v spans hundreds of orders of magnitude; bids must still rise with q."""
    grid = glft_exact(limit=40, time_left=50.0, gamma=1.0, sigma=2.0, intensity=1.0, k=1.0)

    assert np.isfinite(grid.delta_bid[:-1]).all()
    assert (np.diff(grid.delta_bid[:-1]) > 0).all()


def test_order_size_scales_the_coefficients():
    """Size 1 is the 2013 formula; a quote for zero inventory is the half spread on both sides."""
    one = glft_coefficients(order_size=1.0, **MARKET)
    assert one.quote(0).delta_bid == one.half_spread
    assert one.quote(2) == glft_asymptotic(inventory=2, **MARKET)

    ten = glft_coefficients(order_size=10.0, **MARKET)
    assert ten.c1 == pytest.approx(math.log1p(0.1 / 0.3) / 0.1)


@pytest.mark.parametrize("limit", [0, 201])
def test_refuses_a_grid_of_no_or_too_many_inventories(limit):
    """The grid is dense, so it has a ceiling."""
    with pytest.raises(InputError, match=f"inventory limit is 1 to 200: limit={limit}"):
        glft_exact(limit=limit, time_left=1.0, **MARKET)


def test_refuses_a_horizon_where_rounding_would_show():
    """The refusal says what is too large."""
    with pytest.raises(InputError, match="time_left times the rate of events is at most"):
        glft_exact(limit=2, time_left=1e12, **MARKET)
