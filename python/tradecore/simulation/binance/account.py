"""Questions about an account, and its settings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import (
    AccountConfig,
    AccountPositionRow,
    AccountReply,
    AssetRow,
    BalanceRow,
    CommissionRate,
    IncomeParams,
    IncomeRow,
    LeverageBracket,
    MaybeSymbolParams,
    Number,
    PositionRow,
    SymbolBrackets,
    SymbolConfig,
    SymbolParams,
)
from tradecore.simulation.binance.digits import amount, average, quantity_of, to_ms
from tradecore.venue.margin import liquidation_price

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue.margin import AccountMargin

_INCOMES: Final = {
    "deposit": "TRANSFER",
    "realized": "REALIZED_PNL",
    "fee": "COMMISSION",
    "funding": "FUNDING_FEE",
}
_ZERO: Final = Decimal(0)


def _currency(call: Call) -> str:
    return call.service.state.ledger.currency


def balances(call: Call) -> list[BalanceRow]:
    """List the account's money."""
    state = call.service.state
    margin = state.margin(call.account)
    return [
        BalanceRow(
            account_alias=f"tc{call.account}",
            asset=_currency(call),
            balance=amount(margin.wallet),
            cross_wallet_balance=amount(margin.wallet),
            cross_un_pnl=amount(margin.unrealized),
            available_balance=amount(margin.available),
            max_withdraw_amount=amount(min(margin.available, max(margin.wallet, _ZERO))),
            margin_available=True,
            update_time=to_ms(state.ledger.updated_ns(call.account)),
        )
    ]


def _asset(call: Call, margin: AccountMargin) -> AssetRow:
    return AssetRow(
        asset=_currency(call),
        wallet_balance=amount(margin.wallet),
        unrealized_profit=amount(margin.unrealized),
        margin_balance=amount(margin.equity),
        maint_margin=amount(margin.maintenance),
        initial_margin=amount(margin.initial),
        position_initial_margin=amount(margin.position_initial),
        open_order_initial_margin=amount(margin.orders_initial),
        cross_wallet_balance=amount(margin.wallet),
        cross_un_pnl=amount(margin.unrealized),
        available_balance=amount(margin.available),
        max_withdraw_amount=amount(min(margin.available, max(margin.wallet, _ZERO))),
        margin_available=True,
        update_time=to_ms(call.service.state.ledger.updated_ns(call.account)),
    )


def account(call: Call) -> AccountReply:
    """Answer the account: money, and positions that are held or have open orders."""
    return _account(call, is_whole=False)


def account_v2(call: Call) -> AccountReply:
    """Answer the account with a row for every symbol, and its modes."""
    return _account(call, is_whole=True)


def _account(call: Call, *, is_whole: bool) -> AccountReply:
    margin = call.service.state.margin(call.account)
    symbols = call.symbols(None) if is_whole else _busy(call, None)
    modes: dict[str, Any] = {
        "fee_tier": 0,
        "can_trade": True,
        "can_deposit": True,
        "can_withdraw": True,
        "update_time": 0,
        "multi_assets_margin": False,
        "trade_group_id": -1,
    }
    return AccountReply(
        total_initial_margin=amount(margin.initial),
        total_maint_margin=amount(margin.maintenance),
        total_wallet_balance=amount(margin.wallet),
        total_unrealized_profit=amount(margin.unrealized),
        total_margin_balance=amount(margin.equity),
        total_position_initial_margin=amount(margin.position_initial),
        total_open_order_initial_margin=amount(margin.orders_initial),
        total_cross_wallet_balance=amount(margin.wallet),
        total_cross_un_pnl=amount(margin.unrealized),
        available_balance=amount(margin.available),
        max_withdraw_amount=amount(min(margin.available, max(margin.wallet, _ZERO))),
        assets=(_asset(call, margin),),
        positions=tuple(_account_position(call, symbol, is_whole=is_whole) for symbol in symbols),
        **(modes if is_whole else {}),
    )


def _busy(call: Call, symbol: str | None) -> list[str]:
    """Return the symbols in which an account has a position or an open order."""
    state = call.service.state
    return [
        one
        for one in call.symbols(symbol)
        if state.ledger.position(call.account, one).quantity
        or state.histories.open(call.account, one)
    ]


def _account_position(call: Call, symbol: str, *, is_whole: bool) -> AccountPositionRow:
    state, instrument = call.service.state, call.instrument(symbol)
    exposure = state.exposure(call.account, symbol)
    margin, position = exposure.margin(), exposure.position
    more: dict[str, Any] = {
        "leverage": str(exposure.leverage),
        "isolated": False,
        "entry_price": average(instrument, position.entry_price),
        "break_even_price": average(instrument, position.break_even_price),
        "max_notional": Number.of(exposure.instrument.cap_at(exposure.leverage)),
        "bid_notional": amount(exposure.buys),
        "ask_notional": amount(exposure.sells),
        "position_initial_margin": amount(margin.position_initial),
        "open_order_initial_margin": amount(margin.orders_initial),
    }
    return AccountPositionRow(
        symbol=symbol,
        position_side="BOTH",
        position_amt=quantity_of(instrument, position.quantity),
        unrealized_profit=amount(margin.unrealized),
        isolated_margin=amount(_ZERO),
        notional=amount(margin.notional),
        isolated_wallet=amount(_ZERO),
        initial_margin=amount(margin.position_initial + margin.orders_initial),
        maint_margin=amount(margin.maintenance),
        update_time=to_ms(position.updated_ns),
        **(more if is_whole else {}),
    )


def positions(call: Call) -> list[PositionRow]:
    """List positions, and symbols in which there are open orders."""
    symbols = _busy(call, call.read(MaybeSymbolParams).symbol)
    return [_position(call, symbol, is_whole=False) for symbol in symbols]


def positions_v2(call: Call) -> list[PositionRow]:
    """List every symbol, with leverage and mode."""
    symbols = call.symbols(call.read(MaybeSymbolParams).symbol)
    return [_position(call, symbol, is_whole=True) for symbol in symbols]


def _position(call: Call, symbol: str, *, is_whole: bool) -> PositionRow:
    state, instrument = call.service.state, call.instrument(symbol)
    exposure = state.exposure(call.account, symbol)
    margin, position = exposure.margin(), exposure.position
    whole = state.margin(call.account)
    liquidation = liquidation_price(
        exposure.instrument,
        position,
        wallet=whole.wallet,
        other_maintenance=whole.maintenance - margin.maintenance,
        other_unrealized=whole.unrealized - margin.unrealized,
    )
    more: dict[str, Any] = {
        "leverage": str(exposure.leverage),
        "margin_type": "cross",
        "max_notional_value": str(exposure.instrument.cap_at(exposure.leverage)),
        "is_auto_add_margin": "false",
    }
    return PositionRow(
        symbol=symbol,
        position_side="BOTH",
        position_amt=quantity_of(instrument, position.quantity),
        entry_price=average(instrument, position.entry_price),
        break_even_price=average(instrument, position.break_even_price),
        mark_price=average(instrument, exposure.mark),
        un_realized_profit=amount(margin.unrealized),
        liquidation_price=average(instrument, liquidation),
        isolated_margin=amount(_ZERO),
        notional=amount(margin.notional),
        margin_asset=_currency(call),
        isolated_wallet=amount(_ZERO),
        initial_margin=amount(margin.position_initial + margin.orders_initial),
        maint_margin=amount(margin.maintenance),
        position_initial_margin=amount(margin.position_initial),
        open_order_initial_margin=amount(margin.orders_initial),
        adl=0,
        bid_notional=amount(exposure.buys),
        ask_notional=amount(exposure.sells),
        update_time=to_ms(position.updated_ns),
        **(more if is_whole else {}),
    )


def symbol_config(call: Call) -> list[SymbolConfig]:
    """List leverage and margin mode by symbol."""
    state = call.service.state
    rows = []
    for symbol in call.symbols(call.read(MaybeSymbolParams).symbol):
        leverage = state.leverage(call.account, symbol)
        rows.append(
            SymbolConfig(
                symbol=symbol,
                margin_type="CROSSED",
                is_auto_add_margin=False,
                leverage=leverage,
                max_notional_value=str(state.instruments[symbol].cap_at(leverage)),
            )
        )
    return rows


def account_config(call: Call) -> AccountConfig:
    """Answer the account's modes: one-way, single asset."""
    del call
    return AccountConfig(
        fee_tier=0,
        can_trade=True,
        can_deposit=True,
        can_withdraw=True,
        dual_side_position=False,
        update_time=0,
        multi_assets_margin=False,
        trade_group_id=-1,
    )


def commission(call: Call) -> CommissionRate:
    """Answer what trades of a symbol cost."""
    symbol = call.read(SymbolParams).symbol
    instrument = call.instrument(symbol)
    return CommissionRate(
        symbol=symbol,
        maker_commission_rate=Number.of(instrument.maker_fee.quantize(Decimal("0.000001"))),
        taker_commission_rate=Number.of(instrument.taker_fee.quantize(Decimal("0.000001"))),
        rpi_commission_rate=Number.of(instrument.maker_fee.quantize(Decimal("0.000001"))),
    )


def leverage_brackets(call: Call) -> list[SymbolBrackets]:
    """Answer margin by size of the position."""
    return [
        SymbolBrackets(
            symbol=symbol,
            notional_coef=1.0,
            brackets=tuple(
                LeverageBracket(
                    bracket=one.number,
                    initial_leverage=one.leverage_max,
                    notional_cap=float(one.cap),
                    notional_floor=float(one.floor),
                    maint_margin_ratio=float(one.maintenance_rate),
                    cum=float(one.deduction),
                )
                for one in call.service.state.instruments[symbol].brackets
            ),
        )
        for symbol in call.symbols(call.read(MaybeSymbolParams).symbol)
    ]


def incomes(call: Call) -> list[IncomeRow]:
    """List why the wallet changed."""
    read = call.read(IncomeParams)
    limit = min(read.limit or 100, 1_000)
    rows = [
        IncomeRow(
            symbol=one.symbol,
            income_type=_INCOMES[one.kind],
            income=amount(one.amount),
            asset=one.currency,
            info=_INCOMES[one.kind],
            time=to_ms(one.ts_event_ns),
            tran_id=one.income_id,
            trade_id=str(one.trade_id) if one.trade_id else "",
        )
        for one in call.service.state.histories.incomes(call.account)
    ]
    chosen = [
        row
        for row in rows
        if read.symbol in {None, row.symbol}
        and read.income_type in {None, row.income_type}
        and row.time >= (read.start_time or 0)
        and (read.end_time is None or row.time <= read.end_time)
    ]
    if read.start_time is None and read.page is None:
        return chosen[-limit:]
    first = (max(read.page or 1, 1) - 1) * limit
    return chosen[first : first + limit]
