"""Input nobody means well: it is refused with a code, or cut off; the exchange goes on."""

from __future__ import annotations

import json
import random
from urllib.parse import quote

import pytest

from support.binance_desk import KEY, heard
from tradecore.simulation.binance.routes import METHODS, ROUTES

NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "-1", "0x10", "1_000", "٣", "", " ", "1" * 400)
GARBAGE = ("", "\x00", "null", "[]", "{}", '"', "[" * 5_000, "{" * 5_000, "1e999", '"\\ud800"')


def lives(desk):
    """Say whether the exchange still takes an order."""
    return desk.order().get("status") == "NEW"


@pytest.mark.parametrize("name", ["quantity", "price", "goodTillDate", "recvWindow"])
@pytest.mark.parametrize("value", NUMBERS)
def test_what_is_no_number_is_no_order(desk, name, value):
    """Refused with a code of 4xx, never taken for another number."""
    terms = {"goodTillDate": {"timeInForce": "GTD"}}.get(name, {})
    answer = desk.order(**terms, **{name: value})
    is_left_out = name == "recvWindow" and value == ""
    assert is_left_out or answer.get("code", 0) < 0, answer
    assert lives(desk)


def ask_raw(desk, method, path, text):
    """Send parameters as they stand, signed."""
    stamped = f"{text}&timestamp={desk.now_ms}"
    query = f"{stamped}&signature={desk.sign(stamped)}"
    where = {"query": query} if method in {"GET", "DELETE"} else {"body": query}
    return desk.raw(method, path, key=KEY, **where)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_no_path_answers_garbage_with_anything_but_a_code(desk, name):
    """Each known parameter given something else: 200 or 4xx with a code, never an exception."""
    chance = random.Random(name)
    method, path = name.split(" ")
    names = ["symbol", "orderId", "limit", "startTime", "interval", "batchOrders", "orderIdList"]
    names += ["side", "type", "quantity", "price", "leverage", "marginType", "amount", "algoType"]
    names += ["triggerPrice", "callbackRate", "dualSidePosition", "countdownTime", "fromId", "pair"]
    values = [*NUMBERS, *GARBAGE[:6], "BTCUSDT", "1", "true", "[1]", '[{"symbol":1}]', "9" * 25]
    for _ in range(25):
        chosen = chance.sample(names, chance.randrange(1, 8))
        text = "&".join(f"{one}={quote(chance.choice(values))}" for one in chosen)
        answer = ask_raw(desk, method, path, text)
        told = json.loads(answer.body)
        assert answer.status == 200 or (400 <= answer.status < 500 and told["code"] < 0), told
    desk.now_ns += 61_000_000_000
    desk.exchange.advance(desk.now_ns)


@pytest.mark.parametrize("text", GARBAGE)
@pytest.mark.parametrize("path", ["/ws-fapi/v1", "/public/ws", "/private/ws"])
def test_a_garbage_frame_is_answered_with_an_error(desk, path, text):
    """One frame of garbage, one error; the connection stays."""
    line = desk.listen(path)
    line.receive(text, desk.now_ns)
    (answer,) = heard(line)
    assert "error" in answer or "code" in answer
    assert line.close_code is None
    assert lives(desk)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_no_method_answers_garbage_with_anything_but_a_code(desk, name):
    """Parameters of any JSON kind: an answer with a status, never an exception."""
    chance = random.Random(name)
    line = desk.listen("/ws-fapi/v1")
    values = [None, True, -1, 1.5, "x", "NaN", [], {}, [[]], "BTCUSDT", 2**70, {"a": [1]}]
    for _ in range(25):
        params = {"timestamp": desk.now_ms, "apiKey": KEY}
        for one in chance.sample(["symbol", "side", "type", "quantity", "price", "orderId"], 3):
            params[one] = chance.choice(values)
        plain = {k: str(v).lower() if isinstance(v, bool) else v for k, v in params.items()}
        text = "&".join(f"{one}={plain[one]}" for one in sorted(plain))
        params["signature"] = desk.sign(text)
        (answer,) = desk.say(line, {"id": 1, "method": name, "params": params})
        assert answer["status"] == 200 or answer["error"]["code"] < 0, answer
    assert lives(desk)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"method": "SUBSCRIBE", "params": [1, None], "id": 1}, id="not-names"),
        pytest.param({"method": "SUBSCRIBE", "params": "x", "id": 1}, id="not-a-list"),
        pytest.param({"method": 1, "id": 1}, id="no-method"),
        pytest.param({"method": "SHOUT", "params": [], "id": 1}, id="unknown-method"),
        pytest.param({"method": "SET_PROPERTY", "params": ["combined"], "id": 1}, id="no-value"),
        pytest.param({"method": "SET_PROPERTY", "params": ["combined", 1], "id": 1}, id="not-bool"),
        pytest.param({"method": "GET_PROPERTY", "params": ["odd"], "id": 1}, id="no-property"),
        pytest.param({"method": "SUBSCRIBE", "params": [], "id": {"a": 1}}, id="odd-id"),
        pytest.param({"id": 1}, id="empty"),
    ],
)
def test_a_control_message_of_another_form_is_an_error(desk, message):
    """The code says which rule; nothing is subscribed."""
    line = desk.listen("/public/ws")
    (answer,) = desk.say(line, message)
    assert "code" in answer
    (listed,) = desk.say(line, {"method": "LIST_SUBSCRIPTIONS", "id": 2})
    assert listed["result"] == []


def test_ten_thousand_subscriptions_are_refused(desk):
    """A connection has 1024 at most, all or none of a message."""
    line = desk.listen("/public/ws")
    names = [f"s{number}usdt@depth" for number in range(10_000)]
    (answer,) = desk.say(line, {"method": "SUBSCRIBE", "params": names, "id": 1})
    assert answer["code"] == 2
    (answer,) = desk.say(line, {"method": "SUBSCRIBE", "params": names[:1_024], "id": 2})
    assert answer == {"result": None, "id": 2}
    (answer,) = desk.say(line, {"method": "SUBSCRIBE", "params": ["one@depth"], "id": 3})
    assert answer["code"] == 2


def test_ten_thousand_streams_in_an_address_are_refused_too(desk):
    """The bound holds however the streams are named."""
    names = "/".join(f"s{number}usdt@depth" for number in range(10_000))
    line = desk.listen("/public/stream", f"streams={names}")
    assert line.close_code == 1008


def test_a_client_that_does_not_read_is_cut_off(desk):
    """What waits for it is bounded."""
    line = desk.listen("/public/ws/btcusdt@bookTicker")
    for _ in range(50_001):
        line.push(b"{}")
    assert line.close_code == 1008
    assert len(line.outbox) <= 50_000


def test_too_many_messages_a_second_cut_the_line(desk):
    """The eleventh within a second."""
    line = desk.listen("/public/ws")
    for number in range(11):
        line.receive(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": number}), desk.now_ns)
    assert line.close_code == 1008


def test_unknown_parameters_are_passed_over(desk):
    """A parameter the venue does not know changes nothing."""
    assert desk.order(unknown="1", **{"": "x"})["status"] == "NEW"


def test_a_parameter_given_twice_is_the_querys(desk):
    """The query's value wins over the body's, and both are signed."""
    query = f"symbol=BTCUSDT&timestamp={desk.now_ms}"
    body = "symbol=NONE&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000"
    body += f"&signature={desk.sign(query + body)}"
    answer = json.loads(desk.raw("POST", "/fapi/v1/order", query=query, body=body).body)
    assert answer["status"] == "NEW"
