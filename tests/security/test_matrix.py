"""Every role at every route, with its own, a foreign and a missing object."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

import pytest

pytest.importorskip("fastapi", reason="needs the extra venue")

from websockets.sync.client import connect

from support.route_table import ANYBODY, MAY, OPS_OR_HERE, PUBLIC, ROUTES
from support.venue_server import quick_folder, running_venue
from tradecore.gateway.app import make_api
from tradecore.identity import Role

READS_ALL = {Role.RISK_MANAGER, Role.COMPLIANCE, Role.ADMIN}
WRITES_ALL = {Role.ADMIN}
ORDER = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.01", "price": "40000"}
MISSING = "999999999"
ADMIN_TOKEN = "q7Wc9ZtR2nX4vB8mK1pL6sD3fG5hJ0yT"  # noqa: S105 - of this test alone


@dataclass(frozen=True)
class Somebody:
    """A user of a role, with an account and money."""

    role: Role
    login: str
    user_id: str
    account: int
    token: str


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with (
        quick_folder() as folder,
        running_venue(folder, environ={"ADMIN_TOKEN": ADMIN_TOKEN}) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def admin(venue):
    """Return a client that may do everything."""
    with venue.client(venue.admin()) as client:
        yield client


@pytest.fixture(scope="module")
def people(venue, admin):
    """Return a user of each role, and a trader whose things are foreign to all of them."""
    found = {}
    for number, role in enumerate([*Role, "stranger"], 501):
        login = f"{role}-{number}".replace("_", "-")
        kind = Role.TRADER if role == "stranger" else role
        token = venue.token(login, (kind,), account=number)
        money = {"amount": "1000000", "reason": "a test"}
        assert admin.post(f"/admin/accounts/{number}/deposits", json=money).status_code == 200
        user_id = venue.gateway.identity.users.find(login).id
        found[role] = Somebody(kind, login, user_id, number, token)
    return found


@pytest.fixture(scope="module")
def order_of(admin):
    """Return a function that places an order for somebody, and says its id."""
    prices = itertools.count(30_000)

    def place(somebody: Somebody) -> str:
        order = ORDER | {"user_id": somebody.user_id, "price": str(next(prices))}
        answer = admin.post("/api/v1/trading/orders", json=order)
        assert answer.status_code == 201, answer.text
        return answer.json()["order_id"]

    return place


def path_for(path: str, somebody: Somebody, order: str = MISSING) -> str:
    """Return a path with its places filled in."""
    return path.format(
        orderId=order,
        order_id=order,
        symbol="BTCUSDT",
        user_id=somebody.user_id,
        account=somebody.account,
        key_id="tck_aaaaaaaaaaaaaaaa",
    )


def ask(client, method: str, path: str):
    """Ask with an empty body, which says whether the door is open and changes nothing."""
    body = {} if method in {"POST", "PUT", "PATCH"} else None
    return client.request(method, path, json=body)


def routes_of(router):
    """Yield every route of a router, and of the routers within it."""
    for one in router.routes:
        inner = getattr(one, "original_router", None)
        if inner is None:
            yield one
        else:
            yield from routes_of(inner)


def test_the_table_has_every_route():
    """No route is served that this test does not know, and none is known that is not served.

    Those of the router itself, so that one cannot hide by not being described.
    """
    served = {
        (method, route.path)
        for route in routes_of(make_api())
        for method in getattr(route, "methods", None) or ["WS"]
        if method != "HEAD"
    }
    pages = {("GET", "/docs"), ("GET", "/openapi.json"), ("WS", "/ws")}
    described = {
        (method.upper(), path)
        for path, operations in make_api().openapi()["paths"].items()
        for method in operations
    }
    assert served == {*ROUTES} | pages
    assert described == {*ROUTES}


def test_every_object_of_a_route_is_asked_for_as_a_stranger_s():
    """Whatever a path names that is somebody's, a test below asks for another's."""
    owned = {(method, path) for method, path in ROUTES if "{" in path.replace("{symbol}", "")}
    named = {(method, path.partition("?")[0]) for method, path, *_ in NAMING}
    assert owned == {*ORDER_ROUTES} | {one for one in named if "{" in one[1]} | {*ADMIN_OBJECTS}


@pytest.mark.parametrize("role", Role)
def test_a_role_comes_to_the_routes_of_its_scopes(venue, people, role):
    """Without the scope the answer is 403 whatever was asked; with it, it is another."""
    somebody = people[role]
    wrong = []
    with venue.client(somebody.token) as client:
        for (method, path), scope in ROUTES.items():
            if path == "/auth/revoke":
                continue
            status = ask(client, method, path_for(path, somebody)).status_code
            is_open = scope in {PUBLIC, ANYBODY} or scope in MAY[role]
            expected = {200, 201, 304, 400, 404, 409, 422} if is_open else {403}
            if scope == PUBLIC and path.startswith("/auth"):
                expected = {400, 422}
            if status not in expected:
                wrong.append((method, path, status))
    assert not wrong


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"X-API-KEY": "tck_aaaaaaaaaaaaaaaa"},
        {"X-Admin-Token": "wrong"},
        {"X-Forwarded-For": "127.0.0.1", "Authorization": "bearer"},
    ],
    ids=["nothing", "empty", "forged", "basic", "half-signed", "admin-token", "forwarded"],
)
def test_nobody_comes_to_what_is_not_public(venue, people, headers):
    """Without a proof that holds, each route that is not public answers 401 and the same."""
    wrong = []
    with venue.client() as client:
        client.headers.update(headers)
        for (method, path), scope in ROUTES.items():
            if scope in {PUBLIC, OPS_OR_HERE}:
                continue
            answer = ask(client, method, path_for(path, people["stranger"]))
            said = (answer.status_code, answer.json().get("code"))
            if said != (401, "UNAUTHENTICATED") or "WWW-Authenticate" not in answer.headers:
                wrong.append((method, path, said))
    assert not wrong


def test_who_is_here_looks_after_the_venue(venue):
    """Prometheus on the venue's own machine needs no token; one that is wrong is still refused."""
    with venue.client() as client:
        for path in ("/metrics", "/health/detailed"):
            assert client.get(path).status_code == 200
            wrong = {"Authorization": "Bearer x.y.z"}
            assert client.get(path, headers=wrong).status_code == 401


def test_the_admin_token_opens_the_administration(venue, people):
    """It opens what runs the venue, and none of the routes of traders."""
    wrong = []
    with venue.client() as client:
        client.headers["X-Admin-Token"] = ADMIN_TOKEN
        for (method, path), scope in ROUTES.items():
            if scope in {PUBLIC, OPS_OR_HERE}:
                continue
            status = ask(client, method, path_for(path, people["stranger"])).status_code
            is_open = path.startswith(("/admin", "/metrics"))
            if (status in {401, 403}) is is_open:
                wrong.append((method, path, status))
    assert not wrong


ORDER_ROUTES = [
    (method, path) for method, path in ROUTES if path.endswith(("{orderId}", "{order_id}"))
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", ORDER_ROUTES, ids=" ".join)
def test_a_foreign_order_looks_like_a_missing_one(venue, people, order_of, role, route):
    """Its own order a role reaches, another's only across accounts, and is told nothing of it."""
    method, path = route
    somebody, scope = people[role], ROUTES[route]
    body = {"price": "25000"} if method == "PATCH" else None
    with venue.client(somebody.token) as client:
        own, foreign, missing = (
            client.request(method, path_for(path, somebody, order), json=body)
            for order in (order_of(somebody), order_of(people["stranger"]), MISSING)
        )
    if scope not in MAY[role]:
        assert [own.status_code, foreign.status_code, missing.status_code] == [403, 403, 403]
        return
    reaches = role in (READS_ALL if scope == "orders:read" else WRITES_ALL)
    assert own.status_code == 200
    assert missing.status_code == 404
    assert foreign.status_code == (200 if reaches else 404)
    if not reaches:
        told = [{**one.json(), "trace_id": "", "instance": ""} for one in (foreign, missing)]
        assert told[0] == told[1]


NAMING = [
    ("GET", "/api/v1/trading/users/{user_id}/trades", None, "orders:read"),
    ("GET", "/api/v1/trading/users/{user_id}/risk-profile", None, "risk:read"),
    ("GET", "/api/risk/metrics?account={account}", None, "risk:read"),
    ("GET", "/api/risk/limits?account={account}", None, "risk:read"),
    ("POST", "/api/v1/trading/risk/check", {"order": {}}, "risk:read"),
    ("POST", "/api/v1/trading/orders", ORDER, "orders:write"),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("naming", NAMING, ids=lambda naming: " ".join(naming[:2]))
def test_another_s_name_is_refused(venue, people, role, naming):
    """Who names another user or account is refused, unless its role reaches that far."""
    somebody, (method, path, body, scope) = people[role], naming
    statuses = []
    with venue.client(somebody.token) as client:
        for whose in (somebody, people["stranger"]):
            sent = None if body is None else {**body, "user_id": whose.user_id}
            statuses.append(client.request(method, path_for(path, whose), json=sent).status_code)
    own = 201 if scope == "orders:write" else 200
    reaches = role in (WRITES_ALL if scope == "orders:write" else READS_ALL)
    if scope not in MAY[role]:
        assert statuses == [403, 403]
    else:
        assert statuses == [own, own if reaches else 403]


#: Objects of whoever administers the venue: no role without the scope comes to any, and with it to
#: each; what is not there is 404, or of an account nobody opened, empty.
ADMIN_OBJECTS = [
    (method, path)
    for method, path in ROUTES
    if path.startswith("/admin") and "{" in path.replace("{symbol}", "")
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", ADMIN_OBJECTS, ids=" ".join)
def test_an_administrator_s_object_is_nobody_else_s(venue, people, role, route):
    """Of one's own, a stranger's and a missing one no role without the scope learns anything."""
    method, path = route
    somebody, stranger = people[role], people["stranger"]
    nobody = Somebody(role, "nobody", "usr_nobody", 999_999, "")
    with venue.client(somebody.token) as client:
        answers = [ask(client, method, path_for(path, one)) for one in (somebody, stranger, nobody)]
    statuses = [one.status_code for one in answers]
    if ROUTES[route] not in MAY[role]:
        told = [{**one.json(), "trace_id": "", "instance": ""} for one in answers]
        assert statuses == [403, 403, 403]
        assert told[0] == told[1] == told[2]
    else:
        assert {*statuses} <= {200, 201, 404, 422}
        # A body that says nothing is refused before anybody looks for its object.
        assert statuses[1] == (404 if "{key_id}" in path else statuses[0])
        assert (statuses[2] == 404) is ("{account}" not in path and 422 not in statuses)


def test_lists_show_one_s_own(venue, people, order_of):
    """A trader's list has its own orders and nobody else's."""
    trader = people[Role.TRADER]
    own, foreign = order_of(trader), order_of(people["stranger"])
    with venue.client(trader.token) as client:
        listed = client.get("/api/orders", params={"limit": 1000}).json()["data"]
    numbers = {one["orderId"] for one in listed}
    assert own in numbers
    assert foreign not in numbers


CHANNELS = {
    "orders": "orders:read",
    "fills": "orders:read",
    "positions": "positions:read",
    "risk": "risk:read",
}


def on_a_line(venue, *messages: dict) -> list[dict]:
    """Say something on a WebSocket, and return the answer to each."""
    address = f"ws://127.0.0.1:{venue.port}/ws"
    answers = []
    with connect(address, subprotocols=["tradecore.v1"], proxy=None) as socket:
        for message in messages:
            socket.send(json.dumps(message))
            answers.append(json.loads(socket.recv(timeout=10)))
    return answers


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_private_channel_is_for_its_scope(venue, people, channel):
    """Nobody unproved hears of orders and money, and no role without the scope does."""
    subscribe = {"op": "subscribe", "channels": [channel]}
    (answer,) = on_a_line(venue, subscribe)
    assert answer["code"] == "UNAUTHENTICATED"
    for role in Role:
        proof = {"op": "auth", "token": people[role].token}
        _, answer = on_a_line(venue, proof, subscribe)
        is_open = CHANNELS[channel] in MAY[role]
        assert answer.get("code") == (None if is_open else "FORBIDDEN"), role


@pytest.mark.parametrize("role", Role)
def test_anybody_ends_its_own_token(venue, people, role):
    """After a logout the token opens nothing any more."""
    token = venue.token(people[role].login)
    with venue.client(token) as client:
        assert client.post("/auth/revoke", json={}).status_code == 204
        assert client.get("/api/orders").status_code == 401
