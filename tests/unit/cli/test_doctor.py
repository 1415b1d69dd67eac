"""The doctor finds what is wrong, and says what to do."""

from __future__ import annotations

import re

import pytest

from tradecore.cli import checks, machine
from tradecore.cli.checks import Check, State
from tradecore.telemetry import ManualClock, SystemClock


class _Backwards(ManualClock):
    """A clock whose monotonic time goes back a little with each read."""

    def monotonic_ns(self):
        self.uptime_ns -= 5
        return self.uptime_ns


class _Stepped(ManualClock):
    """A clock whose wall time is set back while its monotonic time goes on."""

    def now_ns(self):
        self.wall_ns -= 7
        return self.wall_ns

    def monotonic_ns(self):
        self.uptime_ns += 1
        return self.uptime_ns


class _Coarse(ManualClock):
    """A clock that ticks every 15 milliseconds."""

    def monotonic_ns(self):
        self.uptime_ns += 15_000_000
        return self.uptime_ns


@pytest.mark.parametrize(
    ("check", "state", "detail"),
    [
        (lambda: checks.python_version((3, 11)), State.OK, r"^3\.11$"),
        (lambda: checks.python_version((3, 10)), State.FAIL, r"^3\.10; 3\.11 or later is needed$"),
        (lambda: checks.core_build("release"), State.OK, r", release build$"),
        (lambda: checks.core_build("debug"), State.NOTE, r"slow, for development only$"),
        (lambda: checks.instruction_sets(frozenset()), State.NOTE, r"does not tell"),
        (lambda: checks.instruction_sets(frozenset({"avx2", "fpu"})), State.OK, r"^avx2$"),
        (lambda: checks.instruction_sets(frozenset({"fpu"})), State.OK, r"all still works$"),
        (lambda: checks.clock_steps(SystemClock()), State.OK, r"^steps of \d+ ns$"),
        (lambda: checks.clock_steps(ManualClock()), State.FAIL, r"stood still over 2000 reads$"),
        (lambda: checks.clock_steps(_Backwards()), State.FAIL, r"went back by 5 ns"),
        (lambda: checks.clock_steps(_Stepped()), State.NOTE, r"wall clock went back by 7 ns"),
        (lambda: checks.clock_steps(_Coarse()), State.NOTE, r"too coarse to measure latency$"),
        (lambda: checks.time_sync(None), State.NOTE, r"does not tell if its clock is set$"),
        (lambda: checks.time_sync(5), State.NOTE, r"nothing sets the clock: .*run chrony$"),
        (lambda: checks.time_sync(0), State.OK, r"set from outside$"),
        (lambda: checks.optional("json", "all"), State.OK, r"^installed, for all$"),
        (lambda: checks.optional("nobody_has_it", "x"), State.NOTE, r"^not installed; only for x$"),
    ],
)  # fmt: skip
def test_each_check_says_what_it_found(check, state, detail):
    """A state, and a detail that helps."""
    found = check()

    assert found.state is state
    assert re.search(detail, found.detail)


def test_the_import_is_measured_in_a_fresh_interpreter():
    """It works, or the doctor says that it does not."""
    found = checks.import_time()

    assert found.state in {State.OK, State.NOTE}
    assert re.match(r"^\d+ ms", found.detail)


def test_a_folder_is_written_to(tmp_path):
    """And nothing is left there."""
    assert checks.writable(tmp_path).state is State.OK
    assert checks.writable(tmp_path / "gone") == Check(
        f"write {tmp_path / 'gone'}", State.FAIL, "not writable: no such file or directory"
    )
    assert list(tmp_path.iterdir()) == []


def test_data_is_read(tmp_path):
    """An empty recording is as bad as none."""
    full, empty = tmp_path / "full", tmp_path / "empty"
    full.write_bytes(b"123")
    empty.touch()

    assert checks.readable(full).detail == "readable, 3 bytes"
    assert (checks.readable(empty).state, checks.readable(empty).detail) == (State.FAIL, "empty")
    assert checks.readable(tmp_path).detail == "is a directory"


def test_every_check_is_made_and_counted(run, tmp_path):
    """The table and the document agree, and the code follows."""
    shown, read = run("doctor", str(tmp_path / "gone")), run("doctor", "--json")

    names = [check["name"] for check in read.json["checks"]]
    assert {"python", "core", "cpu", "import", "clock", "time sync", "sample tape"} <= set(names)
    assert all(name.split()[0] in shown.out for name in names)
    assert "no such file or directory" in shown.out
    assert shown.code == 1
    assert read.code == (0 if read.json["ok"] else 1)


def test_the_machine_describes_itself():
    """Whoever reads a figure wants to know where it was measured."""
    found = machine.describe_machine("1.2.3")

    assert found.tradecore == "1.2.3"
    assert found.cores >= 1
    assert found.cpu
    assert re.fullmatch(r"[0-9a-f]*", found.commit)


def test_a_processor_that_does_not_tell_is_no_error(monkeypatch, tmp_path):
    """Other systems have no such file."""
    monkeypatch.setattr(machine, "_CPUINFO", tmp_path / "gone")

    assert machine.cpu_features() == frozenset()
    assert machine.describe_machine("1").cpu
