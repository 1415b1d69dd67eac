"""Profit by parts, to the last digit; the worked examples of the shared vectors."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC
from tradecore.core import InputError
from tradecore.portfolio import Profit, profit, total_profit


def trader_of(**facts):
    """Return a trader of an instrument with steps of 1."""
    facts = {"tick_size": "1", "lot_size": "1", **facts}
    return tc.Trader([tc.Instrument(BTC, **facts)], run_id="p1")


def trade(trader, side, quantity, price, fee="0"):
    """Send an order and fill it whole."""
    order = trader.submit(BTC, side, quantity, price, now_ns=1)
    trader.apply(
        order.key,
        "filled",
        ts_event_ns=1,
        ts_recv_ns=1,
        exec_id=1,
        price=price,
        quantity=quantity,
        fee=fee,
    )


@pytest.fixture
def cases(shared_dir):
    """Return the worked examples by name, or skip."""
    path = shared_dir / "vectors" / "pnl.json"
    if not path.exists():
        pytest.skip("needs ../shared/vectors/pnl.json: not present")
    return {case["id"]: case for case in json.loads(path.read_text())["cases"]}


def test_the_parts_add_up():
    """The parts add up."""
    trader = trader_of()
    trade(trader, "buy", 2, 30000, fee="30")
    trade(trader, "sell", 1, 31000, fee="15.5")
    position = trader.position(BTC)

    made = profit(position, Decimal(30500))

    assert made == Profit(
        realized=Decimal(1000), unrealized=Decimal(500), fees=Decimal("45.5"), funding=Decimal(0)
    )
    assert (made.gross, made.net) == (1500, Decimal("1454.5"))
    assert made.net == position.cash_flow + position.value("30500")
    assert total_profit(trader, {BTC: Decimal(30500)}) == made


def test_a_position_shows_what_is_held():
    """A position shows what is held."""
    trader = trader_of()
    position = trader.position(BTC)
    assert (position.side, position.is_flat, position.average_price) == (None, True, None)

    trade(trader, "sell", 3, 100)

    assert (position.symbol, position.quantity, position.quantity_lots) == (BTC, -3, -3)
    assert (position.side, position.is_flat) == ("sell", False)
    assert (position.average_price, position.bought, position.sold) == (100, 0, 3)
    assert position.unrealized("99.5") == Decimal("1.5")
    assert repr(position) == "Position(BTCUSDT, -3, realized=0, fees=0)"


def test_a_held_position_needs_a_mark_and_a_flat_one_does_not():
    """A held position needs a mark and a flat one does not."""
    trader = trader_of()
    assert profit(trader.position(BTC)) == Profit()

    trade(trader, "buy", 1, 100)

    with pytest.raises(InputError, match="a position that is held needs a mark: symbol=BTCUSDT"):
        profit(trader.position(BTC))
    for mark in (0, -1, "nan", "1e40"):
        with pytest.raises(InputError, match="mark"):
            trader.position(BTC).unrealized(mark)


def test_average_cost_of_a_flip(cases):
    """Average cost of a flip."""
    case = cases["realized_flip_three_methods"]
    trader = trader_of()
    position = trader.position(BTC)

    for one, expected in zip(case["input"]["trades"], case["expected"]["average"], strict=True):
        trade(trader, one["side"], one["qty"], one["price"])

        assert float(position.realized) == pytest.approx(float(expected["realized"]), abs=1e-9)
        assert position.quantity == Decimal(expected["position"])
        average = expected["avg_price"]
        if average is None:
            assert position.average_price is None
        else:
            assert float(position.average_price) == pytest.approx(float(average), abs=1e-9)


def test_equity_of_the_identity(cases):
    """Equity of the identity."""
    given, expected = cases["net_pnl_identity"]["input"], cases["net_pnl_identity"]["expected"]
    trader = trader_of()
    for one in given["trades"]:
        trade(trader, one["side"], one["qty"], one["price"], one["fee"])
    made = profit(trader.position(BTC), Decimal(given["mark"]))

    assert made.realized == Decimal(expected["realized_gross"])
    assert made.unrealized == Decimal(expected["unrealized"])
    assert made.fees == Decimal(expected["fees"])
    equity = Decimal(given["cash_start"]) + made.net - Decimal(given["funding_paid"])
    assert equity == Decimal(expected["equity"])


def test_an_inverse_entry_is_harmonic(cases):
    """An inverse entry is harmonic."""
    case = cases["inverse_avg_entry_harmonic"]
    trader = trader_of(kind="inverse")
    for fill in case["input"]["fills"]:
        trade(trader, "buy", fill["usd"], fill["price"])
    position = trader.position(BTC)

    assert float(position.average_price) == pytest.approx(case["expected"]["avg_entry"], rel=1e-12)

    close = cases["inverse_realized_close"]
    trade(trader, "sell", close["input"]["usd"], close["input"]["exit"])
    assert float(position.realized) == pytest.approx(close["expected"]["pnl_coin"], rel=1e-12)


@pytest.mark.parametrize("name", ["inverse_short", "inverse_long_double_and_halve"])
def test_an_inverse_profit_is_in_coins(cases, name):
    """An inverse profit is in coins."""
    given, expected = cases[name]["input"], cases[name]["expected"]
    trader = trader_of(kind="inverse")
    side = "buy" if given["side"] == "long" else "sell"
    trade(trader, side, given["usd"], given["avg_entry"])
    exits = given.get("exits", [given.get("exit")])
    coins = expected["pnl_coin"]

    for mark, coin in zip(exits, coins if isinstance(coins, list) else [coins], strict=True):
        made = trader.position(BTC).unrealized(mark)
        assert float(made) == pytest.approx(coin, rel=1e-12)
