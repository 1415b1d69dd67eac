"""What the pages tell a reader to type works, and what they point at is there.

A page's blocks run top to bottom in one empty folder. `python` blocks share one module;
`console` blocks run the lines after `$` that call `tradecore`, `python` or `cd`, and the lines
below them must appear in the output, in order, `...` standing for anything.
`file=NAME` saves a block instead of running it, and `no-run` leaves it alone.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import types
from pathlib import Path

import pytest

import tradecore
from docs.markdown import Block, pages, read

ROOT = Path(os.environ.get("TRADECORE_ROOT") or Path(__file__).parents[2])
PAGES = [path for path in pages(ROOT) if path.is_relative_to(ROOT)]
RUNNING = [
    path
    for path in PAGES
    if any(block.runs and block.language in {"python", "console"} for block in read(path).blocks)
]
CONSOLE = "from tradecore.cli import main; main()"
PROGRAMS = {"tradecore": [sys.executable, "-c", CONSOLE], "python": [sys.executable]}
COMMAND_SECONDS_MAX = 50
PACKAGE = Path(tradecore.__file__).parents[1]


def name_of(path: Path) -> str:
    """Return the page's path in the tree, for the test's id."""
    return path.relative_to(ROOT).as_posix()


def run_python(block: Block, page: Path, module: types.ModuleType) -> None:
    """Run a block in the page's module, its lines numbered as in the page."""
    padded = "\n" * (block.line - 1) + block.text
    exec(compile(padded, str(page), "exec", dont_inherit=True), module.__dict__)  # noqa: S102


def matches(expected: list[str], output: str) -> bool:
    """Whether ``expected`` lines appear in ``output`` in order; `...` stands for anything."""
    parts = [re.escape(line.strip()).replace(r"\.\.\.", ".*") for line in expected if line.strip()]
    pattern = r"[\s\S]*?".join(rf"^\s*{part}\s*$" for part in parts)
    return re.search(pattern, output, flags=re.MULTILINE) is not None


def environment() -> dict[str, str]:
    """Return the commands' environment: a narrow, plain terminal, and the tradecore under test."""
    found = {} if PACKAGE.name == "site-packages" else {"PYTHONPATH": str(PACKAGE)}
    return os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"} | found


def run_console(block: Block, page: Path) -> None:
    """Run the block's commands in turn and compare what it shows of their output."""
    text = re.sub(r"\\\n\s*", "", block.text)
    for turn in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *expected = turn.splitlines()
        program, *arguments = shlex.split(command, comments=True)
        if program == "cd":
            os.chdir(arguments[0])
        elif program in PROGRAMS:
            run = subprocess.run(
                [*PROGRAMS[program], *arguments],
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_SECONDS_MAX,
                env=environment(),
            )
            output = run.stdout + run.stderr
            place = f"{name_of(page)}:{block.line}: {command}"
            assert run.returncode == 0, f"{place}\n{output}"
            assert matches(expected, output), f"{place}\n{output}"


@pytest.mark.skipif(not RUNNING, reason="needs the source tree: set TRADECORE_ROOT")
@pytest.mark.parametrize("path", RUNNING, ids=name_of)
def test_what_the_page_says_to_run_runs(path, tmp_path, monkeypatch):
    """Each block of the page runs, in order, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    for block in read(path).blocks:
        if block.file is not None:
            target = Path(block.file)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.runs and block.language == "python":
            run_python(block, path, module)
        elif block.runs and block.language == "console":
            run_console(block, path)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path):
    """A link to a file of the tree finds it, and the heading it names."""
    broken = []
    for line, target in read(path).links:
        if re.match(r"[a-z]+:", target):
            continue
        place, _, fragment = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        if not found.exists():
            broken.append(f"line {line}: {target}")
        elif fragment and found.suffix == ".md" and fragment not in read(found).anchors:
            broken.append(f"line {line}: {target}: no such heading")
    assert not broken


def test_every_page_is_reached_from_the_first():
    """From docs/index.md, links lead to every page of docs/."""
    first = ROOT / "docs" / "index.md"
    seen, ahead = set(), [first]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [target.partition("#")[0] for _, target in read(page).links]
        near = [(page.parent / target).resolve() for target in targets if target]
        ahead += [each for each in near if each.suffix == ".md" and each.exists()]
    missing = {path for path in PAGES if path.is_relative_to(ROOT / "docs")} - seen
    assert not sorted(name_of(path) for path in missing)


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        pytest.param([], "anything\n", True, id="nothing-shown"),
        pytest.param(["b 2"], "a 1\nb 2\n", True, id="a-later-line"),
        pytest.param(["a ...", "c"], "a 1\nb 2\nc\n", True, id="dots-and-a-gap"),
        pytest.param(["b", "a"], "a\nb\n", False, id="wrong-order"),
        pytest.param(["b 3"], "b 2\n", False, id="other-figure"),
    ],
)
def test_shown_output_is_compared(expected, output, same):
    """What a page shows of an output must be there, in order."""
    assert matches(expected, output) is same
