"""The keys of `[MONITORING]` and `[PERFORMANCE]`: what a host does because of each.

Intervals are shown by what cannot have happened before they were over.
"""

from __future__ import annotations

import asyncio
import io
import json
import time

import pytest

from tradecore.processes.host import Host, HostOptions
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.performance import Performance
from tradecore.telemetry import ManualClock, SystemClock, configure_logging

NS = 1_000_000_000


class Work:
    """A service that is ready at once, and calls back at each sample."""

    def __init__(self, on_sample=lambda _: None):
        self.on_sample = on_sample
        self.samples = []
        self.host = None

    async def start(self, host):
        """Meet the one need."""
        self.host = host
        host.note("working", is_met=True, detail="at work")

    async def run(self):
        """Go on until canceled."""
        await asyncio.Event().wait()

    async def stop(self):
        """Nothing is under way."""

    def sample(self):
        """Note when it was called."""
        self.samples.append(time.monotonic())
        self.on_sample(self)


@pytest.fixture
def run_host():
    """Return a function that runs a host to its end; it returns the exit code and the log."""

    def run_host(service, *, clock=None, **options):
        told = io.StringIO()
        configure_logging("INFO", json=True, stream=told)
        named = {
            "name": "test",
            "kind": "test",
            "performance": Performance(memory_limit_mb=None, cpu_limit_percent=None),
            "monitoring": Monitoring(metrics_interval_ms=100, health_check_interval_ms=100),
            "stop_budget_ms": 1_000,
            "needs": ("working",),
        }

        async def whole():
            host = Host(HostOptions(**{**named, **options}), clock or SystemClock())
            async with asyncio.timeout(20):
                return await host.run(service)

        code = asyncio.run(whole())
        return code, [json.loads(line) for line in told.getvalue().splitlines()]

    return run_host


def end_after(count):
    """Return what ends the process at a sample."""

    def at(work):
        if len(work.samples) == count:
            work.host.request_stop("seen enough")

    return at


def words(lines):
    """Return the words of log lines."""
    return [line["event"] for line in lines]


@pytest.mark.parametrize("interval_ms", [100, 250])
def test_metrics_are_told_in_their_interval(run_host, interval_ms):
    """`METRICS_INTERVAL_MS`: three samples take at least two intervals."""
    work = Work(end_after(3))
    monitoring = Monitoring(metrics_interval_ms=interval_ms)

    code, lines = run_host(work, monitoring=monitoring)

    assert code == 0
    assert words(lines).count("METRICS") >= 2
    assert work.samples[-1] - work.samples[0] >= 2 * interval_ms / 1e3 * 0.99


@pytest.mark.parametrize("key", ["enable_metrics", "log_performance_metrics"])
def test_the_line_of_metrics_can_be_left_out(run_host, key):
    """States are noted all the same."""
    work = Work(end_after(3))
    monitoring = Monitoring(metrics_interval_ms=100, **{key: False})

    _, lines = run_host(work, monitoring=monitoring)

    assert len(work.samples) == 3
    assert "METRICS" not in words(lines)


@pytest.mark.parametrize("interval_ms", [100, 600])
def test_readiness_is_judged_anew_in_its_interval(run_host, interval_ms):
    """`HEALTH_CHECK_INTERVAL_MS`: what ceased to hold is not told before."""
    marks = {}

    class Watched(Work):
        async def run(self):
            while not marks:
                await asyncio.sleep(0.005)
                if self.host._is_ready:
                    marks["ceased"] = self.host.clock.monotonic_ns()
                    self.host.note("working", is_met=False, detail="not any more")
            while self.host._is_ready:  # noqa: ASYNC110 - the host judges by itself
                await asyncio.sleep(0.005)
            marks["told"] = self.host.clock.monotonic_ns()
            self.host.request_stop("seen enough")
            await asyncio.Event().wait()

    monitoring = Monitoring(health_check_interval_ms=interval_ms)
    _, lines = run_host(Watched(), monitoring=monitoring)

    assert [word for word in words(lines) if "ready" in word] == ["ready", "not ready"]
    # It was seen to be ready within 5 ms and some of the last judgement.
    assert marks["told"] - marks["ceased"] >= interval_ms * 1_000_000 // 2


@pytest.mark.parametrize(("is_on", "heard"), [(True, ["A", "B"]), (False, [])], ids=["on", "off"])
def test_alerts_are_told_and_delivered_where_they_are_wanted(run_host, is_on, heard):
    """`ALERT_ON_ERRORS`: each kind once a minute; counted as errors in any case."""
    delivered = []

    async def deliver(alert):
        delivered.append(alert)

    def at(work):
        for code in ("A", "A", "B"):
            work.host.alert(code, f"something about {code}")
        work.host.request_stop("seen enough")

    work = Work(at)
    monitoring = Monitoring(metrics_interval_ms=100, alert_on_errors=is_on)
    _, lines = run_host(work, monitoring=monitoring, deliver=deliver)

    assert [alert.code for alert in delivered] == heard
    assert [line["code"] for line in lines if line["event"] == "ALERT"] == heard
    counted = work.host.metrics.registry.get_sample_value
    assert counted("errors_total", {"process": "test", "kind": "a"}) == 2


def test_an_alert_that_cannot_be_delivered_ends_nothing(run_host):
    """It is told in the log, without where it was to go; the next is tried again."""

    async def deliver(alert):
        raise ConnectionRefusedError(alert.code)

    def at(work):
        work.host.alert(f"A{len(work.samples)}", "something")
        if len(work.samples) == 2:
            work.host.request_stop("seen enough")

    code, lines = run_host(Work(at), deliver=deliver)

    lost = [line for line in lines if line["event"] == "alert not delivered"]
    assert code == 0
    assert [(line["code"], line["reason"]) for line in lost] == [
        ("A1", "ConnectionRefusedError"),
        ("A2", "ConnectionRefusedError"),
    ]


@pytest.mark.parametrize(("limit", "told"), [(1, ["CPU_OVER"]), (None, [])])
def test_processor_time_over_its_limit_is_told_and_work_goes_on(run_host, limit, told):
    """`CPU_LIMIT_PERCENT`: 0.15 s of work in ten, of which 1 % was allowed."""
    clock = ManualClock()

    def at(work):
        end = time.process_time() + 0.15
        while time.process_time() < end:
            pass
        clock.advance(10 * NS)
        if len(work.samples) == 3:
            work.host.request_stop("seen enough")

    code, lines = run_host(
        Work(at),
        clock=clock,
        performance=Performance(memory_limit_mb=None, cpu_limit_percent=limit),
    )

    assert code == 0
    assert [line["code"] for line in lines if line["event"] == "ALERT"] == told


def test_a_stop_may_take_its_budget(run_host):
    """`STOP_BUDGET_MS`: a service that does not end is left, with code 1."""

    class Stuck(Work):
        async def stop(self):
            await asyncio.Event().wait()

    began = time.monotonic()
    code, lines = run_host(Stuck(end_after(1)), stop_budget_ms=150)

    assert code == 1
    assert time.monotonic() - began >= 0.15
    assert next(line for line in lines if line["event"] == "stop took too long")["budget_ms"] == 150


def test_workers_are_as_many_as_asked_for(run_host):
    """What blocks is done on so many threads, and on no more."""
    seen = set()

    class Blocking(Work):
        async def run(self):
            import threading  # noqa: PLC0415 - only here

            loop = asyncio.get_running_loop()
            gate = threading.Barrier(2)

            def block():
                gate.wait(10)
                seen.add(threading.current_thread().name)

            await asyncio.gather(*(loop.run_in_executor(None, block) for _ in range(4)))

    code, _ = run_host(Blocking(), workers=2)

    assert (code, len(seen)) == (0, 2)
