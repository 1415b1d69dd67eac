"""Prices and trades of everybody: `/api/v1/trading`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from tradecore.core import InputError
from tradecore.gateway.access import account_named, gateway_of, needs
from tradecore.gateway.numbers import Timestamp
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.pages import link_next
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PAGED, PRIVATE, PUBLIC, problems
from tradecore.gateway.routes.orders import CursorQuery, LimitQuery, SymbolQuery
from tradecore.gateway.routes.trading import SymbolPath
from tradecore.gateway.schemas.market import Prices
from tradecore.gateway.schemas.orders_v1 import TradePageV1
from tradecore.gateway.terms import nanoseconds
from tradecore.gateway.trades import account_trade_of, prices_of, trade_of
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

__all__ = ["UserPath", "router"]

router = APIRouter(prefix="/api/v1/trading", tags=["market data"], route_class=VenueRoute)
UserPath = Annotated[
    str, Path(pattern="^[A-Za-z0-9._@+-]{1,64}$", description="A user, by id or login.")
]
Since = Annotated[Timestamp | None, Query(max_length=40, description="No older ones.")]


@router.get(
    "/trades",
    response_model=TradePageV1,
    responses={**PAGED, **problems(*PRIVATE, 404, 422)},
)
async def list_trades(  # noqa: PLR0917 - FastAPI calls it by name
    request: Request,
    response: Response,
    _caller: Annotated[Principal, needs(Scope.MARKET_READ)],
    symbol: SymbolQuery = None,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
    since: Since = None,
) -> TradePageV1:
    """List the trades of a symbol, newest first; of the first instrument if none is named."""
    gateway = gateway_of(request)
    floor = gateway.floor
    named = (
        next(iter(floor.service.state.instruments)) if symbol is None else floor.names.named(symbol)
    )
    await floor.caught_up()
    try:
        page = await asyncio.to_thread(
            floor.records.trades,
            named,
            since_ns=None if since is None else nanoseconds(since, "query.since"),
            limit=limit,
            cursor=cursor,
        )
    except InputError as error:
        raise ProblemError(400, "BAD_CURSOR", str(error)) from error
    link_next(request, response, page.next_cursor)
    return TradePageV1(
        data=[trade_of(row, symbol=symbol) for row in page.rows], next_cursor=page.next_cursor
    )


@router.get(
    "/users/{user_id}/trades",
    response_model=TradePageV1,
    responses={**PAGED, **problems(*PRIVATE, 404, 422)},
)
async def list_user_trades(  # noqa: PLR0917 - FastAPI calls it by name
    request: Request,
    response: Response,
    user_id: UserPath,
    caller: Annotated[Principal, needs(Scope.ORDERS_READ)],
    symbol: SymbolQuery = None,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
    since: Since = None,
) -> TradePageV1:
    """List a user's trades, newest first; your own, unless you may read everybody's."""
    gateway = gateway_of(request)
    floor = gateway.floor
    account = account_named(gateway, caller, Scope.ORDERS_READ, user_id)
    await floor.caught_up()
    try:
        page = await asyncio.to_thread(
            floor.records.account_trades,
            account,
            symbol=None if symbol is None else floor.names.named(symbol),
            since_ns=None if since is None else nanoseconds(since, "query.since"),
            limit=limit,
            cursor=cursor,
        )
    except InputError as error:
        raise ProblemError(400, "BAD_CURSOR", str(error)) from error
    link_next(request, response, page.next_cursor)
    return TradePageV1(
        data=[account_trade_of(row) for row in page.rows], next_cursor=page.next_cursor
    )


@router.get("/prices/{symbol}", response_model=Prices, responses=problems(*PUBLIC, 404))
async def read_prices(request: Request, symbol: SymbolPath) -> Prices:
    """Read what a symbol is worth; anybody may."""
    gateway = gateway_of(request)
    await gateway.floor.queue.settled()
    return prices_of(gateway.floor.service, gateway.floor.names.named(symbol), spelled=symbol)
