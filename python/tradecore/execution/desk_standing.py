"""What follows from how the venue says an order stands: still open, or traded whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.execution.desk_evidence import terms_update

if TYPE_CHECKING:
    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_orders import DeskOrder
    from tradecore.model.venue import VenueOrder

__all__ = ["hold_against", "traded_out"]


def hold_against(
    desk: DeskFace, order: DeskOrder, venue: VenueOrder, now_ns: int, *, asked_ns: int
) -> None:
    """It rests, on these terms unless they have changed since the venue was asked."""
    over = desk.outcomes.doubt(order.client_order_id)
    is_present = asked_ns >= order.terms_ns
    terms = (venue.price, venue.quantity)
    wanted = None if order.change is None else (order.change.price, order.change.quantity)
    if is_present and terms != (order.price, order.quantity) and wanted in {None, terms}:
        desk.apply(terms_update(venue, ts_recv_ns=now_ns), now_ns)
    elif over is None or asked_ns <= desk.outcomes.expires_ns(over):
        # Whatever is in doubt could still arrive when that was asked.
        return
    elif over.request == "cancel" and order.is_cancel_asked:
        desk.outcomes.settle(order.client_order_id)
        if order.cancels_sent < desk.settings.cancels_max:
            # It cannot arrive any more, and twice would do no harm: cancel once more.
            desk.send_cancel(order, now_ns)
        else:
            text = f"the order is still open after {order.cancels_sent} cancels"
            code = "VENUE_UNAVAILABLE"
            desk.conclude(order, "cancel_rejected", text, now_ns, code=code)
    elif over.request == "modify":
        if not is_present:
            return
        text = "the change can no longer arrive, and the order is as it was"
        desk.conclude(order, "modify_rejected", text, now_ns, code="VENUE_UNAVAILABLE")
    else:
        desk.outcomes.settle(order.client_order_id)


def traded_out(desk: DeskFace, order: DeskOrder, venue: VenueOrder, now_ns: int) -> None:
    """It traded whole, on these terms: a change under way was done before that, or never is."""
    if order.cumulative < venue.cumulative:
        return  # Its fills are asked for.
    change, terms = order.change, (venue.price, venue.quantity)
    if change is not None and (order.is_swap or terms != (change.price, change.quantity)):
        text = "the order ended before its change arrived"
        desk.conclude(order, "modify_rejected", text, now_ns, code="ORDER_NOT_LIVE")
    if order.is_open:
        desk.apply(terms_update(venue, ts_recv_ns=now_ns), now_ns)
