"""What limits remember of orders: all that are open, and so many of those that ended."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.toy_exchange import TERMS
from tradecore.exchanges.base import NewOrder
from tradecore.risk import AccountLimits, LimitRules, PositionsOnly
from tradecore.risk.known_orders import ENDED_MAX, KnownOrders

SYMBOL = TERMS.instrument.symbol
NOW = 20_000 * 86_400 * 10**9


def order(name, side="buy"):
    """Return a new order."""
    return NewOrder(
        client_order_id=name,
        symbol=SYMBOL,
        side=side,
        type="limit",
        quantity=Decimal(1),
        price=Decimal(100),
    )


def test_after_any_number_of_ended_orders_only_the_last_are_known():
    """Memory is what is open and `ended_max` others, however long a process lives."""
    known = KnownOrders(ended_max=10)
    known.add(order("open"))
    for number in range(1_000):
        known.add(order(f"n-{number}", "sell"))
        known.end(f"n-{number}")

    assert len(known) == 11
    assert known.get("open") == (SYMBOL, "buy")
    assert known.get("n-990") == (SYMBOL, "sell")
    assert known.get("n-989") is None


def test_an_end_told_twice_changes_nothing():
    """The stream and the answer both tell of it."""
    known = KnownOrders(ended_max=10)
    known.add(order("a"))
    known.end("a")
    known.end("a")
    known.end("never was")

    assert len(known) == 1


LIMITS = [
    pytest.param(PositionsOnly, id="checks-off"),
    pytest.param(lambda: AccountLimits([TERMS], LimitRules()), id="checks-on"),
]


@pytest.mark.parametrize("make", LIMITS)
def test_a_fill_of_an_open_order_counts_however_many_ended_since(make):
    """An order that rests for weeks is not forgotten for those that came and went beside it."""
    limits = make()
    limits.restore("t1", order("old"), now_ns=NOW)
    for number in range(ENDED_MAX + 2):
        limits.restore("t1", order(f"n-{number}"), now_ns=NOW)
        limits.closed(f"n-{number}")

    for name in ("old", f"n-{ENDED_MAX + 1}", "n-0"):
        limits.filled(
            name, price=Decimal(100), quantity=Decimal(1), fee=Decimal(0), liquidity="maker"
        )

    # The last that ended counts as well; the one that ended first is left to the next audit.
    assert limits.position(SYMBOL) == 2
