"""Our orders in the venue's parameters."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import NewConditional
from tradecore.exchanges.binance.messages import (
    AlgoOrderParams,
    ModifyOrderParams,
    NewOrderParams,
    Number,
    OrderRef,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import (
        CancelOrder,
        ConditionalKind,
        ModifyOrder,
        NewOrder,
    )
    from tradecore.model import Side

_SIDES: Final[Mapping[Side, str]] = MappingProxyType({"buy": "BUY", "sell": "SELL"})
_TYPES: Final[Mapping[str, str]] = MappingProxyType({"limit": "LIMIT", "market": "MARKET"})
_CONDITIONS: Final[Mapping[ConditionalKind, str]] = MappingProxyType(
    {
        "stop": "STOP_MARKET",
        "stop_limit": "STOP",
        "take_profit": "TAKE_PROFIT_MARKET",
        "take_profit_limit": "TAKE_PROFIT",
        "trailing_stop": "TRAILING_STOP_MARKET",
    }
)
_PERCENT: Final = Decimal(100)
_TENTH: Final = Decimal("0.1")
#: How close and how far a trailing stop may follow, as a part of the price.
CALLBACK_MIN: Final = Decimal("0.001")
CALLBACK_MAX: Final = Decimal("0.1")
CALLBACK_STEP: Final = Decimal("0.001")
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


def conditional_of(order: NewOrder, /) -> NewConditional:
    """Return a new stop in the words of an order that waits; the last trade triggers it.

    Raises:
        InputError: If it is no stop, or a trailing one that the venue cannot follow.
    """
    kind = order.type
    if kind not in {"stop", "stop_limit", "trailing_stop"}:
        raise InputError(f"a stop waits for a trigger here, no other order: type={kind}")
    is_trailing = kind == "trailing_stop"
    return NewConditional(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=order.side,
        kind=kind,
        quantity=order.quantity,
        price=order.price,
        trigger_price=None if is_trailing else order.stop_price,
        callback=callback_of(order) if is_trailing else None,
        time_in_force=order.time_in_force,
        post_only=order.post_only,
        reduce_only=order.reduce_only,
    )


def callback_of(order: NewOrder, /) -> Decimal:
    """Return at which part of the best price a trailing stop follows.

    The order says at which distance, and where its trigger starts: so it says at which price the
    distance is meant. It is taken only where it is exactly one of the venue's parts of that price.
    From there on the venue keeps the part, not the distance. It is not told to begin at that price:
    an order that waits for it would protect nothing until then.

    Raises:
        InputError: If it does not say so, or is none of the venue's parts.
    """
    distance, stop = order.trailing_distance, order.stop_price
    if distance is None or stop is None:
        raise InputError(
            "a trailing stop follows at a part of the price here, so stop_price says where it "
            f"starts, trailing_distance from the price: trailing_distance={distance}, "
            f"stop_price={stop}"
        )
    price = stop + distance if order.side == "sell" else stop - distance
    steps = distance / price / CALLBACK_STEP if price > 0 else Decimal(0)
    whole = steps.to_integral_value(ROUND_FLOOR)
    least, most = CALLBACK_MIN / CALLBACK_STEP, CALLBACK_MAX / CALLBACK_STEP
    if price <= 0 or whole * CALLBACK_STEP * price != distance or not least <= whole <= most:
        below = min(max(whole, least), most) * CALLBACK_STEP
        above = min(max(whole + 1, least), most) * CALLBACK_STEP
        near = " or ".join(
            f"{(part * price).normalize():f} ({part * _PERCENT:.1f} %)"
            for part in dict.fromkeys((below, above))
        )
        raise InputError(
            "a trailing stop follows at 0.1 to 10 % of the price here, in steps of 0.1 %: "
            f"trailing_distance={distance}, price={price} (stop_price={stop}), nearest {near}"
        )
    return whole * CALLBACK_STEP


def conditional_params(order: NewConditional, /) -> AlgoOrderParams:
    """Return a new conditional order.

    Raises:
        InputError: If it lacks what its kind needs, or has what it may not.
    """
    kind, is_trailing = _CONDITIONS[order.kind], order.kind == "trailing_stop"
    is_limit = order.kind in {"stop_limit", "take_profit_limit"}
    closes, life = order.quantity is None, "GTX" if order.post_only else order.time_in_force
    wrong = {
        "price": is_limit == (order.price is None),
        "trigger_price": is_trailing == (order.trigger_price is not None),
        "callback": is_trailing == (order.callback is None),
        "activate_price": order.activate_price is not None and not is_trailing,
        "quantity": closes and (is_limit or is_trailing or order.reduce_only),
        "post_only": order.post_only and not is_limit,
        "time_in_force": order.time_in_force not in _LIVES,
    }
    callback = order.callback
    if callback is not None:
        is_step = callback % CALLBACK_STEP == 0
        wrong["callback"] |= not (is_step and CALLBACK_MIN <= callback <= CALLBACK_MAX)
    if bad := [name for name, is_wrong in wrong.items() if is_wrong]:
        given = ", ".join(f"{name}={getattr(order, name)}" for name in bad)
        raise InputError(f"a conditional order has the terms of its kind: kind={kind}, {given}")
    return AlgoOrderParams(
        algo_type="CONDITIONAL",
        symbol=order.symbol,
        side=_SIDES[order.side],
        type=kind,
        time_in_force=life if is_limit else None,
        quantity=_number(order.quantity),
        price=_number(order.price),
        trigger_price=_number(order.trigger_price),
        working_type="MARK_PRICE" if order.by_mark else "CONTRACT_PRICE",
        close_position=True if closes else None,
        reduce_only=True if order.reduce_only else None,
        activate_price=_number(order.activate_price),
        callback_rate=None
        if callback is None
        else Number.of((callback * _PERCENT).quantize(_TENTH)),
        client_algo_id=order.client_order_id,
    )


def _number(value: Decimal | None) -> Number | None:
    return None if value is None else Number.of(value)


def modify_params(change: ModifyOrder, /) -> ModifyOrderParams:
    """Return a change, by the venue's id where it is known.

    Raises:
        InputError: If it is of an order that waits: the venue has no such change.
    """
    if change.price is None or change.stop_price is not None:
        raise InputError(
            "an order that is changed rests at a price: "
            f"price={change.price}, stop_price={change.stop_price}"
        )
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
