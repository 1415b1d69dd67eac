"""A database that is away is said as such, and stops nobody from stopping trade."""

from __future__ import annotations

import contextlib
import json

from support.databases import postgres_server
from support.two_doors import LIMIT, ORDERS, Person
from support.venue_server import quick_folder, running_venue
from tradecore.core import TradecoreError

SWITCH = "/admin/kill-switch"
HALT = {"scope": "global", "state": "halted", "reason": "a test"}


def test_what_needs_a_database_that_is_away_is_answered_503(monkeypatch):
    """No answer is a mistake of ours; a halt holds at both doors, and says it is not on record."""
    monkeypatch.setattr("tradecore.gateway.opening.RECORDS_S", 0.2)
    with contextlib.ExitStack() as database, contextlib.ExitStack() as rest:
        server = database.enter_context(postgres_server())
        folder = rest.enter_context(quick_folder())
        # What it could not write at the end it reads from its journal at the next start.
        rest.enter_context(contextlib.suppress(TradecoreError))
        environ = {"DATABASE_URL": server.format(name="postgres")}
        venue = rest.enter_context(running_venue(folder, environ=environ))
        person = Person(venue)
        admin = rest.enter_context(venue.client(venue.admin()))
        keyed = {"Idempotency-Key": "one"}
        placed = person.rest.post(ORDERS, json=LIMIT, headers=keyed)
        assert placed.status_code == 201
        assert admin.get("/health/ready").status_code == 200

        database.close()
        ready = admin.get("/health/ready")
        asked = [
            admin.get("/api/v1/trading/trades"),
            admin.get("/admin/audit"),
            person.rest.post(ORDERS, json=LIMIT, headers={"Idempotency-Key": "two"}),
            admin.post("/admin/accounts/1/deposits", json={"amount": "1", "reason": "a test"}),
        ]
        unkeyed = person.rest.post(ORDERS, json=LIMIT), person.send()
        let = admin.post(SWITCH, json=HALT | {"scope": "symbol", "id": "BTCUSDT"})
        halted = person.rest.post(ORDERS, json=LIMIT), person.send()
        person.leave()
        logged = [json.loads(line) for line in venue.log.getvalue().splitlines()]

    assert (ready.status_code, ready.json()["status"]) == (503, "fail")
    for one in (*asked, let):
        assert (one.status_code, one.json()["code"]) == (503, "RECORDS_UNAVAILABLE"), one.text
        assert "retry-after" in one.headers
        assert "postgres" not in one.text
    assert (unkeyed[0].status_code, unkeyed[1][0]) == (201, 201)
    assert (halted[0].status_code, halted[1][0]) == (503, 503)
    assert halted[0].json()["code"] == halted[1][1]["code"] == "TRADING_HALTED"
    assert not [one for one in logged if one["level"] == "error"]
