"""Orders between the venue's words and ours: parameters in, replies out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from tradecore.exchanges.binance.messages import OrderReply
from tradecore.simulation.binance.digits import (
    MS_NS,
    amount,
    average,
    decimals_of,
    price_of,
    quantity_of,
    to_ms,
)
from tradecore.simulation.binance.refusals import RefusedError
from tradecore.venue import PlaceOrder

if TYPE_CHECKING:
    from tradecore.core import Instrument
    from tradecore.exchanges.binance.messages import NewOrderParams
    from tradecore.venue import OrderRecord, VenueService
    from tradecore.venue.orders import Leg, SelfTradePrevention

__all__ = [
    "OrderWords",
    "check_digits",
    "check_reducing",
    "instrument_of",
    "leg_of",
    "read_order",
    "reply_of",
    "status_of",
]

CLIENT_ID: Final = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
_STP: Final[dict[str, SelfTradePrevention]] = {
    "NONE": "none",
    "EXPIRE_TAKER": "cancel_newest",
    "EXPIRE_MAKER": "cancel_oldest",
    "EXPIRE_BOTH": "cancel_both",
}
_LEGS: Final[dict[str, Leg]] = {"BOTH": "both", "LONG": "long", "SHORT": "short"}
_STATUS: Final = {
    "new": "NEW",
    "partially_filled": "PARTIALLY_FILLED",
    "filled": "FILLED",
    "canceled": "CANCELED",
    "expired": "EXPIRED",
    "expired_in_match": "EXPIRED_IN_MATCH",
}
_CONDITIONAL: Final = {
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
}
#: A GTD order must live longer than this, in seconds, and end before the year 9999.
_GTD_LEAST_S: Final = 600
_GTD_MOST_MS: Final = 253_402_300_799_000
_PRICE_MATCH: Final = re.compile(r"(OPPONENT|QUEUE)(?:_(5|10|20))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWords:
    """What the venue repeats of an order and the service need not know."""

    type: str
    time_in_force: str
    stp: str = "EXPIRE_MAKER"
    price_match: str = "NONE"
    good_till_ms: int = 0
    original_type: str = ""
    stop_price: Decimal = Decimal(0)
    working_type: str = "CONTRACT_PRICE"
    close_position: bool = False
    price_protect: bool = False


def instrument_of(service: VenueService, symbol: str) -> Instrument:
    """Return a listed instrument.

    Raises:
        RefusedError: If there is none.
    """
    found = service.state.instruments.get(symbol)
    if found is None:
        raise RefusedError(-1121)
    return found.instrument


def read_order(
    params: NewOrderParams, *, service: VenueService, account: int, now_ns: int
) -> PlaceOrder:
    """Return the order that parameters ask for.

    Raises:
        RefusedError: If they make none, with the venue's code for the first fault.
    """
    instrument = instrument_of(service, params.symbol)
    if params.side not in {"BUY", "SELL"}:
        raise RefusedError(-1117)
    if params.type in _CONDITIONAL:
        raise RefusedError(-4120)
    if params.type not in {"LIMIT", "MARKET"}:
        raise RefusedError(-1116)
    _check_modes(params)
    side: Literal["buy", "sell"] = "buy" if params.side == "BUY" else "sell"
    price = _limit_of(params, service, side)
    if params.quantity is None:
        raise RefusedError(-1102, "quantity")
    check_digits(instrument, price=price, quantity=params.quantity)
    tif = params.time_in_force or "GTC"
    leg = leg_of(params.position_side, service=service, account=account)
    check_reducing(leg, is_reducing=params.reduce_only)
    return PlaceOrder(
        account=account,
        symbol=params.symbol,
        side=side,
        quantity=Decimal(params.quantity),
        price=price,
        time_in_force=_tif_of(params),
        post_only=tif == "GTX",
        reduce_only=bool(params.reduce_only),
        leg=leg,
        expire_time_ns=expiry_of(params.time_in_force, params.good_till_date, now_ns),
        client_order_id=params.new_client_order_id or "",
        self_trade_prevention=_STP[params.self_trade_prevention_mode or "EXPIRE_MAKER"],
        origin=OrderWords(
            type=params.type,
            time_in_force=tif,
            stp=params.self_trade_prevention_mode or "EXPIRE_MAKER",
            price_match=params.price_match or "NONE",
            good_till_ms=params.good_till_date or 0,
        ),
    )


def leg_of(named: str | None, *, service: VenueService, account: int) -> Leg:
    """Return which of an account's positions is named.

    Raises:
        RefusedError: If it is none, or one the account's mode does not have.
    """
    leg = _LEGS.get(named or "BOTH")
    if leg is None:
        raise RefusedError(-4060)
    if leg not in service.state.legs(account):
        raise RefusedError(-4061)
    return leg


def check_reducing(leg: Leg, *, is_reducing: bool | None) -> None:
    """Refuse a parameter that has no meaning where long and short are held apart.

    Raises:
        RefusedError: If it was sent.
    """
    if leg != "both" and is_reducing is not None:
        raise RefusedError(-1106, "reduceonly")


def _check_modes(params: NewOrderParams) -> None:
    """Refuse words that are none."""
    if params.new_order_resp_type not in {None, "ACK", "RESULT"}:
        raise RefusedError(-1136)
    if (params.self_trade_prevention_mode or "NONE") not in _STP:
        raise RefusedError(-5039)
    client_id = params.new_client_order_id
    if client_id is not None and CLIENT_ID.fullmatch(client_id) is None:
        raise RefusedError(-4015)


def _limit_of(
    params: NewOrderParams, service: VenueService, side: Literal["buy", "sell"]
) -> Decimal | None:
    """Return the limit price: named, or taken from the book."""
    matched = params.price_match not in {None, "NONE"}
    if params.type == "MARKET":
        if params.price is not None:
            raise RefusedError(-1106, "price")
        if params.time_in_force is not None:
            raise RefusedError(-1106, "timeInForce")
        if matched:
            raise RefusedError(-5038)
        return None
    if params.time_in_force is None:
        raise RefusedError(-1102, "timeInForce")
    if not matched:
        if params.price is None:
            raise RefusedError(-1102, "price")
        return Decimal(params.price)
    if params.price is not None:
        raise RefusedError(-1106, "price")
    return _matched_price(params, service, side)


def _matched_price(
    params: NewOrderParams, service: VenueService, side: Literal["buy", "sell"]
) -> Decimal:
    found = _PRICE_MATCH.fullmatch(params.price_match or "")
    if found is None:
        raise RefusedError(-5037)
    level = int(found[2] or 1)
    depth = service.state.depths[params.symbol]
    from_bids = (found[1] == "QUEUE") == (side == "buy")
    levels = depth.bids(level) if from_bids else depth.asks(level)
    if len(levels) < level:
        raise RefusedError(-5041)
    return levels[level - 1][0]


def _tif_of(params: NewOrderParams) -> Literal["GTC", "IOC", "FOK", "GTD"]:
    match params.time_in_force:
        case None | "GTC" | "GTX" | "RPI":
            return "GTC"
        case "IOC":
            return "IOC"
        case "FOK":
            return "FOK"
        case "GTD":
            return "GTD"
        case _:
            raise RefusedError(-1115)


def expiry_of(time_in_force: str | None, good_till_ms: int | None, now_ns: int) -> int | None:
    """Return when an order's time is over; `None` of one that is not `GTD`.

    Raises:
        RefusedError: If that is missing, too soon or too late.
    """
    if time_in_force != "GTD":
        return None
    if good_till_ms is None:
        raise RefusedError(-1102, "goodTillDate")
    seconds = good_till_ms // 1_000
    too_late = good_till_ms >= _GTD_MOST_MS
    if seconds * 1_000 <= to_ms(now_ns) + _GTD_LEAST_S * 1_000 or too_late:
        raise RefusedError(-5040)
    return seconds * 1_000 * MS_NS


def check_digits(instrument: Instrument, *, price: Decimal | None, quantity: Decimal) -> None:
    """Refuse more digits after the point than a symbol's numbers have.

    Raises:
        RefusedError: If there are, with the code for it.
    """
    price_digits = max(decimals_of(instrument.tick_size), 2)
    if price is not None and decimals_of(price) > price_digits:
        raise RefusedError(-1111)
    if decimals_of(quantity) > max(decimals_of(instrument.lot_size), 3):
        raise RefusedError(-1111)


def words_of(order: OrderRecord) -> OrderWords:
    """Return what is to be repeated of an order, also of one that came by another door."""
    if isinstance(order.request.origin, OrderWords):
        return order.request.origin
    kind = "MARKET" if order.price is None else "LIMIT"
    return OrderWords(type=kind, time_in_force=order.request.time_in_force)


def status_of(order: OrderRecord) -> str:
    """Return the venue's word for how an order stands."""
    return _STATUS[order.status]


def reply_of(
    order: OrderRecord,
    instrument: Instrument,
    *,
    is_query: bool = False,
    is_ack: bool = False,
    modify_id: int | None = None,
) -> OrderReply:
    """Return an order as the venue answers it.

    Args:
        order: As it stands.
        instrument: Of what.
        is_query: Whether the time it was made is told.
        is_ack: Whether it is told as it came, without what became of it since.
        modify_id: The client's number of a change.
    """
    words = words_of(order)
    done = Decimal(0) if is_ack else order.cumulative
    notional = Decimal(0) if is_ack else order.cumulative_notional
    return OrderReply(
        order_id=order.order_id,
        symbol=order.symbol,
        status="NEW" if is_ack else status_of(order),
        client_order_id=order.client_order_id,
        price=price_of(instrument, order.price),
        avg_price=average(instrument, notional / done if done else Decimal(0)),
        orig_qty=quantity_of(instrument, order.quantity),
        executed_qty=quantity_of(instrument, done),
        cum_qty=quantity_of(instrument, done),
        cum_quote=amount(notional),
        time_in_force=words.time_in_force,
        type=words.type,
        reduce_only=order.request.reduce_only,
        close_position=words.close_position,
        side=order.side.upper(),
        position_side=order.request.leg.upper(),
        stop_price=price_of(instrument, words.stop_price),
        working_type=words.working_type,
        price_protect=words.price_protect,
        orig_type=words.original_type or words.type,
        price_match=words.price_match,
        self_trade_prevention_mode=words.stp,
        good_till_date=words.good_till_ms,
        time=to_ms(order.created_ns) if is_query else None,
        update_time=to_ms(order.updated_ns),
        modify_id=modify_id,
    )
