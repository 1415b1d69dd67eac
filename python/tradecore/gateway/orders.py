"""What both families do with orders."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tradecore.gateway.access import own_object
from tradecore.gateway.changes import hold_in
from tradecore.gateway.floor import Placed
from tradecore.gateway.problems import ProblemError
from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from starlette.requests import Request

    from tradecore.gateway.gateway import Gateway
    from tradecore.gateway.schemas.base import MarginMode
    from tradecore.gateway.views import OrderView
    from tradecore.identity.principal import Principal
    from tradecore.venue import PlaceOrder

__all__ = ["cancel", "place", "readable"]


async def place(
    request: Request, gateway: Gateway, order: PlaceOrder, *, mode: MarginMode | None = None
) -> Placed:
    """Place an order, once where the request has a key; its symbol is held as `mode` says.

    Raises:
        ProblemError: If it is refused.
    """
    began_ns = gateway.clock.monotonic_ns()
    once_name = getattr(request.state, "once_name", None)
    if once_name is not None:
        if not order.client_order_id:
            order = replace(order, client_order_id=once_name)
        if request.state.is_retry:
            view = await gateway.floor.find_by_client(order.account, order.client_order_id)
            if view is not None:
                return Placed(view, ())
    if mode is not None:
        await gateway.floor.command(partial(hold_in, gateway.floor.service, order, mode))
    placed = await gateway.floor.place(order)
    gateway.metrics.order_took(gateway.clock.monotonic_ns() - began_ns)
    return placed


async def readable(
    gateway: Gateway, caller: Principal, order_id: str, *, scope: Scope = Scope.ORDERS_READ
) -> OrderView:
    """Return an order that the caller may see.

    Raises:
        ProblemError: 404, if there is none that is.
    """
    view = await gateway.floor.any_order(int(order_id))
    own_object(caller, scope, None if view is None else view.account)
    if view is None:
        raise ProblemError(404, "NOT_FOUND", "there is no such thing of yours")
    return view


async def cancel(gateway: Gateway, caller: Principal, order_id: str) -> Placed:
    """Take an order out.

    Raises:
        ProblemError: 404, if there is none that the caller may touch; 409, if it ended.
    """
    view = await readable(gateway, caller, order_id, scope=Scope.ORDERS_WRITE)
    return await gateway.floor.cancel(view)
