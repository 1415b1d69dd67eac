"""What happened at a venue, for whoever turns it into messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.model.orders import Side
    from tradecore.venue.conditions import ConditionalOrder
    from tradecore.venue.ledger import PositionState
    from tradecore.venue.orders import OrderRecord, TradeRecord

__all__ = [
    "AccountChanged",
    "AccountReason",
    "ConditionChanged",
    "LevelsChanged",
    "LeverageChanged",
    "MarginWarned",
    "MultiAssetsChanged",
    "OrderChange",
    "OrderChanged",
    "TradePrinted",
    "VenueEvent",
]

OrderChange: TypeAlias = Literal["new", "trade", "canceled", "expired", "amended", "triggered"]
AccountReason: TypeAlias = Literal[
    "order", "funding", "deposit", "withdrawal", "margin", "insurance"
]


class OrderChanged(Struct, frozen=True):
    """An order as it stood after a change; `trade` is the fill of a `trade`."""

    change: OrderChange
    order: OrderRecord
    trade: TradeRecord | None
    ts_event_ns: int


class AccountChanged(Struct, frozen=True):
    """An account after money or positions moved.

    Args:
        account: Whose.
        reason: Why.
        currency: Which money.
        wallet: All of it after.
        cross_wallet: What of it isolated positions do not keep for themselves.
        delta: What came or went that is neither profit nor fee.
        positions: The positions that changed.
        ts_event_ns: When.
    """

    account: int
    reason: AccountReason
    currency: str
    wallet: Decimal
    cross_wallet: Decimal
    delta: Decimal
    positions: tuple[PositionState, ...]
    ts_event_ns: int


class LeverageChanged(Struct, frozen=True):
    """An account trades a symbol at another leverage."""

    account: int
    symbol: str
    leverage: int
    ts_event_ns: int


class MultiAssetsChanged(Struct, frozen=True):
    """An account is in multi-assets mode now, or no longer."""

    account: int
    is_on: bool
    ts_event_ns: int


class MarginWarned(Struct, frozen=True):
    """An account's margin is nearly used up: `maintenance` over `equity` is above the warning."""

    account: int
    wallet: Decimal
    equity: Decimal
    maintenance: Decimal
    positions: tuple[PositionState, ...]
    ts_event_ns: int


class ConditionChanged(Struct, frozen=True):
    """A conditional order as it stood after a change."""

    order: ConditionalOrder
    ts_event_ns: int


class LevelsChanged(Struct, frozen=True):
    """Levels of a book that changed: price and quantity now, 0 where the level is gone."""

    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    ts_event_ns: int


class TradePrinted(Struct, frozen=True):
    """A trade as the public sees it.

    In an auction nobody takes: there is no aggressor, and the buying order stands for the taker.
    """

    symbol: str
    trade_id: int
    price: Decimal
    quantity: Decimal
    aggressor: Side | None
    taker_order_id: int
    ts_event_ns: int
    maker_order_id: int = 0


VenueEvent: TypeAlias = (
    OrderChanged
    | AccountChanged
    | LeverageChanged
    | MultiAssetsChanged
    | MarginWarned
    | ConditionChanged
    | LevelsChanged
    | TradePrinted
)
