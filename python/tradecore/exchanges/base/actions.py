"""What is asked of a venue about orders, in one language for every venue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal  # noqa: TC003 - read when a journal is decoded

from tradecore.model.orders import (  # noqa: TC001 - the same
    OrderTypeWord,
    Side,
    TimeInForceWord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A new order as a venue is to receive it; numbers are exact and on their steps."""

    client_order_id: str
    symbol: str
    side: Side
    type: OrderTypeWord
    quantity: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForceWord = "GTC"
    post_only: bool = False
    reduce_only: bool = False
    stop_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyOrder:
    """A change of a live order; `quantity` is the new total, what traded included."""

    client_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    venue_order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """A cancel of an order, by our id or the venue's."""

    client_order_id: str
    symbol: str
    venue_order_id: str | None = None
