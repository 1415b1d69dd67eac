"""Tries what a process will need, without starting it: the key, the connections, the bus."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zmq
from zmq.utils.monitor import recv_monitor_message

from tradecore.exchanges.base import Faulted
from tradecore.exchanges.base.events import BalancesListed, StreamReady
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.venue_link import VenueLink
from tradecore.processes.wiring import connector_settings, plugin_of
from tradecore.telemetry import SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradecore.exchanges.base import Codec, Event
    from tradecore.processes.settings import EngineSettings

__all__ = ["Answer", "probe_auth", "probe_bus", "probe_websocket"]

WAIT_S: Final = 10.0
BUS_WAIT_MS: Final = 1_000
LOOK_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try.

    Args:
        name: What was tried.
        is_ok: Whether it worked.
        detail: What was seen.
    """

    name: str
    is_ok: bool
    detail: str


class _Listener:
    """Keeps what a venue answers."""

    def __init__(self, settings: EngineSettings) -> None:
        options = HostOptions(
            name="probe",
            kind="probe",
            performance=settings.performance,
            monitoring=settings.monitoring.model_copy(update={"alert_on_errors": False}),
            stop_budget_ms=settings.safety.stop_budget_ms,
        )
        self.settings = settings
        self.host = Host(options, SystemClock())
        self.connector = connector_settings(
            settings, plugin_of(settings), channels=("private", "api"), needs_key=True
        )
        self.link = VenueLink(settings, self.connector, self.host, self._hear)
        self.events: list[Event] = []
        self.heard = asyncio.Event()

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        del codec
        self.events.extend(events)
        self.heard.set()


async def probe_auth(settings: EngineSettings) -> list[Answer]:
    """Ask the venue for its time and for the account's balances, which needs the key.

    Raises:
        TimeoutError: If nothing is answered.
    """
    probe = _Listener(settings)
    try:
        async with asyncio.timeout(WAIT_S):
            await probe.link.instruments()
            offset_ms = probe.link.offset.offset_ns / 1e6
            answers = [Answer("venue", is_ok=True, detail=f"answers, clock {offset_ms:+.1f} ms")]
            probe.events.clear()
            now_ns = probe.host.clock.now_ns()
            venue_ns = probe.link.offset.venue_ns(now_ns)
            probe.link.fetcher.fetch_balances(now_ns=now_ns, venue_ns=venue_ns)
            probe.link.pump.flush(probe.link.fetcher)
            while True:
                for event in probe.events:
                    if isinstance(event, BalancesListed):
                        detail = f"accepted, {len(event.balances)} balances"
                        return [*answers, Answer("key", is_ok=True, detail=detail)]
                    if isinstance(event, Faulted):
                        detail = f"{event.fault.code} {event.fault.text}"
                        return [*answers, Answer("key", is_ok=False, detail=detail)]
                probe.heard.clear()
                await probe.heard.wait()
    finally:
        await probe.link.aclose()


async def probe_websocket(settings: EngineSettings) -> list[Answer]:
    """Open every connection the engine needs, and say how each fares.

    Raises:
        TimeoutError: If the venue does not even list its instruments.
    """
    probe = _Listener(settings)
    try:
        async with asyncio.timeout(WAIT_S):
            terms = await probe.link.instruments()
        plugin = probe.link.plugin
        for codec in (plugin.oms(probe.connector, terms), plugin.pms(probe.connector, terms)):
            codec.start(probe.host.clock.now_ns())
            probe.link.pump.add(codec)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                while not (  # noqa: ASYNC110 - channels come up without a word to us
                    all(state.is_up for state in probe.link.pump.states())
                    and any(isinstance(event, StreamReady) for event in probe.events)
                ):
                    await asyncio.sleep(LOOK_S)
        is_live = any(isinstance(event, StreamReady) for event in probe.events)
        answers = [
            Answer(
                state.channel,
                is_ok=state.is_up,
                detail="up" if state.is_up else state.last_reason or "no answer",
            )
            for state in probe.link.pump.states()
        ]
        detail = "live" if is_live else "the venue did not start it"
        return [*answers, Answer("private stream", is_ok=is_live, detail=detail)]
    finally:
        await probe.link.aclose()


def probe_bus(endpoints: Mapping[str, str], *, wait_ms: int = BUS_WAIT_MS) -> list[Answer]:
    """Try whether somebody speaks our protocol at each endpoint.

    Args:
        endpoints: Addresses by the key that sets them.
        wait_ms: How long to wait for each.
    """
    with zmq.Context() as context:
        return [_handshake(context, name, at, wait_ms) for name, at in endpoints.items()]


def _handshake(
    context: zmq.Context[zmq.Socket[bytes]], name: str, endpoint: str, wait_ms: int
) -> Answer:
    # Who takes commands speaks with a DEALER, who publishes with a SUB, and with nobody else.
    takes_commands = name.endswith(("TRADER_SUB_ENDPOINT", "TRADING_ENGINE_SUB_ENDPOINT"))
    socket = context.socket(zmq.DEALER if takes_commands else zmq.SUB)
    socket.set(zmq.LINGER, 0)
    monitor = socket.get_monitor_socket(zmq.EVENT_ALL)
    try:
        socket.connect(endpoint)
        last = "nobody there"
        while monitor.poll(wait_ms):
            event = recv_monitor_message(monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                return Answer(name, is_ok=True, detail="answers")
            if event == zmq.EVENT_CONNECTED:
                last = "a connection, but nobody speaks ZMTP there"
            elif event in {zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL}:
                return Answer(name, is_ok=True, detail="answers, and wants a key")
            elif event in {zmq.EVENT_CLOSED, zmq.EVENT_CONNECT_RETRIED}:
                return Answer(name, is_ok=False, detail=last)
        return Answer(name, is_ok=False, detail=last)
    finally:
        socket.disable_monitor()
        monitor.close(0)
        socket.close(0)
