"""What the venue's messages say of conditional orders, in the words of the model."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import ConditionalTold
from tradecore.exchanges.binance.errors import safe_text
from tradecore.exchanges.binance.messages import MalformedError
from tradecore.exchanges.binance.readings import (
    LIVES,
    NAME_MAX,
    NS_PER_MS,
    POST_ONLY,
    TYPES,
    side_of,
)
from tradecore.model import VenueOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import ConditionalStatus
    from tradecore.exchanges.binance.messages import AlgoReply, AlgoUpdate
    from tradecore.model import VenueOrderStatus

_STATES: Final[Mapping[str, ConditionalStatus]] = MappingProxyType(
    {
        "NEW": "new",
        "TRIGGERING": "triggering",
        "TRIGGERED": "triggered",
        "FINISHED": "finished",
        "CANCELED": "canceled",
        "EXPIRED": "expired",
        "REJECTED": "rejected",
    }
)

#: How one ends that never became an order. The venue had taken it: it is not `rejected`.
_ENDED: Final[Mapping[str, VenueOrderStatus]] = MappingProxyType(
    {"CANCELED": "canceled", "EXPIRED": "expired", "REJECTED": "expired"}
)


def status_of(text: str, /) -> ConditionalStatus:
    """Return our word for how a conditional order stands.

    Raises:
        MalformedError: If it is no word of the venue's.
    """
    if text not in _STATES:
        raise MalformedError(f"a conditional order's status is known: {text[:NAME_MAX]!r}")
    return _STATES[text]


def conditional_order(message: AlgoReply, ts_recv_ns: int, /) -> VenueOrder:
    """Return a conditional order that waits, or ended waiting; nothing of it has traded.

    Raises:
        MalformedError: If a word or a number of it is none.
    """
    kind, life = message.order_type, message.time_in_force
    if kind not in TYPES or life not in LIVES:
        raise MalformedError(
            "a conditional order's type and time in force are known:"
            f" orderType={kind[:NAME_MAX]!r}, timeInForce={life[:NAME_MAX]!r}"
        )
    try:
        quantity, price = Decimal(message.quantity), Decimal(message.price)
    except InvalidOperation as error:
        raise MalformedError(
            "a conditional order has numbers:"
            f" quantity={message.quantity[:NAME_MAX]!r}, price={message.price[:NAME_MAX]!r}"
        ) from error
    return VenueOrder(
        client_order_id=message.client_algo_id,
        venue_order_id=str(message.algo_id),
        symbol=message.symbol,
        side=side_of(message.side),
        type=TYPES[kind],
        time_in_force=LIVES[life],
        price=price if price > 0 else None,
        quantity=quantity,
        cumulative=Decimal(0),
        status=_ENDED.get(message.algo_status, "new"),
        post_only=life in POST_ONLY,
        reduce_only=message.reduce_only,
        ts_event_ns=message.update_time * NS_PER_MS or ts_recv_ns,
    )


def conditional_told(message: AlgoReply, ts_recv_ns: int, /) -> ConditionalTold:
    """Return the answer to a query about a conditional order.

    Raises:
        MalformedError: If its status is none.
    """
    return ConditionalTold(
        client_order_id=message.client_algo_id,
        venue_order_id=str(message.algo_id),
        symbol=message.symbol,
        status=status_of(message.algo_status),
        order_id=message.actual_order_id or None,
        reject_text=None,
        ts_event_ns=message.update_time * NS_PER_MS or ts_recv_ns,
        ts_recv_ns=ts_recv_ns,
        source="query",
    )


def conditional_update(message: AlgoUpdate, ts_recv_ns: int, /) -> ConditionalTold:
    """Return what the private stream tells of a conditional order.

    Raises:
        MalformedError: If its status is none.
    """
    order = message.order
    return ConditionalTold(
        client_order_id=order.client_algo_id,
        venue_order_id=str(order.algo_id),
        symbol=order.symbol,
        status=status_of(order.status),
        order_id=order.order_id or None,
        reject_text=safe_text(order.reject_message) if order.reject_message else None,
        ts_event_ns=message.engine_ms * NS_PER_MS,
        ts_recv_ns=ts_recv_ns,
        source="stream",
    )
