"""Orders of the `/api/v1` family."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tradecore.gateway.access import account_named, gateway_of, needs
from tradecore.gateway.once import OnceRoute, VenueRoute, idempotency_key
from tradecore.gateway.orders import cancel, place, readable
from tradecore.gateway.responses import CREATED, PRIVATE, WRITES, problems
from tradecore.gateway.routes.trading import OrderIdPath
from tradecore.gateway.schemas.orders_v1 import OrderCreateV1, OrderV1
from tradecore.gateway.terms import of_v1
from tradecore.gateway.views import order_v1_of
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

__all__ = ["reads", "writes"]

writes = APIRouter(prefix="/api/v1/trading", tags=["v1"], route_class=OnceRoute)
reads = APIRouter(prefix="/api/v1/trading", tags=["v1"], route_class=VenueRoute)


@writes.post(
    "/orders",
    status_code=201,
    response_model=OrderV1,
    responses={**CREATED, **problems(*WRITES, 404)},
    dependencies=[Depends(idempotency_key)],
)
async def submit_order_v1(
    request: Request,
    response: Response,
    order: OrderCreateV1,
    caller: Annotated[Principal, needs(Scope.ORDERS_WRITE)],
) -> OrderV1:
    """Submit an order; what its type has no use for is ignored and named in `warnings`."""
    gateway = gateway_of(request)
    account = account_named(gateway, caller, Scope.ORDERS_WRITE, order.user_id)
    terms, warnings = of_v1(order, account=account, symbol=gateway.floor.names.named(order.symbol))
    placed = await place(request, gateway, terms)
    response.headers["Location"] = f"/api/v1/trading/orders/{placed.view.order_id}"
    user_id = gateway.directory.user_of(account)
    return order_v1_of(placed.view, user_id=user_id, warnings=warnings, symbol=order.symbol)


@reads.get("/orders/{order_id}", response_model=OrderV1, responses=problems(*PRIVATE, 404))
async def read_order_v1(
    request: Request,
    order_id: OrderIdPath,
    caller: Annotated[Principal, needs(Scope.ORDERS_READ)],
) -> OrderV1:
    """Read one order."""
    gateway = gateway_of(request)
    view = await readable(gateway, caller, order_id)
    return order_v1_of(view, user_id=gateway.directory.user_of(view.account))


@reads.delete("/orders/{order_id}", response_model=OrderV1, responses=problems(*PRIVATE, 404, 409))
async def cancel_order_v1(
    request: Request,
    order_id: OrderIdPath,
    caller: Annotated[Principal, needs(Scope.ORDERS_WRITE)],
) -> OrderV1:
    """Take an order out; once more is answered as the first time."""
    gateway = gateway_of(request)
    placed = await cancel(gateway, caller, order_id)
    return order_v1_of(placed.view, user_id=gateway.directory.user_of(placed.view.account))
