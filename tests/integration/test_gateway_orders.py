"""Orders over a real socket: both spellings, one engine."""

from __future__ import annotations

import itertools

import pytest

from support.venue_server import quick_folder, running_venue

ACCOUNTS = itertools.count(1_001)
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.5", "price": "44000"}


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here; each trades with users of its own."""
    with quick_folder() as folder, running_venue(folder) as running:
        yield running


@pytest.fixture
def trader(venue):
    """Return a client of a user with an account and money of its own."""
    account = next(ACCOUNTS)
    token = venue.token(f"t{account}", account=account)
    with venue.client(venue.admin()) as admin:
        money = {"amount": "1000000", "reason": "a test"}
        assert admin.post(f"/admin/accounts/{account}/deposits", json=money).status_code == 200
    with venue.client(token) as client:
        client.account, client.user = account, f"t{account}"
        yield client


def place(client, **changes):
    """Place an order, and return its answer."""
    said = {name: value for name, value in {**LIMIT, **changes}.items() if value is not None}
    return client.post("/api/trading/orders", json=said)


def test_an_order_is_placed_changed_read_and_taken_out(trader):
    """Every answer says how the order stands then."""
    placed = place(trader)
    number = placed.json()["orderId"]
    changed = trader.patch(f"/api/trading/orders/{number}", json={"price": "43000.5"})
    read = trader.get(placed.headers["Location"])
    gone = trader.delete(f"/api/trading/orders/{number}")
    again = trader.delete(f"/api/trading/orders/{number}")
    late = trader.patch(f"/api/trading/orders/{number}", json={"price": "43000"})

    assert [one.status_code for one in (placed, changed, read, gone, again, late)] == [
        *(201, 200, 200, 200, 200, 409)
    ]
    assert placed.json()["status"] == "new"
    assert (changed.json()["price"], read.json()["price"]) == ("43000.5", "43000.5")
    assert gone.json()["status"] == again.json()["status"] == "cancelled"
    assert late.json()["code"] == "ORDER_NOT_LIVE"
    assert late.json()["order_id"] == number


def test_fills_are_in_the_answer_and_stay_readable(trader):
    """The taker's answer has its fill; the maker reads its own later."""
    maker = place(trader, symbol="ETHUSDT", price="2500", quantity="1").json()["orderId"]
    taker = place(trader, symbol="ETHUSDT", side="sell", type="market", price=None, quantity="0.4")

    said = taker.json()
    assert (said["status"], said["averagePrice"], said["price"]) == ("filled", "2500", None)
    assert [(one["price"], one["quantity"], one["liquidity"]) for one in said["fills"]] == [
        ("2500", "0.4", "taker")
    ]
    made = trader.get(f"/api/orders/{maker}").json()
    assert (made["status"], made["filledQuantity"], made["leavesQuantity"]) == (
        *("partially_filled", "0.4", "0.6"),
    )
    assert [one["liquidity"] for one in made["fills"]] == ["maker"]
    trader.delete(f"/api/trading/orders/{maker}")


def test_a_refused_order_is_kept_and_named(trader):
    """The requirement's own example is above its own limit: the problem says which and by what."""
    refused = place(trader, quantity="1.5", price="45000.00")

    said = refused.json()
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert (said["code"], said["limit"], said["value"]) == ("MAX_ORDER_VALUE", "50000", "67500")
    assert said["scope"] == "global"
    kept = trader.get(f"/api/orders/{said['order_id']}").json()
    assert (kept["status"], kept["rejectCode"]) == ("rejected", "MAX_ORDER_VALUE")
    listed = trader.get("/api/orders", params={"status": "rejected"}).json()["data"]
    assert said["order_id"] in {one["orderId"] for one in listed}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"price": "44000.001"}, 422, "OFF_TICK", id="tick"),
        pytest.param({"quantity": "0.00001"}, 422, "QTY_TOO_SMALL", id="lot"),
        pytest.param({"quantity": "0"}, 422, "QTY_NOT_POSITIVE", id="nothing"),
        pytest.param({"quantity": "-1"}, 422, "QTY_NOT_POSITIVE", id="negative"),
        pytest.param({"quantity": "0.0001", "price": "1"}, 422, "MIN_NOTIONAL", id="value"),
        pytest.param({"price": "60000"}, 422, "PRICE_COLLAR", id="collar"),
        pytest.param({"symbol": "DOGEUSDT"}, 404, "UNKNOWN_SYMBOL", id="symbol"),
        pytest.param({"side": "hold"}, 422, "VALIDATION", id="side"),
        pytest.param({"quantity": True}, 422, "VALIDATION", id="truth-is-no-number"),
        pytest.param({"quantity": "1e3"}, 422, "VALIDATION", id="exponent"),
        pytest.param({"reduceOnly": "yes"}, 422, "VALIDATION", id="word-for-truth"),
        pytest.param({"color": "blue"}, 422, "VALIDATION", id="unknown-field"),
        pytest.param({"clientOrderId": "a b"}, 422, "VALIDATION", id="name-with-blank"),
        pytest.param({"timeInForce": "FOK"}, 422, "FOK_NOT_FILLABLE", id="fok"),
        pytest.param({"reduceOnly": True}, 422, "REDUCE_ONLY_WOULD_INCREASE", id="reduce-only"),
    ],
)
def test_each_refusal_has_its_code(trader, changes, status, code):
    """Clients decide by the code; it does not change."""
    refused = place(trader, **changes)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_name_is_used_once_while_its_order_is_open(trader):
    """The second one is refused with 409, and free again afterwards."""
    number = place(trader, clientOrderId="mine").json()["orderId"]
    twice = place(trader, clientOrderId="mine", price="43000")
    trader.delete(f"/api/trading/orders/{number}")

    assert (twice.status_code, twice.json()["code"]) == (409, "DUPLICATE_CLIENT_ORDER_ID")


def test_stops_and_icebergs_are_orders_like_others(trader):
    """A stop waits, shows its trigger and is taken out; an iceberg shows a part."""
    stop = place(trader, side="sell", type="stop", price=None, stopPrice="40000", quantity="0.1")
    limit = place(
        trader, side="sell", type="stop_limit", price="39000", stopPrice="40000", quantity="0.1"
    )
    iceberg = place(trader, type="iceberg", displayQuantity="0.1", price="43000", quantity="1")

    assert [one.status_code for one in (stop, limit, iceberg)] == [201, 201, 201], iceberg.text
    assert (stop.json()["type"], stop.json()["stopPrice"]) == ("stop", "40000")
    assert (limit.json()["type"], limit.json()["price"]) == ("stop_limit", "39000")
    book = trader.get("/api/trading/orderbook/BTCUSDT").json()
    assert ["43000", "0.1"] in book["bids"]
    for one in (stop, limit, iceberg):
        gone = trader.delete(f"/api/trading/orders/{one.json()['orderId']}")
        assert gone.json()["status"] == "cancelled"


def test_the_other_family_is_the_same_engine(trader):
    """An order of one is read and taken out by the other."""
    placed = trader.post(
        "/api/v1/trading/orders",
        json={
            "user_id": trader.user,
            "symbol": "BTC_USDT",
            "side": "buy",
            "type": "limit",
            "quantity": 0.1,
            "price": 43210.1,
            "stop_price": 1.1,
        },
    )
    said = placed.json()
    camel = trader.get(f"/api/orders/{said['order_id']}").json()
    gone = trader.delete(f"/api/v1/trading/orders/{said['order_id']}").json()

    assert placed.status_code == 201
    assert (said["symbol"], said["price"], said["remaining_quantity"]) == (
        *("BTC_USDT", "43210.1", "0.1"),
    )
    assert len(said["warnings"]) == 1
    assert (camel["symbol"], camel["price"]) == ("BTCUSDT", "43210.1")
    assert gone["status"] == "cancelled"


def test_orders_are_listed_newest_first_page_by_page(trader):
    """Pages do not overlap, whatever comes in between, and the header says where the next is."""
    numbers = [
        place(trader, quantity="0.1", price=f"{43000 + n}").json()["orderId"] for n in range(5)
    ]
    first = trader.get("/api/orders", params={"limit": 2, "status": "active"})
    place(trader, quantity="0.1", price="42000")
    seen = [one["orderId"] for one in first.json()["data"]]
    page = first
    while page.json()["nextCursor"]:
        page = trader.get(page.links["next"]["url"])
        seen += [one["orderId"] for one in page.json()["data"]]
    everything = trader.get("/api/orders", params={"limit": 1_000}).json()["data"]
    for one in everything:
        if one["status"] == "new":
            trader.delete(f"/api/trading/orders/{one['orderId']}")

    assert seen == numbers[::-1], [first.json(), trader.get(f"/api/orders/{numbers[-1]}").json()]
    assert trader.get("/api/orders", params={"status": "active"}).json()["data"] == []
    bad = trader.get("/api/orders", params={"cursor": "x"})
    assert (bad.status_code, bad.json()["code"]) == (400, "BAD_CURSOR")


def test_nobody_sees_or_touches_what_is_another_ones(venue, trader):
    """Somebody else's order is answered as one that is not there; an admin sees it."""
    number = place(trader).json()["orderId"]
    with venue.client(venue.token("stranger", account=99)) as stranger:
        answers = [
            stranger.get(f"/api/orders/{number}"),
            stranger.delete(f"/api/trading/orders/{number}"),
            stranger.patch(f"/api/trading/orders/{number}", json={"price": "1"}),
            stranger.get("/api/orders/1"),
        ]
        acting = stranger.post(
            "/api/v1/trading/orders", json={**LIMIT, "user_id": trader.user, "quantity": 0.1}
        )
    with venue.client(venue.admin()) as admin:
        seen = admin.get(f"/api/orders/{number}")
    trader.delete(f"/api/trading/orders/{number}")

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(404, "NOT_FOUND")}
    assert acting.status_code == 403
    assert seen.status_code == 200


def test_positions_and_sums_follow_the_fills(trader):
    """What was bought is held, at its price, with its fee paid."""
    place(trader, symbol="SOLUSDT", side="sell", price="100", quantity="10")
    # Trading with oneself moves nothing but fees; another account takes the other side.
    before = trader.get("/api/positions/portfolio/summary").json()

    assert trader.get("/api/positions").json() == {"data": []}
    assert (before["cash"], before["positions"], before["openOrders"]) == ("1000000", 0, 1)


def test_a_book_says_whether_it_changed(trader):
    """Its sequence grows, and an unchanged one is answered 304 without a body."""
    first = trader.get("/api/trading/orderbook/BTC-USDT", params={"depth": 5})
    same = trader.get(
        "/api/trading/orderbook/BTC-USDT",
        params={"depth": 5},
        headers={"If-None-Match": first.headers["ETag"]},
    )
    number = place(trader, price="41111").json()["orderId"]
    other = trader.get(
        "/api/trading/orderbook/BTC-USDT",
        params={"depth": 5},
        headers={"If-None-Match": first.headers["ETag"]},
    )
    trader.delete(f"/api/trading/orders/{number}")

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert other.json()["sequence"] > first.json()["sequence"]
    assert first.json()["symbol"] == "BTC-USDT"


@pytest.mark.parametrize("price", [None, "39000"], ids=["stop", "stop-limit"])
def test_an_order_that_waits_is_given_another_trigger(trader, price):
    """It goes on waiting, with the new one; total and limit stay unless they are given."""
    kind = "stop" if price is None else "stop_limit"
    placed = place(trader, side="sell", type=kind, price=price, stopPrice="40000", quantity="0.1")
    path = f"/api/trading/orders/{placed.json()['orderId']}"
    moved = trader.patch(path, json={"stopPrice": "40500.5"})
    more = trader.patch(path, json={"stopPrice": "40600", "quantity": "0.2"})
    read = trader.get(f"/api/orders/{placed.json()['orderId']}").json()
    wrong = [
        trader.patch(path, json={"stopPrice": stop}) for stop in ("40000.005", "0", "-1", "nan")
    ]
    gone = trader.delete(path).json()

    assert [one.status_code for one in (placed, moved, more)] == [201, 200, 200], moved.text
    said = moved.json()
    assert (said["status"], said["stopPrice"], said["price"]) == ("suspended", "40500.5", price)
    assert (read["stopPrice"], read["quantity"], read["price"]) == ("40600", "0.2", price)
    assert [one.status_code for one in wrong] == [422] * 4
    assert gone["status"] == "cancelled"


def test_only_an_order_that_waits_has_a_trigger(trader):
    """A limit in the book has none to change, and a change without a word is none."""
    path = f"/api/trading/orders/{place(trader).json()['orderId']}"
    refused = trader.patch(path, json={"stopPrice": "40000"})
    empty = trader.patch(path, json={})
    trader.delete(path)

    assert (refused.status_code, refused.json()["code"]) == (422, "NOT_WAITING")
    assert (empty.status_code, empty.json()["code"]) == (422, "UNCHANGED")


def test_a_margin_mode_is_chosen_before_anything_is_held(trader):
    """It stays for what follows; the other one is refused while an order is open."""
    placed = place(trader, marginMode="isolated")
    other = place(trader, marginMode="cross")
    same = place(trader, marginMode="isolated")
    cash = place(trader, marginMode="cash")
    for one in (placed, same):
        trader.delete(f"/api/trading/orders/{one.json()['orderId']}")
    back = place(trader, marginMode="cross")

    assert [one.status_code for one in (placed, same, back)] == [201, 201, 201]
    assert (other.status_code, other.json()["code"]) == (422, "MARGIN_MODE")
    assert (cash.status_code, cash.json()["code"]) == (422, "VALIDATION")
