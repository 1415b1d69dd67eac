"""Another trigger for an order that waits for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.venue.filters import check_terms
from tradecore.venue.refusals import Reason, Refused, refused_by_core

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.venue.orders import OrderRecord
    from tradecore.venue.service import VenueService

__all__ = ["retrigger"]


def retrigger(
    service: VenueService,
    order: OrderRecord,
    *,
    stop_price: Decimal,
    price: Decimal | None,
    quantity: Decimal,
    now_ns: int,
) -> OrderRecord | Refused:
    """Change what an order waits for, with its limit and total; it goes on waiting.

    Args:
        service: The venue.
        order: One that waits for its trigger.
        stop_price: The new trigger.
        price: Its limit from now on; `None` of one that has none.
        quantity: Its total from now on.
        now_ns: The time.
    """
    service.advance(now_ns)
    if order.status != "pending_trigger":
        return Refused(Reason.UNKNOWN_ORDER)
    instrument = service.state.instruments[order.symbol]
    if stop_price <= 0 or stop_price % instrument.instrument.tick_size:
        return Refused(Reason.PRICE_OFF_TICK)
    refused = check_terms(
        instrument,
        side=order.side,
        price=price,
        quantity=quantity,
        mark=stop_price,
        reduces=order.request.reduce_only,
    )
    if refused is not None:
        return refused
    reports = service.commands.modify(
        order, price=price, open_quantity=quantity, origin=None, stop_price=stop_price
    )
    if reports[0].exec_type == "rejected":
        return refused_by_core(reports[0].reject_code or "")
    service.upkeep.look(order.symbol)
    return order
