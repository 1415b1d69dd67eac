"""What is asked of a venue about orders, in one language for every venue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal  # noqa: TC003 - read when a journal is decoded
from typing import Final, Literal, TypeAlias

import msgspec

from tradecore.model.orders import (  # noqa: TC001 - the same
    OrderTypeWord,
    Side,
    TimeInForceWord,
)

ConditionalKind: TypeAlias = Literal[
    "stop", "stop_limit", "take_profit", "take_profit_limit", "trailing_stop"
]

#: Orders that wait for a trigger before they are in a book.
CONDITIONAL_TYPES: Final[frozenset[OrderTypeWord]] = frozenset(
    {"stop", "stop_limit", "trailing_stop"}
)


class NewOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
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
    trailing_distance: Decimal | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether it waits for a trigger."""
        return self.type in CONDITIONAL_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConditional:
    """An order that the venue keeps until a price comes, and sends to its book then.

    A stop triggers when the price goes against its side's wish, a buy at or above `trigger_price`;
    a take-profit the other way round; a trailing stop follows the best price since it was placed,
    or since `activate_price` came, at the distance `callback`.

    Args:
        kind: Of which sort; the two that end in `limit` send a limit order, the rest a market one.
        quantity: How much; `None` closes what is held when it triggers.
        price: The limit, of the two kinds that have one.
        trigger_price: What it waits for; none of a trailing stop.
        activate_price: From which price on a trailing stop follows; at once without one.
        callback: At which part of the best price a trailing stop follows, such as 0.01.
        by_mark: Whether the mark price triggers it, not the last trade's.
    """

    client_order_id: str
    symbol: str
    side: Side
    kind: ConditionalKind
    quantity: Decimal | None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    activate_price: Decimal | None = None
    callback: Decimal | None = None
    time_in_force: TimeInForceWord = "GTC"
    post_only: bool = False
    reduce_only: bool = False
    by_mark: bool = False


class ModifyOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A change of a live order; `quantity` is the new total, what traded included.

    A stop that ends in a market order has no price; `stop_price` is the new trigger of one that
    waits, `None` where that stays.
    """

    client_order_id: str
    symbol: str
    side: Side
    price: Decimal | None
    quantity: Decimal
    venue_order_id: str | None = None
    stop_price: Decimal | None = None


class CancelOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A cancel of an order, by our id or the venue's."""

    client_order_id: str
    symbol: str
    venue_order_id: str | None = None
