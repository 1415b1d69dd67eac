"""Guessing made slow: who failed often enough is not listened to for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

__all__ = ["LoginThrottle"]

MINUTE_NS: Final = 60 * 1_000_000_000


@dataclass(slots=True)
class LoginThrottle:
    """Counts failures of a login from an address, so that nobody locks out somebody elsewhere.

    Args:
        failures_max: Failures after which no further attempt is looked at.
        window_ns: How long the first of them counts.
        entries_max: Pairs of login and address remembered; the oldest is forgotten first.
    """

    failures_max: int = 10
    window_ns: int = 15 * MINUTE_NS
    entries_max: int = 10_000
    _failures: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict, init=False)

    def wait_ns(self, login: str, peer: str, *, now_ns: int) -> int:
        """Return how long to wait before the next attempt, nanoseconds; 0 for not at all."""
        first_ns, count = self._failures.get((login, peer), (now_ns, 0))
        left_ns = first_ns + self.window_ns - now_ns
        return left_ns if count >= self.failures_max and left_ns > 0 else 0

    def fail(self, login: str, peer: str, *, now_ns: int) -> None:
        """Count a failure."""
        first_ns, count = self._failures.pop((login, peer), (now_ns, 0))
        if now_ns - first_ns >= self.window_ns:
            first_ns, count = now_ns, 0
        if len(self._failures) >= self.entries_max:
            del self._failures[next(iter(self._failures))]
        self._failures[login, peer] = (first_ns, count + 1)

    def succeed(self, login: str, peer: str) -> None:
        """Forget the failures of a login that then succeeded."""
        self._failures.pop((login, peer), None)
