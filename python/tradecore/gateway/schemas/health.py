"""Health and performance."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradecore.gateway.numbers import Timestamp
from tradecore.gateway.schemas.base import Snake

__all__ = ["Component", "Health", "LatencySummary", "Performance"]


class Component(Snake):
    """One thing that was looked at."""

    status: Literal["pass", "warn", "fail"]
    observedValue: Any = None  # noqa: N815 - the name of the draft for health answers
    observedUnit: str | None = None  # noqa: N815 - the same
    time: Timestamp
    output: str | None = None


class Health(Snake):
    """Whether the venue can work."""

    status: Literal["pass", "warn", "fail"]
    version: str
    uptime_s: float
    checks: dict[str, list[Component]] = Field(default_factory=dict)


class LatencySummary(Snake):
    """How long something took, in microseconds: upper edges of buckets."""

    count: int
    p50_us: float
    p95_us: float
    p99_us: float
    max_us: float


class Performance(Snake):
    """Latencies and what the process takes."""

    uptime_s: float
    requests: LatencySummary
    orders: LatencySummary
    commands_per_s: float
    memory_bytes: int
    cpu_percent: float
    threads: int
