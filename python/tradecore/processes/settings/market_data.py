"""`[MARKET_DATA]`: which markets a market server follows, and how closely."""

from __future__ import annotations

from pydantic import Field, model_validator

from tradecore.config import Settings

__all__ = ["MarketData"]


class MarketData(Settings):
    """Which markets are followed, and how closely."""

    symbols: tuple[str, ...] = Field(
        min_length=1, description="What to follow, as the venue names it.", examples=["BTCUSDT"]
    )
    collect_orderbook: bool = Field(default=True, description="Follow and publish books.")
    collect_ticker: bool = Field(
        default=True, description="Follow and publish best bid and ask, and the day's summary."
    )
    collect_trades: bool = Field(default=True, description="Follow and publish trades.")
    collect_mark_price: bool = Field(
        default=False, description="Follow and publish marks and funding rates."
    )
    depth_interval_ms: int = Field(
        default=100,
        ge=0,
        le=1_000,
        description="How often the venue sends changes of a book; 0 is as fast as it can.",
    )
    snapshot_interval_ms: int = Field(
        default=10_000,
        ge=100,
        le=600_000,
        description="How often a whole book is published among its changes.",
    )

    @model_validator(mode="after")
    def _something(self) -> MarketData:
        chosen = (
            self.collect_orderbook,
            self.collect_ticker,
            self.collect_trades,
            self.collect_mark_price,
        )
        if not any(chosen):
            raise ValueError("a market server follows something: every COLLECT_ key is false")
        return self
