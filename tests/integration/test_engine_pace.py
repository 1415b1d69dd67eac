"""An engine that has much to ask stays within the venue's weight: all ways out are one."""

from __future__ import annotations

import time
from decimal import Decimal

from support.engine_rig import play
from support.local_venue import local_venue
from tradecore.exchanges.base import Fault, Faulted, FaultKind, NewOrder
from tradecore.execution.desk_orders import Stage
from tradecore.oms.outcomes import SINGLE_MAX
from tradecore.simulation.binance import LimitSettings

#: As many as are asked about one by one: of more a list is asked for.
LOST = SINGLE_MAX
#: Three quarters of what is not kept for cancels of 2,400 a minute, and as much at once.
A_SECOND, AT_ONCE = 24, 6
WAIT_NS = 700_000_000
MANY = "API_REQUESTS_PER_SECOND=1000\nAPI_REQUESTS_PER_MINUTE=60000\nAPI_BURST_LIMIT=1000\n"


def test_what_ended_while_nobody_listened_is_asked_about_within_the_venues_weight(tmp_path):
    """The orders are in no list after the gap: each is asked about, one after the other."""

    async def story(rig, context):
        del context
        await rig.until(lambda: rig.engine.desk.blocked is None)
        desk = rig.engine.desk
        for number in range(LOST):
            order = NewOrder(
                client_order_id=f"tc-1-{number}",
                symbol="BTCUSDT",
                side="buy",
                type="limit",
                quantity=Decimal("0.010"),
                price=Decimal("40000.0"),
            )
            assert desk.submit("maker", order, now_ns=rig.host.clock.now_ns()) is None
            rig.engine.account_desk.flush()
        await rig.until(lambda: all(one.stage is Stage.LIVE for one in desk.table.open_orders()))
        venue.faults.switch_all("drop_frame:1:where=private")
        venue.ask("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
        venue.faults.switch_all("disconnect:1:where=private:times=1")
        await rig.until(lambda: desk.blocked is not None)
        venue.faults.switch_all("drop_frame:0")
        await rig.until(lambda: len(desk.table.open_orders()) < LOST)
        began = time.monotonic()
        await rig.until(lambda: not desk.table.open_orders())
        took = time.monotonic() - began
        return took, rig.codes()

    with local_venue(limits=LimitSettings()) as venue:
        took, codes = play(tmp_path, venue, story, http=MANY)

    assert took > (LOST - AT_ONCE - 1) / A_SECOND * 0.9
    assert "VENUE_RATE_LIMIT" not in codes


def test_lists_wait_for_the_venue_as_orders_do(tmp_path):
    """The venue said to one way out that it takes nothing more: the other heeds it."""

    async def story(rig, context):
        del context
        await rig.until(lambda: rig.engine.desk.blocked is None)
        link, desk, clock = rig.engine.account_desk.link, rig.engine.desk, rig.host.clock
        fault = Fault(
            kind=FaultKind.LIMIT,
            code="-1003",
            text="too many",
            where="order",
            retry_after_ns=WAIT_NS,
        )
        began_ns = clock.monotonic_ns()
        desk.hear(Faulted(fault=fault), clock.now_ns())
        listed = link.listed
        link.fetcher.fetch_instruments(clock.now_ns())
        link.pump.flush(link.fetcher)
        await rig.until(lambda: link.listed is not listed)
        return clock.monotonic_ns() - began_ns

    with local_venue(limits=LimitSettings()) as venue:
        assert play(tmp_path, venue, story, http=MANY) >= WAIT_NS
