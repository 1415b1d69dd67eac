"""When a book's snapshot is asked for: at once at first, then ever more slowly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LEVELS: Final = 1_000
_MS: Final = 1_000_000
_WAIT_NS_MIN: Final = 250 * _MS
_WAIT_NS_MAX: Final = 30_000 * _MS
#: A book that held for so long is asked for at once again.
_CALM_NS: Final = 60_000 * _MS
_UNDER_WAY_MAX: Final = 5


@dataclass(slots=True)
class _Need:
    """A book's need of a snapshot."""

    is_asked: bool = False
    due_ns: int = 0
    wait_ns: int = 0
    good_ns: int = 0


@dataclass(slots=True)
class SnapshotQueue:
    """Says which books to ask for, at most five at a time: one weighs 20 of 2,400 a minute."""

    #: The books that want a snapshot that was not asked for yet.
    waiting: set[str] = field(default_factory=set, init=False)
    _needs: dict[str, _Need] = field(default_factory=dict, init=False)

    def need(self, symbol: str, now_ns: int, /) -> None:
        """Want a snapshot, unless one is on its way or waits for its turn."""
        need = self._needs.setdefault(symbol, _Need())
        if symbol in self.waiting or need.is_asked:
            return
        if need.good_ns and now_ns - need.good_ns > _CALM_NS:
            need.wait_ns = 0
        self.waiting.add(symbol)
        need.due_ns = now_ns + need.wait_ns
        need.wait_ns = min(max(2 * need.wait_ns, _WAIT_NS_MIN), _WAIT_NS_MAX)

    def answered(self, symbol: str, /) -> None:
        """Take note that a request came to an end, well or not."""
        if need := self._needs.get(symbol):
            need.is_asked = False

    def good(self, symbol: str, now_ns: int, /) -> None:
        """Take note that the book stands."""
        if need := self._needs.get(symbol):
            need.good_ns = now_ns
            self.waiting.discard(symbol)

    def forget(self, symbol: str, /) -> None:
        """Want nothing for a symbol any more."""
        self._needs.pop(symbol, None)
        self.waiting.discard(symbol)

    def due(self, now_ns: int, /) -> list[str]:
        """Return the books to ask for now."""
        room = _UNDER_WAY_MAX - sum(need.is_asked for need in self._needs.values())
        needs, waiting = self._needs, self.waiting
        ready = [s for s, need in needs.items() if s in waiting and need.due_ns <= now_ns]
        chosen = sorted(ready, key=lambda symbol: needs[symbol].due_ns)[: max(room, 0)]
        for symbol in chosen:
            needs[symbol].is_asked = True
            waiting.discard(symbol)
        return chosen
