"""The background market: it trades with everybody, books stay even, and a seed repeats it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from support.binance_desk import Desk

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


def residue(desk):
    """Return what is missing in the books."""
    state = desk.exchange.service.state
    return state.ledger.residue({name: mark.mark for name, mark in state.marks.items()})


def test_accounts_trade_with_it_as_makers_and_takers():
    """Whoever rests is met, whoever takes is filled; both sides are booked, by the engine too."""
    desk = Desk(flow="synthetic")
    desk.wait(1_000)
    service, ledger = desk.exchange.service, desk.exchange.service.state.ledger
    touch = desk.public("/fapi/v1/ticker/bookTicker", "symbol=BTCUSDT")
    resting = {
        desk.order("BUY", "0.050", touch["bidPrice"])["orderId"],
        desk.order("SELL", "0.050", touch["askPrice"])["orderId"],
    }
    taken = desk.order("SELL", "0.020", None, type="MARKET", timeInForce=None)
    assert taken["status"] == "NEW"
    desk.wait(30_000, step=50)
    trades = desk.ask("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    roles = {(one["orderId"], one["maker"]) for one in trades}
    assert any(is_maker and order_id in resting for order_id, is_maker in roles)
    assert (taken["orderId"], False) in roles
    assert residue(desk) == 0
    core = service.engine.risk
    for account in (1, *service.state.flow_accounts.values()):
        for symbol in SYMBOLS:
            booked = ledger.position(account, symbol).quantity
            assert core.position(account, symbol).quantity == booked
    assert service.engine.verify()


def test_trades_are_counted_without_a_gap_and_in_order():
    """Every symbol has its own numbers, those of accounts among them."""
    desk = Desk(flow="synthetic")
    desk.wait(500)
    desk.order("BUY", "0.020", None, type="MARKET", timeInForce=None)
    desk.wait(2_000)
    for symbol in SYMBOLS:
        rows = desk.public("/fapi/v1/trades", f"symbol={symbol}&limit=1000")
        ids = [row["id"] for row in rows]
        assert ids == list(range(1, len(ids) + 1))
        assert all(before["time"] <= after["time"] for before, after in pairwise(rows))
    mine = desk.ask("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    public = {row["id"]: row for row in desk.public("/fapi/v1/trades", "symbol=BTCUSDT&limit=1000")}
    assert mine
    assert all(public[one["id"]]["price"] == one["price"] for one in mine)


def test_a_seed_repeats_a_market():
    """The same seed and times give the same trades; another seed does not."""

    def prints(seed):
        desk = Desk(flow="synthetic", seed=seed)
        desk.wait(1_000)
        return desk.public("/fapi/v1/trades", "symbol=ETHUSDT&limit=1000")

    assert prints(1) == prints(1)
    assert prints(1) != prints(2)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_there_is_something_to_trade_with(symbol):
    """Twenty levels and 10,000 USDT or more on either side, near what the symbol is worth."""
    desk = Desk(flow="synthetic")
    desk.wait(3_000, step=50)
    book = desk.public("/fapi/v1/depth", f"symbol={symbol}&limit=1000")
    for side in ("bids", "asks"):
        levels = [(Decimal(price), Decimal(quantity)) for price, quantity in book[side]]
        assert len(levels) >= 20
        assert sum(price * quantity for price, quantity in levels) > 10_000
    mark = Decimal(desk.public("/fapi/v1/premiumIndex", f"symbol={symbol}")["markPrice"])
    assert abs(Decimal(book["bids"][0][0]) / mark - 1) < Decimal("0.01")


def test_after_a_long_pause_it_catches_up_a_second_a_turn():
    """A clock that jumps for hours neither stops the market nor holds up the server."""
    desk = Desk(flow="synthetic")
    desk.wait(100)
    desk.now_ns += 3 * 3_600_000_000_000
    assert desk.flow.step(desk.now_ns) > 0
    desk.exchange.advance(desk.now_ns)
    assert desk.flow.step(desk.now_ns) > 0
    assert residue(desk) == 0
