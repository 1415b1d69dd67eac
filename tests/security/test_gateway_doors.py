"""A venue behind its socket: forged tokens open nothing, and no secret comes out."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the extra venue")

from support.forged import SECRET, forgeries, hs256, parts_of
from support.venue_server import quick_folder, running_venue
from tradecore.identity import Role
from tradecore.identity.signature import sign_request

PASSWORD = "canary-password-of-a-person-7hq2"  # noqa: S105 - a canary
CANARIES = {
    "JWT_SECRET": SECRET,
    "ADMIN_TOKEN": "canary-admin-X4vB8mK1pL6sD3fG5hJ0yT",
    "ENCRYPTION_KEY": "canary-aes-Sd1Lp8Km4Bv2Xn7Rt9Zc-",
}
ORDERS = "/api/trading/orders"
ORDER = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.01", "price": "40000"}
#: Where the venue keeps its own secrets, for its owner alone.
OWN = {"secrets.env"}


@pytest.fixture(scope="module")
def venue():
    """Return one venue for all tests here."""
    with quick_folder() as folder, running_venue(folder, environ=CANARIES) as running:
        running.folder = folder
        yield running


def test_a_forged_token_opens_nothing(venue):
    """Whatever is wrong with it; the good one it is made of does."""
    good = venue.token("alice", (Role.TRADER,), account=77)
    forged = forgeries(good, SECRET)
    header, said, _ = parts_of(good)
    answers = {}
    with venue.client() as client:
        for name, token in {"good": good, "as-made": hs256(header, said), **forged}.items():
            answer = client.get("/api/orders", headers={"Authorization": f"Bearer {token}"})
            answers[name] = (answer.status_code, answer.json().get("code"))

    assert len(forged) >= 40
    assert answers.pop("good") == answers.pop("as-made") == (200, None)
    assert {*answers.values()} == {(401, "UNAUTHENTICATED")}, answers


def use_everything(venue, learn):
    """Come in by every door, rightly and wrongly; tell `learn` of each secret."""
    with venue.client(learn(venue.person())) as root:
        user = {"login": "bird", "roles": ["trader"], "account": 78, "password": PASSWORD}
        added = root.post("/admin/users", json=user)
        assert added.status_code == 201, added.text
        made = root.post("/admin/users/bird/keys", json={"label": "canary"}).json()
        root.patch("/admin/users/bird", json={"password": learn(PASSWORD + "-new")})
        key, secret = made["keyId"], learn(made["secret"])
    with venue.client() as client:
        pairs = [
            {"login": "bird", "password": PASSWORD + "-new"},
            {"login": "bird", "password": PASSWORD},
            {"login": PASSWORD, "password": PASSWORD},
            {"api_key": key, "api_secret": secret},
            {"api_key": key, "api_secret": secret + "x"},
            {"api_key": secret, "api_secret": key},
            {"api_key": key, "api_secret": secret, "login": "bird", "password": PASSWORD},
        ]
        got = [client.post("/auth/token", json=pair) for pair in pairs]
        assert [one.status_code for one in got] == [200, 401, 401, 200, 401, 401, 422]
        for one in (got[0], got[3]):
            tokens = one.json()
            learn(tokens["access_token"])
            learn(tokens["refresh_token"])
            again = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
            learn(again.json()["refresh_token"])
            headers = {"Authorization": f"Bearer {learn(again.json()['access_token'])}"}
            client.post(ORDERS, json=ORDER, headers=headers)
            client.post(ORDERS, json={"symbol": secret, "password": PASSWORD}, headers=headers)
            client.get(f"/api/orders/{secret}", params={"token": secret}, headers=headers)
            client.request(secret, "/api/orders", headers=headers)
        client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.get("/api/orders", headers={"Authorization": f"Bearer {secret}"})
        client.get("/api/orders", headers={"Authorization": f"Basic {secret}", "Cookie": secret})
        client.get("/api/orders", headers=signed(venue, key, secret, learn))
        for token in (CANARIES["ADMIN_TOKEN"], CANARIES["ADMIN_TOKEN"] + "x", secret):
            client.get("/admin/status", headers={"X-Admin-Token": token})


def signed(venue, key, secret, learn):
    """Return the headers of a signed request."""
    stamp = venue.gateway.clock.now_ns() // 1_000_000
    nonce = "0123456789abcdef0123"
    signature = sign_request(
        secret, timestamp_ms=stamp, nonce=nonce, method="GET", target="/api/orders"
    )
    return {
        "X-API-Key": key,
        "X-API-Timestamp": str(stamp),
        "X-API-Nonce": nonce,
        "X-API-Signature": learn(signature),
    }


def test_no_canary_comes_out(venue):
    """No secret is in the log, its ring, the metrics, the audit log or another of its files."""
    secrets = {*CANARIES.values(), PASSWORD}
    venue.hear(level="DEBUG")

    def learn(secret):
        secrets.add(secret)
        return secret

    use_everything(venue, learn)
    fail(venue)
    with venue.client(**{"X-Admin-Token": CANARIES["ADMIN_TOKEN"]}) as client:
        told = [
            client.get(path).text
            for path in (
                "/admin/logs?limit=1000&level=warn",
                "/admin/logs?limit=1000&level=debug",
                "/metrics",
                "/health/detailed",
            )
        ]
    files = {
        path.name: path.read_bytes()
        for path in venue.folder.rglob("*")
        if path.is_file() and path.name not in OWN
    }
    log = venue.log.getvalue()

    assert "request failed" in log
    assert "Traceback" in log
    assert "login refused" in log
    assert "login refused" in told[0]
    assert files["audit.jsonl"].count(b"\n") > 10
    for secret in secrets:
        assert len(secret) > 10
        assert secret not in log
        assert not [text[:40] for text in told if secret in text]
        assert not [name for name, data in files.items() if secret.encode() in data]


def fail(venue):
    """Make a mistake of ours, with secrets all around it."""
    floor = venue.gateway.floor
    limits, floor.limits = floor.limits, None
    try:
        with venue.client(venue.token("alice")) as client:
            answer = client.get("/api/risk/limits", headers={"X-Secret": PASSWORD})
    finally:
        floor.limits = limits
    assert answer.status_code == 500
