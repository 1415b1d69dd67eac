"""One client of the streams: what it asked for, and what waits to be sent to it."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from tradecore.gateway.json_body import decode
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.stream.channel import ChannelName
from tradecore.identity.principal import Principal  # noqa: TC001 - a dataclass field
from tradecore.identity.refusals import Refusal
from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.gateway.floor import Floor
    from tradecore.gateway.settings import VenueSettings
    from tradecore.gateway.stream.channel import Channel
    from tradecore.gateway.stream.hub import Hub
    from tradecore.store.identity_service import IdentityService
    from tradecore.telemetry import Clock

__all__ = ["TRY_AGAIN_LATER", "VIOLATION", "Doors", "OpError", "Session"]

#: Closing codes of RFC 6455 and its registry.
VIOLATION: Final = 1008
TRY_AGAIN_LATER: Final = 1013
#: Messages that may wait for a client before books are told anew and it is let go otherwise.
WAITING_MAX: Final = 4_000
WAITING_CHARS_MAX: Final = 16_000_000
#: Messages of one public channel that may wait before they are replaced by a snapshot.
CONFLATE_AT: Final = 64
CHANNELS_PER_MESSAGE_MAX: Final = 100
_SCOPES: Final = {
    "orders": Scope.ORDERS_READ,
    "fills": Scope.ORDERS_READ,
    "positions": Scope.POSITIONS_READ,
    "risk": Scope.RISK_READ,
}


class OpError(Exception):
    """A message that is not done; the client is told why and goes on."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Doors(Protocol):
    """What a session needs of the venue's doors."""

    settings: VenueSettings
    clock: Clock
    floor: Floor
    identity: IdentityService
    hub: Hub


@dataclass(slots=True, eq=False)
class Session:
    """What a client asked for.

    Args:
        gateway: The venue's doors.
        wake: Called when there is something to send.
        close_code: Set when the line is to be closed.
    """

    gateway: Doors
    wake: Callable[[], None]
    close_code: int | None = None
    close_reason: str = ""
    _channels: dict[str, Channel] = field(default_factory=dict)
    _waiting: deque[tuple[Channel | None, str]] = field(default_factory=deque)
    _counts: dict[Channel, int] = field(default_factory=dict)
    _chars: int = 0
    #: Channels whose messages were dropped; they are told anew.
    _stale: dict[Channel, None] = field(default_factory=dict)
    _principal: Principal | None = None
    _token: str = ""

    # From the venue

    def hear(self, channel: Channel, text: str, /) -> None:
        """Queue a message; a slow client gets books anew, and never misses what is private."""
        if channel in self._stale or self.close_code is not None:
            return
        is_long = len(self._waiting) >= WAITING_MAX
        if channel.name.is_private:
            if is_long:
                self.close(TRY_AGAIN_LATER, "too slow for private events")
                return
        elif is_long or self._counts.get(channel, 0) >= CONFLATE_AT:
            self._drop(channel)
            return
        self._push(channel, text)

    def _push(self, channel: Channel | None, text: str) -> None:
        if self.close_code is not None:
            return
        if self._chars > WAITING_CHARS_MAX or len(self._waiting) > 4 * WAITING_MAX:
            self.close(VIOLATION, "answers are not read")
            return
        self._waiting.append((channel, text))
        self._chars += len(text)
        if channel is not None:
            self._counts[channel] = self._counts.get(channel, 0) + 1
        self.wake()

    def _drop(self, channel: Channel) -> None:
        self._waiting = deque(one for one in self._waiting if one[0] is not channel)
        self._chars = sum(len(text) for _, text in self._waiting)
        self._counts.pop(channel, None)
        self._stale[channel] = None
        self.wake()

    def close(self, code: int, reason: str) -> None:
        """Have the line closed, once what waits was dropped."""
        if self.close_code is None:
            self.close_code, self.close_reason = code, reason
            self._waiting.clear()
            self.wake()

    def take(self) -> str | None:
        """Return what is to be sent next; `None` if nothing is."""
        if self._waiting:
            channel, text = self._waiting.popleft()
            self._chars -= len(text)
            if channel is not None:
                left = self._counts[channel] - 1
                self._counts[channel] = left
                if not left:
                    del self._counts[channel]
            return text
        if self._stale:
            channel = next(iter(self._stale))
            del self._stale[channel]
            return self.gateway.hub.snapshot(channel)
        return None

    def leave(self) -> None:
        """Hear nothing any more."""
        for channel in self._channels.values():
            channel.listeners.pop(self, None)
        self._channels.clear()

    # From the client

    async def receive(self, text: str) -> None:
        """Do what a message asks for; what cannot be done is answered."""
        said: Any = None
        try:
            said = decode(text.encode("utf-8", "replace"), depth_max=4)
            await self._do(_message(said))
        except ProblemError as problem:
            self._refuse(said, problem.code, str(problem.detail))
        except OpError as error:
            self._refuse(said, error.code, error.detail)

    async def _do(self, said: dict[str, Any]) -> None:
        # What was executed and is not kept yet must not be seen, nor counted twice.
        await self.gateway.floor.queue.settled()
        match said["op"]:
            case "ping":
                self._answer(said, {"op": "pong"})
            case "auth":
                self.log_in(_text(said, "token"))
                self._answer(said, {"op": "auth", "user_id": self._logged_in().subject})
            case "subscribe":
                self._subscribe(said)
            case "unsubscribe":
                self._unsubscribe(said)
            case "resume":
                self._resume(said)
            case _:
                raise OpError("UNKNOWN_OP", "an op is auth, subscribe, unsubscribe, resume or ping")

    def log_in(self, token: str) -> None:
        """Take a token; private channels belong to its user from now on.

        Raises:
            OpError: If it does not hold, or is another user's than before.
        """
        found = self.gateway.identity.authenticate_token(token, self.gateway.clock.now_ns())
        if isinstance(found, Refusal):
            raise OpError("UNAUTHENTICATED", "the token does not hold")
        if self._principal is not None and self._principal.subject != found.subject:
            raise OpError("ANOTHER_USER", "a connection is one user's: open another")
        self._principal, self._token = found, token

    def check(self) -> None:
        """Close the line if its token ended meanwhile."""
        if self._principal is None:
            return
        found = self.gateway.identity.authenticate_token(self._token, self.gateway.clock.now_ns())
        if isinstance(found, Refusal):
            self.close(VIOLATION, "the token ended")
        else:
            self._principal = found

    def _logged_in(self) -> Principal:
        if self._principal is None:
            raise OpError("UNAUTHENTICATED", "a private channel needs auth first")
        return self._principal

    def _named(self, text: str) -> ChannelName:
        parsed = ChannelName.parse(text)
        if parsed is None:
            raise OpError("UNKNOWN_CHANNEL", f"there is no such channel: {text[:80]!r}")
        topic, symbol, depth = parsed
        scope = _SCOPES.get(topic)
        if scope is not None:
            principal = self._logged_in()
            if not principal.has(scope) or principal.account is None:
                raise OpError("FORBIDDEN", f"the scope {scope.value} and an account are needed")
            return ChannelName(topic, account=principal.account)
        if topic == "instruments":
            return ChannelName(topic)
        named = self.gateway.floor.names.find(symbol)
        if named is None:
            raise OpError("UNKNOWN_SYMBOL", "no such instrument is traded here")
        return ChannelName(topic, named, depth if topic == "book" else 0)

    def _listed(self, said: dict[str, Any]) -> list[str]:
        channels = said.get("channels")
        if (
            not isinstance(channels, list)
            or not 1 <= len(channels) <= CHANNELS_PER_MESSAGE_MAX
            or not all(isinstance(one, str) for one in channels)
        ):
            raise OpError(
                "BAD_MESSAGE", f"channels are a list of 1 to {CHANNELS_PER_MESSAGE_MAX} names"
            )
        return channels

    def _subscribe(self, said: dict[str, Any]) -> None:
        names = [self._named(text) for text in self._listed(said)]
        fresh = {name.text for name in names} - {*self._channels}
        most = self.gateway.settings.limits.subscriptions_max
        if len(self._channels) + len(fresh) > most:
            raise OpError("TOO_MANY_CHANNELS", f"a connection hears at most {most} channels")
        self._answer(
            said,
            {
                "op": "subscribed",
                "channels": [name.text for name in names],
                "epoch": self.gateway.hub.epoch,
            },
        )
        for name in names:
            channel = self._join(name)
            self._push(channel, self.gateway.hub.snapshot(channel))

    def _join(self, name: ChannelName) -> Channel:
        channel = self.gateway.hub.channel(name)
        channel.listeners[self] = None
        self._channels[name.text] = channel
        self._stale.pop(channel, None)
        return channel

    def _unsubscribe(self, said: dict[str, Any]) -> None:
        names = [self._named(text).text for text in self._listed(said)]
        for name in names:
            channel = self._channels.pop(name, None)
            if channel is not None:
                channel.listeners.pop(self, None)
                self._stale.pop(channel, None)
        self._answer(said, {"op": "unsubscribed", "channels": names})

    def _resume(self, said: dict[str, Any]) -> None:
        name, sequence = self._named(_text(said, "ch")), said.get("seq")
        if not isinstance(sequence, int) or isinstance(sequence, bool) or sequence < 0:
            raise OpError("BAD_MESSAGE", "seq is the number of the last message seen")
        if said.get("epoch", self.gateway.hub.epoch) != self.gateway.hub.epoch:
            raise OpError("RESUME_GONE", "the venue was started anew: subscribe")
        if name.text not in self._channels:
            most = self.gateway.settings.limits.subscriptions_max
            if len(self._channels) >= most:
                raise OpError("TOO_MANY_CHANNELS", f"a connection hears at most {most} channels")
        channel = self.gateway.hub.channel(name)
        missed = channel.after(sequence)
        if missed is None:
            raise OpError("RESUME_GONE", "messages since then are gone: subscribe")
        self._join(name)
        self._answer(said, {"op": "resumed", "ch": name.text, "seq": sequence})
        for text in missed:
            self._push(channel, text)

    def _answer(self, said: dict[str, Any], answer: dict[str, Any]) -> None:
        self._push(None, json.dumps({**answer, **_id_of(said)}, separators=(",", ":")))

    def _refuse(self, said: object, code: str, detail: str) -> None:
        body = {"op": "error", "code": code, "detail": detail, **_id_of(said)}
        self._push(None, json.dumps(body, separators=(",", ":")))


def _message(said: object) -> dict[str, Any]:
    if not isinstance(said, dict) or not isinstance(said.get("op"), str):
        raise OpError("BAD_MESSAGE", "a message is an object with an op")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise OpError("BAD_MESSAGE", f"{name} is a text")
    return value


def _id_of(said: object) -> dict[str, Any]:
    """Return the client's own number of a message, to be told again."""
    found = said.get("id") if isinstance(said, dict) else None
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        return {}
    return {"id": found[:64] if isinstance(found, str) else found}
