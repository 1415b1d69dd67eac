"""Orders and trades of ours: answers to what we ask, and events of the private stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Raw, field

from tradecore.exchanges.binance.messages.base import (
    Count,
    MalformedError,
    Millis,
    Number,
    VenueMessage,
    decode_as,
)
from tradecore.exchanges.binance.messages.errors import ErrorBody

if TYPE_CHECKING:
    from collections.abc import Sequence


class OrderReply(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """An order as place, modify, cancel and query answer it.

    Since July 2026 the venue may leave `avg_price` and `cum_quote` out of all but queries; `time`
    is of queries only, `modify_id` of changes only.
    """

    order_id: Count
    symbol: str
    pair: str | None = None
    status: str
    client_order_id: str
    price: Number
    avg_price: Number | None = None
    orig_qty: Number
    executed_qty: Number
    cum_qty: Number | None = None
    cum_quote: Number | None = None
    cum_base: Number | None = None
    time_in_force: str
    type: str
    reduce_only: bool | None = None
    close_position: bool | None = None
    side: str
    position_side: str | None = None
    stop_price: Number | None = None
    working_type: str | None = None
    price_protect: bool | None = None
    orig_type: str | None = None
    price_match: str | None = None
    self_trade_prevention_mode: str | None = None
    good_till_date: Millis | None = None
    activate_price: Number | None = None
    price_rate: Number | None = None
    time: Millis | None = None
    update_time: Millis | None = None
    modify_id: Count | None = None


BatchItem: TypeAlias = OrderReply | ErrorBody


class _Peek(VenueMessage, frozen=True, kw_only=True):
    # Whether an element of a batch is an error: an order has no code.
    code: int | None = None


def _item(raw: Raw) -> BatchItem:
    is_error = _Peek.decode(raw).code is not None
    return ErrorBody.decode(raw) if is_error else OrderReply.decode(raw)


def decode_batch(body: bytes, /) -> tuple[BatchItem, ...]:
    """Read the answer to several orders at once: for each its order or its error, in order.

    Raises:
        MalformedError: If it is no such list.
    """
    return tuple(_item(raw) for raw in decode_as(list[Raw], body))


def decode_each(body: bytes, /) -> tuple[BatchItem | MalformedError, ...]:
    """Read it as `decode_batch` does, with an element that is neither as its fault.

    Raises:
        MalformedError: If it is no list.
    """
    items: list[BatchItem | MalformedError] = []
    for raw in decode_as(list[Raw], body):
        try:
            items.append(_item(raw))
        except MalformedError as error:
            items.append(error)
    return tuple(items)


class UserTrade(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A trade of ours as `GET userTrades` lists it; `id` counts within a symbol."""

    buyer: bool
    commission: Number
    commission_asset: str
    id: Count
    maker: bool
    order_id: Count
    price: Number
    qty: Number
    quote_qty: Number | None = None
    base_qty: Number | None = None
    margin_asset: str | None = None
    realized_pnl: Number
    side: str
    position_side: str | None = None
    symbol: str
    pair: str | None = None
    time: Millis


class CountdownReply(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The answer of the dead-man switch: the countdown it was wound to, as text."""

    symbol: str
    countdown_time: str


class OrderDetail(VenueMessage, frozen=True, kw_only=True):
    """The order inside an `ORDER_TRADE_UPDATE`; null in liquidations is absent.

    `exec_type` says what happened (`x`), `status` how the order stands after it (`X`).
    """

    symbol: str = field(name="s")
    client_order_id: str = field(name="c")
    side: str = field(name="S")
    type: str = field(name="o")
    time_in_force: str = field(name="f")
    quantity: Number = field(name="q")
    price: Number = field(name="p")
    average_price: Number | None = field(default=None, name="ap")
    stop_price: Number | None = field(default=None, name="sp")
    exec_type: str = field(name="x")
    status: str = field(name="X")
    order_id: Count = field(name="i")
    last_quantity: Number = field(name="l")
    cumulative: Number = field(name="z")
    last_price: Number = field(name="L")
    fee_currency: str | None = field(default=None, name="N")
    fee: Number | None = field(default=None, name="n")
    trade_ms: Millis = field(name="T")
    trade_id: Count = field(name="t")
    bids_notional: Number | None = field(default=None, name="b")
    asks_notional: Number | None = field(default=None, name="a")
    is_maker: bool = field(name="m")
    reduce_only: bool = field(name="R")
    working_type: str | None = field(default=None, name="wt")
    original_type: str | None = field(default=None, name="ot")
    position_side: str | None = field(default=None, name="ps")
    close_position: bool | None = field(default=None, name="cp")
    activation_price: Number | None = field(default=None, name="AP")
    callback_rate: Number | None = field(default=None, name="cr")
    price_protect: bool | None = field(default=None, name="pP")
    strategy_id: Count | None = field(default=None, name="si")
    strategy_state: Count | None = field(default=None, name="ss")
    realized: Number | None = field(default=None, name="rp")
    self_trade_mode: str | None = field(default=None, name="V")
    price_match: str | None = field(default=None, name="pm")
    good_till_ms: Millis | None = field(default=None, name="gtd")
    expiry_reason: str | None = field(default=None, name="er")
    modify_id: Count | None = field(default=None, name="M")


class OrderTradeUpdate(
    VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="ORDER_TRADE_UPDATE"
):
    """Something happened to an order of ours."""

    engine_ms: Millis = field(name="T")
    event_ms: Millis = field(name="E")
    order: OrderDetail = field(name="o")


class TradeLite(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="TRADE_LITE"):
    """A fill ahead of its `ORDER_TRADE_UPDATE`, without status and fee."""

    event_ms: Millis = field(name="E")
    trade_ms: Millis = field(name="T")
    symbol: str = field(name="s")
    quantity: Number = field(name="q")
    price: Number = field(name="p")
    is_maker: bool = field(name="m")
    client_order_id: str = field(name="c")
    side: str = field(name="S")
    last_price: Number = field(name="L")
    last_quantity: Number = field(name="l")
    trade_id: Count = field(name="t")
    order_id: Count = field(name="i")


class AlgoState(VenueMessage, frozen=True, kw_only=True):
    """The conditional order inside an `ALGO_UPDATE`."""

    client_algo_id: str = field(name="caid")
    algo_id: Count = field(name="aid")
    algo_type: str = field(name="at")
    type: str = field(name="o")
    symbol: str = field(name="s")
    side: str = field(name="S")
    position_side: str = field(name="ps")
    time_in_force: str = field(name="f")
    quantity: str = field(name="q")
    status: str = field(name="X")
    order_id: str | None = field(default=None, name="ai")
    average_price: str | None = field(default=None, name="ap")
    executed: str | None = field(default=None, name="aq")
    actual_type: str | None = field(default=None, name="act")
    trigger_price: str = field(name="tp")
    price: str = field(name="p")
    self_trade_mode: str | None = field(default=None, name="V")
    working_type: str | None = field(default=None, name="wt")
    price_match: str | None = field(default=None, name="pm")
    close_position: bool | None = field(default=None, name="cp")
    price_protect: bool | None = field(default=None, name="pP")
    reduce_only: bool | None = field(default=None, name="R")
    trigger_ms: Millis | None = field(default=None, name="tt")
    good_till_ms: Millis | None = field(default=None, name="gtd")
    reject_message: str | None = field(default=None, name="rm")
    iceberg: str | None = field(default=None, name="ia")


class AlgoUpdate(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="ALGO_UPDATE"):
    """Something happened to a conditional order of ours."""

    engine_ms: Millis = field(name="T")
    event_ms: Millis = field(name="E")
    order: AlgoState = field(name="o")


class AlgoReply(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A conditional order as place and query answer it."""

    algo_id: Count
    client_algo_id: str
    algo_type: str
    order_type: str
    symbol: str
    side: str
    position_side: str
    time_in_force: str
    quantity: str
    algo_status: str
    actual_order_id: str | None = None
    actual_price: str | None = None
    actual_type: str | None = None
    actual_qty: str | None = None
    trigger_price: str
    price: str
    iceberg_quantity: str | None = None
    self_trade_prevention_mode: str
    working_type: str
    price_match: str
    close_position: bool
    price_protect: bool
    reduce_only: bool
    activate_price: str | None = None
    callback_rate: str | None = None
    create_time: Millis
    update_time: Millis
    trigger_time: Millis
    good_till_date: Millis


class AlgoCanceled(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The answer to the cancel of a conditional order; `code` is text here."""

    algo_id: Count
    client_algo_id: str
    code: str
    msg: str


def has_errors(items: Sequence[BatchItem], /) -> bool:
    """Return whether any order of a batch was refused."""
    return any(isinstance(item, ErrorBody) for item in items)
