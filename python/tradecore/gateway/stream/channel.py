"""One channel: its numbers without a gap, the last messages, and who listens."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from msgspec import Struct

from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PRIVATE_TOPICS", "Channel", "ChannelName", "Listener"]

KEPT: Final = 1_024
DEPTH_DEFAULT: Final = 20
DEPTH_MAX: Final = 1_000
PRIVATE_TOPICS: Final = frozenset({"orders", "fills", "positions", "risk"})
_NAME: Final = re.compile(
    r"(?P<topic>book|trades):(?P<symbol>[A-Za-z0-9/_-]{1,50})(?::(?P<depth>[0-9]{1,4}))?"
    r"|(?P<whole>instruments|orders|fills|positions|risk)"
)


class Listener(Protocol):
    """Somebody who hears a channel."""

    def hear(self, channel: Channel, text: str, /) -> None:
        """Take a message of a channel."""


class ChannelName(Struct, frozen=True):
    """What a channel is of.

    Args:
        topic: `book trades instruments orders fills positions risk`.
        symbol: Of a public one, the venue's own name.
        depth: Levels of a book.
        account: Of a private one.
    """

    topic: str
    symbol: str = ""
    depth: int = 0
    account: int | None = None

    @property
    def is_private(self) -> bool:
        """Return whether only its account hears it."""
        return self.topic in PRIVATE_TOPICS

    @property
    def text(self) -> str:
        """Return how messages call it."""
        if self.topic == "book":
            return f"book:{self.symbol}:{self.depth}"
        return f"trades:{self.symbol}" if self.topic == "trades" else self.topic

    @staticmethod
    def parse(text: str) -> tuple[str, str, int] | None:
        """Return topic, symbol as spelled, and depth of a name; `None` if it is none."""
        found = _NAME.fullmatch(text)
        if found is None:
            return None
        if found["whole"]:
            return found["whole"], "", 0
        depth = int(found["depth"] or DEPTH_DEFAULT)
        if found["topic"] == "trades" and found["depth"] is not None:
            return None
        if not 1 <= depth <= DEPTH_MAX:
            return None
        return found["topic"], found["symbol"], depth


@dataclass(slots=True, eq=False)
class Channel:
    """A numbered stream.

    Args:
        name: What it is of.
    """

    name: ChannelName
    sequence: int = 0
    listeners: dict[Listener, None] = field(default_factory=dict)
    _last: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))

    def publish(self, data: object, *, ts_ns: int) -> None:
        """Number a change and let everybody hear it."""
        self.sequence += 1
        text = self.message("update", data, ts_ns=ts_ns)
        self._last.append(text)
        for listener in [*self.listeners]:
            listener.hear(self, text)

    def message(self, kind: Literal["snapshot", "update"], data: object, *, ts_ns: int) -> str:
        """Return a message that bears the number reached."""
        body: dict[str, Any] = {
            "ch": self.name.text,
            "seq": self.sequence,
            "ts": iso_utc(ts_ns),
            "type": kind,
            "data": data,
        }
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False)

    def after(self, sequence: int) -> Iterator[str] | None:
        """Yield the changes behind a number; `None` if some of them are gone."""
        missing = self.sequence - sequence
        if missing < 0 or missing > len(self._last):
            return None
        return iter([*self._last][len(self._last) - missing :])
