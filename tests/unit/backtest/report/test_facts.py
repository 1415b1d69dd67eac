"""What the report counts, on fills and orders small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.sample_result import FILL, LATENCY, NOTHING, ORDER, STATES
from tradecore.backtest.report import facts

SECOND = 1_000_000_000


def fills(*rows):
    """Return fills of one lot: side, price, mid, mid after 1 s, liquidity."""
    table = np.zeros(len(rows), FILL)
    for at, (side, price, mid, mid_1s, liquidity) in zip(table, rows, strict=True):
        at["side"], at["price"], at["quantity"], at["liquidity"] = side, price, 1.0, liquidity
        at["mid"], at["mid_1s"], at["mid_5s"], at["mid_30s"] = mid, mid_1s, np.nan, np.nan
    return table


def orders(*rows):
    """Return orders of 2: key, submit, accept and done in seconds, filled, reject code."""
    table = np.zeros(len(rows), ORDER)
    for at, (key, submit, accept, done, filled, code) in zip(table, rows, strict=True):
        at["key"], at["quantity"], at["filled"], at["reject_code"] = key, 2.0, filled, code
        at["ts_submit_ns"], at["ts_accept_ns"] = submit * SECOND, accept * SECOND
        at["ts_done_ns"] = done * SECOND
    return table


def test_markout_is_the_gain_against_the_mid_by_side():
    """Bought at 100 under a mid of 101 and sold at 102 above it: 1 % and 0.98 %, then less."""
    table = fills((1, 100.0, 101.0, 100.5, 0), (-1, 102.0, 101.0, 101.5, 0))

    found = facts.markout(table)

    assert found.mean_bps[0] == pytest.approx((100 + 1 / 102 * 1e4) / 2)
    assert found.mean_bps[1] == pytest.approx((50 + 0.5 / 102 * 1e4) / 2)
    assert found.fills.tolist() == [2, 2, 0, 0]
    assert np.isnan(found.mean_bps[2:]).all()


def test_few_fills_have_no_confidence_interval():
    """Of two, an interval would be a guess; of six, it is 1.96 standard errors."""
    two = fills(*[(1, 100.0, 101.0, 100.0, 0)] * 2)
    six = fills(*[(1, 100.0, 100.0 + at, 100.0, 0) for at in range(6)])

    assert np.isnan(facts.markout(two).interval_bps).all()
    gains = np.arange(6) * 100.0
    assert facts.markout(six).interval_bps[0] == pytest.approx(
        1.96 * gains.std(ddof=1) / np.sqrt(6)
    )


def test_fills_are_counted_by_side_and_liquidity():
    """Two makers, one taker; two bought, one sold."""
    found = facts.fill_facts(
        fills((1, 100.0, 101.0, 0, 0), (1, 100.0, 101.0, 0, 1), (-1, 200.0, 202.0, 0, 0))
    )

    assert (found.fills, found.maker, found.bought, found.sold) == (3, 2, 2.0, 1.0)
    assert found.turnover == 400.0
    assert found.spread_bps == pytest.approx((100 + 100 - 100) / 3)


def test_orders_are_counted_and_timed():
    """One filled whole, one in part and canceled, one refused, one still open."""
    table = orders(
        (1, 10, 11, 20, 2.0, 0),
        (2, 10, 12, 15, 1.0, 0),
        (3, 10, 0, 11, 0.0, 3004),
        (4, 30, 31, 0, 0, 0),
    )
    table["state"] = [STATES.index(s) for s in ("FILLED", "CANCELED", "REJECTED", "ACCEPTED")]
    done = fills((1, 100.0, 101.0, 0, 0), (1, 100.0, 101.0, 0, 0))
    done["order_key"], done["ts_ns"] = (2, 1), (13 * SECOND, 20 * SECOND)

    found = facts.order_facts(replace(NOTHING, orders=table, fills=done))

    assert (found.submitted, found.accepted) == (4, 3)
    assert (found.filled, found.partly_filled) == (1, 1)
    assert (found.ordered_quantity, found.filled_quantity) == (8.0, 3.0)
    assert found.refusals == {3004: 1}
    assert found.canceled == 1
    assert found.acknowledged.largest == 2 * SECOND
    assert (found.first_fill.count, found.first_fill.largest) == (2, 9 * SECOND)
    assert (found.life.count, found.life.largest) == (2, 9 * SECOND)


def test_a_fill_of_an_order_that_is_not_listed_is_not_timed():
    """Nothing is known about when it was accepted."""
    lone = fills((1, 100.0, 101.0, 0, 0))
    lone["order_key"] = 99

    assert facts.order_facts(replace(NOTHING, fills=lone)).first_fill.count == 0
    with_other = replace(NOTHING, fills=lone, orders=orders((1, 10, 11, 0, 0, 0)))
    assert facts.order_facts(with_other).first_fill.count == 0


def test_drawdown_is_the_distance_to_the_highest_so_far():
    """Never above zero; unknown where equity is."""
    assert facts.drawdown(np.array([1.0, 3.0, 2.0, 5.0, 1.0])).tolist() == [0, 0, -1, 0, -4]
    with_gap = facts.drawdown(np.array([1.0, np.nan, 0.0]))
    assert np.isnan(with_gap[1])
    assert with_gap[2] == -1.0
    assert facts.drawdown(np.array([])).size == 0


def test_latencies_are_reported_kind_by_kind():
    """Sorted by name, with the shape of each."""
    rows = np.zeros(3, LATENCY)
    rows["kind"], rows["ns"] = ["b", "a", "b"], [1, 5, 3]

    found = dict(facts.latencies(rows))

    assert list(found) == ["a", "b"]
    assert (found["b"].count, found["b"].p50, found["b"].largest) == (2, 2.0, 3.0)


def test_the_span_covers_all_that_is_known():
    """From the first order to the last fill; nothing, when nothing happened."""
    assert facts.span(NOTHING) is None
    late = fills((1, 1.0, 1.0, 1.0, 0))
    late["ts_ns"] = 50 * SECOND
    assert facts.span(replace(NOTHING, orders=orders((1, 10, 11, 0, 0, 0)), fills=late)) == (
        10 * SECOND,
        50 * SECOND,
    )
