"""A day begins at midnight UTC with what each account had made by then."""

from __future__ import annotations

import asyncio
import io
from decimal import Decimal

import pytest

from support.venue_life import LISTED, START_NS, SYMBOL
from support.venue_server import opened_venue
from tradecore.core import DataError
from tradecore.gateway.day import DAY_NS, TradingDay, made_by
from tradecore.gateway.log_ring import LogRing
from tradecore.venue import PlaceOrder, VenueService

LOSER, WINNER = 1, 2


@pytest.fixture
def service():
    """Return a venue in memory with two accounts."""
    found = VenueService.begin(LISTED, now_ns=START_NS)
    for account in (LOSER, WINNER):
        found.open_account(account, deposit=Decimal(1_000_000))
    return found


def trade(service, price, *, buyer, seller):
    """Let two accounts trade one lot of size at a price."""
    for account, side in ((seller, "sell"), (buyer, "buy")):
        order = PlaceOrder(
            account=account,
            symbol=SYMBOL,
            side=side,
            type="limit",
            quantity=Decimal("0.1"),
            price=Decimal(price),
        )
        service.place(order, now_ns=service.state.now_ns)


def test_what_was_made_leaves_out_what_was_paid_in(service):
    """Deposits and withdrawals are no profit, fees are a loss."""
    state = service.state
    service.deposit(LOSER, Decimal(500))
    assert service.withdraw(LOSER, Decimal(200))
    assert made_by(state, LOSER) == 0
    mark = state.mark(SYMBOL)
    trade(service, mark, buyer=LOSER, seller=WINNER)
    trade(service, mark - 10, buyer=WINNER, seller=LOSER)
    fees = state.ledger.totals(LOSER).fee
    assert made_by(state, LOSER) == fees - 1
    assert made_by(state, 999) == 0
    assert 999 not in {*state.ledger.accounts()}


def test_a_day_forgets_the_one_before(service, tmp_path):
    """Its profit begins at 0, and goes on over a restart."""
    state, day = service.state, TradingDay(tmp_path / "day.json")
    day.load()
    assert day.is_over(START_NS)
    day.begin(state, START_NS)
    assert not day.is_over(START_NS - DAY_NS)
    mark = state.mark(SYMBOL)
    trade(service, mark, buyer=LOSER, seller=WINNER)
    trade(service, mark - 10, buyer=WINNER, seller=LOSER)
    lost = day.profit(state, LOSER)
    assert lost < -1
    again = TradingDay(day.path)
    again.load()
    assert (again.number, again.profit(state, LOSER)) == (day.number, lost)
    assert again.is_over(START_NS + DAY_NS)
    again.begin(state, START_NS + DAY_NS)
    assert again.profit(state, LOSER) == 0
    assert made_by(state, LOSER) == lost


def test_a_venue_knows_its_day_before_anybody_trades(tmp_path):
    """Were it begun by the clock, what was made before that would belong to no day."""
    venue = opened_venue(tmp_path / "venue", LogRing(io.StringIO()))

    async def end():
        venue.start()
        await venue.close()

    day = venue.gateway.floor.day
    asyncio.run(end())
    assert day.number is not None
    assert day.path.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"day": 1}', '{"day": 1, "made": {"x": "1"}}'])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    """It is named, and not guessed at."""
    path = tmp_path / "day.json"
    path.write_text(text)
    with pytest.raises(DataError, match="a day is kept as JSON"):
        TradingDay(path).load()
