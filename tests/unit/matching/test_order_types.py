"""Every order type and life as Python sees it: triggers, slices, protection prices, expiry."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc

DAY_NS = 86_400_000_000_000


def buy(engine, quantity, price=None, **more):
    """Submit a buy and return its reports."""
    return engine.submit("BTCUSDT", side="buy", quantity=quantity, price=price, **more)


def sell(engine, quantity, price=None, **more):
    """Submit a sell and return its reports."""
    return engine.submit("BTCUSDT", side="sell", quantity=quantity, price=price, **more)


def trade_at(engine, price):
    """Let one trade happen at ``price`` and leave nothing behind."""
    sell(engine, 1, price)
    buy(engine, 1, price)


def told(reports):
    """Reduce reports to what happened to whom."""
    return [(r.exec_type, r.order_id) for r in reports]


def test_a_stop_waits_until_the_last_trade_reaches_it(engine):
    """It is pending outside the book, then triggered, then trades as a market order."""
    buy(engine, 5, 90)
    (waiting,) = sell(engine, 2, type="stop", stop_price=95)
    buy(engine, 1, 94)
    reports = sell(engine, 1, 94)

    assert (waiting.order_status, waiting.price) == ("pending_trigger", None)
    assert told(reports)[3:] == [("triggered", 2), ("trade", 1), ("trade", 2)]
    assert (reports[-1].last_price, reports[-1].order_status) == (90, "filled")


def test_a_stop_limit_rests_at_its_limit_once_triggered(engine):
    """Unlike a stop it never trades beyond its price."""
    buy(engine, 5, 90)
    sell(engine, 2, 93, type="stop_limit", stop_price=95)
    buy(engine, 1, 94)
    sell(engine, 1, 94)

    assert engine.book("BTCUSDT").best_ask == (93, 2)
    assert engine.order(2).state == "resting"


def test_a_stop_keeps_its_protection_price(engine):
    """What cannot trade within it is canceled."""
    buy(engine, 5, 90)
    trade_at(engine, 94)

    reports = sell(engine, 2, 91, type="stop", stop_price=95)

    assert told(reports) == [("new", 4), ("triggered", 4), ("canceled", 4)]
    assert (reports[0].price, reports[-1].reject_code) == (91, "NO_LIQUIDITY")


def test_a_trailing_stop_follows_the_market_and_never_back(engine):
    """Its trigger stays a distance below the highest trade."""
    trade_at(engine, 100)
    sell(engine, 1, type="trailing_stop", trailing_distance=3)
    stops = []
    for price in (100, 104, 102):
        trade_at(engine, price)
        stops.append(engine.order(3).stop_price)

    assert stops == [97, 101, 101]
    trade_at(engine, 101)
    assert engine.order(3) is None


def test_a_trailing_stop_without_a_trade_to_follow_is_refused(engine):
    """It has nowhere to start, unless it is told where."""
    (refused,) = sell(engine, 1, type="trailing_stop", trailing_distance=3)
    (taken,) = sell(engine, 1, type="trailing_stop", trailing_distance=3, stop_price=90)

    assert refused.reject_code == "NO_REFERENCE_PRICE"
    assert taken.order_status == "pending_trigger"


def test_the_rest_of_a_market_to_limit_order_rests_at_its_last_price(engine):
    """The report `replaced` tells the price."""
    sell(engine, 1, 100)

    reports = buy(engine, 3, type="market_to_limit")

    assert (reports[-1].exec_type, reports[-1].price) == ("replaced", 100)
    assert engine.book("BTCUSDT").best_bid == (100, 2)


def test_a_market_order_stops_at_its_protection_price(engine):
    """It takes what is within, and the rest is canceled."""
    sell(engine, 1, 100)
    sell(engine, 1, 110)

    reports = buy(engine, 3, 105, type="market")

    assert [r.last_price for r in reports if r.liquidity == "taker"] == [100]
    assert (reports[-1].exec_type, reports[-1].leaves_quantity) == ("canceled", 0)


def test_an_iceberg_shows_a_slice_at_a_time(engine):
    """Each next slice goes to the back of the queue; the order tells its whole quantity."""
    sell(engine, "2.5", 100, type="iceberg", display_quantity=1)
    sell(engine, 1, 100)
    book = engine.book("BTCUSDT")

    assert book.queues("sell") == [(1000, 2000, [(1, 1000), (2, 1000)])]
    reports = buy(engine, 1, 100)
    assert reports[1].leaves_quantity == engine.order(1).leaves_quantity == Decimal("1.5")
    assert book.queues("sell")[0][2] == [(2, 1000), (1, 1000)]
    buy(engine, 2, 100)
    assert book.queues("sell")[0][2] == [(1, 500)]


def test_a_limit_order_with_a_display_quantity_is_an_iceberg(engine):
    """The type's own name is only clearer."""
    sell(engine, 3, 100, display_quantity=1)

    assert engine.book("BTCUSDT").best_ask == (100, 1)


@pytest.mark.parametrize(
    ("life", "ends"),
    [
        pytest.param({"time_in_force": "GTD", "expire_time_ns": 500}, 500, id="gtd"),
        pytest.param({"time_in_force": "DAY"}, DAY_NS, id="day"),
    ],
)
def test_an_order_expires_when_its_time_is_told(engine, life, ends):
    """A good-till-date order at its date, a day order at midnight UTC."""
    buy(engine, 1, 100, timestamp_ns=5, client_order_id="short", **life)

    assert engine.advance_time(ends - 1) == []
    (report,) = engine.advance_time(ends)

    assert (report.exec_type, report.order_status) == ("expired", "expired")
    assert (report.client_order_id, report.timestamp_ns) == ("short", ends)
    assert engine.live_orders == 0


def test_what_was_due_is_told_by_the_call_that_tells_the_time(engine):
    """The reports of expiry come first, then those of the command."""
    buy(engine, 1, 100, time_in_force="GTD", expire_time_ns=500, client_order_id="old")

    reports = buy(engine, 1, 99, timestamp_ns=600, client_order_id="fresh")

    assert told(reports) == [("expired", 1), ("new", 2)]
    assert [r.client_order_id for r in reports] == ["old", "fresh"]


def test_a_post_only_order_may_be_moved_instead_of_refused(engine):
    """It rests one tick behind the best opposite price."""
    sell(engine, 1, 100)

    (refused,) = buy(engine, 1, 101, post_only=True)
    (moved,) = buy(engine, 1, 101, post_only=True, reprice=True)

    assert refused.reject_code == "POST_ONLY_WOULD_CROSS"
    assert moved.price == Decimal("99.9")


@pytest.mark.parametrize(
    ("mode", "happened", "left"),
    [
        pytest.param(None, [("new", 2), ("trade", 1), ("trade", 2)], 2, id="default"),
        pytest.param("none", [("new", 2), ("trade", 1), ("trade", 2)], 2, id="none"),
        pytest.param("cancel_newest", [("new", 2), ("canceled", 2)], 5, id="newest"),
        pytest.param("cancel_oldest", [("new", 2), ("canceled", 1)], 3, id="oldest"),
        pytest.param("cancel_both", [("new", 2), ("canceled", 1), ("canceled", 2)], 0, id="both"),
        pytest.param("decrement", [("new", 2), ("replaced", 1), ("canceled", 2)], 2, id="less"),
    ],
)
def test_orders_of_one_account_meet_as_the_incoming_one_says(engine, mode, happened, left):
    """Each mode of self-trade prevention, with three meeting five."""
    sell(engine, 5, 100, account=7)

    reports = buy(engine, 3, 100, account=7, self_trade_prevention=mode)

    assert told(reports) == happened
    bids, asks = (engine.book("BTCUSDT").depth(9)[side][:, 1].sum() for side in (0, 1))
    assert bids + asks == left
    assert {r.reject_code for r in reports[1:]} == (
        {None} if mode in {None, "none"} else {"SELF_TRADE_PREVENTED"}
    )


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        pytest.param({"reduce_only": True}, "UNSUPPORTED", id="no-accounts"),
        pytest.param(
            {"time_in_force": "GTD", "expire_time_ns": 5}, "BAD_EXPIRE_TIME", id="expired-already"
        ),
        pytest.param({"time_in_force": "IOC", "post_only": True}, "BAD_COMBINATION", id="ioc-post"),
        pytest.param(
            {"time_in_force": "IOC", "display_quantity": 1}, "BAD_DISPLAY_QTY", id="ioc-iceberg"
        ),
        pytest.param({"display_quantity": "0.001"}, "BAD_DISPLAY_QTY", id="too-many-slices"),
        pytest.param({"oco": 9}, "BAD_LINK", id="oco-with-nobody"),
        pytest.param({"releases": 9}, "BAD_LINK", id="releases-nobody"),
    ],
)
def test_what_the_rules_refuse_is_a_report(engine, terms, code):
    """Words that make sense one by one are never an exception."""
    engine.advance_time(10)

    (report,) = buy(engine, 2, 100, **terms)

    assert (report.exec_type, report.reject_code, report.reject_scope) == ("rejected", code, None)


def test_modify_moves_the_trigger_of_a_waiting_stop(engine):
    """One in the book has none to move."""
    sell(engine, 1, type="stop", stop_price=95)
    buy(engine, 1, 90)

    (moved,) = engine.modify("BTCUSDT", order_id=1, stop_price=93, quantity=2)
    (refused,) = engine.modify("BTCUSDT", order_id=2, stop_price=93)

    assert (moved.exec_type, moved.order_status, moved.quantity) == (
        "replaced",
        "pending_trigger",
        2,
    )
    assert engine.order(1).stop_price == 93
    assert refused.reject_code == "BAD_STOP_PRICE"


def test_the_name_of_an_order_is_told_to_its_last_report(engine):
    """Filled, canceled by a rule, or triggered: the caller's name is there."""
    sell(engine, 1, 100, client_order_id="first")
    sell(engine, 1, 100, client_order_id="second", account=3)
    sell(engine, 9, type="stop", stop_price=100, client_order_id="stop")

    reports = buy(engine, 2, 100, account=3, self_trade_prevention="cancel_oldest")

    assert [(r.exec_type, r.client_order_id) for r in reports] == [
        ("new", None),
        ("trade", "first"),
        ("trade", None),
        ("canceled", "second"),
        ("triggered", "stop"),
        ("trade", None),
        ("trade", "stop"),
        ("canceled", "stop"),
    ]


def test_place_takes_every_argument_submit_takes():
    """Reports of both, told one by one or as an array, are the same."""
    orders = [
        {"side": "sell", "quantity": 9, "price": 100, "type": "iceberg", "display_quantity": 2},
        {"side": "buy", "quantity": 1, "price": 100, "account": 3},
        {"side": "sell", "quantity": 1, "type": "stop", "stop_price": 99, "client_order_id": "s"},
        {"side": "sell", "quantity": 1, "type": "trailing_stop", "trailing_distance": 2},
        {"side": "buy", "quantity": 1, "price": 98, "time_in_force": "DAY"},
        {"side": "buy", "quantity": 1, "price": 101, "post_only": True, "reprice": True},
        {"side": "sell", "quantity": 1, "price": 120, "oco": 3},
        {"side": "sell", "quantity": 1, "price": 130, "held": True, "order_id": 77},
        {"side": "buy", "quantity": 1, "price": 97, "releases": 77},
        {"side": "sell", "quantity": 2, "type": "market", "timestamp_ns": 2 * DAY_NS},
    ]
    one, other = (
        tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)]) for _ in range(2)
    )

    reports = [report for order in orders for report in one.submit("X", **order)]
    ids = [other.place("X", **order) for order in orders]

    array = other.take_reports()
    assert [r.sequence for r in reports] == array["sequence"].tolist()
    assert [r.order_id for r in reports] == array["order_id"].tolist()
    assert [r.reject_number for r in reports] == array["reject"].tolist()
    assert one.state_hash() == other.state_hash()
    assert ids[:8] == [1, 2, 3, 4, 5, 6, 7, 77]
