"""Time as an argument: the one place that reads a clock, and one that is set by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock"]


class Clock(Protocol):
    """Tell the time, twice: when it is, and how long it has been."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch, UTC; may step when the machine is set."""
        ...

    def monotonic_ns(self) -> int:
        """Return nanoseconds since an arbitrary moment; never goes back."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clocks.

    They are asked several times for each order: the functions themselves stand here.
    """

    now_ns = staticmethod(time.time_ns)  # noqa: TID251 - the one place that may
    monotonic_ns = staticmethod(time.monotonic_ns)


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is moved.

    Args:
        wall_ns: What `now_ns` says at first, nanoseconds since the Unix epoch.
        uptime_ns: What `monotonic_ns` says at first.
    """

    wall_ns: int = 0
    uptime_ns: int = 0

    def now_ns(self) -> int:
        """Return the wall time it was moved to, nanoseconds since the Unix epoch."""
        return self.wall_ns

    def monotonic_ns(self) -> int:
        """Return the nanoseconds it was advanced by in all."""
        return self.uptime_ns

    def advance(self, by_ns: int) -> None:
        """Let time pass on both clocks.

        Raises:
            ValueError: If `by_ns` is negative.
        """
        if by_ns < 0:
            raise ValueError(f"time passes forward only: by_ns={by_ns}")
        self.wall_ns += by_ns
        self.uptime_ns += by_ns

    def step_wall(self, to_ns: int) -> None:
        """Set the wall clock, back too, as an NTP step does; the monotonic clock stays."""
        self.wall_ns = to_ns
