"""Steps drawn from the journal again are the steps that were handed out, each and in order."""

from __future__ import annotations

import pytest

from support.venue_life import SYMBOL, Clients, open_life, plain
from tradecore.core import DataError
from tradecore.venue import JournalPosition
from tradecore.venue.booked import START


def live_steps(service, seed, *, turns=20):
    """Let clients do things, and return the steps as they were handed out."""
    clients, steps = Clients(service, seed), []
    clients.open_accounts()
    for turn in range(turns):
        clients.act(4)
        if service.commands.is_shared:
            service.engine.submit(
                SYMBOL,
                side=clients.dice.choice(("buy", "sell")),
                quantity="0.012",
                price=clients.price(),
                account=clients.dice.choice((1, 2)),
                client_order_id=f"native-{turn}",
                timestamp_ns=clients.now_ns + turn,
            )
        service.follow()
        service.settle()
        batch = service.take_batch()
        steps += [] if batch is None else batch.booked
    return steps


def again(service, after=START):
    """Return the steps behind a position, from the journal."""
    steps = []
    for batch in service.rebuild(after):
        if batch.after == batch.upto:
            break
        steps += batch.booked
    return steps


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("seed", [21])
def test_steps_are_the_same_again(tmp_path, seed, is_shared):
    """Every value of every row; also from somewhere in the middle."""
    service = open_life(tmp_path, is_shared=is_shared)
    steps = live_steps(service, seed)
    found = again(service)
    assert [step.position for step in found] == [step.position for step in steps]
    assert plain(found) == plain(steps)
    middle = len(steps) // 2
    assert plain(again(service, steps[middle].position)) == plain(steps[middle + 1 :])
    assert again(service, service.position) == []
    service.close()


def test_a_rebuild_begins_at_the_checkpoint_where_it_may(tmp_path):
    """Steps behind a checkpoint need nothing before it; earlier ones are read from the start."""
    service = open_life(tmp_path)
    live_steps(service, 5, turns=5)
    checkpoint, position = service.checkpoint(), service.position
    Clients(service, 6).act(30)
    service.settle()
    expected = plain(again(service, position)), plain(again(service))
    service.close()
    service = open_life(tmp_path, now_ns=service.state.now_ns, checkpoint=checkpoint)
    assert (plain(again(service, position)), plain(again(service))) == expected
    service.close()


def test_what_came_since_is_yielded_too(tmp_path):
    """Whoever goes on asking after an empty batch gets the steps settled meanwhile."""
    service = open_life(tmp_path)
    steps = live_steps(service, 5, turns=3)
    found, batches = [], service.rebuild(START)
    for batch in batches:
        found += batch.booked
        if batch.after == batch.upto:
            break
    Clients(service, 6).act(20)
    service.settle()
    steps += service.take_batch().booked
    for batch in batches:
        found += batch.booked
        if batch.after == batch.upto:
            break
    assert plain(found) == plain(steps)
    batches.close()
    service.close()


def test_a_position_beyond_the_journal_is_refused(tmp_path):
    """Records that are ahead are of another journal."""
    service = open_life(tmp_path)
    with pytest.raises(DataError, match="records are of the journal they are compared with"):
        next(service.rebuild(JournalPosition(10**6)))
    service.close()
