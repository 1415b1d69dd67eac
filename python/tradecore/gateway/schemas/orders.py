"""Orders of the `/api` family."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tradecore.gateway.numbers import DecimalIn, DecimalOut, Timestamp
from tradecore.gateway.schemas.base import (
    Camel,
    CamelIn,
    ClientOrderId,
    MarginMode,
    OrderTypeWord,
    SideWord,
    StatusWord,
    StrategyId,
    SymbolIn,
    TimeInForceWord,
)

__all__ = ["Fill", "Order", "OrderChange", "OrderCreate", "OrderPage"]


class OrderCreate(CamelIn):
    """A new order."""

    symbol: SymbolIn
    side: SideWord
    type: OrderTypeWord
    quantity: DecimalIn = Field(description="In base units.")
    price: DecimalIn | None = Field(default=None, description="The limit.")
    stop_price: DecimalIn | None = Field(default=None, description="The trigger of a stop.")
    time_in_force: TimeInForceWord = "GTC"
    expire_time: Timestamp | None = Field(default=None, description="End of a `GTD` order.")
    client_order_id: ClientOrderId | None = Field(
        default=None, description="Your name for it, unique among your open orders."
    )
    strategy_id: StrategyId | None = Field(
        default=None, description="Your name for the strategy it is of."
    )
    display_quantity: DecimalIn | None = Field(
        default=None, description="What an iceberg shows at a time."
    )
    margin_mode: MarginMode | None = Field(
        default=None,
        description="How the symbol is held from now on: of the account's money, or with its own. "
        "It stays so; it is changed without an order or a position in the symbol.",
    )
    reduce_only: bool = False
    post_only: bool = False
    routing: Literal["internal"] = Field(
        default="internal", description="Where it goes: this venue's own book."
    )
    self_trade_prevention: (
        Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement", "none"] | None
    ) = Field(default=None, description="What happens when it meets an order of its account.")


class OrderChange(CamelIn):
    """New terms of an order; what is not given stays."""

    price: DecimalIn | None = None
    quantity: DecimalIn | None = Field(
        default=None, description="The new total, what has traded included."
    )
    stop_price: DecimalIn | None = None


class Fill(Camel):
    """A trade of an order."""

    trade_id: str
    price: DecimalOut
    quantity: DecimalOut
    liquidity: Literal["maker", "taker"]
    fee: DecimalOut = Field(description="Negative is a rebate.")
    fee_currency: str
    venue: Literal["internal"] = Field(default="internal", description="Where it traded: here.")
    timestamp: Timestamp


class Order(Camel):
    """An order as it stands."""

    order_id: str
    client_order_id: str
    user_id: str
    parent_order_id: str | None = None
    strategy_id: str | None = Field(default=None, description="Your name for its strategy.")
    symbol: str
    side: SideWord
    type: OrderTypeWord
    status: StatusWord
    time_in_force: TimeInForceWord
    quantity: DecimalOut
    price: DecimalOut | None
    stop_price: DecimalOut | None
    display_quantity: DecimalOut | None = None
    filled_quantity: DecimalOut
    leaves_quantity: DecimalOut
    average_price: DecimalOut | None
    reduce_only: bool = False
    post_only: bool = False
    fills: list[Fill] = Field(description="What traded; the last thousand, oldest first.")
    reject_code: str | None = None
    created_at: Timestamp
    updated_at: Timestamp
    sequence: int = Field(description="Number of the command that changed it last.")


class OrderPage(Camel):
    """Orders, newest first."""

    data: list[Order]
    next_cursor: str | None
