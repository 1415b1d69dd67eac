"""Instruments come, change and go while a venue runs, and are the same at every door."""

from __future__ import annotations

import itertools
import json
from typing import NamedTuple

import pytest
from websockets.sync.client import connect

from support.native_client import Client, Key, session
from support.program import until
from support.venue_server import opened_venue, quick_folder, running_venue
from tradecore.cli.door import main
from tradecore.core import InputError
from tradecore.gateway.backup import back_up, restore
from tradecore.gateway.log_ring import LogRing

PATH = "/admin/instruments"
ORDERS = "/api/trading/orders"
NAMES = (f"C{number}USDT" for number in itertools.count(1))
NEW = {
    "base": "XRP",
    "quote": "USDT",
    "tickSize": "0.0001",
    "lotSize": "1",
    "price": "0.5",
    "reason": "a test",
}
BUY = {"side": "buy", "type": "limit", "quantity": "100", "price": "0.4999"}


@pytest.fixture(scope="module")
def venue():
    """Run one venue for all tests here."""
    with quick_folder() as folder, running_venue(folder) as running:
        yield running


@pytest.fixture
def listed(admin):
    """Return the name of an instrument of this test."""
    name = next(NAMES)
    made = admin.post(PATH, json={**NEW, "symbol": name})
    assert made.status_code == 201, made.text
    return name


def native(venue, admin, trader):
    """Return a connection to the native door, for the trader."""
    made = admin.post(f"/admin/users/{trader.user}/keys", json={"label": "native"}).json()
    key = Key(made["keyId"], made["secret"].encode(), trader.user, trader.account)
    return Client(venue.native_port, key), key


def audited(venue):
    """Return the audit log's lines about instruments."""
    lines = (venue.gateway.settings.store.data / "audit.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [one for one in found if "instrument" in json.dumps(one)]


def test_a_listed_instrument_trades_at_both_doors(venue, admin, trader, listed):
    """One book, one index, and the sequence of its steps in the audit log."""
    door, key = native(venue, admin, trader)
    placed = trader.post(ORDERS, json={**BUY, "symbol": listed})
    status, there = door.ask("POST", ORDERS, {**BUY, "symbol": listed, "price": "0.4998"})
    unknown = door.ask("POST", ORDERS, {**BUY, "symbol": "NONE"})
    with connect(f"ws://127.0.0.1:{venue.native_port}/ws", compression=None) as socket:
        socket.send(json.dumps({"op": "logon"} | key.sign("GET", "/ws")))
        symbols = json.loads(socket.recv(timeout=10))["symbols"]
    row = admin.get(f"{PATH}/{listed}").json()
    book = admin.get(f"/api/trading/orderbook/{listed}").json()
    door.close()

    assert (placed.status_code, status, unknown[0]) == (201, 201, 422)
    assert there["symbol"] == listed
    assert book["bids"] == [["0.4999", "100"], ["0.4998", "100"]]
    known = {one["symbol"]: (one["index"], one["tickSize"], one["lotSize"]) for one in symbols}
    assert known[listed] == (row["index"], "0.0001", "1")
    assert any(listed in json.dumps(one) for one in audited(venue))


def test_an_open_session_hears_of_a_new_instrument_s_orders(venue, admin, trader):
    """A drop copy that logged on before tells of an order in it; another takes one by name."""
    door, key = native(venue, admin, trader)
    with (
        session(venue.native_port, key, dropCopy=True, session="copy") as copy,
        session(venue.native_port, key) as line,
    ):
        name = next(NAMES)
        admin.post(PATH, json={**NEW, "symbol": name})
        trader.post(ORDERS, json={**BUY, "symbol": name})
        report = json.loads(copy.recv(timeout=10))
        line.send(json.dumps({"op": "new", "id": 1, "order": {**BUY, "symbol": name}}))
        answer = json.loads(line.recv(timeout=10))
    door.close()

    assert report["order"]["symbol"] == name
    assert answer["status"] == 201


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"tickSize": "0"}, 422, "VALIDATION", id="zero-tick"),
        pytest.param({"lotSize": "-1"}, 422, "VALIDATION", id="negative-lot"),
        pytest.param({"tickSize": "NaN"}, 422, "VALIDATION", id="nan"),
        pytest.param({"tickSize": "1e-30"}, 422, "VALIDATION", id="exponent"),
        pytest.param({"leverageMax": 126}, 422, "VALIDATION", id="huge-leverage"),
        pytest.param({"leverageMax": 100}, 422, "BAD_INSTRUMENT", id="leverage-beyond-margin"),
        pytest.param({"symbol": "a b"}, 422, "VALIDATION", id="bad-name"),
        pytest.param({"symbol": ""}, 422, "VALIDATION", id="no-name"),
        pytest.param({"symbol": "X" * 65}, 422, "VALIDATION", id="long-name"),
        pytest.param({"symbol": "BTC-USDT"}, 409, "SYMBOL_TAKEN", id="another-spelling"),
        pytest.param({"quote": "EUR"}, 422, "WRONG_CURRENCY", id="other-currency"),
        pytest.param({"price": "0.50005"}, 422, "BAD_INSTRUMENT", id="price-off-tick"),
        pytest.param({"priceMin": "2", "priceMax": "1"}, 422, "BAD_INSTRUMENT", id="no-range"),
        pytest.param({"quantityMax": "0.5"}, 422, "BAD_INSTRUMENT", id="off-lot"),
        pytest.param({"haltMs": 1000}, 422, "BAD_INSTRUMENT", id="halt-without-band"),
        pytest.param({"colour": "red"}, 422, "VALIDATION", id="unknown-term"),
        pytest.param({"reason": ""}, 422, "VALIDATION", id="no-reason"),
    ],
)
def test_what_cannot_be_listed_is_refused_and_changes_nothing(admin, change, status, code):
    """The answer names the rule; the list and the journal's listings are as before."""
    before = admin.get(PATH).json()
    refused = admin.post(PATH, json={**NEW, "symbol": "NEVERUSDT", **change})

    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert [one["symbol"] for one in admin.get(PATH).json()["data"]] == [
        one["symbol"] for one in before["data"]
    ]


def test_who_is_no_administrator_lists_nothing(venue, trader):
    """A trader is refused, whichever way; nobody without a proof is told more."""
    with venue.client() as nobody:
        found = [
            client.request(method, path, json=body)
            for client in (trader, nobody)
            for method, path, body in (
                ("POST", PATH, {**NEW, "symbol": "NEVERUSDT"}),
                ("PATCH", f"{PATH}/BTCUSDT", {"leverageMax": 1, "reason": "x"}),
                ("DELETE", f"{PATH}/BTCUSDT?reason=x", None),
                ("GET", f"{PATH}/BTCUSDT", None),
            )
        ]

    assert [one.status_code for one in found] == [403] * 4 + [401] * 4


def test_terms_change_at_both_doors(venue, admin, trader, listed):
    """A smaller range is kept to at once, also by orders that Python never sees."""
    door, _ = native(venue, admin, trader)
    change = {"priceMax": "0.6", "quantityMin": "20", "quantityMax": "200", "reason": "a test"}
    row = admin.patch(f"{PATH}/{listed}", json={**change, "leverageMax": 3}).json()
    high = {**BUY, "symbol": listed, "price": "0.6001"}
    large = {**BUY, "symbol": listed, "quantity": "201"}
    small = {**BUY, "symbol": listed, "quantity": "19"}
    here = [trader.post(ORDERS, json=order) for order in (high, large, small)]
    there = [door.ask("POST", ORDERS, order) for order in (high, large, small)]
    _, least = door.ask("POST", ORDERS, {**small, "quantity": "20"})
    path, less = f"{ORDERS}/{least['orderId']}", {"quantity": "19"}

    def code():
        return trader.patch(path, json=less).json()["code"]

    # The records follow what the native door took.
    until(lambda: code() != "NOT_FOUND", "the order is not found at the other door")
    codes = [code(), door.ask("PATCH", path, less)[1]["code"]]
    empty = admin.patch(f"{PATH}/{listed}", json={"reason": "a test"})
    door.close()

    assert (row["priceMax"], row["quantityMax"], row["leverageMax"]) == ("0.6", "200", 3)
    assert [one.status_code for one in here] == [422] * 3
    assert [status for status, _ in there] == [422] * 3
    assert [said["code"] for _, said in there] == ["PRICE_BAND", "MAX_ORDER_QTY", "QTY_TOO_SMALL"]
    assert [one.json()["code"] for one in here[1:]] == ["MAX_ORDER_QTY", "QTY_TOO_SMALL"]
    assert there[2][1]["errors"][0]["pointer"] == "/quantity"
    assert codes == ["QTY_TOO_SMALL"] * 2
    assert (empty.status_code, empty.json()["code"]) == (422, "UNCHANGED")


def test_a_trade_beyond_its_band_pauses_the_symbol(admin, trader, listed):
    """The volatility halt of the engine is reached by an instrument's terms."""
    admin.patch(f"{PATH}/{listed}", json={"bandBps": 100, "haltMs": 60_000, "reason": "a test"})
    order = {"symbol": listed, "type": "limit", "quantity": "100"}
    for side, price in (("sell", "0.5"), ("buy", "0.5"), ("sell", "0.52"), ("buy", "0.52")):
        trader.post(ORDERS, json={**order, "side": side, "price": price})

    assert admin.get(f"{PATH}/{listed}").json()["phase"] == "auction"


def test_a_symbol_is_taken_out_once_nothing_is_left_in_it(venue, admin, trader, listed):
    """First it is closed, then it is empty; its name and its place stay taken."""
    path = f"{PATH}/{listed}"
    placed = trader.post(ORDERS, json={**BUY, "symbol": listed}).json()["orderId"]
    is_open = admin.delete(path, params={"reason": "a test"})
    admin.put(f"{path}/state", json={"state": "closed", "reason": "a test"})
    has_order = admin.delete(path, params={"reason": "a test"})
    trader.delete(f"{ORDERS}/{placed}")
    gone = [admin.delete(path, params={"reason": "a test"}) for _ in range(2)]
    again = admin.put(f"{path}/state", json={"state": "open", "reason": "a test"})
    door, _ = native(venue, admin, trader)
    here = trader.post(ORDERS, json={**BUY, "symbol": listed})
    there = door.ask("POST", ORDERS, {**BUY, "symbol": listed})
    taken = admin.post(PATH, json={**NEW, "symbol": listed})
    door.close()

    assert [one.json()["code"] for one in (is_open, has_order)] == ["INSTRUMENT_IN_USE"] * 2
    assert "phase=open" in is_open.json()["detail"]
    assert "open_orders=1" in has_order.json()["detail"]
    assert [(one.status_code, one.json()["isTrading"]) for one in gone] == [(200, False)] * 2
    assert (again.status_code, again.json()["code"]) == (409, "DELISTED")
    assert (here.status_code, here.json()["code"]) == (409, "DELISTED")
    assert (there[0], there[1]["code"]) == (409, "DELISTED")
    assert here.json()["detail"] == there[1]["detail"]
    assert taken.status_code == 409


def test_the_stream_of_instruments_tells_what_comes(venue, admin):
    """Its snapshot has every instrument, and an update each that comes or changes."""
    with connect(
        f"ws://127.0.0.1:{venue.port}/ws", subprotocols=["tradecore.v1"], proxy=None
    ) as line:
        line.send(json.dumps({"op": "subscribe", "channels": ["instruments"]}))
        _, snapshot = (json.loads(line.recv(timeout=10)) for _ in range(2))
        name = next(NAMES)
        admin.post(PATH, json={**NEW, "symbol": name, "state": "halted"})
        update = json.loads(line.recv(timeout=10))

    assert [one["symbol"] for one in snapshot["data"]][:3] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert (update["data"]["symbol"], update["data"]["phase"]) == (name, "halted")
    assert update["seq"] == snapshot["seq"] + 1


class Owner(NamedTuple):
    """Whose key opens the native door."""

    user: str
    account: int


def rows(client):
    """Return what is traded, without what moves by itself."""
    found = client.get(PATH).json()["data"]
    return [{**one, "markPrice": ""} for one in found]


@pytest.mark.parametrize("is_restored", [False, True], ids=["restart", "restore"])
def test_a_restart_has_the_same_instruments(is_restored):
    """Listed, changed, delisted; with the books' checkpoint, and from a backup's journal alone."""
    with quick_folder() as folder:
        with running_venue(folder) as first:
            token, root = first.token("trader", account=7), first.admin()
            with first.client(token) as trader, first.client(root) as admin:
                for name in ("AUSDT", "BUSDT"):
                    admin.post(PATH, json={**NEW, "symbol": name, "state": "halted"})
                change = {"state": "open", "bandBps": 50, "leverageMax": 4, "reason": "a test"}
                admin.patch(f"{PATH}/BUSDT", json=change)
                admin.patch(f"{PATH}/BTCUSDT", json={"priceMax": "90000", "reason": "a test"})
                admin.put(f"{PATH}/AUSDT/state", json={"state": "closed", "reason": "a test"})
                admin.delete(f"{PATH}/AUSDT", params={"reason": "a test"})
                money = {"amount": "10000", "reason": "a test"}
                admin.post("/admin/accounts/7/deposits", json=money)
                placed = trader.post(ORDERS, json={**BUY, "symbol": "BUSDT"}).json()
                known = rows(admin)
        again = folder.with_name("again") if is_restored else folder
        if is_restored:
            back_up(folder, folder.with_name("saved"))
            restore(folder.with_name("saved"), again)
            (again / "books.tcb").unlink()
        more = [f"instruments.NUSDT.{name}={value}" for name, value in SETTINGS.items()]
        with (
            running_venue(again, overrides=more) as second,
            second.client(token) as trader,
            second.client(root) as admin,
        ):
            found = rows(admin)
            kept = trader.get(f"/api/orders/{placed['orderId']}").json()
            order = {**BUY, "symbol": "NUSDT"}
            fresh = trader.post(ORDERS, json=order).status_code
            large = trader.post(ORDERS, json={**BUY, "symbol": "BTCUSDT", "price": "90001"})
            door, _ = native(second, admin, Owner("trader", 7))
            gone = door.ask("POST", ORDERS, {**BUY, "symbol": "AUSDT"})[1]["code"]
            door.close()

    assert found[:5] == known
    assert [(one["symbol"].upper(), one["index"]) for one in found[3:]] == [
        ("AUSDT", 3),
        ("BUSDT", 4),
        ("NUSDT", 5),
    ]
    assert (kept["status"], kept["symbol"]) == ("new", "BUSDT")
    assert (fresh, large.json()["code"], gone) == (201, "BAD_PRICE", "DELISTED")


SETTINGS = {"base": "N", "quote": "USDT", "tick_size": "0.0001", "lot_size": "1", "price": "0.5"}


def test_settings_that_say_something_else_are_refused():
    """Of a listed instrument and of a first one; what may change is changed and stays."""
    more = [f"instruments.NUSDT.{name}={value}" for name, value in SETTINGS.items()]
    with quick_folder() as folder:
        with running_venue(folder) as first, first.client(first.admin()) as admin:
            made = admin.post(PATH, json={**NEW, "symbol": "NUSDT", "base": "N"})
        assert made.status_code == 201
        told = [*more, "instruments.NUSDT.tick_size=0.001", "instruments.NUSDT.maker_fee=0"]
        rule = r"keeps its terms as long as it trades: NUSDT: tick_size: .*; maker_fee: "
        with pytest.raises(InputError, match=rule):
            opened_venue(folder, LogRing(None), told)
        other = [*more, "instruments.NUSDT.leverage_max=9"]
        with running_venue(folder, overrides=other) as again, again.client(again.admin()) as admin:
            begun = admin.get(f"{PATH}/NUSDT").json()["leverageMax"]
            admin.patch(f"{PATH}/NUSDT", json={"leverageMax": 8, "reason": "a test"})
        with running_venue(folder, overrides=other) as third, third.client(third.admin()) as admin:
            kept = admin.get(f"{PATH}/NUSDT").json()["leverageMax"]

    assert (begun, kept) == (20, 8)


def test_the_command_lists_changes_and_takes_out(venue, capsys):
    """What an operator types does what the API does; a refusal is one line and code 1."""
    name, data = next(NAMES), str(venue.gateway.settings.store.data)
    at = ["--data", data, "--port", str(venue.port)]
    why = ["--reason", "a test"]
    terms = ["--base", "C", "--quote", "USDT", "--tick", "0.01", "--lot", "1", "--price", "5"]

    def run(*words):
        code = main(["instruments", *words, *at])
        said = capsys.readouterr()
        return code, said.out + said.err

    listed = run("add", name, *terms, *why, "--term", "leverageMax=7")
    twice = run("add", name, *terms, *why)
    closed = run("change", name, "--term", "state=closed", *why)
    wrong = run("change", name, "--term", "leverageMax", *why)
    gone = run("delist", name, *why, "--json")
    shown = run("list")
    nobody = main(["instruments", "list", "--data", data, "--port", "1"])

    assert (listed[0], closed[0], gone[0], shown[0]) == (0, 0, 0, 0)
    assert "leverage 7" in listed[1]
    assert twice[0] == 1
    assert "409 SYMBOL_TAKEN" in twice[1]
    assert (wrong[0], nobody) == (2, 6)
    assert json.loads(gone[1])["isTrading"] is False
    assert "delisted" in shown[1]
