"""What `tradecore doctor` looks at, one check a function; each answers and none raises."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.cli.machine import cpu_features
from tradecore.core import BUILD_PROFILE, __version__
from tradecore.telemetry.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Check", "State", "every_check"]

PYTHON_MIN: Final = (3, 11)
IMPORT_MS_MAX: Final = 150
CLOCK_STEP_NS_MAX: Final = 1_000_000
CLOCK_READS: Final = 2_000
CHILD_SECONDS_MAX: Final = 30
SAMPLE_TAPE: Final = "samples/btcusdt.tape"
_OPTIONAL: Final = {"pandas": "`.to_pandas()` of results"}
# Larger than `struct timex` on every Linux; adjtimex(2): with no mode set it only reads.
_TIMEX_BYTES: Final = 512
_TIME_ERROR: Final = 5


class State(Enum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Args:
        name: What.
        state: How it is; a note is worth reading and stops nothing.
        detail: What was found, and what to do where it is not well.
    """

    name: str
    state: State
    detail: str


def every_check(data: Sequence[Path] = (), clock: Clock | None = None) -> Iterator[Check]:
    """Yield every check in turn.

    Args:
        data: Recordings that must be readable.
        clock: The clock to look at; the machine's by default.
    """
    yield python_version(sys.version_info[:2])
    yield core_build(BUILD_PROFILE)
    yield instruction_sets(cpu_features())
    yield import_time()
    yield clock_steps(SystemClock() if clock is None else clock)
    yield time_sync(kernel_clock_state())
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        yield writable(folder)
    yield sample_tape()
    for name, use in _OPTIONAL.items():
        yield optional(name, use)
    for path in data:
        yield readable(path)


def python_version(version: tuple[int, ...]) -> Check:
    """Check that Python is new enough."""
    text = ".".join(map(str, version))
    if version >= PYTHON_MIN:
        return Check("python", State.OK, text)
    needed = ".".join(map(str, PYTHON_MIN))
    return Check("python", State.FAIL, f"{text}; {needed} or later is needed")


def core_build(profile: str) -> Check:
    """Check that the core was built to be fast."""
    if profile == "release":
        return Check("core", State.OK, f"{__version__}, {profile} build")
    return Check("core", State.NOTE, f"{__version__}, {profile} build: slow, for development only")


def instruction_sets(features: frozenset[str]) -> Check:
    """Tell which instruction sets that hashing and matching gain from are there."""
    wanted = ("sha_ni", "avx2", "bmi2", "sha2", "asimd")
    found = [name for name in wanted if name in features]
    if not features:
        return Check("cpu", State.NOTE, "the system does not tell its instruction sets")
    return Check("cpu", State.OK, " ".join(found) or "none of those that help; all still works")


def import_time() -> Check:
    """Measure `import tradecore` in a fresh interpreter."""
    code = "import time; t = time.perf_counter(); import tradecore; print(time.perf_counter() - t)"
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=CHILD_SECONDS_MAX,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        took_ms = float(done.stdout) * 1e3
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return Check("import", State.FAIL, f"a new interpreter cannot import it: {error}")
    detail = f"{took_ms:.0f} ms"
    if took_ms <= IMPORT_MS_MAX:
        return Check("import", State.OK, detail)
    return Check("import", State.NOTE, f"{detail}; {IMPORT_MS_MAX} ms are meant: a slow disk?")


def clock_steps(clock: Clock) -> Check:
    """Read the clocks many times: the monotonic one never goes back, and both tick finely."""
    reads = [(clock.monotonic_ns(), clock.now_ns()) for _ in range(CLOCK_READS)]
    uptime = [b[0] - a[0] for a, b in pairwise(reads)]
    wall = [b[1] - a[1] for a, b in pairwise(reads)]
    if min(uptime) < 0:
        return Check("clock", State.FAIL, f"the monotonic clock went back by {-min(uptime)} ns")
    if min(wall) < 0:
        return Check("clock", State.NOTE, f"the wall clock went back by {-min(wall)} ns just now")
    steps = [step for step in uptime if step > 0]
    if not steps:
        return Check("clock", State.FAIL, f"the clock stood still over {CLOCK_READS} reads")
    detail = f"steps of {min(steps)} ns"
    if min(steps) > CLOCK_STEP_NS_MAX:
        return Check("clock", State.NOTE, f"{detail}: too coarse to measure latency")
    return Check("clock", State.OK, detail)


def kernel_clock_state() -> int | None:
    """Return what Linux says of its clock, 5 for not synchronised; None where it cannot say."""
    if sys.platform != "linux":
        return None
    state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else state


def time_sync(state: int | None) -> Check:
    """Check that something sets the clock; venues refuse requests a few seconds off."""
    if state is None:
        return Check("time sync", State.NOTE, "the system does not tell if its clock is set")
    if state == _TIME_ERROR:
        advice = "nothing sets the clock: venues refuse requests whose time is off; run chrony"
        return Check("time sync", State.NOTE, advice)
    return Check("time sync", State.OK, "the clock is set from outside")


def writable(folder: Path) -> Check:
    """Write a file where reports and temporary files go."""
    name = f"write {folder}"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"tradecore")
    except OSError as error:
        return Check(name, State.FAIL, f"not writable: {(error.strerror or '').lower()}")
    return Check(name, State.OK, "writable")


def sample_tape() -> Check:
    """Look for the recording that ships, which `demo` and new projects run on."""
    tape = resources.files("tradecore") / "backtest" / SAMPLE_TAPE
    if not tape.is_file():
        return Check("sample tape", State.FAIL, f"not in the installation: backtest/{SAMPLE_TAPE}")
    return Check("sample tape", State.OK, f"{len(tape.read_bytes()) / 1e3:.0f} kB")


def optional(name: str, use: str) -> Check:
    """Look for a package that is nice to have."""
    if importlib.util.find_spec(name) is None:
        return Check(name, State.NOTE, f"not installed; only for {use}")
    return Check(name, State.OK, f"installed, for {use}")


def readable(path: Path) -> Check:
    """Open a recording and read its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return Check(f"data {path}", State.FAIL, reason)
    if not head:
        return Check(f"data {path}", State.FAIL, "empty")
    return Check(f"data {path}", State.OK, f"readable, {path.stat().st_size} bytes")
