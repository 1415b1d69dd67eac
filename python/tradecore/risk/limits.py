"""What a desk asks before an order leaves, and tells afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import Literal

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model import Approved, Refused, RiskAlert
    from tradecore.risk.carried import CarriedLimits


class OrderLimits(Protocol):
    """Limits over all strategies of one account.

    What is admitted counts as working until it is closed, whatever becomes of its answer: an order
    that may exist is exposure.
    """

    def check(
        self, trader: str, order: NewOrder, /, *, now_ns: int
    ) -> Approved[NewOrder] | Refused:
        """Admit a new order, or name the rule that speaks against it."""

    def check_change(
        self, trader: str, change: ModifyOrder, /, *, open_quantity: Decimal, now_ns: int
    ) -> Approved[ModifyOrder] | Refused:
        """Admit a change of an order to what would be open after it, or name the rule."""

    def restore(self, trader: str, order: NewOrder, /, *, now_ns: int) -> None:
        """Count an order that exists already, whatever the limits say."""

    def settle(self, client_order_id: str, /, *, price: Decimal, open_quantity: Decimal) -> None:
        """Note what is open of an order after a change was answered, or was refused."""

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
        """Note a fill; the caller sees to it that each is told once.

        `fee` is in the currency the symbol settles in; negative is a rebate.
        """

    def closed(self, client_order_id: str, /) -> None:
        """Note that nothing more can trade of an order; twice is harmless."""

    def position(self, symbol: str, /) -> Decimal:
        """Return what is held of a symbol, by the fills told."""

    def set_position(self, symbol: str, quantity: Decimal, entry_price: Decimal | None, /) -> None:
        """Take over what the venue says is held."""

    def see_price(self, symbol: str, price: Decimal, /) -> None:
        """Note the price that positions in a symbol are valued at."""

    def alerts(self, now_ns: int, /) -> Sequence[RiskAlert]:
        """Return the limits that have come near since the last call, each once."""

    def carry(self) -> CarriedLimits:
        """Return what has to be known when the fills behind it are forgotten."""

    def take_over(self, carried: CarriedLimits, /, *, now_ns: int) -> None:
        """Forget every order and position, and hold this instead; open orders are restored next.

        Args:
            carried: What `carry` returned.
            now_ns: When it did; what was spent on an earlier day does not count.
        """
