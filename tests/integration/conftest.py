"""Who comes to a venue: each module has its own `venue`, and these come to that."""

from __future__ import annotations

import pytest

from support.venue_server import ACCOUNTS


@pytest.fixture
def admin(venue):
    """Return a client that may do everything."""
    with venue.client(venue.admin()) as client:
        yield client


@pytest.fixture
def trader(venue, admin):
    """Return a client with an account and money of its own."""
    account = next(ACCOUNTS)
    token = venue.token(f"t{account}", account=account)
    money = {"amount": "1000000", "reason": "a test"}
    admin.post(f"/admin/accounts/{account}/deposits", json=money)
    with venue.client(token) as client:
        client.account, client.user = account, f"t{account}"
        yield client
        for one in client.get("/api/orders", params={"status": "active"}).json()["data"]:
            client.delete(f"/api/trading/orders/{one['orderId']}")
