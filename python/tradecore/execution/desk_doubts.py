"""When a desk begins to doubt an order: an answer is lost, overdue, or a process was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.exchanges.base import ModifyOrder, NewOrder
from tradecore.execution.desk_carry import take_over
from tradecore.execution.desk_evidence import merge
from tradecore.execution.desk_orders import DeskOrder, Stage
from tradecore.execution.intents import Carried
from tradecore.model.venue import OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_orders import OrderTable
    from tradecore.execution.intents import Entry
    from tradecore.oms.outcomes import Outcomes, Request

__all__ = ["alarm", "raise_doubt", "restore", "silent"]


def raise_doubt(outcomes: Outcomes, order: DeskOrder, now_ns: int) -> None:
    """Note that the answer to what was sent last for an order is lost."""
    request: Request = "cancel" if order.change is None else "modify"
    sent_ns = order.asked_ns
    if order.stage is Stage.SENT:
        request, sent_ns = "new", order.sent_ns
    outcomes.raise_doubt(
        order.client_order_id,
        order.symbol,
        request,
        sent_ns=sent_ns,
        now_ns=now_ns,
        placed_ns=order.placed_ns,
    )


def silent(table: OrderTable, outcomes: Outcomes, *, before_ns: int) -> Iterator[DeskOrder]:
    """Yield the orders whose answer is due since before a time, and in no doubt yet."""
    for order in table.open_orders():
        is_due = order.is_answer_due and 0 < order.asked_ns < before_ns
        if is_due and order.client_order_id not in outcomes:
            yield order


def alarm(desk: DeskFace, now_ns: int) -> None:
    """Call somebody about what stays in doubt, and trade no more in its symbol."""
    for doubt in desk.outcomes.alarms(now_ns):
        desk.halt(doubt.symbol, f"an order is in doubt: {doubt.client_order_id}")
        waited_s = (now_ns - doubt.since_ns) / 1e9
        desk.alert(
            "UNKNOWN_ORDER_STATE",
            f"the outcome of a {doubt.request} is not known after {waited_s:.0f} s: "
            f"client_order_id={doubt.client_order_id}, symbol={doubt.symbol}",
            now_ns,
        )


def restore(desk: DeskFace, entries: Iterable[tuple[int, Entry]], *, start_ns: int) -> None:
    """Take over what an earlier run wrote down; all that is open is to be asked about.

    When a change or a cancel left is not written down, only that it was before this run began.
    An order that is carried into a new file stands in the one before it as well.
    """
    for ts_ns, entry in entries:
        what = entry.what
        if isinstance(what, Carried):
            take_over(desk, what, ts_ns)
            continue
        if isinstance(what, NewOrder):
            if desk.table.get(what.client_order_id) is not None:
                continue
            order = DeskOrder(
                trader=entry.trader,
                new=what,
                stage=Stage.SENT,
                price=what.price,
                quantity=what.quantity,
                sent_ns=ts_ns,
            )
            desk.adopt(order, ts_ns)
            continue
        known = desk.table.get(what.client_order_id)
        if known is None:
            continue
        if isinstance(what, OrderUpdate):
            if merge(known, what, table=desk.table, limits=desk.limits):
                known.note(what)
                known.is_introduced = known.is_introduced or what.reply != "unknown"
        elif isinstance(what, ModifyOrder):
            known.ask_change(what)
            known.asked_ns, known.is_change_out = start_ns, True
        else:
            known.is_cancel_asked, known.asked_ns = True, start_ns
