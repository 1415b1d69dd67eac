"""What a backtest run is made of: `tradecore backtest --config` and `tradecore config` read it."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - pydantic reads it
from typing import Any, Literal

from pydantic import Field, field_validator

from tradecore.config.quantities import Duration, FeeRate  # noqa: TC001 - pydantic too
from tradecore.config.schema import Settings

__all__ = [
    "FeeSettings",
    "InstrumentSettings",
    "LatencySettings",
    "ReportSettings",
    "RunConfig",
    "RunSettings",
    "StrategySettings",
]

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class RunSettings(Settings):
    """What runs on what."""

    strategy: str = Field(
        min_length=1,
        description="Strategy as `file.py`, `file.py:Class` or `package.module:Class`.",
        examples=["strategy.py"],
    )
    data: str = Field(
        min_length=1,
        description="Recording to run on: a file, or `sample` for the tape that ships.",
        examples=["sample"],
    )
    venue: str = Field(
        default="binance-usdm",
        min_length=1,
        description="Venue whose rules the recording follows.",
    )
    queue: Literal["risk-averse", "power", "power-2", "power-3", "log"] = Field(
        default="log",
        description="Where a resting order stands when others ahead of it cancel.",
    )
    log_level: LogLevel = Field(default="INFO", description="Least level of log lines shown.")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


class InstrumentSettings(Settings):
    """What is traded, where the recording does not say so itself."""

    symbol: str | None = Field(default=None, description="Symbol, `BTCUSDT`.")
    tick_size: Decimal | None = Field(default=None, gt=0, description="Smallest step of a price.")
    lot_size: Decimal | None = Field(default=None, gt=0, description="Smallest step of a quantity.")


class FeeSettings(Settings):
    """What trading costs; both must be named, for no fee is a claim too."""

    maker: FeeRate = Field(
        description="Fee of a resting order as part of the notional; negative is a rebate.",
        examples=["2bps"],
    )
    taker: FeeRate = Field(
        description="Fee of an order that takes, as part of the notional.",
        examples=["5bps"],
    )


class LatencySettings(Settings):
    """How long messages travel; all must be named, for no latency is a claim too."""

    feed: Duration = Field(description="From the venue's book to the strategy.", examples=["5ms"])
    entry: Duration = Field(description="From the strategy to the venue.", examples=["5ms"])
    response: Duration = Field(
        description="From the venue's answer to the strategy.", examples=["5ms"]
    )


class StrategySettings(Settings):
    """What the strategy is told."""

    params: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of the strategy's own `Config`, checked by the strategy.",
    )

    @field_validator("params")
    @classmethod
    def _lower(cls, params: dict[str, Any]) -> dict[str, Any]:
        """Take the capitals off keys that are written all in capitals, as INI files do."""
        return {key.lower() if key.isupper() else key: value for key, value in params.items()}


class ReportSettings(Settings):
    """What is written when the run is over."""

    path: str | None = Field(default=None, description="HTML report to write; none if empty.")


class RunConfig(Settings):
    """A backtest: what runs on what, and what is assumed."""

    run: RunSettings
    fees: FeeSettings
    latency: LatencySettings
    instrument: InstrumentSettings = Field(default_factory=InstrumentSettings)
    strategy: StrategySettings = Field(default_factory=StrategySettings)
    report: ReportSettings = Field(default_factory=ReportSettings)
