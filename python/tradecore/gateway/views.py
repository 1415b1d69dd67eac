"""Orders as answers need them, whether they come from the venue or from its records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.gateway.schemas.orders import Fill, Order
from tradecore.gateway.schemas.orders_v1 import OrderV1
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tradecore.gateway.schemas.base import OrderTypeWord, StatusWord, TimeInForceWord
    from tradecore.model.orders import Side
    from tradecore.store import AccountTradeRow, OrderRow
    from tradecore.venue import OrderRecord, TradeRecord

__all__ = ["OrderView", "fill_of", "order_of", "order_v1_of", "side_of", "status_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order at one moment; unlike the venue's record it does not change."""

    order_id: int
    client_order_id: str
    strategy_id: str | None
    account: int
    symbol: str
    side: Side
    type: OrderTypeWord
    status: StatusWord
    time_in_force: TimeInForceWord
    price: Decimal | None
    stop_price: Decimal | None
    display_quantity: Decimal | None
    quantity: Decimal
    filled: Decimal
    leaves: Decimal
    average_price: Decimal | None
    post_only: bool
    reduce_only: bool
    reject_code: str | None
    created_ns: int
    updated_ns: int
    sequence: int

    @classmethod
    def of_record(cls, record: OrderRecord) -> OrderView:
        """Return the venue's record as it is now."""
        request = record.request
        return cls(
            order_id=record.order_id,
            client_order_id=record.client_order_id,
            strategy_id=request.strategy or None,
            account=record.account,
            symbol=record.symbol,
            side=record.side,
            type=_type_of(record.type),
            status=status_of(record.status),
            time_in_force=request.time_in_force,
            price=record.price,
            stop_price=record.stop_price,
            display_quantity=request.display_quantity,
            quantity=record.quantity,
            filled=record.cumulative,
            leaves=record.leaves,
            average_price=record.average_price if record.cumulative else None,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            reject_code=record.reject_code or None,
            created_ns=record.created_ns,
            updated_ns=record.updated_ns,
            sequence=record.sequence,
        )

    @classmethod
    def of_row(cls, row: OrderRow) -> OrderView:
        """Return a row of the records."""
        return cls(
            order_id=row.order_id,
            client_order_id=row.client_order_id,
            strategy_id=row.strategy_id or None,
            account=row.account,
            symbol=row.symbol,
            side=side_of(row.side),
            type=_type_of(row.type),
            status=status_of(row.status),
            time_in_force=_time_in_force_of(row.time_in_force),
            price=row.price,
            stop_price=row.stop_price,
            display_quantity=row.display_quantity,
            quantity=row.quantity,
            filled=row.filled,
            leaves=row.leaves,
            average_price=row.average_price if row.filled else None,
            post_only=row.post_only,
            reduce_only=row.reduce_only,
            reject_code=row.reject_code or None,
            created_ns=row.created_ns,
            updated_ns=row.updated_ns,
            sequence=row.sequence,
        )


def side_of(word: str) -> Side:
    """Return a side that is on record."""
    return "buy" if word == "buy" else "sell"


def _time_in_force_of(word: str) -> TimeInForceWord:
    match word:
        case "IOC" | "FOK" | "GTD" | "DAY":
            return word
        case _:
            return "GTC"


def _type_of(word: str) -> OrderTypeWord:
    match word:
        case "market" | "limit" | "stop" | "stop_limit" | "iceberg":
            return word
        case _:
            return "stop"


def status_of(word: str) -> StatusWord:
    """Return the API's word for how the venue says an order stands."""
    match word:
        case "canceled" | "expired_in_match":
            return "cancelled"
        case "partially_filled" | "filled" | "expired" | "rejected" | "triggered":
            return word
        case "pending_trigger":
            return "suspended"
        case _:
            return "new"


def fill_of(trade: TradeRecord | AccountTradeRow) -> Fill:
    """Return a trade of an order."""
    return Fill(
        trade_id=str(trade.trade_id),
        price=trade.price,
        quantity=trade.quantity,
        liquidity="maker" if trade.is_maker else "taker",
        fee=trade.fee,
        fee_currency=trade.fee_currency,
        timestamp=iso_utc(trade.ts_event_ns),
    )


def order_of(
    view: OrderView,
    *,
    user_id: str,
    fills: Sequence[TradeRecord | AccountTradeRow],
    symbol: str | None = None,
) -> Order:
    """Return an order as the `/api` family writes it.

    Args:
        view: The order.
        user_id: Whose.
        fills: What it traded.
        symbol: The symbol as the caller spelled it, where it did.
    """
    return Order(
        order_id=str(view.order_id),
        client_order_id=view.client_order_id,
        strategy_id=view.strategy_id,
        user_id=user_id,
        symbol=symbol or view.symbol,
        side=view.side,
        type=view.type,
        status=view.status,
        time_in_force=view.time_in_force,
        quantity=view.quantity,
        price=view.price,
        stop_price=view.stop_price,
        display_quantity=view.display_quantity,
        filled_quantity=view.filled,
        leaves_quantity=view.leaves,
        average_price=view.average_price,
        reduce_only=view.reduce_only,
        post_only=view.post_only,
        fills=[fill_of(one) for one in fills],
        reject_code=view.reject_code,
        created_at=iso_utc(view.created_ns),
        updated_at=iso_utc(view.updated_ns),
        sequence=view.sequence,
    )


def order_v1_of(
    view: OrderView, *, user_id: str, warnings: Sequence[str] = (), symbol: str | None = None
) -> OrderV1:
    """Return an order as the `/api/v1` family writes it."""
    return OrderV1(
        order_id=str(view.order_id),
        client_order_id=view.client_order_id,
        strategy_id=view.strategy_id,
        user_id=user_id,
        symbol=symbol or view.symbol,
        side=view.side,
        type=view.type,
        status=view.status,
        time_in_force=view.time_in_force,
        quantity=view.quantity,
        price=view.price,
        stop_price=view.stop_price,
        filled_quantity=view.filled,
        remaining_quantity=view.leaves,
        average_price=view.average_price,
        reject_code=view.reject_code,
        warnings=list(warnings),
        created_at=iso_utc(view.created_ns),
        updated_at=iso_utc(view.updated_ns),
    )
