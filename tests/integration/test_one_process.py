"""A strategy, its market and its account in one process, at the local exchange over sockets.

The exchange stands in the test's own process, so what it holds can be looked at: it is the truth.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.rig_story import play, until
from tradecore.processes.rerun import rerun_trader
from tradecore.runs.journal import read_run

BTC = "BTCUSDT"


class Bidder(tc.AbstractStrategy):
    """Keeps one bid below the market, and notes what it hears of orders and connections."""

    size = "0.010"

    def __init__(self, config=None):
        super().__init__(config)
        self.heard = []
        self.states = []

    def on_start(self):
        """Follow the best level."""
        self.subscribe(BTC, book=1, trades=True)

    def on_book(self, book):
        """Bid a hundred below."""
        if not self.orders():
            self.buy(BTC, self.size, int(book.bid_price) - 100)

    def on_order_rejected(self, event):
        """Note why."""
        self.heard.append(event.reject_code)

    def on_connection(self, change):
        """Note it."""
        self.states.append((change.channel, change.state))


class Taker(Bidder):
    """Buys once at the market, then bids."""

    def on_book(self, book):
        """Take first."""
        if not self.position(BTC).quantity and not self.orders():
            self.buy(BTC, self.size, int(book.ask_price) + 100, time_in_force="IOC")
        elif not self.orders():
            self.buy(BTC, self.size, int(book.bid_price) - 100)


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a story with a rig around a strategy, and ends both."""
    return lambda strategy, story: play(strategy, story, tmp_path)


def resting(rig):
    """Return what rests at the venue."""
    return [order for order in rig.taken() if order.is_open]


def test_a_bid_rests_at_the_venue_and_is_gone_after_the_end(run):
    """The whole way and back; what was written down is what the venue has."""

    async def story(rig):
        await until(lambda: resting(rig))
        (order,) = resting(rig)
        await until(lambda: not rig.differences())
        late = await rig.stop()
        return order.client_order_id, order.price % 1, late, resting(rig)

    name, rest, late, left = run(Bidder(), story)

    assert name.startswith("tc-")
    assert (rest, late, left) == (0, None, [])


def test_a_fill_is_in_the_strategys_position(run):
    """And it is the venue's."""

    async def story(rig):
        await until(lambda: resting(rig) and not rig.differences())
        return rig.service.live.trader.position(BTC).quantity

    assert run(Taker(), story) == Decimal("0.010")


def test_a_killed_run_leaves_nothing_and_its_position_is_taken_over(run):
    """The next run cancels what rests, under ids of its own, and holds what the account holds."""

    async def story(rig):
        await until(lambda: resting(rig) and not rig.differences())
        (before,) = resting(rig)
        await rig.kill()
        assert resting(rig) == [before]
        await rig.start_strategy(Taker())
        await until(lambda: resting(rig) and not rig.differences())
        return before.status, rig.service.live.trader.position(BTC).quantity, len(rig.taken())

    status, held, orders = run(Taker(), story)

    assert status == "canceled"
    assert held == Decimal("0.010")
    assert orders == 3


def test_a_long_silence_of_the_account_is_told_and_takes_orders_out(run):
    """The private stream is cut and nobody answers: `down` once, `up` once it is back."""

    async def story(rig):
        await until(lambda: resting(rig))
        cut = "disconnect:times=1:where=private"
        rig.faults.switch_all(f"{cut},latency:amount=5000:where=queries")
        await until(lambda: ("private", "down") in rig.service._strategy.states)
        await until(lambda: not resting(rig))
        rig.faults.clear()
        await until(lambda: ("private", "up") in rig.service._strategy.states)
        await until(lambda: resting(rig) and not rig.differences())
        return rig.service._strategy.states

    strategy = Bidder()
    assert run(strategy, story) == [("private", "down"), ("private", "up")]


def test_a_clock_that_jumped_is_measured_again_at_once(run):
    """One order may be refused for its time; then none is sent until the clocks agree again."""

    async def story(rig):
        await until(lambda: resting(rig))
        rig.faults.switch_all("clock_skew:amount=3000")
        rig.service.live.trader.cancel_all(now_ns=rig.clock.now_ns())
        strategy, desk = rig.service._strategy, rig.service.account_desk.desk
        await until(lambda: desk.blocked is not None)
        refused = strategy.heard.count("VENUE_REJECTED")
        rig.faults.clear()
        await until(lambda: desk.blocked is None)
        return refused, desk.blocked

    refused, blocked = run(Bidder(), story)

    assert refused <= 1
    assert blocked is None


class Chaser(Bidder):
    """Bids a tick below the market and follows it, and hears of every change, trade and quote."""

    def on_start(self):
        """Follow ten levels."""
        self.subscribe(BTC, book=10, trades=True, quotes=True, book_deltas=True)

    def on_book(self, book):
        """Bid behind the best level, again and again."""
        price = int(book.bid_price)
        orders = self.orders()
        if not orders:
            self.buy(BTC, self.size, price)
        elif orders[0].price != price and str(orders[0].state) == "ACCEPTED":
            self.modify(orders[0], price=price)


def test_a_run_is_kept_and_is_run_again_to_the_byte(run, tmp_path):
    """From its journal alone, over a market that was lost for a while."""

    async def story(rig):
        await until(lambda: resting(rig) and rig.actions() > 3)
        rig.faults.switch_all("disconnect:times=1:where=market")
        await until(lambda: rig.faults.counts.get("disconnect"))
        before = rig.actions()
        await until(lambda: rig.actions() > before + 3 and not rig.differences())
        await rig.stop()

    run(Chaser(), story)
    (journal,) = tmp_path.glob("run-*.journal")
    records = read_run(journal)
    found = rerun_trader(records, Chaser())

    assert (found.difference, found.ended) == (None, "end")
    assert found.told > 20
    assert found.compared > 12


def test_a_killed_run_is_run_again_as_far_as_it_was_kept(run, tmp_path):
    """What was told before the kill is in the file, and a fill is held again."""

    async def story(rig):
        await until(lambda: resting(rig) and not rig.differences())
        await rig.kill()

    run(Taker(), story)
    (journal,) = tmp_path.glob("run-*.journal")
    found = rerun_trader(read_run(journal), Taker())

    assert (found.difference, found.ended) == (None, "records")
    assert found.moment.positions[0].quantity == Decimal("0.010")
