"""Positions as the venue lists them: one a symbol, or long and short where both may be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import (
    AccountPositionRow,
    MaybeSymbolParams,
    Number,
    PositionRow,
    SymbolConfig,
)
from tradecore.simulation.binance.digits import amount, average, quantity_of, to_ms
from tradecore.venue.margin import liquidation_price

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue.margin import Exposure

__all__ = ["account_rows", "positions", "positions_v2", "symbol_config"]

_ZERO: Final = Decimal(0)


def _exposures(call: Call, symbol: str | None, *, is_whole: bool) -> list[Exposure]:
    """Return what an account has, of every symbol or only of those it is busy in."""
    state, account = call.service.state, call.account
    listed = []
    for one in call.symbols(symbol):
        busy = {order.request.leg for order in state.histories.open(account, one)}
        for leg in state.legs(account):
            exposure = state.exposure(account, one, leg)
            if is_whole or exposure.position.quantity or leg in busy:
                listed.append(exposure)
    return listed


def account_rows(call: Call, *, is_whole: bool) -> tuple[AccountPositionRow, ...]:
    """List positions as a part of the account; `is_whole` names every symbol, and modes."""
    listed = _exposures(call, None, is_whole=is_whole)
    return tuple(_account_row(call, one, is_whole=is_whole) for one in listed)


def _account_row(call: Call, exposure: Exposure, *, is_whole: bool) -> AccountPositionRow:
    row = _Row(call, exposure)
    margin, position = exposure.margin(), exposure.position
    instrument = exposure.instrument.instrument
    more: dict[str, Any] = {
        "leverage": str(exposure.leverage),
        "isolated": exposure.is_isolated,
        "entry_price": average(instrument, position.entry_price),
        "break_even_price": average(instrument, position.break_even_price),
        "max_notional": Number.of(exposure.instrument.cap_at(exposure.leverage)),
        "bid_notional": amount(exposure.buys),
        "ask_notional": amount(exposure.sells),
        "position_initial_margin": amount(margin.position_initial),
        "open_order_initial_margin": amount(margin.orders_initial),
    }
    return AccountPositionRow(
        symbol=position.symbol,
        position_side=position.leg.upper(),
        position_amt=quantity_of(instrument, position.quantity),
        unrealized_profit=amount(margin.unrealized),
        isolated_margin=row.isolated_margin,
        notional=amount(margin.notional),
        isolated_wallet=amount(position.set_aside),
        initial_margin=amount(margin.position_initial + margin.orders_initial),
        maint_margin=amount(margin.maintenance),
        update_time=to_ms(position.updated_ns),
        **(more if is_whole else {}),
    )


def positions(call: Call) -> list[PositionRow]:
    """List positions, and symbols in which there are open orders."""
    listed = _exposures(call, call.read(MaybeSymbolParams).symbol, is_whole=False)
    return [_position(call, one, is_whole=False) for one in listed]


def positions_v2(call: Call) -> list[PositionRow]:
    """List every symbol, with leverage and mode."""
    listed = _exposures(call, call.read(MaybeSymbolParams).symbol, is_whole=True)
    return [_position(call, one, is_whole=True) for one in listed]


def _position(call: Call, exposure: Exposure, *, is_whole: bool) -> PositionRow:
    row = _Row(call, exposure)
    margin, position = exposure.margin(), exposure.position
    instrument = exposure.instrument.instrument
    more: dict[str, Any] = {
        "leverage": str(exposure.leverage),
        "margin_type": "isolated" if exposure.is_isolated else "cross",
        "max_notional_value": str(exposure.instrument.cap_at(exposure.leverage)),
        "is_auto_add_margin": "false",
    }
    return PositionRow(
        symbol=position.symbol,
        position_side=position.leg.upper(),
        position_amt=quantity_of(instrument, position.quantity),
        entry_price=average(instrument, position.entry_price),
        break_even_price=average(instrument, position.break_even_price),
        mark_price=average(instrument, exposure.mark),
        un_realized_profit=amount(margin.unrealized),
        liquidation_price=average(instrument, row.liquidation),
        isolated_margin=row.isolated_margin,
        notional=amount(margin.notional),
        margin_asset=call.service.state.ledger.currency,
        isolated_wallet=amount(position.set_aside),
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


@dataclass(frozen=True, slots=True)
class _Row:
    """What rows of both kinds work out of an exposure."""

    call: Call
    exposure: Exposure

    @property
    def isolated_margin(self) -> Number:
        """Return an isolated position's money with its profit, 0 of another."""
        if not self.exposure.is_isolated:
            return amount(_ZERO)
        return amount(self.exposure.position.set_aside + self.exposure.margin().unrealized)

    @property
    def liquidation(self) -> Decimal:
        """Return the mark at which the position is closed, other positions held still."""
        exposure, margin = self.exposure, self.exposure.margin()
        if exposure.is_isolated:
            wallet, other_maintenance, other_unrealized = exposure.position.set_aside, _ZERO, _ZERO
        else:
            whole = self.call.service.state.margin(self.call.account)
            wallet = whole.cross_wallet
            other_maintenance = whole.cross_maintenance - margin.maintenance
            other_unrealized = whole.cross_unrealized - margin.unrealized
        return liquidation_price(
            exposure.instrument,
            exposure.position,
            wallet=wallet,
            other_maintenance=other_maintenance,
            other_unrealized=other_unrealized,
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
                margin_type="ISOLATED" if (call.account, symbol) in state.isolated else "CROSSED",
                is_auto_add_margin=False,
                leverage=leverage,
                max_notional_value=str(state.instruments[symbol].cap_at(leverage)),
            )
        )
    return rows
