"""What a trader holds is what its own orders traded, on any path and after any restart."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.desk_venue import SYMBOL, DeskRig
from tradecore.execution.holdings import Holding, Holdings

FILLS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell"]),
        st.integers(1, 50).map(Decimal),
        st.integers(1, 9).map(lambda lots: Decimal(lots) / 4),
    ),
    max_size=30,
)


def slow(fills):
    """Return position and average price, lot by lot in exact fractions, first in first averaged."""
    held, price = Fraction(0), Fraction(0)
    for side, at, quantity in fills:
        for _ in range(int(quantity * 4)):
            lot = Fraction(1, 4) if side == "buy" else Fraction(-1, 4)
            if held * lot >= 0:
                price = (held * price + lot * Fraction(at)) / (held + lot)
            held += lot
            if not held:
                price = Fraction(0)
    return held, price


@given(FILLS)
def test_a_holding_is_what_the_fills_say(fills):
    """Quantity exactly, average price to the digits of a decimal."""
    held = Holding()
    for side, price, quantity in fills:
        held = held.after(side, price, quantity)
    quantity, price = slow(fills)

    assert Fraction(held.quantity) == quantity
    assert float(held.average_price) == pytest.approx(float(price), rel=1e-20)


@given(st.lists(st.tuples(st.sampled_from("ab"), FILLS), max_size=5))
def test_traders_add_up_to_the_account(parts):
    """Whoever traded, the sum is what the account holds."""
    holdings, total = Holdings(), Decimal(0)
    for trader, fills in parts:
        for side, price, quantity in fills:
            holdings.book(trader, "X", side, price, quantity)
            total += quantity if side == "buy" else -quantity

    assert holdings.of("a", "X").quantity + holdings.of("b", "X").quantity == total
    assert holdings.traders("X") == {trader for trader, fills in parts if fills}


def test_a_restarted_desk_knows_whose_position_is_whose():
    """From the journal, once each, also of orders that ended long ago."""
    rig = DeskRig().open()
    first, second = rig.buy("3", trader="t1"), rig.buy("2", "90", trader="t2")
    rig.venue.arrive()
    rig.venue.arrive()
    rig.venue.trade(first, "3")
    rig.venue.trade(second, "1")
    rig.settle()
    rig.start()
    rig.open()
    holdings = rig.desk.table.holdings

    assert holdings.of("t1", SYMBOL) == Holding(Decimal(3), Decimal(100))
    assert holdings.of("t2", SYMBOL) == Holding(Decimal(1), Decimal(90))


def test_a_fill_that_was_missed_is_counted_after_the_restart():
    """What traded while nobody listened is found, and belongs to its order's trader."""
    rig = DeskRig().open()
    name = rig.buy("3", trader="t1")
    rig.venue.arrive()
    rig.settle()
    rig.venue.is_deaf = True
    rig.venue.trade(name, "2")
    rig.start()
    rig.open()
    rig.advance(3)

    assert rig.desk.table.holdings.of("t1", SYMBOL).quantity == 2
