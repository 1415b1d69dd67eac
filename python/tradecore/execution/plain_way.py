"""The short way of a plain order: the core does in one look what four parts do one by one.

Limits, journal, budget and codec have each a core of their own. A limit order with nothing special
about it is shown to all of them at once, and what comes back is to the byte what they would have
made of it. Whatever else an order is, or is in the way of, it takes the long way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tradecore.core import PlainOrders
from tradecore.exchanges.base import ExchangePlainOrders
from tradecore.execution.desk_orders import DeskOrder, Stage
from tradecore.execution.desk_outputs import unwritten
from tradecore.model import Approved, Refused
from tradecore.risk import AccountLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.core import PreTrade
    from tradecore.exchanges.base import NewOrder
    from tradecore.execution.desk_dispatch import Dispatch
    from tradecore.execution.intents import IntentJournal
    from tradecore.risk import OrderLimits

__all__ = ["PlainWay"]


@runtime_checkable
class RecordJournal(Protocol):
    """An `IntentJournal` that keeps what was worded already."""

    def keep(self, record: bytes, /) -> None:
        """Keep an entry; when this has returned, it survives this process.

        Raises:
            OSError: If it cannot be kept; then nothing may be sent.
        """


class PlainWay:
    """Takes plain orders for a desk that nothing hinders."""

    def __init__(
        self,
        *,
        oms: ExchangePlainOrders,
        limits: AccountLimits,
        journal: RecordJournal,
        way_out: Dispatch,
        flush: Callable[[], None],
        send: Callable[[str, str, int], bool],
    ) -> None:
        """Stand between these, which go on being asked one by one for every other order.

        Args:
            oms: Words and numbers messages.
            limits: What an order is checked against.
            journal: Where it is written down.
            way_out: Where it waits if it may not leave.
            flush: Has what was queued in the socket when it returns; called before anything is
                done that the order itself need not wait for.
            send: Writes a message past the queue, and returns whether it left.
        """
        self._oms, self._limits, self._journal, self._way_out = oms, limits, journal, way_out
        self._flush, self._send, self._terms = flush, send, oms.plain_terms
        self._rules: PreTrade | None = None
        self._orders: PlainOrders

    @classmethod
    def of(
        cls,
        limits: OrderLimits,
        journal: IntentJournal,
        way_out: Dispatch,
        flush: Callable[[], None],
        send: Callable[[str, str, int], bool],
    ) -> PlainWay | None:
        """Return the short way, where the codec, the limits and the journal have one."""
        oms = way_out.oms
        if (
            isinstance(oms, ExchangePlainOrders)
            and isinstance(limits, AccountLimits)
            and isinstance(journal, RecordJournal)
        ):
            return cls(
                oms=oms, limits=limits, journal=journal, way_out=way_out, flush=flush, send=send
            )
        return None

    def submit(self, trader: str, order: NewOrder, now_ns: int) -> Refused | bool:
        """Take an order; `True` means it is written down, and sent or waiting for the budget.

        `False` means that it has to take the long way, and that nothing was done.
        """
        way_out, limits = self._way_out, self._limits
        venue_ns = now_ns + way_out.offset_ns
        request = self._oms.next_request()
        if request is None or way_out.queue.cancels or venue_ns < way_out.budget.until_ns:
            return False
        rules, number = limits.judge(trader, order.symbol, now_ns)
        if rules is not self._rules:
            self._rules, self._orders = rules, self._made(rules)
        request_id, is_signed, generation = request
        placed = self._orders.place(
            order,
            trader=trader,
            strategy=number,
            request_id=request_id,
            signed=is_signed,
            now_ns=now_ns,
            venue_ns=venue_ns,
        )
        if placed is None:
            return False
        refused, record, text = placed
        if refused is not None or record is None:
            return Refused(*refused) if refused is not None else False
        try:
            self._journal.keep(record)
        except OSError as error:
            limits.closed(order.client_order_id)
            return unwritten(error)
        if text is not None:
            is_sent = generation > 0 and self._send(self._terms.channel, text, generation)
            self._oms.worded(order, text, is_sent=is_sent, now_ns=now_ns, venue_ns=venue_ns)
            if not is_sent:
                self._flush()
        limits.know(order)
        kept = DeskOrder.queued(trader, order, now_ns)
        way_out.table.add(kept)
        if text is None:
            way_out.push(Approved(order, "account limits"), kept, now_ns)
        else:
            kept.stage = Stage.SENT
            kept.asked_ns = kept.sent_ns = now_ns
        return True

    def _made(self, rules: PreTrade) -> PlainOrders:
        terms, budget = self._terms, self._way_out.budget
        return PlainOrders(
            rules,
            terms.writer,
            limiter=budget.limiter,
            tokens=budget.tokens_of(terms.cost),
            window_ms=terms.window_ms,
        )
