"""What native order entry counts, as Prometheus reads it: read from Rust when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from tradecore.core import OrderEntryStatistics

__all__ = ["native_metrics"]

_US, _NS = 1e-6, 1e-9


def native_metrics(statistics: OrderEntryStatistics, *, behind: int) -> bytes:
    """Return the metrics of order entry.

    Args:
        statistics: What it did so far.
        behind: Commands that the books have not yet.
    """
    registry = CollectorRegistry()
    registry.register(_Reading(statistics, behind))
    return generate_latest(registry)


class _Reading:
    """The numbers of one moment."""

    def __init__(self, statistics: OrderEntryStatistics, behind: int) -> None:
        self._statistics = statistics
        self._behind = behind

    def collect(self) -> Iterator[Metric]:
        """Yield each of them."""
        now = self._statistics
        yield CounterMetricFamily(
            "tradecore_order_entry_done", "Requests of the native door that were done.", now.done
        )
        refused = CounterMetricFamily(
            "tradecore_order_entry_refused", "Requests it refused, by code.", labels=["code"]
        )
        for code, count in now.refused.items():
            refused.add_metric([code], count)
        yield refused
        yield self._latency()
        for name, text, value in (
            ("connections", "Connections that are open.", now.connections),
            ("sessions", "Sessions with a connection.", now.sessions),
            ("queue_depth", "Requests that wait for the engine.", now.queue_depth),
            ("books_behind", "Commands the books have not yet.", self._behind),
        ):
            yield GaugeMetricFamily(f"tradecore_order_entry_{name}", text, value)

    def _latency(self) -> HistogramMetricFamily:
        buckets, count = [], 0
        for upper_us, seen in self._statistics.latency_us:
            count += seen
            edge = "+Inf" if upper_us is None else f"{upper_us * _US:.7g}"
            buckets.append((edge, count))
        return HistogramMetricFamily(
            "tradecore_order_entry_latency_seconds",
            "From the last byte of a request to its answer.",
            buckets=buckets,
            sum_value=self._statistics.latency_sum_ns * _NS,
        )
