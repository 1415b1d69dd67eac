"""What an account's positions and orders bind, and what it may still use."""

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
        is_isolated: Whether the position has money of its own, and no other.
    """

    instrument: VenueInstrument
    position: PositionState
    mark: Decimal
    leverage: int
    buys: Decimal = _ZERO
    sells: Decimal = _ZERO
    is_isolated: bool = False

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
            set_aside=self.position.set_aside if self.is_isolated else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolMargin:
    """Margin of one position, in the margin currency; `set_aside` is an isolated one's own."""

    notional: Decimal
    position_initial: Decimal
    orders_initial: Decimal
    maintenance: Decimal
    unrealized: Decimal
    worst_notional: Decimal
    set_aside: Decimal | None = None

    @property
    def is_due(self) -> bool:
        """Return whether an isolated position's money no longer covers its maintenance margin."""
        if self.set_aside is None or not self.notional:
            return False
        return self.set_aside + self.unrealized <= self.maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMargin:
    """Margin of an account, in the margin currency.

    Those named `cross` are of what positions share that are not isolated.
    """

    wallet: Decimal
    unrealized: Decimal
    position_initial: Decimal
    orders_initial: Decimal
    maintenance: Decimal
    cross_wallet: Decimal
    cross_unrealized: Decimal
    cross_initial: Decimal
    cross_maintenance: Decimal

    @classmethod
    def of(cls, wallet: Decimal, symbols: Iterable[SymbolMargin]) -> AccountMargin:
        """Add up the positions of an account."""
        unrealized = position = orders = maintenance = _ZERO
        cross_wallet, cross_unrealized, cross_initial, cross_maintenance = (wallet, *[_ZERO] * 3)
        for one in symbols:
            cross_initial += one.orders_initial
            if one.set_aside is None:
                cross_unrealized += one.unrealized
                cross_initial += one.position_initial
                cross_maintenance += one.maintenance
            else:
                cross_wallet -= one.set_aside
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
            cross_wallet=cross_wallet,
            cross_unrealized=cross_unrealized,
            cross_initial=cross_initial,
            cross_maintenance=cross_maintenance,
        )

    @property
    def cross_equity(self) -> Decimal:
        """Return what stands behind positions that are not isolated."""
        return self.cross_wallet + self.cross_unrealized

    @property
    def is_short(self) -> bool:
        """Return whether more is bound than there is."""
        return self.cross_initial > self.cross_equity

    @property
    def is_due(self) -> bool:
        """Return whether the maintenance margin of what is not isolated is no longer covered."""
        return bool(self.cross_maintenance) and self.cross_equity <= self.cross_maintenance

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
        return max(self.cross_equity - self.cross_initial, _ZERO)


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
