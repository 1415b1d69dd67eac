"""What whoever runs a venue sets: limits of accounts, states and worth of symbols, and days."""

from __future__ import annotations

import asyncio

import pytest

from support.venue_server import quick_folder, running_venue

LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}
ORDERS = "/api/trading/orders"


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with quick_folder() as folder, running_venue(folder) as running:
        yield running


def test_limits_of_an_account_are_set_and_hold(trader, admin):
    """They are told with the refusal, and a check says beforehand what would become of an order."""
    change = {"account": trader.account, "reason": "a test", "maxOrderValue": "1000"}
    changed = admin.put("/api/risk/limits", json=change)
    refused = trader.post(ORDERS, json=LIMIT)
    order = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "price": 44000}
    asked = {"user_id": trader.user}
    checks = [
        trader.post(
            "/api/v1/trading/risk/check", json={**asked, "order": {**order, "quantity": quantity}}
        ).json()
        for quantity in (0.01, 0.02, 0.1)
    ]

    assert changed.json()["maxOrderValue"] == "1000"
    assert (refused.json()["code"], refused.json()["limit"]) == ("MAX_ORDER_VALUE", "1000")
    assert [one["decision"] for one in checks] == ["accept", "warn", "reject"]
    assert [one["code"] for one in checks[2]["checks"] if not one["passed"]] == ["MAX_ORDER_VALUE"]
    assert trader.put("/api/risk/limits", json=change).status_code == 403


def test_some_limits_are_changed_and_the_others_stay(trader, admin):
    """What is named is set, null takes it away, and what is not named stays; no name is nothing."""
    said = {"account": trader.account, "reason": "a test"}
    admin.put("/api/risk/limits", json={**said, "maxOrderValue": "1000", "maxLeverage": "4"})
    changes = [{"maxLeverage": "2"}, {"maxOrderValue": None}, {}, {"maxLeverage": "0"}]
    found = [admin.patch("/api/risk/limits", json={**said, **change}) for change in changes]
    everybody = trader.get("/api/risk/limits", params={"scope": "global"}).json()

    shown = [(one.json().get("maxOrderValue"), one.json().get("maxLeverage")) for one in found[:2]]
    assert shown == [("1000", "2"), ("50000", "2")]
    assert [one.status_code for one in found[2:]] == [422, 422]
    assert (everybody["scope"], everybody["maxOrderValue"]) == ("global", "50000")


@pytest.mark.parametrize("whose", [{}, {"strategyId": "small"}], ids=["account", "strategy"])
def test_a_size_of_one_account_is_refused_as_nobody_would_hold_it_to_that(trader, admin, whose):
    """The engine counts lots, and an account's lots are not those of one symbol."""
    said = {"account": trader.account, "reason": "a test", "maxPositionSize": "0.05", **whose}
    found = [getattr(admin, verb)("/api/risk/limits", json=said) for verb in ("put", "patch")]

    assert [one.status_code for one in found] == [422, 422]
    assert [one.json()["errors"][0]["pointer"] for one in found] == ["/maxPositionSize"] * 2
    assert trader.post(ORDERS, json=LIMIT).status_code == 201


def test_what_a_symbol_is_worth_is_told_and_limits_follow(trader, admin):
    """An index moves the mark, and the engine's limits count by it at once."""
    path = "/admin/instruments/SOLUSDT"
    order = {"symbol": "SOLUSDT", "side": "buy", "type": "limit", "quantity": "100", "price": "90"}
    before = admin.patch(path, json={"indexPrice": "100", "reason": "a test"}).json()
    assert trader.post(ORDERS, json=order).status_code == 201
    account = {"account": trader.account, "reason": "a test", "maxPositionValue": "30000"}
    admin.patch("/api/risk/limits", json=account)
    moved = admin.patch(path, json={"indexPrice": "150", "state": "open", "reason": "a test"})
    refused = trader.post(ORDERS, json={**order, "quantity": "110"}).json()
    wrong = [
        admin.patch(path, json={"reason": "a test", **change})
        for change in ({}, {"indexPrice": "0"}, {"indexPrice": "99999999"}, {"state": "shut"})
    ]
    missing = admin.patch("/admin/instruments/NONE", json={"state": "open", "reason": "x"})
    back = admin.patch(path, json={"indexPrice": "100", "reason": "a test"}).json()

    assert (before["indexPrice"], before["phase"]) == ("100", "open")
    assert moved.json()["indexPrice"] == "150"
    assert (refused["code"], refused["limit"]) == ("MAX_POSITION_VALUE", "30000")
    assert [one.status_code for one in wrong] == [422] * 4
    assert missing.status_code == 404
    assert back["indexPrice"] == "100"


def test_a_day_s_loss_is_forgotten_at_midnight(venue, trader, admin):
    """Who lost as much as a day allows may only reduce, until the next one begins."""
    limits = {"account": trader.account, "reason": "a test", "maxDailyLoss": "50"}
    admin.patch("/api/risk/limits", json=limits)
    money = {"amount": "1000000", "reason": "a test"}
    admin.post("/admin/accounts/2999/deposits", json=money)
    order = {"symbol": "SOLUSDT", "type": "limit", "quantity": "10"}
    with venue.client(venue.token("t2999", account=2999)) as other:
        other.post(ORDERS, json={**order, "side": "sell", "price": "100"})
        trader.post(ORDERS, json={**order, "side": "buy", "price": "100"})
        other.post(ORDERS, json={**order, "side": "buy", "price": "94"})
        trader.post(ORDERS, json={**order, "side": "sell", "price": "94"})
    lost = trader.get("/api/risk/metrics").json()["dayPnl"]
    refused = trader.post(ORDERS, json={**order, "side": "buy", "price": "90"}).json()
    floor = venue.gateway.floor
    venue.within(lambda: setattr(floor.day, "number", floor.day.number - 1))
    asyncio.run_coroutine_threadsafe(floor.tick(), venue.loop).result(10)
    found = trader.get("/api/positions/portfolio/summary").json()["dayPnl"]
    placed = trader.post(ORDERS, json={**order, "side": "buy", "price": "90"})

    assert float(lost) < -60
    assert refused["code"] == "MAX_DAILY_LOSS"
    assert (found, placed.status_code) == ("0", 201)


def test_a_symbol_is_halted_and_opened(trader, admin):
    """While it is, nothing new comes in."""
    path = "/admin/instruments/SOL-USDT/state"
    halted = admin.put(path, json={"state": "halted", "reason": "a test"})
    order = {**LIMIT, "symbol": "SOLUSDT", "price": "90", "quantity": "1"}
    refused = trader.post(ORDERS, json=order)
    opened = admin.put(path, json={"state": "open", "reason": "a test"})

    assert halted.json()["phase"] == "halted"
    assert refused.json()["code"] == "TRADING_HALTED"
    assert opened.json()["phase"] == "open"
    assert trader.post(ORDERS, json=order).status_code == 201
