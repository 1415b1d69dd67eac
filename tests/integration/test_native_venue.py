"""A venue has two doors and one book: what comes in at one is seen at the other."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support.native_client import Client, session
from support.program import until
from support.two_doors import LIMIT, ORDERS, RATES, Person, shown
from support.venue_server import quick_folder, running_venue
from tradecore.identity import Role


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with quick_folder() as folder, running_venue(folder, overrides=RATES) as running:
        yield running


@pytest.fixture
def person(venue):
    """Return who trades, and take out what is left of it."""
    made = Person(venue)
    yield made
    made.native.ask("DELETE", ORDERS)
    made.leave()


def test_a_native_order_is_seen_at_the_gateway(person):
    """Its lists, its book, and a change there of what came in here."""
    status, placed = person.send(clientOrderId="n-1")
    found = shown(person.rest, placed["orderId"])
    book = person.rest.get("/api/trading/orderbook/BTCUSDT").json()
    changed = person.rest.patch(f"{ORDERS}/{placed['orderId']}", json={"price": "43999"})
    gone = person.native.ask("DELETE", f"{ORDERS}/{placed['orderId']}")

    assert (status, "durability" in placed) == (201, False)
    assert (found["status"], found["clientOrderId"], found["price"]) == ("new", "n-1", "44000")
    assert ["44000", "0.1"] in book["bids"]
    assert (changed.status_code, changed.json()["price"]) == (200, "43999")
    assert (gone[0], gone[1]["status"]) == (200, "cancelled")
    until(lambda: shown(person.rest, placed["orderId"])["status"] == "cancelled", lambda: "")


def test_the_streams_tell_of_native_orders(venue, person):
    """A private channel of the gateway hears of an order, its fill and its end."""
    with connect(
        f"ws://127.0.0.1:{venue.port}/ws",
        subprotocols=["tradecore.v1"],
        additional_headers={"Authorization": f"Bearer {person.token}"},
        proxy=None,
    ) as line:
        line.send(json.dumps({"op": "subscribe", "channels": ["orders", "fills"]}))
        for _ in range(3):
            line.recv(timeout=10)
        _, placed = person.send(symbol="ETHUSDT", price="2400", quantity="1")
        market = {"symbol": "ETHUSDT", "side": "sell", "type": "market", "quantity": "0.4"}
        assert person.rest.post(ORDERS, json=market).status_code == 201
        heard = []
        while sum(one["ch"] == "fills" for one in heard) < 2:
            heard.append(json.loads(line.recv(timeout=10)))
    changes = [one["data"]["change"] for one in heard if one["ch"] == "orders"]
    assert changes[0] == "new"
    fills = [one["data"] for one in heard if one["ch"] == "fills"]
    assert {one["liquidity"] for one in fills} == {"maker", "taker"}
    assert {one["orderId"] for one in fills} > {placed["orderId"]}


def test_a_native_session_hears_what_the_gateway_did(venue, person):
    """A drop copy tells of orders of the gateway; an order of a session says how it traded."""
    with (
        session(venue.native_port, person.key, dropCopy=True, session="copy") as copy,
        session(venue.native_port, person.key) as line,
    ):
        line.send(json.dumps({"op": "new", "id": 1, "order": LIMIT | {"price": "44100"}}))
        assert json.loads(line.recv(timeout=10))["status"] == 201
        sold = LIMIT | {"side": "sell", "price": "44100"}
        other = Person(venue)
        answer = other.rest.post(ORDERS, json=sold).json()
        other.leave()
        heard = json.loads(line.recv(timeout=10))
        copied = [json.loads(copy.recv(timeout=10)) for _ in range(2)]
    assert answer["status"] == "filled"
    assert (heard["event"], heard["order"]["status"]) == ("trade", "filled")
    assert [one["event"] for one in copied] == ["new", "trade"]


def test_trades_positions_and_money_are_those_of_both_doors(venue):
    """What was traded natively is in the user's trades, the position and the portfolio."""
    buyer, seller = Person(venue), Person(venue)
    assert buyer.send(price="44500", quantity="0.2")[0] == 201
    _, sold = seller.send(side="sell", price="44500", quantity="0.2")
    # The gateway books it a moment after the answer.
    shown(seller.rest, sold["orderId"])
    trades = seller.rest.get(f"/api/v1/trading/users/{seller.login}/trades")
    positions = seller.rest.get("/api/positions").json()
    fees = buyer.rest.get("/api/positions/portfolio/summary").json()
    buyer.leave()
    seller.leave()

    assert sold["status"] == "filled"
    assert trades.status_code == 200
    assert "44500" in trades.text
    assert "-0.2" in json.dumps(positions)
    assert fees["cash"] == "999998.22"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        pytest.param({"quantity": "2"}, {"MAX_ORDER_VALUE"}, id="order-value"),
        pytest.param({"price": "60000"}, {"PRICE_COLLAR"}, id="collar"),
        pytest.param({"quantity": "0.0001", "price": "40000"}, {"MIN_NOTIONAL"}, id="notional"),
        pytest.param(
            {"side": "sell", "reduceOnly": True}, {"REDUCE_ONLY_WOULD_INCREASE"}, id="reduce-only"
        ),
        pytest.param({"price": "44000.001"}, {"BAD_PRICE", "OFF_TICK"}, id="tick"),
        pytest.param({"quantity": "-1"}, {"BAD_QUANTITY", "QTY_NOT_POSITIVE"}, id="negative"),
        pytest.param({"symbol": "NONE"}, {"UNKNOWN_SYMBOL"}, id="symbol"),
    ],
)
def test_both_doors_refuse_the_same(person, changes, codes):
    """Each rule of an order holds whichever door it comes in by; two have two names."""
    status, problem = person.send(**changes)
    answer = person.rest.post(ORDERS, json=LIMIT | changes)
    assert (status, answer.status_code) in {(422, 422), (422, 404)}
    assert {problem["code"], answer.json()["code"]} == codes


def test_margin_holds_at_both_doors():
    """With limits switched off an account binds no more than it has, over all its orders."""
    overrides = (*RATES, "risk.risk_limits_enabled=false", "server.log_level=ERROR")
    with quick_folder() as folder, running_venue(folder, overrides=overrides) as venue:
        found = {}
        for door in ("native", "rest"):
            poor = Person(venue, deposit="1000")
            answers = []
            for _ in range(6):
                if door == "native":
                    answers.append(poor.send()[1].get("code", ""))
                else:
                    answers.append(poor.rest.post(ORDERS, json=LIMIT).json().get("code", ""))
            found[door] = answers
            poor.native.ask("DELETE", ORDERS)
            poor.leave()
    # 0.1 at 44,000 binds 220 at leverage 20: four fit into 1,000.
    assert found["rest"] == [""] * 4 + ["INSUFFICIENT_MARGIN"] * 2
    assert found["native"] == [""] * 4 + ["MAX_LEVERAGE"] * 2


def test_a_halt_holds_at_the_native_door(venue, person):
    """The kill switch is heard before the next native order; cancels pass."""
    _, placed = person.send(symbol="SOLUSDT", price="99", quantity="1")
    halt = {"scope": "symbol", "id": "SOLUSDT", "state": "halted", "reason": "a test"}
    with venue.client(venue.admin()) as admin:
        assert admin.post("/admin/kill-switch", json=halt).status_code == 200
        refused = person.send(symbol="SOLUSDT", price="99", quantity="1")
        gone = person.native.ask("DELETE", f"{ORDERS}/{placed['orderId']}")
    with venue.client(venue.person()) as human:
        resumed = human.post("/admin/kill-switch", json=halt | {"state": "active"})
    assert resumed.status_code == 200
    again = person.send(symbol="SOLUSDT", price="99", quantity="1")
    assert (refused[0], refused[1]["code"]) == (503, "TRADING_HALTED")
    assert (gone[0], again[0]) == (200, 201)


def test_a_key_that_is_revoked_is_cut_off(venue, person):
    """Its session ends at once, and a signature of it proves nothing."""
    with (
        session(venue.native_port, person.key, heartbeatMs=600_000) as line,
        venue.client(venue.admin()) as admin,
    ):
        assert admin.delete(f"/admin/keys/{person.key.id}").status_code == 200
        with pytest.raises(ConnectionClosed, match="1008") as closed:
            line.recv(timeout=10)
    status, problem = person.send()
    assert closed.value.rcvd.code == 1008
    assert (status, problem["code"]) == (401, "UNAUTHORIZED")


def test_a_disabled_user_is_cut_off(venue, person):
    """All keys of a user end with the user."""
    with venue.client(venue.admin()) as admin:
        assert person.send()[0] == 201
        disabled = admin.patch(f"/admin/users/{person.login}", json={"isDisabled": True})
        assert disabled.status_code == 200
    assert person.send()[0] == 401


def test_a_key_without_the_scope_sends_no_order(venue):
    """Reading is no right to trade."""
    reader = Person(venue, scopes=["orders:read"])
    status, problem = reader.send()
    reader.leave()
    assert (status, problem["code"]) == (403, "FORBIDDEN")


def test_metrics_and_health_tell_of_the_native_door(venue, person):
    """Requests, refusals by code, latencies read from Rust, and how far the books are behind."""
    person.send()
    person.send(symbol="NONE")
    with venue.client() as anybody:
        text = anybody.get("/metrics").text
        health = anybody.get("/health/detailed").json()
    assert 'tradecore_order_entry_refused_total{code="UNKNOWN_SYMBOL"}' in text
    assert 'tradecore_order_entry_latency_seconds_bucket{le="+Inf"}' in text
    for name in ("done_total", "connections", "sessions", "queue_depth", "books_behind"):
        assert f"\ntradecore_order_entry_{name} " in text
    assert health["checks"]["order_entry"][0]["status"] == "pass"


def test_an_open_breaker_holds_new_native_orders(venue, person):
    """While the gateway takes no new orders the native door takes none either; cancels pass."""
    _, placed = person.send()
    breaker = venue.gateway.floor.queue.breaker
    breaker.is_open = True
    until(lambda: person.send()[0] == 503, lambda: "")
    gone = person.native.ask("DELETE", f"{ORDERS}/{placed['orderId']}")
    breaker.reset()
    until(lambda: person.send()[0] == 201, lambda: "")
    assert gone[0] == 200


def test_a_venue_without_a_native_door():
    """It is not there where the settings say so, and nothing else is different."""
    with (
        quick_folder() as folder,
        running_venue(folder, overrides=["order_entry.is_open=false"]) as venue,
        venue.client(venue.token()) as trader,
        venue.client() as anybody,
    ):
        assert trader.post(ORDERS, json=LIMIT).status_code == 201
        assert venue.gateway.floor.native is None
        assert "order_entry" not in anybody.get("/metrics").text


def test_everything_native_is_there_after_a_restart():
    """Orders, fills, names and money; who asked for cancel on disconnect has no order left."""
    with quick_folder() as folder:
        with running_venue(folder, overrides=RATES) as first:
            person, other = Person(first), Person(first)
            token = person.token
            with (
                closing(person.native),
                closing(other.native),
                session(first.native_port, person.key, cancelOnDisconnect=True) as line,
            ):
                line.send(json.dumps({"op": "new", "id": 1, "order": LIMIT}))
                away = json.loads(line.recv(timeout=10))["order"]["orderId"]
                _, kept = person.send(price="43000", clientOrderId="kept")
                _, sold = other.send(side="sell", price="43000", quantity="0.04")
            summary = "/api/positions/portfolio/summary"
            until(lambda: person.rest.get(summary).json()["openOrders"] == 1, lambda: "")
            before = person.rest.get(summary).json()
            person.rest.close()
            other.rest.close()
        with running_venue(folder, overrides=RATES) as second, second.client(token) as trader:
            after = trader.get(summary).json()
            found = trader.get(f"/api/orders/{kept['orderId']}").json()
            gone = trader.get(f"/api/orders/{away}").json()
            native = Client(second.native_port, person.key)
            with closing(native):
                named = LIMIT | {"price": "43000", "clientOrderId": "kept"}
                again = native.ask("POST", ORDERS, named)
                more = native.ask("POST", ORDERS, LIMIT)
    assert sold["status"] in {"filled", "open"}
    assert {**after, "asOf": ""} == {**before, "asOf": ""}
    assert found["status"] in {"new", "partially_filled"}
    assert found["clientOrderId"] == "kept"
    assert gone["status"] == "cancelled"
    assert (again[0], again[1]["orderId"]) == (200, kept["orderId"])
    assert more[0] == 201
    assert int(more[1]["orderId"]) > int(sold["orderId"])


def test_admins_without_an_account_have_no_native_key(venue):
    """Who has no account trades at neither door."""
    identity = venue.gateway.identity
    venue.token("boss", (Role.ADMIN,))
    assert {row.user for row in identity.key_table()}.isdisjoint(
        {one.id for one in identity.users.list() if one.account is None}
    )
