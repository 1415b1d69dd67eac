"""What the program tells about itself: logs without secrets, and the clock that stamps them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tradecore.telemetry.clock import Clock, ManualClock, SystemClock
from tradecore.telemetry.placeholders import is_placeholder
from tradecore.telemetry.redact import redact
from tradecore.telemetry.scrub import protect, scrub
from tradecore.telemetry.secret_names import is_secret_name

if TYPE_CHECKING:
    from tradecore.telemetry.logs import configure_logging, get_logger

__all__ = [
    "Clock",
    "ManualClock",
    "SystemClock",
    "configure_logging",
    "get_logger",
    "is_placeholder",
    "is_secret_name",
    "protect",
    "redact",
    "scrub",
]


def __getattr__(name: str) -> object:
    """Load structlog, some 70 ms, only where something is logged."""
    if name in {"configure_logging", "get_logger"}:
        return getattr(importlib.import_module("tradecore.telemetry.logs"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
