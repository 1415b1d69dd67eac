"""Orders as a venue keeps them: what was asked, and how it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct, field

from tradecore.model.orders import (  # noqa: TC001 - msgspec reads the types of fields
    OrderTypeWord,
    Side,
    TimeInForceWord,
)

if TYPE_CHECKING:
    from tradecore.core import ExecutionReport

__all__ = [
    "Amendment",
    "Leg",
    "OrderRecord",
    "OrderStatus",
    "PlaceOrder",
    "SelfTradePrevention",
    "TradeRecord",
    "answered",
]

OrderStatus: TypeAlias = Literal[
    "new",
    "partially_filled",
    "filled",
    "canceled",
    "expired",
    "expired_in_match",
    "pending_trigger",
    "rejected",
]
_OPEN: Final = frozenset({"new", "partially_filled", "pending_trigger"})
#: Which of an account's positions of a symbol: its only one, or one of two where it hedges.
Leg: TypeAlias = Literal["both", "long", "short"]
SelfTradePrevention: TypeAlias = Literal[
    "none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"
]


class PlaceOrder(Struct, frozen=True, kw_only=True):
    """A new order.

    Args:
        account: Whose.
        symbol: Of what.
        side: Which way.
        quantity: In base units.
        price: The limit; `None` for a market order.
        type: What it is; by its price unless given.
        stop_price: The trigger of a stop.
        trailing_distance: How far the trigger of a trailing stop stays behind the last trade.
        display_quantity: What an iceberg shows at a time.
        time_in_force: How long it may rest.
        post_only: Refuse it rather than let it take.
        reduce_only: Let it only reduce a position.
        expire_time_ns: When a `GTD` order ends.
        client_order_id: The account's own name, unique among its open orders.
        self_trade_prevention: What happens when it meets an order of its account.
        leg: Which position it changes.
        is_forced: Whether the venue itself closes a position by it.
        strategy: What the account calls the strategy it is of; empty for none.
        origin: What the door it came by wants to see again; the venue does not look at it.
    """

    account: int
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None = None
    type: OrderTypeWord | None = None
    stop_price: Decimal | None = None
    trailing_distance: Decimal | None = None
    display_quantity: Decimal | None = None
    time_in_force: TimeInForceWord = "GTC"
    post_only: bool = False
    reduce_only: bool = False
    expire_time_ns: int | None = None
    client_order_id: str = ""
    self_trade_prevention: SelfTradePrevention = "none"
    leg: Leg = "both"
    is_forced: bool = False
    strategy: str = ""
    origin: object = None

    @property
    def closes(self) -> bool:
        """Return whether it closes one of two positions: a sell of the long, a buy of the short."""
        return self.leg == ("long" if self.side == "sell" else "short")

    @property
    def kind(self) -> OrderTypeWord:
        """Return what it is."""
        return self.type or ("market" if self.price is None else "limit")


class Amendment(Struct, frozen=True, kw_only=True):
    """One change of an order's price and quantity."""

    number: int
    price_before: Decimal
    price_after: Decimal
    quantity_before: Decimal
    quantity_after: Decimal
    ts_event_ns: int
    origin: object = None


class OrderRecord(Struct, kw_only=True):
    """An order as it stands; the venue alone changes it.

    Args:
        order_id: The venue's number.
        request: What was asked; price and quantity here are the present ones.
        price: The limit now, `None` for a market order.
        quantity: Total now.
        cumulative: Traded so far.
        cumulative_notional: Its value.
        status: How it stands.
        created_ns: When it came.
        updated_ns: When it last changed.
        stop_price: The trigger now.
        sequence: The journal's number of its last change.
        reject_code: Why it was refused, or what took out the rest of it.
        amendments: Its changes, oldest first.
    """

    order_id: int
    request: PlaceOrder
    price: Decimal | None
    quantity: Decimal
    created_ns: int
    updated_ns: int
    cumulative: Decimal = Decimal(0)
    cumulative_notional: Decimal = Decimal(0)
    status: OrderStatus = "new"
    stop_price: Decimal | None = None
    sequence: int = 0
    reject_code: str = ""
    amendments: list[Amendment] = field(default_factory=list)

    @property
    def account(self) -> int:
        """Return whose it is."""
        return self.request.account

    @property
    def symbol(self) -> str:
        """Return of what it is."""
        return self.request.symbol

    @property
    def side(self) -> Side:
        """Return which way."""
        return self.request.side

    @property
    def client_order_id(self) -> str:
        """Return the account's name for it."""
        return self.request.client_order_id

    @property
    def type(self) -> OrderTypeWord:
        """Return what it came as."""
        return self.request.kind

    @property
    def leaves(self) -> Decimal:
        """Return what is still open; 0 once it ended."""
        return self.quantity - self.cumulative if self.is_open else Decimal(0)

    @property
    def is_open(self) -> bool:
        """Return whether it can still trade."""
        return self.status in _OPEN

    @property
    def average_price(self) -> Decimal:
        """Return the average price of what traded, 0 before."""
        return self.cumulative_notional / self.cumulative if self.cumulative else Decimal(0)


class TradeRecord(Struct, frozen=True, kw_only=True):
    """One side of a trade: an account's fill.

    Args:
        trade_id: Counts the trades of the symbol.
        realized: Profit taken by it, before the fee.
        fee: In the margin currency; negative is a rebate.
        is_maker: Whether the order rested.
        strategy: The strategy of the order; empty for none.
    """

    trade_id: int
    order_id: int
    account: int
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    realized: Decimal
    fee: Decimal
    fee_currency: str
    is_maker: bool
    ts_event_ns: int
    leg: Leg = "both"
    strategy: str = ""


def answered(request: PlaceOrder, reports: list[ExecutionReport], /) -> OrderRecord:
    """Return an order as an engine's answer tells of it."""
    first, last = reports[0], reports[-1]
    order = OrderRecord(
        order_id=first.order_id,
        request=request,
        price=request.price,
        quantity=request.quantity,
        cumulative=last.cumulative_quantity,
        created_ns=first.timestamp_ns,
        updated_ns=last.timestamp_ns,
        reject_code=last.reject_code or "",
    )
    match last.order_status:
        case "filled" | "canceled" | "rejected" | "expired" | "partially_filled":
            order.status = last.order_status
        case "pending_trigger":
            order.status = "pending_trigger"
        case "new" | "replaced":
            pass
    if last.reject_code == "FOK_NOT_FILLABLE":
        order.status = "rejected"
    return order
