"""What a client changes of an order, or of how it holds a symbol, where the venue allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.gateway.problems import ProblemError
from tradecore.venue.retrigger import retrigger

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.gateway.schemas.base import MarginMode
    from tradecore.venue import OrderRecord, PlaceOrder, Refused, VenueService

__all__ = ["Change", "changed", "hold_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New terms of an order; what is `None` stays."""

    price: Decimal | None = None
    quantity: Decimal | None = None
    stop_price: Decimal | None = None


def changed(
    service: VenueService, record: OrderRecord, change: Change, *, now_ns: int
) -> OrderRecord | Refused:
    """Change an open order.

    Raises:
        ProblemError: 422, if it has nothing of the kind to change.
    """
    total = record.quantity if change.quantity is None else change.quantity
    limit = record.price if change.price is None else change.price
    stop_price = change.stop_price
    if (limit is None) is not (record.price is None):
        raise ProblemError(422, "NOT_A_LIMIT_ORDER", "only a limit is changed")
    if stop_price is not None:
        if record.status != "pending_trigger":
            raise ProblemError(422, "NOT_WAITING", "an order that waits has a trigger to change")
        return retrigger(
            service, record, stop_price=stop_price, price=limit, quantity=total, now_ns=now_ns
        )
    if limit is None:
        raise ProblemError(422, "NOT_A_LIMIT_ORDER", "only a limit is changed")
    return service.amend(record, price=limit, quantity=total, now_ns=now_ns)


def hold_in(service: VenueService, order: PlaceOrder, mode: MarginMode, now_ns: int) -> None:
    """Let an order's account hold its symbol with money of its own or not, before it has any of it.

    Raises:
        ProblemError: 422, if it is held or ordered the other way.
    """
    service.advance(now_ns)
    account, symbol, is_isolated = order.account, order.symbol, mode == "isolated"
    if is_isolated is ((account, symbol) in service.state.isolated):
        return
    refused = service.modes.set_isolated(account, symbol, is_isolated=is_isolated)
    if refused is not None:
        raise ProblemError(
            422,
            "MARGIN_MODE",
            f"a margin mode is changed without an order or a position in the symbol: {mode}",
        )
