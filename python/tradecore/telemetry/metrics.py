"""What a process counts and measures: for Prometheus, and as one `METRICS` line for people.

Nothing here reads a clock: whoever measures says how long it took.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, Literal

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["LATENCY_BUCKETS_S", "Latency", "ProcessMetrics"]

LATENCY_BUCKETS_S: Final = (
    *(0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5),
    *(0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
NS: Final = 1_000_000_000
Stage = Literal["tick_to_order", "order_to_wire", "order_to_ack", "http", "loop"]
Connection = Literal["down", "connecting", "up"]
_CONNECTION: Final = {"down": 0, "connecting": 1, "up": 2}


class Latency:
    """Counts of durations in the buckets of `LATENCY_BUCKETS_S` since the last line."""

    __slots__ = ("_counts", "count", "longest_ns")

    def __init__(self) -> None:
        self._counts = [0] * (len(LATENCY_BUCKETS_S) + 1)
        self.count = 0
        self.longest_ns = 0

    def add(self, took_ns: int) -> None:
        """Count a duration, in nanoseconds."""
        self._counts[bisect_left(LATENCY_BUCKETS_S, took_ns / NS)] += 1
        self.count += 1
        self.longest_ns = max(self.longest_ns, took_ns)

    def quantile_us(self, part: float) -> float:
        """Return the upper edge of the bucket in which a part of all ends, in microseconds.

        The longest of all where that is lower; 0 without any.
        """
        wanted, seen = part * self.count, 0
        for edge, count in zip(LATENCY_BUCKETS_S, self._counts, strict=False):
            seen += count
            if count and seen >= wanted:
                return min(edge * 1e6, self.longest_ns / 1e3)
        return self.longest_ns / 1e3


class ProcessMetrics:
    """The metrics of one process, on the registry passed in.

    Args:
        registry: Where they are registered; one process has one.
        process: Its name, a label of every sample.
    """

    def __init__(self, registry: CollectorRegistry, *, process: str) -> None:
        """Register every metric; they are there from the start, at 0."""
        self.registry = registry

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, ("process", *labels), registry=registry)

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(name, about, ("process", *labels), registry=registry)

        self._process = process
        self._orders = counter("orders", "Orders by what became of them.", "event")
        self._requests = counter("http_requests", "HTTP requests by status.", "status")
        self._messages = counter("websocket_messages", "WebSocket messages.", "channel")
        self._bus = counter("bus_messages", "Messages between processes.", "stream", "way")
        self._errors = counter("errors", "Errors by kind.", "kind")
        self._gaps = counter("stream_gaps", "Gaps noticed in a stream.", "stream")
        self._replays = counter("replay", "Messages asked for again.", "stream")
        self._connections = gauge(
            "connection_state", "A channel: 0 down, 1 connecting, 2 up.", "channel"
        )
        self._unknown = gauge("unknown_orders", "Orders whose outcome is not known.")
        self._queue = gauge("queue_depth", "What waits.", "queue")
        self._deadman = gauge("deadman_remaining_seconds", "Until the venue cancels everything.")
        self._memory = gauge("memory_bytes", "Resident memory.")
        self._cpu = gauge("cpu_percent", "Processor time of one core.")
        self._latency = Histogram(
            "latency_seconds",
            "How long a stage takes.",
            ("process", "stage"),
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._totals: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._states: dict[str, float] = {}
        self._recent: dict[str, Latency] = {}
        for quiet in (self._unknown, self._deadman, self._memory, self._cpu):
            quiet.labels(process)

    # What happened

    def order(self, event: str, count: int = 1) -> None:
        """Count an event of an order: `new accepted filled canceled rejected …`."""
        self._orders.labels(self._process, event).inc(count)
        self._count(f"orders.{event}", count)

    def http(self, status: int | str, took_ns: int) -> None:
        """Count a request by its status, or `failed`, and how long it took."""
        self._requests.labels(self._process, str(status)).inc()
        self._count("http", 1)
        self.took("http", took_ns)

    def websocket(self, channel: str, count: int = 1) -> None:
        """Count messages of a channel."""
        self._messages.labels(self._process, channel).inc(count)
        self._count("websocket", count)

    def bus(self, stream: str, way: Literal["in", "out"], count: int = 1) -> None:
        """Count messages to or from other processes."""
        self._bus.labels(self._process, stream, way).inc(count)
        self._count(f"bus.{way}", count)

    def error(self, kind: str) -> None:
        """Count an error by its kind, such as `auth` or `malformed`."""
        self._errors.labels(self._process, kind).inc()
        self._count(f"errors.{kind}", 1)

    def gap(self, stream: str) -> None:
        """Count a gap in a stream."""
        self._gaps.labels(self._process, stream).inc()
        self._count("gaps", 1)

    def replay(self, stream: str, count: int = 1) -> None:
        """Count messages that were asked for again."""
        self._replays.labels(self._process, stream).inc(count)
        self._count("replays", count)

    def took(self, stage: Stage, took_ns: int) -> None:
        """Note how long a stage took, in nanoseconds."""
        self._latency.labels(self._process, stage).observe(took_ns / NS)
        self._recent.setdefault(stage, Latency()).add(took_ns)

    # How things are

    def connection(self, channel: str, state: Connection) -> None:
        """Note how a channel fares."""
        self._connections.labels(self._process, channel).set(_CONNECTION[state])
        self._states[f"connection.{channel}"] = _CONNECTION[state]

    def unknown_orders(self, count: int) -> None:
        """Note how many orders are in doubt."""
        self._unknown.labels(self._process).set(count)
        self._states["unknown_orders"] = count

    def queue(self, name: str, depth: int) -> None:
        """Note how much waits."""
        self._queue.labels(self._process, name).set(depth)
        self._states[f"queue.{name}"] = depth

    def deadman(self, remaining_s: float) -> None:
        """Note how long until the venue cancels everything, in seconds."""
        self._deadman.labels(self._process).set(remaining_s)
        self._states["deadman_remaining_s"] = round(remaining_s, 3)

    def resources(self, *, memory_bytes: int, cpu_percent: float) -> None:
        """Note what the process takes."""
        self._memory.labels(self._process).set(memory_bytes)
        self._cpu.labels(self._process).set(cpu_percent)
        self._states["memory_mb"] = round(memory_bytes / 2**20, 1)
        self._states["cpu_percent"] = round(cpu_percent, 1)

    # The line

    def line(self, elapsed_ns: int) -> dict[str, object]:
        """Return what a `METRICS` line says: rates since the last one, states, latencies.

        Args:
            elapsed_ns: How long ago the last line was made; above 0.
        """
        seconds = elapsed_ns / NS
        rates = {
            f"{name}_per_s": round((total - self._last.get(name, 0)) / seconds, 3)
            for name, total in sorted(self._totals.items())
        }
        self._last = dict(self._totals)
        latencies = {
            stage: {
                "count": recent.count,
                "p50_us": round(recent.quantile_us(0.5), 1),
                "p99_us": round(recent.quantile_us(0.99), 1),
                "max_us": round(recent.longest_ns / 1e3, 1),
            }
            for stage, recent in sorted(self._recent.items())
        }
        self._recent = {}
        return {
            "interval_s": round(seconds, 3),
            "rates": rates,
            "totals": dict(sorted(self._totals.items())),
            "state": dict(sorted(self._states.items())),
            "latency": latencies,
        }

    def _count(self, name: str, by: int) -> None:
        self._totals[name] = self._totals.get(name, 0) + by
