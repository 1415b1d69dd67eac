"""Several orders in one request: each has its own answer, and what has none is unknown."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from tradecore.exchanges.base import (
    CancelOrder,
    ExchangeBatches,
    Failure,
    Fate,
    Faulted,
    ModifyOrder,
    NewOrder,
    Repeat,
)
from tradecore.exchanges.binance.oms import BinanceOMS
from tradecore.model import Approved, OrderUpdate

IDS = [f"tc-1-{number}" for number in range(12)]


def order(one, symbol="BTCUSDT"):
    """Return an approved order."""
    new = NewOrder(
        client_order_id=one,
        symbol=symbol,
        side="buy",
        type="limit",
        quantity=Decimal("0.010"),
        price=Decimal("100.10"),
    )
    return Approved(new, "test")


def change(one, symbol="BTCUSDT"):
    """Return an approved change."""
    new = ModifyOrder(
        client_order_id=one,
        symbol=symbol,
        side="buy",
        price=Decimal("100.20"),
        quantity=Decimal("0.020"),
    )
    return Approved(new, "test")


def cancel(one, symbol="BTCUSDT", venue_order_id=None):
    """Return a cancel."""
    return CancelOrder(client_order_id=one, symbol=symbol, venue_order_id=venue_order_id)


def reply(one, **changed):
    """Return the venue's order object."""
    return {
        "orderId": 7, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": one,
        "price": "100.10", "origQty": "0.010", "executedQty": "0", "timeInForce": "GTC",
        "type": "LIMIT", "side": "BUY", "updateTime": 1_700_000_000_001, **changed,
    }  # fmt: skip


@pytest.fixture
def http(settings, hand, now):
    """Return the order role whose channel never opened."""
    made = hand(BinanceOMS(settings))
    made.codec.start(now)
    made.take()
    return made


def send(made, verb, actions, now):
    """Send a batch by its verb, and return what carries it."""
    getattr(made.codec, verb)(actions, now_ns=now, venue_ns=now)
    return made.take()


def params(request):
    """Return the parameters of a request, each as text."""
    return {name: value[0] for name, value in parse_qs(urlsplit(request.url).query).items()}


def told(events):
    """Return id and reply of each update."""
    return [(one.client_order_id, one.reply) for one in events if isinstance(one, OrderUpdate)]


VERBS = [
    ("submit_batch", order, "rejected"),
    ("modify_batch", change, "modify_rejected"),
    ("cancel_batch", cancel, "cancel_rejected"),
]


def test_the_role_has_batches(http):
    """Whoever asks for batches finds them by the protocol."""
    assert isinstance(http.codec, ExchangeBatches)


@pytest.mark.parametrize(
    ("verb", "make", "sizes"),
    [
        ("submit_batch", order, [5, 5, 2]),
        ("modify_batch", change, [5, 5, 2]),
        ("cancel_batch", cancel, [10, 2]),
    ],
)
def test_a_batch_is_as_large_as_the_venue_allows(http, now, verb, make, sizes):
    """Five new orders or changes, ten cancels; the order of what was asked is kept."""
    sent = send(http, verb, [make(one) for one in IDS], now)
    asked = []
    for request in sent:
        given = params(request)
        listed = given.get("batchOrders") or given["origClientOrderIdList"]
        asked.append(len(json.loads(listed)))

    assert asked == sizes
    assert {one.path for one in sent} == {"/fapi/v1/batchOrders"}
    assert {one.repeat for one in sent} == {Repeat.NEVER}


@pytest.mark.parametrize(("verb", "make"), [(verb, make) for verb, make, _ in VERBS])
def test_symbols_are_kept_apart_and_one_alone_is_no_batch(http, now, verb, make):
    """An answer is about one symbol; a batch of one would only weigh more."""
    some = [make("a"), make("b", "ETHUSDT"), make("c")]
    batch, single = send(http, verb, some, now)

    assert (batch.path, single.path) == ("/fapi/v1/batchOrders", "/fapi/v1/order")
    assert params(single)["symbol"] == "ETHUSDT"


def test_a_batch_costs_what_it_holds(http, now):
    """Changes count as orders, cancels do not, and cancels may leave ahead of what is rationed."""
    (changes,) = send(http, "modify_batch", [change("a"), change("b")], now)
    (cancels,) = send(http, "cancel_batch", [cancel("a"), cancel("b")], now)

    assert (changes.method, changes.cost.weight, changes.cost.orders) == ("PUT", 5, 2)
    assert (cancels.method, cancels.cost.weight, cancels.cost.orders) == ("DELETE", 1, 0)
    assert cancels.cost.is_cancel
    assert not changes.cost.is_cancel


def test_cancels_name_the_venues_ids_where_all_are_known(http, now):
    """One request names ids of one kind only."""
    some = [cancel("a", venue_order_id="1"), cancel("b"), cancel("c", venue_order_id="3")]
    known, single = send(http, "cancel_batch", some, now)

    assert json.loads(params(known)["orderIdList"]) == [1, 3]
    assert params(single)["origClientOrderId"] == "b"


def test_each_change_has_its_own_answer(http, now):
    """What was refused was not changed, and stays what it was."""
    (request,) = send(http, "modify_batch", [change("a"), change("b")], now)
    answers = [reply("a", price="100.20"), {"code": -5027, "msg": "No need to modify the order."}]

    assert told(http.answer(request, answers)) == [("a", "replaced"), ("b", "modify_rejected")]


def test_each_cancel_has_its_own_answer(http, now):
    """An order the venue does not know may have traded: that is asked about, not concluded."""
    (request,) = send(http, "cancel_batch", [cancel("a"), cancel("b")], now)
    answers = [reply("a", status="CANCELED"), {"code": -2011, "msg": "Unknown order sent."}]

    assert told(http.answer(request, answers)) == [("a", "canceled"), ("b", "unknown")]


@pytest.mark.parametrize("broken", [{}, {"code": "x"}, reply("b", status="SOLD", side=7), 7])
def test_an_answer_that_cannot_be_read_leaves_its_own_order_unknown(http, now, broken):
    """The others of the batch are believed: each stands for itself."""
    (request,) = send(http, "submit_batch", [order("a"), order("b"), order("c")], now)
    events = http.answer(request, [reply("a"), broken, reply("c")])

    assert told(events) == [("a", "accepted"), ("b", "unknown"), ("c", "accepted")]
    assert [one.fault.code for one in events if isinstance(one, Faulted)] == ["MALFORMED"]


def test_answers_in_another_order_are_not_believed(http, now):
    """A refusal bears no id: where orders changed places, nobody knows whose it is."""
    (request,) = send(http, "submit_batch", [order("a"), order("b"), order("c")], now)
    events = http.answer(request, [reply("b"), reply("a"), {"code": -2019, "msg": "Margin."}])

    assert told(events) == [("a", "unknown"), ("b", "unknown"), ("c", "unknown")]


@pytest.mark.parametrize(("verb", "make", "refused"), VERBS)
def test_a_batch_without_an_answer_is_unknown_one_by_one(http, now, verb, make, refused):
    """Lost, late or broken: each order is in doubt; provably not sent, each is refused."""
    some = [make("a"), make("b")]
    for fate, word in [(Fate.UNKNOWN, "unknown"), (Fate.NOT_SENT, refused)]:
        (request,) = send(http, verb, some, now)
        events = http.codec.receive(Failure(request=request, fate=fate, reason="reset"), now)
        assert told(events) == [("a", word), ("b", word)]
    (request,) = send(http, verb, some, now)
    assert told(http.answer(request, b"", status=503)) == [("a", "unknown"), ("b", "unknown")]
    (request,) = send(http, verb, some, now)
    late = now + 10_000_000_000
    assert told(http.codec.tick(late)) == [("a", "unknown"), ("b", "unknown")]
    # A late answer is evidence still.
    said = reply("a", status="CANCELED"), reply("b", status="CANCELED")
    assert told(http.answer(request, said, now=late))[0][0] == "a"


@pytest.mark.parametrize(("verb", "make", "refused"), VERBS)
def test_a_batch_refused_as_a_whole_is_each_orders_refusal(http, now, verb, make, refused):
    """Nothing of it was done."""
    (request,) = send(http, verb, [make("a"), make("b")], now)
    events = http.answer(request, {"code": -4082, "msg": "Invalid number."}, status=400)

    assert told(events) == [("a", refused), ("b", refused)]
