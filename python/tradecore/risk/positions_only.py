"""No limits: for who switches the checks off, and still has to know what is held."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tradecore.model import Approved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model import RiskAlert

__all__ = ["PositionsOnly"]


class PositionsOnly:
    """Admits everything and counts fills; see `OrderLimits` for what each method is asked."""

    def __init__(self) -> None:
        """Start flat."""
        self._orders: dict[str, NewOrder] = {}
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
        self._orders[order.client_order_id] = order

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
        """Count a fill."""
        del price, fee, liquidity
        order = self._orders[client_order_id]
        self._positions[order.symbol] += quantity if order.side == "buy" else -quantity

    def closed(self, client_order_id: str, /) -> None:
        """Nothing to release; a late fill may still come, so its side stays known."""

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
