"""A strategy's market and orders without a bus: each is a call away, in the same process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from tradecore.core import UnknownSymbolError
from tradecore.model import OrderUpdate, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
    from tradecore.execution import OrderDesk
    from tradecore.model import BookView, Refused
    from tradecore.model.venue import Reply
    from tradecore.processes.account_desk import AccountDesk
    from tradecore.telemetry import Clock

__all__ = ["DirectFeed", "DirectOrders", "Silences"]


@dataclass(slots=True)
class DirectFeed:
    """The `MarketFeed` of one process: the connector's own books."""

    account: AccountDesk
    subscribed: dict[str, Subscription] = field(default_factory=dict)

    def book(self, symbol: str, /) -> BookView:
        """Return the book of a symbol; it is stale until it was subscribed and came."""
        market = self.account.market
        if market is None:
            raise UnknownSymbolError(f"no book: symbol={symbol}")
        return market.book(symbol)

    def subscribe(self, subscription: Subscription, /) -> None:
        """Ask the venue for what is asked for and all that was before."""
        known = self.subscribed.get(subscription.symbol)
        whole = subscription if known is None else _joined(known, subscription)
        self.subscribed[subscription.symbol] = whole
        if self.account.market is not None:
            self.account.market.subscribe(whole)
            self.account.flush_market()


def _joined(one: Subscription, other: Subscription) -> Subscription:
    """Return what asks for all that either asks for."""
    wanted: dict[str, Any] = {}
    for each in fields(Subscription):
        ours, theirs = getattr(one, each.name), getattr(other, each.name)
        if isinstance(ours, tuple):
            wanted[each.name] = tuple(dict.fromkeys((*ours, *theirs)))
        else:
            wanted[each.name] = max(ours, theirs)
    return Subscription(**wanted)


@dataclass(slots=True)
class DirectOrders:
    """The `OrderChannel` of one process: the desk, and the socket behind it.

    The bytes of what the desk takes are in the socket when a call returns. A refusal is told in
    a later turn of the event loop, so that a strategy that insists cannot hold the loop.

    Args:
        account: The desk.
        trader: Whose orders these are.
        clock: Stamps orders.
        hear: Called with an update for each command that was refused.
    """

    account: AccountDesk
    trader: str
    clock: Clock
    hear: Callable[[OrderUpdate], None]
    sent: int = 0
    refused: int = 0
    _desk: OrderDesk = field(init=False)

    def __post_init__(self) -> None:
        self._desk = self.account.desk

    def submit(self, order: NewOrder, /) -> None:
        """Send a new order."""
        clock, name = self.clock, order.client_order_id
        began_ns = clock.monotonic_ns()
        refused = self._desk.submit(self.trader, order, now_ns=clock.now_ns())
        self._sent(refused, "rejected", name, order.symbol)
        self.account.asked(name, began_ns)

    def modify(self, change: ModifyOrder, /) -> None:
        """Send a change."""
        refused = self._desk.modify(self.trader, change, now_ns=self.clock.now_ns())
        self._sent(refused, "modify_rejected", change.client_order_id, change.symbol)

    def cancel(self, cancel: CancelOrder, /) -> None:
        """Send a cancel."""
        refused = self._desk.cancel(self.trader, cancel, now_ns=self.clock.now_ns())
        self._sent(refused, "cancel_rejected", cancel.client_order_id, cancel.symbol)

    def _sent(self, refused: Refused | None, reply: Reply, name: str, symbol: str) -> None:
        if refused is None:
            self.sent += 1
            self.account.flush_orders()
            return
        self.refused += 1
        now_ns = self.clock.now_ns()
        update = OrderUpdate(
            client_order_id=name,
            symbol=symbol,
            reply=reply,
            ts_event_ns=now_ns,
            ts_recv_ns=now_ns,
            source="response",
            reject_code=refused.code,
            reject_text=refused.text,
        )
        asyncio.get_running_loop().call_soon(self.hear, update)


ALL: Final = ""


@dataclass(slots=True)
class Silences:
    """Which channels are silent since when; a short silence is nobody's business.

    Args:
        limit_ns: From how long on a silence is told.
    """

    limit_ns: int
    #: By channel and part.
    since: dict[tuple[str, str], int] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    @property
    def has_any(self) -> bool:
        """Whether anything is silent."""
        return bool(self.since)

    def is_silent(self, channel: str) -> bool:
        """Return whether a channel, or a part of it, is silent."""
        return any(name == channel for name, _ in self.since)

    def lost(self, channel: str, now_ns: int, *, part: str = ALL) -> None:
        """Note that a channel, or a part of it, says nothing that can be believed."""
        self.since.setdefault((channel, part), now_ns)

    def back(self, channel: str, *, part: str = ALL) -> bool:
        """Note that it speaks again; return whether its silence was told and is over."""
        if self.since.pop((channel, part), None) is None:
            return False
        if channel not in self._told or self.is_silent(channel):
            return False
        self._told.discard(channel)
        return True

    def due(self, now_ns: int) -> list[str]:
        """Return the channels whose silence is to be told now, each once."""
        late = {
            channel
            for (channel, _), since_ns in self.since.items()
            if now_ns - since_ns >= self.limit_ns
        }
        fresh = sorted(late - self._told)
        self._told |= late
        return fresh
