"""Why two runs earned what they did: the parts are the difference, to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.core import InputError
from tradecore.runs.attribution import attribute
from tradecore.runs.entries import Facts
from tradecore.runs.history import History, TradedFill
from tradecore.runs.pairing import pair

FACTS = {
    kind: {
        "X": Facts(
            symbol="X",
            kind=kind,
            tick_size=Decimal("0.1"),
            lot_size=Decimal("0.001"),
            multiplier=Decimal(100 if kind == "inverse" else 1),
            min_notional=Decimal(0),
            maker_fee=Decimal(0),
            taker_fee=Decimal(0),
        )
    }
    for kind in ("linear", "inverse")
}


def traded(ts_ns, side, price, quantity, fee="0", mid=None):  # noqa: PLR0917 - a row
    """A fill."""
    return TradedFill(
        client_order_id=f"o{ts_ns}",
        symbol="X",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        liquidity="maker",
        ts_event_ns=ts_ns,
        ts_recv_ns=ts_ns,
        mid=None if mid is None else Decimal(mid),
    )


def history(fills, mark=None):
    """A run of these fills."""
    return History(
        name="run",
        kind="test",
        facts={},
        orders=[],
        fills=fills,
        latency_ns={},
        marks={} if mark is None else {"X": Decimal(mark)},
        start_ns=0,
        end_ns=10**9,
    )


def attributed(a, b, *, kind="linear", window_ns=1_000):
    """Return the parts of the difference of two runs."""
    return attribute(a, b, pair(([], []), (a.fills, b.fills), window_ns=window_ns), FACTS[kind])


def test_a_worse_price_at_the_same_moment_is_price():
    """Bought 2 at 101 instead of 100, the mid the same."""
    found = attributed(
        history([traded(5, "buy", "101", "2", mid="100.5")], "110"),
        history([traded(5, "buy", "100", "2", mid="100.5")], "110"),
    )

    assert (found.price, found.timing, found.difference) == (-2, 0, -2)


def test_a_later_moment_is_timing_as_far_as_the_mid_moved():
    """Sold 3 for the mid plus 1 both times, but the mid had fallen by 4 when the first did."""
    found = attributed(
        history([traded(9, "sell", "97", "3", mid="96")], "90"),
        history([traded(5, "sell", "101", "3", mid="100")], "90"),
    )

    assert (found.price, found.timing, found.difference) == (0, -12, -12)


def test_a_fill_that_only_one_has_earned_what_it_did_less_its_fee():
    """To the mark at the end; the other lacks it."""
    bought = history([traded(5, "buy", "100", "1", fee="0.25")], "103")

    assert attributed(bought, history([], "103")).missing_b == Decimal("2.75")
    assert attributed(history([], "103"), bought).missing_a == Decimal("-2.75")


def test_other_fees_for_the_same_fill_are_fees():
    """A taker's beside a maker's."""
    found = attributed(
        history([traded(5, "buy", "100", "1", fee="0.05")], "100"),
        history([traded(5, "buy", "100", "1", fee="-0.01")], "100"),
    )

    assert (found.fees, found.difference) == (Decimal("-0.06"), Decimal("-0.06"))


def test_another_mark_at_the_end_is_its_own_part():
    """The same position, valued at another mid."""
    fills = [traded(5, "buy", "100", "2")]

    found = attributed(history(fills, "105"), history(fills, "104"))

    assert (found.marks, found.difference) == (2, 2)


def test_a_fill_of_an_instrument_nobody_knows_is_refused():
    """Neither journal says what it is worth."""
    run = history([traded(5, "buy", "100", "1")], "100")

    with pytest.raises(InputError, match="what a fill is worth needs its instrument: symbol=X"):
        attribute(run, run, pair(([], []), (run.fills, run.fills), window_ns=1), {})


PRICES = st.integers(900, 1_100).map(lambda ticks: Decimal(ticks) / 10)
FILLS = st.lists(
    st.builds(
        traded,
        st.integers(0, 5_000),
        st.sampled_from(["buy", "sell"]),
        PRICES,
        st.integers(1, 50).map(lambda lots: Decimal(lots) / 1_000),
        st.integers(-9, 99).map(lambda n: Decimal(n) / 7_000),
        st.none() | PRICES,
    ),
    max_size=8,
)


@given(FILLS, FILLS, PRICES, PRICES, st.sampled_from(["linear", "inverse"]))
def test_the_parts_are_the_difference_to_the_last_digit(fills_a, fills_b, mark_a, mark_b, kind):
    """Whatever was traded, matched, missed or split, linear or inverse."""
    found = attributed(history(fills_a, mark_a), history(fills_b, mark_b), kind=kind)

    parts = (found.price, found.timing, found.fees, found.missing_a, found.missing_b, found.marks)
    assert sum(parts, Decimal(0)) == found.net_a - found.net_b
