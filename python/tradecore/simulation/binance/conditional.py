"""Conditional ("algo") orders: placed, canceled and asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from tradecore.exchanges.binance.messages import (
    AlgoCanceled,
    AlgoOrderParams,
    AlgoRef,
    AlgoReply,
    Done,
    MaybeSymbolParams,
    SymbolParams,
)
from tradecore.simulation.binance.digits import price_of, quantity_of, to_ms
from tradecore.simulation.binance.orders import (
    OrderWords,
    check_digits,
    check_reducing,
    expiry_of,
    leg_of,
)
from tradecore.simulation.binance.refusals import RefusedError, refuse
from tradecore.venue import Condition, PlaceOrder, Refused

if TYPE_CHECKING:
    from tradecore.core import Instrument
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue import ConditionalOrder

__all__ = [
    "algo_id_of",
    "all_conditions",
    "cancel_condition",
    "cancel_conditions",
    "condition_reply",
    "open_conditions",
    "place_condition",
    "query_condition",
]

_KINDS: Final[dict[str, tuple[Literal["stop", "take_profit", "trailing"], bool]]] = {
    "STOP": ("stop", True),
    "STOP_MARKET": ("stop", False),
    "TAKE_PROFIT": ("take_profit", True),
    "TAKE_PROFIT_MARKET": ("take_profit", False),
    "TRAILING_STOP_MARKET": ("trailing", False),
}
_PERCENT: Final = Decimal(100)
#: How close and how far a trailing stop may follow, in percent.
_RATE_MIN: Final = Decimal("0.1")
_RATE_MAX: Final = Decimal(10)
_RATE_STEP: Final = Decimal("0.1")
#: What a conditional order is numbered from: an order it becomes has a number of its own.
_FIRST_ALGO: Final = 4_000_000_000_000_000


def place_condition(call: Call) -> AlgoReply:
    """Answer a new conditional order."""
    read = call.read(AlgoOrderParams)
    instrument = call.instrument(read.symbol)
    if read.algo_type != "CONDITIONAL":
        raise RefusedError(-1130, "algoType")
    if read.type not in _KINDS:
        raise RefusedError(-1116)
    if read.side not in {"BUY", "SELL"}:
        raise RefusedError(-1117)
    waiting = call.service.place_condition(
        _order(read, call, instrument),
        _condition(read, call.now_ns),
        client_id=read.client_algo_id or "",
        now_ns=call.now_ns,
    )
    if isinstance(waiting, Refused):
        raise refuse(waiting)
    return condition_reply(waiting, instrument)


def _condition(read: AlgoOrderParams, now_ns: int) -> Condition:
    kind, _ = _KINDS[read.type]
    trigger = read.activate_price if kind == "trailing" else read.trigger_price
    if kind != "trailing" and trigger is None:
        raise RefusedError(-1102, "triggerPrice")
    callback = Decimal(0)
    if kind == "trailing":
        if read.callback_rate is None:
            raise RefusedError(-1102, "callbackRate")
        callback = _callback(read.callback_rate)
    return Condition(
        kind=kind,
        by_mark=read.working_type == "MARK_PRICE",
        trigger=None if trigger is None else Decimal(trigger),
        callback=callback,
        close_position=bool(read.close_position),
        expires_ns=expiry_of(read.time_in_force, read.good_till_date, now_ns) or 0,
    )


def _callback(rate: Decimal) -> Decimal:
    if not _RATE_MIN <= rate <= _RATE_MAX or rate % _RATE_STEP:
        raise RefusedError(-1130, "callbackRate")
    return rate / _PERCENT


def _order(read: AlgoOrderParams, call: Call, instrument: Instrument) -> PlaceOrder:
    _, has_limit = _KINDS[read.type]
    if has_limit and read.price is None:
        raise RefusedError(-1102, "price")
    closes = bool(read.close_position)
    if read.quantity is None and not closes:
        raise RefusedError(-1102, "quantity")
    if read.quantity and closes:
        raise RefusedError(-4137)
    quantity = Decimal(read.quantity or 0)
    price = Decimal(read.price) if has_limit and read.price is not None else None
    check_digits(instrument, price=price, quantity=quantity)
    tif = read.time_in_force or "GTC"
    expires_ns = expiry_of(read.time_in_force, read.good_till_date, call.now_ns)
    leg = leg_of(read.position_side, service=call.service, account=call.account)
    check_reducing(leg, is_reducing=read.reduce_only)
    return PlaceOrder(
        account=call.account,
        symbol=read.symbol,
        side="buy" if read.side == "BUY" else "sell",
        quantity=quantity,
        price=price,
        time_in_force=_lives(tif) if has_limit else "GTC",
        expire_time_ns=expires_ns if has_limit else None,
        post_only=tif == "GTX",
        reduce_only=bool(read.reduce_only) or (closes and leg == "both"),
        leg=leg,
        client_order_id=read.client_algo_id or "",
        origin=OrderWords(
            type="LIMIT" if has_limit else "MARKET",
            time_in_force=tif,
            stp=read.self_trade_prevention_mode or "EXPIRE_MAKER",
            original_type=read.type,
            stop_price=Decimal(read.trigger_price or 0),
            working_type=read.working_type or "CONTRACT_PRICE",
            close_position=closes,
            price_protect=bool(read.price_protect),
            good_till_ms=read.good_till_date or 0,
        ),
    )


def _lives(tif: str) -> Literal["GTC", "IOC", "FOK", "GTD"]:
    """Return how long what comes in rests."""
    return "IOC" if tif == "IOC" else "FOK" if tif == "FOK" else "GTD" if tif == "GTD" else "GTC"


def words(order: ConditionalOrder) -> OrderWords:
    """Return the venue's words of a conditional order."""
    if not isinstance(order.order.origin, OrderWords):
        raise TypeError("Invariant: a conditional order came by this door")
    return order.order.origin


def algo_id_of(order: ConditionalOrder) -> int:
    """Return the venue's number of a conditional order."""
    return _FIRST_ALGO + order.condition_id


def condition_reply(order: ConditionalOrder, instrument: Instrument) -> AlgoReply:
    """Return a conditional order as the venue answers it."""
    said = words(order)
    is_trailing = order.condition.kind == "trailing"
    return AlgoReply(
        algo_id=algo_id_of(order),
        client_algo_id=order.client_id,
        algo_type="CONDITIONAL",
        order_type=said.original_type,
        symbol=order.order.symbol,
        side=order.order.side.upper(),
        position_side=order.order.leg.upper(),
        time_in_force=said.time_in_force,
        quantity=str(quantity_of(instrument, order.order.quantity)),
        algo_status=order.status.upper(),
        actual_order_id=str(order.order_id or ""),
        actual_price="0.00000",
        trigger_price=str(price_of(instrument, said.stop_price)),
        price=str(price_of(instrument, order.order.price)),
        self_trade_prevention_mode=said.stp,
        working_type=said.working_type,
        price_match="NONE",
        close_position=said.close_position,
        price_protect=said.price_protect,
        reduce_only=order.order.reduce_only,
        activate_price=str(price_of(instrument, order.condition.trigger)) if is_trailing else None,
        callback_rate=_rate(order.condition.callback) if is_trailing else None,
        create_time=to_ms(order.created_ns),
        update_time=to_ms(order.updated_ns),
        trigger_time=to_ms(order.triggered_ns),
        good_till_date=words(order).good_till_ms,
    )


def _rate(callback: Decimal) -> str:
    return f"{(callback * _PERCENT).normalize():f}"


def _found(call: Call, code: int) -> ConditionalOrder:
    read = call.read(AlgoRef)
    if not read.algo_id and not read.client_algo_id:
        raise RefusedError(-1102, "algoId")
    number = read.algo_id - _FIRST_ALGO if read.algo_id else 0
    found = call.service.state.conditions.find(
        call.account, condition_id=number, client_id=read.client_algo_id or ""
    )
    if found is None:
        raise RefusedError(code)
    return found


def cancel_condition(call: Call) -> AlgoCanceled:
    """Answer the cancel of a conditional order."""
    order = _found(call, -2011)
    refused = call.service.cancel_condition(order, now_ns=call.now_ns)
    if refused is not None:
        raise refuse(refused, unknown_order=-2011)
    return AlgoCanceled(
        algo_id=algo_id_of(order), client_algo_id=order.client_id, code="200", msg="success"
    )


def cancel_conditions(call: Call) -> Done:
    """Cancel every conditional order of a symbol."""
    symbol = call.read(SymbolParams).symbol
    call.instrument(symbol)
    for order in call.service.state.conditions.waiting(call.account, symbol):
        call.service.cancel_condition(order, now_ns=call.now_ns)
    return Done(code=200, msg="The operation of cancel all open order is done.")


def query_condition(call: Call) -> AlgoReply:
    """Answer how a conditional order stands."""
    order = _found(call, -2013)
    return condition_reply(order, call.instrument(order.order.symbol))


def open_conditions(call: Call) -> list[AlgoReply]:
    """List conditional orders that wait."""
    symbol = call.read(MaybeSymbolParams).symbol
    call.symbols(symbol)
    listed = call.service.state.conditions.waiting(call.account, symbol)
    return [condition_reply(one, call.instrument(one.order.symbol)) for one in listed]


def all_conditions(call: Call) -> list[AlgoReply]:
    """List conditional orders, ended ones too."""
    symbol = call.read(MaybeSymbolParams).symbol
    call.symbols(symbol)
    listed = call.service.state.conditions.listed(call.account, symbol)
    return [condition_reply(one, call.instrument(one.order.symbol)) for one in listed[-500:]]
