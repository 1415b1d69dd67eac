"""`[SAFETY]` of an engine: what becomes of resting orders when somebody falls silent."""

from __future__ import annotations

import asyncio

import pytest

from support.engine_rig import play
from support.local_venue import local_venue

QUICK = "[SAFETY]\nHEARTBEAT_INTERVAL_MS=20\nSILENCE_TIMEOUT_MS=200\n"


@pytest.fixture(scope="module")
def venue():
    """Run one exchange for all tests here; each leaves it without orders."""
    with local_venue() as venue:
        yield venue
        assert venue.open_orders() == set()


def is_silent(rig):
    """Return whether the engine has noticed that its trader is gone."""
    known = rig.engine._server._senders.get("maker")
    return known is not None and not known.is_up


@pytest.mark.parametrize(
    ("key", "left"), [("cancel_all", set()), ("nothing", {"tc-1-1"})], ids=["cancel", "nothing"]
)
def test_orders_of_a_trader_that_fell_silent(tmp_path, venue, key, left):
    """`ON_SILENCE`: they are canceled and somebody is told, or nothing is done."""

    async def story(rig, context):
        await rig.until(lambda: rig.engine.desk.blocked is None)
        assert (await rig.send(context)).is_accepted
        await rig.until(lambda: is_silent(rig))
        await rig.until(lambda: venue.open_orders() == left)
        return rig.codes()

    codes = play(tmp_path, venue, story, more=f"{QUICK}ON_SILENCE={key}\n")

    assert ("TRADER_SILENT" in codes) is (key == "cancel_all")
    assert venue.open_orders() == set()


def test_the_venue_cancels_what_a_dead_engine_leaves(tmp_path, venue):
    """`DEADMAN_COUNTDOWN_MS` and `DEADMAN_REFRESH_MS`: alive it rests, dead it does not."""
    keys = "[SAFETY]\nDEADMAN_COUNTDOWN_MS=400\nDEADMAN_REFRESH_MS=100\n"

    async def story(rig, context):
        staying, wound = [], set()
        await rig.until(lambda: rig.engine.desk.blocked is None)
        assert (await rig.send(context, stays=staying)).is_accepted

        def wound_often():
            wound.add(rig.engine.account_desk.wound_ns)
            return len(wound) > 8

        # Twice as long as the countdown.
        await rig.until(wound_often)
        alive = venue.open_orders()
        # The engine is not asked to stop: nothing of it moves any more.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            if any(name in repr(task.get_coro()) for name in ("TradingEngine", "AccountDesk")):
                task.cancel()
        await rig.until(lambda: venue.open_orders() == set())
        staying[0].close()
        return alive

    assert play(tmp_path, venue, story, more=keys) == {"tc-1-1"}


def test_without_a_countdown_the_venue_is_never_asked_for_one(tmp_path, venue):
    """`DEADMAN_COUNTDOWN_MS=0`."""

    async def story(rig, context):
        staying = []
        await rig.until(lambda: rig.engine.desk.blocked is None)
        assert (await rig.send(context, stays=staying)).is_accepted
        await rig.until(lambda: venue.open_orders() == {"tc-1-1"})
        rig.engine.sample()
        remaining = rig.host.metrics.registry.get_sample_value(
            "deadman_remaining_seconds", {"process": "engine"}
        )
        staying[0].close()
        return rig.engine.account_desk.wound_ns, remaining

    wound_ns, remaining = play(
        tmp_path, venue, story, more="[SAFETY]\nDEADMAN_COUNTDOWN_MS=0\nDEADMAN_REFRESH_MS=100\n"
    )

    assert (wound_ns, remaining) == (0, 0)
