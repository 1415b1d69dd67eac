"""The nouns: what every layer above speaks of, without knowing where it came from."""

from __future__ import annotations

from tradecore.core import Fill, Instrument, Order, OrderEvent, OrderState, Position
from tradecore.model.account import Balance, Budget, InventoryDelta
from tradecore.model.approved import Approved, Refused
from tradecore.model.market import (
    Bar,
    BookView,
    FundingRate,
    MarkPrice,
    Quote,
    Subscription,
    Ticker,
    Trade,
)
from tradecore.model.operations import (
    ConnectionChange,
    Cycle,
    Reconciliation,
    RiskAlert,
    Signal,
)
from tradecore.model.orders import (
    OrderEventName,
    OrderRequest,
    OrderTypeWord,
    Side,
    TimeInForceWord,
)
from tradecore.model.symbols import Symbol
from tradecore.model.venue import (
    InstrumentTerms,
    MarginCall,
    OrderUpdate,
    Reply,
    Source,
    VenueFill,
    VenueOrder,
    VenueOrderStatus,
    VenuePosition,
)

__all__ = [
    "Approved",
    "Balance",
    "Bar",
    "BookView",
    "Budget",
    "ConnectionChange",
    "Cycle",
    "Fill",
    "FundingRate",
    "Instrument",
    "InstrumentTerms",
    "InventoryDelta",
    "MarginCall",
    "MarkPrice",
    "Order",
    "OrderEvent",
    "OrderEventName",
    "OrderRequest",
    "OrderState",
    "OrderTypeWord",
    "OrderUpdate",
    "Position",
    "Quote",
    "Reconciliation",
    "Refused",
    "Reply",
    "RiskAlert",
    "Side",
    "Signal",
    "Source",
    "Subscription",
    "Symbol",
    "Ticker",
    "TimeInForceWord",
    "Trade",
    "VenueFill",
    "VenueOrder",
    "VenueOrderStatus",
    "VenuePosition",
]
