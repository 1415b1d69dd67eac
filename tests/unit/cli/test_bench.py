"""The figures of `tradecore bench` are of what they say."""

from __future__ import annotations

import pytest

from tradecore.cli.measures import Figure, every_figure
from tradecore.telemetry import ManualClock


class _Ticking(ManualClock):
    """A clock that gains a microsecond with each read."""

    def monotonic_ns(self):
        self.uptime_ns += 1_000
        return self.uptime_ns


def test_a_figure_is_the_time_of_one_of_what_was_done():
    """A round that takes a microsecond for two actions took 500 ns for each."""
    figures = {figure.name: figure for figure in every_figure(_Ticking(), rounds=3, calls=1)}

    assert figures["submit or cancel, reports returned"].ns == 500
    assert figures["order in a numpy batch"].ns == 100
    assert figures["rate limiter acquire"].ns == 1000
    assert figures["rate limiter acquire"].per_second == 1_000_000


def test_a_figure_without_a_baseline_has_no_ratio():
    """Only the signature has a twin in the standard library."""
    assert Figure("x", 10.0).baseline_ns is None


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_it_prints_the_machine_and_every_figure(run, flags):
    """For people a table, for programs the same figures."""
    ran = run("bench", "--rounds", "1", "--calls", "10", *flags)

    assert ran.code == 0
    assert "HMAC-SHA256 of 200 bytes" in ran.out
    if flags:
        assert {"machine", "build", "rounds", "calls", "figures"} == set(ran.json)
        assert all(figure["ns"] > 0 for figure in ran.json["figures"])
    else:
        assert "median of 1 rounds of 10 calls" in ran.out
        assert " x " in ran.out
