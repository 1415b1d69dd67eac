"""Streams over a real WebSocket: a snapshot, then every change with its number."""

from __future__ import annotations

import contextlib
import itertools
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from support.program import until
from support.venue_server import quick_folder, running_venue

ACCOUNTS = itertools.count(2_001)
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    limits = ("limits.connections_per_address_max=8", "limits.subscriptions_max=4")
    with quick_folder() as folder, running_venue(folder, overrides=limits) as running:
        yield running


class Line:
    """A client of the streams."""

    def __init__(self, venue, **headers):
        self.opening = connect(
            f"ws://127.0.0.1:{venue.port}/ws",
            subprotocols=["tradecore.v1"],
            additional_headers=headers,
            proxy=None,
        )

    def __enter__(self):
        self.socket = self.opening.__enter__()
        return self

    def __exit__(self, *faults):
        self.opening.__exit__(*faults)

    def send(self, op, **said):
        """Send an operation."""
        self.socket.send(json.dumps({"op": op, **said}))

    def next(self):
        """Return the next message."""
        return json.loads(self.socket.recv(timeout=10))

    def talk(self, count):
        """Send so many operations, then listen as long as there is a line."""
        for _ in range(count):
            self.send("ping")
        while True:
            self.next()

    def ask(self, op, **said):
        """Send an operation and return its answer."""
        self.send(op, **said)
        return self.next()

    def upto(self, holds):
        """Return messages until one that holds, with it."""
        seen = []
        while not seen or not holds(seen[-1]):
            seen.append(self.next())
        return seen


@pytest.fixture
def trader(venue):
    """Return a client with an account and money of its own, and its token."""
    account = next(ACCOUNTS)
    token = venue.token(f"t{account}", account=account)
    with venue.client(venue.admin()) as admin:
        money = {"amount": "1000000", "reason": "a test"}
        admin.post(f"/admin/accounts/{account}/deposits", json=money)
    with venue.client(token) as client:
        client.token = token
        yield client
        for one in client.get("/api/orders", params={"status": "active"}).json()["data"]:
            client.delete(f"/api/trading/orders/{one['orderId']}")


def place(client, **changes):
    """Place an order and return its number."""
    said = {name: value for name, value in {**LIMIT, **changes}.items() if value is not None}
    answer = client.post("/api/trading/orders", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()["orderId"]


def book_of(messages):
    """Return bids and asks as a client keeps them from a snapshot and what follows."""
    book = {"bids": {}, "asks": {}}
    for message in messages:
        if message["type"] == "snapshot":
            book = {"bids": {}, "asks": {}}
        for side, levels in book.items():
            for price, quantity in message["data"][side]:
                levels[price] = quantity
            for price in [price for price, quantity in levels.items() if quantity == "0"]:
                del levels[price]
    return book


def test_a_book_kept_from_the_stream_is_the_book(venue, trader):
    """Numbers have no gap, and every change leads to what a request answers."""
    with Line(venue) as line:
        assert line.socket.subprotocol == "tradecore.v1"
        answer = line.ask("subscribe", channels=["book:BTC-USDT:2"], id=7)
        messages = [line.next()]
        numbers = [place(trader, price=f"{43000 + n}") for n in range(4)]
        trader.delete(f"/api/trading/orders/{numbers[3]}")
        trader.patch(f"/api/trading/orders/{numbers[2]}", json={"quantity": "0.3"})
        wanted = trader.get("/api/trading/orderbook/BTCUSDT", params={"depth": 2}).json()
        messages += line.upto(lambda one: one["data"]["sequence"] == wanted["sequence"])

    assert answer["op"] == "subscribed"
    assert (answer["channels"], answer["id"]) == (["book:BTCUSDT:2"], 7)
    first = messages[0]
    assert (first["type"], first["ch"]) == ("snapshot", "book:BTCUSDT:2")
    sequences = [one["seq"] for one in messages]
    assert sequences == [*range(first["seq"], first["seq"] + len(messages))]
    assert book_of(messages)["bids"] == dict(wanted["bids"]) == {"43002": "0.3", "43001": "0.1"}


def test_private_channels_tell_orders_fills_and_positions(venue, trader):
    """What is open first; then each change, in the order in which it happened."""
    number = place(trader, symbol="ETHUSDT", price="2400", quantity="1")
    with Line(venue) as line:
        refused = line.ask("subscribe", channels=["orders"])
        line.ask("auth", token=trader.token)
        line.send("subscribe", channels=["orders", "fills", "positions"])
        snapshots = {one["ch"]: one for one in [line.next() for _ in range(4)][1:]}
        place(trader, symbol="ETHUSDT", side="sell", type="market", price=None, quantity="0.25")
        seen = line.upto(lambda one: one["ch"] == "fills" and one["data"]["liquidity"] == "taker")
        trader.delete(f"/api/trading/orders/{number}")
        last = line.upto(lambda one: one["ch"] == "orders")[-1]

    assert refused["code"] == "UNAUTHENTICATED"
    assert [one["orderId"] for one in snapshots["orders"]["data"]] == [number]
    assert snapshots["positions"]["data"]["cash"] == "1000000"
    fills = [one["data"] for one in seen if one["ch"] == "fills"]
    assert {(one["liquidity"], one["quantity"]) for one in fills} == {
        *(("maker", "0.25"), ("taker", "0.25")),
    }
    assert last["data"]["change"] == "canceled"
    for name in ("orders", "fills"):
        numbers = [one["seq"] for one in [*seen, last] if one["ch"] == name]
        start = snapshots[name]["seq"] + 1
        assert numbers == [*range(start, start + len(numbers))]


def test_nobody_hears_of_another_ones_orders(venue, trader):
    """A private channel belongs to the account of the token."""
    other = venue.token("listener", account=77)
    with Line(venue, Authorization=f"Bearer {other}") as line:
        line.send("subscribe", channels=["orders"])
        line.next()
        line.next()
        place(trader)
        assert line.ask("ping", id="x") == {"op": "pong", "id": "x"}


def test_a_client_that_comes_back_gets_what_it_missed(venue, trader):
    """Within the same run of the venue, as far as the last thousand changes reach."""
    with Line(venue) as line:
        epoch = line.ask("subscribe", channels=["trades:SOLUSDT"])["epoch"]
        before = line.next()["seq"]
    place(trader, symbol="SOLUSDT", price="99", quantity="3")
    for _ in range(3):
        place(trader, symbol="SOLUSDT", side="sell", type="market", price=None, quantity="1")
    with Line(venue) as line:
        gone = line.ask("resume", ch="trades:SOLUSDT", seq=before, epoch="another")
        ahead = line.ask("resume", ch="trades:SOLUSDT", seq=before + 1_000, epoch=epoch)
        resumed = line.ask("resume", ch="trades:SOLUSDT", seq=before, epoch=epoch)
        missed = [line.next() for _ in range(3)]
        place(trader, symbol="SOLUSDT", price="98", quantity="1")
        place(trader, symbol="SOLUSDT", side="sell", type="market", price=None, quantity="1")
        live = line.next()

    assert (gone["code"], ahead["code"]) == ("RESUME_GONE", "RESUME_GONE")
    assert resumed == {"op": "resumed", "ch": "trades:SOLUSDT", "seq": before}
    assert [one["seq"] for one in [*missed, live]] == [*range(before + 1, before + 5)]
    assert {one["type"] for one in [*missed, live]} == {"update"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param("{", "MALFORMED_JSON", id="cut"),
        pytest.param("[]", "BAD_MESSAGE", id="no-object"),
        pytest.param('{"op": 1}', "BAD_MESSAGE", id="op-is-no-text"),
        pytest.param('{"op": "dance"}', "UNKNOWN_OP", id="unknown-op"),
        pytest.param('{"op": "subscribe"}', "BAD_MESSAGE", id="no-channels"),
        pytest.param('{"op": "subscribe", "channels": []}', "BAD_MESSAGE", id="none"),
        pytest.param('{"op": "subscribe", "channels": [1]}', "BAD_MESSAGE", id="no-name"),
        pytest.param('{"op": "subscribe", "channels": ["x"]}', "UNKNOWN_CHANNEL", id="unknown"),
        pytest.param(
            '{"op": "subscribe", "channels": ["book:BTCUSDT:0"]}', "UNKNOWN_CHANNEL", id="depth"
        ),
        pytest.param(
            '{"op": "subscribe", "channels": ["book:DOGE"]}', "UNKNOWN_SYMBOL", id="symbol"
        ),
        pytest.param('{"op": "auth", "token": "x.y.z"}', "UNAUTHENTICATED", id="forged"),
        pytest.param('{"op": "auth", "token": null}', "BAD_MESSAGE", id="no-token"),
        pytest.param('{"op": "resume", "ch": "book:BTCUSDT", "seq": -1}', "BAD_MESSAGE", id="seq"),
        pytest.param("[[[[[[[[[[", "JSON_TOO_DEEP", id="deep"),
        pytest.param('{"op": "ping", "x": NaN}', "MALFORMED_JSON", id="nan"),
        pytest.param('{"op": "\ud800"}'.encode("utf-8", "surrogatepass"), "", id="no-text"),
    ],
)
def test_a_message_that_makes_no_sense_is_answered(venue, message, code):
    """The line stays open, but for bytes that are no text."""
    with Line(venue) as line:
        line.socket.send(message, text=True)
        if not code:
            with pytest.raises(ConnectionClosed, match="1007"):
                line.next()
            return
        assert line.next()["code"] == code
        assert line.ask("ping") == {"op": "pong"}


def test_a_line_hears_so_many_channels(venue):
    """One more is refused as a whole; what is left makes room."""
    with Line(venue) as line:
        full = [f"book:BTCUSDT:{depth}" for depth in (1, 2, 3, 4)]
        line.send("subscribe", channels=full)
        assert [line.next()["op" if n == 0 else "ch"] for n in range(5)] == ["subscribed", *full]
        assert line.ask("subscribe", channels=["trades:BTCUSDT"])["code"] == "TOO_MANY_CHANNELS"
        assert line.ask("unsubscribe", channels=full[:1])["channels"] == full[:1]
        assert line.ask("subscribe", channels=["trades:BTCUSDT"])["op"] == "subscribed"


def test_an_address_opens_so_many_lines(venue):
    """One more is turned away; room is made when one goes."""
    with contextlib.ExitStack() as lines:
        for _ in range(8):
            lines.enter_context(Line(venue))
        with pytest.raises(InvalidStatus, match="403"), Line(venue):
            pass
    until(lambda: not venue.gateway.lines.count, "every line is gone")
    with Line(venue) as line:
        assert line.ask("ping") == {"op": "pong"}


def test_who_talks_too_fast_is_let_go(venue):
    """Within its budget a line is answered; beyond it, closed."""
    with Line(venue) as line, pytest.raises(ConnectionClosed, match="at most 50 messages a second"):
        line.talk(2_000)


def test_a_page_of_another_origin_opens_nothing(venue):
    """A browser says which page it is; what is no browser says nothing."""
    with (
        pytest.raises(InvalidStatus, match="403"),
        Line(venue, Origin="https://elsewhere.example"),
    ):
        pass
    with Line(venue, Origin=f"http://127.0.0.1:{venue.port}") as line:
        assert line.ask("ping") == {"op": "pong"}


def test_a_token_that_ended_ends_its_line(venue, trader):
    """A revoked token hears nothing more; the line is closed."""
    with Line(venue, Authorization=f"Bearer {trader.token}") as line:
        line.send("subscribe", channels=["orders"])
        line.next()
        line.next()
        with venue.client(trader.token) as client:
            assert client.post("/auth/revoke").status_code == 204
        for session in [*venue.gateway.sessions]:
            venue.within(session.check)
        with pytest.raises(ConnectionClosed, match="the token ended"):
            line.next()
    trader.headers["Authorization"] = f"Bearer {venue.token('cleaner', account=78)}"
