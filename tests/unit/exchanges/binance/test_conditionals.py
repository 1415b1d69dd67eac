"""Orders that wait for a trigger: in the venue's words there, and in ours back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from tradecore.core import InputError
from tradecore.exchanges.base import (
    CancelOrder,
    ConditionalTold,
    Failure,
    Fate,
    Faulted,
    FaultKind,
    NewConditional,
    NewOrder,
    OrderFound,
    OrderNotFound,
    Repeat,
)
from tradecore.exchanges.binance.conditionals import BinanceConditionals
from tradecore.exchanges.binance.messages import AlgoState, AlgoUpdate
from tradecore.exchanges.binance.order_params import conditional_of
from tradecore.exchanges.binance.pms import BinancePMS
from tradecore.model import Approved, OrderUpdate

OURS = "tc-1-1"
STOP = NewConditional(
    client_order_id=OURS,
    symbol="BTCUSDT",
    side="sell",
    kind="stop",
    quantity=Decimal("0.010"),
    trigger_price=Decimal("59000.0"),
)
LIMIT = {"kind": "stop_limit", "price": Decimal("58990.0")}
TRAIL = {"kind": "trailing_stop", "trigger_price": None, "callback": Decimal("0.015")}


def algo(**changed):
    """Return the venue's object of a conditional order."""
    return {
        "algoId": 9, "clientAlgoId": OURS, "algoType": "CONDITIONAL", "orderType": "STOP_MARKET",
        "symbol": "BTCUSDT", "side": "SELL", "positionSide": "BOTH", "timeInForce": "GTC",
        "quantity": "0.010", "algoStatus": "NEW", "triggerPrice": "59000.0", "price": "0.0",
        "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": "CONTRACT_PRICE",
        "priceMatch": "NONE", "closePosition": False, "priceProtect": False, "reduceOnly": False,
        "createTime": 1_700_000_000_001, "updateTime": 1_700_000_000_001, "triggerTime": 0,
        "goodTillDate": 0, **changed,
    }  # fmt: skip


@pytest.fixture
def role(settings, hand):
    """Return the role for conditional orders."""
    return hand(BinanceConditionals(settings))


def submit(role, now, **changed):
    """Send one, and return what carries it."""
    order = Approved(replace(STOP, **changed), "test")
    role.codec.submit(order, now_ns=now, venue_ns=now + 5_000_000)
    (request,) = role.requests()
    return request


def asked(request):
    """Return the parameters of a request, each as text."""
    return {name: value[0] for name, value in parse_qs(urlsplit(request.url).query).items()}


def told(events):
    """Return id, reply and the venue's id of each update."""
    return [
        (one.client_order_id, one.reply, one.venue_order_id)
        for one in events
        if isinstance(one, OrderUpdate)
    ]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, {"type": "STOP_MARKET", "triggerPrice": "59000.0", "quantity": "0.010"}),
        (LIMIT, {"type": "STOP", "price": "58990.0", "timeInForce": "GTC"}),
        ({**LIMIT, "post_only": True}, {"timeInForce": "GTX"}),
        ({"kind": "take_profit", "by_mark": True}, {"workingType": "MARK_PRICE"}),
        ({"kind": "take_profit_limit", "price": Decimal(1)}, {"type": "TAKE_PROFIT"}),
        (TRAIL, {"type": "TRAILING_STOP_MARKET", "callbackRate": "1.5"}),
        ({**TRAIL, "activate_price": Decimal(61000)}, {"activatePrice": "61000"}),
        ({"quantity": None}, {"closePosition": "true"}),
        ({"reduce_only": True}, {"reduceOnly": "true"}),
    ],
)
def test_each_kind_has_the_venues_words(role, now, changed, wanted):
    """Signed, under our id, by the algo endpoint, and never sent twice."""
    request = submit(role, now, **changed)
    given = asked(request)

    assert (request.method, request.path) == ("POST", "/fapi/v1/algoOrder")
    assert request.repeat is Repeat.NEVER
    assert request.cost.orders == 1
    assert given["algoType"] == "CONDITIONAL"
    assert given["clientAlgoId"] == OURS
    assert given["timestamp"] == str((now + 5_000_000) // 1_000_000)
    assert wanted.items() <= given.items()


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"price": Decimal(1)}, "price=1"),
        ({"kind": "stop_limit"}, "price=None"),
        ({"trigger_price": None}, "trigger_price=None"),
        ({"callback": Decimal("0.01")}, "callback=0.01"),
        ({**TRAIL, "callback": Decimal("0.0009")}, "callback=0.0009"),
        ({**TRAIL, "callback": Decimal("0.11")}, "callback=0.11"),
        ({**TRAIL, "callback": Decimal("0.0155")}, "callback=0.0155"),
        ({**TRAIL, "callback": None}, "callback=None"),
        ({"activate_price": Decimal(1)}, "activate_price=1"),
        ({"quantity": None, "reduce_only": True}, "quantity=None"),
        ({"post_only": True}, "post_only=True"),
        ({"time_in_force": "DAY"}, "time_in_force=DAY"),
    ],
)
def test_what_makes_no_sense_is_not_sent(role, now, changed, names):
    """The rule and the values are named."""
    order = Approved(replace(STOP, **changed), "test")
    with pytest.raises(InputError, match=names):
        role.codec.submit(order, now_ns=now, venue_ns=now)
    assert role.requests() == []


@pytest.mark.parametrize(
    ("terms", "rate"),
    [
        (("sell", "59400", "600"), "1.0"),
        (("buy", "60600", "600"), "1.0"),
        (("sell", "59940", "60"), "0.1"),
        (("sell", "54000", "6000"), "10.0"),
    ],
)
def test_a_distance_that_is_a_part_of_the_price_is_sent_as_that(role, now, terms, rate):
    """Of the price the trigger starts from: no price to begin at, so it protects at once."""
    side, stop, distance = terms
    order = trailing(side=side, stop_price=Decimal(stop), trailing_distance=Decimal(distance))
    assert role.codec.objection(order) is None
    role.codec.submit(Approved(conditional_of(order), "test"), now_ns=now, venue_ns=now)
    (request,) = role.requests()
    given = asked(request)

    assert (given["type"], given["callbackRate"]) == ("TRAILING_STOP_MARKET", rate)
    assert not {"triggerPrice", "activatePrice", "price"} & given.keys()


@pytest.mark.parametrize(
    ("stop", "distance", "names"),
    [
        (None, "600", "stop_price=None"),
        ("59399", "600", r"price=59999 .*nearest 599.99 \(1.0 %\) or 659.989 \(1.1 %\)"),
        ("59950", "50", r"price=60000 .*nearest 60 \(0.1 %\)$"),
        ("50000", "10000", r"price=60000 .*nearest 6000 \(10.0 %\)$"),
    ],
)
def test_a_distance_that_is_none_is_refused_with_the_nearest(role, stop, distance, names):
    """Rounded it would be another order than the one asked for."""
    order = trailing(
        stop_price=None if stop is None else Decimal(stop), trailing_distance=Decimal(distance)
    )
    with pytest.raises(InputError, match=names):
        conditional_of(order)
    assert re.search(names, role.codec.objection(order))


def trailing(**terms):
    """Return a trailing stop as a strategy sends it."""
    named = {"side": "sell", **terms}
    return NewOrder(
        client_order_id=OURS,
        symbol="BTCUSDT",
        type="trailing_stop",
        quantity=Decimal("0.010"),
        **named,
    )


def test_a_placed_one_is_accepted_under_the_venues_id(role, now):
    """The id is of the algo order, not of what it may become."""
    assert told(role.answer(submit(role, now), algo())) == [(OURS, "accepted", "9")]


@pytest.mark.parametrize("changed", [{"clientAlgoId": "x"}, {"symbol": "ETHUSDT"}])
def test_an_answer_about_another_says_nothing(role, now, changed):
    """Ours may have been placed."""
    assert told(role.answer(submit(role, now), algo(**changed))) == [(OURS, "unknown", None)]


@pytest.mark.parametrize(
    ("status", "body", "reply"),
    [
        (400, {"code": -2021, "msg": "Order would immediately trigger."}, "rejected"),
        (400, {"code": -4116, "msg": "ClientOrderId is duplicated."}, "unknown"),
        (503, b"", "unknown"),
        (200, b"{", "unknown"),
        (200, algo(algoStatus="SOLD"), "unknown"),
        (200, algo(algoStatus="REJECTED"), "rejected"),
    ],
)
def test_what_was_not_confirmed_is_refused_or_unknown(role, now, status, body, reply):
    """Only a refusal by its code says that there is none."""
    events = role.answer(submit(role, now), body, status=status)

    assert [(one[0], one[1]) for one in told(events)] == [(OURS, reply)]


def test_no_answer_is_unknown_and_not_sent_is_refused(role, now):
    """As with every order."""
    for fate, reply in [(Fate.UNKNOWN, "unknown"), (Fate.NOT_SENT, "rejected")]:
        failure = Failure(request=submit(role, now), fate=fate, reason="reset")
        assert told(role.codec.receive(failure, now)) == [(OURS, reply, None)]
    submit(role, now)
    assert told(role.codec.tick(now + 10_000_000_000)) == [(OURS, "unknown", None)]
    assert told(role.codec.tick(now + 10_000_000_000)) == []


def query(role, now):
    """Ask how ours stands, and return what carries it."""
    role.codec.query(OURS, "BTCUSDT", now_ns=now, venue_ns=now)
    (request,) = role.requests()
    return request


def test_a_query_tells_where_it_is(role, now):
    """With the order it became, which is the way to its fills."""
    request = query(role, now)
    (event,) = role.answer(request, algo(algoStatus="FINISHED", actualOrderId="77"))

    assert (request.method, request.repeat) == ("GET", Repeat.SAFE)
    assert asked(request)["clientAlgoId"] == OURS
    assert isinstance(event, ConditionalTold)
    assert (event.status, event.order_id, event.source) == ("finished", "77", "query")


@pytest.mark.parametrize(
    ("word", "status"),
    [("NEW", "new"), ("TRIGGERING", "new"), ("CANCELED", "canceled"), ("REJECTED", "expired")],
)
def test_a_query_finds_what_waits_or_ended_waiting(role, now, word, status):
    """As an order of which nothing traded."""
    (event,) = role.answer(query(role, now), algo(algoStatus=word))

    assert isinstance(event, OrderFound)
    found = event.order
    assert (found.client_order_id, found.type, found.status) == (OURS, "stop", status)
    assert found.cumulative == 0


def test_a_query_of_none_finds_none(role, now):
    """And a failure of it is nobody's order."""
    body = {"code": -2013, "msg": "Order does not exist."}
    events = role.answer(query(role, now), body, status=400)
    none = OrderNotFound(client_order_id=OURS, symbol="BTCUSDT", asked_ns=now, ts_recv_ns=now)
    assert events == [none]
    (fault,) = role.answer(query(role, now), b"", status=503)
    assert isinstance(fault, Faulted)


def test_a_cancel_is_by_the_venues_id_where_it_is_known(role, now):
    """And is answered under ours."""
    for venue_id, name in [("9", "algoId"), (None, "clientAlgoId")]:
        one = CancelOrder(client_order_id=OURS, symbol="BTCUSDT", venue_order_id=venue_id)
        role.codec.cancel(one, now_ns=now, venue_ns=now)
        (request,) = role.requests()
        done = {"algoId": 9, "clientAlgoId": OURS, "code": "200", "msg": "success"}
        assert name in asked(request)
        assert told(role.answer(request, done)) == [(OURS, "canceled", None)]


def test_one_is_taken_back_only_where_it_waits(role, now):
    """What it became is left alone: that it waits no longer refuses the change it was for."""
    one = CancelOrder(client_order_id=OURS, symbol="BTCUSDT", venue_order_id="9")
    for answer, status, reply in [
        ({"algoId": 9, "clientAlgoId": OURS, "code": "200", "msg": "success"}, 200, "canceled"),
        ({"code": -2011, "msg": "Unknown order sent."}, 400, "modify_rejected"),
    ]:
        role.codec.withdraw(one, now_ns=now, venue_ns=now)
        (request,) = role.requests()
        assert (request.method, request.path) == ("DELETE", "/fapi/v1/algoOrder")
        assert told(role.answer(request, answer, status=status)) == [(OURS, reply, None)]
    role.codec.withdraw(one, now_ns=now, venue_ns=now)
    role.requests()
    later = role.codec.tick(now + 60_000_000_000)
    assert told(later) == [(OURS, "unknown", None)]


def update(**changed):
    """Return an event of the private stream."""
    state = AlgoState(
        client_algo_id=OURS, algo_id=9, algo_type="CONDITIONAL", type="STOP_MARKET",
        symbol="BTCUSDT", side="SELL", position_side="BOTH", time_in_force="GTC",
        quantity="0.010", trigger_price="59000.0", price="0", **changed,
    )  # fmt: skip
    return AlgoUpdate(engine_ms=1_700_000_000_001, event_ms=1_700_000_000_002, order=state).encode()


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("NEW", "new"), ("TRIGGERING", "triggering"), ("TRIGGERED", "triggered"),
        ("FINISHED", "finished"), ("CANCELED", "canceled"), ("EXPIRED", "expired"),
        ("REJECTED", "rejected"),
    ],
)  # fmt: skip
def test_the_stream_tells_each_step(settings, hand, word, status):
    """With the order it became, and why it came to nothing."""
    stream = hand(BinancePMS(settings))
    (event,) = stream.say("private", update(status=word, order_id="", reject_message="too late"))

    assert isinstance(event, ConditionalTold)
    assert (event.client_order_id, event.venue_order_id) == (OURS, "9")
    assert (event.status, event.order_id, event.source) == (status, None, "stream")
    assert event.reject_text == "too late"
    assert event.ts_event_ns == 1_700_000_000_001 * 10**6


def test_a_status_nobody_knows_is_a_fault(settings, hand):
    """The stream goes on."""
    stream = hand(BinancePMS(settings))
    (event,) = stream.say("private", update(status="SOLD"))

    assert event.fault.kind is FaultKind.MALFORMED
    assert json.loads(update(status="NEW"))["e"] == "ALGO_UPDATE"
