"""An order's outcome is told as the venue told it, or as unknown: nothing is guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import SecretStr

from tradecore.exchanges.base import (
    CancelOrder,
    ChannelDown,
    ChannelUp,
    Connect,
    Credentials,
    Failure,
    Fate,
    Faulted,
    FaultKind,
    Frame,
    HttpRequest,
    ModifyOrder,
    NewOrder,
    OrderFound,
    OrderNotFound,
    RateUsed,
    Repeat,
)
from tradecore.exchanges.binance.oms import BinanceOMS
from tradecore.exchanges.binance.signing import Verifier
from tradecore.model import Approved, OrderUpdate
from tradecore.sign import Ed25519Key

OURS = "tc-1-1"
UNKNOWN_TEXT = b"Unknown error, please check your request or try again later."


def order(one=OURS, **terms):
    """Return an approved order."""
    given = {"quantity": Decimal("0.010"), "price": Decimal("100.10"), **terms}
    new = NewOrder(client_order_id=one, symbol="BTCUSDT", side="buy", type="limit", **given)
    return Approved(new, "test")


def reply(one=OURS, **changed):
    """Return the venue's order object."""
    return {
        "orderId": 7, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": one,
        "price": "100.10", "origQty": "0.010", "executedQty": "0", "timeInForce": "GTC",
        "type": "LIMIT", "side": "BUY", "updateTime": 1_700_000_000_001, **changed,
    }  # fmt: skip


@pytest.fixture
def oms(settings, hand, now):
    """Return the order role with its channel open."""
    made = hand(BinanceOMS(settings))
    made.codec.start(now)
    assert isinstance(made.take()[0], Connect)
    made.codec.receive(ChannelUp(channel="api", generation=1), now)
    return made


@pytest.fixture
def http(settings, hand, now):
    """Return the order role whose channel never opened."""
    made = hand(BinanceOMS(settings))
    made.codec.start(now)
    made.take()
    return made


def submit(made, now, **terms):
    """Send an order, and return what carries it."""
    made.codec.submit(order(**terms), now_ns=now, venue_ns=now + 5_000_000)
    (sent,) = made.take()
    return sent


def cancel(made, now):
    """Send a cancel, and return what carries it."""
    one = CancelOrder(client_order_id=OURS, symbol="BTCUSDT")
    made.codec.cancel(one, now_ns=now, venue_ns=now)
    (sent,) = made.take()
    return sent


def updates(events):
    """Return the replies among events."""
    return [(one.client_order_id, one.reply) for one in events if isinstance(one, OrderUpdate)]


def faults(events):
    """Return the kinds of the faults among events."""
    return [one.fault.kind for one in events if isinstance(one, Faulted)]


def test_an_order_goes_over_the_channel_signed_and_is_never_sent_twice(oms, now):
    """The frame carries the order, the venue's time and a signature; the pump may not repeat it."""
    frame = submit(oms, now, post_only=True)
    asked = json.loads(frame.text)

    assert isinstance(frame, Frame)
    assert (frame.repeat, frame.generation) == (Repeat.NEVER, 1)
    assert (frame.cost.weight, frame.cost.orders) == (0, 1)
    assert asked["method"] == "order.place"
    assert asked["params"]["price"] == "100.10"
    assert asked["params"]["timeInForce"] == "GTX"
    assert asked["params"]["timestamp"] == (now + 5_000_000) // 1_000_000
    assert Verifier("sec").verify_params(asked["params"])
    assert "sec" not in repr(frame)
    assert asked["params"]["signature"] not in repr(frame)


def test_an_acknowledged_order_is_accepted(oms, now):
    """The answer's order is told with the venue's id and time, and the counts beside it."""
    frame = submit(oms, now)
    limits = [
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300,
         "count": 4}
    ]  # fmt: skip
    events = oms.say(
        "api", {"id": frame.request_id, "status": 200, "result": reply(), "rateLimits": limits}
    )

    used, update = events
    assert used == RateUsed(pool="orders", period_ns=10_000_000_000, used=4)
    assert (update.reply, update.venue_order_id, update.source) == ("accepted", "7", "response")
    assert update.ts_event_ns == 1_700_000_000_001_000_000
    assert oms.say("api", {"id": frame.request_id, "status": 200, "result": reply()}) == []


def test_http_stands_in_only_before_sending(http, now):
    """With the channel down the same order goes over HTTP; nothing goes over both."""
    request = submit(http, now)

    assert isinstance(request, HttpRequest)
    assert (request.method, request.path) == ("POST", "/fapi/v1/order")
    assert request.repeat is Repeat.NEVER
    assert Verifier("sec").verify_request(request.url.partition("?")[2].encode(), b"")
    assert updates(http.answer(request, reply(), x_mbx_order_count_1m="3")) == [(OURS, "accepted")]


@pytest.mark.parametrize(
    ("status", "code", "expected", "ours"),
    [
        pytest.param(400, -2019, "rejected", "INSUFFICIENT_MARGIN", id="margin"),
        pytest.param(400, -5022, "rejected", "POST_ONLY_WOULD_CROSS", id="post-only"),
        pytest.param(429, -1015, "rejected", "VENUE_RATE_LIMIT", id="too-many"),
        pytest.param(503, -1008, "rejected", "VENUE_UNAVAILABLE", id="throttled"),
        pytest.param(400, -9999, "rejected", "VENUE_REJECTED", id="a-code-nobody-knows"),
        pytest.param(400, -1000, "unknown", None, id="unknown-error"),
        pytest.param(400, -1001, "unknown", None, id="disconnected"),
        pytest.param(400, -1006, "unknown", None, id="unexpected-response"),
        pytest.param(408, -1007, "unknown", None, id="time-out"),
        pytest.param(400, -4116, "unknown", "DUPLICATE_CLIENT_ORDER_ID", id="id-lives"),
        pytest.param(500, -2019, "unknown", None, id="server-fault-whatever-its-code"),
    ],
)
@pytest.mark.parametrize("way", ["oms", "http"])
def test_a_refusal_is_final_only_where_the_venue_says_so(  # noqa: PLR0917 - a table
    request, now, way, status, code, expected, ours
):
    """Both ways agree on which refusals are certain."""
    made = request.getfixturevalue(way)
    sent = submit(made, now)
    error = {"code": code, "msg": "words"}
    if way == "oms":
        events = made.say("api", {"id": sent.request_id, "status": status, "error": error})
    else:
        events = made.answer(sent, error, status=status)

    assert updates(events) == [(OURS, expected)]
    assert events[0].reject_code == ours


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(503, UNKNOWN_TEXT, "unknown", id="503-unknown"),
        pytest.param(503, b"Service Unavailable.", "rejected", id="503-not-done"),
        pytest.param(502, b"<html>", "unknown", id="502"),
        pytest.param(403, b"<html>", "unknown", id="firewall"),
        pytest.param(429, b"slow down", "unknown", id="429-of-a-proxy"),
        pytest.param(200, b"{", "unknown", id="truncated"),
        pytest.param(200, b"[]", "unknown", id="another-form"),
        pytest.param(200, json.dumps(reply("x")).encode(), "unknown", id="another-order"),
        pytest.param(200, json.dumps(reply(symbol="ETH")).encode(), "unknown", id="other-symbol"),
        pytest.param(200, json.dumps(reply(price="NaN")).encode(), "unknown", id="nan"),
    ],
)
def test_what_cannot_be_read_leaves_the_outcome_open(http, now, status, body, expected):
    """Doubt is told as doubt."""
    assert updates(http.answer(submit(http, now), body, status=status)) == [(OURS, expected)]


def test_a_ban_is_told_with_its_length(http, now):
    """418 stops everything until the time the venue names."""
    body = {"code": -1003, "msg": "Way too many requests; IP banned until 1700000060000."}
    events = http.answer(submit(http, now), body, status=418, retry_after="5")

    (fault,) = [one.fault for one in events if isinstance(one, Faulted)]
    assert (fault.kind, fault.is_ban) == (FaultKind.LIMIT, True)
    assert fault.retry_after_ns == 59_995_000_000


def test_a_lost_connection_leaves_what_it_carried_unknown(oms, now):
    """Orders, changes and cancels outstanding are unknown; what is sent next goes over HTTP."""
    submit(oms, now)
    cancel(oms, now)
    change = ModifyOrder(
        client_order_id="tc-1-2",
        symbol="BTCUSDT",
        side="buy",
        price=Decimal(1),
        quantity=Decimal(2),
    )
    oms.codec.modify(Approved(change, "test"), now_ns=now, venue_ns=now)
    oms.take()

    events = oms.codec.receive(ChannelDown(channel="api", generation=1, reason="reset"), now)

    assert updates(events) == [(OURS, "unknown"), (OURS, "unknown"), ("tc-1-2", "unknown")]
    assert isinstance(submit(oms, now), HttpRequest)


@pytest.mark.parametrize(
    ("fate", "expected", "code"),
    [
        pytest.param(Fate.NOT_SENT, "rejected", "VENUE_UNAVAILABLE", id="never-left"),
        pytest.param(Fate.UNKNOWN, "unknown", None, id="may-have-left"),
    ],
)
@pytest.mark.parametrize("way", ["oms", "http"])
def test_a_failure_is_final_only_if_nothing_left(  # noqa: PLR0917 - a table
    request, now, way, fate, expected, code
):
    """Not one byte left: refused by us. Else only the venue can say."""
    made = request.getfixturevalue(way)
    failure = Failure(request=submit(made, now), fate=fate, reason="refused")

    (update,) = made.codec.receive(failure, now)

    assert (update.reply, update.reject_code) == (expected, code)
    assert made.codec.receive(failure, now) == []


def test_a_missing_answer_is_unknown_once_and_a_late_one_still_counts(oms, now):
    """Silence is told after five seconds; the answer that comes after all is told too."""
    frame = submit(oms, now)

    assert oms.codec.tick(now + 5_000_000_000) == []
    assert updates(oms.codec.tick(now + 5_000_000_001)) == [(OURS, "unknown")]
    assert oms.codec.tick(now + 6_000_000_000) == []
    late = oms.say("api", {"id": frame.request_id, "status": 200, "result": reply()})
    assert updates(late) == [(OURS, "accepted")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"status": 200, "result": reply(status="CANCELED")}, "canceled", id="done"),
        pytest.param({"status": 400, "error": {"code": -2011, "msg": "?"}}, "unknown", id="gone"),
        pytest.param(
            {"status": 400, "error": {"code": -1102, "msg": "?"}}, "cancel_rejected", id="refused"
        ),
        pytest.param({"status": 200, "result": reply(status="NEW")}, "unknown", id="not-canceled"),
    ],
)
def test_a_cancel_is_canceled_only_if_the_venue_says_so(oms, now, body, expected):
    """An order the venue does not know may have traded: the cancel is unknown."""
    frame = cancel(oms, now)

    assert updates(oms.say("api", {"id": frame.request_id, **body})) == [(OURS, expected)]


def test_a_query_finds_or_does_not_find(oms, now):
    """Asked by our id, the venue lists the order or knows none."""
    oms.codec.query(OURS, "BTCUSDT", now_ns=now, venue_ns=now)
    (first,) = oms.take()
    oms.codec.query(OURS, "BTCUSDT", now_ns=now, venue_ns=now)
    (second,) = oms.take()

    (found,) = oms.say("api", {"id": first.request_id, "status": 200, "result": reply()})
    error = {"code": -2013, "msg": "Order does not exist."}
    (gone,) = oms.say("api", {"id": second.request_id, "status": 400, "error": error})

    assert first.repeat is Repeat.SAFE
    assert isinstance(found, OrderFound)
    assert found.order.status == "new"
    assert isinstance(gone, OrderNotFound)


def test_batches_are_of_five_and_each_order_has_its_own_answer(oms, now):
    """Six orders are a batch and one; a refusal in a batch is that order's alone."""
    ids = [f"tc-1-{number}" for number in range(6)]
    oms.codec.submit_batch([order(one) for one in ids], now_ns=now, venue_ns=now)
    batch, single = oms.take()
    answers = [reply(one) for one in ids[:4]] + [{"code": -2019, "msg": "Margin is insufficient."}]

    assert (batch.path, batch.cost.weight, batch.cost.orders) == ("/fapi/v1/batchOrders", 5, 5)
    assert isinstance(single, Frame)
    told = updates(oms.answer(batch, answers))
    assert told == [(one, "accepted") for one in ids[:4]] + [(ids[4], "rejected")]


def test_a_batch_with_the_wrong_number_of_answers_is_unknown(http, now):
    """No answer of it is believed."""
    http.codec.submit_batch([order("a"), order("b")], now_ns=now, venue_ns=now)
    (batch,) = http.take()

    assert updates(http.answer(batch, [reply("a")])) == [("a", "unknown"), ("b", "unknown")]


def test_the_dead_man_switch_and_cancel_all(oms, now):
    """One request a symbol for the switch; a failure of either is a fault, not an order's."""
    oms.codec.keep_alive(["BTCUSDT", "ETHUSDT"], 10_000, now_ns=now, venue_ns=now)
    oms.codec.cancel_all("BTCUSDT", now_ns=now, venue_ns=now)
    first, second, third = oms.take()

    assert "countdownTime=10000" in first.url
    assert "symbol=ETHUSDT" in second.url
    assert (third.method, third.path) == ("DELETE", "/fapi/v1/allOpenOrders")
    assert third.cost.is_cancel
    assert oms.answer(third, {"code": 200, "msg": "done"}) == []
    assert faults(oms.answer(first, b"", status=500)) == [FaultKind.UNKNOWN_OUTCOME]


def test_a_session_spares_signatures_once_it_stands(settings, hand, now):
    """An Ed25519 key logs on; until that is answered, and on the next connection, all is signed."""
    secret = "11" * 32
    keys = Credentials(key=SecretStr("pub"), secret=SecretStr(secret), method="ed25519")
    made = hand(BinanceOMS(replace(settings, credentials=keys)))
    made.codec.start(now)
    made.take()
    made.codec.receive(ChannelUp(channel="api", generation=1), now)
    (logon,) = made.take()
    before = json.loads(submit(made, now).text)["params"]
    made.say("api", {"id": logon.request_id, "status": 200, "result": {}})
    after = json.loads(submit(made, now).text)["params"]
    made.codec.receive(ChannelUp(channel="api", generation=2), now)
    made.take()
    anew = json.loads(submit(made, now).text)["params"]

    verifier = Verifier(Ed25519Key(secret).public_key, is_ed25519=True)
    assert verifier.verify_params(json.loads(logon.text)["params"])
    assert verifier.verify_params(before)
    assert "signature" not in after
    assert "apiKey" not in after
    assert verifier.verify_params(anew)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"id":1}', b"\xff", b'{"id":"x","status":"y"}']
)
def test_hostile_answers_are_faults(oms, now, body):
    """What cannot be read touches no order."""
    submit(oms, now)

    assert faults(oms.say("api", body)) == [FaultKind.MALFORMED]
    assert updates(oms.codec.tick(now + 10_000_000_000)) == [(OURS, "unknown")]
