"""Who may what, and what whoever runs a venue can do."""

from __future__ import annotations

import json

import pytest

from support.native_client import Key
from support.venue_server import quick_folder, running_venue
from tradecore.identity import Role
from tradecore.store.identity_logins import HASHES_AT_ONCE

LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}
ORDERS = "/api/trading/orders"
ADMIN_TOKEN = "0123456789abcdef-admin-token-of-a-test"  # noqa: S105 - of nobody


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with (
        quick_folder() as folder,
        running_venue(
            folder,
            environ={"ADMIN_TOKEN": ADMIN_TOKEN},
        ) as running,
    ):
        yield running


# Who may what


def test_nobody_in_particular_reads_books_and_prices_alone(venue):
    """Everything else asks who is there."""
    with venue.client() as anybody:
        public = [
            "/health",
            "/health/live",
            "/health/ready",
            "/openapi.json",
            "/api/trading/orderbook/BTCUSDT",
            "/api/v1/trading/prices/BTCUSDT",
        ]
        assert {anybody.get(path).status_code for path in public} == {200}
        for path in ("/api/orders", "/api/positions", "/admin/status", "/api/risk/limits"):
            answer = anybody.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "UNAUTHENTICATED"


def test_each_role_does_its_own(venue):
    """A viewer trades nothing, a trader runs nothing, an operator sees and switches nothing."""
    viewer = venue.token("viewer", (Role.VIEWER,), account=500)
    trader = venue.token("plain", (Role.TRADER,), account=501)
    operator = venue.token("operator", (Role.OPERATOR,))
    asked = {
        "place": ("POST", ORDERS, LIMIT),
        "status": ("GET", "/admin/status", None),
        "gc": ("POST", "/admin/gc", None),
        "users": ("GET", "/admin/users", None),
    }
    found = {}
    for name, token in (("viewer", viewer), ("trader", trader), ("operator", operator)):
        with venue.client(token) as client:
            for what, (method, path, body) in asked.items():
                found[name, what] = client.request(method, path, json=body).status_code

    assert [found["viewer", what] for what in asked] == [403, 403, 403, 403]
    assert [found["trader", what] for what in asked] == [422, 403, 403, 403]
    assert [found["operator", what] for what in asked] == [403, 200, 403, 403]


def test_the_venues_own_token_runs_it_from_this_machine(venue):
    """It opens `/admin`, trades nothing, and a wrong one opens nothing."""
    with venue.client(**{"X-Admin-Token": ADMIN_TOKEN}) as client:
        assert client.get("/admin/status").status_code == 200
        assert client.get("/admin/logs").status_code == 200
        assert client.post(ORDERS, json=LIMIT).status_code == 401
    with venue.client(**{"X-Admin-Token": ADMIN_TOKEN[:-1] + "x"}) as client:
        assert client.get("/admin/status").status_code == 401


@pytest.mark.parametrize(
    "offered",
    ["Bearer", "Bearer x", "Basic dDp0", "bearer a.b.c", "Bearer " + "a" * 5_000],
)
def test_what_proves_nothing_lets_nobody_in(venue, offered):
    """All are answered the same."""
    with venue.client(Authorization=offered) as client:
        answer = client.get("/api/orders")

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")


def test_secrets_are_in_no_answer_and_no_log(venue, admin):
    """What a client sends as a secret is not told again, also when it is wrong."""
    venue.hear()
    canary = "tcs_canary-of-a-test-0123456789"
    with venue.client() as client:
        answers = [
            client.post("/auth/token", json={"api_key": "tck_x", "api_secret": canary}),
            client.post("/auth/token", json={"api_key": 7, "api_secret": canary}),
            client.post("/auth/token", json={"login": "x", "password": canary, "more": canary}),
            client.post("/auth/refresh", json={"refresh_token": canary}),
        ]
    answers.append(
        admin.post("/admin/users", json={"login": "X", "roles": ["trader"], "password": canary})
    )

    assert [one.status_code for one in answers] == [401, 422, 422, 401, 422]
    for one in answers:
        assert canary not in one.text
    assert canary not in venue.log.getvalue()


# Money and states


def test_money_goes_in_and_out_and_is_stated(trader, admin):
    """What is taken out must be free; each movement is on the statement."""
    path = f"/admin/accounts/{trader.account}"
    out = admin.post(f"{path}/withdrawals", json={"amount": "400000.5", "reason": "home"})
    much = admin.post(f"{path}/withdrawals", json={"amount": "10000000", "reason": "all"})
    statement = admin.get(f"{path}/statement").json()["data"]
    listed = {one["account"]: one for one in admin.get("/admin/accounts").json()["data"]}

    assert out.json()["wallet"] == "599999.5"
    assert (much.status_code, much.json()["code"]) == (422, "INSUFFICIENT_FUNDS")
    assert [(one["kind"], one["amount"], one["balance"]) for one in statement] == [
        ("withdrawal", "-400000.5", "599999.5"),
        ("deposit", "1000000", "1000000"),
    ]
    assert listed[trader.account]["wallet"] == "599999.5"


def test_the_kill_switch_halts_and_takes_orders_out(venue, trader, admin):
    """Of one account: nothing new, cancels pass, and only a person lets it go on."""
    number = trader.post(ORDERS, json=LIMIT).json()["orderId"]
    said = {"scope": "user", "id": trader.user, "reason": "a test"}
    halted = admin.post(
        "/admin/kill-switch", json={**said, "state": "halted", "cancelOpenOrders": True}
    )
    refused = trader.post(ORDERS, json=LIMIT)
    state = trader.get("/api/risk/metrics").json()["tradingState"]
    checked = trader.post(
        "/api/v1/trading/risk/check", json={"user_id": trader.user, "order": {}}
    ).json()
    with venue.client(venue.person()) as person:
        again = person.post("/admin/kill-switch", json={**said, "state": "active"})

    assert halted.json()["cancelled"] == 1
    assert trader.get(f"/api/orders/{number}").json()["status"] == "cancelled"
    assert (refused.status_code, refused.json()["code"]) == (503, "TRADING_HALTED")
    assert refused.headers["retry-after"]
    assert (state, checked["decision"]) == ("halted", "reject")
    assert again.status_code == 200
    assert trader.post(ORDERS, json=LIMIT).status_code == 201


def test_a_person_alone_lets_trading_go_on(venue, trader):
    """Neither a token of an API key nor one it was exchanged for does; a login's and its next do.

    The venue's own token is used on its own machine, where somebody stands.
    """
    identity, now_ns = venue.gateway.identity, venue.gateway.clock.now_ns()
    key, secret = identity.keys.add("admin", label="test", by="test", now_ns=now_ns)
    first = venue.opened.bootstrap
    pairs = {
        "key": {"api_key": key.id, "api_secret": secret},
        "password": {"login": first.login, "password": first.password},
    }
    said = {"scope": "user", "id": trader.user, "reason": "a test", "state": "active"}
    found = {}
    with venue.client() as client:
        for name, pair in pairs.items():
            got = client.post("/auth/token", json=pair).json()
            again = client.post("/auth/refresh", json={"refresh_token": got["refresh_token"]})
            for kind, token in (("first", got), ("next", again.json())):
                headers = {"Authorization": f"Bearer {token['access_token']}"}
                answer = client.post("/admin/kill-switch", json=said, headers=headers)
                found[name, kind] = answer.json().get("code", "done")
        own = {"X-Admin-Token": ADMIN_TOKEN}
        found["own"] = client.post("/admin/kill-switch", json=said, headers=own).status_code

    assert found == {
        ("key", "first"): "PERSON_NEEDED",
        ("key", "next"): "PERSON_NEEDED",
        ("password", "first"): "done",
        ("password", "next"): "done",
        "own": 200,
    }


@pytest.mark.parametrize("path", ["/api/orders", "/api/trading/orderbook/BTCUSDT"])
def test_a_signature_that_holds_has_its_users_budget_and_a_forged_one_the_addresss(path):
    """Also where nobody needs one: beyond it a forger is refused, and who signs goes on."""
    few = ("limits.anonymous_per_s=1", "limits.anonymous_burst=4")
    with quick_folder() as folder, running_venue(folder, overrides=few) as venue:
        venue.token("signer", account=700)
        identity, now_ns = venue.gateway.identity, venue.gateway.clock.now_ns()
        made, secret = identity.keys.add("signer", label="test", by="test", now_ns=now_ns)
        identity.refresh(now_ns)
        keys = [Key(made.id, one.encode(), "signer", 700) for one in ("forged", secret)]
        with venue.client() as client:
            forged, signed = (
                [client.get(path, headers=proof(key, path)) for _ in range(8)] for key in keys
            )

    assert {one.status_code for one in signed} == {200}
    assert {one.headers["ratelimit-policy"].partition(";")[0] for one in signed} == {'"user"'}
    assert {one.status_code for one in forged[4:]} == {429}
    assert {one.headers["ratelimit-policy"].partition(";")[0] for one in forged} == {'"address"'}


def proof(key, path):
    """Return the headers of a signed request."""
    return {f"X-API-{name}": value for name, value in key.sign("GET", path).items()}


def test_a_login_that_waits_is_told_how_long(venue):
    """After its failures a login is refused as too many requests, rightly typed or not."""
    first = venue.opened.bootstrap
    pair = {"login": "nobody-here", "password": "wrong"}
    with venue.client() as client:
        answers = [client.post("/auth/token", json=pair) for _ in range(11)]
        other = client.post("/auth/token", json={"login": first.login, "password": first.password})

    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert answers[-1].json()["code"] == "TOO_MANY_FAILURES"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 900
    assert answers[-1].json()["retry_after_ms"] > 0
    assert other.status_code == 200


def test_a_login_that_finds_no_room_is_told_to_come_again(venue, monkeypatch):
    """So many passwords are hashed at once; one more is refused as busy, and counts for nothing."""
    monkeypatch.setattr("tradecore.store.identity_logins.HASH_WAIT_S", 0.0)
    room = venue.gateway.identity._logins._room
    taken = [room.acquire(blocking=False) for _ in range(HASHES_AT_ONCE)]
    try:
        with venue.client() as client:
            busy = client.post("/auth/token", json={"login": "somebody", "password": "x"})
    finally:
        for _ in taken:
            room.release()

    assert all(taken)
    assert (busy.status_code, busy.json()["code"]) == (429, "BUSY")
    assert busy.headers["retry-after"]


def test_a_password_of_full_length_logs_in(venue, admin):
    """As long as a user's password may be, so long may a login's be."""
    password = "p" * 1024
    user = {"login": "long", "roles": ["viewer"], "password": password}
    made = admin.post("/admin/users", json=user)
    with venue.client() as client:
        statuses = [
            client.post("/auth/token", json={"login": "long", "password": text}).status_code
            for text in (password, password + "p")
        ]

    assert (made.status_code, statuses) == (201, [200, 422])


def test_users_and_keys_are_made_used_and_ended(venue, admin):
    """A key works at once and ends at once; its secret is told once."""
    user = admin.post(
        "/admin/users", json={"login": "newcomer", "roles": ["trader"], "account": 4_000}
    ).json()
    key = admin.post(f"/admin/users/{user['userId']}/keys", json={"label": "first"}).json()
    with venue.client() as client:
        pair = {"api_key": key["keyId"], "api_secret": key["secret"]}
        token = client.post("/auth/token", json=pair).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        before = client.get("/api/orders", headers=bearer)
        ended = admin.delete(f"/admin/keys/{key['keyId']}")
        after = client.get("/api/orders", headers=bearer)
        late = client.post("/auth/token", json=pair)
    listed = admin.get(f"/admin/users/{user['userId']}/keys").json()["data"]

    assert before.status_code == 200
    assert ended.json()["isRevoked"] is True
    assert (after.status_code, late.status_code) == (401, 401)
    assert "secret" not in listed[0]
    twice = admin.post("/admin/users", json={"login": "newcomer", "roles": ["trader"]})
    assert (twice.status_code, twice.json()["code"]) == (422, "REFUSED")
    assert admin.get("/admin/users/nobody/keys").status_code == 404


def test_a_refresh_token_is_good_for_one_use(venue, admin):
    """A second use ends the family: somebody has what is not theirs."""
    user = admin.post("/admin/users", json={"login": "again", "roles": ["viewer"]}).json()
    key = admin.post(f"/admin/users/{user['userId']}/keys", json={}).json()
    with venue.client() as client:
        pair = {"api_key": key["keyId"], "api_secret": key["secret"]}
        first = client.post("/auth/token", json=pair).json()["refresh_token"]
        second = client.post("/auth/refresh", json={"refresh_token": first})
        stolen = client.post("/auth/refresh", json={"refresh_token": first})
        family = client.post(
            "/auth/refresh", json={"refresh_token": second.json()["refresh_token"]}
        )

    assert (second.status_code, stolen.status_code, family.status_code) == (200, 401, 401)


# Operation


def test_the_breaker_opens_and_is_reset(venue, trader, admin):
    """Errors of ours in a row stop new orders, not cancels; an administrator lets them in again."""
    number = trader.post(ORDERS, json=LIMIT).json()["orderId"]
    breaker = venue.gateway.floor.queue.breaker
    venue.within(lambda: [breaker.failed() for _ in range(breaker.threshold)])

    refused = trader.post(ORDERS, json=LIMIT)
    ready = trader.get("/health/ready")
    gone = trader.delete(f"{ORDERS}/{number}")
    state = admin.get("/admin/status").json()["breakers"]
    reset = admin.post("/admin/reset-circuit-breaker")

    assert (refused.status_code, refused.json()["code"]) == (503, "ENGINE_BREAKER_OPEN")
    assert (ready.status_code, ready.json()["status"]) == (503, "fail")
    assert gone.json()["status"] == "cancelled"
    assert state[0]["state"] == "open"
    assert reset.json()["state"] == "closed"
    assert trader.post(ORDERS, json=LIMIT).status_code == 201


def test_what_is_counted_has_the_names_of_the_dashboard(venue, trader, project_root):
    """Prometheus finds each name in the panels, and nobody's data in the labels."""
    trader.post(ORDERS, json=LIMIT)
    trader.post(ORDERS, json={**LIMIT, "quantity": "9"})
    with venue.client() as here:
        text = here.get("/metrics")
    board = json.loads((project_root / "deploy/venue/grafana/venue.json").read_text())
    queries = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])

    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    named = {line.split("{")[0].split(" ")[0] for line in text.text.splitlines()}
    for name in {word for word in queries.replace("(", " ").split() if "tradecore_" in word}:
        assert name.split("{")[0].split("[")[0].rstrip(")") in named, name
    assert 'tradecore_risk_denials_total{code="MAX_ORDER_VALUE"}' in text.text
    assert trader.user not in text.text


def test_performance_and_logs_are_for_operators(trader, admin):
    """Latencies in one look; the last lines, newest first."""
    trader.post(ORDERS, json=LIMIT)
    found = admin.get("/metrics/performance").json()
    lines = admin.get("/admin/logs", params={"level": "warn", "limit": 5}).json()["data"]

    assert found["orders"]["count"] > 0
    assert found["orders"]["p50_us"] <= found["orders"]["p99_us"] <= found["orders"]["max_us"]
    assert found["memory_bytes"] > 2**20
    assert len(lines) <= 5
    assert trader.get("/metrics/performance").status_code == 403
    assert admin.post("/admin/gc").json()["collected"] >= 0
    assert admin.get("/admin/queue-status").json()["sizeMax"] == 10_000


def test_an_error_of_ours_tells_nothing_but_its_number(venue, trader):
    """The client gets a problem, the log has the rest."""
    venue.hear()
    floor = venue.gateway.floor
    whole = floor.service.place

    def broken(*_args, **_named):
        raise ZeroDivisionError("of a test")

    type(floor.service).place = broken
    try:
        answer = trader.post(ORDERS, json=LIMIT)
    finally:
        type(floor.service).place = whole.__func__
    said = answer.json()

    assert (answer.status_code, said["code"]) == (500, "INTERNAL")
    assert "of a test" not in answer.text
    assert said["trace_id"] in venue.log.getvalue()
    assert trader.post(ORDERS, json=LIMIT).status_code == 201


def test_the_audit_log_is_read_by_who_may(venue):
    """Page by page, in the order it was written; the head of each page goes on from the last."""
    role = venue.token("looks", (Role.COMPLIANCE,))
    with venue.client(role) as compliance, venue.client(venue.token("plain", account=501)) as other:
        first = compliance.get("/admin/audit", params={"limit": 2}).json()["data"]
        after = {"after": first[-1]["seq"], "limit": 1}
        second = compliance.get("/admin/audit", params=after).json()["data"]
        beyond = compliance.get("/admin/audit", params={"after": 2**62}).json()["data"]
        wrong = compliance.get("/admin/audit", params={"limit": 0}).status_code
        refused = other.get("/admin/audit").status_code

    assert [one["seq"] for one in first + second] == [1, 2, 3]
    assert {"ts_ns", "type", "actor", "data"} <= {*first[0]}
    assert (beyond, wrong, refused) == ([], 400, 403)
