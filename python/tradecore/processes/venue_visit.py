"""A short visit to a venue: ask, wait for the answer, leave. No process stays, no port is bound."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from tradecore.core import TradecoreError
from tradecore.exchanges.base import ClockSample, Faulted
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.venue_link import VenueLink
from tradecore.processes.wiring import connector_settings, plugin_of
from tradecore.telemetry import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from tradecore.exchanges.base import Codec, Event
    from tradecore.model.venue import InstrumentTerms
    from tradecore.processes.settings import EngineSettings

__all__ = ["VenueSilentError", "VenueVisit"]

FoundT = TypeVar("FoundT")


class VenueSilentError(TradecoreError):
    """A venue did not answer in time; asking again may help."""

    exit_code = 5


class VenueVisit:
    """One link to a venue, and everything its codecs conclude, to be waited for.

    Args:
        settings: The engine's, whose key is used.
        channels: The connections that will be opened; none where requests are enough.
    """

    def __init__(self, settings: EngineSettings, *, channels: Sequence[str] = ()) -> None:
        options = HostOptions(
            name="visit",
            kind="visit",
            performance=settings.performance,
            monitoring=settings.monitoring.model_copy(update={"alert_on_errors": False}),
            stop_budget_ms=settings.safety.stop_budget_ms,
        )
        self.host = Host(options, SystemClock())
        self.connector = connector_settings(
            settings, plugin_of(settings), channels=channels, needs_key=True
        )
        self.link = VenueLink(settings, self.connector, self.host, self._hear)
        self.heard: list[tuple[Codec, Event]] = []
        self.last_fault = ""
        self._more = asyncio.Event()

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        for event in events:
            self.heard.append((codec, event))
            if isinstance(event, Faulted):
                self.last_fault = f"{event.fault.where}: {event.fault.code} {event.fault.text}"
        self._more.set()

    @asynccontextmanager
    async def within(self, wait_s: float) -> AsyncIterator[None]:
        """Bound what is done inside by time.

        Raises:
            VenueSilentError: If it takes longer; with the last fault the venue told, if any.
        """
        try:
            async with asyncio.timeout(wait_s):
                yield
        except TimeoutError:
            asked = self.connector.endpoints.rest
            last = f", last {self.last_fault}" if self.last_fault else ""
            raise VenueSilentError(
                f"the venue answers within {wait_s:g} s: asked {asked}{last}"
            ) from None

    async def arrive(self, symbols: Sequence[str] = ()) -> list[InstrumentTerms]:
        """Learn what the venue trades and what time it is there.

        Raises:
            InputError: If a symbol is not traded there.
        """
        terms = await self.link.instruments(symbols)
        await self.until(self._clock)
        return terms

    def _clock(self) -> ClockSample | None:
        return next((one for _, one in self.heard if isinstance(one, ClockSample)), None)

    async def until(self, find: Callable[[], FoundT | None]) -> FoundT:
        """Return what `find` returns once that is something; asked after everything heard."""
        while (found := find()) is None:
            self._more.clear()
            await self._more.wait()
        return found

    def now(self) -> tuple[int, int]:
        """Return our time and the venue's, in nanoseconds since 1970."""
        now_ns = self.host.clock.now_ns()
        return now_ns, self.link.offset.venue_ns(now_ns)

    async def aclose(self) -> None:
        """Leave."""
        await self.link.aclose()
