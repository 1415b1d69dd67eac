"""A venue that was stopped, at whatever moment, goes on as if it had not been."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from support.venue_life import ACCOUNTS, LISTED, START_NS, SYMBOL, Clients, open_life, picture
from tradecore.core import DataError, FlowTraders, InputError, VenueEngine
from tradecore.venue import Condition, OrderRecord, PlaceOrder, Refused, VenueService

FLOW = 900_000_011


def lived(folder, seed, count=200, **how):
    """Return a venue whose clients did so many things."""
    service = open_life(folder, **how)
    clients = Clients(service, seed)
    clients.open_accounts()
    clients.act(count)
    service.settle()
    return service


def opened_again(folder, service, **how):
    """Close a venue and open it at the time it had."""
    now_ns = service.state.now_ns
    service.close()
    return open_life(folder, now_ns=now_ns, **how)


def closed_pictures(folder, service, **how):
    """Return what a venue is before it is closed, and what it is when it is opened again."""
    before = picture(service, **how)
    again = opened_again(folder, service)
    after = picture(again, **how)
    again.close()
    return before, after


@pytest.mark.parametrize("seed", range(2))
def test_a_restart_changes_nothing(tmp_path, seed):
    """Money, positions, orders, conditions, modes, numbers: all as they were."""
    service = lived(tmp_path, seed)
    before = picture(service)
    again = opened_again(tmp_path, service)
    assert picture(again) == before
    assert again.take_events() == []
    assert again.engine.verify()
    again.close()


@pytest.mark.parametrize("seed", range(6, 7))
def test_life_goes_on_as_without_a_restart(tmp_path, seed):
    """Clients who do the same afterwards lead to the same venue, restarted between or not."""
    whole = lived(tmp_path / "whole", seed, count=0)
    clients = Clients(whole, seed + 100)
    clients.act(240)
    parts = lived(tmp_path / "parts", seed, count=0)
    broken = Clients(parts, seed + 100)
    for _ in range(4):
        broken.act(60)
        parts = broken.service = opened_again(tmp_path / "parts", parts)
    expected, found = picture(whole), picture(parts)
    for name, value in expected.items():
        assert found[name] == value, name
    whole.close()
    parts.close()


@pytest.mark.parametrize("seed", range(9, 10))
def test_a_checkpoint_saves_reading(tmp_path, seed):
    """With it the venue is the same, but for what ended before it."""
    service = lived(tmp_path, seed, count=150)
    checkpoint = service.checkpoint()
    Clients(service, seed + 1).act(60)
    service.settle()
    before = picture(service, with_ended=False)
    again = opened_again(tmp_path, service, checkpoint=checkpoint)
    assert picture(again, with_ended=False) == before
    assert again.checkpoint() is not None
    again.close()


def test_a_checkpoint_that_is_ahead_is_refused(tmp_path):
    """It is of another journal than the one it is read with."""
    service = lived(tmp_path / "one", 1, count=30)
    ahead = service.checkpoint()
    service.close()
    with pytest.raises(DataError, match="a checkpoint is of the journal it is read with"):
        open_life(tmp_path / "two", checkpoint=ahead)


def test_a_checkpoint_is_of_what_is_settled(tmp_path):
    """What is not on the medium is in no checkpoint."""
    service = lived(tmp_path, 1, count=10)
    service.deposit(1, Decimal(1))
    with pytest.raises(InputError, match="a checkpoint is of what is settled"):
        service.checkpoint()
    service.close()


def test_a_service_needs_the_notes_of_its_engine():
    """Without them it would not know what was written beside the journal."""
    engine = VenueEngine([one.instrument for one in LISTED])
    engine.advance_time(1)
    with pytest.raises(InputError, match="a service goes on with the notes of its engine"):
        VenueService.begin(LISTED, now_ns=2, engine=engine)


def place(service, account, side, quantity, price, *, now_ns, **terms):
    """Place an order."""
    request = PlaceOrder(
        account=account,
        symbol=SYMBOL,
        side=side,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        **terms,
    )
    return service.place(request, now_ns=now_ns)


def test_time_that_passed_meanwhile_is_made_up_for(tmp_path):
    """Countdowns run down and funding is paid at the start, if they fell due."""
    service = lived(tmp_path, 1, count=0)
    now_ns = START_NS + 1
    place(service, 1, "buy", "1", "60000", now_ns=now_ns)
    place(service, 2, "sell", "1", "60000", now_ns=now_ns)
    resting = place(service, 1, "buy", "1", "50000", now_ns=now_ns)
    service.wind(1, SYMBOL, countdown_ns=10**9, now_ns=now_ns)
    service.settle()
    service.close()

    again = open_life(tmp_path, now_ns=START_NS + 9 * 3_600 * 10**9)

    assert again.find(1, SYMBOL, order_id=resting.order_id).status == "canceled"
    assert again.state.countdowns == {}
    assert again.state.ledger.totals(1).funding == -6 == -again.state.ledger.totals(2).funding
    again.close()


def test_a_condition_comes_in_once(tmp_path):
    """One that came in before the restart does not come in again; one that waits does."""
    service = lived(tmp_path, 1, count=0)
    now_ns = START_NS + 1
    place(service, 2, "sell", "1", "60010", now_ns=now_ns)
    order = PlaceOrder(account=1, symbol=SYMBOL, side="buy", quantity=Decimal("0.01"))
    for trigger in ("60010", "60020"):
        condition = Condition(kind="stop", trigger=Decimal(trigger))
        waiting = service.place_condition(order, condition, client_id=trigger, now_ns=now_ns)
        assert waiting.status == "new"
    place(service, 1, "buy", "0.01", "60010", now_ns=now_ns)
    assert service.state.ledger.position(1, SYMBOL).quantity == Decimal("0.02")

    again = opened_again(tmp_path, service)

    first, second = again.state.conditions.listed(1)
    assert (first.status, second.status) == ("finished", "new")
    assert again.find(1, SYMBOL, order_id=first.order_id).status == "filled"
    assert again.state.ledger.position(1, SYMBOL).quantity == Decimal("0.02")
    again.close()


@pytest.mark.parametrize("seed", range(2))
def test_orders_of_others_are_booked_in_their_turn(tmp_path, seed):
    """A server that sends orders straight to the engine shares the venue with this service."""
    service = open_life(tmp_path, is_shared=True)
    clients = Clients(service, seed)
    clients.open_accounts()
    for number in range(40):
        clients.act(2)
        service.engine.submit(
            SYMBOL,
            side=clients.dice.choice(("buy", "sell")),
            quantity=Decimal(clients.dice.randrange(1, 30)) / 1_000,
            price=clients.price(),
            account=clients.dice.choice((1, 2)),
            client_order_id=f"native-{number}",
            timestamp_ns=clients.now_ns + number,
        )
        if number % 3 == 0:
            service.follow()
    service.follow()
    assert service.books.sequence == service.engine.sequence
    named = service.find(1, SYMBOL, client_order_id="native-39") or service.find(
        2, SYMBOL, client_order_id="native-39"
    )
    assert isinstance(named, OrderRecord)
    core, ledger = service.engine.risk, service.state.ledger
    for account in (1, 2):
        assert core.position(account, SYMBOL).quantity == ledger.position(account, SYMBOL).quantity
    marks = {name: mark.mark for name, mark in service.state.marks.items()}
    assert ledger.residue(marks) == 0
    service.settle()
    before, after = closed_pictures(tmp_path, service)
    for name, value in before.items():
        # The public is shown a trade of others when it is seen, not when it was.
        assert name == "prints" or after[name] == value, name


def test_a_retry_is_answered_with_the_same_order(tmp_path):
    """The engine remembers names; the service answers its record, and refuses another payload."""
    service = open_life(tmp_path, answers_kept=100)
    for account in ACCOUNTS:
        service.open_account(account, deposit=Decimal(1_000_000))
    now_ns = START_NS + 1
    first = place(service, 1, "buy", "0.1", "60000", now_ns=now_ns, client_order_id="mine")
    sequence = service.sequence
    again = place(service, 1, "buy", "0.1", "60000", now_ns=now_ns, client_order_id="mine")
    other = place(service, 1, "buy", "0.2", "60000", now_ns=now_ns, client_order_id="mine")
    assert again is first
    assert service.sequence == sequence, "nothing was written"
    assert isinstance(other, Refused)
    assert other.code == "DUPLICATE_CLIENT_ORDER_ID"
    place(service, 2, "sell", "0.1", "60000", now_ns=now_ns)
    assert first.status == "filled"
    service.settle()

    reopened = opened_again(tmp_path, service, answers_kept=100)

    retried = place(reopened, 1, "buy", "0.1", "60000", now_ns=now_ns, client_order_id="mine")
    assert (retried.order_id, retried.status) == (first.order_id, "filled")
    reopened.close()


def test_notes_of_commands_that_were_lost_have_no_effect(tmp_path):
    """A power failure may cost a venue that answers from memory its last commands; nobody knew."""
    service = lived(tmp_path, 1, count=20)
    before = service.state.leverage(1, SYMBOL)
    service.close()
    shutil.copytree(tmp_path / "journal", tmp_path / "older")
    service = open_life(tmp_path, now_ns=service.state.now_ns)
    deposited = service.state.ledger.totals(1).deposit
    service.deposit(1, Decimal(77))
    assert service.modes.set_leverage(1, SYMBOL, before + 1) is None
    service.settle()
    service.close()
    shutil.rmtree(tmp_path / "journal")
    (tmp_path / "older").rename(tmp_path / "journal")

    again = open_life(tmp_path, now_ns=service.state.now_ns)

    assert again.state.leverage(1, SYMBOL) == before
    assert again.state.ledger.totals(1).deposit == deposited
    again.deposit(1, Decimal(5))
    assert again.modes.set_leverage(1, SYMBOL, before + 2) is None
    again.settle()
    first, second = closed_pictures(tmp_path, again)
    assert first == second
    assert second["leverages"][0] == [[1, SYMBOL], before + 2]


def test_a_durable_venue_has_every_answer(tmp_path):
    """Each call is on the medium when it returns, notes too; nobody need settle."""
    service = open_life(tmp_path, ack="durable")
    clients = Clients(service, 3)
    clients.open_accounts()
    clients.act(40)
    before = picture(service)
    again = opened_again(tmp_path, service)
    assert picture(again) == before
    again.close()


def test_a_background_market_is_in_the_journal(tmp_path):
    """Its orders are booked like those of anybody, as accounts of the house."""
    service = open_life(tmp_path)
    service.open_account(FLOW, deposit=Decimal(10) ** 9, is_house=True)
    traders = FlowTraders(SYMBOL, seed=2, price="60000", volatility_milliticks=2_000, account=FLOW)
    for part in range(1, 4):
        service.let_trade(traders, SYMBOL, until_ns=START_NS + part * 10**8)
    service.settle()
    assert service.state.histories.prints(SYMBOL)
    marks = {name: mark.mark for name, mark in service.state.marks.items()}
    assert service.state.ledger.residue(marks) == 0
    before, after = closed_pictures(tmp_path, service, with_ended=False)
    for name, value in before.items():
        assert after[name] == value, name


def test_a_checkpoint_has_no_trade_that_is_not_booked(tmp_path):
    """Others traded, the public saw it, the books did not: the trade keeps its number later."""
    service = open_life(tmp_path, is_shared=True)
    clients = Clients(service, 3)
    clients.open_accounts()
    service.follow()

    def trade(price):
        for side, account in (("buy", 1), ("sell", 2)):
            service.engine.submit(SYMBOL, side=side, quantity="0.01", price=price, account=account)

    trade(50_000)
    service.follow()
    trade(50_001)
    service.commands.look()
    service.settle()
    checkpoint = service.checkpoint()
    service.follow()
    numbers = dict(service.books.reports.numbers.last)
    service.close()
    again = open_life(tmp_path, now_ns=service.state.now_ns, checkpoint=checkpoint, is_shared=True)
    assert dict(again.books.reports.numbers.last) == numbers == {SYMBOL: 2}
    again.close()
