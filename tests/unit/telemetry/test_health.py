"""Health: alive is the loop alone; ready is every condition; detail tells why."""

from __future__ import annotations

import pytest

from tradecore.telemetry.health import TICK_NS_MAX, Health

S = 1_000_000_000


@pytest.fixture
def health():
    """Return the health of a process that needs two things, just started."""
    return Health("engine", 10 * S, ("connected", "reconciled"))


@pytest.mark.parametrize(("silent_ns", "is_ok"), [(TICK_NS_MAX - 1, True), (TICK_NS_MAX, False)])
def test_a_loop_that_does_not_turn_is_not_alive(health, silent_ns, is_ok):
    """Two seconds without a turn are too long."""
    health.tick(20 * S)

    assert health.live(20 * S + silent_ns).is_ok is is_ok


def test_being_alive_does_not_depend_on_conditions(health):
    """A restart does not mend a venue."""
    assert health.live(10 * S).status == 200
    assert health.ready(10 * S).status == 503


def test_ready_is_when_every_condition_is_met(health):
    """What is missing is named."""
    health.note("connected", is_met=True, detail="3 channels up", now_ns=10 * S)
    before = health.ready(10 * S)
    health.note("reconciled", is_met=True, detail="0 differences", now_ns=11 * S)

    assert before.reasons == ("reconciled: not known yet",)
    assert health.ready(11 * S).is_ok


def test_only_a_change_of_a_condition_is_news(health):
    """So that it is logged once."""
    notes = [
        health.note("connected", is_met=met, detail="", now_ns=10 * S)
        for met in (False, True, True, False)
    ]

    assert notes == [False, True, False, True]


def test_a_process_on_its_way_out_takes_no_work(health):
    """Stopping is not ready, and alive."""
    for name in ("connected", "reconciled"):
        health.note(name, is_met=True, detail="", now_ns=10 * S)
    health.stop("SIGTERM")

    assert health.ready(10 * S).reasons == ("stopping: SIGTERM",)
    assert health.live(10 * S).is_ok


def test_the_detail_tells_everything(health):
    """Conditions with their age, facts, the verdicts."""
    health.note("connected", is_met=True, detail="up", now_ns=11 * S)
    health.fact("unknown_orders", 2)
    health.tick(12 * S)

    detail = health.detailed(13 * S)

    assert detail["conditions"]["connected"] == {"met": True, "detail": "up", "for_s": 2.0}
    assert detail["facts"] == {"unknown_orders": 2}
    assert (detail["live"], detail["ready"], detail["uptime_s"]) == (True, False, 3.0)
