"""The desk every order of an account passes: written down, checked, rationed, sent, followed up.

A machine: commands, evidence and time in, actions on the venue's codec and outputs out. It reads no
clock and awaits nothing. What it promises:

- An order is in the journal before its bytes leave, and is acknowledged only then.
- A command given twice is one order. A request whose answer was lost is never sent again: the venue
  is asked, by the rules of `tradecore.oms.outcomes`.
- New orders leave only while the private stream is live and the state was reconciled after its last
  gap. Cancels always leave.
- Each fill is counted once, whatever order the evidence comes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tradecore.exchanges.base import (
    BalancesListed,
    ConditionalTold,
    ExchangeOrderHistory,
    Faulted,
    FaultKind,
    FillsListed,
    ModifyOrder,
    NewOrder,
    OpenOrdersListed,
    OrderFound,
    OrderNotFound,
    OrdersListed,
    PositionsListed,
    RateUsed,
    StreamLost,
    StreamReady,
)
from tradecore.execution.desk_admission import own_order, unavailable, unchangeable, unfit
from tradecore.execution.desk_carry import renew
from tradecore.execution.desk_dispatch import Dispatch, cancel_of
from tradecore.execution.desk_doubts import raise_doubt, restore, silent
from tradecore.execution.desk_evidence import answers, concluded, merge, trigger_of
from tradecore.execution.desk_followup import FollowUp
from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
from tradecore.execution.desk_outputs import DeskAlert, DeskOutput, DeskUpdate, unwritten
from tradecore.execution.desk_pace import Pace
from tradecore.execution.desk_queue import DeskQueue
from tradecore.execution.desk_settings import DeskSettings
from tradecore.execution.desk_swaps import Swaps
from tradecore.execution.intents import Entry
from tradecore.execution.plain_way import PlainWay
from tradecore.model import MarkPrice, Refused, RiskAlert
from tradecore.model.venue import OrderUpdate
from tradecore.oms.outcomes import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.base import CancelOrder, Event, ExchangeDataFetcher, ExchangeOMS
    from tradecore.exchanges.base.budget import VenueBudget
    from tradecore.execution.desk_queue import Waiting
    from tradecore.execution.intents import IntentJournal
    from tradecore.model.venue import Reply
    from tradecore.risk import OrderLimits

__all__ = ["OrderDesk"]


class OrderDesk:
    """One account's orders at one venue, for any number of traders."""

    def __init__(
        self,
        *,
        oms: ExchangeOMS,
        fetcher: ExchangeDataFetcher,
        limits: OrderLimits,
        budget: VenueBudget,
        journal: IntentJournal,
        settings: DeskSettings | None = None,
        start_ns: int,
        flush: Callable[[], None] = lambda: None,
        send: Callable[[str, str, int], bool] = lambda _channel, _text, _generation: False,
    ) -> None:
        """Stand behind these parts; nothing is sent, and nothing may be, before `StreamReady`.

        Args:
            oms: Where orders leave.
            fetcher: Where state is asked for.
            limits: What an order is checked against.
            budget: What the venue lets us send.
            journal: Where intents are kept; what it holds from an earlier run is taken over.
            settings: How to behave where there is a choice.
            start_ns: When this run begins; fills before are only looked for where the journal
                has orders that may have had them.
            flush: Has what the codec queued in the socket; else whoever submits does, afterwards.
            send: Writes a message past the codec's queue, as `Pump.add` returns it.
        """
        self.settings = settings or DeskSettings()
        self.table = OrderTable(self.settings.retained)
        has_history = isinstance(fetcher, ExchangeOrderHistory)
        self.outcomes = Outcomes(self.settings.outcomes, has_history=has_history)
        self.limits = limits
        self._journal = journal
        queue = DeskQueue(self.settings.queue_max)
        self._way_out = Dispatch(oms=oms, budget=budget, table=self.table, queue=queue)
        self._outputs: list[DeskOutput] = []
        self._clock_reason: str | None = None
        self._stream_reason: str | None = "the private stream was not live yet"
        self._halted: dict[str, str] = {}
        pace = Pace(budget)
        self._followup = FollowUp(self, oms=oms, fetcher=fetcher, pace=pace, start_ns=start_ns)
        self._swaps = Swaps(self, journal, self._way_out)
        restore(self, journal.entries(), start_ns=start_ns)
        self._plain = PlainWay.of(limits, journal, self._way_out, flush, send)

    # What others ask

    @property
    def queued(self) -> int:
        """How many actions wait for the venue's budget."""
        return len(self._way_out.queue)

    @property
    def blocked(self) -> str | None:
        """Why new orders are refused now; `None` if they are not."""
        if self._stream_reason is not None:
            return self._stream_reason
        if not self._followup.is_reconciled:
            return "the state after the last gap is not reconciled yet"
        return self._clock_reason

    def take(self) -> list[DeskOutput]:
        """Return what is to be told, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def venue_ns(self, now_ns: int) -> int:
        """Return the venue's time as far as we know it."""
        return self._way_out.venue_ns(now_ns)

    def set_clock(self, offset_ns: int, *, refused: str | None) -> None:
        """Note how far the venue's clock is ahead, and why we may not trade by it, if so."""
        self._way_out.offset_ns = offset_ns
        self._clock_reason = refused

    def halt(self, symbol: str, reason: str) -> None:
        """Refuse new orders in a symbol until `resume`."""
        self._halted[symbol] = reason

    def resume(self, symbol: str) -> bool:
        """Accept new orders in a symbol again; `False` if it was not halted."""
        return self._halted.pop(symbol, None) is not None

    # Commands

    def submit(self, trader: str, order: NewOrder, *, now_ns: int) -> Refused | None:
        """Take a new order; `None` means it is written down and will leave or be answered."""
        known = self.table.get(order.client_order_id)
        if known is not None and (known.trader, known.new) == (trader, order):
            return None
        # What `blocked` looks at: a call less in the way of an order.
        is_blocked = self._stream_reason or self._clock_reason or not self._followup.is_reconciled
        if known is not None or is_blocked or self._halted or self._way_out.queue.others:
            refused = self._obstacle(order, trader, known)
            if refused is not None:
                return refused
        done = self._plain is not None and self._plain.submit(trader, order, now_ns)
        if done is not False:
            return None if done is True else done
        checked = unfit(order, self._way_out.waiting) or self.limits.check(
            trader, order, now_ns=now_ns
        )
        if isinstance(checked, Refused):
            return checked
        try:
            self._journal.write(Entry(trader, order), now_ns)
        except OSError as error:
            self.limits.closed(order.client_order_id)
            return unwritten(error)
        kept = DeskOrder.queued(trader, order, now_ns)
        self.table.add(kept)
        self._way_out.push(checked, kept, now_ns)
        return None

    def modify(self, trader: str, change: ModifyOrder, *, now_ns: int) -> Refused | None:
        """Take a change of a live order."""
        order = own_order(self.table, trader, change.client_order_id)
        if isinstance(order, Refused):
            return order
        if change.client_order_id != order.client_order_id:
            change = replace(change, client_order_id=order.client_order_id)
        if order.change == change:
            return None
        obstacle = unchangeable(order) or unavailable(self.blocked, change.symbol)
        asked = obstacle or (self._swaps.permit(order, change) if order.waits else change)
        if isinstance(asked, Refused):
            return asked
        left = change.quantity - order.cumulative
        checked = self.limits.check_change(trader, asked, open_quantity=left, now_ns=now_ns)
        if isinstance(checked, Refused):
            return checked
        refused = self._write(Entry(trader, change), now_ns)
        if refused is not None:
            return refused
        order.ask_change(change)
        self._way_out.push(checked, order, now_ns)
        return None

    def cancel(self, trader: str, cancel: CancelOrder, *, now_ns: int) -> Refused | None:
        """Take a cancel; it leaves whatever the limits say."""
        order = own_order(self.table, trader, cancel.client_order_id)
        if isinstance(order, Refused):
            return order
        self._cancel(order, now_ns)
        return None

    def cancel_all(
        self, *, trader: str | None = None, symbol: str | None = None, now_ns: int
    ) -> int:
        """Cancel every open order that matches; return how many that were."""
        orders = self.table.open_orders(trader=trader, symbol=symbol)
        for order in orders:
            self._cancel(order, now_ns)
        return len(orders)

    # Evidence

    def hear(self, event: Event, now_ns: int) -> None:
        """Take what a codec concluded."""
        match event:
            case OrderUpdate():
                self.apply(event, now_ns)
            case RateUsed():
                self._way_out.budget.observe(event, self.venue_ns(now_ns))
            case ConditionalTold():
                self._followup.told(event, now_ns)
            case OrderFound() | OrderNotFound():
                self._followup.answered(event, now_ns)
            case (
                OpenOrdersListed()
                | OrdersListed()
                | FillsListed()
                | PositionsListed()
                | BalancesListed()
            ):
                self._followup.listed(event, now_ns)
            case MarkPrice(symbol=symbol, mark=mark):
                self.limits.see_price(symbol, mark)
            case StreamReady():
                self._stream_reason = None
                self._followup.begin(now_ns)
            case StreamLost(reason=reason):
                self._stream_reason = f"the private stream is lost: {reason}"
                self._followup.stop()
            case Faulted(fault=fault) if fault.kind is FaultKind.LIMIT:
                until_ns = self.venue_ns(now_ns) + fault.retry_after_ns
                self._way_out.budget.block_until(until_ns, is_ban=fault.is_ban)
                self.alert("VENUE_RATE_LIMIT", f"{fault.where}: {fault.text}", now_ns)
            case _:
                pass

    def apply(self, update: OrderUpdate, now_ns: int) -> None:
        """Merge one piece of evidence and pass it on to its trader."""
        order = self.table.get(update.client_order_id)
        if order is None:
            self._followup.stranger(update, now_ns)
            return
        if (trigger := trigger_of(order, update)) is not None:
            self.apply(trigger, now_ns)
        if self._is_repeated_doubt(order, update, now_ns):
            return
        if update.reply in {"canceled", "expired"} and self._followup.must_wait(order, update):
            return
        if not merge(order, update, table=self.table, limits=self.limits):
            return
        order.note(update)
        failed = self._write(Entry(order.trader, update), now_ns)
        if failed is not None:
            self.alert("JOURNAL", failed.text, now_ns)
        if order.new.is_conditional:
            self._swaps.tell(order, update, now_ns)
        else:
            self._outputs.append(DeskUpdate(order.trader, update))
        if update.reply == "filled":
            self._followup.booked(update, now_ns)
        self._queue_after(order, now_ns)
        if order.stage is Stage.LIVE and order.is_acceptance_news:
            self.conclude(order, "accepted", "", now_ns)

    def tick(self, now_ns: int) -> None:
        """Let time pass: send what may leave now, give up what waited too long, ask."""
        for waiting in self._way_out.queue.overdue(now_ns - self.settings.queue_timeout_ns):
            self._give_up(waiting, now_ns)
        self._way_out.drain(now_ns)
        before_ns = now_ns - self.settings.answer_timeout_ns
        for order in silent(self.table, self.outcomes, before_ns=before_ns):
            self.conclude(order, "unknown", "", now_ns)
        self._followup.tick(now_ns)
        for alert in self.limits.alerts(now_ns):
            self._outputs.append(DeskAlert(alert))
        if self._journal.is_full:
            renew(self, self._journal, now_ns)

    def alert(self, code: str, text: str, now_ns: int) -> None:
        """Call somebody."""
        self._outputs.append(DeskAlert(RiskAlert(code=code, text=text, ts_recv_ns=now_ns)))

    def tell(self, output: DeskOutput) -> None:
        """Put something among what is to be told."""
        self._outputs.append(output)

    def conclude(
        self, order: DeskOrder, reply: Reply, text: str, now_ns: int, *, code: str | None = None
    ) -> None:
        """Tell what follows from all that is known, where the venue itself does not say it."""
        at_ns = self.venue_ns(now_ns)
        update = concluded(order, reply, text, code=code, venue_ns=at_ns, now_ns=now_ns)
        self.apply(update, now_ns)

    def adopt(self, order: DeskOrder, now_ns: int) -> None:
        """Take in an order that exists at the venue and is not in the table."""
        self.table.add(order)
        self.limits.restore(order.trader, order.new, now_ns=now_ns)

    def send_cancel(self, order: DeskOrder, now_ns: int) -> None:
        """Send a cancel that was asked for before."""
        self._way_out.cancel(order, now_ns)

    # Inside

    def _is_repeated_doubt(self, order: DeskOrder, update: OrderUpdate, now_ns: int) -> bool:
        """Begin or end the doubt an update is about; return whether it says so once more."""
        name = order.client_order_id
        if update.reply == "unknown":
            is_told = name in self.outcomes or not order.is_answer_due
            raise_doubt(self.outcomes, order, now_ns)
            return is_told
        if (doubt := self.outcomes.doubt(name)) and answers(doubt, update):
            self.outcomes.settle(name)
        return False

    def _obstacle(self, order: NewOrder, trader: str, known: DeskOrder | None) -> Refused | None:
        """Return what speaks against a new order before any limit is asked."""
        if known is not None:
            name = f"client_order_id={order.client_order_id}"
            text = f"a client order id names one order: {name}, trader={trader}"
            return Refused("DUPLICATE_CLIENT_ORDER_ID", text)
        why = self.blocked or self._halted.get(order.symbol)
        if (refused := unavailable(why, order.symbol)) is not None:
            return refused
        if self._way_out.queue.is_full:
            name = f"client_order_id={order.client_order_id}"
            text = f"at most {self.settings.queue_max} orders wait to be sent: {name}"
            return Refused("RATE_LIMIT", text)
        return None

    def _cancel(self, order: DeskOrder, now_ns: int) -> None:
        if order.stage is Stage.QUEUED:
            # Not one byte left: it can be taken back here.
            self._way_out.queue.drop(order.client_order_id)
            self.conclude(order, "canceled", "taken back before it was sent", now_ns)
            return
        if order.is_cancel_asked:
            return
        failed = self._write(Entry(order.trader, cancel_of(order)), now_ns)
        if failed is not None:
            # A cancel takes risk away: it leaves even where it cannot be written down.
            self.alert("JOURNAL", failed.text, now_ns)
        order.is_cancel_asked = True
        self.send_cancel(order, now_ns)

    def _queue_after(self, order: DeskOrder, now_ns: int) -> None:
        if order.is_open:
            return
        if self._way_out.queue.drop(order.client_order_id) and order.change is not None:
            # Its trader waits for an answer: with the change a full fill need not be the end.
            text = f"ended before its change left: client_order_id={order.client_order_id}"
            self.conclude(order, "modify_rejected", text, now_ns, code="UNKNOWN_ORDER")

    def _give_up(self, waiting: Waiting, now_ns: int) -> None:
        order = self.table.get(waiting.client_order_id)
        if order is None or not order.is_open:
            return
        text = (
            f"waited {self.settings.queue_timeout_ns} ns to be sent: "
            f"client_order_id={order.client_order_id}"
        )
        reply: Reply = "rejected" if order.stage is Stage.QUEUED else "modify_rejected"
        code = "VENUE_RATE_LIMIT" if self._way_out.oms.can_send else "VENUE_UNAVAILABLE"
        self.conclude(order, reply, text, now_ns, code=code)

    def _write(self, entry: Entry, now_ns: int) -> Refused | None:
        try:
            self._journal.write(entry, now_ns)
        except OSError as error:
            return unwritten(error)
        return None
