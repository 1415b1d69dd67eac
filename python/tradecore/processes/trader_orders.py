"""A trader's orders on the bus: commands to the engine, and what is answered at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tradecore.model import OrderUpdate
from tradecore.transport.bus import BackPressureError
from tradecore.wire import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
    from tradecore.model.venue import Reply
    from tradecore.telemetry import Clock
    from tradecore.transport.bus import CommandClient

__all__ = ["BusOrders"]

_REFUSALS: Final[dict[str, Reply]] = {
    "new": "rejected",
    "modify": "modify_rejected",
    "cancel": "cancel_rejected",
}


class BusOrders:
    """The `OrderChannel` of a trader process; a refusal of the engine's is an update here."""

    def __init__(self, *, clock: Clock, strategy: str, hear: Callable[[OrderUpdate], None]) -> None:
        """Take what is needed; `client` is set once it is there.

        Args:
            clock: Stamps refusals.
            strategy: Whose commands these are.
            hear: Called with an update for each command that was refused.
        """
        self.client: CommandClient | None = None
        self.sent = 0
        self.refused = 0
        self._clock, self._strategy, self._hear = clock, strategy, hear
        self._asked: dict[int, tuple[str, str, str]] = {}

    def submit(self, order: NewOrder, /) -> None:
        """Send a new order."""
        command = values.NewOrder(
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            price=order.price,
            time_in_force=order.time_in_force,
            post_only=order.post_only,
            reduce_only=order.reduce_only,
            stop_price=order.stop_price,
            trailing_distance=order.trailing_distance,
            strategy=self._strategy,
        )
        self._send("new", command)

    def modify(self, change: ModifyOrder, /) -> None:
        """Send a change."""
        command = values.ModifyOrder(
            client_order_id=change.client_order_id,
            symbol=change.symbol,
            side=change.side,
            price=change.price,
            quantity=change.quantity,
            stop_price=change.stop_price,
            strategy=self._strategy,
        )
        self._send("modify", command)

    def cancel(self, cancel: CancelOrder, /) -> None:
        """Send a cancel."""
        command = values.CancelOrder(
            client_order_id=cancel.client_order_id, symbol=cancel.symbol, strategy=self._strategy
        )
        self._send("cancel", command)

    def acknowledged(self, ack: values.CommandAck) -> None:
        """Take the engine's answer to a command; one that was taken is followed by events."""
        asked = self._asked.pop(ack.command, None)
        if asked is not None and not ack.is_accepted:
            self._refuse(*asked, ack.reject_code, ack.reject_text)

    def _send(
        self, word: str, command: values.NewOrder | values.ModifyOrder | values.CancelOrder
    ) -> None:
        name, symbol = command.client_order_id, command.symbol
        try:
            if self.client is None:
                raise BackPressureError("the engine is not connected yet")  # noqa: TRY301
            self._asked[self.client.send(command)] = (word, name, symbol)
            self.sent += 1
        except BackPressureError as error:
            # Told after the callback that asked for it has returned, as every answer is.
            loop = asyncio.get_running_loop()
            loop.call_soon(self._refuse, word, name, symbol, "VENUE_UNAVAILABLE", str(error))

    def _refuse(self, word: str, name: str, symbol: str, code: str, text: str) -> None:
        self.refused += 1
        now_ns = self._clock.now_ns()
        self._hear(
            OrderUpdate(
                client_order_id=name,
                symbol=symbol,
                reply=_REFUSALS[word],
                ts_event_ns=now_ns,
                ts_recv_ns=now_ns,
                source="response",
                reject_code=code,
                reject_text=text,
            )
        )
