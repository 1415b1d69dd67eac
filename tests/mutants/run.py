"""Seed the bugs of `mutants.toml` into a copy of a crate, one by one; its tests must find each.

python tests/mutants/run.py             # all of them
python tests/mutants/run.py iceberg     # those whose name or crate has the word
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
#: The tests of each crate, the quick ones first: most bugs do not get past them.
TESTS = {
    "core": (
        ("--test", "scripts"),
        ("--test", "twins", "sessions::twins_agree", "--", "--exact"),
        ("--test", "twins"),
        ("--lib", "matching"),
    ),
    "journal": (("--test", "sequencer"),),
}
#: A bug may be that something never ends.
TEST_SECONDS_MAX = 180
#: Losses of power in the journal's tests, each time they run: few are enough for a known bug.
CRASHES = "2000"
CARGO = ("cargo", "test", "--quiet", "--offline", "--locked", "--profile", "quick")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug: what is replaced by what, and where."""

    name: str
    file: str
    old: str
    new: str
    crate: str = "core"

    def has(self, words: list[str]) -> bool:
        """Whether its name or its crate has each of some words."""
        return all(word in f"{self.crate} {self.name}" for word in words)

    @property
    def path(self) -> Path:
        """The file in the copy."""
        return COPY / "rust" / self.crate / "src" / self.file

    def seed(self) -> str:
        """Write the bug into the copy and return what stood in the file before.

        Raises:
            ValueError: If the text to replace does not stand in the file exactly once.
        """
        path = self.path
        text = path.read_text()
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"text to replace must occur once: {count} times in {self.file}")
        path.write_text(text.replace(self.old, self.new))
        return text


def copy() -> None:
    """Copy what the tests need."""
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


def test(crate: str, arguments: tuple[str, ...]) -> str:
    """Run some tests in the copy and return `ok`, `build`, `failed` or `endless`."""
    command = [*CARGO, "-p", f"tradecore-{crate}", *arguments]
    environment = os.environ | {"CARGO_TARGET_DIR": str(COPY / "target"), "CRASHES": CRASHES}
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


def hunt(crate: str) -> tuple[str, str]:
    """Run a crate's tests until some fail; return the verdict and which tests gave it."""
    for arguments in TESTS[crate]:
        verdict = test(crate, arguments)
        if verdict != "ok":
            return verdict, " ".join(arguments[1:3])
    return "SURVIVED", "-"


def main(words: list[str]) -> int:
    """Seed the mutants whose names have a word of ``words``; return 0 if all are found."""
    table = tomllib.loads(TABLE.read_text())["mutant"]
    mutants = [mutant for row in table if (mutant := Mutant(**row)).has(words)]
    bad = 0
    copy()
    for crate in {mutant.crate: None for mutant in mutants}:
        if (verdict := hunt(crate)) != ("SURVIVED", "-"):
            print(f"the tests of {crate} do not pass without a bug: {verdict}")
            return 1
    for mutant in mutants:
        started = time.monotonic()
        try:
            before = mutant.seed()
        except ValueError as error:
            verdict, where = "NO PLACE", str(error)
        else:
            verdict, where = hunt(mutant.crate)
            mutant.path.write_text(before)
        bad += verdict not in {"failed", "endless"}
        seconds = time.monotonic() - started
        print(f"{verdict:<9} {seconds:5.0f} s  {mutant.name}  [{where}]", flush=True)
    print(f"{len(mutants) - bad} of {len(mutants)} found")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
