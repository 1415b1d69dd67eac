"""Positions and what an account comes to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tradecore.gateway.numbers import DecimalOut, Timestamp
from tradecore.gateway.schemas.base import Camel, MarginMode

__all__ = ["Portfolio", "Position", "Positions", "StrategyPosition"]


class Position(Camel):
    """What an account holds of a symbol."""

    symbol: str
    side: Literal["long", "short", "flat"]
    quantity: DecimalOut = Field(description="Negative is short.")
    average_price: DecimalOut
    mark_price: DecimalOut
    notional: DecimalOut = Field(description="Value at the mark, signed like the quantity.")
    unrealized_pnl: DecimalOut
    realized_pnl: DecimalOut
    funding_pnl: DecimalOut = Field(description="Received less paid since it was opened.")
    fees: DecimalOut = Field(description="Paid since it was opened.")
    leverage: DecimalOut
    initial_margin: DecimalOut
    maintenance_margin: DecimalOut
    liquidation_price: DecimalOut | None = Field(description="Null where there is none.")
    margin_mode: MarginMode


class StrategyPosition(Position):
    """What the fills of a strategy's orders made of a symbol."""

    strategy_id: str


class Positions(Camel):
    """The positions that are not flat."""

    data: list[StrategyPosition | Position]


class Portfolio(Camel):
    """An account in one sum, in its margin currency."""

    currency: str
    equity: DecimalOut = Field(description="Cash and unrealized profit.")
    cash: DecimalOut
    gross_exposure: DecimalOut
    net_exposure: DecimalOut
    leverage: DecimalOut = Field(description="Gross exposure over equity; 0 without equity.")
    unrealized_pnl: DecimalOut
    realized_pnl: DecimalOut
    day_pnl: DecimalOut = Field(description="Made since midnight UTC, positions at the mark.")
    margin_used: DecimalOut
    free_margin: DecimalOut
    margin_ratio: DecimalOut = Field(description="Maintenance margin over equity.")
    positions: int
    open_orders: int
    as_of: Timestamp
