"""What tests of records share: two databases, and a venue whose steps they get."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra venue")

from support.stores import (  # noqa: F401 - fixtures
    empty_url,
    postgres,
    records,
    redis_url,
    sqlite_url,
    template,
    upgraded,
    url,
)
from tradecore.simulation.catalog import perpetuals
from tradecore.venue import PlaceOrder, VenueService

START_NS = 1_700_000_000_000_000_000


class Floor:
    """A venue in memory that keeps records, and short words for what clients do."""

    def __init__(self):
        """Open it with two accounts."""
        self.now_ns = START_NS
        self.service = VenueService.begin(perpetuals(), now_ns=START_NS, keeps_records=True)
        for account in (1, 2):
            self.service.open_account(account, deposit=Decimal(100_000))

    def place(self, account, side, quantity, price=None, **terms):
        """Place an order in BTCUSDT a microsecond later."""
        self.now_ns += 1_000
        request = PlaceOrder(
            account=account,
            symbol=terms.pop("symbol", "BTCUSDT"),
            side=side,
            quantity=Decimal(quantity),
            price=None if price is None else Decimal(price),
            **terms,
        )
        return self.service.place(request, now_ns=self.now_ns)

    def trade(self, quantity, price, *, buyer=1, seller=2):
        """Let two accounts trade."""
        self.place(seller, "sell", quantity, price)
        return self.place(buyer, "buy", quantity, price)

    def batch(self):
        """Return what happened since the last call."""
        self.service.settle()
        return self.service.take_batch()


@pytest.fixture
def floor():
    """Return an open venue."""
    return Floor()
