"""`[RISK_MANAGEMENT]`: what the account may hold and lose."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - pydantic reads it

from pydantic import Field

from tradecore.config import Settings

__all__ = ["OrderRisk", "RiskManagement"]


class RiskManagement(Settings):
    """What the account may hold and lose, over all strategies; an engine checks before an order."""

    max_position_size: Decimal | None = Field(
        default=None,
        gt=0,
        description="Most that may be held over all symbols, open orders counted, in base units.",
    )
    max_position_per_symbol: Decimal | None = Field(
        default=None, gt=0, description="Most that may be held of one symbol, in base units."
    )
    max_daily_loss: Decimal | None = Field(
        default=None,
        gt=0,
        description="Loss of a day (UTC) after which everything is cancelled and only what reduces "
        "a position is let through, in quote units.",
    )
    position_limit_check_interval_ms: int = Field(
        default=1_000,
        ge=100,
        le=60_000,
        description="How often what is held is compared with the limits, order or not.",
    )
    risk_alert_threshold: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Part of a limit at which strategies and operators are told.",
    )


class OrderRisk(RiskManagement):
    """What the account may hold and lose, and what one order may be worth."""

    max_order_notional: Decimal | None = Field(
        default=None, gt=0, description="Largest value of one order, in quote units."
    )
    enable_pre_trade_checks: bool = Field(
        default=True,
        description="Hold every order against these limits; `false` is refused in production.",
    )
