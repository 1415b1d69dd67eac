"""Engine, position server and trader over real sockets: whoever is killed, we end with the truth.

The trader is a process of its own and is killed as one; the venue stands in this process, and its
orders and fills are what everything is held against.
"""

from __future__ import annotations

import signal

import pytest

from support import toy_exchange
from support.desk_venue import SYMBOL
from support.trader_rig import play, until


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a test's story in a rig and ends everything after it."""
    monkeypatch.syspath_prepend(str(toy_exchange.installed(tmp_path)))
    return lambda story: play(story, tmp_path)


def test_a_quote_reaches_the_venue_and_is_gone_after_sigterm(run):
    """The whole way: book, strategy, engine, venue; and back when it ends."""

    async def story(rig, _market):
        await rig.engine(1)
        child = await rig.trader()
        await until(rig.venue.open_ids)
        (order,) = (o for o in rig.venue.orders.values() if o.is_open)
        child.send_signal(signal.SIGTERM)
        code = await child.wait()
        return code, order.price, rig.venue.open_ids()

    code, price, left = run(story)

    assert (code, left) == (0, set())
    assert price == 90


def test_a_killed_traders_orders_are_canceled_and_the_next_run_quotes_anew(run):
    """The engine notices its silence; the new run has ids of its own."""

    async def story(rig, _market):
        await rig.engine(1)
        child = await rig.trader()
        await until(rig.venue.open_ids)
        first = rig.venue.open_ids()
        child.kill()
        await until(lambda: not rig.venue.open_ids())
        await rig.trader()
        await until(rig.venue.open_ids)
        return first, rig.venue.open_ids(), rig.venue.created

    first, second, created = run(story)

    assert len(first) == len(second) == 1
    assert not first & second
    assert len(created) == len(set(created))


def test_a_killed_engine_finds_its_orders_again(run):
    """What rests is known from the journal, and the trader goes on with it."""

    async def story(rig, market):
        engine = await rig.engine(1)
        await rig.trader()
        await until(rig.venue.open_ids)
        await rig.kill(engine)
        again = await rig.engine(2)
        await until(lambda: again.desk.blocked is None)
        market.show(1_200)
        await until(lambda: any(o.price == 110 for o in rig.venue.orders.values() if o.is_open))
        await until(lambda: len(rig.venue.open_ids()) == 1)
        table = {o.client_order_id for o in again.desk.table.open_orders()}
        return table, rig.venue.open_ids(), rig.venue.created

    table, venue, created = run(story)

    assert table == venue
    assert len(created) == len(set(created))


def test_a_fill_reaches_the_position_server(run):
    """Engine and server hold what the venue says."""

    async def story(rig, _market):
        engine = await rig.engine(1)
        server = await rig.positions()
        await rig.trader()
        await until(rig.venue.open_ids)
        (name,) = rig.venue.open_ids()
        rig.venue.trade(name, "0.040")
        await until(lambda: engine.desk.limits.position(SYMBOL) == rig.venue.position)
        await until(server.account.profit)
        return server.account.profit(), rig.venue.position

    profit, position = run(story)

    assert str(position) == "0.040"
    assert set(profit) == {SYMBOL}
