"""A process's way to its venue: one client, one pump, the instruments, and the venue's clock."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import (
    ClockSample,
    Failure,
    Faulted,
    FaultKind,
    InstrumentsListed,
)
from tradecore.exchanges.base.budget import VenueBudget
from tradecore.exchanges.base.clock_offset import ClockHealth, ClockOffset
from tradecore.processes.wiring import http_settings, own_rules, plugin_of, pump_settings
from tradecore.transport.breaker import Breaker
from tradecore.transport.http import HttpClient
from tradecore.transport.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import (
        Codec,
        ConnectorSettings,
        Event,
        HttpRequest,
        HttpResponse,
    )
    from tradecore.model.venue import InstrumentTerms
    from tradecore.processes.host import Host
    from tradecore.processes.settings.order_management import OrderManagement
    from tradecore.processes.wiring import VenueSettings

__all__ = ["OURS", "VenueLink"]

CLOCK_EVERY_S: Final = 30.0
#: How often it is asked for while it is not believed.
CLOCK_AGAIN_S: Final = 0.5
ASK_AGAIN_S: Final = 2.0
#: What is about the way to the venue itself.
OURS: Final = frozenset({InstrumentsListed, ClockSample, Faulted})


@dataclass(frozen=True, slots=True)
class _Metered:
    """Sends requests, and counts them."""

    http: HttpClient
    host: Host

    async def send(self, request: HttpRequest) -> HttpResponse | Failure:
        """Send once, and note the status and how long it took."""
        began_ns = self.host.clock.monotonic_ns()
        answer = await self.http.send(request)
        status = "failed" if isinstance(answer, Failure) else answer.status
        self.host.metrics.http(status, self.host.clock.monotonic_ns() - began_ns)
        return answer


class VenueLink:
    """Drives a venue's codecs for a process; what they conclude goes to `hear`."""

    def __init__(
        self,
        settings: VenueSettings,
        connector: ConnectorSettings,
        host: Host,
        hear: Callable[[Codec, Sequence[Event]], None],
        *,
        orders: OrderManagement | None = None,
    ) -> None:
        """Make the parts; nothing is asked for before `instruments`."""
        self.plugin = plugin_of(settings)
        self.offset = ClockOffset()
        self.listed: InstrumentsListed | None = None
        self.fetcher = self.plugin.data_fetcher(connector)
        self._host = host
        self._hear = hear
        #: Our own limits and, once they are known, the venue's: of all that leaves, by any way.
        self.budget = VenueBudget(own_rules(settings.http_api, orders))
        self._http = HttpClient(http_settings(settings))
        self.pump = Pump(
            http=_Metered(self._http, host),
            clock=host.clock,
            on_events=self._events,
            random=random.SystemRandom().random,
            settings=pump_settings(settings),
            on_alarm=self._alarm,
            budget=self.budget,
            venue_ns=self.offset.venue_ns,
            breaker=Breaker(),
        )
        self._arrived = asyncio.Event()
        self._messages: dict[str, int] = {}
        self._driving: asyncio.Task[None] | None = None
        self._clock_doubt = asyncio.Event()
        self._is_clock_refused = False
        self.pump.add(self.fetcher)

    async def instruments(self, symbols: Sequence[str] = ()) -> list[InstrumentTerms]:
        """Ask what the venue trades until it says so, and return what is wanted of it.

        Raises:
            InputError: If a symbol is not traded there; the nearest that are get named.
        """
        if self._driving is None:
            self._driving = asyncio.create_task(self._drive())
        while self.listed is None:
            self.fetcher.fetch_instruments(self._host.clock.now_ns())
            self.fetcher.fetch_clock(self._host.clock.now_ns())
            self.pump.flush(self.fetcher)
            try:
                async with asyncio.timeout(ASK_AGAIN_S):
                    await self._arrived.wait()
            except TimeoutError:
                self._host.note("venue", is_met=False, detail="no list of instruments yet")
        self._host.note("venue", is_met=True, detail=f"{len(self.listed.terms)} instruments")
        known = {terms.instrument.symbol: terms for terms in self.listed.terms}
        for symbol in symbols:
            if symbol not in known:
                near = ", ".join(get_close_matches(symbol, known, n=3)) or "none"
                raise InputError(f"the venue does not trade this: symbol={symbol}, near {near}")
        return [known[symbol] for symbol in symbols] if symbols else list(known.values())

    async def run(self) -> None:
        """Wait for as long as the codecs are driven; they are from `instruments` to `aclose`.

        Raises:
            Exception: What a codec or whoever hears it raised.
        """
        if self._driving is not None:
            await asyncio.shield(self._driving)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._driving is not None:
            self._driving.cancel()
            await asyncio.gather(self._driving, return_exceptions=True)
        await self.pump.aclose()
        await self._http.aclose()

    def sample(self) -> None:
        """Note how the channels fare, and what came on them."""
        for state in self.pump.states():
            known = self._messages.get(state.channel, 0)
            self._host.metrics.websocket(state.channel, max(state.messages - known, 0))
            self._messages[state.channel] = state.messages
            self._host.metrics.connection(state.channel, "up" if state.is_up else "connecting")

    def clock_refusal(self) -> str | None:
        """Return why we may not trade by our clock, if so."""
        if self._is_clock_refused:
            return "our clock is off, and the venue's time is not known yet"
        if self.offset.health is ClockHealth.REFUSE:
            return f"our clock is off: offset_ms={self.offset.offset_ns // 1_000_000}"
        return None

    async def _drive(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.pump.run())
            group.create_task(self._watch_clock())

    async def _watch_clock(self) -> None:
        """Measure now and then, and often while what was measured is not to be believed.

        A clock that was set makes every earlier sample wrong, however short its round trip.
        """
        while True:
            self._clock_doubt.clear()
            is_doubted = self.clock_refusal() is not None
            if is_doubted:
                self.offset.forget()
                self._is_clock_refused = True
            self.fetcher.fetch_clock(self._host.clock.now_ns())
            self.pump.flush(self.fetcher)
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOCK_AGAIN_S if is_doubted else CLOCK_EVERY_S):
                    await self._clock_doubt.wait()

    def _doubt_clock(self) -> None:
        """The venue refused the time of a request: ask for its own before anything else is sent."""
        if not self._is_clock_refused:
            self._is_clock_refused = True
            self._clock_doubt.set()

    def _events(self, codec: Codec, events: Sequence[Event]) -> None:
        for event in events:
            if type(event) in OURS:
                self.note(event)
        self._hear(codec, events)

    def note(self, event: Event) -> None:
        """Take what is about the way to the venue itself."""
        if isinstance(event, InstrumentsListed):
            self.listed = event
            self.budget.learn(event.rules)
            self._arrived.set()
        elif isinstance(event, ClockSample):
            self.offset.observe(event)
            self._is_clock_refused = False
            health = self.offset.health
            detail = f"offset_ms={self.offset.offset_ns / 1e6:.1f}"
            self._host.note("clock", is_met=health is not ClockHealth.REFUSE, detail=detail)
            if health in {ClockHealth.OFF, ClockHealth.REFUSE}:
                self._host.alert("CLOCK", f"our clock differs from the venue's: {detail}")
        elif isinstance(event, Faulted):
            fault = event.fault
            if fault.kind is FaultKind.CLOCK:
                self._doubt_clock()
            self._host.metrics.error(fault.kind.value)
            text = f"{fault.where}: {fault.code} {fault.text}"
            self._host.alert(f"VENUE_{fault.kind.name}", text)

    def _alarm(self, codec: Codec, channel: str, attempts: int, reason: str) -> None:
        del codec
        self._host.metrics.connection(channel, "connecting")
        self._host.alert("CONNECTION", f"{channel}: {attempts} tries in a row: {reason}")
