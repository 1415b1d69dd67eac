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
    #: Part of `make lint`: needs nothing built.
    lint: bool = False
    #: A program without which the stage is skipped, not failed: CI has it, a newcomer may not.
    needs: str | None = None
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a tool of our environment."""
    return (str(BIN / name), *arguments)


def python(*arguments: str) -> tuple[str, ...]:
    """Return a command line of our interpreter."""
    return (sys.executable, *arguments)


STAGES = (
    Stage(
        "form",
        (
            ("cargo", "fmt", "--all", "--check"),
            ("cargo", "fmt", "--check", "--manifest-path", FUZZ),
            tool("ruff", "format", "--check", "--quiet"),
        ),
        lint=True,
    ),
    Stage("ruff", (tool("ruff", "check", "--quiet"),), lint=True),
    Stage("types", (tool("mypy"),), lint=True),
    Stage(
        "types of the example",
        (tool("mypy", "examples/custom_exchange/src"),),
        lint=True,
        environment={"MYPYPATH": "examples/custom_exchange/src"},
    ),
    Stage("layers", (tool("lint-imports"),), lint=True, environment={"PYTHONPATH": "python"}),
    Stage(
        "workflows",
        (tool("zizmor", "--offline", "--no-progress", "--quiet", ".github"),),
        lint=True,
    ),
    Stage(
        "supply",
        (("cargo", "deny", "--offline", "check", "licenses", "bans", "sources"),),
        lint=True,
        needs="cargo-deny",
    ),
    Stage("clippy", (("cargo", "clippy", *RUST, "--all-targets", "--", "-D", "warnings"),)),
    Stage("rust tests", (("cargo", "test", *RUST, "--exclude", "tradecore-bindings"),)),
    Stage("garbage", (("cargo", "run", "--quiet", "--release", *GARBAGE, "1"),)),
    Stage("wheel", (("make", "wheel"),)),
    Stage("python tests", (python(".ci/test_wheel.py", "--coverage"),)),
)


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


def main() -> int:
    """Run the stages asked for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint"], help="only the stages that build nothing")
    only_lint = parser.parse_args().only == "lint"
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    rows = []
    for stage in STAGES:
        if only_lint and not stage.lint:
            continue
        started = time.monotonic()
        verdict = run(stage)
        seconds = time.monotonic() - started
        rows.append((stage.name, seconds, verdict))
        print(f"{stage.name:<14} {seconds:7.1f} s  {verdict}", flush=True)
    failed = [name for name, _, verdict in rows if verdict == "FAILED"]
    total = sum(seconds for _, seconds, _ in rows)
    table = [f"{name:<14} {seconds:7.1f} s  {verdict}" for name, seconds, verdict in rows]
    (LOGS / "times.txt").write_text("\n".join([*table, f"{'all':<14} {total:7.1f} s"]) + "\n")
    print(f"{'all':<14} {total:7.1f} s  {'FAILED: ' + ', '.join(failed) if failed else 'ok'}")
    print(*closing_lines(), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
