"""What speaks against a command about an order before any limit is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.execution.desk_orders import DeskOrder, Stage
from tradecore.model import Refused

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeConditionals, NewOrder
    from tradecore.execution.desk_orders import OrderTable

__all__ = ["own_order", "unavailable", "unchangeable", "unfit"]


def unfit(order: NewOrder, waiting: ExchangeConditionals | None) -> Refused | None:
    """Return why an order that waits for a trigger cannot be sent, if it is one and cannot."""
    if not order.is_conditional:
        return None
    name = f"client_order_id={order.client_order_id}, type={order.type}"
    if waiting is None:
        return Refused("UNSUPPORTED", f"the venue takes no such order: {name}")
    has_limit = order.type == "stop_limit"
    needs_trigger = order.type != "trailing_stop"
    if (needs_trigger and order.stop_price is None) or has_limit == (order.price is None):
        return Refused(
            "BAD_COMBINATION",
            "a stop has a trigger, and a price if it ends in a limit order: "
            f"{name}, stop_price={order.stop_price}, price={order.price}",
        )
    objection = waiting.objection(order)
    return None if objection is None else Refused("UNSUPPORTED", f"{objection}: {name}")


def unavailable(why: str | None, symbol: str) -> Refused | None:
    """Return the refusal for a reason why nothing can be sent, if there is one."""
    return None if why is None else Refused("VENUE_UNAVAILABLE", f"{why}: symbol={symbol}")


def own_order(table: OrderTable, trader: str, client_order_id: str) -> DeskOrder | Refused:
    """Return a trader's live order by its id."""
    order = table.current(client_order_id)
    if order is None or order.trader != trader:
        return Refused(
            "UNKNOWN_ORDER",
            f"no order of this trader has this id: client_order_id={client_order_id}, "
            f"trader={trader}",
        )
    if not order.is_open:
        return Refused(
            "ORDER_NOT_LIVE",
            f"the order is not live any more: client_order_id={client_order_id}",
        )
    return order


def unchangeable(order: DeskOrder) -> Refused | None:
    """Return why an order's price and quantity cannot be changed now, if so."""
    name = f"client_order_id={order.told_as}"
    if order.waits and order.stage is Stage.SENT:
        text = f"a stop is changed once the venue has it: {name}"
        return Refused("REQUEST_IN_FLIGHT", text)
    if order.stage is Stage.QUEUED or order.change is not None or order.is_cancel_asked:
        text = f"an order is changed once its last answer came: {name}"
        return Refused("REQUEST_IN_FLIGHT", text)
    return None
