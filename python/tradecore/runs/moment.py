"""How things stood at a moment of a run: orders, positions, books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tradecore.core import Trader
    from tradecore.model import BookView

__all__ = ["BookShown", "Moment", "OrderShown", "PositionShown"]

LEVELS: Final = 5


@dataclass(frozen=True, slots=True)
class OrderShown:
    """A live order."""

    client_order_id: str
    symbol: str
    side: str
    state: str
    price: Decimal | None
    quantity: Decimal
    filled: Decimal


@dataclass(frozen=True, slots=True)
class PositionShown:
    """What is held of a symbol, and what it came to."""

    symbol: str
    quantity: Decimal
    average_price: Decimal | None
    realized: Decimal
    fees: Decimal


@dataclass(frozen=True, slots=True)
class BookShown:
    """The best levels of a book, price and quantity; `is_stale` when it must not be believed."""

    symbol: str
    bids: tuple[tuple[float, float], ...]
    asks: tuple[tuple[float, float], ...]
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stood, at nanoseconds since 1970."""

    ts_ns: int
    orders: tuple[OrderShown, ...]
    positions: tuple[PositionShown, ...]
    books: tuple[BookShown, ...]

    @classmethod
    def of(cls, ts_ns: int, trader: Trader, books: Iterable[BookView]) -> Self:
        """Look at a trader and its books."""
        orders = tuple(
            OrderShown(
                order.client_order_id,
                order.symbol,
                order.side,
                str(order.state),
                order.price,
                order.quantity,
                order.cumulative_quantity,
            )
            for order in trader.orders()
        )
        held = (trader.position(symbol) for symbol in trader.symbols)
        positions = tuple(
            PositionShown(one.symbol, one.quantity, one.average_price, one.realized, one.fees)
            for one in held
        )
        return cls(ts_ns, orders, positions, tuple(_book(book) for book in books))


def _book(book: BookView) -> BookShown:
    bids, asks = book.depth(LEVELS)
    rows = [tuple((price, quantity) for price, quantity in side.tolist()) for side in (bids, asks)]
    return BookShown(book.symbol, rows[0], rows[1], book.is_stale)
