"""A circuit breaker: after failures in a row, leave the other side alone and then try once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Breaker", "BreakerState"]


class BreakerState(Enum):
    """Whether requests pass."""

    CLOSED = "closed"
    OPEN = "open"
    #: One request is let through to see.
    HALF_OPEN = "half-open"


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Refuses after `failures_max` failures in a row; after `rest_ns`, lets one try.

    Args:
        failures_max: Failures in a row that open it.
        rest_ns: How long it stays open.
    """

    failures_max: int = 5
    rest_ns: int = 5_000_000_000
    state: BreakerState = field(default=BreakerState.CLOSED, init=False)
    _failures: int = field(default=0, init=False)
    _opened_ns: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.failures_max < 1 or self.rest_ns < 1:
            raise ValueError(
                "a circuit breaker needs failures_max >= 1 and rest_ns >= 1: "
                f"failures_max={self.failures_max}, rest_ns={self.rest_ns}"
            )

    def admit(self, now_ns: int) -> bool:
        """Return whether a request may be made; whoever is admitted reports how it went."""
        if self.state is BreakerState.CLOSED:
            return True
        if self.state is BreakerState.OPEN and now_ns - self._opened_ns >= self.rest_ns:
            self.state = BreakerState.HALF_OPEN
            return True
        return False

    def succeed(self) -> None:
        """Take note that a request was answered, whatever the answer."""
        self.reset()

    def fail(self, now_ns: int) -> None:
        """Take note that a request was not answered."""
        self._failures += 1
        if self.state is BreakerState.HALF_OPEN or self._failures >= self.failures_max:
            self.state = BreakerState.OPEN
            self._opened_ns = now_ns

    def reset(self) -> None:
        """Close it, by hand or because something worked."""
        self.state = BreakerState.CLOSED
        self._failures = 0
