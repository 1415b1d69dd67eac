"""Seed the bugs of `mutants.toml` into a copy of the core, one by one; its tests must find each.

python tests/mutants/run.py             # all of them
python tests/mutants/run.py iceberg     # those whose name has the word
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The copy, and what is built from it; what it depends on is built once.
COPY = ROOT / "target" / "mutants"
TABLE = Path(__file__).with_name("mutants.toml")
#: The quick tests first: most bugs do not get past them.
TESTS = (
    ("--test", "scripts"),
    ("--test", "twins", "sessions::twins_agree", "--", "--exact"),
    ("--test", "twins"),
    ("--lib", "matching"),
)
#: A bug may be that something never ends.
TEST_SECONDS_MAX = 180
CARGO = ("cargo", "test", "--quiet", "--offline", "--locked", "--profile", "quick")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug: what is replaced by what, and where."""

    name: str
    file: str
    old: str
    new: str

    def seed(self, sources: Path) -> str:
        """Write the bug into the copy and return what stood in the file before.

        Raises:
            ValueError: If the text to replace does not stand in the file exactly once.
        """
        path = sources / self.file
        text = path.read_text()
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"text to replace must occur once: {count} times in {self.file}")
        path.write_text(text.replace(self.old, self.new))
        return text


def copy() -> Path:
    """Copy what the core's tests need and return where its sources are."""
    ignored = shutil.ignore_patterns("target", "__pycache__")
    for name in ("Cargo.toml", "Cargo.lock", "rust", "benches/rust", "tests/golden"):
        source, target = ROOT / name, COPY / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            # Not the times: a copy must look newer than what was built from the last one.
            shutil.copytree(source, target, ignore=ignored, copy_function=shutil.copy)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return COPY / "rust" / "core" / "src"


def test(arguments: tuple[str, ...]) -> str:
    """Run some tests in the copy and return `ok`, `build`, `failed` or `endless`."""
    command = [*CARGO, "-p", "tradecore-core", *arguments]
    environment = os.environ | {"CARGO_TARGET_DIR": str(COPY / "target")}
    at = command.index("--") if "--" in command else len(command)
    build = [*command[:at], "--no-run"]
    quiet = {"cwd": COPY, "env": environment, "capture_output": True}
    if subprocess.run(build, check=False, **quiet).returncode != 0:
        return "build"
    try:
        done = subprocess.run(command, check=False, **quiet, timeout=TEST_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return "endless"
    return "ok" if done.returncode == 0 else "failed"


def hunt() -> tuple[str, str]:
    """Run the tests until some fail; return the verdict and which tests gave it."""
    for arguments in TESTS:
        verdict = test(arguments)
        if verdict != "ok":
            return verdict, " ".join(arguments[1:3])
    return "SURVIVED", "-"


def main(words: list[str]) -> int:
    """Seed the mutants whose names have a word of ``words``; return 0 if all are found."""
    table = tomllib.loads(TABLE.read_text())["mutant"]
    mutants = [Mutant(**row) for row in table if all(word in row["name"] for word in words)]
    bad = 0
    sources = copy()
    if (verdict := hunt()) != ("SURVIVED", "-"):
        print(f"the tests do not pass without a bug: {verdict}")
        return 1
    for mutant in mutants:
        started = time.monotonic()
        try:
            before = mutant.seed(sources)
        except ValueError as error:
            verdict, where = "NO PLACE", str(error)
        else:
            verdict, where = hunt()
            (sources / mutant.file).write_text(before)
        bad += verdict not in {"failed", "endless"}
        seconds = time.monotonic() - started
        print(f"{verdict:<9} {seconds:5.0f} s  {mutant.name}  [{where}]", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} found")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
