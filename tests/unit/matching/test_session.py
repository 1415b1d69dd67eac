"""What an operator and the clock do: states, auctions, bands, mass cancels, looking inside."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc


@pytest.fixture
def pair() -> tc.MatchingEngine:
    """An engine of two instruments that count in ones."""
    return tc.MatchingEngine([tc.Instrument(s, tick_size=1, lot_size=1) for s in ("A", "B")])


def test_an_auction_trades_everything_at_one_price(pair):
    """Both sides get the price that moves most, and say they met in an auction."""
    assert pair.set_phase("A", "auction") == []
    pair.submit("A", side="buy", quantity=5, price=105, client_order_id="b")
    pair.submit("A", side="sell", quantity=3, price=100, client_order_id="s")
    pair.submit("A", side="sell", quantity=1, price=103)
    assert (pair.phase("A"), pair.indication("A"), pair.last_price("A")) == (
        "auction",
        (104, 4, 1),
        None,
    )

    reports = pair.set_phase("A", "open")

    assert [(r.side, r.client_order_id, r.liquidity, r.last_price, r.price) for r in reports] == [
        ("buy", "b", "auction", 104, 105),
        ("sell", "s", "auction", 104, 100),
        ("buy", "b", "auction", 104, 105),
        ("sell", None, "auction", 104, 103),
    ]
    assert reports[0].trade_id == reports[1].trade_id != reports[2].trade_id
    assert reports[2].average_price == pair.last_price("A") == 104
    assert pair.indication("A") is None


def test_the_reference_decides_among_equal_prices(pair):
    """Set by the operator, it stands until the next trade."""
    pair.set_phase("A", "auction")
    pair.submit("A", side="buy", quantity=1, price=110)
    pair.submit("A", side="sell", quantity=1, price=100)
    middle = pair.indication("A")
    pair.set_reference("A", 109)

    assert (middle[0], pair.indication("A")[0]) == (105, 109)
    with pytest.raises(tc.core.PriceError, match="multiple of the tick"):
        pair.set_reference("A", "100.5")


def test_a_state_holds_for_one_symbol_only(pair):
    """The other goes on."""
    pair.set_phase("A", "halted", timestamp_ns=7)

    refused, taken = (pair.submit(s, side="buy", quantity=1, price=1) for s in ("A", "B"))

    assert (refused[0].reject_code, refused[0].timestamp_ns) == ("TRADING_HALTED", 7)
    assert taken[0].exec_type == "new"
    assert (pair.phase("A"), pair.phase("B")) == ("halted", "open")


def test_static_bands_refuse_limits_outside(pair):
    """Until they are lifted."""
    pair.set_bands("A", low=90, high=110)

    codes = [
        pair.submit("A", side="buy", quantity=1, price=price)[0].reject_code
        for price in (89, 90, 110, 111)
    ]
    pair.set_bands("A")

    assert codes == ["PRICE_BAND", None, None, "PRICE_BAND"]
    assert pair.submit("A", side="buy", quantity=1, price=1)[0].exec_type == "new"


def test_a_dynamic_band_pauses_trading_for_its_time(pair):
    """The order that would trade outside rests, and the pause ends in an auction."""
    pair.submit("A", side="sell", quantity=1, price=100)
    pair.submit("A", side="buy", quantity=1, price=100, timestamp_ns=10)
    pair.set_bands("A", dynamic_bps=200, halt_ns=50)
    pair.submit("A", side="sell", quantity=1, price=110)

    (rests,) = pair.submit("A", side="buy", quantity=1, price=110)
    assert (rests.order_status, pair.phase("A")) == ("new", "auction")
    assert pair.advance_time(59) == []
    reports = pair.advance_time(60)

    assert [r.liquidity for r in reports] == ["auction", "auction"]
    assert pair.phase("A") == "open"


def test_without_a_halt_time_a_dynamic_band_cancels_the_rest(pair):
    """Nobody waits."""
    pair.submit("A", side="sell", quantity=1, price=110)
    pair.set_reference("A", 100)
    pair.set_bands("A", dynamic_bps=500)

    reports = pair.submit("A", side="buy", quantity=1, type="market")

    assert (reports[-1].exec_type, reports[-1].reject_code) == ("canceled", "PRICE_BAND")


@pytest.mark.parametrize(
    ("which", "gone"),
    [
        pytest.param({}, [1, 2, 3, 4], id="all"),
        pytest.param({"symbol": "A"}, [1, 2, 3], id="symbol"),
        pytest.param({"account": 7}, [1, 4], id="account"),
        pytest.param({"side": "sell"}, [2], id="side"),
        pytest.param({"symbol": "A", "account": 7, "side": "buy"}, [1], id="each"),
    ],
)
def test_a_mass_cancel_takes_out_what_it_names(pair, which, gone):
    """By ascending id, waiting orders included, each report of its own symbol."""
    pair.submit("A", side="buy", quantity=1, price=1, account=7)
    pair.submit("A", side="sell", quantity=1, price=9)
    pair.submit("A", side="buy", quantity=1, type="stop", stop_price=20)
    pair.submit("B", side="buy", quantity=1, price=1, account=7)

    reports = pair.cancel_all(**which)

    assert [r.order_id for r in reports] == gone
    assert {r.reject_code for r in reports} == {"MASS_CANCEL"}
    assert [r.symbol for r in reports] == ["B" if order == 4 else "A" for order in gone]


def test_a_live_order_can_be_looked_at(pair):
    """With what traded and what is open; one that is gone is none."""
    pair.submit("A", side="buy", quantity=5, price=10, account=3, client_order_id="mine")
    pair.submit("A", side="sell", quantity=2, price=10)

    order = pair.order(1)

    assert (order.order_id, order.client_order_id, order.account) == (1, "mine", 3)
    assert (order.symbol, order.side, order.type, order.state) == ("A", "buy", "limit", "resting")
    assert (order.quantity, order.leaves_quantity, order.cumulative_quantity) == (5, 3, 2)
    assert (order.price, order.stop_price) == (Decimal(10), None)
    assert repr(order) == "LiveOrder(#1 limit buy 3 of 5 A @ 10, resting)"
    assert pair.order(2) is None


def test_waiting_orders_are_listed_by_symbol(pair):
    """In order of their ids; what rests is not among them."""
    pair.submit("A", side="buy", quantity=1, type="stop", stop_price=20, order_id=9)
    pair.submit("A", side="buy", quantity=1, price=3, held=True, order_id=4)
    pair.submit("A", side="buy", quantity=1, price=1)
    pair.submit("B", side="buy", quantity=1, type="stop", stop_price=20)

    assert [(o.order_id, o.state) for o in pair.waiting("A")] == [
        (4, "held"),
        (9, "pending_trigger"),
    ]
    assert pair.live_orders == 4


@pytest.mark.parametrize("ask", ["phase", "last_price", "indication", "waiting", "book"])
def test_an_unknown_symbol_is_refused_by_every_question(pair, ask):
    """It is a mistake in the call."""
    with pytest.raises(tc.core.UnknownSymbolError, match='symbol="C", given A, B'):
        getattr(pair, ask)("C")


def test_time_never_runs_backwards(pair):
    """An earlier time changes nothing."""
    pair.advance_time(100)
    before = pair.state_hash()

    assert pair.advance_time(50) == []
    (report,) = pair.submit("A", side="buy", quantity=1, price=1, timestamp_ns=20)

    assert report.timestamp_ns == 100
    assert pair.state_hash() != before
