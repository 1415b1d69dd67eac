"""Everything a strategy may hear; what it does not override is never called and costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.core import Fill, Instrument, OrderEvent, Position
    from tradecore.model import (
        Balance,
        Bar,
        BookView,
        ConnectionChange,
        Cycle,
        FundingRate,
        InventoryDelta,
        MarkPrice,
        Quote,
        Reconciliation,
        RiskAlert,
        Signal,
        Ticker,
        Trade,
    )


class Callbacks:
    """The callbacks, by kind: life, market, orders, account, operations.

    A callback that a strategy does not override is never called, and what only it would need is
    not made. For an event of an order the special callback comes first, then `on_order_event`;
    for a fill `on_fill`, `on_order_event`, `on_position`.
    """

    # Life

    def on_start(self) -> None:
        """The host runs: subscribe, set timers."""

    def on_stop(self) -> None:
        """The run ends; nothing is delivered after it."""

    def on_pause(self) -> None:
        """No market data and no timers come until `on_resume`; order events still do."""

    def on_resume(self) -> None:
        """Market data and timers are delivered again."""

    def on_save(self) -> dict[str, object]:
        """Return what should be there again after a restart."""
        return {}

    def on_load(self, state: Mapping[str, object]) -> None:
        """Take what `on_save` returned before the restart; comes before `on_start`."""

    # Market

    def on_book(self, book: BookView) -> None:
        """The subscribed depth of a book changed; the book is whole, never stale."""

    def on_book_delta(self, book: BookView) -> None:
        """A message changed a book somewhere, perhaps below the subscribed depth."""

    def on_quote(self, quote: Quote) -> None:
        """The venue published its best bid and ask."""

    def on_trade(self, trade: Trade) -> None:
        """A trade was printed."""

    def on_ticker(self, ticker: Ticker) -> None:
        """The venue published its summary of a day."""

    def on_bar(self, bar: Bar) -> None:
        """A period of trades is complete."""

    def on_mark_price(self, mark: MarkPrice) -> None:
        """The venue published what it values positions at."""

    def on_funding_rate(self, rate: FundingRate) -> None:
        """The venue published what funding will cost."""

    def on_instrument(self, instrument: Instrument) -> None:
        """The facts of an instrument changed."""

    # Orders

    def on_order_submitted(self, event: OrderEvent) -> None:
        """An order was sent."""

    def on_order_accepted(self, event: OrderEvent) -> None:
        """The venue has an order; comes before its first fill in any case."""

    def on_order_rejected(self, event: OrderEvent) -> None:
        """The venue refused an order; `event.reject_code`, `event.reject_text`."""

    def on_order_denied(self, event: OrderEvent) -> None:
        """An order was refused here and never sent."""

    def on_order_modified(self, event: OrderEvent) -> None:
        """An order has other terms now."""

    def on_modify_rejected(self, event: OrderEvent) -> None:
        """A change was refused, here or by the venue; the order is as it was."""

    def on_order_canceled(self, event: OrderEvent) -> None:
        """An order was taken out; a fill that was under way may still come."""

    def on_cancel_rejected(self, event: OrderEvent) -> None:
        """A cancel was refused, here or by the venue; the order is as it was."""

    def on_order_expired(self, event: OrderEvent) -> None:
        """An order's time ran out."""

    def on_order_triggered(self, event: OrderEvent) -> None:
        """A stop was triggered."""

    def on_order_unknown(self, event: OrderEvent) -> None:
        """An answer was lost: the order may rest or not, until evidence comes."""

    def on_fill(self, fill: Fill) -> None:
        """One of our orders traded."""

    def on_order_event(self, event: OrderEvent) -> None:
        """Any of the above happened; comes after the special callback."""

    # Account

    def on_position(self, position: Position) -> None:
        """A position changed by a fill."""

    def on_balance(self, balance: Balance) -> None:
        """A balance changed."""

    def on_inventory(self, delta: InventoryDelta) -> None:
        """What is held elsewhere changed, such as a position of a liquidity pool."""

    # Operations

    def on_connection(self, change: ConnectionChange) -> None:
        """A connection went up, down or silent."""

    def on_reconcile(self, difference: Reconciliation) -> None:
        """After a gap, our books were set to the venue's."""

    def on_risk(self, alert: RiskAlert) -> None:
        """A limit was neared or reached."""

    def on_timer(self, name: str) -> None:
        """A timer or alert rang."""

    def on_signal(self, signal: Signal) -> None:
        """A number about a symbol came from outside."""

    def on_cycle(self, cycle: Cycle) -> None:
        """A round of an orchestrator begins."""
