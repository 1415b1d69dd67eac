"""What a venue says of an account, in one language for every venue: evidence, never a decision."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from tradecore.model.orders import OrderTypeWord, Side, TimeInForceWord  # noqa: TC001 - the same

if TYPE_CHECKING:
    from tradecore.core import Instrument

Reply: TypeAlias = Literal[
    "accepted",
    "rejected",
    "filled",
    "canceled",
    "expired",
    "replaced",
    "cancel_rejected",
    "modify_rejected",
    "triggered",
    "unknown",
]
"""What a venue can say of one order; the words of `Trader.apply`."""

VenueOrderStatus: TypeAlias = Literal[
    "new", "partially_filled", "filled", "canceled", "rejected", "expired"
]
Source: TypeAlias = Literal["stream", "response", "query", "reconciliation"]
"""How we know: pushed, answered, asked for, or concluded from the difference of two lists."""


class OrderUpdate(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One piece of evidence about one order.

    It may come twice and in any order. `quantity` and `price` are those of the fill for `filled`,
    and the new terms for `replaced`, as is `stop_price` of a stop that waits; `cumulative` is the
    filled total where the venue names it.
    """

    client_order_id: str
    symbol: str
    reply: Reply
    ts_event_ns: int
    ts_recv_ns: int
    source: Source = "stream"
    venue_order_id: str | None = None
    exec_id: int = 0
    price: Decimal | None = None
    quantity: Decimal | None = None
    cumulative: Decimal | None = None
    side: Side | None = None
    liquidity: Literal["maker", "taker"] = "maker"
    fee: Decimal | None = None
    fee_currency: str | None = None
    reject_code: str | None = None
    reject_text: str | None = None
    stop_price: Decimal | None = None


class VenueOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An order as the venue lists it when asked."""

    client_order_id: str
    venue_order_id: str
    symbol: str
    side: Side
    type: OrderTypeWord
    time_in_force: TimeInForceWord
    price: Decimal | None
    quantity: Decimal
    cumulative: Decimal
    status: VenueOrderStatus
    post_only: bool
    reduce_only: bool
    ts_event_ns: int


class VenueFill(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A trade of ours as the venue lists it when asked; `venue_order_id` says of which order."""

    exec_id: int
    venue_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_currency: str
    liquidity: Literal["maker", "taker"]
    ts_event_ns: int
    realized: Decimal | None = None


class VenuePosition(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the venue says we hold of a symbol; negative is short."""

    symbol: str
    quantity: Decimal
    entry_price: Decimal | None
    ts_event_ns: int
    unrealized: Decimal | None = None
    liquidation_price: Decimal | None = None


class MarginCall(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The venue warns that positions may be liquidated."""

    positions: tuple[VenuePosition, ...]
    wallet: Decimal | None
    ts_event_ns: int


class InstrumentTerms(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An instrument and what its venue asks of orders in it. `None` where nothing is asked."""

    instrument: Instrument
    base: str
    quote: str
    margin_currency: str
    is_trading: bool
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    quantity_min: Decimal | None = None
    quantity_max: Decimal | None = None
    market_quantity_min: Decimal | None = None
    market_quantity_max: Decimal | None = None
    open_orders_max: int | None = None
    #: Highest buy and lowest sell as a multiple of the mark price.
    price_up: Decimal | None = None
    price_down: Decimal | None = None
