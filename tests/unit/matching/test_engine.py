"""The matching engine as Python sees it: words, exact numbers, refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc


def buy(engine, quantity, price, **more):
    """Submit a buy and return its reports."""
    return engine.submit("BTCUSDT", side="buy", quantity=quantity, price=price, **more)


def sell(engine, quantity, price, **more):
    """Submit a sell and return its reports."""
    return engine.submit("BTCUSDT", side="sell", quantity=quantity, price=price, **more)


def facts(reports):
    """Reduce reports to what a trader would read aloud."""
    return [(r.exec_type, r.order_id, r.order_status, r.leaves_quantity) for r in reports]


def test_a_resting_order_is_reported_new(engine):
    """An order that meets nobody rests, and says so once."""
    (report,) = buy(engine, "1.5", "50000.0", client_order_id="a-1", account=7, timestamp_ns=99)

    assert (report.exec_type, report.order_status) == ("new", "new")
    assert (report.sequence, report.order_id, report.client_order_id) == (1, 1, "a-1")
    assert (report.account, report.symbol, report.side) == (7, "BTCUSDT", "buy")
    assert (report.price, report.quantity) == (Decimal(50000), Decimal("1.5"))
    assert (report.leaves_quantity, report.cumulative_quantity) == (Decimal("1.5"), 0)
    assert report.last_price is report.average_price is report.trade_id is report.liquidity is None
    assert (report.reject_code, report.reject_number, report.timestamp_ns) == (None, 0, 99)


def test_a_trade_gives_two_reports_maker_first_at_the_makers_price(engine):
    """Both reports share a trade id and name each other's order."""
    buy(engine, "1.5", "50000.0", client_order_id="maker")

    new, maker, taker = sell(engine, "1", "49999.9", time_in_force="IOC", client_order_id="taker")

    assert new.exec_type == "new"
    assert (maker.liquidity, maker.client_order_id, maker.counter_order_id) == ("maker", "maker", 2)
    assert (taker.liquidity, taker.client_order_id, taker.counter_order_id) == ("taker", "taker", 1)
    assert maker.last_price == taker.last_price == Decimal(50000)
    assert maker.trade_id == taker.trade_id
    assert (maker.order_status, taker.order_status) == ("partially_filled", "filled")
    assert (taker.price, taker.average_price) == (Decimal("49999.9"), Decimal(50000))


def test_the_average_price_counts_every_fill(engine):
    """A taker through two levels, which then rests and is hit, averages all three fills."""
    sell(engine, 1, 100)
    sell(engine, 1, 101)
    swept = buy(engine, 4, 102)
    hit = sell(engine, 1, 102)

    assert swept[-1].average_price == Decimal("100.5")
    assert hit[1].average_price == Decimal(303) / 3
    assert hit[1].cumulative_quantity == 3


def test_an_ioc_remainder_is_canceled_after_the_trades(engine):
    """`new`, trades, `canceled`: the order of reports of one command."""
    buy(engine, 1, 100)

    reports = sell(engine, 3, 100, time_in_force="IOC")

    assert facts(reports)[-1] == ("canceled", 2, "canceled", 0)
    assert [r.exec_type for r in reports] == ["new", "trade", "trade", "canceled"]
    assert engine.live_orders == 0


def test_fill_or_kill_fills_whole_or_not_at_all(engine):
    """The other side is looked at across levels before anything trades."""
    sell(engine, 1, 100)
    sell(engine, 1, 101)

    killed = buy(engine, 3, 101, time_in_force="FOK")
    filled = buy(engine, 2, 101, time_in_force="FOK")

    assert [(r.exec_type, r.reject_code) for r in killed] == [
        ("new", None),
        ("canceled", "FOK_NOT_FILLABLE"),
    ]
    assert [r.exec_type for r in filled] == ["new"] + ["trade"] * 4


def test_a_market_order_on_an_empty_book_is_canceled_with_the_reason(engine):
    """Nothing to take is no fill, and no resting order."""
    reports = engine.submit("BTCUSDT", side="buy", quantity=1, type="market")

    assert (reports[0].price, reports[-1].reject_code) == (None, "NO_LIQUIDITY")
    assert engine.live_orders == 0


@pytest.mark.parametrize(
    ("price", "quantity", "queue"),
    [
        pytest.param(None, 2, [1, 2], id="smaller-keeps-its-place"),
        pytest.param(None, 5, [2, 1], id="larger-goes-behind"),
        pytest.param(101, None, [1], id="another-price-is-another-queue"),
    ],
)
def test_priority_after_a_change(engine, price, quantity, queue):
    """Only a smaller quantity at the same price keeps an order's place."""
    buy(engine, 3, 100)
    buy(engine, 3, 100)

    (report,) = engine.modify("BTCUSDT", order_id=1, price=price, quantity=quantity)

    assert report.exec_type == "replaced"
    _, _, orders = engine.book("BTCUSDT").queues("buy")[0]
    assert [order_id for order_id, _ in orders] == queue


def test_the_new_total_of_a_modify_contains_what_traded(engine):
    """A fill in flight cannot make a modified order trade more than was asked."""
    buy(engine, 5, 100)
    sell(engine, 2, 100)

    (report,) = engine.modify("BTCUSDT", order_id=1, quantity=3)
    (refused,) = engine.modify("BTCUSDT", order_id=1, quantity=2)

    assert (report.quantity, report.leaves_quantity) == (3, 1)
    assert (refused.exec_type, refused.reject_code) == ("rejected", "TOTAL_BELOW_FILLED")


def test_a_modify_that_crosses_trades_at_the_makers_price(engine):
    """An order moved through the other side is a taker."""
    buy(engine, 1, 99)
    sell(engine, 1, 100)

    replaced, maker, taker = engine.modify("BTCUSDT", order_id=1, price=105)

    assert (replaced.exec_type, replaced.order_status) == ("replaced", "replaced")
    assert (maker.order_id, taker.order_id, taker.last_price) == (2, 1, 100)
    assert taker.price == 105


@pytest.mark.parametrize(
    ("more", "code", "number"),
    [
        pytest.param({"post_only": True, "price": 100}, "POST_ONLY_WOULD_CROSS", 3004, id="post"),
        pytest.param({"price": 99, "order_id": 1}, "DUPLICATE_ORDER_ID", 3001, id="order-id"),
        pytest.param(
            {"price": 99, "client_order_id": "a"}, "DUPLICATE_CLIENT_ORDER_ID", 3002, id="client-id"
        ),
        pytest.param(
            {"price": 99, "post_only": True, "time_in_force": "IOC"},
            "BAD_COMBINATION",
            1005,
            id="combination",
        ),
    ],
)
def test_a_refusal_is_a_report_and_changes_nothing(engine, more, code, number):
    """Rules refuse by value; the book stays as it was, and the refusal is counted."""
    sell(engine, 1, 100, client_order_id="a")
    before = engine.book("BTCUSDT").queues("sell")

    (report,) = engine.submit("BTCUSDT", side="buy", quantity=1, **more)

    assert (report.exec_type, report.order_status) == ("rejected", "rejected")
    assert (report.reject_code, report.reject_number) == (code, number)
    assert report.reject_text.endswith(".")
    assert engine.book("BTCUSDT").queues("sell") == before
    assert engine.book("BTCUSDT").best_bid is None


def test_a_client_order_id_is_free_again_when_its_order_is_done(engine):
    """The name is taken only while the order lives, and only within its account."""
    buy(engine, 1, 100, client_order_id="a", account=1)
    assert buy(engine, 1, 100, client_order_id="a", account=2)[0].exec_type == "new"
    assert buy(engine, 1, 100, client_order_id="a", account=1)[0].exec_type == "rejected"

    (canceled,) = engine.cancel("BTCUSDT", order_id=1)

    assert canceled.client_order_id == "a"
    assert buy(engine, 1, 100, client_order_id="a", account=1)[0].exec_type == "new"


def test_canceling_what_does_not_rest_is_refused(engine):
    """Never there, filled, canceled already: the same answer."""
    buy(engine, 1, 100)
    sell(engine, 1, 100)

    for order_id in (1, 2, 77, 2**64 - 1):
        (report,) = engine.cancel("BTCUSDT", order_id=order_id)
        assert (report.exec_type, report.reject_code) == ("rejected", "UNKNOWN_ORDER")


@pytest.mark.parametrize(
    ("more", "error", "text"),
    [
        pytest.param(
            {"price": "50000.15"},
            tc.core.PriceError,
            r"price=50000.15, tick_size=0.1, nearest valid 50000.1 and 50000.2",
            id="off-tick",
        ),
        pytest.param({"price": 0}, tc.core.PriceError, "price must be above 0", id="zero-price"),
        pytest.param({"price": -1}, tc.core.PriceError, "price must be above 0", id="negative"),
        pytest.param({"price": "nan"}, tc.core.PriceError, "not a decimal number", id="nan"),
        pytest.param({"price": float("inf")}, tc.core.PriceError, "not a decimal", id="inf"),
        pytest.param({"price": "1e30"}, tc.core.PriceError, "beyond what tick", id="huge"),
        pytest.param({"price": None}, tc.core.InputError, "needs price", id="no-price"),
        pytest.param(
            {"price": 1, "quantity": "0.0005"},
            tc.core.QuantityError,
            "nearest valid 0 and",
            id="lot",
        ),
        pytest.param(
            {"price": 1, "quantity": 0}, tc.core.QuantityError, "quantity must be above", id="zero"
        ),
        pytest.param(
            {"price": 1, "quantity": float("nan")}, tc.core.QuantityError, "quantity", id="nan-qty"
        ),
        pytest.param({"price": 1, "quantity": True}, tc.core.QuantityError, "got bool", id="bool"),
        pytest.param({"price": 1, "side": "BUY"}, tc.core.InputError, "'buy' or 'sell'", id="side"),
        pytest.param({"price": 1, "type": "pegged"}, tc.core.InputError, "type must", id="type"),
        pytest.param({"price": 1, "time_in_force": "GTX"}, tc.core.InputError, "GTX", id="tif"),
        pytest.param({"price": 1, "side": 5}, tc.core.InputError, "must be str: got 5", id="word"),
        pytest.param({"price": None, "quantity": []}, tc.core.InputError, "needs price", id="list"),
        pytest.param({"price": 1, "order_id": 1.5}, tc.core.InputError, "must be an int", id="id"),
        pytest.param(
            {"price": 1, "account": -1}, tc.core.InputError, "int from 0 to", id="account"
        ),
    ],
)
def test_nonsense_raises_and_changes_nothing(engine, more, error, text):
    """A call that makes no sense names the rule and the values, and leaves no trace."""
    before = engine.state_hash()
    arguments = {"side": "buy", "quantity": 1, **more}

    for call in (engine.submit, engine.place):
        with pytest.raises(error, match=text):
            call("BTCUSDT", **arguments)

    assert engine.state_hash() == before
    assert len(engine.take_reports()) == 0


def test_an_unknown_symbol_is_refused_with_those_known(engine):
    """The error names what the engine does have."""
    with pytest.raises(tc.core.UnknownSymbolError, match='symbol="ETHUSDT", given BTCUSDT'):
        engine.submit("ETHUSDT", side="buy", quantity=1, price=1)


def test_a_symbol_is_given_once():
    """Two instruments of one name could not be told apart."""
    one = tc.Instrument("A", tick_size=1, lot_size=1)
    with pytest.raises(tc.core.InputError, match="given once"):
        tc.MatchingEngine([one, one])


@pytest.mark.parametrize(
    "price",
    [
        pytest.param(50000.1, id="float"),
        pytest.param("50000.1", id="text"),
        pytest.param(Decimal("50000.10"), id="decimal"),
        pytest.param("5.00001e4", id="exponent"),
    ],
)
def test_numbers_are_read_as_written(engine, price):
    """Decimal, text and a float on the tick are the same price."""
    assert buy(engine, 1, price)[0].price == Decimal("50000.1")


def test_depth_is_best_first_and_sums_each_level(engine):
    """Two float arrays of price and quantity."""
    buy(engine, 1, 99)
    buy(engine, "0.5", 100)
    buy(engine, 1, 100)
    sell(engine, 2, 101)

    bids, asks = engine.book("BTCUSDT").depth(10)

    assert bids.tolist() == [[100.0, 1.5], [99.0, 1.0]]
    assert asks.tolist() == [[101.0, 2.0]]
    assert engine.book("BTCUSDT").depth(1)[0].shape == (1, 2)
    assert engine.book("BTCUSDT").best_bid == (100, Decimal("1.5"))
    assert engine.book("BTCUSDT").depth(0)[1].shape == (0, 2)
