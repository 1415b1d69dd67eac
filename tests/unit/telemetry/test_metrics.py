"""Metrics: every one is there from the start, rates are between lines, latencies are bounded."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tradecore.telemetry.metrics import Latency, ProcessMetrics


@pytest.fixture
def metrics():
    """Return the metrics of a process on a registry of its own."""
    return ProcessMetrics(CollectorRegistry(), process="engine")


def sample(metrics, name, **labels):
    """Return one sample of a registry."""
    return metrics.registry.get_sample_value(name, {"process": "engine", **labels})


def test_events_are_counted_by_kind(metrics):
    """Each kind of event is a label."""
    metrics.order("filled")
    metrics.order("filled", 2)
    metrics.http(429, 1_000_000)
    metrics.websocket("private")
    metrics.bus("orders", "out", 5)
    metrics.error("auth")
    metrics.gap("public")
    metrics.replay("orders", 7)

    assert sample(metrics, "orders_total", event="filled") == 3
    assert sample(metrics, "http_requests_total", status="429") == 1
    assert sample(metrics, "websocket_messages_total", channel="private") == 1
    assert sample(metrics, "bus_messages_total", stream="orders", way="out") == 5
    assert sample(metrics, "errors_total", kind="auth") == 1
    assert sample(metrics, "stream_gaps_total", stream="public") == 1
    assert sample(metrics, "replay_total", stream="orders") == 7


def test_states_are_what_was_said_last(metrics):
    """A gauge has one value, the newest."""
    metrics.connection("private", "connecting")
    metrics.connection("private", "up")
    metrics.unknown_orders(3)
    metrics.queue("orders", 9)
    metrics.deadman(7.5)
    metrics.resources(memory_bytes=2**20, cpu_percent=12.0)

    assert sample(metrics, "connection_state", channel="private") == 2
    assert sample(metrics, "unknown_orders") == 3
    assert sample(metrics, "queue_depth", queue="orders") == 9
    assert sample(metrics, "deadman_remaining_seconds") == 7.5
    assert sample(metrics, "memory_bytes") == 2**20


@pytest.mark.parametrize(
    "name", ["unknown_orders", "deadman_remaining_seconds", "memory_bytes", "cpu_percent"]
)
def test_what_an_alarm_may_ask_for_is_there_before_it_happens(metrics, name):
    """An alarm on a metric that is absent never rings."""
    assert f'{name}{{process="engine"}} 0.0' in generate_latest(metrics.registry).decode()


def test_a_line_has_rates_since_the_last_line(metrics):
    """Ten in two seconds are five a second; totals go on."""
    metrics.order("new", 10)
    first = metrics.line(2_000_000_000)
    metrics.order("new", 3)
    second = metrics.line(1_000_000_000)

    assert first["rates"] == {"orders.new_per_s": 5.0}
    assert second["rates"] == {"orders.new_per_s": 3.0}
    assert second["totals"] == {"orders.new": 13}


def test_a_line_has_the_latencies_since_the_last_line(metrics):
    """Percentiles are edges of buckets, never above the longest seen."""
    for _ in range(99):
        metrics.took("order_to_ack", 90_000)
    metrics.took("order_to_ack", 3_000_000)

    assert metrics.line(10**9)["latency"] == {
        "order_to_ack": {"count": 100, "p50_us": 100.0, "p99_us": 100.0, "max_us": 3000.0}
    }
    assert metrics.line(10**9)["latency"] == {}


@pytest.mark.parametrize(
    ("took_ns", "p50_us"),
    [([], 0.0), ([4_000], 4.0), ([10_000], 10.0), ([9_000_000_000], 9e6), ([1, 40_000], 10.0)],
)
def test_a_quantile_is_the_edge_of_its_bucket(took_ns, p50_us):
    """Nothing, one below the first edge, one on it, one above the last, two."""
    latency = Latency()
    for took in took_ns:
        latency.add(took)

    assert latency.quantile_us(0.5) == p50_us
