"""Fill intensity: fitted from rates, and counted from trades."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tradecore.core import InputError
from tradecore.pricing import FillIntensity, Intensity, Volatility, fit_intensity

SECOND = 1_000_000_000


def test_fit_returns_the_curve_the_points_lie_on():
    """Points of an exponential give back its two parameters."""
    truth = Intensity(scale=140.0, k=1.5)
    depths = [0.5, 1.0, 1.5, 2.0, 3.0]

    fitted = fit_intensity(depths, [truth.at(depth) for depth in depths])

    assert fitted.scale == pytest.approx(140.0)
    assert fitted.k == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("depths", "rates", "message"),
    [
        pytest.param([1.0], [1.0], "two different depths", id="one-point"),
        pytest.param([], [], "two different depths", id="empty"),
        pytest.param([1.0, 1.0], [1.0, 2.0], "two different depths", id="same-depth"),
        pytest.param([1.0, 2.0], [1.0], "as long as each other", id="lengths"),
        pytest.param([1.0, 2.0], [1.0, 0.0], "finite and above zero", id="zero-rate"),
        pytest.param([1.0, 2.0], [1.0, math.nan], "finite and above zero", id="nan-rate"),
        pytest.param([-1.0, 2.0], [1.0, 1.0], "depth is a finite number", id="negative-depth"),
        pytest.param([1.0, math.inf], [1.0, 1.0], "depth", id="infinite-depth"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_fit_refuses_points_without_a_line(depths, rates, message):
    """Each refusal says what a fit needs."""
    with pytest.raises(InputError, match=message):
        fit_intensity(depths, rates)


def test_counted_trades_reveal_the_intensity():
    """Distances drawn from an exponential with k = 2 at 100 a second are recognised."""
    rng = np.random.default_rng(7)
    counter = FillIntensity(depths=(0.1, 0.25, 0.5, 1.0))
    for distance in rng.exponential(1 / 2.0, 20_000):
        counter.observe(float(distance))

    fitted = counter.fit(elapsed_s=200.0)

    assert fitted.k == pytest.approx(2.0, rel=0.05)
    assert fitted.scale == pytest.approx(100.0, rel=0.05)


def test_a_trade_reaches_every_smaller_depth_and_its_own():
    """With 20 trades at 0.5 the depths up to 0.5 have the same count: no slope to fit."""
    counter = FillIntensity(depths=(0.25, 0.5, 1.0))
    for _ in range(20):
        counter.observe(0.5)

    assert counter.fit(elapsed_s=1.0) is None


def test_too_few_trades_give_no_fit():
    """A guess from a handful of trades would be worse than the configured value."""
    counter = FillIntensity(depths=(0.25, 0.5))
    counter.observe(0.3)

    assert counter.fit(elapsed_s=1.0) is None


@pytest.mark.parametrize("depths", [(0.5,), (0.5, 0.5), (0.0, 1.0), (1.0, 0.5), (math.nan, 1.0)])
def test_depths_rise_from_above_zero(depths):
    """Anything else cannot be counted."""
    with pytest.raises(InputError, match="depths are two or more, rising from above zero"):
        FillIntensity(depths=depths)


def test_volatility_of_a_random_walk_is_found_at_irregular_times():
    """Steps of ±0.3·√dt at random intervals have volatility 0.3 per √s."""
    rng = np.random.default_rng(11)
    estimator, now_ns, price = Volatility(half_life_s=600.0), 0, 100.0
    for gap_s in rng.exponential(0.2, 20_000):
        now_ns += int(gap_s * SECOND)
        price += 0.3 * math.sqrt(gap_s) * rng.choice((-1.0, 1.0))
        estimator.observe(price, now_ns=now_ns)

    assert estimator.per_sqrt_s() == pytest.approx(0.3, rel=0.05)


def test_volatility_forgets_at_its_half_life():
    """A second of variance 1, then 10 s of calm with half-life 10 s: (1/2) / (1/2 + 10)."""
    estimator = Volatility(half_life_s=10.0)
    for now_s, price in [(0, 100.0), (1, 101.0), (11, 101.0)]:
        estimator.observe(price, now_ns=now_s * SECOND)

    assert estimator.per_sqrt_s() == pytest.approx(math.sqrt(0.5 / 10.5))


def test_volatility_is_unknown_before_two_prices_at_different_times():
    """One price, or two at the same instant, say nothing."""
    estimator = Volatility(half_life_s=1.0)
    estimator.observe(100.0, now_ns=5)
    estimator.observe(200.0, now_ns=5)

    assert estimator.per_sqrt_s() is None


def test_half_life_is_positive():
    """Zero would forget everything at once."""
    with pytest.raises(InputError, match=r"half_life_s is a finite number above zero"):
        Volatility(half_life_s=0.0)
