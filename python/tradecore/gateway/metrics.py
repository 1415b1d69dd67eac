"""What the venue counts and measures: for Prometheus, and as percentiles for people."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tradecore.gateway.schemas.health import LatencySummary

if TYPE_CHECKING:
    from tradecore.gateway.queue import CommandQueue

__all__ = ["CONTENT_TYPE", "VenueMetrics"]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S: Final = (
    *(1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4),
    *(1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1.0),
)
_NS: Final = 1_000_000_000


class _Quantiles:
    """Counts durations in buckets, for percentiles without a scrape."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BUCKETS_S) + 1)
        self._count = 0
        self._longest_s = 0.0

    def add(self, took_s: float) -> None:
        self._counts[bisect_left(_BUCKETS_S, took_s)] += 1
        self._count += 1
        self._longest_s = max(self._longest_s, took_s)

    def _at(self, part: float) -> float:
        seen, wanted = 0, part * self._count
        for edge, count in zip(_BUCKETS_S, self._counts, strict=False):
            seen += count
            if count and seen >= wanted:
                return min(edge, self._longest_s)
        return self._longest_s

    def summary(self) -> LatencySummary:
        return LatencySummary(
            count=self._count,
            p50_us=round(self._at(0.5) * 1e6, 1),
            p95_us=round(self._at(0.95) * 1e6, 1),
            p99_us=round(self._at(0.99) * 1e6, 1),
            max_us=round(self._longest_s * 1e6, 1),
        )


class VenueMetrics:
    """The metrics of one venue, on a registry of its own."""

    def __init__(self) -> None:
        """Register every metric; they are there from the start."""
        self.registry = CollectorRegistry()
        registry = self.registry
        self._orders = Counter(
            "tradecore_orders",
            "Orders by what became of them.",
            ("result", "reason"),
            registry=registry,
        )
        self._denials = Counter(
            "tradecore_risk_denials", "Orders a rule refused.", ("code",), registry=registry
        )
        self._latency = Histogram(
            "tradecore_order_latency_seconds",
            "From the request of an order to its answer.",
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._requests = Counter(
            "tradecore_http_requests",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._request_latency = Histogram(
            "tradecore_http_request_seconds",
            "How long a request takes.",
            ("route",),
            buckets=_BUCKETS_S[9:],
            registry=registry,
        )
        self._depth = Gauge("tradecore_queue_depth", "Commands that wait.", registry=registry)
        self._breaker = Gauge(
            "tradecore_breaker_state", "A breaker: 0 closed, 1 open.", ("name",), registry=registry
        )
        self._sockets = Gauge(
            "tradecore_websocket_connections", "WebSockets that are open.", registry=registry
        )
        self._messages = Counter(
            "tradecore_websocket_messages",
            "Messages to and from WebSockets.",
            ("way",),
            registry=registry,
        )
        self._sequence = Gauge(
            "tradecore_sequence", "Number of the last command.", registry=registry
        )
        self._behind = Gauge(
            "tradecore_records_behind", "Commands the records have not yet.", registry=registry
        )
        self._breaker.labels("engine_breaker")
        for way in ("in", "out"):
            self._messages.labels(way)
        self.requests, self.orders = _Quantiles(), _Quantiles()

    def order(self, result: str, reason: str = "") -> None:
        """Count an order: `accepted rejected amended canceled`."""
        self._orders.labels(result, reason).inc()

    def denied(self, code: str) -> None:
        """Count a refusal by its code."""
        self._denials.labels(code).inc()

    def request(self, method: str, route: str, status: int, took_ns: int) -> None:
        """Count a request by its route, and how long it took."""
        took_s = took_ns / _NS
        self._requests.labels(method, route, str(status)).inc()
        self._request_latency.labels(route).observe(took_s)
        self.requests.add(took_s)

    def order_took(self, took_ns: int) -> None:
        """Note how long an order took to be answered."""
        self._latency.observe(took_ns / _NS)
        self.orders.add(took_ns / _NS)

    def sockets(self, count: int) -> None:
        """Note how many WebSockets are open."""
        self._sockets.set(count)

    def message(self, way: str, count: int = 1) -> None:
        """Count messages of WebSockets: `in` or `out`."""
        self._messages.labels(way).inc(count)

    def text(self, queue: CommandQueue, *, sequence: int, recorded: int) -> bytes:
        """Return everything as Prometheus reads it."""
        self._depth.set(queue.status().depth)
        self._breaker.labels("engine_breaker").set(int(queue.breaker.is_open))
        self._sequence.set(sequence)
        self._behind.set(max(sequence - recorded, 0))
        return generate_latest(self.registry)
