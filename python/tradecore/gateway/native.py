"""The native door: order entry without Python per order, before the engine the gateway has too."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError, OrderEntryServer, TradecoreError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from tradecore.core import OrderEntryStatistics, VenueEngine
    from tradecore.gateway.settings import OrderEntrySettings, ServerSettings
    from tradecore.store.identity_service import IdentityService
    from tradecore.venue import VenueInstrument

__all__ = ["DoorClosedError", "NativeDoor"]

PORT_MAX: Final = 65_535
#: How long the watcher waits for the disk before it looks whether it is to end, in milliseconds.
_PATIENCE_MS: Final = 200
#: How long it rests where nothing came, in seconds: a journal that stopped answers at once.
_REST_S: Final = 0.01


class DoorClosedError(TradecoreError):
    """A port of order entry that something else listens on, or that may not be used."""


@dataclass(slots=True, eq=False)
class NativeDoor:
    """Listens, has the keys that are valid, and calls when something came in.

    Args:
        server: Reads, checks and answers, on threads of its own.
        engine: What it stands before.
        identity: Whose keys are valid.
    """

    server: OrderEntryServer
    engine: VenueEngine
    identity: IdentityService
    _version: int = -1
    _is_over: threading.Event = field(default_factory=threading.Event)
    _is_seen: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None
    _is_held: bool = False

    @classmethod
    def of_settings(
        cls,
        settings: OrderEntrySettings,
        engine: VenueEngine,
        identity: IdentityService,
        *,
        beside: ServerSettings,
    ) -> NativeDoor | None:
        """Return the door the settings ask for, `None` if they ask for none.

        Args:
            settings: What they say of it.
            engine: What it stands before.
            identity: Whose keys are valid.
            beside: Where requests are served: next to it, unless the settings say where.
        """
        if not settings.is_open:
            return None
        port = settings.port
        if port is None:
            port = beside.port + 1 if 0 < beside.port < PORT_MAX else 0
        server = OrderEntryServer(
            engine,
            host=settings.host or beside.host,
            port=port,
            order_rate=(settings.burst, settings.orders_per_s),
            high_order_rate=(settings.high_burst, settings.high_orders_per_s),
            queue=settings.max_queue_size,
            connections=settings.connections_max,
            resend_bytes=settings.resend_bytes,
            behind_max=settings.books_behind_max,
        )
        return cls(server, engine, identity)

    # Its time

    def bind(self) -> None:
        """Listen. Nobody is let in before `open`.

        Raises:
            DoorClosedError: If the port cannot be had.
        """
        try:
            self.server.start()
        except InputError as error:
            raise DoorClosedError(f"order entry listens on a free port: {error}") from error

    def open(self, loop: asyncio.AbstractEventLoop, came: Callable[[], None]) -> None:
        """Let clients in.

        Args:
            loop: Where `came` is called.
            came: Hears that the engine did what the books have not.
        """
        self.know_keys()
        self._watcher = threading.Thread(
            target=self._watch, args=(loop, came), name="order-watcher", daemon=True
        )
        self._watcher.start()

    def drain(self) -> bool:
        """Refuse what is new; say if everybody has an answer."""
        return not self.server.is_running or self.server.drain(timeout_ms=0)

    def close(self) -> None:
        """Send everybody away and let go of the port; twice is harmless."""
        self._is_over.set()
        self._is_seen.set()
        self.server.stop()
        if self._watcher is not None:
            self._watcher.join()

    def hold(self, *, is_held: bool) -> None:
        """Take no new orders while something is wrong with the venue; cancels pass."""
        if is_held == self._is_held or not self.server.is_running:
            return
        self._is_held = is_held
        if is_held:
            self.drain()
        else:
            self.server.resume()

    # Its instruments

    def know_instruments(self, instruments: Iterable[VenueInstrument]) -> None:
        """Take orders in every instrument of the venue, as the gateway does.

        Args:
            instruments: All there are, in the engine's order.
        """
        if self.server.is_running:
            self.server.know_instruments([_native_terms(one) for one in instruments])

    # Its keys

    def know_keys(self) -> None:
        """Hand over the keys that are valid now, if they changed."""
        version = self.identity.version
        if version != self._version and self.server.is_running:
            self.server.set_keys(self.identity.key_table())
            self._version = version

    # What came in

    def seen(self, sequence: int, *, is_awaited: bool = False) -> None:
        """Note how far the books are: what came behind it is called for again.

        Where somebody has waited for them too long, new orders find the venue busy.
        """
        self.engine.set_followed(sequence, is_awaited=is_awaited)
        self._is_seen.set()

    def _watch(self, loop: asyncio.AbstractEventLoop, came: Callable[[], None]) -> None:
        """Wait for the disk, without the interpreter, and call once for each look at the books."""
        while not self._is_over.is_set():
            if not self.engine.wait_beyond(self.engine.followed, timeout_ms=_PATIENCE_MS):
                self._is_over.wait(_REST_S)
                continue
            self._is_seen.clear()
            try:
                loop.call_soon_threadsafe(came)
            except RuntimeError:
                return
            self._is_seen.wait()

    # What it did

    def statistics(self) -> OrderEntryStatistics:
        """Return what it did since its start."""
        return self.server.statistics()


def _native_terms(listed: VenueInstrument) -> tuple[int, bool]:
    """Return the fewest lots of an order, and whether there may be orders at all."""
    least = listed.terms.quantity_min
    lots = 0 if least is None else int(least / listed.instrument.lot_size)
    return lots, listed.terms.is_trading
