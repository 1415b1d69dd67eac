"""The configuration of a trader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field, field_validator, model_validator

from tradecore.config import Settings
from tradecore.processes.settings.bus import Curve
from tradecore.processes.settings.endpoints import Publishers, Subscribers, chosen
from tradecore.processes.settings.identity import TraderIdentity  # noqa: TC001 - pydantic reads it
from tradecore.processes.settings.journal import TraderJournal
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.performance import Performance
from tradecore.processes.settings.safe_use import check_endpoints, check_production
from tradecore.processes.settings.safety import OrderSafety

__all__ = ["StrategySection", "TraderSettings", "VenueBus"]

_ALIAS_PORT: Final = "7002"
_POSITIONS_PORT: Final = "6003"


@dataclass(frozen=True, slots=True)
class VenueBus:
    """Where the processes of one venue are."""

    exchange: str
    market_data: str
    commands: str
    order_events: str
    positions: str


class StrategySection(Settings):
    """Which strategy runs, and what it is told."""

    class_: str = Field(
        min_length=1,
        description="Strategy as `package.module:Class`, `file.py` or `file.py:Class`.",
        examples=["tradecore.strategy.samples:AvellanedaStoikov"],
    )
    symbols: tuple[str, ...] = Field(
        default=(), description="Symbols it may trade; all of the venue if empty."
    )
    params: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of the strategy's own `Config`, checked by the strategy.",
    )

    @field_validator("params")
    @classmethod
    def _lower(cls, params: dict[str, Any]) -> dict[str, Any]:
        """Take the capitals off keys that are written all in capitals, as INI files do."""
        return {key.lower() if key.isupper() else key: value for key, value in params.items()}


class TraderSettings(Settings):
    """A trader: the process that runs a strategy and its orders' state."""

    global_: TraderIdentity
    strategy: StrategySection
    publishers: Publishers = Field(default_factory=Publishers)
    subscribers: Subscribers = Field(default_factory=Subscribers)
    performance: Performance = Field(default_factory=Performance)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    safety: OrderSafety = Field(default_factory=OrderSafety)
    journal: TraderJournal = Field(default_factory=TraderJournal)
    curve: Curve = Field(default_factory=Curve)

    def venues(self) -> list[VenueBus]:
        """Return where each venue's processes are; the first one's may stand in `[SUBSCRIBERS]`."""
        return [
            self._venue(exchange, is_first=number == 0)
            for number, exchange in enumerate(self.global_.enabled_exchanges)
        ]

    def _venue(self, exchange: str, *, is_first: bool) -> VenueBus:
        own, common, told = self.subscribers.of(exchange), self.subscribers, self.publishers
        position = own.position_server_sub_endpoint
        market, engine = own.market_server_sub_endpoint, own.trading_engine_sub_endpoint
        events = own.order_events_sub_endpoint
        if is_first:
            market = market or common.market_server_sub_endpoint
            engine = engine or common.trading_engine_sub_endpoint
            events = events or told.order_events_pub_endpoint
            position = position or told.position_events_pub_endpoint
            position = position or common.position_server_sub_endpoint
        return VenueBus(
            exchange=exchange,
            market_data=chosen(market, 7_001, exchange),
            commands=chosen(engine, 7_003, exchange),
            order_events=chosen(events, 6_002, exchange),
            positions=chosen(_named_by_alias(position), 6_003, exchange),
        )

    def endpoints(self) -> dict[str, str]:
        """Return every endpoint of the bus, by the key that sets it."""
        found: dict[str, str] = {}
        for venue in self.venues():
            prefix = f"{venue.exchange}."
            found[f"{prefix}MARKET_SERVER_SUB_ENDPOINT"] = venue.market_data
            found[f"{prefix}TRADING_ENGINE_SUB_ENDPOINT"] = venue.commands
            found[f"{prefix}ORDER_EVENTS_PUB_ENDPOINT"] = venue.order_events
            found[f"{prefix}POSITION_SERVER_SUB_ENDPOINT"] = venue.positions
        if self.subscribers.inventory_sub_endpoint:
            found["INVENTORY_SUB_ENDPOINT"] = self.subscribers.inventory_sub_endpoint
        return found

    @model_validator(mode="after")
    def _safe(self) -> TraderSettings:
        if len(set(self.global_.enabled_exchanges)) < len(self.global_.enabled_exchanges):
            names = ", ".join(self.global_.enabled_exchanges)
            raise ValueError(f"a venue is named once: ENABLED_EXCHANGES={names}")
        check_endpoints(self.endpoints(), self.curve)
        check_production(self.global_, self.monitoring)
        return self


def _named_by_alias(endpoint: str) -> str:
    """Return the endpoint of positions, which older files name by the port 7002."""
    head, _, port = endpoint.rpartition(":")
    return f"{head}:{_POSITIONS_PORT}" if port == _ALIAS_PORT else endpoint
