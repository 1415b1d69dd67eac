"""Permission: what an order is checked against before it may leave."""

from __future__ import annotations

from tradecore.risk.account_limits import AccountLimits, LimitRules
from tradecore.risk.carried import CarriedLimits, CarriedPosition
from tradecore.risk.limits import OrderLimits
from tradecore.risk.positions_only import PositionsOnly

__all__ = [
    "AccountLimits",
    "CarriedLimits",
    "CarriedPosition",
    "LimitRules",
    "OrderLimits",
    "PositionsOnly",
]
