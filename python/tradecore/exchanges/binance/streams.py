"""Names of public streams, the connection each belongs to, and what was asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import Frame
from tradecore.exchanges.base.outgoing import Cost, Repeat
from tradecore.exchanges.binance.messages import Control

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.model import Subscription

PUBLIC: Final = "public"
MARKET: Final = "market"
STREAMS_MAX: Final = 1_024
"""Most streams of a connection."""
_NAMES_MAX: Final = 200
_PER_SECOND_MAX: Final = 8
_NS_PER_S: Final = 1_000_000_000
_ANSWER_NS_MAX: Final = 10 * _NS_PER_S
INTERVALS: Final[dict[str, int]] = {
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "4h": 14_400,
    "6h": 21_600,
    "8h": 28_800,
    "12h": 43_200,
    "1d": 86_400,
    "3d": 259_200,
    "1w": 604_800,
}
"""Periods of candles, in seconds."""
_DEPTH_SPEEDS: Final = ((100, "@100ms"), (250, ""))


def depth_speed(depth_ms: int) -> str:
    """Return how the fastest stream of books that is no faster than asked is written."""
    return next((text for most, text in _DEPTH_SPEEDS if depth_ms <= most), "@500ms")


def streams_of(subscription: Subscription, /, *, depth_ms: int) -> dict[str, set[str]]:
    """Return the streams a subscription needs, by connection.

    Raises:
        InputError: If a period of candles is none the venue has.
    """
    name = subscription.symbol.lower()
    public: set[str] = set()
    market: set[str] = set()
    if subscription.book or subscription.book_deltas:
        public.add(f"{name}@depth{depth_speed(depth_ms)}")
    if subscription.quotes:
        public.add(f"{name}@bookTicker")
    if subscription.trades:
        public.add(f"{name}@trade")
    if subscription.ticker:
        market.add(f"{name}@ticker")
    if subscription.mark_price or subscription.funding_rate:
        market.add(f"{name}@markPrice@1s")
    for period in subscription.bars:
        if period not in INTERVALS:
            known = " ".join(INTERVALS)
            raise InputError(f"a period of bars is one of {known}: bars={period!r}")
        market.add(f"{name}@kline_{period}")
    return {PUBLIC: public, MARKET: market}


@dataclass(slots=True)
class Controls:
    """What a connection's channel is to carry, and the requests that bring it there.

    A connection takes ten messages a second, pings included; this sends eight.

    Args:
        channel: Which.
    """

    channel: str
    wanted: set[str] = field(default_factory=set, init=False)
    _generation: int = field(default=0, init=False)
    _asked: set[str] = field(default_factory=set, init=False)
    _waiting: dict[int, tuple[str, int]] = field(default_factory=dict, init=False)
    _number: int = field(default=0, init=False)
    _sent_ns: list[int] = field(default_factory=list, init=False)

    @property
    def is_up(self) -> bool:
        """Whether a connection is open."""
        return self._generation > 0

    def want(self, streams: Iterable[str], /) -> None:
        """Add streams.

        Raises:
            InputError: If they would be more than a connection may carry.
        """
        union = self.wanted | set(streams)
        if len(union) > STREAMS_MAX:
            raise InputError(
                f"a connection carries at most {STREAMS_MAX} streams: channel={self.channel},"
                f" streams={len(union)}"
            )
        self.wanted = union

    def up(self, generation: int, /) -> None:
        """Begin anew on a new connection."""
        if generation > self._generation:
            self._generation = generation
            self._asked.clear()
            self._waiting.clear()
            self._sent_ns.clear()

    def down(self, generation: int, /) -> bool:
        """Forget a connection; return whether it was the newest."""
        if generation < self._generation:
            return False
        self._generation = 0
        return True

    def answered(self, number: object, /) -> str | None:
        """Take an answer, and return what it answers; `None` if nothing is waiting for it."""
        is_ours = isinstance(number, int) and number in self._waiting
        return self._waiting.pop(number)[0] if is_ours and isinstance(number, int) else None

    def overdue(self, now_ns: int, /) -> list[str]:
        """Return requests that got no answer; what they were about is asked for again."""
        late = [n for n, (_, sent_ns) in self._waiting.items() if now_ns - sent_ns > _ANSWER_NS_MAX]
        texts = [self._waiting.pop(number)[0] for number in late]
        if texts:
            self._asked.clear()
        return texts

    def frames(self, now_ns: int, /) -> list[Frame]:
        """Return the requests that bring the connection to what is wanted, as many as may go."""
        frames: list[Frame] = []
        if not self.is_up:
            return frames
        self._sent_ns = [one for one in self._sent_ns if now_ns - one < _NS_PER_S]
        while len(self._sent_ns) < _PER_SECOND_MAX:
            if missing := sorted(self.wanted - self._asked)[:_NAMES_MAX]:
                self._asked |= set(missing)
                frames.append(self._frame("SUBSCRIBE", missing, now_ns))
            elif surplus := sorted(self._asked - self.wanted)[:_NAMES_MAX]:
                self._asked -= set(surplus)
                frames.append(self._frame("UNSUBSCRIBE", surplus, now_ns))
            else:
                break
            self._sent_ns.append(now_ns)
        return frames

    def _frame(self, method: str, names: list[str], now_ns: int) -> Frame:
        self._number += 1
        self._waiting[self._number] = (method, now_ns)
        control = Control(method=method, params=tuple(names), id=self._number)
        return Frame(
            channel=self.channel,
            text=control.encode().decode(),
            request_id=str(self._number),
            cost=Cost(weight=0),
            repeat=Repeat.SAFE,
            generation=self._generation,
        )
