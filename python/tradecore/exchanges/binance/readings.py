"""What the venue's messages say of the account, in the words of the model."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import MalformedError
from tradecore.model import (
    Balance,
    MarginCall,
    OrderUpdate,
    VenueFill,
    VenueOrder,
    VenuePosition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tradecore.exchanges.binance.messages import (
        AccountUpdate,
        BalanceRow,
        MarginCallEvent,
        Number,
        OrderDetail,
        OrderReply,
        OrderTradeUpdate,
        PositionRow,
        UserTrade,
    )
    from tradecore.model import (
        OrderTypeWord,
        Reply,
        Side,
        Source,
        TimeInForceWord,
        VenueOrderStatus,
    )

NS_PER_MS: Final = 1_000_000
NAME_MAX: Final = 64
_SIDES: Final[Mapping[str, Side]] = MappingProxyType({"BUY": "buy", "SELL": "sell"})
TYPES: Final[Mapping[str, OrderTypeWord]] = MappingProxyType(
    {
        "LIMIT": "limit",
        "MARKET": "market",
        "STOP": "stop_limit",
        "TAKE_PROFIT": "stop_limit",
        "STOP_MARKET": "stop",
        "TAKE_PROFIT_MARKET": "stop",
        "TRAILING_STOP_MARKET": "trailing_stop",
        "LIQUIDATION": "market",
    }
)
LIVES: Final[Mapping[str, TimeInForceWord]] = MappingProxyType(
    {"GTC": "GTC", "IOC": "IOC", "FOK": "FOK", "GTX": "GTC", "RPI": "GTC", "GTD": "GTD"}
)
_STATES: Final[Mapping[str, VenueOrderStatus]] = MappingProxyType(
    {
        "NEW": "new",
        "PENDING_NEW": "new",
        "NEW_INSURANCE": "new",
        "NEW_ADL": "new",
        "PARTIALLY_FILLED": "partially_filled",
        "FILLED": "filled",
        "CANCELED": "canceled",
        "REJECTED": "rejected",
        "EXPIRED_IN_MATCH": "canceled",
    }
)
POST_ONLY: Final = frozenset({"GTX", "RPI"})


def side_of(text: str, /) -> Side:
    """Return our word for a side.

    Raises:
        MalformedError: If it is neither.
    """
    if text not in _SIDES:
        raise MalformedError(f"a side is BUY or SELL: side={text[:NAME_MAX]!r}")
    return _SIDES[text]


def _positive(value: Number, what: str) -> Decimal:
    if value <= 0:
        raise MalformedError(f"a fill has a positive {what}: {what}={value!s}")
    return Decimal(value)


def expired_word(time_in_force: str, /) -> VenueOrderStatus:
    """Return how an order that the venue calls expired ended: one of fixed life expires.

    What an IOC, FOK, market or post-only order did not trade was canceled.
    """
    return "expired" if time_in_force == "GTD" else "canceled"


def order_update(message: OrderTradeUpdate, ts_recv_ns: int, /) -> OrderUpdate:
    """Return what happened to an order of ours.

    Raises:
        MalformedError: If it is none of what can happen, or a fill without price or quantity.
    """
    order = message.order
    reply, code = _reply_of(order)
    is_fill = reply == "filled"
    is_terms = reply in {"accepted", "replaced"}
    price: Decimal | None = None
    quantity: Decimal | None = None
    if is_fill:
        price = _positive(order.last_price, "price")
        quantity = _positive(order.last_quantity, "quantity")
        if order.trade_id <= 0:
            raise MalformedError(f"a fill has a positive trade id: trade_id={order.trade_id}")
    elif is_terms:
        price = Decimal(order.price) if order.price > 0 else None
        quantity = Decimal(order.quantity)
    has_fee = is_fill and order.fee is not None
    return OrderUpdate(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        reply=reply,
        ts_event_ns=message.engine_ms * NS_PER_MS,
        ts_recv_ns=ts_recv_ns,
        venue_order_id=str(order.order_id),
        exec_id=order.trade_id if is_fill else 0,
        price=price,
        quantity=quantity,
        cumulative=Decimal(order.cumulative),
        side=side_of(order.side),
        liquidity="maker" if order.is_maker else "taker",
        fee=Decimal(order.fee) if has_fee and order.fee is not None else None,
        fee_currency=order.fee_currency if has_fee else None,
        reject_code=code,
    )


def _reply_of(order: OrderDetail) -> tuple[Reply, str | None]:
    """Return our word for what happened, and a code of ours for why, where there is one."""
    match order.exec_type:
        case "TRADE":
            return "filled", None
        case "CALCULATED":
            return ("filled" if order.last_quantity > 0 else "accepted"), None
        case "CANCELED":
            return "canceled", None
        case "REJECTED":
            return "rejected", "VENUE_REJECTED"
        case "NEW" | "AMENDMENT" | "EXPIRED":
            return _reply_by_status(order)
        case other:
            raise MalformedError(f"what happened is known: x={other[:NAME_MAX]!r}")


def _reply_by_status(order: OrderDetail) -> tuple[Reply, str | None]:
    if order.status == "CANCELED":
        return "canceled", None
    if order.status == "EXPIRED_IN_MATCH":
        return "canceled", "SELF_TRADE_PREVENTED"
    if order.exec_type == "EXPIRED" or order.status == "EXPIRED":
        is_over = expired_word(order.time_in_force) == "expired"
        crossed = order.time_in_force in POST_ONLY
        return ("expired" if is_over else "canceled"), "POST_ONLY_WOULD_CROSS" if crossed else None
    return ("accepted" if order.exec_type == "NEW" else "replaced"), None


def reply_update(
    message: OrderReply, ts_recv_ns: int, /, *, reply: Reply, source: Source = "response"
) -> OrderUpdate:
    """Return what an answer says of an order, under the word that fits what was asked."""
    is_terms = reply in {"accepted", "replaced"}
    ms = message.update_time or message.time
    return OrderUpdate(
        client_order_id=message.client_order_id,
        symbol=message.symbol,
        reply=reply,
        ts_event_ns=ms * NS_PER_MS if ms else ts_recv_ns,
        ts_recv_ns=ts_recv_ns,
        source=source,
        venue_order_id=str(message.order_id),
        price=Decimal(message.price) if is_terms and message.price > 0 else None,
        quantity=Decimal(message.orig_qty) if is_terms else None,
        cumulative=Decimal(message.executed_qty),
        side=side_of(message.side),
    )


def venue_order(message: OrderReply, ts_recv_ns: int, /) -> VenueOrder:
    """Return an order as the venue lists it.

    Raises:
        MalformedError: If a word of it is not known, or it traded more than it is.
    """
    if message.status == "EXPIRED":
        status = expired_word(message.time_in_force)
    elif message.status in _STATES:
        status = _STATES[message.status]
    else:
        raise MalformedError(f"a status is known: status={message.status[:NAME_MAX]!r}")
    if not 0 <= message.executed_qty <= message.orig_qty:
        raise MalformedError(
            f"an order trades at most its quantity: quantity={message.orig_qty!s},"
            f" executed={message.executed_qty!s}"
        )
    kind, life = message.type, message.time_in_force
    if kind not in TYPES or life not in LIVES:
        raise MalformedError(
            "an order's type and time in force are known:"
            f" type={kind[:NAME_MAX]!r}, timeInForce={life[:NAME_MAX]!r}"
        )
    ms = message.update_time or message.time
    return VenueOrder(
        client_order_id=message.client_order_id,
        venue_order_id=str(message.order_id),
        symbol=message.symbol,
        side=side_of(message.side),
        type=TYPES[kind],
        time_in_force=LIVES[life],
        price=Decimal(message.price) if message.price > 0 else None,
        quantity=Decimal(message.orig_qty),
        cumulative=Decimal(message.executed_qty),
        status=status,
        post_only=life in POST_ONLY,
        reduce_only=bool(message.reduce_only),
        ts_event_ns=ms * NS_PER_MS if ms else ts_recv_ns,
    )


def venue_fill(message: UserTrade, /) -> VenueFill:
    """Return a trade of ours as the venue lists it.

    Raises:
        MalformedError: If it has no id, price or quantity.
    """
    if message.id <= 0:
        raise MalformedError(f"a fill has a positive trade id: id={message.id}")
    return VenueFill(
        exec_id=message.id,
        venue_order_id=str(message.order_id),
        symbol=message.symbol,
        side=side_of(message.side),
        price=_positive(message.price, "price"),
        quantity=_positive(message.qty, "quantity"),
        fee=Decimal(message.commission),
        fee_currency=message.commission_asset,
        liquidity="maker" if message.maker else "taker",
        ts_event_ns=message.time * NS_PER_MS,
        realized=Decimal(message.realized_pnl),
    )


def positions_of_rows(rows: Iterable[PositionRow], /) -> tuple[VenuePosition, ...]:
    """Return what is held by symbol; long and short held apart are taken together."""
    held: dict[str, VenuePosition] = {}
    for row in rows:
        before = held.get(row.symbol)
        entry = Decimal(row.entry_price) if row.entry_price > 0 else None
        liquidation = Decimal(row.liquidation_price) if row.liquidation_price > 0 else None
        held[row.symbol] = VenuePosition(
            symbol=row.symbol,
            quantity=Decimal(row.position_amt) + (before.quantity if before else 0),
            entry_price=(before.entry_price or entry) if before else entry,
            ts_event_ns=max(row.update_time * NS_PER_MS, before.ts_event_ns if before else 0),
            unrealized=Decimal(row.un_realized_profit),
            liquidation_price=liquidation,
        )
    return tuple(held.values())


def balances_of_rows(rows: Iterable[BalanceRow], /) -> tuple[Balance, ...]:
    """Return every currency of the account."""
    return tuple(
        Balance(
            currency=row.asset,
            total=Decimal(row.balance),
            free=Decimal(row.available_balance),
            ts_event_ns=row.update_time * NS_PER_MS,
        )
        for row in rows
    )


def account_events(message: AccountUpdate, /) -> tuple[tuple[Balance, ...], list[VenuePosition]]:
    """Return balances and positions that changed; `free` is the cross wallet, as told here."""
    ts_event_ns = message.engine_ms * NS_PER_MS
    balances = tuple(
        Balance(
            currency=one.asset,
            total=Decimal(one.wallet),
            free=Decimal(one.cross_wallet),
            ts_event_ns=ts_event_ns,
        )
        for one in message.change.balances
    )
    positions = [
        VenuePosition(
            symbol=one.symbol,
            quantity=Decimal(one.quantity),
            entry_price=Decimal(one.entry_price) if one.entry_price > 0 else None,
            ts_event_ns=ts_event_ns,
            unrealized=Decimal(one.unrealized),
        )
        for one in message.change.positions
    ]
    return balances, positions


def margin_call(message: MarginCallEvent, /) -> MarginCall:
    """Return the venue's warning."""
    ts_event_ns = message.event_ms * NS_PER_MS
    return MarginCall(
        positions=tuple(
            VenuePosition(
                symbol=one.symbol,
                quantity=Decimal(one.quantity),
                entry_price=None,
                ts_event_ns=ts_event_ns,
                unrealized=Decimal(one.unrealized),
            )
            for one in message.positions
        ),
        wallet=Decimal(message.cross_wallet) if message.cross_wallet is not None else None,
        ts_event_ns=ts_event_ns,
    )
