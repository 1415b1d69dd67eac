"""What becomes of orders: immediate outcomes, filters, changes, timers."""

from __future__ import annotations

import json

import pytest

from support.binance_desk import heard

ORDER = "/fapi/v1/order"


def outcomes(connection):
    """Return execution type and status of every order event heard."""
    events = [event for event in heard(connection) if event["e"] == "ORDER_TRADE_UPDATE"]
    return [(event["o"]["x"], event["o"]["X"]) for event in events]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        pytest.param({"symbol": "NONE"}, -1121, id="symbol"),
        pytest.param({"side": "HOLD"}, -1117, id="side"),
        pytest.param({"type": "STOP_MARKET"}, -4120, id="conditional"),
        pytest.param({"type": "ODD"}, -1116, id="type"),
        pytest.param({"timeInForce": "SOON"}, -1115, id="tif"),
        pytest.param({"timeInForce": None}, -1102, id="no-tif"),
        pytest.param({"price": None}, -1102, id="no-price"),
        pytest.param({"type": "MARKET", "timeInForce": None}, -1106, id="market-price"),
        pytest.param({"positionSide": "LONG"}, -4061, id="hedge"),
        pytest.param({"newClientOrderId": "a b"}, -4015, id="client-id"),
        pytest.param({"price": "59000.05"}, -4014, id="off-tick"),
        pytest.param({"price": "59000.123"}, -1111, id="digits"),
        pytest.param({"price": "0"}, -4001, id="price-0"),
        pytest.param({"quantity": "0"}, -4003, id="quantity-0"),
        pytest.param({"quantity": "0.0001"}, -1111, id="quantity-digits"),
        pytest.param({"quantity": "100000"}, -4005, id="quantity-max"),
        pytest.param({"price": "80000"}, -4016, id="above-band"),
        pytest.param({"side": "SELL", "price": "40000"}, -4024, id="below-band"),
        pytest.param({"quantity": "0.001", "price": "1000"}, -4164, id="notional"),
        pytest.param({"quantity": "40"}, -2019, id="margin"),
        pytest.param({"reduceOnly": "true"}, -2022, id="reduce-only-flat"),
        pytest.param(
            {"type": "MARKET", "price": None, "timeInForce": None}, -4131, id="market-empty"
        ),
        pytest.param({"timeInForce": "FOK"}, -5021, id="fok"),
        pytest.param({"timeInForce": "GTD", "goodTillDate": 1}, -5040, id="gtd-past"),
        pytest.param({"priceMatch": "QUEUE", "price": None}, -5041, id="no-depth"),
    ],
)
def test_an_order_is_refused_with_the_code_of_its_first_fault(desk, terms, code):
    """A refused order never existed: no event, no open order."""
    private = desk.private()
    answer = desk.order(**terms)
    assert answer.get("code") == code, answer
    assert outcomes(private) == []
    assert desk.ask("GET", "/fapi/v1/openOrders") == []


def test_a_resting_order_is_new_in_answer_and_event(desk):
    """An acknowledged order can be asked for by either name."""
    private = desk.private()
    placed = desk.order(newClientOrderId="mine")
    assert (placed["status"], placed["executedQty"]) == ("NEW", "0.000")
    assert outcomes(private) == [("NEW", "NEW")]
    asked = desk.ask("GET", ORDER, symbol="BTCUSDT", origClientOrderId="mine")
    assert asked["orderId"] == placed["orderId"]
    assert "time" in asked
    assert desk.order(newClientOrderId="mine")["code"] == -4116


def test_a_crossing_order_trades_and_tells_new_first(desk):
    """NEW, then for each fill a short and a whole event, then the account."""
    desk.other("SELL", "0.004", "60000")
    private = desk.private()
    answer = desk.order(quantity="0.010", price="60000", newOrderRespType="RESULT")
    assert (answer["status"], answer["executedQty"]) == ("PARTIALLY_FILLED", "0.004")
    kinds = [event["e"] for event in heard(private)]
    assert kinds == ["ORDER_TRADE_UPDATE", "TRADE_LITE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]


def test_an_acknowledged_market_order_says_new_even_if_filled(desk):
    """ACK tells nothing of what became of the order; the stream does."""
    desk.other("SELL", "0.010", "60000")
    private = desk.private()
    answer = desk.order(type="MARKET", price=None, timeInForce=None)
    assert (answer["status"], answer["executedQty"]) == ("NEW", "0.000")
    assert outcomes(private)[-1] == ("TRADE", "FILLED")


def test_what_may_not_rest_expires(desk):
    """NEW, then EXPIRED, and the answer says so."""
    private = desk.private()
    answer = desk.order(newOrderRespType="RESULT", timeInForce="IOC", price="60000")
    assert answer["status"] == "EXPIRED"
    assert outcomes(private) == [("NEW", "NEW"), ("EXPIRED", "EXPIRED")]


def test_a_post_only_order_that_would_take_is_refused(desk):
    """GTX never trades on arrival."""
    desk.other("SELL", "0.010", "60000")
    assert desk.order(price="60000", timeInForce="GTX")["code"] == -5022
    assert desk.order(price="59999.9", timeInForce="GTX")["status"] == "NEW"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param("EXPIRE_TAKER", ["EXPIRED_IN_MATCH", "NEW"], id="taker"),
        pytest.param("EXPIRE_MAKER", ["NEW", "EXPIRED_IN_MATCH"], id="maker"),
        pytest.param("EXPIRE_BOTH", ["EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"], id="both"),
        pytest.param("NONE", ["FILLED", "FILLED"], id="none"),
    ],
)
def test_the_takers_mode_decides_a_self_trade(desk, mode, expected):
    """The order that expires in the match says so."""
    maker = desk.order(side="SELL", price="60000")
    taker = desk.order(price="60000", selfTradePreventionMode=mode, newOrderRespType="RESULT")
    asked = desk.ask("GET", ORDER, symbol="BTCUSDT", orderId=maker["orderId"])
    assert [taker["status"], asked["status"]] == expected


def test_a_change_keeps_the_number_and_is_told_as_an_amendment(desk):
    """Price and quantity are new, the order's number is not, and its history lists it."""
    private = desk.private()
    placed = desk.order()
    changed = desk.ask(
        "PUT",
        ORDER,
        symbol="BTCUSDT",
        side="BUY",
        orderId=placed["orderId"],
        quantity="0.02",
        price="59001",
        modifyId=7,
    )
    assert (changed["orderId"], changed["origQty"]) == (placed["orderId"], "0.020")
    event = heard(private)[-1]["o"]
    assert (event["x"], event["X"], event["p"], event["M"]) == ("AMENDMENT", "NEW", "59001.00", 7)
    rows = desk.ask("GET", "/fapi/v1/orderAmendment", symbol="BTCUSDT", orderId=placed["orderId"])
    assert rows[0]["amendment"]["price"] == {"before": "59000.00", "after": "59001.00"}


def test_a_change_is_refused_or_cancels_by_the_documented_rules(desk):
    """Unchanged -5027, unknown -2013, filter faults leave the order, a total traded cancels it."""
    placed = desk.order(side="SELL", quantity="0.010", price="60000")
    same = {"symbol": "BTCUSDT", "side": "SELL", "orderId": placed["orderId"]}
    put = lambda **terms: desk.ask("PUT", ORDER, **{**same, **terms})  # noqa: E731
    assert put(quantity="0.010", price="60000")["code"] == -5027
    assert put(quantity="0.010", price="60000.05")["code"] == -4014
    assert put(orderId=1, quantity="0.010", price="60001")["code"] == -2013
    desk.other("BUY", "0.004", "60000")
    assert put(quantity="0.004", price="60001")["status"] == "CANCELED"


def test_a_post_only_order_changed_into_a_taker_is_canceled(desk):
    """It never takes, so it goes."""
    desk.other("SELL", "0.010", "60000")
    placed = desk.order(timeInForce="GTX")
    changed = desk.ask(
        "PUT",
        ORDER,
        symbol="BTCUSDT",
        side="BUY",
        orderId=placed["orderId"],
        quantity="0.010",
        price="60000",
    )
    assert changed["status"] == "CANCELED"


def test_cancels_know_what_is_gone(desk):
    """A cancel of what is not open is -2011, a question for what never was -2013."""
    placed = desk.order()
    gone = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    assert desk.ask("DELETE", ORDER, **gone)["status"] == "CANCELED"
    assert desk.ask("DELETE", ORDER, **gone)["code"] == -2011
    assert desk.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=1)["code"] == -2011
    assert desk.ask("GET", ORDER, symbol="BTCUSDT", orderId=1)["code"] == -2013
    assert desk.ask("GET", "/fapi/v1/openOrder", **gone)["code"] == -2013
    assert desk.ask("GET", ORDER, **gone)["status"] == "CANCELED"


def test_another_accounts_order_is_unknown(desk):
    """No account sees or cancels what is not its own."""
    placed = desk.order()
    named = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    stranger = {"key": "other", "secret": "othersecret"}
    assert desk.ask("GET", ORDER, **named, **stranger)["code"] == -2013
    assert desk.ask("DELETE", ORDER, **named, **stranger)["code"] == -2011


def test_a_batch_answers_each_order_for_itself(desk):
    """The answers stand in the order of the orders, refusals among them."""
    item = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    good, bad = {**item, "quantity": "0.01", "price": "59000"}, {**item, "quantity": "0.01"}
    answers = desk.ask("POST", "/fapi/v1/batchOrders", batchOrders=json.dumps([good, bad]))
    assert [answer.get("status", answer.get("code")) for answer in answers] == ["NEW", -1102]
    ids = json.dumps([answers[0]["orderId"], 1])
    gone = desk.ask("DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", orderIdList=ids)
    assert [answer.get("status", answer.get("code")) for answer in gone] == ["CANCELED", -2011]
    six = json.dumps([good] * 6)
    assert desk.ask("POST", "/fapi/v1/batchOrders", batchOrders=six)["code"] == -4082


def test_the_dead_mans_switch_cancels_unless_wound_again(desk):
    """Each call replaces the timer of the symbol; 0 stops it."""
    private = desk.private()
    wind = lambda ms: desk.ask(  # noqa: E731
        "POST", "/fapi/v1/countdownCancelAll", symbol="BTCUSDT", countdownTime=ms
    )
    desk.order()
    assert wind(1_000) == {"symbol": "BTCUSDT", "countdownTime": "1000"}
    desk.wait(900)
    wind(1_000)
    desk.wait(900)
    assert len(desk.ask("GET", "/fapi/v1/openOrders")) == 1
    desk.wait(200)
    assert desk.ask("GET", "/fapi/v1/openOrders") == []
    assert outcomes(private)[-1] == ("CANCELED", "CANCELED")


def test_a_gtd_order_expires_on_its_second(desk):
    """Its time is cut to the second, and the order then says EXPIRED."""
    private = desk.private()
    desk.order(timeInForce="GTD", goodTillDate=desk.now_ms + 601_900)
    desk.now_ns += 601_000_000_000
    desk.wait(10)
    assert outcomes(private)[-1] == ("EXPIRED", "EXPIRED")


def test_price_match_takes_the_price_from_the_book(desk):
    """The limit is that of the best opposite or own level."""
    desk.other("SELL", "0.010", "60000")
    desk.other("BUY", "0.010", "59000")
    assert desk.order(price=None, priceMatch="QUEUE")["price"] == "59000.00"
    answer = desk.order(price=None, priceMatch="OPPONENT", newOrderRespType="RESULT")
    assert (answer["price"], answer["status"]) == ("60000.00", "FILLED")


def algo(desk, **terms):
    """Place a conditional order."""
    given = {"algoType": "CONDITIONAL", "symbol": "BTCUSDT", "quantity": "0.010"}
    return desk.ask("POST", "/fapi/v1/algoOrder", **{**given, **terms})


def test_a_conditional_order_waits_and_comes_in_at_its_price(desk):
    """It is in no list of open orders; reached, it becomes an ordinary one."""
    private = desk.private()
    desk.other("SELL", "0.010", "60100")
    desk.other("SELL", "0.010", "60200")
    placed = algo(desk, side="BUY", type="STOP_MARKET", triggerPrice="60100")
    assert placed["algoStatus"] == "NEW"
    assert desk.ask("GET", "/fapi/v1/openOrders") == []
    assert len(desk.ask("GET", "/fapi/v1/openAlgoOrders")) == 1
    desk.order(price="60100")
    told = [event["o"]["X"] for event in heard(private) if event["e"] == "ALGO_UPDATE"]
    assert told == ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]
    assert desk.ask("GET", "/fapi/v3/positionRisk")[0]["positionAmt"] == "0.020"


def test_a_conditional_order_can_be_canceled_or_refused(desk):
    """The cancel's code is text; one whose price is reached already is -2021."""
    placed = algo(desk, side="BUY", type="STOP_MARKET", triggerPrice="61000", clientAlgoId="c1")
    gone = desk.ask("DELETE", "/fapi/v1/algoOrder", clientAlgoId="c1")
    assert (gone["algoId"], gone["code"]) == (placed["algoId"], "200")
    assert desk.ask("DELETE", "/fapi/v1/algoOrder", clientAlgoId="c1")["code"] == -2011
    assert algo(desk, side="BUY", type="STOP_MARKET", triggerPrice="59000")["code"] == -2021


def trail(desk, **terms):
    """Place a trailing stop that follows at a hundredth."""
    return algo(desk, **{"type": "TRAILING_STOP_MARKET", "callbackRate": "1", **terms})


def moved(desk, *prices):
    """Have a trade at each price, one after the other."""
    for price in prices:
        desk.other("SELL", "0.010", price)
        desk.order(price=price)


def test_a_trailing_stop_follows_and_turns(desk):
    """At a hundredth of the best price since it was placed; each step is told."""
    moved(desk, "60000")
    private = desk.private()
    placed = trail(desk, side="SELL", clientAlgoId="t1")
    assert (placed["algoStatus"], placed["callbackRate"]) == ("NEW", "1")
    moved(desk, "60500", "60100", "59900")
    assert [one["clientAlgoId"] for one in desk.ask("GET", "/fapi/v1/openAlgoOrders")] == ["t1"]
    desk.other("BUY", "0.010", "59800")
    moved(desk, "59895")

    told = [event["o"] for event in heard(private) if event["e"] == "ALGO_UPDATE"]
    assert [one["X"] for one in told] == ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]
    assert {one["o"] for one in told} == {"TRAILING_STOP_MARKET"}
    became = desk.ask("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="t1")
    asked = desk.ask("GET", "/fapi/v1/algoOrder", clientAlgoId="t1")
    assert (became["status"], became["type"]) == ("FILLED", "MARKET")
    assert (asked["algoStatus"], asked["actualOrderId"]) == ("FINISHED", str(became["orderId"]))


def test_a_trailing_stop_follows_from_the_price_it_is_told(desk):
    """Until that came it waits, however far the market falls."""
    moved(desk, "60000")
    trail(desk, side="SELL", activatePrice="61000", clientAlgoId="t1")
    moved(desk, "58000", "60990")
    waiting = desk.ask("GET", "/fapi/v1/openAlgoOrders")
    assert [one["activatePrice"] for one in waiting] == ["61000.00"]
    moved(desk, "61000", "60390")
    assert desk.ask("GET", "/fapi/v1/openAlgoOrders") == []


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"callbackRate": "0.05"}, -1130),
        ({"callbackRate": "10.1"}, -1130),
        ({"callbackRate": "1.55"}, -1130),
        ({"callbackRate": None}, -1102),
        ({"activatePrice": "59000"}, -2021),
    ],
)
def test_a_trailing_stop_that_cannot_follow_is_refused(desk, terms, code):
    """Out of the venue's steps, or from a price the market has passed."""
    moved(desk, "60000")
    given = {name: value for name, value in {"callbackRate": "1", **terms}.items() if value}
    said = algo(desk, type="TRAILING_STOP_MARKET", side="SELL", **given)
    assert said["code"] == code


def test_a_conditional_order_waits_no_longer_than_it_may(desk):
    """Its time over it expires, and that is told."""
    private = desk.private()
    until_ms = desk.now_ms + 700_000
    terms = {"timeInForce": "GTD", "goodTillDate": until_ms}
    placed = algo(desk, side="BUY", type="STOP_MARKET", triggerPrice="61000", **terms)
    assert placed["goodTillDate"] == until_ms
    early = {**terms, "goodTillDate": desk.now_ms + 1_000}
    refused = algo(desk, side="BUY", type="STOP_MARKET", triggerPrice="61000", **early)
    assert refused["code"] == -5040
    desk.wait(701_000, step=100_000)

    assert desk.ask("GET", "/fapi/v1/openAlgoOrders") == []
    told = [event["o"]["X"] for event in heard(private) if event["e"] == "ALGO_UPDATE"]
    assert told == ["NEW", "EXPIRED"]
