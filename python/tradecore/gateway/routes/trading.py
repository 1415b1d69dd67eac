"""Placing, changing and taking out orders, and the book: `/api/trading`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from tradecore.gateway.access import gateway_of, needs, own_account
from tradecore.gateway.books import book_checksum
from tradecore.gateway.changes import Change
from tradecore.gateway.once import OnceRoute, VenueRoute, idempotency_key
from tradecore.gateway.orders import cancel, place, readable
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import CREATED, PRIVATE, PUBLIC, WRITES, problems
from tradecore.gateway.schemas.market import Book
from tradecore.gateway.schemas.orders import Order, OrderChange, OrderCreate
from tradecore.gateway.terms import of_strict
from tradecore.gateway.views import order_of
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope
from tradecore.telemetry.logs import iso_utc

__all__ = ["OrderIdPath", "SymbolPath", "reads", "writes"]

writes = APIRouter(prefix="/api/trading", tags=["trading"], route_class=OnceRoute)
reads = APIRouter(prefix="/api/trading", tags=["trading"], route_class=VenueRoute)

OrderIdPath = Annotated[
    str, Path(pattern="^[0-9]{1,19}$", description="The venue's number of the order.")
]
SymbolPath = Annotated[
    str,
    Path(
        pattern="^[A-Za-z0-9]{1,24}([/_-][A-Za-z0-9]{1,24}){0,3}$",
        description="A symbol, with `-`, `_` or nothing between its assets.",
        examples=["BTCUSDT"],
    ),
]
Writer = Annotated[Principal, needs(Scope.ORDERS_WRITE)]


@writes.post(
    "/orders",
    status_code=201,
    response_model=Order,
    responses={**CREATED, **problems(*WRITES, 404)},
    dependencies=[Depends(idempotency_key)],
)
async def submit_order(
    request: Request, response: Response, order: OrderCreate, caller: Writer
) -> Order:
    """Submit an order.

    The answer comes when the order is on the disk, with whatever it traded at once. An order that
    a rule refuses is kept as `rejected`, and its id is in the problem.
    """
    gateway = gateway_of(request)
    account = own_account(caller)
    symbol = gateway.floor.names.named(order.symbol)
    terms = of_strict(order, account=account, symbol=symbol)
    placed = await place(request, gateway, terms, mode=order.margin_mode)
    response.headers["Location"] = f"/api/orders/{placed.view.order_id}"
    return order_of(
        placed.view,
        user_id=gateway.directory.user_of(account),
        fills=placed.fills,
        symbol=order.symbol,
    )


@writes.patch(
    "/orders/{orderId}",
    response_model=Order,
    responses=problems(*WRITES, 404),
    dependencies=[Depends(idempotency_key)],
)
async def change_order(
    request: Request,
    order_id: Annotated[OrderIdPath, Path(alias="orderId")],
    change: OrderChange,
    caller: Writer,
) -> Order:
    """Change the price, the total or the trigger of an open order.

    It goes to the back of its queue. A total at or below what traded takes the order out. An order
    that waits for its trigger may have another one.
    """
    if {change.price, change.quantity, change.stop_price} == {None}:
        raise ProblemError(422, "UNCHANGED", "a change names a price, a trigger or a quantity")
    gateway = gateway_of(request)
    found = await readable(gateway, caller, order_id, scope=Scope.ORDERS_WRITE)
    wanted = Change(price=change.price, quantity=change.quantity, stop_price=change.stop_price)
    placed = await gateway.floor.amend(found, wanted)
    return order_of(
        placed.view, user_id=gateway.directory.user_of(found.account), fills=placed.fills
    )


@reads.delete("/orders/{orderId}", response_model=Order, responses=problems(*PRIVATE, 404, 409))
async def cancel_order(
    request: Request,
    order_id: Annotated[OrderIdPath, Path(alias="orderId")],
    caller: Writer,
) -> Order:
    """Take an order out.

    Once more is answered as the first time; of an order that ended another way the answer is 409.
    """
    gateway = gateway_of(request)
    placed = await cancel(gateway, caller, order_id)
    return order_of(
        placed.view, user_id=gateway.directory.user_of(placed.view.account), fills=placed.fills
    )


@reads.get(
    "/orderbook/{symbol}",
    response_model=Book,
    responses={
        304: {"description": "The book is as it was at the `If-None-Match` of the request."},
        **problems(*PUBLIC, 404),
    },
)
async def order_book(
    request: Request,
    response: Response,
    symbol: SymbolPath,
    depth: Annotated[int, Query(ge=1, le=1_000, description="Levels of each side.")] = 20,
    if_none_match: Annotated[
        str | None, Header(max_length=200, description="The `ETag` of an answer before.")
    ] = None,
) -> Book | Response:
    """Read a book by price; anybody may."""
    gateway = gateway_of(request)
    found = await gateway.floor.book(gateway.floor.names.named(symbol), depth)
    etag = f'"{found.sequence}-{depth}"'
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    return Book(
        symbol=symbol,
        sequence=found.sequence,
        timestamp=iso_utc(gateway.floor.service.state.now_ns),
        bids=[[*level] for level in found.bids],
        asks=[[*level] for level in found.asks],
        checksum=book_checksum(found),
    )
