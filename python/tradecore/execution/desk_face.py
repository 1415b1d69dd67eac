"""What the parts of a desk may ask of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tradecore.execution.desk_orders import DeskOrder, OrderTable
    from tradecore.execution.desk_outputs import DeskOutput
    from tradecore.execution.desk_settings import DeskSettings
    from tradecore.model.venue import OrderUpdate, Reply
    from tradecore.oms.outcomes import Outcomes
    from tradecore.risk import OrderLimits

__all__ = ["DeskFace"]


class DeskFace(Protocol):
    """A desk as its own parts see it; `OrderDesk` says what each method does."""

    settings: DeskSettings
    table: OrderTable
    outcomes: Outcomes
    limits: OrderLimits

    @property
    def blocked(self) -> str | None:
        """Why new orders are refused now; `None` if they are not."""

    def venue_ns(self, now_ns: int) -> int:
        """Return the venue's time as far as we know it."""

    def apply(self, update: OrderUpdate, now_ns: int) -> None:
        """Merge one piece of evidence and pass it on."""

    def conclude(
        self, order: DeskOrder, reply: Reply, text: str, now_ns: int, *, code: str | None = None
    ) -> None:
        """Tell what follows from all that is known."""

    def alert(self, code: str, text: str, now_ns: int) -> None:
        """Call somebody."""

    def tell(self, output: DeskOutput) -> None:
        """Put something among what is to be told."""

    def halt(self, symbol: str, reason: str) -> None:
        """Refuse new orders in a symbol."""

    def adopt(self, order: DeskOrder, now_ns: int) -> None:
        """Take in an order that exists already."""

    def send_cancel(self, order: DeskOrder, now_ns: int) -> None:
        """Send a cancel that was asked for before."""
