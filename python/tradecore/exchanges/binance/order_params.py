"""Our orders in the venue's parameters."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.binance.messages import (
    ModifyOrderParams,
    NewOrderParams,
    Number,
    OrderRef,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
    from tradecore.model import Side

_SIDES: Final[Mapping[Side, str]] = MappingProxyType({"buy": "BUY", "sell": "SELL"})
_TYPES: Final[Mapping[str, str]] = MappingProxyType({"limit": "LIMIT", "market": "MARKET"})
_LIVES: Final = frozenset({"GTC", "IOC", "FOK"})


def new_params(order: NewOrder, /) -> NewOrderParams:
    """Return a new order; a post-only one is `GTX`.

    Raises:
        InputError: If it is of a kind the venue takes elsewhere or not at all.
    """
    kind = _TYPES.get(order.type)
    is_limit = kind == "LIMIT"
    if kind is None or order.time_in_force not in _LIVES or is_limit == (order.price is None):
        raise InputError(
            "an order is a limit order with a price or a market order without, GTC, IOC or FOK:"
            f" type={order.type}, time_in_force={order.time_in_force}, price={order.price}"
        )
    life = "GTX" if order.post_only else order.time_in_force
    return NewOrderParams(
        symbol=order.symbol,
        side=_SIDES[order.side],
        type=kind,
        time_in_force=life if is_limit else None,
        quantity=Number.of(order.quantity),
        price=Number.of(order.price) if order.price is not None else None,
        reduce_only=True if order.reduce_only else None,
        new_client_order_id=order.client_order_id,
        new_order_resp_type="ACK",
    )


def modify_params(change: ModifyOrder, /) -> ModifyOrderParams:
    """Return a change, by the venue's id where it is known."""
    by_venue = _venue_id(change.venue_order_id)
    return ModifyOrderParams(
        symbol=change.symbol,
        side=_SIDES[change.side],
        quantity=Number.of(change.quantity),
        price=Number.of(change.price),
        order_id=by_venue,
        orig_client_order_id=change.client_order_id if by_venue is None else None,
    )


def cancel_params(cancel: CancelOrder, /) -> OrderRef:
    """Return a cancel, by the venue's id where it is known."""
    by_venue = _venue_id(cancel.venue_order_id)
    return OrderRef(
        symbol=cancel.symbol,
        order_id=by_venue,
        orig_client_order_id=cancel.client_order_id if by_venue is None else None,
    )


def _venue_id(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdigit()
    return int(text) if text is not None and is_number else None
