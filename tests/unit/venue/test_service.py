"""The venue's doors: what a call causes, in which order it is told, what stays readable."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.venue import Condition, OrderRecord, PlaceOrder, Reason, Refused
from tradecore.venue.conditions import ConditionalOrder
from tradecore.venue.depth import Depth
from tradecore.venue.events import LevelsChanged, OrderChanged, TradePrinted
from tradecore.venue.histories import Histories
from tradecore.venue.marks import MarkState
from tradecore.venue.orders import TradeRecord


def test_a_fill_is_told_to_both_sides_in_order(floor):
    """New, then maker and taker of the trade, then what the public sees of the book."""
    floor.place(2, "sell", "0.1", "60000")
    floor.service.take_events()
    floor.place(1, "buy", "0.1", "60000")
    told = floor.service.take_events()
    changes = [(one.change, one.order.account) for one in told if isinstance(one, OrderChanged)]
    assert changes == [("new", 1), ("trade", 2), ("trade", 1)]
    assert isinstance(told[-1], LevelsChanged)
    printed = [event for event in told if isinstance(event, TradePrinted)]
    assert [(one.trade_id, one.aggressor) for one in printed] == [(1, "buy")]


def test_an_event_keeps_how_an_order_stood(floor):
    """Later changes of the order do not change what was told."""
    order = floor.place(1, "buy", "0.1", "59000")
    floor.service.cancel(order, now_ns=floor.now_ns)
    told = [event for event in floor.service.take_events() if isinstance(event, OrderChanged)]
    assert [event.order.status for event in told] == ["new", "canceled"]


def test_the_book_told_is_the_engines(floor):
    """Levels follow from orders, changes, trades and cancels alike."""
    first = floor.place(1, "buy", "0.1", "59000")
    floor.place(1, "buy", "0.2", "59000")
    floor.place(2, "sell", "0.1", "59000")
    floor.service.amend(
        floor.service.state.histories.open(1, "BTCUSDT")[0],
        price=Decimal("58999.9"),
        quantity=Decimal("0.3"),
        now_ns=floor.now_ns,
    )
    assert not first.is_open
    bids, asks = floor.service.engine.book("BTCUSDT").depth(10)
    depth = floor.service.state.depths["BTCUSDT"]
    assert [[float(p), float(q)] for p, q in depth.bids(10)] == bids.tolist() == [[58999.9, 0.3]]
    assert asks.tolist() == []


def test_an_amended_order_loses_its_place(floor):
    """Even a smaller quantity at the same price goes to the back."""
    first = floor.place(1, "buy", "0.2", "59000")
    second = floor.place(2, "buy", "0.1", "59000")
    floor.service.amend(first, price=Decimal(59_000), quantity=Decimal("0.1"), now_ns=floor.now_ns)
    floor.service.open_account(3, deposit=Decimal(100_000))
    floor.place(3, "sell", "0.1", "59000")
    assert (first.status, second.status) == ("new", "filled")


def test_a_reducing_order_never_opens(floor):
    """One larger than the position is refused; one of its size closes it."""
    floor.trade("0.1", "60000")
    floor.place(2, "buy", "0.3", "59900")
    refused = floor.place(1, "sell", "0.3", "59900", reduce_only=True)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.REDUCE_ONLY
    order = floor.place(1, "sell", "0.1", "59900", reduce_only=True)
    assert isinstance(order, OrderRecord)
    assert order.status == "filled"
    assert floor.service.state.ledger.position(1, "BTCUSDT").quantity == 0


@pytest.mark.parametrize(
    "price", [pytest.param(None, id="market"), pytest.param("59900", id="ioc")]
)
def test_a_position_can_be_closed_at_once_beside_orders_that_rest(floor, price):
    """What never rests and is no larger than the position needs no room beside other orders."""
    floor.trade("0.1", "60000")
    resting = floor.place(1, "sell", "0.1", "65000")
    floor.place(2, "buy", "0.1", "59900")
    tif = "GTC" if price is None else "IOC"
    order = floor.place(1, "sell", "0.1", price, reduce_only=True, time_in_force=tif)
    assert isinstance(order, OrderRecord)
    assert (order.status, resting.status) == ("filled", "new")
    assert floor.service.state.ledger.position(1, "BTCUSDT").quantity == 0
    assert floor.residue() == 0
    assert floor.service.engine.verify()


def test_at_most_so_many_orders_are_open(floor):
    """The instrument's bound holds for each account."""
    for _ in range(200):
        assert isinstance(floor.place(1, "buy", "0.001", "59000"), OrderRecord)
    refused = floor.place(1, "buy", "0.001", "59000")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_MANY_OPEN_ORDERS
    assert floor.service.cancel_all(1, "BTCUSDT", now_ns=floor.now_ns) == 200


def test_history_is_bounded():
    """The oldest ended orders are forgotten, open ones never."""
    histories = Histories(kept=2)
    orders = [
        OrderRecord(
            order_id=number,
            request=PlaceOrder(account=1, symbol="X", side="buy", quantity=Decimal(1)),
            price=None,
            quantity=Decimal(1),
            created_ns=0,
            updated_ns=0,
        )
        for number in range(5)
    ]
    for order in orders:
        histories.opened(order)
    for order in orders[:4]:
        histories.ended(order, is_house=False)
    known = [order.order_id for order in histories.orders(1, "X")]
    assert known == [2, 3, 4]


def fill(number, symbol="X"):
    """Return a fill that came at the time of its number."""
    return TradeRecord(
        trade_id=number,
        order_id=number,
        account=1,
        symbol=symbol,
        side="buy",
        price=Decimal(1),
        quantity=Decimal(1),
        realized=Decimal(0),
        fee=Decimal(0),
        fee_currency="USDT",
        is_maker=True,
        ts_event_ns=number * 10,
    )


@pytest.mark.parametrize(
    ("since", "numbers"),
    [
        pytest.param({}, [2, 3, 4], id="all"),
        pytest.param({"since_id": 3}, [3, 4], id="number"),
        pytest.param({"since_ns": 40}, [4], id="time"),
        pytest.param({"since_id": 3, "since_ns": 40}, [4], id="both"),
        pytest.param({"since_id": 5}, [], id="later"),
    ],
)
def test_fills_of_a_symbol_are_bounded_and_found_from_a_point_on(since, numbers):
    """However many there are of another symbol; an account or symbol without any has none."""
    histories = Histories(kept=3)
    for number in range(5):
        histories.add_trade(fill(number))
    for number in range(9):
        histories.add_trade(fill(number, "Y"))

    assert [one.trade_id for one in histories.trades(1, "X", **since)] == numbers
    assert histories.trades(1, "Z", **since) == histories.trades(2, "X", **since) == []


@pytest.mark.parametrize(
    ("kind", "side", "prices", "trigger"),
    [
        pytest.param("stop", "buy", ["100", "109", "110"], "110", id="stop-buy"),
        pytest.param("stop", "sell", ["100", "91", "90"], "90", id="stop-sell"),
        pytest.param("take_profit", "buy", ["100", "91", "90"], "90", id="profit-buy"),
        pytest.param("take_profit", "sell", ["100", "109", "110"], "110", id="profit-sell"),
        pytest.param("trailing", "sell", ["100", "120", "110", "108"], None, id="trail-sell"),
        pytest.param("trailing", "buy", ["100", "80", "86", "88"], None, id="trail-buy"),
        pytest.param("trailing", "sell", ["100", "105", "95", "94"], "104", id="trail-from"),
    ],
)
def test_a_condition_is_reached_at_its_last_price_and_not_before(kind, side, prices, trigger):
    """Stops go with the market, profits against it, trailing ones turn by their part."""
    order = ConditionalOrder(
        condition_id=1,
        client_id="c",
        condition=Condition(
            kind=kind,
            trigger=None if trigger is None else Decimal(trigger),
            callback=Decimal("0.1"),
        ),
        order=PlaceOrder(account=1, symbol="X", side=side, quantity=Decimal(1)),
    )
    assert [order.is_reached(Decimal(price)) for price in prices] == [
        *([False] * (len(prices) - 1)),
        True,
    ]


def test_the_mark_is_a_median(floor):
    """Neither a lone quote nor a lone trade moves it."""
    mark = MarkState.begin(floor.service.state.instruments["BTCUSDT"], now_ns=0)
    assert not mark.look(Decimal(70_000), None)
    assert not mark.look(None, Decimal(50_000))
    assert mark.look(Decimal(60_100), Decimal(60_050))
    assert mark.mark == 60_050


def test_a_depth_keeps_its_order():
    """Best first on both sides, and an emptied level is gone."""
    depth = Depth()
    levels = [(Decimal(price), Decimal(1)) for price in (3, 1, 2)]
    depth.set("buy", levels)
    depth.set("sell", levels)
    depth.set("buy", [(Decimal(3), Decimal(0)), (Decimal(9), Decimal(0))])
    assert [price for price, _ in depth.bids(10)] == [2, 1]
    assert [price for price, _ in depth.asks(2)] == [1, 2]
    assert depth.best("buy") == (2, 1)
    assert Depth().best("sell") is None
