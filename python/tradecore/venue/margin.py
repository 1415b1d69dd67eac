"""What an account's positions and orders bind, and what it may still use; cross margin, one way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.ledger import PositionState

__all__ = ["AccountMargin", "Exposure", "SymbolMargin", "liquidation_price"]

_ZERO: Final = Decimal(0)
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What an account has in a symbol: its position, and its orders that may add to it.

    Args:
        buys: Value of open buys that are not reduce-only.
        sells: Value of open sells that are not reduce-only.
    """

    instrument: VenueInstrument
    position: PositionState
    mark: Decimal
    leverage: int
    buys: Decimal = _ZERO
    sells: Decimal = _ZERO

    def margin(self) -> SymbolMargin:
        """Return what it binds.

        Initial margin is that of the larger side: the position with all buys filled, or with all
        sells filled. Maintenance margin is of the position alone, by its bracket.
        """
        value = self.position.quantity * self.mark
        worst = max(abs(value + self.buys), abs(value - self.sells), abs(value))
        held = abs(value) / self.leverage
        return SymbolMargin(
            notional=value,
            position_initial=held,
            orders_initial=worst / self.leverage - held,
            maintenance=self.instrument.maintenance(abs(value)) if value else _ZERO,
            unrealized=self.position.unrealized(self.mark),
            worst_notional=worst,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolMargin:
    """Margin of one symbol, in the margin currency."""

    notional: Decimal
    position_initial: Decimal
    orders_initial: Decimal
    maintenance: Decimal
    unrealized: Decimal
    worst_notional: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMargin:
    """Margin of an account, in the margin currency."""

    wallet: Decimal
    unrealized: Decimal
    position_initial: Decimal
    orders_initial: Decimal
    maintenance: Decimal

    @classmethod
    def of(cls, wallet: Decimal, symbols: Iterable[SymbolMargin]) -> AccountMargin:
        """Add up the symbols of an account."""
        unrealized = position = orders = maintenance = _ZERO
        for one in symbols:
            unrealized += one.unrealized
            position += one.position_initial
            orders += one.orders_initial
            maintenance += one.maintenance
        return cls(
            wallet=wallet,
            unrealized=unrealized,
            position_initial=position,
            orders_initial=orders,
            maintenance=maintenance,
        )

    @property
    def equity(self) -> Decimal:
        """Return the wallet and what closing everything at the marks would take."""
        return self.wallet + self.unrealized

    @property
    def initial(self) -> Decimal:
        """Return all initial margin."""
        return self.position_initial + self.orders_initial

    @property
    def available(self) -> Decimal:
        """Return what new orders may bind, at least 0."""
        return max(self.equity - self.initial, _ZERO)


def liquidation_price(
    instrument: VenueInstrument,
    position: PositionState,
    *,
    wallet: Decimal,
    other_maintenance: Decimal,
    other_unrealized: Decimal,
) -> Decimal:
    """Return the mark at which equity meets maintenance margin, others held still; 0 if none.

    The bracket is that of the value at this price, so it is chosen again until it stays.

    Source: Binance USDⓈ-M, *How to calculate liquidation price*, one-way mode, cross margin.
    """
    quantity = position.quantity
    if not quantity:
        return _ZERO
    size, side = abs(quantity), (1 if quantity > 0 else -1)
    bracket = instrument.bracket(abs(position.cost))
    price = _ZERO
    for _ in range(_ROUNDS):
        money = wallet - other_maintenance + other_unrealized + bracket.deduction - position.cost
        divisor = size * bracket.maintenance_rate - side * size
        price = money / divisor
        if price <= 0:
            return _ZERO
        again = instrument.bracket(size * price)
        if again is bracket:
            break
        bracket = again
    return price
