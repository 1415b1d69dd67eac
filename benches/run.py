"""Run every benchmark, print one table, and write it to `benches/RESULTS.md`.

A benchmark is a file in `benches/python` with `run() -> list[dict]`; each row has `name`, `value`
and `unit`, and beside it the baseline of the same run: `baseline_name`, `baseline_value`, `ratio`
(above 1 means better than the baseline); `asked` says what we set ourselves, where we did. Values
are medians unless the name says otherwise. A benchmark may also have `curves() -> list[dict]`, each
drawn beside the results as a plot.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plot import Curve, draw
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
HEADINGS = ("what", "figure", "asked", "baseline", "its figure", "ratio")
THOUSAND = 1_000
TEN = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure beside its baseline."""

    group: str
    name: str
    value: float
    unit: str
    baseline_name: str | None
    baseline_value: float | None
    ratio: float | None
    asked: str | None = None

    @classmethod
    def read(cls, group: str, given: Mapping[str, object]) -> Row:
        """Take a row as a benchmark gives it; a key that is missing or unknown is an error."""
        return cls(group=group, **given)  # type: ignore[arg-type]

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Return what the table shows."""
        baseline = "" if self.baseline_value is None else shown(self.baseline_value, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:.1f} x"
        return (
            self.name,
            shown(self.value, self.unit),
            self.asked or "",
            self.baseline_name or "",
            baseline,
            ratio,
        )


def shown(value: float, unit: str) -> str:
    """Return a figure with three digits that matter and its unit."""
    if unit.endswith("/s"):
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if value >= size:
                return f"{value / size:.3g} {letter} {unit}"
    if abs(value) >= THOUSAND:
        return f"{value:,.0f} {unit}"
    return f"{value:.1f} {unit}" if abs(value) >= TEN else f"{value:.3g} {unit}"


def machine() -> str:
    """Return the processor's name and how many of it we may use."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [
            line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = models[0].partition(":")[2].strip() if models else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()}"


def commit() -> str:
    """Return the commit that was measured, marked when the tree differs from it."""
    ran = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"],  # noqa: S607
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout.strip() or "unknown commit"


def measure(wanted: str) -> Iterator[Row | Curve]:
    """Run the benchmarks whose file name contains ``wanted``: rows, then curves, of each."""
    # A benchmark may stand on another, here and where it is run alone.
    sys.path.insert(0, str(HERE / "python"))
    for path in sorted((HERE / "python").glob("*.py")):
        if wanted not in path.stem or path.stem.startswith("_"):
            continue
        print(f"{path.stem} ...", file=sys.stderr, flush=True)
        module = importlib.import_module(path.stem)
        yield from (Row.read(path.stem, row) for row in module.run())
        if hasattr(module, "curves"):
            yield from (Curve(group=path.stem, **curve) for curve in module.curves())


def page(rows: list[Row], curves: list[Curve], head: list[str]) -> str:
    """Return the results as a page that shows the plots beside it."""
    lines = ["# Results", "", "Written by `make bench`; a figure means something only beside the"]
    lines += ["machine it was measured on and the baseline of the same run.", ""]
    lines += [f"- {line}" for line in head]
    for group in dict.fromkeys(row.group for row in rows):
        lines += [
            "",
            f"## {group}",
            "",
            "| " + " | ".join(HEADINGS) + " |",
            "|---|--:|--:|---|--:|--:|",
        ]
        lines += [f"| {' | '.join(row.cells())} |" for row in rows if row.group == group]
        for curve in curves:
            if curve.group == group:
                lines += ["", f"![{curve.name}, along {curve.along}]({curve.file_name})"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="part of a benchmark's file name")
    only = parser.parse_args().only
    figures = list(measure(only))
    rows = [figure for figure in figures if isinstance(figure, Row)]
    curves = [figure for figure in figures if isinstance(figure, Curve)]
    if not rows:
        print(f"no benchmark is called like that: {only!r}", file=sys.stderr)
        return 1
    head = [
        machine(),
        f"tradecore {importlib.metadata.version('tradecore')}, commit {commit()}",
        f"Python {platform.python_version()} ({platform.python_implementation()})",
    ]
    table = Table(*HEADINGS)
    for row in rows:
        table.add_row(*row.cells())
    print(*head, sep="\n")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    if not only:
        for curve in curves:
            (HERE / curve.file_name).write_text(draw(curve))
        RESULTS.write_text(page(rows, curves, head))
        print(f"written to {RESULTS.relative_to(Path.cwd())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
