"""Events of an account as the private stream tells them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import (
    AccountChange,
    AccountConfigUpdate,
    AccountUpdate,
    AlgoState,
    AlgoUpdate,
    BalanceChange,
    LeverageChange,
    MarginCallEvent,
    MarginCallPosition,
    MultiAssetsChange,
    OrderDetail,
    OrderTradeUpdate,
    PositionChange,
    TradeLite,
)
from tradecore.simulation.binance.conditional import algo_id_of, words
from tradecore.simulation.binance.digits import amount, average, price_of, quantity_of, to_ms
from tradecore.simulation.binance.orders import status_of, words_of
from tradecore.venue.events import (
    AccountChanged,
    ConditionChanged,
    LeverageChanged,
    MarginWarned,
    MultiAssetsChanged,
    OrderChanged,
)

if TYPE_CHECKING:
    from tradecore.exchanges.binance.messages import UserEvent
    from tradecore.venue import VenueService
    from tradecore.venue.events import VenueEvent

__all__ = ["account_of", "user_events"]

_EXECUTIONS: Final = {
    "new": "NEW",
    "trade": "TRADE",
    "canceled": "CANCELED",
    "expired": "EXPIRED",
    "amended": "AMENDMENT",
}
_REASONS: Final = {
    "order": "ORDER",
    "funding": "FUNDING_FEE",
    "deposit": "DEPOSIT",
    "withdrawal": "WITHDRAW",
    "margin": "MARGIN_TRANSFER",
    "insurance": "INSURANCE_CLEAR",
}
_ZERO: Final = Decimal(0)


def account_of(event: VenueEvent) -> int | None:
    """Return whose private event it is; `None` of public ones."""
    match event:
        case OrderChanged() | ConditionChanged():
            owner = event.order.account if isinstance(event, OrderChanged) else None
            return event.order.order.account if isinstance(event, ConditionChanged) else owner
        case AccountChanged() | LeverageChanged() | MultiAssetsChanged() | MarginWarned():
            return event.account
        case _:
            return None


def user_events(event: VenueEvent, service: VenueService, now_ms: int) -> list[UserEvent]:
    """Return what a private stream tells of an event, in order: a fill in short before itself."""
    match event:
        case OrderChanged():
            detail = _order(event, service, now_ms)
            lite = _lite(event, service, now_ms)
            return [detail] if lite is None else [lite, detail]
        case AccountChanged():
            told: UserEvent = _account(event, service, now_ms)
        case LeverageChanged():
            change = LeverageChange(symbol=event.symbol, leverage=event.leverage)
            at_ms = to_ms(event.ts_event_ns)
            told = AccountConfigUpdate(event_ms=now_ms, engine_ms=at_ms, leverage=change)
        case MultiAssetsChanged():
            mode = MultiAssetsChange(is_on=event.is_on)
            at_ms = to_ms(event.ts_event_ns)
            told = AccountConfigUpdate(event_ms=now_ms, engine_ms=at_ms, multi_assets=mode)
        case MarginWarned():
            told = _warning(event, service, now_ms)
        case ConditionChanged():
            told = _condition(event, service, now_ms)
        case _:
            return []
    return [told]


def _order(event: OrderChanged, service: VenueService, now_ms: int) -> OrderTradeUpdate:
    order, trade, said = event.order, event.trade, words_of(event.order)
    instrument = service.state.instruments[order.symbol].instrument
    exposure = service.state.exposure(order.account, order.symbol, order.request.leg)
    amendment = order.amendments[-1] if event.change == "amended" else None
    at_ms = to_ms(event.ts_event_ns)
    detail = OrderDetail(
        symbol=order.symbol,
        client_order_id=order.client_order_id,
        side=order.side.upper(),
        type="LIQUIDATION" if order.request.is_forced else said.type,
        time_in_force=said.time_in_force,
        quantity=quantity_of(instrument, order.quantity),
        price=price_of(instrument, order.price),
        average_price=average(instrument, order.average_price),
        stop_price=price_of(instrument, said.stop_price),
        exec_type="CALCULATED" if trade and order.request.is_forced else _EXECUTIONS[event.change],
        status=status_of(order),
        order_id=order.order_id,
        last_quantity=quantity_of(instrument, trade.quantity if trade else _ZERO),
        cumulative=quantity_of(instrument, order.cumulative),
        last_price=price_of(instrument, trade.price if trade else None),
        fee_currency=trade.fee_currency if trade else None,
        fee=amount(trade.fee) if trade else None,
        trade_ms=at_ms,
        trade_id=trade.trade_id if trade else 0,
        bids_notional=amount(exposure.buys),
        asks_notional=amount(exposure.sells),
        is_maker=bool(trade and trade.is_maker),
        reduce_only=order.request.reduce_only,
        working_type=said.working_type,
        original_type=said.original_type or said.type,
        position_side=order.request.leg.upper(),
        close_position=said.close_position,
        price_protect=said.price_protect,
        strategy_id=0,
        strategy_state=0,
        realized=amount(trade.realized if trade else _ZERO),
        self_trade_mode=said.stp,
        price_match=said.price_match,
        good_till_ms=said.good_till_ms,
        expiry_reason="0",
        modify_id=amendment.origin if amendment and isinstance(amendment.origin, int) else None,
    )
    return OrderTradeUpdate(engine_ms=at_ms, event_ms=now_ms, order=detail)


def _lite(event: OrderChanged, service: VenueService, now_ms: int) -> TradeLite | None:
    order, trade = event.order, event.trade
    if trade is None:
        return None
    instrument = service.state.instruments[order.symbol].instrument
    return TradeLite(
        event_ms=now_ms,
        trade_ms=to_ms(event.ts_event_ns),
        symbol=order.symbol,
        quantity=quantity_of(instrument, order.quantity),
        price=price_of(instrument, order.price),
        is_maker=trade.is_maker,
        client_order_id=order.client_order_id,
        side=order.side.upper(),
        last_price=price_of(instrument, trade.price),
        last_quantity=quantity_of(instrument, trade.quantity),
        trade_id=trade.trade_id,
        order_id=order.order_id,
    )


def _account(event: AccountChanged, service: VenueService, now_ms: int) -> AccountUpdate:
    state = service.state
    balance = BalanceChange(
        asset=event.currency,
        wallet=amount(event.wallet),
        cross_wallet=amount(event.cross_wallet),
        change=amount(event.delta),
    )
    changes = []
    for position in event.positions:
        instrument = state.instruments[position.symbol].instrument
        is_isolated = (event.account, position.symbol) in state.isolated
        changes.append(
            PositionChange(
                symbol=position.symbol,
                quantity=quantity_of(instrument, position.quantity),
                entry_price=average(instrument, position.entry_price),
                break_even=average(instrument, position.break_even_price),
                realized=amount(position.realized),
                unrealized=amount(position.unrealized(state.mark(position.symbol))),
                margin_type="isolated" if is_isolated else "cross",
                isolated_wallet=amount(position.set_aside),
                position_side=position.leg.upper(),
                margin_asset=event.currency,
            )
        )
    body = AccountChange(
        reason=_REASONS[event.reason], balances=(balance,), positions=tuple(changes)
    )
    return AccountUpdate(event_ms=now_ms, engine_ms=to_ms(event.ts_event_ns), change=body)


def _warning(event: MarginWarned, service: VenueService, now_ms: int) -> MarginCallEvent:
    state, rows = service.state, []
    for position in event.positions:
        listed = state.instruments[position.symbol]
        mark = state.mark(position.symbol)
        rows.append(
            MarginCallPosition(
                symbol=position.symbol,
                position_side=position.leg.upper(),
                quantity=quantity_of(listed.instrument, position.quantity),
                margin_type="CROSSED",
                isolated_wallet=amount(_ZERO),
                mark_price=average(listed.instrument, mark),
                unrealized=amount(position.unrealized(mark)),
                maintenance=amount(listed.maintenance(abs(position.quantity * mark))),
            )
        )
    return MarginCallEvent(
        event_ms=now_ms, cross_wallet=amount(event.wallet), positions=tuple(rows)
    )


def _condition(event: ConditionChanged, service: VenueService, now_ms: int) -> AlgoUpdate:
    order, said = event.order, words(event.order)
    instrument = service.state.instruments[order.order.symbol].instrument
    at_ms = to_ms(event.ts_event_ns)
    body = AlgoState(
        client_algo_id=order.client_id,
        algo_id=algo_id_of(order),
        algo_type="CONDITIONAL",
        type=said.original_type,
        symbol=order.order.symbol,
        side=order.order.side.upper(),
        position_side=order.order.leg.upper(),
        time_in_force=said.time_in_force,
        quantity=str(quantity_of(instrument, order.order.quantity)),
        status=order.status.upper(),
        order_id=str(order.order_id or ""),
        trigger_price=str(price_of(instrument, said.stop_price)),
        price=str(price_of(instrument, order.order.price)),
        self_trade_mode=said.stp,
        working_type=said.working_type,
        price_match="NONE",
        close_position=said.close_position,
        price_protect=said.price_protect,
        reduce_only=order.order.reduce_only,
        trigger_ms=to_ms(order.triggered_ns),
        good_till_ms=said.good_till_ms,
        reject_message=order.refusal,
    )
    return AlgoUpdate(engine_ms=at_ms, event_ms=now_ms, order=body)
