"""What a process takes of the machine, held against what it was allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tradecore.telemetry.usage import Usage, usage_now

__all__ = ["ResourceWatch", "Usage", "Verdict", "usage_now"]

WARNING_PART: Final = 0.9
WINDOW_NS: Final = 10_000_000_000
MIB: Final = 2**20


class Verdict(Enum):
    """What a measurement means."""

    FINE = "fine"
    MEMORY_NEAR = "memory near its limit"
    MEMORY_OVER = "memory over its limit"
    CPU_OVER = "processor time over its limit"


@dataclass(slots=True)
class ResourceWatch:
    """Judges measurements; each kind of excess is told once until it has passed.

    Args:
        memory_limit_mb: Most resident memory in MiB; `None` for no limit.
        cpu_limit_percent: Most processor time of one core; `None` for no limit.
    """

    memory_limit_mb: int | None
    cpu_limit_percent: int | None
    cpu_percent: float = 0.0
    _samples: list[tuple[int, int]] = field(default_factory=list)
    _told: set[Verdict] = field(default_factory=set)

    def see(self, usage: Usage, now_ns: int) -> list[Verdict]:
        """Take a measurement, and return what is news about it.

        Args:
            usage: What was measured.
            now_ns: When, by the monotonic clock.
        """
        self._samples.append((now_ns, usage.cpu_ns))
        while len(self._samples) > 2 and self._samples[1][0] <= now_ns - WINDOW_NS:  # noqa: PLR2004
            self._samples.pop(0)
        began_ns, began_cpu_ns = self._samples[0]
        if now_ns > began_ns:
            self.cpu_percent = 100 * (usage.cpu_ns - began_cpu_ns) / (now_ns - began_ns)
        is_whole = now_ns - began_ns >= WINDOW_NS
        memory = usage.memory_bytes / MIB
        limit = self.memory_limit_mb
        found = {
            Verdict.MEMORY_OVER: limit is not None and memory >= limit,
            Verdict.MEMORY_NEAR: limit is not None and limit * WARNING_PART <= memory < limit,
            Verdict.CPU_OVER: self.cpu_limit_percent is not None
            and is_whole
            and self.cpu_percent > self.cpu_limit_percent,
        }
        news = [verdict for verdict, holds in found.items() if holds and verdict not in self._told]
        self._told = {verdict for verdict, holds in found.items() if holds}
        return news
