"""What holds for every request: one form of refusals, keys, sizes, headers."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.venue_server import ACCOUNTS, quick_folder, running_venue

LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}
ORDERS = "/api/trading/orders"
ORIGIN = "https://desk.example"


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with (
        quick_folder() as folder,
        running_venue(
            folder,
            overrides=(f"server.cors_origins={ORIGIN}", "server.body_bytes_max=4096"),
        ) as running,
    ):
        yield running


# One form of refusals


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        pytest.param("GET", "/nowhere", None, 404, "NOT_FOUND", id="no-path"),
        pytest.param("PUT", "/api/orders", b"{}", 405, "METHOD_NOT_ALLOWED", id="no-method"),
        pytest.param("TRACE", "/api/orders", None, 405, "METHOD_NOT_ALLOWED", id="trace"),
        pytest.param("POST", ORDERS, b"{", 400, "MALFORMED_JSON", id="no-json"),
        pytest.param("POST", ORDERS, b"[" * 40, 400, "JSON_TOO_DEEP", id="deep"),
        pytest.param("POST", ORDERS, b"[]", 422, "VALIDATION", id="a-list"),
        pytest.param("POST", ORDERS, b"null", 422, "VALIDATION", id="null"),
        pytest.param("POST", ORDERS, b"", 422, "VALIDATION", id="nothing"),
        pytest.param("POST", ORDERS, b'"' + b"x" * 5_000 + b'"', 413, "BODY_TOO_LARGE", id="large"),
        pytest.param("GET", "/api/orders?limit=0", None, 400, "BAD_PARAMETER", id="limit"),
        pytest.param("GET", "/api/orders?limit=x", None, 400, "BAD_PARAMETER", id="no-number"),
        pytest.param("GET", "/api/orders?status=x", None, 400, "BAD_PARAMETER", id="status"),
        pytest.param("GET", "/api/orders/x", None, 400, "BAD_PARAMETER", id="no-order-id"),
        pytest.param("GET", "/api/orders/" + "9" * 19, None, 404, "NOT_FOUND", id="huge-id"),
        pytest.param("GET", "/api/orders?" + "x" * 9_000, None, 414, "TARGET_TOO_LONG", id="long"),
        pytest.param(
            "GET", "/api/trading/orderbook/%00", None, 400, "BAD_PARAMETER", id="zero-byte"
        ),
        pytest.param("GET", "/api/trading/orderbook/DOGE", None, 404, "UNKNOWN_SYMBOL", id="doge"),
    ],
)
def test_every_refusal_is_a_problem(trader, method, path, body, status, code):  # noqa: PLR0917
    """Whoever refuses, the framework too: one form, a code, the number that finds it in the log."""
    headers = {"content-type": "application/json"} if body is not None else {}
    answer = trader.request(method, path, content=body, headers=headers)

    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["status"] == status
    assert said["trace_id"] == answer.headers["x-trace-id"]
    assert said["type"].endswith(code.lower().replace("_", "-"))
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/json; charset=latin-1", ""]
)
def test_a_body_is_json_in_utf_8(trader, kind):
    """Another kind of body is refused before it is read as anything."""
    answer = trader.post(ORDERS, content=b"{}", headers={"content-type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_answer_says_what_a_browser_must_not_do(trader):
    """Headers of security are in each, refusals too."""
    for path in ("/health", "/nowhere", "/docs", "/api/orders"):
        headers = trader.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["cache-control"] == "no-store", path
        assert "server" not in headers, path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path


def test_a_trace_of_the_caller_is_kept(trader):
    """A `traceparent` names the request; anything else that calls itself one is left alone."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    kept = trader.get("/health", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    made = trader.get("/health", headers={"traceparent": "00-x\x20y"})

    assert kept.headers["x-trace-id"] == trace
    assert len(made.headers["x-trace-id"]) == 32


def test_a_line_break_in_a_header_is_no_header(venue):
    """What a client sends cannot end one of our lines and begin another."""
    with socket.create_connection(("127.0.0.1", venue.port), timeout=10) as line:
        line.sendall(
            b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"traceparent: 00-x\r\n X-Forged: 1\r\n\r\n"
        )
        answer = b"".join(iter(lambda: line.recv(65_536), b""))

    assert b"forged" not in answer.lower()


def test_pages_of_listed_origins_may_call_and_others_not(venue):
    """Without a setting nobody's page may."""
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    with venue.client() as client:
        listed = client.options(ORDERS, headers=asked)
        other = client.options(ORDERS, headers={**asked, "Origin": "https://elsewhere.example"})

    assert listed.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in listed.headers


# Keys


def keyed(client, key, **changes):
    """Place an order with an idempotency key."""
    return client.post(ORDERS, json={**LIMIT, **changes}, headers={"Idempotency-Key": key})


def test_a_request_with_a_key_is_done_once(trader):
    """The second answer is the first, and says so; another body is refused."""
    first, again = keyed(trader, "a"), keyed(trader, "a")
    other = keyed(trader, "a", quantity="0.2")
    quoted = keyed(trader, '"a"')

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content == quoted.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    open_orders = trader.get("/api/orders", params={"status": "active"}).json()["data"]
    assert len(open_orders) == 1


def test_a_refused_order_is_refused_the_same_way_again(trader):
    """The order was kept, as rejected: once."""
    first, again = keyed(trader, "b", quantity="5"), keyed(trader, "b", quantity="5")

    assert first.status_code == again.status_code == 422
    assert first.json()["order_id"] == again.json()["order_id"]
    rejected = trader.get("/api/orders", params={"status": "rejected"}).json()["data"]
    assert len(rejected) == 1


def test_what_was_not_done_may_be_tried_again(trader):
    """A request that was malformed did nothing: its key is free."""
    bad = keyed(trader, "c", side="up")
    good = keyed(trader, "c", side="up")
    fixed = trader.post(ORDERS, json={**LIMIT, "side": "buy"}, headers={"Idempotency-Key": "d"})

    assert (bad.status_code, good.status_code, fixed.status_code) == (422, 422, 201)


def test_a_key_belongs_to_its_user_and_path(venue, trader, admin):
    """The same word from another user is another key."""
    account = next(ACCOUNTS)
    money = {"amount": "1000000", "reason": "a test"}
    first = admin.post(
        f"/admin/accounts/{account}/deposits", json=money, headers={"Idempotency-Key": "k"}
    )
    again = admin.post(
        f"/admin/accounts/{account}/deposits", json=money, headers={"Idempotency-Key": "k"}
    )
    with venue.client(venue.token(f"t{account}", account=account)) as other:
        placed = [keyed(trader, "k"), keyed(other, "k")]

    assert first.json()["wallet"] == again.json()["wallet"] == "1000000"
    assert len({one.json()["orderId"] for one in placed}) == 2


def test_of_many_at_once_one_is_done(trader):
    """The others are told that it is under way, or get its answer."""
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda _: keyed(trader, "e"), range(8))]

    codes = {one.status_code for one in answers}
    assert codes <= {201, 409}
    assert {one.json()["code"] for one in answers if one.status_code == 409} <= {
        "IDEMPOTENCY_KEY_IN_FLIGHT"
    }
    assert len(trader.get("/api/orders", params={"status": "active"}).json()["data"]) == 1


def test_a_key_left_by_a_killed_venue_finds_its_order(venue, trader):
    """The order was placed, its answer lost: the same request gets the order, and places none."""
    first = keyed(trader, "f").json()
    subject = first["userId"]
    records = venue.gateway.floor.records.answers
    with records.database.writing() as connection:
        connection.exec_driver_sql(
            "update answers set status = null where key = 'f' and scope like ?",
            (f"{subject} %",),
        )
    again = keyed(trader, "f")

    assert again.status_code == 201
    assert again.json()["orderId"] == first["orderId"]
    assert len(trader.get("/api/orders", params={"status": "active"}).json()["data"]) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\x7f"])
def test_a_key_is_visible_characters(trader, key):
    """Everything else is no key."""
    answer = keyed(trader, key)

    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_IDEMPOTENCY_KEY")
