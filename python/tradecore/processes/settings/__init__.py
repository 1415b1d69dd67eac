"""What each process can be told: its sections, its keys, and what each of them does."""

from __future__ import annotations

from tradecore.processes.settings.load import (
    KINDS,
    ProcessFile,
    ProcessSettings,
    kind_of,
    load_process,
)
from tradecore.processes.settings.market_server import MarketServerSettings
from tradecore.processes.settings.position_server import PositionServerSettings
from tradecore.processes.settings.trader import TraderSettings, VenueBus
from tradecore.processes.settings.trading_engine import EngineSettings

__all__ = [
    "KINDS",
    "EngineSettings",
    "MarketServerSettings",
    "PositionServerSettings",
    "ProcessFile",
    "ProcessSettings",
    "TraderSettings",
    "VenueBus",
    "kind_of",
    "load_process",
]
