"""A stop that waits is changed at a venue that cannot: taken back, and another in its stead.

Whatever is lost on the way, two are never alive, and the strategy knows which one is.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from integration.test_stop_orders import BTC, SIZE, Stopper, lift, placed, run, service_of, waiting
from support.rig_story import until
from tradecore.simulation.local import FIRST_ACCOUNT

__all__ = ["run"]


def standing(rig):
    """Return each conditional order the venue has seen: trigger, quantity, status."""
    return [
        (one.condition.trigger, one.order.quantity, one.status)
        for one in service_of(rig).state.conditions.listed(FIRST_ACCOUNT, None)
    ]


def overlaps(rig):
    """Return whether two were ever alive at a time."""
    listed = service_of(rig).state.conditions.listed(FIRST_ACCOUNT, None)
    return any(
        one.status == "new" or one.updated_ns > following.created_ns
        for one, following in pairwise(listed)
    )


async def settled(rig, word):
    """Return once the strategy heard a word last of all, and venue and desk agree."""
    heard = rig.strategy.heard
    await until(lambda: word in heard and not rig.unresolved() and not rig.differences())


@pytest.mark.parametrize("limit", [None, 10], ids=["stop", "stop-limit"])
def test_a_stop_gets_another_trigger_and_then_another_quantity(run, limit):
    """One order to the strategy; at the venue one after the other, each alone."""

    async def story(rig):
        strategy = rig.strategy
        order = await placed(rig)
        stop = strategy.stop
        assert rig.strategy.modify(order, stop_price=stop + 100)
        assert str(order.state) == "PENDING_REPLACE"
        await settled(rig, "modified")
        first = order.stop_price, order.quantity, str(order.state)
        strategy.heard.clear()
        assert strategy.modify(order, quantity="0.020")
        await settled(rig, "modified")
        ids = [one.client_id for one in service_of(rig).state.conditions.listed(FIRST_ACCOUNT)]
        assert ids == [order.client_order_id + end for end in ("", ":1", ":2")]
        last = order.stop_price, order.quantity, order.price
        return stop, first, last, standing(rig), overlaps(rig)

    stop, first, last, venue, has_two = run(Stopper(limit=limit), story)

    assert first == (stop + 100, Decimal(SIZE), "ACCEPTED")
    assert last == (stop + 100, Decimal("0.020"), None if limit is None else stop + limit)
    assert [status for *_, status in venue] == ["canceled", "canceled", "new"]
    assert venue[-1] == (stop + 100, Decimal("0.020"), "new")
    assert not has_two


def test_one_that_was_changed_triggers_trades_and_is_one_order(run):
    """Its fills are those of the order the strategy has."""

    async def story(rig):
        order = await placed(rig)
        rig.strategy.modify(order, quantity="0.020", stop_price=rig.strategy.stop + 50)
        await settled(rig, "modified")
        lift(rig, rig.strategy.stop + 51)
        await until(lambda: not order.is_live and not rig.differences())
        return str(order.state), rig.service.live.trader.position(BTC).quantity, rig.strategy.heard

    state, held, heard = run(Stopper(), story)

    assert (state, held) == ("FILLED", Decimal("0.020"))
    assert heard.index("modified") < heard.index("triggered") < heard.index("filled")


def test_what_a_changed_stop_limit_became_is_changed_and_taken_out(run):
    """It rests under the id it has at the venue, and is changed there like any order."""

    async def story(rig):
        order = await placed(rig)
        stop = rig.strategy.stop
        rig.strategy.modify(order, stop_price=stop + 50)
        await settled(rig, "modified")
        lift(rig, stop + 51)
        await until(lambda: "triggered" in rig.strategy.heard)
        await until(lambda: [one for one in rig.taken() if one.is_open])
        rig.strategy.heard.clear()
        rig.strategy.modify(order, order.price - 10)
        await settled(rig, "modified")
        (rests,) = [one for one in rig.taken() if one.is_open]
        price = rests.price
        rig.strategy.cancel(order)
        await until(lambda: not order.is_live and not rig.differences())
        return order.price == price, str(order.state)

    assert run(Stopper(limit=-1_500), story) == (True, "CANCELED")


@pytest.mark.parametrize(
    ("fault", "where", "left", "word"),
    [
        pytest.param("timeout_after", "cancels", "changed", "modified", id="cancel-done"),
        pytest.param("error_5xx_after", "cancels", "changed", "modified", id="cancel-done-5xx"),
        pytest.param("timeout_before", "cancels", "as-it-was", "modify_rejected", id="cancel-lost"),
        pytest.param("timeout_after", "orders", "changed", "modified", id="next-done"),
        pytest.param("error_5xx_after", "orders", "changed", "modified", id="next-done-5xx"),
        pytest.param("timeout_before", "orders", "gone", "canceled", id="next-lost"),
        pytest.param("error_5xx_before", "orders", "gone", "canceled", id="next-lost-5xx"),
    ],
)
def test_whatever_answer_is_lost_one_is_left_at_most_and_it_is_known(run, fault, where, left, word):
    """Asked about, never sent again; the account's events are lost as well."""

    async def story(rig):
        order = await placed(rig)
        stop = rig.strategy.stop
        rig.faults.switch("drop_frame", where="private")
        rig.faults.switch(fault, where=where)
        rig.strategy.modify(order, stop_price=stop + 100)
        await until(lambda: "unknown" in rig.strategy.heard)
        rig.faults.clear()
        await settled(rig, word)
        return stop, order.stop_price, str(order.state), standing(rig), overlaps(rig)

    stop, believed, state, venue, has_two = run(Stopper(), story)

    alive = [trigger for trigger, _, status in venue if status == "new"]
    expected = {"changed": [stop + 100], "as-it-was": [stop], "gone": []}[left]
    assert (alive, has_two) == (expected, False)
    assert (state == "ACCEPTED") == bool(alive)
    assert not alive or believed == alive[0]


def test_one_that_is_triggered_first_keeps_its_terms(run):
    """The change is refused, and what it became is left alone."""

    async def story(rig):
        order = await placed(rig)
        stop = rig.strategy.stop
        rig.faults.switch("latency", amount=600, where="cancels")
        rig.strategy.modify(order, stop_price=stop + 100)
        lift(rig, stop + 1)
        await settled(rig, "filled")
        await until(lambda: "UNKNOWN_ORDER" in rig.strategy.heard)
        return str(order.state), rig.service.live.trader.position(BTC).quantity, standing(rig)

    state, held, venue = run(Stopper(), story)

    assert (state, held, len(venue)) == ("FILLED", Decimal(SIZE), 1)


def test_a_trigger_that_is_reached_already_leaves_no_stop_and_that_is_told(run):
    """The venue refuses the next one when the one before is gone."""

    async def story(rig):
        order = await placed(rig)
        rig.strategy.modify(order, stop_price=rig.strategy.stop - 1_000)
        await until(lambda: not order.is_live)
        await settled(rig, "canceled")
        return rig.strategy.heard, waiting(rig)

    heard, left = run(Stopper(), story)

    assert left == []
    assert heard[-3:] == ["BAD_STOP_PRICE", "modify_rejected", "canceled"]


def test_a_cancel_ends_a_change_that_is_under_way(run):
    """No other follows."""

    async def story(rig):
        order = await placed(rig)
        rig.faults.switch("latency", amount=300, where="cancels")
        rig.strategy.modify(order, stop_price=rig.strategy.stop + 100)
        rig.strategy.cancel(order)
        await until(lambda: not order.is_live)
        await settled(rig, "canceled")
        return standing(rig)

    assert [status for *_, status in run(Stopper(), story)] == ["canceled"]


@pytest.mark.parametrize("is_slow", [True, False], ids=["in-the-middle", "afterwards"])
def test_a_killed_run_leaves_none_of_them(run, is_slow):
    """The next one finds what its journal and the venue say, and takes it out."""

    async def story(rig):
        order = await placed(rig)
        if is_slow:
            rig.faults.switch("latency", amount=400, where="cancels")
        rig.strategy.modify(order, stop_price=rig.strategy.stop + 100)
        if not is_slow:
            await settled(rig, "modified")
        await rig.kill()
        rig.faults.clear()
        await rig.start_strategy(Stopper(away=300))
        name = (await placed(rig)).client_order_id
        await until(lambda: len(waiting(rig)) == 1 and not rig.differences())
        return [one.client_id for one in waiting(rig)] == [name], overlaps(rig)

    assert run(Stopper(), story) == (True, False)


def test_the_market_alone_moves_a_trailing_stop(run):
    """It is canceled and placed anew."""

    class Trailer(Stopper):
        def on_book(self, book):
            """Ask for one."""
            if self.order is None and book.bid_price:
                price = int(book.bid_price) // 100 * 100
                terms = {"stop_price": price - price // 100, "trailing_distance": price // 100}
                self.order = self.sell(BTC, SIZE, type="trailing_stop", **terms)

    async def story(rig):
        order = await placed(rig)
        return rig.strategy.modify(order, quantity="0.020"), rig.strategy.heard, len(waiting(rig))

    is_asked, heard, left = run(Trailer(), story)

    assert (is_asked, left) == (False, 1)
    assert not {"BAD_COMBINATION", "modify_rejected"} - {*heard}
