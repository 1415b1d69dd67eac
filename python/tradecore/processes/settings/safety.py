"""`[SAFETY]`: what happens when something falls silent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tradecore.config import Settings

__all__ = ["EngineSafety", "OrderSafety", "Safety"]


class Safety(Settings):
    """What happens when something falls silent."""

    heartbeat_interval_ms: int = Field(
        default=100, ge=10, le=10_000, description="How often a publisher says that it is there."
    )
    silence_timeout_ms: int = Field(
        default=1_000,
        ge=50,
        le=60_000,
        description="After so long without a word a process counts as silent, and strategies are "
        "told by `on_connection`.",
    )
    stop_budget_ms: int = Field(
        default=5_000,
        ge=100,
        le=20_000,
        description="How long a stop may take for cancelling and for writing what is left.",
    )


class OrderSafety(Safety):
    """What happens when something falls silent while orders rest."""

    on_silence: Literal["cancel_all", "nothing"] = Field(
        default="cancel_all", description="What is done about resting orders then."
    )


class EngineSafety(OrderSafety):
    """What happens when something falls silent, this process included."""

    deadman_countdown_ms: int = Field(
        default=10_000,
        ge=0,
        le=300_000,
        description="The venue cancels everything unless it hears from us for so long; 0 is never.",
    )
    deadman_refresh_ms: int = Field(
        default=3_000, ge=100, le=100_000, description="How often the venue hears from us."
    )
    external_orders: Literal["cancel", "adopt", "halt"] = Field(
        default="cancel",
        description="What becomes of an open order with our ids that no journal of ours knows.",
    )
    audit_interval_ms: int = Field(
        default=10_000,
        ge=1_000,
        le=600_000,
        description="How often open orders and positions are compared with the venue's.",
    )

    @model_validator(mode="after")
    def _in_time(self) -> EngineSafety:
        if self.deadman_countdown_ms and self.deadman_countdown_ms < 2 * self.deadman_refresh_ms:
            raise ValueError(
                "a countdown is at least twice its refresh, or a late one cancels everything: "
                f"DEADMAN_COUNTDOWN_MS={self.deadman_countdown_ms}, "
                f"DEADMAN_REFRESH_MS={self.deadman_refresh_ms}"
            )
        return self
