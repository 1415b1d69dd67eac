"""An account's positions and sums, read from the venue's state."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.gateway.schemas.positions import Portfolio, Position, StrategyPosition
from tradecore.telemetry.logs import iso_utc
from tradecore.venue.margin import Exposure, liquidation_price

if TYPE_CHECKING:
    from tradecore.gateway.day import TradingDay
    from tradecore.venue.ledger import PositionState
    from tradecore.venue.state import VenueState

__all__ = ["Sums", "portfolio_of", "positions_of", "strategy_positions_of", "sums_of"]

_ZERO: Final = Decimal(0)


def positions_of(state: VenueState, account: int, symbol: str | None = None) -> list[Position]:
    """Return an account's positions that are not flat, by symbol."""
    return [
        Position(**_facts(exposure), liquidation_price=_liquidation(state, account, exposure))
        for exposure in state.exposures(account)
        if exposure.position.quantity and symbol in {None, exposure.instrument.symbol}
    ]


def strategy_positions_of(
    state: VenueState, account: int, name: str, symbol: str | None = None
) -> list[Position]:
    """Return what the fills of a strategy's orders made and is not flat, by symbol."""
    strategy = state.strategies.find(account, name)
    held = [] if strategy is None else strategy.positions
    return [
        StrategyPosition(
            **_facts(_alone(state, account, one)), liquidation_price=None, strategy_id=name
        )
        for one in sorted(held, key=lambda one: (one.symbol, one.leg))
        if one.quantity and symbol in {None, one.symbol}
    ]


def _alone(state: VenueState, account: int, position: PositionState) -> Exposure:
    """Return a strategy's position as if the account had nothing else."""
    symbol = position.symbol
    return Exposure(
        instrument=state.instruments[symbol],
        position=position,
        mark=state.mark(symbol),
        leverage=state.leverage(account, symbol),
        is_isolated=(account, symbol) in state.isolated,
    )


def _facts(exposure: Exposure) -> dict[str, Any]:
    position, margin = exposure.position, exposure.margin()
    return {
        "symbol": position.symbol,
        "side": "long" if position.quantity > 0 else "short",
        "quantity": position.quantity,
        "average_price": position.entry_price,
        "mark_price": exposure.mark,
        "notional": margin.notional,
        "unrealized_pnl": margin.unrealized,
        "realized_pnl": position.realized,
        "funding_pnl": position.funding,
        "fees": position.fees,
        "leverage": Decimal(exposure.leverage),
        "initial_margin": margin.position_initial,
        "maintenance_margin": margin.maintenance,
        "margin_mode": "isolated" if exposure.is_isolated else "cross",
    }


def _liquidation(state: VenueState, account: int, exposure: Exposure) -> Decimal | None:
    own = exposure.margin()
    whole = state.margin(account)
    if exposure.is_isolated:
        wallet, maintenance, unrealized = exposure.position.set_aside, _ZERO, _ZERO
    else:
        wallet = whole.cross_wallet
        maintenance = whole.cross_maintenance - own.maintenance
        unrealized = whole.cross_unrealized - own.unrealized
    price = liquidation_price(
        exposure.instrument,
        exposure.position,
        wallet=wallet,
        other_maintenance=maintenance,
        other_unrealized=unrealized,
    )
    return price or None


class Sums:
    """An account's exposure in sums, in its margin currency."""

    def __init__(self, state: VenueState, account: int) -> None:
        """Add up an account as it is now."""
        margins = [one.margin() for one in state.exposures(account)]
        self.margin = state.margin(account)
        self.gross = sum((abs(one.notional) for one in margins), start=_ZERO)
        self.net = sum((one.notional for one in margins), start=_ZERO)
        self.worst = sum((one.worst_notional for one in margins), start=_ZERO)
        self.largest = max((one.worst_notional for one in margins), default=_ZERO)

    @property
    def leverage(self) -> Decimal:
        """Return gross exposure over equity, 0 without equity."""
        equity = self.margin.equity
        return self.gross / equity if equity > 0 else _ZERO

    @property
    def margin_ratio(self) -> Decimal:
        """Return maintenance margin over equity, 0 without equity."""
        equity = self.margin.equity
        return self.margin.maintenance / equity if equity > 0 else _ZERO


def sums_of(state: VenueState, account: int) -> Sums:
    """Return an account's exposure in sums."""
    return Sums(state, account)


def portfolio_of(state: VenueState, account: int, day: TradingDay) -> Portfolio:
    """Return an account in one sum."""
    sums = Sums(state, account)
    positions = state.ledger.positions(account)
    return Portfolio(
        currency=state.ledger.currency,
        equity=sums.margin.equity,
        cash=sums.margin.wallet,
        gross_exposure=sums.gross,
        net_exposure=sums.net,
        leverage=sums.leverage,
        unrealized_pnl=sums.margin.unrealized,
        realized_pnl=sum((one.realized for one in positions), start=_ZERO),
        day_pnl=day.profit(state, account),
        margin_used=sums.margin.initial,
        free_margin=sums.margin.available,
        margin_ratio=sums.margin_ratio,
        positions=sum(bool(one.quantity) for one in positions),
        open_orders=sum(len(state.histories.open(account, one)) for one in state.instruments),
        as_of=iso_utc(state.now_ns),
    )
