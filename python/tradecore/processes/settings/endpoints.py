"""`[ZMQ]`, `[PUBLISHERS]`, `[SUBSCRIBERS]`: where our processes meet."""

from __future__ import annotations

from pydantic import Field

from tradecore.config import Settings
from tradecore.processes.settings.bus import BusEndpoint, default_endpoint

__all__ = [
    "EngineEndpoints",
    "MarketEndpoints",
    "PositionEndpoints",
    "Publishers",
    "Subscribers",
    "VenueSubscribers",
    "chosen",
]


def chosen(endpoint: str, port: int, exchange: str) -> str:
    """Return the endpoint given, or the role's own."""
    return endpoint or default_endpoint(port, exchange)


class EngineEndpoints(Settings):
    """Where a trading engine meets the other processes; ports are shifted for the venue."""

    trader_sub_endpoint: BusEndpoint = Field(
        default="", description="Bound: commands of traders, each answered (7003)."
    )
    order_events_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: every event of traders' orders (6002)."
    )
    trade_events_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: fills, balances, positions of the account (6017)."
    )
    order_status_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: compact states of all orders, for monitors (6018)."
    )
    position_server_sub_endpoint: BusEndpoint = Field(
        default="", description="Connected to: positions for the limits (7004)."
    )


class MarketEndpoints(Settings):
    """Where a market server meets traders; ports are shifted for the venue."""

    market_data_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: books, trades, quotes (7001)."
    )


class PositionEndpoints(Settings):
    """Where a position server meets the other processes; ports are shifted for the venue."""

    trade_events_sub_endpoint: BusEndpoint = Field(
        default="", description="Connected to: fills and account events of the engine (6017)."
    )
    position_events_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: positions, balances, profit for traders (6003)."
    )
    position_updates_pub_endpoint: BusEndpoint = Field(
        default="", description="Bound: positions for the engine's limits (7004)."
    )


class Publishers(Settings):
    """Whom a trader hears about its orders and positions."""

    order_events_pub_endpoint: BusEndpoint = Field(
        default="", description="Where the engine publishes order events (6002)."
    )
    position_events_pub_endpoint: BusEndpoint = Field(
        default="", description="Where the position server publishes positions (6003)."
    )


class VenueSubscribers(Settings):
    """Where a further venue's processes are; its ports are shifted unless named here."""

    market_server_sub_endpoint: BusEndpoint = Field(
        default="", description="Where its market server publishes (7001)."
    )
    trading_engine_sub_endpoint: BusEndpoint = Field(
        default="", description="Where its engine takes commands (7003)."
    )
    order_events_sub_endpoint: BusEndpoint = Field(
        default="", description="Where its engine publishes order events (6002)."
    )
    position_server_sub_endpoint: BusEndpoint = Field(
        default="", description="Where its position server publishes; 7002 means 6003."
    )


class Subscribers(Settings):
    """Where the processes are that a trader talks to."""

    market_server_sub_endpoint: BusEndpoint = Field(
        default="", description="Where the market server publishes (7001)."
    )
    trading_engine_sub_endpoint: BusEndpoint = Field(
        default="", description="Where the engine takes commands (7003)."
    )
    position_server_sub_endpoint: BusEndpoint = Field(
        default="", description="Where the position server publishes; 7002 means 6003."
    )
    inventory_sub_endpoint: BusEndpoint | None = Field(
        default=None, description="Where changes of inventory held elsewhere are published."
    )
    binance: VenueSubscribers = Field(default_factory=VenueSubscribers)
    deribit: VenueSubscribers = Field(default_factory=VenueSubscribers)
    grvt: VenueSubscribers = Field(default_factory=VenueSubscribers)

    def of(self, exchange: str) -> VenueSubscribers:
        """Return what was said of a venue in a section of its own."""
        found = getattr(self, exchange.lower(), None)
        return found if isinstance(found, VenueSubscribers) else VenueSubscribers()
