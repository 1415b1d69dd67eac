"""Test what users install: the built wheel, in a clean environment, without the sources.

The tests are copied out of the tree and run with `PYTHONSAFEPATH`, so `import tradecore` can only
find the wheel. Tests about the tree itself (layers, sizes, pages) find it by `TRADECORE_ROOT`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path.cwd()
BUILD = ROOT / "build"
VENV = BUILD / "wheel-venv"
OUTSIDE = BUILD / "wheel-tests"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
WHEEL_MB_MAX = 15
IMPORTS_TIMED = 5
# Whole systems wait for processes more than they compute: two at a time, beside nothing else.
PAIRS = ("-n", "2", "--dist", "loadfile")
PARTS = ((*PAIRS, "--ignore", "tests/integration"), (*PAIRS, "tests/integration"))

# Run in a fresh interpreter: the import alone, not the start of Python.
TIME_IMPORT = """
import time
started = time.perf_counter_ns()
import tradecore
print(time.perf_counter_ns() - started, tradecore.__file__)
"""


def say(line: str) -> None:
    """Print one line at once: the output is a log."""
    print(line, flush=True)


def passes(*command: str | Path, cwd: Path = OUTSIDE) -> bool:
    """Run ``command``, outside the tree if not said otherwise; answer whether it ended well."""
    environment = os.environ | {
        "PYTHONSAFEPATH": "1",
        "TRADECORE_ROOT": str(ROOT),
        "HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", "ci"),
    }
    environment.pop("PYTHONPATH", None)
    line = [str(part) for part in command]
    return subprocess.run(line, cwd=cwd, env=environment, check=False).returncode == 0


def the_wheel() -> Path:
    """Return the one wheel in dist/, refusing one that has grown too large."""
    wheels = sorted((ROOT / "dist").glob("tradecore-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"dist/ must hold one wheel: {[wheel.name for wheel in wheels]}")
    size_mb = wheels[0].stat().st_size / 1e6
    say(f"wheel: {wheels[0].name}, {size_mb:.2f} MB")
    if size_mb > WHEEL_MB_MAX:
        sys.exit(f"a wheel may have {WHEEL_MB_MAX} MB: {size_mb:.2f}")
    return wheels[0]


def install(wheel: Path) -> None:
    """Make the clean environment: the wheel, the test tools, clients and tables of other people."""
    shutil.rmtree(VENV, ignore_errors=True)
    shutil.rmtree(OUTSIDE, ignore_errors=True)
    OUTSIDE.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    groups = ("--group", "dev", "--group", "clients", "--group", "frames")
    subprocess.run([*pip, f"{wheel}[venue,convert]", *groups], check=True)
    shutil.copytree(ROOT / "tests", OUTSIDE / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", OUTSIDE)


def time_import() -> None:
    """Print how long `import tradecore` takes; refuse one that finds the sources."""
    taken_ms = []
    for _ in range(IMPORTS_TIMED):
        run = subprocess.run(
            [str(PYTHON), "-P", "-c", TIME_IMPORT],
            cwd=OUTSIDE,
            capture_output=True,
            text=True,
            check=True,
        )
        nanoseconds, place = run.stdout.split()
        if "site-packages" not in place:
            sys.exit(f"the tests must import the installed wheel: {place}")
        taken_ms.append(int(nanoseconds) / 1e6)
    say(f"import tradecore: best {min(taken_ms):.0f} ms of {IMPORTS_TIMED}")


def main() -> int:
    """Install, hold the stub to the binary, run the tests; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coverage", action="store_true", help="also measure and judge coverage")
    coverage = parser.parse_args().coverage
    install(the_wheel())
    time_import()
    results = [passes(PYTHON, "-m", "mypy.stubtest", "tradecore._core")]
    if coverage:
        report = (PYTHON, "-m", "coverage")
        results += [passes(*report, "run", "-m", "pytest", "-q", *part) for part in PARTS]
        results += [
            # In the tree, so that the report names the sources and not the installed copies.
            passes(*report, "combine", "--quiet", OUTSIDE, cwd=ROOT),
            passes(*report, "report", "--skip-covered", "--sort=cover", cwd=ROOT),
        ]
    else:
        results += [passes(PYTHON, "-m", "pytest", "-q", *part) for part in PARTS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
