"""Return, risk and turnover, held against figures worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest.performance import Performance
from tradecore.backtest.tables import EQUITY_DTYPE, FILL_DTYPE, ORDER_DTYPE
from tradecore.core import InputError, Instrument

SECOND = 1_000_000_000
BTC = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")


def curve(values, *, position=0.0, mid=100.0, step_s=1):
    """An equity table."""
    rows = np.zeros(len(values), EQUITY_DTYPE)
    rows["ts_ns"] = np.arange(len(values)) * step_s * SECOND
    rows["equity"], rows["position"], rows["mid"] = values, position, mid
    return rows


def of(equity, *, fills=0, orders=0, volume=0.0):
    """The ratios of a curve."""
    return Performance.of(
        equity=equity,
        fills=np.zeros(fills, FILL_DTYPE),
        orders=np.zeros(orders, ORDER_DTYPE),
        curves=[(equity, BTC)],
        volume=volume,
    )


def test_a_run_of_nothing_has_no_ratios():
    """And is no error."""
    found = of(curve([]))

    assert (found.total_return, found.sharpe, found.sortino, found.turnover) == (None,) * 4
    assert found.drawdown == 0


def test_sharpe_is_mean_over_deviation_scaled_to_a_year():
    """Of the profit of each second."""
    profits = np.tile([1.0, -0.5], 40)

    found = of(curve(np.cumsum([0.0, *profits])))

    year = math.sqrt(365 * 86_400)
    assert found.step_s == 1
    assert found.sharpe == pytest.approx(profits.mean() / profits.std(ddof=1) * year)
    losses = math.sqrt(np.mean(np.minimum(profits, 0) ** 2))
    assert found.sortino == pytest.approx(profits.mean() / losses * year)


def test_a_longer_run_is_measured_in_longer_steps():
    """The longest of which there are thirty."""
    assert of(curve(np.arange(100.0), step_s=60)).step_s == 60
    assert of(curve(np.arange(100.0), step_s=3_600)).step_s == 3_600
    assert of(curve(np.arange(100.0), step_s=86_400)).step_s == 86_400


def test_a_curve_that_never_moves_has_no_ratio():
    """Nothing is divided by zero."""
    found = of(curve(np.zeros(100)))

    assert (found.sharpe, found.sortino) == (None, None)


def test_the_deepest_fall_counts_from_the_highest_before():
    """With its times; a run begins at zero, so a first loss is a fall."""
    found = of(curve([0, 5, 3, 8, 2, 9, 4.5]))
    assert found.drawdown == 6
    assert (found.drawdown_from_ns, found.drawdown_to_ns) == (3 * SECOND, 4 * SECOND)

    assert of(curve([-1, -3])).drawdown == 3


def test_a_return_is_of_the_largest_value_held_or_of_a_capital_that_is_named():
    """The first where nobody says."""
    found = of(curve([0, 1, 2], position=-0.5, mid=100.0), volume=200.0)
    assert (found.capital, found.total_return, found.turnover) == (50, 0.04, 4)

    named = found.on(1_000)
    assert (named.total_return, named.turnover, named.capital_is_named) == (0.002, 0.2, True)
    for capital in (0, -1, math.nan, math.inf):
        with pytest.raises(InputError, match="a capital is above 0: capital="):
            found.on(capital)


def test_values_that_are_no_numbers_are_left_out():
    """A book without a mid has no equity."""
    found = of(curve([0, math.nan, 4, math.nan]))

    assert (found.net, found.drawdown) == (4, 0)


def test_a_run_has_its_ratios(short_tape):
    """From the same tables a reader has."""
    result = tc.backtest(AtTouch, data=short_tape, fees="venue", latency="venue")

    found = result.summary().performance
    fills = result.fills[np.isfinite(result.fills["mid_5s"])]
    gains = fills["side"] * (fills["mid_5s"] - fills["price"]) / fills["price"] * 1e4
    assert found.markout_bps[5] == pytest.approx(gains.mean())
    assert found.net == pytest.approx(float(result.summary().pnl.net))
    assert 0 < found.fill_ratio <= 1


def test_of_several_symbols_the_capital_is_what_was_held_at_once():
    """Each at its own times; a quantity filled of another unit has no part."""
    one, other = curve(np.zeros(4), position=2.0), curve(np.zeros(2), position=-3.0, mid=50.0)
    other["ts_ns"] += SECOND // 2

    found = Performance.of(
        equity=one,
        fills=np.zeros(1, FILL_DTYPE),
        orders=np.zeros(1, ORDER_DTYPE),
        curves=[(one, BTC), (other, BTC)],
        volume=700.0,
    )

    assert found.capital == 2 * 100 + 3 * 50
    assert found.turnover == 2
    assert found.fill_ratio is None
