"""Calls somebody: each thing once in a while, never twice a second, never in the way of work."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Alert", "AlertQueue"]

QUIET_NS: Final = 60_000_000_000
WAITING_MAX: Final = 100
CODES_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something somebody should know.

    Args:
        process: Whose.
        code: A word for the kind, by which alerts are counted.
        text: What happened; secrets taken out.
        ts_ns: When, since 1970.
        repeats: How many of the kind were kept back since the last one that was told.
    """

    process: str
    code: str
    text: str
    ts_ns: int
    repeats: int = 0


@dataclass(slots=True)
class AlertQueue:
    """Alerts that wait to be delivered; the same code is told once a minute, with its count."""

    quiet_ns: int = QUIET_NS
    dropped: int = 0
    _told_ns: dict[str, int] = field(default_factory=dict)
    _kept_back: dict[str, int] = field(default_factory=dict)
    _waiting: deque[Alert] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, process: str, code: str, text: str, *, ts_ns: int) -> Alert | None:
        """Take an alert, and return it if it is to be told."""
        told_ns = self._told_ns.get(code)
        if told_ns is not None and ts_ns - told_ns < self.quiet_ns:
            self._kept_back[code] = self._kept_back.get(code, 0) + 1
            return None
        if len(self._told_ns) >= CODES_MAX:
            self._told_ns.clear()
        self._told_ns[code] = ts_ns
        repeats = self._kept_back.pop(code, 0)
        alert = Alert(process=process, code=code, text=text, ts_ns=ts_ns, repeats=repeats)
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(alert)
        return alert

    def take(self) -> Iterator[Alert]:
        """Yield what waits, oldest first, and forget it."""
        while self._waiting:
            yield self._waiting.popleft()
