"""How evidence changes what a desk knows of one order: once each, in any order."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
from tradecore.model.venue import OrderUpdate, VenueOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import ConditionalStatus, ConditionalTold
    from tradecore.model.venue import Reply, Source, VenueFill
    from tradecore.oms.outcomes import Doubt
    from tradecore.risk import OrderLimits

__all__ = [
    "answers",
    "concluded",
    "conditional_update",
    "fill_update",
    "merge",
    "status_update",
    "terms_update",
    "trigger_of",
]

_TERMINAL = frozenset({"rejected", "canceled", "expired"})
_REPLIES: Final[Mapping[ConditionalStatus, Reply]] = MappingProxyType(
    {
        "new": "accepted",
        "canceled": "canceled",
        "expired": "expired",
        "rejected": "expired",
        "triggering": "triggered",
        "triggered": "triggered",
        "finished": "triggered",
    }
)


def merge(order: DeskOrder, update: OrderUpdate, *, table: OrderTable, limits: OrderLimits) -> bool:
    """Take one piece of evidence in; return whether it was news.

    A fill is booked once by its execution id, also after the order ended. A terminal answer ends
    the order; what had not traded is free again.
    """
    _name(order, update, table)
    match update.reply:
        case "filled":
            is_news = _fill(order, update, table=table, limits=limits)
        case "replaced":
            is_news = _replace(order, update, table=table, limits=limits)
        case "triggered":
            is_news = order.waits and order.is_open
            order.is_triggered = True
            _accept(order)
        case "accepted":
            is_news = _accept(order)
        case "cancel_rejected":
            is_news = order.is_open
            order.is_cancel_asked = False
        case "modify_rejected":
            is_news = _keep(order, table=table, limits=limits)
        case "rejected" | "canceled" | "expired":
            is_news = order.is_open
            table.finish(order)
            limits.closed(order.client_order_id)
        case "unknown":
            is_news = order.is_open
    if is_news:
        is_kept = order.is_doubted and update.reply in {"cancel_rejected", "modify_rejected"}
        order.is_doubted = is_kept or update.reply == "unknown"
    return is_news


def _name(order: DeskOrder, update: OrderUpdate, table: OrderTable) -> None:
    """Note the venue's id of an order; what one becomes when it is triggered has another."""
    name = update.venue_order_id
    if name is None or name == order.venue_order_id:
        return
    became = order.is_triggered or update.reply == "triggered"
    if order.venue_order_id is None or (became and name not in order.former_ids):
        table.name(order, name)


def trigger_of(order: DeskOrder, update: OrderUpdate) -> OrderUpdate | None:
    """Return that an order was triggered, where an update about what it became says so first.

    A venue may tell of the two in any order.
    """
    if not order.waits or order.venue_order_id is None or update.reply == "triggered":
        return None
    name = update.venue_order_id
    if name is None or name in {order.venue_order_id, *order.former_ids}:
        return None
    return OrderUpdate(
        client_order_id=update.client_order_id,
        symbol=update.symbol,
        reply="triggered",
        ts_event_ns=update.ts_event_ns,
        ts_recv_ns=update.ts_recv_ns,
        source=update.source,
        venue_order_id=name,
    )


def conditional_update(told: ConditionalTold) -> OrderUpdate:
    """Return what an order's stay with the trigger means for it.

    One that comes to nothing when it is triggered had been taken: it is not `rejected`.
    """
    reply = _REPLIES[told.status]
    is_refused = told.status == "rejected"
    return OrderUpdate(
        client_order_id=told.client_order_id,
        symbol=told.symbol,
        reply=reply,
        ts_event_ns=told.ts_event_ns,
        ts_recv_ns=told.ts_recv_ns,
        source=told.source,
        venue_order_id=told.order_id if reply == "triggered" else told.venue_order_id,
        reject_code="VENUE_REJECTED" if is_refused else None,
        reject_text=told.reject_text if is_refused else None,
    )


def _accept(order: DeskOrder) -> bool:
    is_news = order.is_acceptance_news
    if is_news:
        order.stage = Stage.LIVE
    return is_news


def _fill(order: DeskOrder, update: OrderUpdate, *, table: OrderTable, limits: OrderLimits) -> bool:
    price, quantity = update.price, update.quantity
    if price is None or quantity is None or update.exec_id in order.exec_ids:
        return False
    order.exec_ids.add(update.exec_id)
    order.cumulative += quantity
    table.holdings.book(order.trader, order.symbol, order.new.side, price, quantity)
    if order.stage in {Stage.SENT, Stage.QUEUED}:
        order.stage = Stage.LIVE
    limits.filled(
        order.client_order_id,
        price=price,
        quantity=quantity,
        fee=update.fee or Decimal(0),
        liquidity=update.liquidity,
    )
    _finish_whole(order, table, limits)
    return True


def _finish_whole(order: DeskOrder, table: OrderTable, limits: OrderLimits) -> bool:
    """End an order of which nothing more can trade; return whether it is over."""
    if order.is_open and order.cumulative >= _whole(order):
        table.finish(order)
        limits.closed(order.client_order_id)
    return not order.is_open


def _whole(order: DeskOrder) -> Decimal:
    """Return how large an order may be: a change that left may have been done, untold."""
    if order.change is None or not order.is_change_out or order.is_swap:
        return order.quantity
    return max(order.quantity, order.change.quantity)


def _replace(
    order: DeskOrder, update: OrderUpdate, *, table: OrderTable, limits: OrderLimits
) -> bool:
    """Take the terms of a change; a pushed or answered one that came before the last is old news.

    Of what was asked for, whoever asked knows how old it is.
    """
    price, quantity = update.price, update.quantity
    if price is None or quantity is None:
        return False
    is_answer = _is_answer(order, update)
    if is_answer:
        order.change = None
    if update.source != "query" and update.ts_event_ns < order.replaced_ns:
        return is_answer
    is_news = (price, quantity) != (order.price, order.quantity) or is_answer
    order.price, order.quantity = price, quantity
    order.replaced_ns = max(order.replaced_ns, update.ts_event_ns)
    if is_news:
        order.terms_ns = max(order.terms_ns, update.ts_recv_ns)
    if not _finish_whole(order, table, limits):
        limits.settle(order.client_order_id, price=price, open_quantity=order.open_quantity)
    return is_news


def _is_answer(order: DeskOrder, update: OrderUpdate) -> bool:
    """Return whether new terms are the answer to the change under way; the core has the same rule.

    Both the response and the stream tell of a change: the later one must not end the next. An
    order that may only rest may be moved away from the market rather than refused.
    """
    change, price = order.change, update.price
    if change is None or change.price is None or price is None:
        return False
    is_old = update.source != "query" and update.ts_event_ns < order.change_after_ns
    if is_old or update.quantity != change.quantity:
        return False
    is_away = price < change.price if order.new.side == "buy" else price > change.price
    return price == change.price or (order.new.post_only and is_away and price != order.price)


def _keep(order: DeskOrder, *, table: OrderTable, limits: OrderLimits) -> bool:
    """Leave an order as it is, since a change was refused; return whether that is news.

    Its trader waits for the answer also where the order traded out meanwhile: with the change it
    would have become larger, and be open.
    """
    is_news = order.is_open or order.change is not None
    order.change = None
    if not _finish_whole(order, table, limits):
        price = order.price or Decimal(0)
        limits.settle(order.client_order_id, price=price, open_quantity=order.open_quantity)
    return is_news


def answers(doubt: Doubt, update: OrderUpdate) -> bool:
    """Return whether an update ends a doubt."""
    if update.reply == "unknown":
        return False
    if doubt.request == "new" or update.reply in _TERMINAL:
        return True
    if doubt.request == "cancel":
        return update.reply == "cancel_rejected"
    return update.reply in {"replaced", "modify_rejected"}


def concluded(
    order: DeskOrder, reply: Reply, text: str, *, code: str | None, venue_ns: int, now_ns: int
) -> OrderUpdate:
    """Return what follows for an order from all that is known."""
    return OrderUpdate(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        reply=reply,
        ts_event_ns=venue_ns,
        ts_recv_ns=now_ns,
        source="reconciliation",
        venue_order_id=order.venue_order_id,
        reject_code=code,
        reject_text=text if code is not None else None,
    )


def status_update(order: VenueOrder, *, source: Source, ts_recv_ns: int) -> OrderUpdate | None:
    """Return what an order's status says beside its fills; `None` for `filled`, which they say."""
    reply = {
        "new": "accepted",
        "partially_filled": "accepted",
        "canceled": "canceled",
        "rejected": "rejected",
        "expired": "expired",
    }.get(order.status)
    if reply is None:
        return None
    return msgspec.convert(
        {
            "client_order_id": order.client_order_id,
            "symbol": order.symbol,
            "reply": reply,
            "ts_event_ns": order.ts_event_ns,
            "ts_recv_ns": ts_recv_ns,
            "source": source,
            "venue_order_id": order.venue_order_id,
            "cumulative": order.cumulative,
        },
        OrderUpdate,
    )


def terms_update(venue: VenueOrder, *, ts_recv_ns: int) -> OrderUpdate:
    """Return what a query says of an order's price and quantity."""
    return OrderUpdate(
        client_order_id=venue.client_order_id,
        symbol=venue.symbol,
        reply="replaced",
        ts_event_ns=venue.ts_event_ns,
        ts_recv_ns=ts_recv_ns,
        source="query",
        price=venue.price,
        quantity=venue.quantity,
    )


def fill_update(
    client_order_id: str, fill: VenueFill, *, source: Source, ts_recv_ns: int
) -> OrderUpdate:
    """Return a listed fill as evidence about the order it belongs to."""
    return OrderUpdate(
        client_order_id=client_order_id,
        symbol=fill.symbol,
        reply="filled",
        ts_event_ns=fill.ts_event_ns,
        ts_recv_ns=ts_recv_ns,
        source=source,
        venue_order_id=fill.venue_order_id,
        exec_id=fill.exec_id,
        price=fill.price,
        quantity=fill.quantity,
        side=fill.side,
        liquidity=fill.liquidity,
        fee=fill.fee,
        fee_currency=fill.fee_currency,
    )
