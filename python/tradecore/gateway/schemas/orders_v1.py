"""Orders and trades of the `/api/v1` family."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tradecore.gateway.numbers import DecimalIn, DecimalOut, Timestamp
from tradecore.gateway.schemas.base import (
    ClientOrderId,
    OrderTypeWord,
    SideWord,
    Snake,
    SnakeIn,
    StatusWord,
    StrategyId,
    SymbolIn,
    TimeInForceWord,
)

__all__ = ["OrderCreateV1", "OrderV1", "TradePageV1", "TradeV1"]


class OrderCreateV1(SnakeIn):
    """A new order. A price that its type has no use for is ignored, and named in `warnings`."""

    user_id: str | None = Field(
        default=None, max_length=64, description="Whose; yours unless you may act for others."
    )
    symbol: SymbolIn
    side: SideWord
    type: Literal["limit", "market", "stop", "stop_limit"] = Field(
        description="A `stop` with a price is a `stop_limit`."
    )
    quantity: DecimalIn = Field(description="In base units.")
    price: DecimalIn | None = Field(default=None, description="The limit.")
    stop_price: DecimalIn | None = Field(default=None, description="The trigger of a stop.")
    time_in_force: TimeInForceWord = "GTC"
    client_order_id: ClientOrderId | None = None
    strategy_id: StrategyId | None = Field(
        default=None, description="Your name for the strategy it is of."
    )


class OrderV1(Snake):
    """An order as it stands."""

    order_id: str
    client_order_id: str
    user_id: str
    strategy_id: str | None = None
    symbol: str
    side: SideWord
    type: OrderTypeWord
    status: StatusWord
    time_in_force: TimeInForceWord
    quantity: DecimalOut
    price: DecimalOut | None
    stop_price: DecimalOut | None
    filled_quantity: DecimalOut
    remaining_quantity: DecimalOut
    average_price: DecimalOut | None
    reject_code: str | None = None
    warnings: list[str] = Field(default_factory=list)
    created_at: Timestamp
    updated_at: Timestamp


class TradeV1(Snake):
    """A trade. The numbers of the orders, and their strategies, are told to their owners alone."""

    trade_id: str
    symbol: str
    price: DecimalOut
    quantity: DecimalOut
    buyer_order_id: str | None = None
    seller_order_id: str | None = None
    strategy_id: str | None = None
    aggressor_side: SideWord | None = Field(description="None in an auction.")
    executed_at: Timestamp


class TradePageV1(Snake):
    """Trades, newest first."""

    data: list[TradeV1]
    next_cursor: str | None
