"""What a desk writes at the head of a new file, so that the entries before it can be let go.

Every order that may still trade, with all that was told of it, and then what the entries before
came to: positions, what the day's loss has used up, what each trader holds, and what the venue
called the orders that are let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.execution.desk_dispatch import cancel_of
from tradecore.execution.intents import Carried, CarriedHolding, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_orders import DeskOrder
    from tradecore.execution.intents import IntentJournal

__all__ = ["carried_entries", "renew", "take_over"]


def renew(desk: DeskFace, journal: IntentJournal, now_ns: int) -> None:
    """Have a journal begin anew with what is unresolved; if it cannot, it goes on as it is."""
    try:
        journal.renew(carried_entries(desk, now_ns))
    except OSError as error:
        text = f"the file of intents grows on: {error.strerror or error}"
        desk.alert("JOURNAL", text, now_ns)


def carried_entries(desk: DeskFace, now_ns: int) -> Iterator[tuple[int, Entry]]:
    """Yield the entries a new file begins with, each with the time it is about."""
    for order in desk.table.open_orders():
        yield from _of_order(order)
    holdings = tuple(
        CarriedHolding(
            trader=trader,
            symbol=symbol,
            quantity=held.quantity,
            average_price=held.average_price,
        )
        for trader, symbol, held in desk.table.holdings.every()
    )
    names = desk.table.names_by_symbol()
    carried = Carried(limits=desk.limits.carry(), holdings=holdings, names=names)
    yield now_ns, Entry("", carried)


def _of_order(order: DeskOrder) -> Iterator[tuple[int, Entry]]:
    trader, sent_ns = order.trader, order.sent_ns or order.queued_ns
    yield sent_ns, Entry(trader, order.new)
    for told in order.evidence:
        yield told.ts_recv_ns, Entry(trader, told)
    if order.change is not None:
        yield order.asked_ns or sent_ns, Entry(trader, order.change)
    if order.is_cancel_asked:
        yield order.asked_ns or sent_ns, Entry(trader, cancel_of(order))


def take_over(desk: DeskFace, carried: Carried, at_ns: int) -> None:
    """Set what entries came to; fills that stand before it were counted in it."""
    desk.table.holdings.take_over(
        (held.trader, held.symbol, held.quantity, held.average_price) for held in carried.holdings
    )
    desk.table.recall(carried.names)
    desk.limits.take_over(carried.limits, now_ns=at_ns)
    for order in desk.table:
        desk.limits.restore(order.trader, order.new, now_ns=at_ns)
        if not order.is_open:
            # A late fill of it counts.
            desk.limits.closed(order.client_order_id)
        elif order.price is not None:
            left = order.open_quantity
            desk.limits.settle(order.client_order_id, price=order.price, open_quantity=left)
