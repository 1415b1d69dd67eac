"""What a strategy asks for, as one value that can be made, kept and submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

    Number: TypeAlias = Decimal | str | int | float

Side: TypeAlias = Literal["buy", "sell"]
OrderEventName: TypeAlias = Literal[
    "submitted",
    "denied",
    "accepted",
    "rejected",
    "filled",
    "modified",
    "modify_rejected",
    "canceled",
    "cancel_rejected",
    "expired",
    "triggered",
    "unknown",
    "illegal",
]
OrderTypeWord: TypeAlias = Literal[
    "limit", "market", "stop", "stop_limit", "iceberg", "trailing_stop", "market_to_limit"
]
TimeInForceWord: TypeAlias = Literal["GTC", "IOC", "FOK", "GTD", "DAY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """The arguments of an order; what they mean stands at `AbstractStrategy.buy`."""

    symbol: str
    side: Side
    quantity: Number
    price: Number | None = None
    type: OrderTypeWord | None = None
    time_in_force: TimeInForceWord = "GTC"
    post_only: bool = False
    reduce_only: bool = False
    stop_price: Number | None = None
    display_quantity: Number | None = None
    trailing_distance: Number | None = None
    expire_time_ns: int | None = None
    algo: str | None = None
    venue: str | None = None
    tag: str | None = None
    client_order_id: str | None = None

    def unsupported(self) -> str | None:
        """Return what no host can do yet, as `name=value`, or `None`.

        An order that asks for one of these terms is denied rather than sent without it.
        """
        return unsupported_of(self.algo, self.venue)


def unsupported_of(algo: str | None, venue: str | None) -> str | None:
    """Return which of these terms an order asks for, as `name=value`; `None` for none."""
    if algo is None and venue is None:
        return None
    asked = {"algo": algo, "venue": venue}
    return ", ".join(f"{name}={value}" for name, value in asked.items() if value is not None)
