"""What tests of the venue share: one perpetual, two clients."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.simulation.catalog import perpetuals
from tradecore.venue import PlaceOrder, VenueService

START_NS = 1_700_000_000_000_000_000


class Floor:
    """A venue and short words for what clients do."""

    def __init__(self):
        """Open it with two accounts."""
        self.now_ns = START_NS
        self.service = VenueService.begin(perpetuals(), now_ns=START_NS)
        for account in (1, 2):
            self.service.open_account(account, deposit=Decimal(100_000))
        self.service.take_events()

    def place(self, account, side, quantity, price=None, **terms):
        """Place an order in BTCUSDT a microsecond later."""
        self.now_ns += 1_000
        request = PlaceOrder(
            account=account,
            symbol="BTCUSDT",
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

    def residue(self):
        """Return what is missing in the books."""
        state = self.service.state
        return state.ledger.residue({name: mark.mark for name, mark in state.marks.items()})


@pytest.fixture
def floor():
    """Return an open venue."""
    return Floor()
