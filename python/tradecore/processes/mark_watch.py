"""The marks an engine values its account at: followed for each symbol once an order names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.core import InputError
from tradecore.model import Subscription
from tradecore.processes.wiring import connector_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tradecore.exchanges.base import Codec, ExchangeSubscriber
    from tradecore.model import InstrumentTerms
    from tradecore.processes.host import Host
    from tradecore.processes.settings import EngineSettings
    from tradecore.processes.venue_link import VenueLink

__all__ = ["MarkWatch", "watch_marks"]


@dataclass(slots=True)
class MarkWatch:
    """Subscribes to marks. No connection is opened before the first symbol is wanted.

    Args:
        subscriber: Of the venue, driven by the engine's own pump: no other process is needed.
        known: The symbols the venue lists.
        flush: What has a codec's wishes sent at once.
    """

    subscriber: ExchangeSubscriber
    known: Collection[str]
    flush: Callable[[Codec], None]
    _followed: set[str] = field(default_factory=set)

    def follow(self, symbol: str, /) -> None:
        """Follow a symbol's mark from now on; twice is once, and one not listed is passed over."""
        if symbol in self._followed or symbol not in self.known:
            return
        self._followed.add(symbol)
        self.subscriber.subscribe(Subscription(symbol=symbol, mark_price=True))
        self.flush(self.subscriber)


def watch_marks(
    settings: EngineSettings, link: VenueLink, terms: Sequence[InstrumentTerms], host: Host, /
) -> MarkWatch | None:
    """Return a watch on the engine's own pump, or `None` where the settings leave no room for it.

    That is so with addresses of public data on another side than those of orders, or with too few
    connections allowed; it is logged, and market orders then have the prices of fills only.
    """
    own = link.plugin.endpoints(
        asset_type=settings.global_.asset_type, is_testnet=settings.global_.testnet_mode
    )
    public = "market" if "market" in own.channels else "public"
    try:
        connector = connector_settings(
            settings, link.plugin, channels=("private", "api", public), needs_key=True
        )
    except InputError as error:
        host.log.warning("marks are not followed", reason=str(error))
        return None
    subscriber = link.plugin.subscriber(connector, terms)
    subscriber.start(host.clock.now_ns())
    link.pump.add(subscriber)
    return MarkWatch(subscriber, {one.instrument.symbol for one in terms}, flush=link.pump.flush)
