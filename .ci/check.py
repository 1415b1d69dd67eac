"""Run every check in order, keep going when one fails, and end with one table.

`make check` calls this from the root with the interpreter of the environment `make tools` made.
Each stage's output is in `build/check/<stage>.log`; it is shown in full when the stage fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path.cwd()
BIN = Path(sys.executable).parent
LOGS = ROOT / "build" / "check"
RUST = ["--locked", "--workspace"]
FUZZ = "rust/fuzz/Cargo.toml"
GARBAGE = ["--manifest-path", FUZZ, "--bin", "garbage", "--"]
# What closes a test run: cargo's and pytest's last lines are worth repeating at the end.
CLOSING = ("test result:", " passed", " failed")


@dataclass(frozen=True, slots=True)
class Stage:
    """Commands that stand or fall together."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    #: A program without which the stage is skipped, not failed: CI has it, a newcomer may not.
    needs: str | None = None
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a tool of our environment."""
    return (str(BIN / name), *arguments)


def python(*arguments: str) -> tuple[str, ...]:
    """Return a command line of our interpreter."""
    return (sys.executable, *arguments)


#: One after the other: quick.
LINT = (
    Stage(
        "form",
        (
            ("cargo", "fmt", "--all", "--check"),
            ("cargo", "fmt", "--check", "--manifest-path", FUZZ),
            tool("ruff", "format", "--check", "--quiet"),
        ),
    ),
    Stage("ruff", (tool("ruff", "check", "--quiet"),)),
    Stage("types", (tool("mypy"),)),
    Stage(
        "types of the example",
        (tool("mypy", "examples/custom_exchange/src"),),
        environment={"MYPYPATH": "examples/custom_exchange/src"},
    ),
    Stage("layers", (tool("lint-imports"),), environment={"PYTHONPATH": "python"}),
    Stage(
        "workflows",
        (tool("zizmor", "--offline", "--no-progress", "--quiet", ".github"),),
    ),
    Stage(
        "supply",
        (("cargo", "deny", "--offline", "check", "licenses", "bans", "sources"),),
        needs="cargo-deny",
    ),
)
#: Beside each other: a release is linked on one core, and a long test runs on one.
LANES = (
    (
        Stage("clippy", (("cargo", "clippy", *RUST, "--all-targets", "--", "-D", "warnings"),)),
        Stage("rust tests", (("cargo", "test", *RUST, "--exclude", "tradecore-bindings"),)),
    ),
    (
        Stage("wheel", (("make", "wheel"),)),
        Stage("garbage", (("cargo", "run", "--quiet", "--release", *GARBAGE, "1"),)),
    ),
)
#: What needs the wheel, and a machine of its own: its tests wait for processes.
PYTHON_TESTS = Stage("python tests", (python(".ci/test_wheel.py", "--coverage"),))


def run(stage: Stage) -> str:
    """Run ``stage`` and return its verdict: `ok`, `FAILED` or `skipped: ...`."""
    if stage.needs is not None and shutil.which(stage.needs) is None:
        return f"skipped: {stage.needs} is not installed"
    environment = os.environ | stage.environment
    log = LOGS / f"{stage.name.replace(' ', '_')}.log"
    with log.open("w") as stream:
        for command in stage.commands:
            done = subprocess.run(
                command, stdout=stream, stderr=subprocess.STDOUT, env=environment, check=False
            )
            if done.returncode != 0:
                stream.write(f"exit code {done.returncode}: {' '.join(command)}\n")
                stream.flush()
                print(log.read_text(errors="replace"), flush=True)
                return "FAILED"
    return "ok"


def closing_lines() -> list[str]:
    """Return the lines with which the test runners closed."""
    lines: list[str] = []
    for name in ("rust_tests", "python_tests"):
        log = LOGS / f"{name}.log"
        if log.exists():
            text = log.read_text(errors="replace").splitlines()
            lines += [line for line in text if any(mark in line for mark in CLOSING)]
    return lines


def timed(stages: tuple[Stage, ...]) -> list[tuple[str, str]]:
    """Run stages one after the other; return each one's name and verdict."""
    done = []
    for stage in stages:
        started = time.monotonic()
        verdict = run(stage)
        print(f"{stage.name:<14} {time.monotonic() - started:7.1f} s  {verdict}", flush=True)
        done.append((stage.name, verdict))
    return done


def main() -> int:
    """Run the stages asked for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint"], help="only the stages that build nothing")
    only_lint = parser.parse_args().only == "lint"
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    started = time.monotonic()
    done = timed(LINT)
    if not only_lint:
        with ThreadPoolExecutor(len(LANES)) as lanes:
            done += [row for lane in lanes.map(timed, LANES) for row in lane]
        done += timed((PYTHON_TESTS,))
    failed = [name for name, verdict in done if verdict == "FAILED"]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "ok"
    print(f"{'all':<14} {time.monotonic() - started:7.1f} s  {verdict}")
    print(*closing_lines(), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
