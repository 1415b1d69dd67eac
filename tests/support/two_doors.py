"""Somebody who trades at both doors of a venue."""

from __future__ import annotations

import itertools

from support.native_client import Client, Key
from support.program import until

__all__ = ["LIMIT", "ORDERS", "RATES", "Person", "shown"]

ACCOUNTS = itertools.count(3_001)
ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}
RATES = ("order_entry.burst=100000", "order_entry.orders_per_s=100000")


class Person:
    """Somebody with an account, money, a token and a key."""

    def __init__(self, venue, *, deposit="1000000", scopes=None):
        self.account = next(ACCOUNTS)
        self.login = f"n{self.account}"
        self.token = venue.token(self.login, account=self.account)
        self.rest = venue.client(self.token)
        with venue.client(venue.admin()) as admin:
            money = {"amount": deposit, "reason": "a test"}
            if deposit:
                admin.post(f"/admin/accounts/{self.account}/deposits", json=money)
            asked = {"label": "native"} | ({} if scopes is None else {"scopes": scopes})
            made = admin.post(f"/admin/users/{self.login}/keys", json=asked).json()
        self.key = Key(made["keyId"], made["secret"].encode(), self.login, self.account)
        self.native = Client(venue.native_port, self.key)

    def send(self, **changes):
        """Place an order at the native door; return status and answer."""
        return self.native.ask("POST", ORDERS, LIMIT | changes)

    def reopen(self, venue):
        """Connect to a venue that was started again on the same folder."""
        self.rest = venue.client(self.token)
        self.native = Client(venue.native_port, self.key)

    def leave(self):
        """Close both connections."""
        self.rest.close()
        self.native.close()

    close = leave


def shown(client, number):
    """Return an order as the gateway shows it, once it does."""
    until(lambda: client.get(f"/api/orders/{number}").status_code == 200, lambda: number)
    return client.get(f"/api/orders/{number}").json()
