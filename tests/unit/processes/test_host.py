"""How a process begins and ends, in real processes with real signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "support" / "host_process.py"


@pytest.fixture
def start():
    """Return a function that starts a process and waits for its first word."""
    running = []

    def start(way: str, word: str | None = "working"):
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), way],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        if word is not None:
            assert process.stdout.readline() == f"{word}\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def ended(process):
    """Return exit code, output and log lines of a process that ends."""
    # Not `communicate`: what `readline` took in beyond its line would be lost.
    out, err = process.stdout.read(), process.stderr.read()
    process.wait(timeout=20)
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    return process.returncode, out, [line["event"] for line in lines], lines


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_service_stop_and_ends_with_0(start, number):
    """What is under way is put out first."""
    process = start("works")
    process.send_signal(number)

    code, out, events, lines = ended(process)

    assert (code, out) == (0, "flushed\n")
    assert events[-2:] == ["stopping", "stopped"]
    assert lines[-1]["reason"] == signal.Signals(number).name


def test_a_second_signal_ends_at_once(start):
    """Whoever asks twice does not want to wait."""
    process = start("stuck")
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "stopping\n"
    process.send_signal(signal.SIGTERM)

    code, _, events, _ = ended(process)

    assert code == 128 + signal.SIGTERM
    assert events[-1] == "killed"


def test_a_stop_that_takes_too_long_ends_with_1(start):
    """The budget is not a wish."""
    process = start("stuck-short")
    process.send_signal(signal.SIGTERM)

    code, _, events, _ = ended(process)

    assert code == 1
    assert "stop took too long" in events


def test_a_failure_is_logged_alerted_and_ends_with_1(start):
    """The service still puts out what is under way."""
    code, out, events, lines = ended(start("fails"))

    assert (code, out) == (1, "flushed\n")
    assert "ValueError: a mistake" in lines[events.index("ALERT")]["text"]


def test_work_that_is_done_ends_with_0(start):
    """Not every process runs forever."""
    code, out, _, _ = ended(start("ends"))

    assert (code, out) == (0, "flushed\n")


def test_what_fails_at_the_start_is_the_callers_to_tell(start):
    """A port in use comes out as it is."""
    process = start("cannot-start", None)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "address already in use" in err


def test_too_much_memory_stops_the_process_well(start):
    """At the limit it puts out its work and ends with 1, so that it is started again."""
    code, out, events, lines = ended(start("fat"))

    assert (code, out) == (1, "flushed\n")
    assert "memory over its limit" in lines[events.index("ALERT")]["text"]


def test_a_process_tells_its_metrics(start):
    """One line each interval, with the lateness of the loop among the latencies."""
    process = start("works")
    while '"METRICS"' not in (line := process.stderr.readline()):
        pass
    process.send_signal(signal.SIGTERM)

    told = json.loads(line)
    assert {"rates", "totals", "state", "latency", "interval_s"} <= told.keys()
    assert told["state"]["memory_mb"] > 1
