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
from tradecore.processes.venue_visit import VenueVisit
from tradecore.processes.wiring import server_keys
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import ClientKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.processes.settings import EngineSettings
    from tradecore.processes.settings.bus import Curve

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


async def probe_auth(settings: EngineSettings, *, wait_s: float = WAIT_S) -> list[Answer]:
    """Ask the venue for its time and for the account's balances, which needs the key.

    Args:
        settings: The engine's.
        wait_s: How long it may take, in seconds.

    Raises:
        VenueSilentError: If it does not answer in time.
    """
    visit = VenueVisit(settings, channels=("private", "api"))
    try:
        async with visit.within(wait_s):
            await visit.arrive()
            offset_ms = visit.link.offset.offset_ns / 1e6
            answers = [Answer("venue", is_ok=True, detail=f"answers, clock {offset_ms:+.1f} ms")]
            visit.heard.clear()
            now_ns, venue_ns = visit.now()
            fetcher = visit.link.fetcher
            fetcher.fetch_balances(now_ns=now_ns, venue_ns=venue_ns)
            visit.link.pump.flush(fetcher)
            return [*answers, await visit.until(lambda: _key_answer(visit))]
    finally:
        await visit.aclose()


def _key_answer(visit: VenueVisit) -> Answer | None:
    for _, event in visit.heard:
        if isinstance(event, BalancesListed):
            return Answer("key", is_ok=True, detail=f"accepted, {len(event.balances)} balances")
        if isinstance(event, Faulted):
            fault = event.fault
            return Answer("key", is_ok=False, detail=f"{fault.code} {fault.text}")
    return None


async def probe_websocket(settings: EngineSettings, *, wait_s: float = WAIT_S) -> list[Answer]:
    """Open every connection the engine needs, and say how each fares.

    Args:
        settings: The engine's.
        wait_s: How long listing, and then connecting, may take, in seconds.

    Raises:
        VenueSilentError: If the venue does not even list its instruments.
    """
    visit = VenueVisit(settings, channels=("private", "api"))
    link = visit.link
    try:
        async with visit.within(wait_s):
            terms = await visit.arrive()
        plugin, connector = link.plugin, visit.connector
        for codec in (plugin.oms(connector, terms), plugin.pms(connector, terms)):
            codec.start(visit.host.clock.now_ns())
            link.pump.add(codec)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not (  # noqa: ASYNC110 - channels come up without a word to us
                    all(state.is_up for state in link.pump.states()) and _is_live(visit)
                ):
                    await asyncio.sleep(LOOK_S)
        is_live = _is_live(visit)
        answers = [
            Answer(
                state.channel,
                is_ok=state.is_up,
                detail="up" if state.is_up else state.last_reason or "no answer",
            )
            for state in link.pump.states()
        ]
        detail = "live" if is_live else "the venue did not start it"
        return [*answers, Answer("private stream", is_ok=is_live, detail=detail)]
    finally:
        await visit.aclose()


def _is_live(visit: VenueVisit) -> bool:
    return any(isinstance(event, StreamReady) for _, event in visit.heard)


def probe_bus(
    endpoints: Mapping[str, str], *, wait_ms: int = BUS_WAIT_MS, curve: Curve | None = None
) -> list[Answer]:
    """Try whether somebody speaks our protocol at each endpoint, and lets us in.

    Args:
        endpoints: Addresses by the key that sets them.
        wait_ms: How long to wait for each.
        curve: The process's keys; without them a protected endpoint only shows that it is one.
    """
    with zmq.Context() as context:
        return [
            _handshake(context, name, endpoint, wait_ms, _keys(name, curve))
            for name, endpoint in endpoints.items()
        ]


def _is_bound(name: str) -> bool:
    """Return whether the process itself listens at an endpoint; a trader's names have a venue."""
    return "." not in name and name.endswith(("_PUB_ENDPOINT", "TRADER_SUB_ENDPOINT"))


def _keys(name: str, curve: Curve | None) -> ClientKeys | None:
    own = None if curve is None else server_keys(curve)
    if curve is None or own is None:
        return None
    server = own.public if _is_bound(name) else (curve.server_key or "").encode()
    return ClientKeys(own.public, own.secret, server) if server else None


def _handshake(
    context: zmq.Context[zmq.Socket[bytes]],
    name: str,
    endpoint: str,
    wait_ms: int,
    keys: ClientKeys | None,
) -> Answer:
    # Who takes commands speaks with a DEALER, who publishes with a SUB, and with nobody else.
    takes_commands = name.endswith(("TRADER_SUB_ENDPOINT", "TRADING_ENGINE_SUB_ENDPOINT"))
    socket = context.socket(zmq.DEALER if takes_commands else zmq.SUB)
    socket.set(zmq.LINGER, 0)
    if keys is not None:
        keys.protect(socket)
    monitor = socket.get_monitor_socket(zmq.EVENT_ALL)
    try:
        socket.connect(endpoint)
        return _judged(monitor, name, wait_ms, has_keys=keys is not None)
    finally:
        socket.disable_monitor()
        monitor.close(0)
        socket.close(0)


def _judged(monitor: zmq.Socket[bytes], name: str, wait_ms: int, *, has_keys: bool) -> Answer:
    """Watch a connection until it is clear who is at its other end, or time is up.

    A protected server that is spoken to in the clear sometimes hangs up before it has said what
    it is, and says so at the next try.
    """
    clock = SystemClock()
    until_ns = clock.monotonic_ns() + wait_ms * 1_000_000
    last = "nobody there"
    while (left_ns := until_ns - clock.monotonic_ns()) > 0:
        if not monitor.poll(left_ns // 1_000_000 + 1):
            break
        event = recv_monitor_message(monitor)["event"]
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            return Answer(name, is_ok=True, detail="answers")
        if event == zmq.EVENT_CONNECTED:
            last = "a connection, but nobody speaks ZMTP there"
        elif event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
            detail = "answers, but not by CURVE" if has_keys else "answers, and wants a key"
            return Answer(name, is_ok=not has_keys, detail=detail)
        elif event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            # Who listens here himself need not be on his own list.
            is_ok = _is_bound(name)
            return Answer(name, is_ok=is_ok, detail="answers, and does not let our key in")
        elif event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL and has_keys:
            last = "a connection, but no handshake: is it the process whose key is SERVER_KEY?"
        elif event in {zmq.EVENT_CLOSED, zmq.EVENT_CONNECT_RETRIED} and last == "nobody there":
            break
    return Answer(name, is_ok=False, detail=last)
