"""A file that began anew says the same to the next desk as one that was never cut."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL, DeskRig, SmallJournal
from support.toy_exchange import TERMS
from tradecore.exchanges.base import NewOrder
from tradecore.execution import DeskAlert
from tradecore.execution.desk_carry import carried_entries
from tradecore.execution.desk_orders import EVIDENCE_MAX, DeskOrder, OrderTable, Stage
from tradecore.execution.intents import Carried
from tradecore.model import OrderUpdate
from tradecore.processes.intent_file import IntentFile
from tradecore.risk import AccountLimits, LimitRules, PositionsOnly

SEGMENT = 6_600


def account_limits():
    """Return limits that nothing here reaches."""
    return AccountLimits([TERMS], LimitRules(position=Decimal(10_000), daily_loss=Decimal(10**9)))


class TwoFiles:
    """A file that begins anew again and again, and a memory of everything that was written."""

    def __init__(self, path):
        self.path = path
        self.file = IntentFile(path, segment_bytes=SEGMENT)
        self.whole = []
        self.renewals = 0
        self.largest = 0

    def write(self, entry, ts_ns, /):
        """Keep an entry twice."""
        self.file.write(entry, ts_ns)
        self.whole.append((ts_ns, entry))

    def entries(self):
        """Return what the file holds."""
        return self.file.entries()

    @property
    def is_full(self):
        """Whether the file wants to begin anew."""
        return self.file.is_full

    def renew(self, head, /):
        """Let it."""
        self.largest = max(self.largest, self.path.stat().st_size)
        self.renewals += 1
        self.file.renew(head)

    def again(self):
        """Open the file as the next process does."""
        self.file.close()
        self.file = IntentFile(self.path, segment_bytes=SEGMENT)


def live(rig, dice, turns):
    """Send, trade, change and cancel for so many turns."""
    for _ in range(turns):
        side = dice.choice(("buy", "sell"))
        price = {"buy": "99", "sell": "101"}[side]
        name = rig.buy(str(dice.randint(1, 4)), price, side, trader=dice.choice(("t1", "t2")))
        rig.venue.arrive()
        rig.settle()
        order = rig.desk.table.get(name)
        if dice.random() < 0.6:
            rig.venue.trade(name, 1)
        rig.settle()
        if order.is_open and order.trader == "t1" and dice.random() < 0.5:
            rig.modify(name, price, str(order.quantity + 1))
            rig.venue.arrive()
        rig.settle()
        if order.is_open and dice.random() < 0.9:
            rig.desk.cancel_all(trader=order.trader, symbol=SYMBOL, now_ns=rig.venue.now_ns)
            while rig.venue.wire:
                rig.venue.arrive()
        rig.settle()
        rig.advance(0.25)


def believed(rig):
    """Return all that a desk goes on with."""
    return {
        "open": {
            one.client_order_id: (
                one.trader,
                one.new,
                one.price,
                one.quantity,
                one.cumulative,
                one.venue_order_id,
                one.change,
                one.is_cancel_asked,
                one.sent_ns,
            )
            for one in rig.desk.table.open_orders()
        },
        "position": rig.limits.position(SYMBOL),
        "held": {
            (trader, symbol): held for trader, symbol, held in rig.desk.table.holdings.every()
        },
    }


@pytest.mark.parametrize("limits_of", [PositionsOnly, account_limits], ids=["off", "on"])
@pytest.mark.parametrize("seed", [*range(7), 21])
def test_a_desk_goes_on_as_if_nothing_had_been_let_go(tmp_path, limits_of, seed):
    """Open orders with all their terms, positions, and who holds what."""
    journal = TwoFiles(tmp_path / "intents")
    rig = DeskRig(journal=journal, limits_of=limits_of).open()
    live(rig, random.Random(seed), 120)
    rig.buy("2", "98")
    before = believed(rig)

    whole = DeskRig(journal=SmallJournal(journal.whole), limits_of=limits_of, venue=rig.venue)
    journal.again()
    cut = DeskRig(journal=journal, limits_of=limits_of, venue=rig.venue)

    assert journal.renewals > 5
    assert believed(cut) == believed(whole)
    assert believed(cut)["position"] == before["position"]
    assert believed(cut)["open"].keys() == before["open"].keys()
    if limits_of is account_limits:
        assert cut.limits.carry() == whole.limits.carry()


def test_the_file_stays_below_a_segment_and_what_is_unresolved(tmp_path):
    """However many orders come and go; the one before it is as small."""
    path = tmp_path / "intents"
    journal = TwoFiles(path)
    rig = DeskRig(journal=journal).open()
    sizes = []
    for _ in range(200):
        name = rig.buy()
        rig.venue.arrive()
        rig.settle()
        rig.venue.trade(name, 1)
        rig.settle()
        rig.advance(0.25)
        sizes.append(sum(file.stat().st_size for file in tmp_path.iterdir()))

    an_order = 1_200
    assert journal.renewals > 10
    assert journal.largest < SEGMENT + 2 * an_order
    assert max(sizes) < 2 * (SEGMENT + 2 * an_order)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["intents", "intents.before"]


def test_what_ended_in_the_file_before_is_still_known(tmp_path):
    """A late fill, a command that comes twice, and a trader that asks find it there."""
    journal = TwoFiles(tmp_path / "intents")
    rig = DeskRig(journal=journal).open()
    name = rig.buy("2")
    rig.venue.arrive()
    rig.settle()
    rig.cancel(name)
    rig.venue.arrive()
    rig.settle()
    new = rig.desk.table.get(name).new
    for _ in range(100):
        if journal.renewals:
            break
        live(rig, random.Random(1), 1)
    journal.again()
    rig.start()

    order = rig.desk.table.get(name)
    assert order.stage is Stage.DONE
    assert rig.desk.submit("t1", new, now_ns=rig.venue.now_ns) is None
    assert [told.reply for told in order.evidence] == ["accepted", "canceled"]
    held = rig.limits.position(SYMBOL)
    late = OrderUpdate(
        client_order_id=name,
        symbol=SYMBOL,
        reply="filled",
        ts_event_ns=1,
        ts_recv_ns=1,
        exec_id=999_999,
        price=Decimal(100),
        quantity=Decimal(1),
        side="buy",
    )
    rig.desk.apply(late, rig.venue.now_ns)

    assert order.cumulative == 1
    assert rig.limits.position(SYMBOL) == held + 1


def test_a_lost_order_is_given_up_though_an_older_one_traded_at_the_time(tmp_path):
    """Of the older one is known what the venue called it: its fill is not the lost one's."""
    journal = TwoFiles(tmp_path / "intents")
    rig = DeskRig(journal=journal).open()
    older = rig.buy("2")
    rig.venue.arrive()
    rig.venue.trade(older, 2)
    rig.settle()
    for _ in range(2):
        journal.renew(carried_entries(rig.desk, rig.venue.now_ns))
    journal.again()
    rig.start()
    rig.venue.find_stream()
    rig.settle()
    assert rig.desk.table.get(older) is None

    lost = rig.buy("2")
    rig.venue.arrive(lose=True)
    rig.settle()
    rig.advance(15)

    assert rig.replies(lost) == ["unknown", "rejected"]


def test_a_disk_without_room_is_told_and_trading_goes_on():
    """The old file is as good as it was."""

    class FullDisk(SmallJournal):
        is_full = True

        def renew(self, head, /):
            del head
            raise OSError(28, "No space left on device")

    rig = DeskRig(journal=FullDisk()).open()
    rig.advance(0.25)
    name = rig.buy()

    alerts = [one.alert.text for one in rig.others if isinstance(one, DeskAlert)]
    assert "the file of intents grows on: No space left on device" in alerts
    assert rig.desk.table.get(name) is not None


def test_the_head_is_what_is_open_and_what_the_rest_came_to():
    """Nothing of an order that ended."""
    rig = DeskRig().open()
    done, rests = rig.buy("1"), rig.buy("3")
    for _ in range(2):
        rig.venue.arrive()
    rig.venue.trade(done, 1)
    rig.venue.trade(rests, 1)
    rig.settle()
    rig.cancel(rests)

    head = [entry.what for _, entry in carried_entries(rig.desk, rig.venue.now_ns)]

    assert [type(what).__name__ for what in head] == [
        "NewOrder",
        "OrderUpdate",
        "OrderUpdate",
        "CancelOrder",
        "Carried",
    ]
    assert {what.client_order_id for what in head[:-1]} == {rests}
    assert isinstance(head[-1], Carried)
    assert [(held.symbol, held.quantity) for held in head[-1].limits.positions] == [(SYMBOL, 2)]


def test_an_order_that_is_changed_without_end_keeps_bounded_evidence():
    """Every fill, and the last of each other kind: enough to go on from."""
    rig = DeskRig().open()
    name = rig.buy("3")
    rig.venue.arrive()
    rig.venue.trade(name, 1)
    rig.settle()
    order = rig.desk.table.get(name)
    for number in range(300):
        rig.modify(name, str(50 + number % 9), "3")
        rig.venue.arrive()
        rig.settle()

    assert len(order.evidence) <= EVIDENCE_MAX + len(order.exec_ids)
    assert [told.reply for told in order.evidence[:2]] == ["accepted", "filled"]
    assert order.evidence[-1].price == order.price


def test_a_name_of_the_venues_goes_with_its_order():
    """Also on a venue that gives an order a new one with each change."""
    table = OrderTable(retained=10)
    for number in range(100):
        one = Decimal(1)
        new = NewOrder(
            client_order_id=f"tc-{number}", symbol=SYMBOL, side="buy", type="limit", quantity=one
        )
        order = DeskOrder(trader="t1", new=new, stage=Stage.LIVE, price=one, quantity=one)
        table.add(order)
        for change in range(20):
            table.name(order, f"{number}-{change}")
        assert table.by_venue_id(SYMBOL, f"{number}-13") is order
        assert table.by_venue_id(SYMBOL, f"{number}-5") is None
        table.finish(order)

    assert len(table) == 10
    found = [
        (number, change)
        for number in range(100)
        for change in range(20)
        if table.by_venue_id(SYMBOL, f"{number}-{change}") is not None
    ]
    assert found == [(number, change) for number in range(90, 100) for change in range(12, 20)]
