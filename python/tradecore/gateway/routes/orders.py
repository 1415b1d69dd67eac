"""Reading one's orders: `/api/orders`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from tradecore.core import InputError
from tradecore.gateway.access import gateway_of, needs, own_account
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.orders import readable
from tradecore.gateway.pages import link_next
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PAGED, PRIVATE, problems
from tradecore.gateway.routes.trading import OrderIdPath
from tradecore.gateway.schemas.base import StatusFilter
from tradecore.gateway.schemas.orders import Order, OrderPage
from tradecore.gateway.views import OrderView, order_of
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

__all__ = ["CursorQuery", "LimitQuery", "SymbolQuery", "router"]

router = APIRouter(prefix="/api/orders", tags=["orders"], route_class=VenueRoute)
Reader = Annotated[Principal, needs(Scope.ORDERS_READ)]
LimitQuery = Annotated[int, Query(ge=1, le=1_000, description="Most entries of a page.")]
CursorQuery = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="`nextCursor` of the page before."),
]
SymbolQuery = Annotated[
    str | None,
    Query(
        pattern="^[A-Za-z0-9]{1,24}([/_-][A-Za-z0-9]{1,24}){0,3}$",
        description="Only of this symbol.",
    ),
]
#: The venue's words for each of the API's that a list can be filtered by.
_STATUSES: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "active": ("new", "partially_filled", "pending_trigger"),
    "closed": ("filled", "canceled", "expired", "expired_in_match", "rejected"),
    "new": ("new",),
    "suspended": ("pending_trigger",),
    "partially_filled": ("partially_filled",),
    "filled": ("filled",),
    "cancelled": ("canceled", "expired_in_match"),
    "rejected": ("rejected",),
    "expired": ("expired",),
}


@router.get("", response_model=OrderPage, responses={**PAGED, **problems(*PRIVATE, 404)})
async def list_orders(  # noqa: PLR0917 - FastAPI calls it by name
    request: Request,
    response: Response,
    caller: Reader,
    status: Annotated[StatusFilter, Query(description="Only orders that stand so.")] = "all",
    symbol: SymbolQuery = None,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
) -> OrderPage:
    """List your orders, newest first."""
    gateway = gateway_of(request)
    account = own_account(caller)
    named = None if symbol is None else gateway.floor.names.named(symbol)
    statuses = _STATUSES.get(status)
    if statuses is None:
        # A state that orders of this venue pass through without being seen in it.
        return OrderPage(data=[], next_cursor=None)
    await gateway.floor.caught_up()
    try:
        page = await asyncio.to_thread(
            gateway.floor.records.orders,
            account,
            symbol=named,
            status=statuses,
            limit=limit,
            cursor=cursor,
        )
    except InputError as error:
        raise ProblemError(400, "BAD_CURSOR", str(error)) from error
    link_next(request, response, page.next_cursor)
    user_id = gateway.directory.user_of(account)
    views = [OrderView.of_row(row) for row in page.rows]
    return OrderPage(
        data=[order_of(view, user_id=user_id, fills=()) for view in views],
        next_cursor=page.next_cursor,
    )


@router.get("/{orderId}", response_model=Order, responses=problems(*PRIVATE, 404))
async def read_order(
    request: Request, order_id: Annotated[OrderIdPath, Path(alias="orderId")], caller: Reader
) -> Order:
    """Read one order and what it traded."""
    gateway = gateway_of(request)
    view = await readable(gateway, caller, order_id)
    fills = await gateway.floor.fills(view)
    return order_of(view, user_id=gateway.directory.user_of(view.account), fills=fills)
