"""Drives codecs: carries out what they ask for, and feeds them what came of it.

One pump serves any number of codecs, whatever their venues. It decides nothing about orders. What
a codec concludes goes to `on_events` in the same turn of the event loop in which the frame was
read, and whoever is called may `flush` a codec to have its frames written before returning.
"""

from __future__ import annotations

import asyncio
import collections
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, assert_never

from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Close,
    Connect,
    ExchangeBatchSubscriber,
    Failure,
    Fate,
    Frame,
    HttpRequest,
    HttpResponse,
    Message,
    Repeat,
)
from tradecore.transport.backoff import Backoff, BackoffRules
from tradecore.transport.channel import Channel, ChannelState
from tradecore.transport.websocket import WebSocketSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import Codec, Event, Incoming
    from tradecore.exchanges.base.budget import VenueBudget
    from tradecore.telemetry import Clock
    from tradecore.transport.breaker import Breaker

__all__ = ["Pump", "PumpSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSettings:
    """How a pump behaves.

    Args:
        websocket: Limits of connections.
        backoff: Waits between tries to connect.
        overlap_ns: How long a connection lives beside the one that replaces it.
        tick_ns: How often codecs are told that time passes.
        repeats_max: How often a safe request is sent again after it got no answer.
        repeats: Waits between repeats of a safe request.
        requests_max: Requests of one codec under way or waiting; one more is refused.
    """

    websocket: WebSocketSettings = field(default_factory=WebSocketSettings)
    backoff: BackoffRules = field(default_factory=BackoffRules)
    overlap_ns: int = 5_000_000_000
    tick_ns: int = 200_000_000
    repeats_max: int = 3
    repeats: BackoffRules = field(default_factory=BackoffRules)
    requests_max: int = 1_000


@dataclass(slots=True)
class _Driven:
    """A codec with its channels and requests; hears its channels."""

    pump: Pump
    codec: Codec
    #: Called with the codec and what it concluded.
    hear: Callable[[Codec, Sequence[Event]], None]
    channels: dict[str, Channel] = field(default_factory=dict)
    requests: set[asyncio.Task[None]] = field(default_factory=set)
    batches: ExchangeBatchSubscriber | None = field(init=False)

    def __post_init__(self) -> None:
        codec: object = self.codec
        self.batches = codec if isinstance(codec, ExchangeBatchSubscriber) else None

    def messages(self, channel: str, frames: list[bytes], generation: int, /) -> None:
        """Hear messages: all in one go if the codec can, else each by itself."""
        if self.batches is not None and self.batches.tells_updates:
            self.pump.deliver_many(self, self.batches, channel, frames, generation)
            return
        for data in frames:
            if channel in self.channels:
                self.pump.deliver(self, Message(channel, data, generation))

    def send(self, channel: str, text: str, generation: int) -> bool:
        """Write a message that must not be repeated; return whether it left, as a whole."""
        found = self.channels.get(channel)
        live = None if found is None else found.live.get(generation)
        return live is not None and live.socket.send(text) is None

    def up(self, channel: str, generation: int, /) -> None:
        """Hear that a connection is open."""
        self.pump.deliver(self, ChannelUp(channel=channel, generation=generation))

    def down(self, channel: str, generation: int, reason: str, /) -> None:
        """Hear that the last connection is gone."""
        self.pump.deliver(self, ChannelDown(channel=channel, generation=generation, reason=reason))

    def alarm(self, channel: str, attempts: int, reason: str, /) -> None:
        """Hear that a channel does not come up."""
        self.pump.alarm(self.codec, channel, attempts, reason)


class Http(Protocol):
    """What sends requests, such as an `HttpClient`."""

    async def send(self, request: HttpRequest, /) -> HttpResponse | Failure:
        """Send once, and return the whole answer, or what is known of its absence."""


class Pump:
    """Drives codecs on the running event loop.

    Args:
        http: Sends requests.
        clock: Stamps what comes.
        on_events: Called with a codec and what it concluded; never with nothing.
        random: Numbers in [0, 1) for the jitter of waits.
        settings: How it behaves.
        on_alarm: Called with a codec, a channel, the tries in a row and the last reason.
        budget: What safe requests and frames are taken from before they are sent. Orders and
            all else that must not be repeated are taken from it by whoever submits them, and never
            wait here.
        venue_ns: Turns our time into the venue's, by which the budget counts.
        breaker: Keeps safe requests from a venue that does not answer.
    """

    def __init__(
        self,
        *,
        http: Http,
        clock: Clock,
        on_events: Callable[[Codec, Sequence[Event]], None],
        random: Callable[[], float],
        settings: PumpSettings | None = None,
        on_alarm: Callable[[Codec, str, int, str], None] | None = None,
        budget: VenueBudget | None = None,
        venue_ns: Callable[[int], int] | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._http = http
        self._clock = clock
        self._on_events = on_events
        self._random = random
        self._settings = PumpSettings() if settings is None else settings
        self._on_alarm = on_alarm
        self._budget = budget
        self._venue_ns = venue_ns
        self._breaker = breaker
        self._driven: dict[int, _Driven] = {}
        self._failed: collections.deque[BaseException] = collections.deque(maxlen=1)
        self._wake = asyncio.Event()

    def add(
        self, codec: Codec, hear: Callable[[Codec, Sequence[Event]], None] | None = None
    ) -> Callable[[str, str, int], bool]:
        """Drive a codec from now on; what it wants already is done at once.

        Args:
            codec: Whose frames and requests are carried out.
            hear: Called with what it concludes, in the place of `on_events`.

        Returns:
            A way past `pending` for a message that must not be repeated: called with the channel,
            the text and the connection's generation it has written it when it returns `True`;
            `False` means that not a byte of it was taken.
        """
        driven = self._driven[id(codec)] = _Driven(self, codec, hear or self._on_events)
        self.flush(codec)
        return driven.send

    def flush(self, codec: Codec) -> None:
        """Carry out what a codec wants now: frames are in the socket when this returns.

        May be called from within `on_events`. What could not be sent is told to the codec
        after the present turn, never from within this call.
        """
        driven = self._driven[id(codec)]
        for outgoing in codec.pending():
            if isinstance(outgoing, Frame):
                self._send(driven, outgoing)
            else:
                self._carry_out(driven, outgoing)

    def states(self) -> tuple[ChannelState, ...]:
        """Return how every channel fares."""
        return tuple(
            channel.state()
            for driven in self._driven.values()
            for channel in driven.channels.values()
        )

    def channels(self, codec: Codec) -> tuple[ChannelState, ...]:
        """Return how the channels of one codec fare."""
        return tuple(channel.state() for channel in self._driven[id(codec)].channels.values())

    async def run(self) -> None:
        """Let time pass for the codecs until canceled.

        Raises:
            Exception: What `on_events` or a codec raised: a mistake of ours, not of the world.
        """
        while True:
            if self._failed:
                raise self._failed.popleft()
            now_ns = self._clock.now_ns()
            for driven in list(self._driven.values()):
                events = driven.codec.tick(now_ns)
                if events:
                    driven.hear(driven.codec, events)
                self.flush(driven.codec)
            try:
                async with asyncio.timeout(self._settings.tick_ns / 1e9):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    async def aclose(self) -> None:
        """Close every channel, and give up every request under way."""
        channels = [c for driven in self._driven.values() for c in driven.channels.values()]
        tasks = [task for driven in self._driven.values() for task in driven.requests]
        for task in tasks:
            task.cancel()
        for channel in channels:
            channel.close("going away")
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in channels:
            await channel.wait_closed()
        self._driven.clear()

    def deliver(self, driven: _Driven, incoming: Incoming) -> None:
        """Feed a codec, hand on what it concludes, and send what it wants: all in this turn."""
        codec = driven.codec
        try:
            events = codec.receive(incoming, self._clock.now_ns())
            if events:
                driven.hear(codec, events)
            for outgoing in codec.pending():
                self._carry_out(driven, outgoing)
        except Exception as error:  # noqa: BLE001 - raised again by `run`, not into a socket
            self._fail(error)

    def deliver_many(
        self,
        driven: _Driven,
        codec: ExchangeBatchSubscriber,
        channel: str,
        frames: list[bytes],
        generation: int,
    ) -> None:
        """Feed a codec messages that came together, as `deliver` does one by one."""
        try:
            events = codec.receive_many(channel, frames, generation, self._clock.now_ns())
            if events:
                driven.hear(driven.codec, events)
            for outgoing in driven.codec.pending():
                self._carry_out(driven, outgoing)
        except Exception as error:  # noqa: BLE001 - the same
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._failed.append(error)
        self._wake.set()

    def alarm(self, codec: Codec, channel: str, attempts: int, reason: str) -> None:
        """Pass on that a channel does not come up."""
        if self._on_alarm is not None:
            self._on_alarm(codec, channel, attempts, reason)

    def _carry_out(self, driven: _Driven, outgoing: Connect | Frame | HttpRequest | Close) -> None:
        match outgoing:
            case Frame():
                self._send(driven, outgoing)
            case HttpRequest():
                self._request(driven, outgoing)
            case Connect():
                self._connect(driven, outgoing)
            case Close():
                channel = driven.channels.pop(outgoing.channel, None)
                if channel is not None:
                    channel.close(outgoing.reason)
            case _:
                assert_never(outgoing)

    def _wait_ns(self, what: Frame | HttpRequest) -> int:
        """Take a safe thing's cost and return 0, or return how long it has to wait."""
        cost = what.cost
        if self._budget is None or what.repeat is Repeat.NEVER or not (cost.weight or cost.orders):
            return 0
        now_ns = self._clock.now_ns()
        return self._budget.acquire(cost, self._venue_ns(now_ns) if self._venue_ns else now_ns)

    def _send(self, driven: _Driven, frame: Frame) -> None:
        wait_ns = 0 if frame.repeat is Repeat.NEVER else self._wait_ns(frame)
        if wait_ns:
            asyncio.get_running_loop().call_later(wait_ns / 1e9, self._send, driven, frame)
            return
        channel = driven.channels.get(frame.channel)
        if channel is None:
            refusal: str | None = f"no such channel was asked for: channel={frame.channel}"
        else:
            refusal = channel.send(frame.text, frame.generation)
        if refusal is not None:
            self._not_sent(driven, frame, refusal)

    def _not_sent(self, driven: _Driven, what: Frame | HttpRequest, reason: str) -> None:
        failure = Failure(request=what, fate=Fate.NOT_SENT, reason=reason)
        asyncio.get_running_loop().call_soon(self.deliver, driven, failure)

    def _connect(self, driven: _Driven, connect: Connect) -> None:
        channel = driven.channels.get(connect.channel)
        if channel is not None:
            channel.replace(connect)
            return
        channel = driven.channels[connect.channel] = Channel(
            connect=connect,
            ears=driven,
            settings=self._settings.websocket,
            backoff=Backoff(self._random, self._settings.backoff),
            clock=self._clock,
            overlap_ns=self._settings.overlap_ns,
        )
        channel.start()

    def _request(self, driven: _Driven, request: HttpRequest) -> None:
        if len(driven.requests) >= self._settings.requests_max:
            limit = self._settings.requests_max
            self._not_sent(driven, request, f"too many requests wait: requests_max={limit}")
            return
        task = asyncio.get_running_loop().create_task(self._exchange(driven, request))
        driven.requests.add(task)
        task.add_done_callback(driven.requests.discard)

    async def _exchange(self, driven: _Driven, request: HttpRequest) -> None:
        """Send a request; one that is safe, again a few times if no answer came."""
        backoff = Backoff(self._random, self._settings.repeats)
        while True:
            answer = await self._once(request)
            is_final = (
                isinstance(answer, HttpResponse)
                or request.repeat is Repeat.NEVER
                or backoff.attempts >= self._settings.repeats_max
            )
            if is_final:
                break
            await asyncio.sleep(backoff.next_ns() / 1e9)
        self.deliver(driven, answer)

    async def _once(self, request: HttpRequest) -> HttpResponse | Failure:
        """Send once; a safe request only when the budget and the breaker let it."""
        breaker = self._breaker if request.repeat is Repeat.SAFE else None
        if breaker is not None and not breaker.admit(self._clock.monotonic_ns()):
            reason = f"{request.method} {request.path}: the venue did not answer before"
            return Failure(request=request, fate=Fate.NOT_SENT, reason=reason)
        wait_ns = self._wait_ns(request)
        while wait_ns:
            await asyncio.sleep(wait_ns / 1e9)
            wait_ns = self._wait_ns(request)
        answer = await self._http.send(request)
        if breaker is not None:
            if isinstance(answer, Failure):
                breaker.fail(self._clock.monotonic_ns())
            else:
                breaker.succeed()
        return answer
