"""Stages read from what a process tells Prometheus, and added up."""

from __future__ import annotations

import math

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tradecore.drills.latency import Stage, read_stages
from tradecore.telemetry.metrics import ProcessMetrics


def told(*durations_ns):
    """Return what a process with these orders answers at `/metrics`."""
    registry = CollectorRegistry()
    metrics = ProcessMetrics(registry, process="p")
    for took_ns in durations_ns:
        metrics.took("order_to_ack", took_ns)
    return generate_latest(registry).decode()


@pytest.mark.parametrize(
    ("part", "upper_ms"),
    [
        pytest.param(0.5, 1.0, id="half"),
        pytest.param(0.75, 2.5, id="three-quarters"),
        pytest.param(1.0, math.inf, id="beyond-the-last-edge"),
    ],
)
def test_a_quantile_is_the_edge_it_is_not_above(part, upper_ms):
    """Buckets tell no more than their edges."""
    stage = read_stages(told(700_000, 900_000, 2_000_000, 9_000_000_000))["order_to_ack"]

    assert (stage.count, stage.quantile_ms(part)) == (4, upper_ms)


def test_two_lives_of_a_process_add_up():
    """What a killed process had measured counts with what its successor did."""
    total = Stage()

    total.add(read_stages(told(700_000))["order_to_ack"])
    total.add(read_stages(told(700_000, 40_000_000))["order_to_ack"])

    assert total.counts == {0.001: 2, 0.05: 1}


def test_nothing_measured_is_no_figure():
    """A stage nobody went through is absent, and one without a count has no quantile."""
    assert read_stages(told()) == {}
    assert Stage().quantile_ms(0.5) is None
