"""Limits, what of them is used, and whether an order would pass."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradecore.gateway.numbers import ACCOUNT_MAX, DecimalIn, DecimalOut
from tradecore.gateway.schemas.base import Camel, CamelIn, Snake, SnakeIn, StrategyId

__all__ = [
    "Check",
    "LimitUse",
    "Limits",
    "LimitsChange",
    "Projected",
    "RiskCheck",
    "RiskCheckResult",
    "RiskMetrics",
    "RiskProfile",
]

TradingWord = Literal["active", "reducing", "halted"]


class LimitUse(Camel):
    """A limit and how much of it is used."""

    name: str
    limit: DecimalOut
    used: DecimalOut
    utilization: float = Field(description="Used over limit; 1 is all of it.")
    status: Literal["ok", "warn", "breach"] = Field(description="`warn` from 0.8 on.")


class RiskMetrics(Camel):
    """Exposure and limits of an account."""

    equity: DecimalOut
    gross_exposure: DecimalOut
    net_exposure: DecimalOut
    leverage: DecimalOut
    day_pnl: DecimalOut = Field(description="Made since midnight UTC, positions at the mark.")
    margin_used: DecimalOut
    margin_ratio: DecimalOut
    limits: list[LimitUse]
    trading_state: TradingWord


class Limits(Camel):
    """Limits that hold for an account or a strategy of it; null where none is set."""

    scope: Literal["global", "account", "strategy"]
    account: int | None = None
    strategy_id: str | None = None
    is_enabled: bool
    max_order_value: DecimalOut | None
    max_position_value: DecimalOut | None
    max_position_size: DecimalOut | None
    max_leverage: DecimalOut | None
    max_daily_loss: DecimalOut | None
    max_open_orders: int | None
    price_collar: DecimalOut | None


class LimitsChange(CamelIn):
    """Limits of an account, or of one of its strategies; what is null is not limited.

    `PUT` sets them in place of those before, `PATCH` those that are named. A position's size is
    limited for everybody alone, by `MAX_POSITION_SIZE`; one account's by its value.
    """

    account: int = Field(ge=0, le=ACCOUNT_MAX, description="Whose.")
    strategy_id: StrategyId | None = Field(
        default=None, description="Of this strategy of the account; of all of it unless given."
    )
    reason: str = Field(min_length=1, max_length=200, description="Kept in the audit log.")
    max_order_value: DecimalIn | None = Field(default=None, gt=0)
    max_position_value: DecimalIn | None = Field(default=None, gt=0)
    max_leverage: DecimalIn | None = Field(default=None, gt=0)
    max_daily_loss: DecimalIn | None = Field(default=None, gt=0)
    max_open_orders: int | None = Field(default=None, gt=0, le=1_000_000)
    price_collar: DecimalIn | None = Field(default=None, gt=0)


class RiskCheck(SnakeIn):
    """An order that is not to be placed; `{}` asks only whether trading is possible at all."""

    user_id: str = Field(max_length=64)
    order: dict[str, Any] = Field(
        description="As `OrderCreateV1`, or `{}`.",
        json_schema_extra={
            "anyOf": [
                {"$ref": "#/components/schemas/OrderCreateV1"},
                {"type": "object", "maxProperties": 0},
            ]
        },
    )


class Check(Snake):
    """One rule, and whether it was kept."""

    name: str
    passed: bool
    code: str | None = None
    limit: DecimalOut | None = None
    value: DecimalOut | None = None


class Projected(Snake):
    """The account with the order filled."""

    position: DecimalOut
    notional: DecimalOut
    leverage: DecimalOut
    initial_margin: DecimalOut
    liquidation_price: DecimalOut | None


class RiskCheckResult(Snake):
    """What would become of an order; nothing was changed."""

    user_id: str
    decision: Literal["accept", "reject", "warn"]
    checks: list[Check]
    projected: Projected | None
    warnings: list[str] = Field(default_factory=list)


class RiskProfile(Snake):
    """Limits of a user, and what of them is used."""

    user_id: str
    limits: dict[str, DecimalOut | None]
    usage: dict[str, DecimalOut]
    trading_state: TradingWord
    margin_requirement: DecimalOut = Field(description="Initial margin over the value.")
    liquidation_threshold: DecimalOut = Field(description="Maintenance margin over the value.")
