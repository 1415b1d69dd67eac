"""Strategies: what they can hear, do and ask, and the container that runs them."""

from __future__ import annotations

from tradecore.strategy.base import AbstractStrategy
from tradecore.strategy.config import StrategyConfig
from tradecore.strategy.container import StrategyContainer
from tradecore.strategy.context import Host
from tradecore.strategy.records import Recorder
from tradecore.strategy.timers import Timers, duration_ns

__all__ = [
    "AbstractStrategy",
    "Host",
    "Recorder",
    "StrategyConfig",
    "StrategyContainer",
    "Timers",
    "duration_ns",
]
