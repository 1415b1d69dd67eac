"""What an account holds: `/api/positions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tradecore.gateway.access import gateway_of, needs, own_account
from tradecore.gateway.holdings import portfolio_of, positions_of, strategy_positions_of
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.responses import PRIVATE, problems
from tradecore.gateway.routes.orders import SymbolQuery
from tradecore.gateway.schemas.base import StrategyId
from tradecore.gateway.schemas.positions import Portfolio, Positions
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

__all__ = ["router"]

router = APIRouter(prefix="/api/positions", tags=["positions"], route_class=VenueRoute)
Reader = Annotated[Principal, needs(Scope.POSITIONS_READ)]


@router.get("", response_model=Positions, responses=problems(*PRIVATE, 404))
async def list_positions(
    request: Request,
    caller: Reader,
    symbol: SymbolQuery = None,
    strategy_id: Annotated[
        StrategyId | None,
        Query(alias="strategyId", description="Only what the fills of this strategy made."),
    ] = None,
) -> Positions:
    """List your positions that are not flat, valued at the mark.

    Of a strategy: what the fills of its orders made, whatever else the account holds; there is no
    liquidation price then, since it is the account that is liquidated.
    """
    gateway, account = gateway_of(request), own_account(caller)
    named = None if symbol is None else gateway.floor.names.named(symbol)
    await gateway.floor.queue.settled()
    state = gateway.floor.service.state
    if strategy_id is not None:
        return Positions(data=strategy_positions_of(state, account, strategy_id, named))
    return Positions(data=positions_of(state, account, named))


@router.get("/portfolio/summary", response_model=Portfolio, responses=problems(*PRIVATE))
async def portfolio_summary(request: Request, caller: Reader) -> Portfolio:
    """Read your account in one sum."""
    gateway, account = gateway_of(request), own_account(caller)
    await gateway.floor.queue.settled()
    return portfolio_of(gateway.floor.service.state, account, gateway.floor.day)
