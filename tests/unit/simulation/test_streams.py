"""What connections hear: routes, control messages, depth updates, private events, the channel."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from support.binance_desk import KEY, SECRET, START_NS, Desk, heard
from tradecore.core import BinanceFeed
from tradecore.exchanges.binance.signing import params_payload
from tradecore.simulation.binance import LimitSettings
from tradecore.simulation.exchange import Request


def subscribe(desk, connection, *streams, number=1):
    """Subscribe and check the answer."""
    said = desk.say(connection, {"method": "SUBSCRIBE", "params": list(streams), "id": number})
    assert said == [{"result": None, "id": number}]


@pytest.mark.parametrize(
    ("path", "query", "is_heard", "is_wrapped"),
    [
        pytest.param("/public/ws/btcusdt@depth@100ms", "", True, False, id="raw"),
        pytest.param("/public/stream", "streams=btcusdt@depth@100ms", True, True, id="combined"),
        pytest.param("/public/ws/0/btcusdt@depth@100ms", "", True, False, id="shard-number"),
        pytest.param("/market/ws/btcusdt@depth@100ms", "", False, False, id="wrong-route"),
        pytest.param("/ws/btcusdt@depth@100ms", "", True, False, id="legacy"),
        pytest.param("/stream", "streams=btcusdt@depth@100ms", True, True, id="legacy-combined"),
    ],
)
def test_a_path_says_what_is_heard_and_how(desk, path, query, is_heard, is_wrapped):
    """A stream on the wrong route is silent; combined connections name the stream."""
    connection = desk.listen(path, query)
    desk.order()
    desk.wait(100)
    frames = heard(connection)
    assert bool(frames) is is_heard
    if is_wrapped:
        assert frames[0]["stream"] == "btcusdt@depth@100ms"
    elif is_heard:
        assert frames[0]["e"] == "depthUpdate"


def test_control_messages_are_answered_as_documented(desk):
    """Subscribe, list, set and get; unknown streams are accepted, ids come back as they were."""
    line = desk.listen("/public/ws")
    subscribe(desk, line, "btcusdt@trade", "never@heard", number=2**40)
    say = lambda **message: desk.say(line, message)[0]  # noqa: E731
    assert say(method="LIST_SUBSCRIPTIONS", id="x")["result"] == ["btcusdt@trade", "never@heard"]
    assert say(method="GET_PROPERTY", params=["combined"], id=2) == {"result": False, "id": 2}
    assert say(method="SET_PROPERTY", params=["combined", True], id=5)["result"] is None
    assert say(method="GET_PROPERTY", params=["combined"], id=None)["result"] is True
    assert say(method="UNSUBSCRIBE", params=["never@heard"], id=3)["result"] is None
    assert say(method="LIST_SUBSCRIPTIONS", id=4)["result"] == ["btcusdt@trade"]


def test_malformed_control_messages_are_refused(desk):
    """Each kind of nonsense has its code; the connection stays."""
    line = desk.listen("/public/ws")
    line.receive("{", desk.now_ns)
    line.receive('{"id":1}', desk.now_ns)
    line.receive('{"method":"FLY","id":1}', desk.now_ns)
    line.receive('{"method":"SET_PROPERTY","params":["odd",1],"id":1}', desk.now_ns)
    line.receive('{"method":"SET_PROPERTY","params":["combined",1],"id":1}', desk.now_ns)
    assert [answer["code"] for answer in heard(line)] == [3, 2, 2, 0, 1]
    assert line.close_code is None


def test_too_many_control_messages_cut_the_connection(desk):
    """Ten a second are answered, the eleventh is not."""
    line = desk.listen("/public/ws")
    for number in range(11):
        desk.say(line, {"method": "LIST_SUBSCRIPTIONS", "id": number})
    assert line.close_code == 1008


def test_updates_of_a_speed_chain_and_numbers_jump():
    """`pu` is the last `u` of the speed, `U` is not its successor, all listeners hear the same."""
    desk = Desk(flow="synthetic")
    lines = [desk.listen(f"/public/ws/btcusdt@depth@{speed}ms") for speed in (100, 100, 500)]
    desk.wait(3_000)
    first, second, slow = ([e for e in heard(line) if e["e"] == "depthUpdate"] for line in lines)
    assert first == second
    assert len(slow) < len(first)
    for events in (first, slow):
        chained = [(a["u"], b["pu"]) for a, b in pairwise(events)]
        assert all(u == pu for u, pu in chained)
        assert all(event["pu"] < event["U"] <= event["u"] for event in events)
    assert any(event["U"] != event["pu"] + 1 for event in first)


def test_a_client_that_follows_the_documented_procedure_has_the_venues_book():
    """Snapshot and updates through our own feed give the engine's levels, without a gap."""
    desk = Desk(flow="synthetic")
    line = desk.listen("/public/ws/btcusdt@depth@100ms")
    service = desk.exchange.service
    instrument = service.state.instruments["BTCUSDT"].instrument
    feed = BinanceFeed([instrument], chained=True)
    desk.wait(500)
    frames = [bytes(frame) for frame in line.outbox]
    line.outbox.clear()
    for frame in frames:
        feed.receive(frame, ts_recv_ns=1)
    body = desk.raw("GET", "/fapi/v1/depth", query="symbol=BTCUSDT&limit=1000", key=None).body
    feed.snapshot("BTCUSDT", body, ts_recv_ns=1)
    desk.wait(2_000)
    kinds = [feed.receive(bytes(frame), ts_recv_ns=1) for frame in line.outbox]
    assert 6 not in kinds
    depth = service.state.depths["BTCUSDT"]
    book = feed.book("BTCUSDT")
    assert (book.best_bid, book.best_ask) == (depth.best("buy"), depth.best("sell"))
    assert not book.is_stale


def test_every_public_stream_says_something():
    """A market that moves is told on each kind of stream."""
    desk = Desk(flow="synthetic")
    public = ["bookTicker", "depth5@100ms", "depth10", "depth20@500ms", "depth", "trade"]
    market = ["aggTrade", "markPrice", "markPrice@1s", "kline_1m", "ticker", "miniTicker"]
    lines = {
        name: desk.listen(f"/{route}/ws/btcusdt@{name}")
        for route, names in (("public", public), ("market", market))
        for name in names
    }
    lines["all"] = desk.listen("/market/ws/!markPrice@arr@1s")
    desk.wait(4_000)
    assert [name for name, line in lines.items() if not line.outbox] == []
    levels = json.loads(lines["depth5@100ms"].outbox[-1])
    assert (len(levels["b"]), len(levels["a"])) == (5, 5)


def test_the_same_seed_says_the_same_bytes():
    """Market, numbers and listen keys follow from the seed and the times alone."""

    def run(seed):
        desk = Desk(flow="synthetic", seed=seed)
        lines = [desk.listen("/stream", "streams=btcusdt@depth/btcusdt@trade/btcusdt@aggTrade")]
        lines.append(desk.private())
        desk.order(price="60100", quantity="0.5")
        desk.wait(2_000)
        return [bytes(frame) for line in lines for frame in line.outbox]

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_a_listen_key_is_reused_prolonged_and_expires(desk):
    """An hour after the last request the stream says so and is silent."""
    post = lambda method: json.loads(desk.raw(method, "/fapi/v1/listenKey").body)  # noqa: E731
    assert post("PUT")["code"] == -1125
    key = post("POST")["listenKey"]
    assert len(key) == 64
    assert post("POST")["listenKey"] == key
    line = desk.listen("/private/ws", f"listenKey={key}")
    desk.now_ns += 59 * 60 * 10**9
    assert post("PUT")["listenKey"] == key
    desk.now_ns += 61 * 60 * 10**9
    desk.wait(10)
    assert heard(line)[-1] == {"e": "listenKeyExpired", "E": desk.now_ms, "listenKey": key}
    desk.order()
    assert heard(line) == []
    assert post("POST")["listenKey"] != key


def test_named_events_are_all_that_is_heard(desk):
    """`events` is an allow-list."""
    line = desk.private("&events=ACCOUNT_UPDATE/listenKeyExpired")
    desk.other("SELL", "0.010", "60000")
    desk.order(price="60000")
    assert [event["e"] for event in heard(line)] == ["ACCOUNT_UPDATE"]


def test_a_listen_key_may_be_subscribed_and_names_the_combined_stream(desk):
    """On `/private/stream` the stream's name is the key."""
    key = json.loads(desk.raw("POST", "/fapi/v1/listenKey").body)["listenKey"]
    line = desk.listen("/private/stream")
    subscribe(desk, line, key)
    desk.order()
    assert heard(line)[0]["stream"] == key
    public = desk.listen("/public/ws")
    subscribe(desk, public, key)
    desk.order()
    assert heard(public) == []


def call(desk, line, method, *, number="1", signed=True, **params):
    """Make a request on the channel and return its answer."""
    if signed:
        params = {"apiKey": KEY, "timestamp": desk.now_ms, **params}
        params["signature"] = desk.sign(params_payload(params), SECRET)
    return desk.say(line, {"id": number, "method": method, "params": params})[0]


def test_the_request_channel_trades_with_sorted_signatures(desk):
    """Place, change, ask and cancel; limits are told unless declined."""
    line = desk.listen("/ws-fapi/v1")
    terms = {"symbol": "BTCUSDT", "side": "BUY"}
    placed = call(
        desk,
        line,
        "order.place",
        number=7,
        **terms,
        type="LIMIT",
        timeInForce="GTC",
        quantity="0.010",
        price="59000",
    )
    assert (placed["id"], placed["status"], placed["result"]["status"]) == (7, 200, "NEW")
    assert {limit["rateLimitType"] for limit in placed["rateLimits"]} == {
        "ORDERS",
        "REQUEST_WEIGHT",
    }
    named = {"symbol": "BTCUSDT", "orderId": placed["result"]["orderId"]}
    changed = call(desk, line, "order.modify", **named, side="BUY", quantity="0.020", price="59001")
    assert changed["result"]["origQty"] == "0.020"
    asked = call(desk, line, "order.status", returnRateLimits=False, **named)
    assert "rateLimits" not in asked
    assert call(desk, line, "order.cancel", **named)["result"]["status"] == "CANCELED"
    gone = call(desk, line, "order.cancel", **named)
    assert (gone["status"], gone["error"]["code"]) == (400, -2011)


def test_the_request_channel_refuses_what_is_not_signed_or_not_json(desk):
    """Malformed text has no id; a wrong signature, an unknown method have their codes."""
    line = desk.listen("/ws-fapi/v1")
    line.receive("{", desk.now_ns)
    said = heard(line)[0]
    assert (said["id"], said["status"], said["error"]["code"]) == (None, 400, -1000)
    assert call(desk, line, "order.nothing")["error"]["code"] == -1020
    unsigned = call(desk, line, "account.balance", signed=False, apiKey=KEY, timestamp=desk.now_ms)
    assert unsigned["error"]["code"] == -1102
    wrong = call(
        desk,
        line,
        "account.balance",
        signed=False,
        apiKey=KEY,
        timestamp=desk.now_ms,
        signature="0" * 64,
    )
    assert wrong["error"]["code"] == -1022
    assert call(desk, line, "session.logon")["error"]["code"] == -1020
    assert call(desk, line, "session.status", signed=False)["result"]["connectedSince"] == (
        START_NS // 1_000_000
    )


def test_the_channel_starts_and_prolongs_private_streams(desk):
    """The key is all that is asked for."""
    line = desk.listen("/ws-fapi/v1")
    started = call(desk, line, "userDataStream.start", signed=False, apiKey=KEY)
    pinged = call(desk, line, "userDataStream.ping", signed=False, apiKey=KEY)
    assert started["result"]["listenKey"] == pinged["result"]["listenKey"]


def test_a_changed_leverage_is_told(desk):
    """The private stream names symbol and leverage."""
    private = desk.private()
    desk.ask("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=7)
    (event,) = heard(private)
    assert (event["e"], event["ac"]) == ("ACCOUNT_CONFIG_UPDATE", {"s": "BTCUSDT", "l": 7})


@pytest.mark.parametrize("kind", ["market", "private", "api", "all"])
def test_lines_are_cut_by_kind(desk, kind):
    """Only those of the kind that is named."""
    lines = {
        "market": desk.listen("/public/ws"),
        "private": desk.private(),
        "api": desk.listen("/ws-fapi/v1"),
    }
    desk.exchange.disconnect(kind)
    cut = {name for name, line in lines.items() if line.is_reset}
    assert cut == (set(lines) if kind == "all" else {kind})


def test_a_line_lives_for_a_day(desk):
    """After 24 hours the venue closes it."""
    line = desk.listen("/public/ws")
    desk.now_ns += 24 * 3_600_000_000_000
    desk.exchange.advance(desk.now_ns)
    assert line.close_code == 1008


@pytest.mark.parametrize("path", ["/", "/odd", "/public", "/public/odd"])
def test_a_path_without_streams_is_not_found(desk, path):
    """404, as of any path the venue does not know."""
    answer = desk.exchange.connect(Request(method="GET", path=path), desk.now_ns)
    assert (answer.status, answer.body) == (404, b"")


def test_a_banned_address_opens_no_request_channel():
    """The handshake has a weight, and is refused with the wait."""
    desk = Desk(limits=LimitSettings(weight=4))
    answer = desk.exchange.connect(Request(method="GET", path="/ws-fapi/v1"), desk.now_ns)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
