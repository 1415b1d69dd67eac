"""Strategies at the gateway: named in orders, said again of them, and limited by their own."""

from __future__ import annotations

import json

import pytest
from websockets.sync.client import connect

from support.venue_server import quick_folder, running_venue

ORDERS = "/api/trading/orders"
ORDERS_V1 = "/api/v1/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.2", "price": "44000"}
POSITIONS = "/api/positions"


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with quick_folder() as folder, running_venue(folder) as running:
        yield running


@pytest.fixture
def other(venue, admin):
    """Return who takes the other side."""
    money = {"amount": "1000000", "reason": "a test"}
    admin.post("/admin/accounts/2998/deposits", json=money)
    with venue.client(venue.token("t2998", account=2998)) as client:
        yield client
        for one in client.get("/api/orders", params={"status": "active"}).json()["data"]:
            client.delete(f"{ORDERS}/{one['orderId']}")


def test_both_families_say_an_order_s_strategy_again(trader, other):
    """The order, its lists, its trades and their streams."""
    number = trader.post(ORDERS, json={**LIMIT, "strategyId": "trend"}).json()["orderId"]
    said = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": 0.1, "price": 43999}
    second = trader.post(ORDERS_V1, json={**said, "strategy_id": "s.2"}).json()
    plain = trader.post(ORDERS, json=LIMIT | {"price": "43998"}).json()
    other.post(ORDERS, json={**LIMIT, "side": "sell", "quantity": "0.1"})
    read = trader.get(f"/api/orders/{number}").json()
    listed = trader.get("/api/orders").json()["data"]
    trades = trader.get(f"/api/v1/trading/users/{trader.user}/trades").json()["data"]
    changed = trader.patch(f"{ORDERS}/{number}", json={"price": "43000"}).json()

    assert (read["strategyId"], changed["strategyId"]) == ("trend", "trend")
    assert second["strategy_id"] == "s.2"
    assert trader.get(f"{ORDERS_V1}/{second['order_id']}").json()["strategy_id"] == "s.2"
    assert plain["strategyId"] is None
    assert [one["strategyId"] for one in listed] == [None, "s.2", "trend"]
    assert [one["strategy_id"] for one in trades] == ["trend"]
    assert [
        one["strategy_id"] for one in other.get("/api/v1/trading/users/t2998/trades").json()["data"]
    ] == [None]


def test_positions_of_a_strategy_are_what_its_fills_made(trader, other):
    """Long of one, short of another; without a name the account's, as ever."""
    book = {"symbol": "ETHUSDT", "type": "limit", "price": "2500"}
    other.post(ORDERS, json={**book, "side": "sell", "quantity": "3"})
    trader.post(ORDERS, json={**book, "side": "buy", "quantity": "3", "strategyId": "a"})
    other.post(ORDERS, json={**book, "side": "buy", "quantity": "1", "price": "2510"})
    trader.post(
        ORDERS,
        json={**book, "side": "sell", "quantity": "1", "price": "2510", "strategyId": "b"},
    )
    other.post(ORDERS, json={**book, "side": "buy", "quantity": "1", "price": "2520"})
    trader.post(
        ORDERS,
        json={**book, "side": "sell", "quantity": "1", "price": "2520", "strategyId": "a"},
    )
    found = {
        name: trader.get(POSITIONS, params={"strategyId": name}).json()["data"] for name in "abc"
    }
    whole = trader.get(POSITIONS).json()["data"]

    assert [
        (one["strategyId"], one["side"], one["quantity"], one["averagePrice"], one["realizedPnl"])
        for name in "abc"
        for one in found[name]
    ] == [("a", "long", "2", "2500", "20"), ("b", "short", "-1", "2510", "0")]
    assert [(one["quantity"], "strategyId" in one) for one in whole] == [("1", False)]
    assert found["a"][0]["liquidationPrice"] is None
    symbol = {"strategyId": "a", "symbol": "BTCUSDT"}
    assert trader.get(POSITIONS, params=symbol).json()["data"] == []
    assert other.get(POSITIONS, params={"strategyId": "a"}).json()["data"] == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 65, id="long"),
        pytest.param("a b", id="blank"),
        pytest.param("a\n", id="line"),
        pytest.param("\u0000", id="nul"),
        pytest.param("Ä", id="letter"),
        pytest.param(7, id="number"),
        pytest.param(["a"], id="list"),
        pytest.param(True, id="flag"),
    ],
)
def test_what_is_no_name_is_refused_by_its_field(trader, admin, name):
    """In both families, in a query, and of limits; nothing is placed."""
    v1 = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": 0.1, "price": 43999}
    limits = {"account": trader.account, "reason": "a test", "strategyId": name}
    answers = [
        trader.post(ORDERS, json={**LIMIT, "strategyId": name}),
        trader.post(ORDERS_V1, json={**v1, "strategy_id": name}),
        admin.put("/api/risk/limits", json=limits),
    ]
    if isinstance(name, str):
        answers.append(trader.get(POSITIONS, params={"strategyId": name}))
        asked = {"scope": "strategy", "strategyId": name}
        answers.append(trader.get("/api/risk/limits", params=asked))

    assert {one.status_code for one in answers} <= {400, 422}
    for one in answers:
        assert "strategy" in one.json()["errors"][0]["pointer"], one.text
    assert trader.get("/api/orders").json()["data"] == []


def test_an_account_names_a_bounded_number(trader, admin, monkeypatch):
    """One more is refused with the bound, by an order, a limit and a check; the others go on."""
    monkeypatch.setattr("tradecore.venue.strategies.STRATEGIES_MAX", 2)
    answers = [
        trader.post(ORDERS, json={**LIMIT, "price": "40000", "strategyId": name})
        for name in ("a", "b", "c", "a")
    ]
    limits = {"account": trader.account, "reason": "a test", "maxOpenOrders": 3}
    limited = admin.put("/api/risk/limits", json={**limits, "strategyId": "d"})
    kept = trader.get(f"/api/orders/{answers[2].json()['order_id']}").json()

    assert [one.status_code for one in answers] == [201, 201, 422, 201]
    assert answers[2].json()["code"] == limited.json()["code"] == "TOO_MANY_STRATEGIES"
    assert limited.status_code == 422
    assert (kept["status"], kept["strategyId"]) == ("rejected", "c")


def test_limits_of_a_strategy_hold_beside_the_others(trader, admin):
    """The refusal names limit and scope; a check says so before, and other orders pass."""
    change = {"account": trader.account, "reason": "a test", "strategyId": "small"}
    changed = admin.put("/api/risk/limits", json={**change, "maxOrderValue": "1000"}).json()
    more = admin.patch("/api/risk/limits", json={**change, "maxOpenOrders": 9}).json()
    refused = trader.post(ORDERS, json={**LIMIT, "strategyId": "small"}).json()
    free = [
        trader.post(ORDERS, json={**LIMIT, **other}).status_code
        for other in ({}, {"strategyId": "large"}, {"strategyId": "small", "quantity": "0.02"})
    ]
    v1 = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": 0.2, "price": 44000}
    checked = [
        trader.post(
            "/api/v1/trading/risk/check", json={"user_id": trader.user, "order": {**v1, **one}}
        ).json()["decision"]
        for one in ({}, {"strategy_id": "small"})
    ]
    shown = trader.get(
        "/api/risk/limits", params={"scope": "strategy", "strategyId": "small"}
    ).json()
    account = trader.get("/api/risk/limits").json()

    assert (changed["scope"], changed["strategyId"], changed["maxOrderValue"]) == (
        *("strategy", "small", "1000"),
    )
    assert (more["maxOrderValue"], more["maxOpenOrders"]) == ("1000", 9)
    assert (refused["code"], refused["scope"], refused["limit"]) == (
        *("MAX_ORDER_VALUE", "strategy", "1000"),
    )
    assert free == [201, 201, 201]
    assert checked == ["accept", "reject"]
    assert shown == more
    assert (account["scope"], account["maxOrderValue"]) == ("global", "50000")
    wrong = [{"scope": "strategy"}, {"strategyId": "small"}]
    assert [trader.get("/api/risk/limits", params=one).status_code for one in wrong] == [400] * 2
    assert trader.put("/api/risk/limits", json=change).status_code == 403


def test_streams_say_it_too(venue, trader, other):
    """An order's change and its fill, to who listens."""
    with connect(
        f"ws://127.0.0.1:{venue.port}/ws", subprotocols=["tradecore.v1"], proxy=None
    ) as line:
        token = trader.headers["Authorization"].removeprefix("Bearer ")
        line.send(json.dumps({"op": "auth", "token": token}))
        line.send(json.dumps({"op": "subscribe", "channels": ["orders", "fills"]}))
        order = {**LIMIT, "symbol": "SOLUSDT", "price": "100", "quantity": "2"}
        trader.post(ORDERS, json={**order, "strategyId": "s"})
        other.post(ORDERS, json={**order, "side": "sell"})
        told = {}
        while {"orders", "fills"} - told.keys():
            said = json.loads(line.recv(timeout=10))
            if said.get("type") == "update":
                told[said["ch"]] = said["data"]

    assert [told[channel]["strategyId"] for channel in ("orders", "fills")] == ["s", "s"]


def test_a_second_venue_on_the_folder_knows_them():
    """Names, positions and limits; from the checkpoint and from the journal alone."""
    with quick_folder() as folder:
        with running_venue(folder) as first:
            token, root = first.token("trader"), first.admin()
            with first.client(token) as trader, first.client(root) as admin:
                made = trader.post(ORDERS, json={**LIMIT, "strategyId": "trend"}).json()
                change = {"account": 1, "reason": "a test", "strategyId": "trend"}
                admin.put("/api/risk/limits", json={**change, "maxOrderValue": "9000"})
                money = {"amount": "1000000", "reason": "a test"}
                admin.post("/admin/accounts/77/deposits", json=money)
                with first.client(first.token("t77", account=77)) as other:
                    sell = {**LIMIT, "side": "sell", "quantity": "0.05"}
                    assert other.post(ORDERS, json=sell).status_code == 201
                before = trader.get(POSITIONS, params={"strategyId": "trend"}).json()
        for is_whole in (False, True):
            if is_whole:
                (folder / "books.tcb").unlink()
            with running_venue(folder) as again, again.client(token) as trader:
                found = trader.get(POSITIONS, params={"strategyId": "trend"}).json()
                kept = trader.get(f"/api/orders/{made['orderId']}").json()
                refused = trader.post(
                    ORDERS, json={**LIMIT, "quantity": "0.21", "strategyId": "trend"}
                ).json()
            assert found == before
            assert before["data"][0]["quantity"] == "0.05"
            assert (kept["strategyId"], refused["scope"]) == ("trend", "strategy")
