"""Orders: placed, changed, canceled and asked for, one by one and in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from tradecore.exchanges.binance.messages import (
    BatchParams,
    CancelBatchParams,
    Count,
    CountdownParams,
    CountdownReply,
    Done,
    Empty,
    ErrorBody,
    HistoryParams,
    MaybeSymbolParams,
    ModifyOrderParams,
    NewOrderParams,
    OrderRef,
    ParameterError,
    Params,
    SymbolParams,
    UserTrade,
    VenueMessage,
)
from tradecore.simulation.binance.calls import read_params
from tradecore.simulation.binance.digits import MS_NS, amount, price_of, quantity_of, to_ms
from tradecore.simulation.binance.orders import check_digits, read_order, reply_of
from tradecore.simulation.binance.refusals import RefusedError, refuse
from tradecore.venue import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tradecore.exchanges.binance.messages import OrderReply
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue import OrderRecord

T = TypeVar("T")
BATCH_MAX: Final = 5
CANCEL_BATCH_MAX: Final = 10
ROWS_MAX: Final = 1_000
ROWS_DEFAULT: Final = 500


class PriceChange(VenueMessage, frozen=True, kw_only=True):
    """A value before and after a change."""

    before: str
    after: str


class AmendmentBody(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """What a change changed, and the how manieth of its order it was."""

    price: PriceChange
    orig_qty: PriceChange
    count: int


class AmendmentRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """One change of an order."""

    amendment_id: int
    symbol: str
    pair: str
    order_id: int
    client_order_id: str
    time: int
    amendment: AmendmentBody


class ForcedParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of orders by which the venue closed positions."""

    symbol: str | None = None
    auto_close_type: str | None = None
    start_time: Count | None = None
    end_time: Count | None = None
    limit: Count | None = None


def place(call: Call) -> OrderReply:
    """Answer a new order."""
    return _place(call, call.params)


def _place(call: Call, params: Mapping[str, Any]) -> OrderReply:
    read = read_params(NewOrderParams, params)
    request = read_order(read, service=call.service, account=call.account, now_ns=call.now_ns)
    placed = call.service.place(request, now_ns=call.now_ns)
    if isinstance(placed, Refused):
        raise refuse(placed)
    instrument = call.instrument(request.symbol)
    return reply_of(placed, instrument, is_ack=read.new_order_resp_type != "RESULT")


def check_order(call: Call) -> Empty:
    """Answer a new order that is only looked at."""
    request = read_order(
        call.read(NewOrderParams), service=call.service, account=call.account, now_ns=call.now_ns
    )
    refused = call.service.admission.of_new(request)
    if refused is not None:
        raise refuse(refused)
    return Empty()


def modify(call: Call) -> OrderReply:
    """Answer a change of an order."""
    return _modify(call, call.params)


def _modify(call: Call, params: Mapping[str, Any]) -> OrderReply:
    read = read_params(ModifyOrderParams, params)
    instrument = call.instrument(read.symbol)
    if read.side not in {"BUY", "SELL"}:
        raise RefusedError(-1117)
    order = _found(call, read.symbol, read.order_id, read.orig_client_order_id, -2013)
    if read.quantity is None:
        raise RefusedError(-1102, "quantity")
    if read.price is None:
        raise RefusedError(-1102, "price")
    if order.side.upper() != read.side:
        raise RefusedError(-1117)
    check_digits(instrument, price=read.price, quantity=read.quantity)
    changed = call.service.amend(
        order,
        price=read.price,
        quantity=read.quantity,
        now_ns=call.now_ns,
        origin=read.modify_id,
    )
    if isinstance(changed, Refused):
        raise refuse(changed)
    return reply_of(changed, instrument, modify_id=read.modify_id)


def cancel(call: Call) -> OrderReply:
    """Answer the cancel of an order."""
    read = call.read(OrderRef)
    return _cancel(call, read.symbol, read.order_id, read.orig_client_order_id)


def _cancel(call: Call, symbol: str, order_id: int | None, client_id: str | None) -> OrderReply:
    instrument = call.instrument(symbol)
    order = _found(call, symbol, order_id, client_id, -2011)
    canceled = call.service.cancel(order, now_ns=call.now_ns)
    if isinstance(canceled, Refused):
        raise refuse(canceled, unknown_order=-2011)
    return reply_of(canceled, instrument)


def _found(
    call: Call, symbol: str, order_id: int | None, client_id: str | None, code: int
) -> OrderRecord:
    if not order_id and not client_id:
        raise RefusedError(-1102, "orderId")
    order = call.service.find(
        call.account, symbol, order_id=order_id or 0, client_order_id=client_id or ""
    )
    if order is None:
        raise RefusedError(code)
    return order


def query(call: Call) -> OrderReply:
    """Answer how an order stands."""
    read = call.read(OrderRef)
    instrument = call.instrument(read.symbol)
    order = _found(call, read.symbol, read.order_id, read.orig_client_order_id, -2013)
    return reply_of(order, instrument, is_query=True)


def query_open(call: Call) -> OrderReply:
    """Answer how an order stands if it is open."""
    read = call.read(OrderRef)
    instrument = call.instrument(read.symbol)
    order = _found(call, read.symbol, read.order_id, read.orig_client_order_id, -2013)
    if not order.is_open:
        raise RefusedError(-2013)
    return reply_of(order, instrument, is_query=True)


def open_orders(call: Call) -> list[OrderReply]:
    """List open orders of a symbol, or of all."""
    return [
        reply_of(order, call.instrument(symbol), is_query=True)
        for symbol in call.symbols(call.read(MaybeSymbolParams).symbol)
        for order in call.service.state.histories.open(call.account, symbol)
    ]


def all_orders(call: Call) -> list[OrderReply]:
    """List orders of a symbol, from a number on or between times."""
    read = call.read(HistoryParams)
    instrument = call.instrument(read.symbol)
    listed = [
        order
        for order in call.service.state.histories.orders(call.account, read.symbol)
        if order.order_id >= (read.order_id or 0) and _is_within(read, order.created_ns)
    ]
    return [reply_of(one, instrument, is_query=True) for one in page(listed, read, read.order_id)]


def _is_within(read: HistoryParams, time_ns: int) -> bool:
    after = read.start_time is None or time_ns >= read.start_time * MS_NS
    return after and (read.end_time is None or to_ms(time_ns) <= read.end_time)


def page(rows: list[T], read: HistoryParams, first_id: int | None) -> list[T]:
    """Return the oldest rows where a beginning is named, else the newest."""
    limit = min(read.limit or ROWS_DEFAULT, ROWS_MAX)
    forward = first_id is not None or read.start_time is not None
    return rows[:limit] if forward else rows[-limit:]


def user_trades(call: Call) -> list[UserTrade]:
    """List trades of an account in a symbol."""
    read = call.read(HistoryParams)
    instrument = call.instrument(read.symbol)
    listed = [
        trade
        for trade in call.service.state.histories.trades(
            call.account,
            read.symbol,
            since_id=read.from_id or 0,
            since_ns=(read.start_time or 0) * MS_NS,
        )
        if read.order_id in {None, trade.order_id} and _is_within(read, trade.ts_event_ns)
    ]
    return [
        UserTrade(
            buyer=trade.side == "buy",
            commission=amount(trade.fee),
            commission_asset=trade.fee_currency,
            id=trade.trade_id,
            maker=trade.is_maker,
            order_id=trade.order_id,
            price=price_of(instrument, trade.price),
            qty=quantity_of(instrument, trade.quantity),
            quote_qty=amount(trade.price * trade.quantity),
            margin_asset=trade.fee_currency,
            realized_pnl=amount(trade.realized),
            side=trade.side.upper(),
            position_side=trade.leg.upper(),
            symbol=trade.symbol,
            time=to_ms(trade.ts_event_ns),
        )
        for trade in page(listed, read, read.from_id)
    ]


def place_batch(call: Call) -> list[OrderReply | ErrorBody]:
    """Answer several new orders, each for itself."""
    return _each(call, _place)


def modify_batch(call: Call) -> list[OrderReply | ErrorBody]:
    """Answer several changes, each for itself."""
    return _each(call, _modify)


def _each(
    call: Call, one: Callable[[Call, Mapping[str, Any]], OrderReply]
) -> list[OrderReply | ErrorBody]:
    try:
        items = call.read(BatchParams).items()
    except ParameterError as error:
        raise RefusedError(error.code, error.name) from error
    if not 1 <= len(items) <= BATCH_MAX:
        raise RefusedError(-4082)
    answers: list[OrderReply | ErrorBody] = []
    for item in items:
        try:
            answers.append(one(call, item))
        except RefusedError as error:
            answers.append(error.body)
    return answers


def cancel_batch(call: Call) -> list[OrderReply | ErrorBody]:
    """Answer the cancel of several orders, each for itself."""
    # Older clients write the lists' names in small letters, and the venue takes them.
    names = {"orderidlist": "orderIdList", "origclientorderidlist": "origClientOrderIdList"}
    named = {names.get(name.lower(), name): value for name, value in call.params.items()}
    read = read_params(CancelBatchParams, named)
    try:
        pairs: list[tuple[int | None, str | None]] = [
            *((order_id, None) for order_id in read.order_ids()),
            *((None, client_id) for client_id in read.client_order_ids()),
        ]
    except ParameterError as error:
        raise RefusedError(error.code, error.name) from error
    if not pairs:
        raise RefusedError(-1102, "orderIdList")
    if len(pairs) > CANCEL_BATCH_MAX:
        raise RefusedError(-4032)
    answers: list[OrderReply | ErrorBody] = []
    for order_id, client_id in pairs:
        try:
            answers.append(_cancel(call, read.symbol, order_id, client_id))
        except RefusedError as error:
            answers.append(error.body)
    return answers


def cancel_all(call: Call) -> Done:
    """Cancel every order of a symbol."""
    symbol = call.read(SymbolParams).symbol
    call.instrument(symbol)
    call.service.cancel_all(call.account, symbol, now_ns=call.now_ns)
    return Done(code=200, msg="The operation of cancel all open order is done.")


def countdown(call: Call) -> CountdownReply:
    """Wind the dead-man switch of a symbol."""
    read = call.read(CountdownParams)
    call.instrument(read.symbol)
    if read.countdown_time < 0:
        raise RefusedError(-1130, "countdownTime")
    call.service.wind(
        call.account, read.symbol, countdown_ns=read.countdown_time * MS_NS, now_ns=call.now_ns
    )
    return CountdownReply(symbol=read.symbol, countdown_time=str(read.countdown_time))


def amendments(call: Call) -> list[AmendmentRow]:
    """List the changes of an order."""
    read = call.read(OrderRef)
    instrument = call.instrument(read.symbol)
    order = _found(call, read.symbol, read.order_id, read.orig_client_order_id, -2013)
    return [
        AmendmentRow(
            amendment_id=one.number,
            symbol=order.symbol,
            pair=order.symbol,
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            time=to_ms(one.ts_event_ns),
            amendment=AmendmentBody(
                price=PriceChange(
                    before=str(price_of(instrument, one.price_before)),
                    after=str(price_of(instrument, one.price_after)),
                ),
                orig_qty=PriceChange(
                    before=str(quantity_of(instrument, one.quantity_before)),
                    after=str(quantity_of(instrument, one.quantity_after)),
                ),
                count=count,
            ),
        )
        for count, one in enumerate(order.amendments, 1)
    ]


def order_limits(call: Call) -> list[Any]:
    """List the limits on orders."""
    listed = call.shop.limits.settings.listed()
    return [limit for limit in listed if limit.rate_limit_type == "ORDERS"]


def forced_orders(call: Call) -> list[OrderReply]:
    """List orders by which the venue closed positions of the account."""
    read = call.read(ForcedParams)
    if read.auto_close_type not in {None, "LIQUIDATION", "ADL"}:
        raise RefusedError(-1130, "autoCloseType")
    if read.auto_close_type == "ADL":
        return []
    listed = [
        order
        for symbol in call.symbols(read.symbol)
        for order in call.service.state.histories.orders(call.account, symbol)
        if order.request.is_forced
        and to_ms(order.created_ns) >= (read.start_time or 0)
        and (read.end_time is None or to_ms(order.created_ns) <= read.end_time)
    ]
    newest = sorted(listed, key=lambda one: one.order_id)[-min(read.limit or 50, 100) :]
    return [reply_of(one, call.instrument(one.symbol), is_query=True) for one in newest]
