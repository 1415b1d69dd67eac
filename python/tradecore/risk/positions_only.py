"""No limits: for who switches the checks off, and still has to know what is held."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tradecore.model import Approved
from tradecore.risk.carried import CarriedLimits, CarriedPosition
from tradecore.risk.known_orders import KnownOrders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model import RiskAlert

__all__ = ["PositionsOnly"]


class PositionsOnly:
    """Admits everything and counts fills; see `OrderLimits` for what each method is asked."""

    def __init__(self) -> None:
        """Start flat."""
        self._orders = KnownOrders()
        self._positions: defaultdict[str, Decimal] = defaultdict(Decimal)

    def check(self, trader: str, order: NewOrder, /, *, now_ns: int) -> Approved[NewOrder]:
        """Admit."""
        self.restore(trader, order, now_ns=now_ns)
        return Approved(order, "checks are off")

    def check_change(
        self, trader: str, change: ModifyOrder, /, *, open_quantity: Decimal, now_ns: int
    ) -> Approved[ModifyOrder]:
        """Admit."""
        del trader, open_quantity, now_ns
        return Approved(change, "checks are off")

    def restore(self, trader: str, order: NewOrder, /, *, now_ns: int) -> None:
        """Remember which way an order goes."""
        del trader, now_ns
        self._orders.add(order)

    def settle(self, client_order_id: str, /, *, price: Decimal, open_quantity: Decimal) -> None:
        """Nothing is held for an order."""

    def filled(
        self,
        client_order_id: str,
        /,
        *,
        price: Decimal,
        quantity: Decimal,
        fee: Decimal,
        liquidity: Literal["maker", "taker"],
    ) -> None:
        """Count a fill, unless its order ended so long ago that nobody knows which way it went.

        The next comparison with the venue's positions finds that one.
        """
        del price, fee, liquidity
        known = self._orders.get(client_order_id)
        if known is not None:
            symbol, side = known
            self._positions[symbol] += quantity if side == "buy" else -quantity

    def closed(self, client_order_id: str, /) -> None:
        """Nothing to release; a late fill may still come, so its side stays known a while."""
        self._orders.end(client_order_id)

    def position(self, symbol: str, /) -> Decimal:
        """Return what is held."""
        return self._positions[symbol]

    def set_position(self, symbol: str, quantity: Decimal, entry_price: Decimal | None, /) -> None:
        """Take over what the venue says."""
        del entry_price
        self._positions[symbol] = quantity

    def see_price(self, symbol: str, price: Decimal, /) -> None:
        """Nothing is valued."""

    def alerts(self, now_ns: int, /) -> Sequence[RiskAlert]:
        """No limit comes near."""
        del now_ns
        return ()

    def carry(self) -> CarriedLimits:
        """Return what is held."""
        held = sorted(self._positions.items())
        return CarriedLimits(
            positions=tuple(CarriedPosition(symbol=name, quantity=much) for name, much in held)
        )

    def take_over(self, carried: CarriedLimits, /, *, now_ns: int) -> None:
        """Hold this instead."""
        del now_ns
        self._orders = KnownOrders()
        self._positions.clear()
        self._positions.update((held.symbol, held.quantity) for held in carried.positions)
