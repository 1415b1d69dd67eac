"""Stops of a strategy at a venue that keeps them apart: placed, triggered, canceled, found again.

The exchange stands in the test's own process, and somebody else moves its market.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

import tradecore as tc
from support.rig_story import play, until
from tradecore.simulation.local import FIRST_ACCOUNT
from tradecore.venue import OrderRecord, PlaceOrder

BTC, SIZE = "BTCUSDT", "0.010"
STRANGER = 900


class Stopper(tc.AbstractStrategy):
    """Places one stop above the market once it sees it, and notes what it hears."""

    def __init__(self, config=None, *, away=200, limit=None):
        super().__init__(config)
        self.away, self.limit = away, limit
        self.order, self.stop, self.heard = None, 0, []

    def on_start(self):
        """Follow the best level."""
        self.subscribe(BTC, book=1, trades=True)

    def on_book(self, book):
        """Buy when it rises."""
        if self.order is None:
            self.stop = stop = int(book.ask_price) + self.away
            kind = "stop" if self.limit is None else "stop_limit"
            price = None if self.limit is None else stop + self.limit
            self.order = self.buy(BTC, SIZE, price, type=kind, stop_price=stop)

    def on_order_event(self, event):
        """Note its name."""
        self.heard.append(event.name)

    def on_order_rejected(self, event):
        """Note why."""
        self.heard.append(event.reject_code)

    def on_order_denied(self, event):
        """Note why."""
        self.heard.append(event.reject_code)

    def on_modify_rejected(self, event):
        """Note why."""
        self.heard.append(event.reject_code)


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a story with a rig around a strategy, and ends both."""
    return lambda strategy, story: play(strategy, story, tmp_path)


def service_of(rig):
    """Return the venue."""
    return rig.exchange.dialect.service


def waiting(rig):
    """Return what waits for a trigger at the venue."""
    return service_of(rig).state.conditions.waiting(FIRST_ACCOUNT, None)


async def placed(rig):
    """Return when the stop waits at the venue and the strategy knows."""
    strategy = rig.strategy
    await until(lambda: waiting(rig) and "accepted" in strategy.heard and not rig.differences())
    return strategy.order


def lift(rig, price):
    """Have somebody offer much at a price, and buy everything up to it and a part of that."""
    swing(rig, price, offered="sell", taken="buy")


def fall(rig, price):
    """Have somebody bid much at a price, and sell everything down to it and a part of that."""
    swing(rig, price, offered="buy", taken="sell")


def swing(rig, price, *, offered, taken):
    """Have somebody rest much at a price, and take everything up to it and a part of that."""
    service = service_of(rig)
    service.open_account(STRANGER, deposit=Decimal(10_000_000_000))
    for side, quantity, life in ((offered, 900, "GTC"), (taken, 400, "IOC")):
        order = PlaceOrder(
            account=STRANGER,
            symbol=BTC,
            side=side,
            quantity=Decimal(quantity),
            price=Decimal(price),
            time_in_force=life,
        )
        assert isinstance(service.place(order, now_ns=rig.clock.now_ns()), OrderRecord)


def test_a_stop_waits_apart_and_trades_when_it_is_triggered(run):
    """The strategy hears each step, and holds what the venue says it does."""

    async def story(rig):
        order = await placed(rig)
        assert {one.client_id for one in waiting(rig)} == {order.client_order_id}
        assert not [one for one in rig.taken() if one.is_open]
        lift(rig, rig.strategy.stop + 1)
        await until(lambda: "triggered" in rig.strategy.heard)
        await until(lambda: not order.is_live and not rig.differences())
        return rig.strategy.heard, rig.service.live.trader.position(BTC).quantity

    heard, held = run(Stopper(), story)

    assert held == Decimal(SIZE)
    steps = [one for one in heard if one in {"submitted", "accepted", "triggered", "filled"}]
    assert steps[:3] == ["submitted", "accepted", "triggered"]
    assert "triggered" not in heard[heard.index("triggered") + 1 :]


def test_a_stop_is_taken_out_where_it_waits(run):
    """A cancel finds it there."""

    async def story(rig):
        order = await placed(rig)
        assert rig.strategy.cancel(order)
        await until(lambda: not order.is_live)
        return rig.strategy.heard, waiting(rig), rig.taken(), rig.differences()

    heard, left, taken, differences = run(Stopper(), story)

    assert heard[-1] == "canceled"
    assert (left, taken, differences) == ([], [], ())


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "deaf"])
def test_what_a_stop_limit_became_is_taken_out(run, is_told):
    """Also where nobody heard that it was triggered: the cancel goes after it."""

    async def story(rig):
        order = await placed(rig)
        if not is_told:
            rig.faults.switch_all("drop_frame:1:where=private")
        lift(rig, rig.strategy.stop + 1)
        await until(lambda: [one for one in rig.taken() if one.is_open])
        if is_told:
            await until(lambda: "triggered" in rig.strategy.heard)
        rig.strategy.cancel(order)
        await until(lambda: not order.is_live and not rig.unresolved())
        (became,) = rig.taken()
        return became.status, became.client_order_id == order.client_order_id

    status, is_same = run(Stopper(limit=-1_500), story)

    assert (status, is_same) == ("canceled", True)


def test_a_killed_run_leaves_no_stop(run):
    """The next run finds it in its journal and at the venue, and takes it out before it trades."""

    async def story(rig):
        await placed(rig)
        (before,) = waiting(rig)
        await rig.kill()
        assert waiting(rig) == [before]
        again = Stopper(away=300)
        await rig.start_strategy(again)
        await placed(rig)
        return before.status, [one.client_id != before.client_id for one in waiting(rig)]

    assert run(Stopper(), story) == ("canceled", [True])


def test_a_stop_that_was_triggered_while_nobody_listened_is_found(run):
    """Its run was killed; the next one takes over what it bought."""

    async def story(rig):
        await placed(rig)
        stop = rig.strategy.stop
        await rig.kill()
        lift(rig, stop + 1)
        await until(lambda: not waiting(rig))
        await rig.start_strategy(Stopper(away=2_000))
        await placed(rig)
        return rig.service.live.trader.position(BTC).quantity

    assert run(Stopper(), story) == Decimal(SIZE)


def test_a_trigger_that_is_reached_already_is_refused(run):
    """With a reason, and nothing is left."""

    async def story(rig):
        await until(lambda: "BAD_STOP_PRICE" in rig.strategy.heard)
        return rig.differences()

    assert run(Stopper(away=-500), story) == ()


class Trailer(Stopper):
    """Places one trailing stop once it sees the market: a hundredth behind a round price."""

    def __init__(self, config=None, *, side="sell", away=0, odd=0):
        super().__init__(config)
        self.side, self.away, self.odd = side, away, odd

    def on_book(self, book):
        """Ask for one."""
        if self.order is not None or not book.bid_price:
            return
        sign = 1 if self.side == "sell" else -1
        price = int(book.bid_price) // 100 * 100 + self.away
        self.stop = price - sign * (price // 100)
        distance = price // 100 + self.odd
        ask = self.sell if self.side == "sell" else self.buy
        self.order = ask(
            BTC, SIZE, type="trailing_stop", stop_price=self.stop, trailing_distance=distance
        )


def test_a_trailing_stop_follows_at_the_venue_and_trades_when_the_market_turns(run):
    """At the part of the price its distance is; it is told like any other stop."""

    async def story(rig):
        order = await placed(rig)
        (waits,) = waiting(rig)
        lift(rig, rig.strategy.stop * 104 // 100)
        await until(lambda: waits.extreme and waits.extreme > rig.strategy.stop * 103 // 100)
        extreme = waits.extreme
        fall(rig, int(extreme * Decimal("0.9899")))
        await until(lambda: "triggered" in rig.strategy.heard)
        await until(lambda: not order.is_live and not rig.differences())
        position = rig.service.live.trader.position(BTC).quantity
        return waits.condition.callback, str(order.state), position, rig.strategy.heard

    callback, state, held, heard = run(Trailer(), story)

    assert (callback, state, held) == (Decimal("0.01"), "FILLED", -Decimal(SIZE))
    steps = [one for one in heard if one in {"submitted", "accepted", "triggered", "filled"}]
    assert steps[:3] == ["submitted", "accepted", "triggered"]


def test_a_trailing_stop_is_taken_out_where_it_waits(run):
    """A cancel finds it there."""

    async def story(rig):
        order = await placed(rig)
        assert rig.strategy.cancel(order)
        await until(lambda: not order.is_live)
        return rig.strategy.heard[-1], waiting(rig), rig.differences()

    assert run(Trailer(side="buy"), story) == ("canceled", [], ())


def test_a_killed_run_leaves_no_trailing_stop(run):
    """The next run finds it in its journal and at the venue."""

    async def story(rig):
        await placed(rig)
        (before,) = waiting(rig)
        await rig.kill()
        await rig.start_strategy(Trailer())
        await placed(rig)
        return before.status, [one.client_id != before.client_id for one in waiting(rig)]

    assert run(Trailer(), story) == ("canceled", [True])


@pytest.mark.parametrize("fault", ["timeout_after", "error_5xx_after", "timeout_before"])
def test_a_trailing_stop_whose_answer_was_lost_is_asked_about(run, fault):
    """It is there once, or it is not and its strategy knows; it is never sent again."""

    async def story(rig):
        rig.faults.switch(fault, times=1, where="orders")
        strategy = rig.strategy
        await until(lambda: {"accepted", "VENUE_UNAVAILABLE"} & {*strategy.heard})
        await until(lambda: not rig.unresolved() and not rig.differences())
        placed = service_of(rig).state.conditions.listed(FIRST_ACCOUNT, None)
        return len(placed), strategy.order.is_live

    arrived = fault != "timeout_before"
    assert run(Trailer(), story) == (int(arrived), arrived)


def test_a_trailing_stop_at_no_part_of_the_price_is_refused_with_the_nearest(run):
    """Rounded it would be another order than the one that was tested in a backtest."""

    async def story(rig):
        await until(lambda: "UNSUPPORTED" in rig.strategy.heard)
        return rig.strategy.order.reject_text, waiting(rig)

    text, left = run(Trailer(odd=1), story)

    assert left == []
    assert re.search(r"0.1 to 10 % of the price here, .*nearest .* \(1.0 %\) or .* \(1.1 %\)", text)
