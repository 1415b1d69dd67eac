"""Profit by fills, and the limits an account is held against."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.model import VenueFill, VenuePosition
from tradecore.processes.limit_watch import breaches
from tradecore.processes.position_server import AccountBook
from tradecore.processes.settings.risk_management import RiskManagement


def fill(number, side, quantity, price, fee="0"):
    """Return a fill."""
    return VenueFill(
        exec_id=number,
        venue_order_id="1",
        symbol="X",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        fee_currency="USDT",
        liquidity="maker",
        ts_event_ns=number,
    )


@pytest.mark.parametrize(
    ("fills", "realized"),
    [
        pytest.param([("buy", 2, 100), ("sell", 1, 110)], [0, 10], id="part-closed"),
        pytest.param(
            [("buy", 1, 100), ("buy", 1, 120), ("sell", 2, 130)], [0, 0, 40], id="average"
        ),
        pytest.param([("sell", 1, 100), ("buy", 1, 90)], [0, 10], id="short"),
        pytest.param(
            [("buy", 1, 100), ("sell", 3, 110), ("buy", 2, 100)], [0, 10, 20], id="turned"
        ),
    ],
)
def test_profit_is_what_closing_fills_made(fills, realized):
    """By average cost, exactly."""
    book = AccountBook()

    counted = [book.fill(fill(n, *terms)) for n, terms in enumerate(fills, 1)]

    assert [one.realized for one in counted] == realized


def test_a_fill_told_twice_is_one():
    """The stream and its replay overlap."""
    book = AccountBook()

    assert book.fill(fill(1, "buy", 1, 100)) is not None
    assert book.fill(fill(1, "buy", 1, 100)) is None


def test_fees_are_kept_by_currency_and_taken_off_the_net():
    """A rebate is a fee below nothing."""
    book = AccountBook()
    book.fill(fill(1, "buy", 1, 100, fee="0.5"))
    book.fill(fill(2, "sell", 1, 110, fee="-0.1"))

    assert book.net() == Decimal("9.6")
    assert book.profit() == {"X": {"realized": "10", "fees_USDT": "0.4"}}


RULES = RiskManagement(
    max_position_size=Decimal(10), max_position_per_symbol=Decimal(5), max_daily_loss=Decimal(100)
)


@pytest.mark.parametrize(
    ("held", "net", "found"),
    [
        (3, 0, []),
        (4, 0, [("POSITION_LIMIT", False)]),
        (-6, 0, [("POSITION_LIMIT", True)]),
        (11, 0, [("POSITION_LIMIT", True), ("POSITION_LIMIT", True)]),
        (0, -80, [("DAILY_LOSS", False)]),
        (0, -101, [("DAILY_LOSS", True)]),
        (0, None, []),
    ],
)
def test_a_limit_is_near_from_the_threshold_on_and_passed_beyond_it(held, net, found):
    """Eight tenths are near; short positions count like long ones."""
    positions = {
        "X": VenuePosition(symbol="X", quantity=Decimal(held), entry_price=None, ts_event_ns=0)
    }
    profit = None if net is None else Decimal(net)

    assert [(b.code, b.is_over) for b in breaches(positions, RULES, net=profit)] == found
