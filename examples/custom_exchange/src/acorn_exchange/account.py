"""The private stream: who we are is proved in the first message, then events follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from acorn_exchange.messages import (
    Fill,
    MalformedError,
    Order,
    Position,
    Ready,
    Refusal,
    Said,
    Wallet,
    read_said,
    write,
)
from acorn_exchange.readings import balance_of, position_of, update_of_fill, update_of_order
from acorn_exchange.requests import Desk
from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Connect,
    Fault,
    Faulted,
    FaultKind,
    Frame,
    Message,
    StreamLost,
    StreamReady,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ConnectorSettings, Event, Incoming, Outgoing

CHANNEL: Final = "private"


class AcornPMS:
    """Keeps the private stream and reads it; see `tradecore.exchanges.base.ExchangePMS`."""

    def __init__(self, settings: ConnectorSettings, /) -> None:
        """Wait for `start`."""
        self._settings = settings
        self._desk = Desk(settings, "stream")
        self._out: list[Outgoing] = []
        self._generation = 0
        self._is_live = False

    @property
    def is_live(self) -> bool:
        """Whether what happens now will be told."""
        return self._is_live

    def start(self, now_ns: int, /) -> None:
        """Ask for the stream."""
        del now_ns
        urls, age_ns = self._settings.endpoints.urls(CHANNEL), self._settings.max_age_ns
        self._out.append(Connect(channel=CHANNEL, urls=urls, max_age_ns=age_ns))

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Nothing here depends on time: the pump watches the connection."""
        del now_ns
        return ()

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take what came; hostile input is a fault, and changes nothing."""
        match incoming:
            case Message(channel=channel, data=data) if channel == CHANNEL:
                return self._heard(data, incoming.generation, ts_recv_ns)
            case ChannelUp(channel=channel, generation=generation) if channel == CHANNEL:
                self._generation = max(generation, self._generation)
                proof = self._desk.proof(b"listen", venue_ns=ts_recv_ns)
                text = write({"op": "prove", **proof}).decode()
                self._out.append(Frame(channel=CHANNEL, text=text, generation=generation))
                return []
            case ChannelDown(channel=channel, generation=generation) if channel == CHANNEL:
                if generation < self._generation or not self._is_live:
                    return []
                self._is_live = False
                return [StreamLost(channel=CHANNEL, reason=incoming.reason)]
            case _:
                return []

    def _heard(self, data: bytes, generation: int, ts_recv_ns: int) -> list[Event]:
        try:
            return self._said(read_said(data), generation, ts_recv_ns)
        except MalformedError as error:
            return [_fault(FaultKind.MALFORMED, "MALFORMED", str(error)[:200])]

    def _said(self, said: Said, generation: int, ts_recv_ns: int) -> list[Event]:
        events: list[Event] = []
        match said:
            case Ready() if generation == self._generation and not self._is_live:
                self._is_live = True
                events = [StreamReady(channel=CHANNEL)]
            case Order() if self._is_live:
                events = [update_of_order(said, ts_recv_ns)]
            case Fill() if self._is_live:
                events = [update_of_fill(said, ts_recv_ns)]
            case Position():
                events = [position_of(said)]
            case Wallet():
                events = [balance_of(said)]
            case Refusal():
                events = [_fault(FaultKind.AUTH, said.code[:64], said.text[:200])]
            case _:
                pass
        return events


def _fault(kind: FaultKind, code: str, text: str) -> Faulted:
    return Faulted(fault=Fault(kind=kind, code=code, text=text, where=CHANNEL))
