"""A strategy is the same one at both doors: its orders, its fills, its limits, its kill switch."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from support.native_client import session
from support.program import until
from support.two_doors import LIMIT, ORDERS, RATES, Person, shown
from support.venue_server import quick_folder, running_venue
from tradecore.cli.door import main

SWITCH = "/admin/kill-switch"
REASON = {"reason": "a test"}


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


@pytest.fixture
def human(venue):
    """Return who may let trading go on."""
    with venue.client(venue.person()) as client:
        yield client


def test_a_native_order_s_strategy_is_on_record(venue, person):
    """In its answer, its row, its trades and what the strategy holds."""
    _, placed = person.send(symbol="ETHUSDT", price="2400", quantity="1", strategyId="trend")
    with closing(Person(venue)) as other:
        sell = {**LIMIT, "symbol": "ETHUSDT", "side": "sell", "price": "2400", "quantity": "0.4"}
        assert other.rest.post(ORDERS, json=sell).status_code == 201
    found = shown(person.rest, placed["orderId"])
    trades = person.rest.get(f"/api/v1/trading/users/{person.login}/trades").json()["data"]
    held = person.rest.get("/api/positions", params={"strategyId": "trend"}).json()["data"]
    listed = person.rest.get("/api/orders").json()["data"]

    assert placed["strategyId"] == found["strategyId"] == listed[0]["strategyId"] == "trend"
    assert [one["strategy_id"] for one in trades] == ["trend"]
    assert [(one["symbol"], one["quantity"]) for one in held] == [("ETHUSDT", "0.4")]


def test_a_name_of_one_door_is_known_at_the_other(person):
    """One number, whichever door named it first; a retry elsewhere is answered with the order."""
    named = {**LIMIT, "strategyId": "carry", "clientOrderId": "c-1", "price": "43000"}
    status, placed = person.send(**named)
    again = person.rest.post(ORDERS, json=named)
    other = person.rest.post(ORDERS, json=named | {"strategyId": "other"})
    person.rest.post(ORDERS, json={**LIMIT, "strategyId": "rest first", "price": "1"})
    made = person.rest.post(ORDERS, json={**LIMIT, "strategyId": "rest", "price": "42000"}).json()
    _, last = person.send(price="42001", strategyId="rest")

    assert (status, again.status_code) == (201, 201)
    assert again.json()["orderId"] == placed["orderId"]
    assert (other.status_code, other.json()["code"]) == (409, "DUPLICATE_CLIENT_ORDER_ID")
    assert made["strategyId"] == shown(person.rest, last["orderId"])["strategyId"] == "rest"


def test_a_drop_copy_says_whose_strategy_it_was(venue, person):
    """Of orders of the gateway too."""
    with session(venue.native_port, person.key, dropCopy=True) as copy:
        order = {**LIMIT, "strategyId": "trend", "price": "43500"}
        number = person.rest.post(ORDERS, json=order).json()["orderId"]
        person.rest.delete(f"{ORDERS}/{number}")
        told = [json.loads(copy.recv(timeout=10)) for _ in range(2)]

    assert [one["event"] for one in told] == ["new", "cancelled"]
    assert [one["order"]["strategyId"] for one in told] == ["trend", "trend"]


def test_limits_of_a_strategy_hold_at_both_doors(venue, person):
    """The refusal says whose limit it was, at either."""
    small = {"strategyId": "small", "account": person.account, "maxOrderValue": "1000"}
    with venue.client(venue.admin()) as admin:
        assert admin.put("/api/risk/limits", json=small | REASON).status_code == 200
    answers = [person.send(strategyId="small"), person.send(strategyId="large")]
    problem = person.rest.post(ORDERS, json={**LIMIT, "strategyId": "small"}).json()

    assert [status for status, _ in answers] == [422, 201]
    for refused in (answers[0][1], problem):
        assert (refused["code"], refused["scope"]) == ("MAX_ORDER_VALUE", "strategy")


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        pytest.param("halted", (503, "TRADING_HALTED", "strategy"), id="halted"),
        pytest.param("reducing", (422, "REDUCE_ONLY_STATE", "strategy"), id="reducing"),
    ],
)
def test_the_kill_switch_of_a_strategy(venue, person, human, state, problem):
    """Its orders go where asked, new ones are refused at both doors, all others trade on."""
    orders = [
        person.send(strategyId="bad")[1]["orderId"],
        person.rest.post(ORDERS, json={**LIMIT, "strategyId": "bad"}).json()["orderId"],
    ]
    spared = person.send(strategyId="good")[1]["orderId"]
    stopped = {"scope": "strategy", "id": f"{person.account}/bad", "state": state} | REASON
    with venue.client(venue.admin()) as admin:
        engaged = admin.post(SWITCH, json=stopped | {"cancelOpenOrders": True}).json()
        listed = admin.get(SWITCH).json()["data"]
        audited = admin.get("/admin/audit", params={"limit": 1000}).json()["data"]
    refused = [person.send(strategyId="bad"), person.send(strategyId="good")]
    denied = person.rest.post(ORDERS, json={**LIMIT, "strategyId": "bad"})
    order = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": 0.1, "price": 44000}
    check = person.rest.post(
        "/api/v1/trading/risk/check",
        json={"user_id": person.login, "order": {**order, "strategy_id": "bad"}},
    ).json()

    assert (engaged["tradingState"], engaged["cancelled"]) == (state, 2)
    row = {"scope": "strategy", "id": f"{person.account}/bad", "tradingState": state}
    assert row in listed
    assert audited[-1]["type"] == "kill_switch"
    assert audited[-1]["data"]["id"] == f"{person.account}/bad"
    for number in orders:
        until(lambda: shown(person.rest, number)["status"] == "cancelled", lambda: number)  # noqa: B023
    assert shown(person.rest, spared)["status"] == "new"
    assert [one[0] for one in refused] == [problem[0], 201]
    told = [refused[0], (denied.status_code, denied.json())]
    assert [(status, one["code"], one["scope"]) for status, one in told] == [problem] * 2
    assert check["decision"] == "reject"

    with venue.client(venue.admin()) as admin:
        alone = admin.post(SWITCH, json=stopped | {"state": "active"})
    assert (alone.status_code, alone.json()["code"]) == (403, "PERSON_NEEDED")
    assert human.post(SWITCH, json=stopped | {"state": "active"}).status_code == 200
    assert person.send(strategyId="bad")[0] == 201
    assert person.rest.post(ORDERS, json={**LIMIT, "strategyId": "bad"}).status_code == 201


def test_orders_of_a_halted_strategy_leave_and_do_not_change(person, human):
    """Those that stayed may be taken out at either door; a change is refused as a new order is."""
    _, first = person.send(strategyId="bad")
    second = person.rest.post(ORDERS, json={**LIMIT, "strategyId": "bad"}).json()
    halt = {"scope": "strategy", "id": f"{person.account}/bad", "state": "halted"} | REASON
    assert human.post(SWITCH, json=halt).json()["cancelled"] == 0
    more = {"quantity": "0.2"}
    changed = person.rest.patch(f"{ORDERS}/{first['orderId']}", json=more)
    status, native = person.native.ask("PATCH", f"{ORDERS}/{second['orderId']}", more)
    gone = person.rest.delete(f"{ORDERS}/{first['orderId']}")
    left, _ = person.native.ask("DELETE", f"{ORDERS}/{second['orderId']}")
    human.post(SWITCH, json=halt | {"state": "active"})

    told = [(changed.status_code, changed.json()), (status, native)]
    assert [(code, one["code"], one.get("scope")) for code, one in told] == [
        (503, "TRADING_HALTED", "strategy")
    ] * 2
    assert (gone.status_code, left) == (200, 200)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        pytest.param("1/nobody named it", 404, id="unnamed"),
        pytest.param("4294967296/a", 404, id="no-account"),
        pytest.param("trend", 422, id="no-account-said"),
        pytest.param("x/trend", 422, id="no-number"),
        pytest.param("1/", 422, id="empty"),
        pytest.param(None, 422, id="none"),
    ],
)
def test_a_strategy_that_is_none_is_told_so(venue, name, status):
    """Who mistypes one in a hurry must not believe that it was stopped."""
    asked = {"scope": "strategy", "id": name, "state": "halted"} | REASON
    with venue.client(venue.admin()) as admin:
        before = admin.get(SWITCH).json()
        assert admin.post(SWITCH, json=asked).status_code == status
        assert admin.get(SWITCH).json() == before


def test_a_second_venue_on_the_folder_keeps_it_stopped():
    """A halt and its strategy outlast the process: from the checkpoint, and without it."""
    with quick_folder() as folder:
        with running_venue(folder, overrides=RATES) as first:
            person = Person(first)
            person.send(strategyId="bad")
            halt = {"scope": "strategy", "id": f"{person.account}/bad", "state": "halted"} | REASON
            with first.client(first.admin()) as admin:
                assert admin.post(SWITCH, json=halt).json()["cancelled"] == 0
            person.leave()
        for is_whole in (False, True):
            if is_whole:
                (folder / "books.tcb").unlink()
            with running_venue(folder, overrides=RATES) as again:
                person.reopen(again)
                found = person.send(strategyId="bad"), person.send(strategyId="good")
                (order,) = [
                    one
                    for one in person.rest.get("/api/orders").json()["data"]
                    if one["strategyId"] == "bad" and one["status"] == "new"
                ]
                person.leave()
            assert [status for status, _ in found] == [503, 201]
            assert order["quantity"] == "0.1"


def test_the_command_stops_and_lets_go(venue, person, capsys):
    """By the venue's own token: who stands at the machine is a person."""
    person.send(strategyId="bad")
    whose = f"{person.account}/bad"
    at = ["--data", str(venue.gateway.settings.store.data), "--port", str(venue.port)]
    of = ["--scope", "strategy", "--id", whose, "--reason", "a test"]

    def said(*words):
        """Run the command; return its exit code and what it printed."""
        code = main(["kill-switch", *words, *at])
        told = capsys.readouterr()
        return code, told.out + told.err

    code, text = said("halted", *of, "--cancel")
    assert (code, f"strategy {whose}: halted; orders taken out: 1" in text) == (0, True), text
    code, text = said()
    assert (code, "halted" in text, whose in text) == (0, True, True), text
    code, text = said("active", *of, "--json")
    assert (code, json.loads(text)["tradingState"]) == (0, "active")
    code, text = said("--json")
    assert (code, [one for one in json.loads(text) if one["id"] == whose]) == (0, [])
    code, text = said("halted", "--scope", "strategy", "--id", f"{whose}x", "--reason", "a test")
    assert (code != 0, "there is no such strategy" in text) == (True, True), text
    code, text = said("halted")
    assert (code, "--reason" in text) == (2, True), text
    assert person.send(strategyId="bad")[0] == 201
