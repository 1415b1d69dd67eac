"""Questions about an account, and its settings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import (
    AccountConfig,
    AccountReply,
    AssetRow,
    BalanceRow,
    CommissionRate,
    IncomeParams,
    IncomeRow,
    LeverageBracket,
    MaybeSymbolParams,
    Number,
    SymbolBrackets,
    SymbolParams,
)
from tradecore.simulation.binance.digits import amount, to_ms
from tradecore.simulation.binance.positions import account_rows

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue.margin import AccountMargin

_INCOMES: Final = {
    "deposit": "TRANSFER",
    "realized": "REALIZED_PNL",
    "fee": "COMMISSION",
    "funding": "FUNDING_FEE",
    "insurance": "INSURANCE_CLEAR",
}
_ZERO: Final = Decimal(0)


def _currency(call: Call) -> str:
    return call.service.state.ledger.currency


def _free(margin: AccountMargin) -> Number:
    """Return what could be taken out: no more than the shared wallet, nor than is available."""
    return amount(min(margin.available, max(margin.cross_wallet, _ZERO)))


def balances(call: Call) -> list[BalanceRow]:
    """List the account's money."""
    state = call.service.state
    margin = state.margin(call.account)
    return [
        BalanceRow(
            account_alias=f"tc{call.account}",
            asset=_currency(call),
            balance=amount(margin.wallet),
            cross_wallet_balance=amount(margin.cross_wallet),
            cross_un_pnl=amount(margin.cross_unrealized),
            available_balance=amount(margin.available),
            max_withdraw_amount=_free(margin),
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
        cross_wallet_balance=amount(margin.cross_wallet),
        cross_un_pnl=amount(margin.cross_unrealized),
        available_balance=amount(margin.available),
        max_withdraw_amount=_free(margin),
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
    modes: dict[str, Any] = {
        "fee_tier": 0,
        "can_trade": True,
        "can_deposit": True,
        "can_withdraw": True,
        "update_time": 0,
        "multi_assets_margin": call.account in call.shop.joint,
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
        total_cross_wallet_balance=amount(margin.cross_wallet),
        total_cross_un_pnl=amount(margin.cross_unrealized),
        available_balance=amount(margin.available),
        max_withdraw_amount=_free(margin),
        assets=(_asset(call, margin),),
        positions=account_rows(call, is_whole=is_whole),
        **(modes if is_whole else {}),
    )


def account_config(call: Call) -> AccountConfig:
    """Answer the account's modes."""
    return AccountConfig(
        fee_tier=0,
        can_trade=True,
        can_deposit=True,
        can_withdraw=True,
        dual_side_position=call.account in call.service.state.hedged,
        update_time=0,
        multi_assets_margin=call.account in call.shop.joint,
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
                    notional_cap=_whole(one.cap),
                    notional_floor=_whole(one.floor),
                    maint_margin_ratio=float(one.maintenance_rate),
                    cum=float(one.deduction),
                )
                for one in call.service.state.instruments[symbol].brackets
            ),
        )
        for symbol in call.symbols(call.read(MaybeSymbolParams).symbol)
    ]


def _whole(value: Decimal) -> float:
    """Return a number as the venue writes it: without a point where it needs none."""
    return int(value) if value == value.to_integral_value() else float(value)


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
