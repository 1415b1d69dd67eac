"""Orders of one trader: the Python face of what the core keeps per event."""

from __future__ import annotations

from tradecore.core import Order, OrderEvent, OrderState, Trader, order_transitions
from tradecore.oms.diagram import lifecycle_diagram

__all__ = [
    "Order",
    "OrderEvent",
    "OrderState",
    "Trader",
    "lifecycle_diagram",
    "order_transitions",
]
