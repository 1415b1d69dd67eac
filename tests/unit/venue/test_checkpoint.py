"""A checkpoint has everything that is open and held, and no more than that."""

from __future__ import annotations

import msgspec
import pytest

from support.venue_life import ACCOUNTS, LISTED, START_NS, SYMBOL, Clients, plain
from tradecore.core import DataError
from tradecore.venue import VenueService
from tradecore.venue.books import Books
from tradecore.venue.checkpoint import read_checkpoint, restore, write_checkpoint
from tradecore.venue.state import VenueState


@pytest.fixture(params=range(2))
def lived(request):
    """Return a venue in memory whose clients did a bit of everything."""
    service = VenueService.begin(LISTED, now_ns=START_NS)
    clients = Clients(service, request.param)
    clients.open_accounts()
    clients.act(150)
    service.settle()
    return service


def restored(data):
    """Return books that begin at a checkpoint."""
    books = Books(VenueState.begin(LISTED, now_ns=0))
    restore(books, read_checkpoint(data))
    return books


def test_what_was_restored_is_written_the_same(lived):
    """To the last byte."""
    data = lived.checkpoint()
    assert write_checkpoint(restored(data)) == data


def test_money_orders_and_positions_are_restored(lived):
    """As they were; and they still add up."""
    state = restored(lived.checkpoint()).state
    before = lived.state
    marks = {name: mark.mark for name, mark in before.marks.items()}
    assert state.ledger.residue(marks) == 0
    for account in ACCOUNTS:
        assert state.ledger.wallet(account) == before.ledger.wallet(account)
        assert plain(state.held(account, SYMBOL)) == plain(before.held(account, SYMBOL))
        opened = state.histories.open(account, SYMBOL)
        assert plain(opened) == plain(before.histories.open(account, SYMBOL))
        for order in opened:
            assert state.histories.by_client(account, order.client_order_id) is order


def test_a_restored_order_is_one_object(lived):
    """What reports change is what is asked for."""
    books = restored(lived.checkpoint())
    for order_id, order in books.reports.live.items():
        assert books.state.histories.order(order_id) is order


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"version": 3}, "is of version 1 to 2: version=3", id="version"),
        pytest.param({"version": 0}, "is of version 1 to 2: version=0", id="no-version"),
        pytest.param({"currency": "EUR"}, "currency=EUR", id="currency"),
        pytest.param({"orders": 5}, "a checkpoint is what a venue wrote", id="shape"),
    ],
)
def test_another_ones_is_refused(lived, change, message):
    """The message says what differs."""
    said = {**msgspec.json.decode(lived.checkpoint()), **change}
    with pytest.raises(DataError, match=message):
        restored(msgspec.json.encode(said))


def test_a_symbol_that_is_not_listed_is_refused(lived):
    """A venue that lists less cannot go on with it."""
    books = Books(VenueState.begin(LISTED[:1], now_ns=0))
    with pytest.raises(DataError, match=rf"unlisted=\['{LISTED[1].symbol}'"):
        restore(books, read_checkpoint(lived.checkpoint()))


def test_one_of_a_program_that_knew_no_strategies_is_read(lived):
    """What it has not is empty; what it has is as it was."""
    said = msgspec.json.decode(lived.checkpoint())
    assert said.pop("strategies")
    for order in said["orders"]:
        del order["request"]["strategy"]
    state = restored(msgspec.json.encode({**said, "version": 1})).state

    assert list(state.strategies) == []
    assert {one.request.strategy for one in state.histories.open(1, SYMBOL)} <= {""}
    assert state.ledger.wallet(1) == lived.state.ledger.wallet(1)
