"""What a type checker says to a user: right programs pass, wrong ones are caught where they err.

A file in `accepted/` must pass `mypy --strict`. In `refused/`, each line that ends in
`# E: code` must be refused with that code, and no other line may be.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tradecore

HERE = Path(__file__).parent
ACCEPTED = sorted((HERE / "accepted").glob("*.py"))
REFUSED = sorted((HERE / "refused").glob("*.py"))
ERROR = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$")
EXPECTED = re.compile(r"# E: (?P<code>[\w-]+)$")


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """Check every file at once, as a user would; return file, line, code of each error."""
    package = Path(tradecore.__file__).parent.parent
    installed = package.name == "site-packages"
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-pretty"]
        + [f"--python-executable={sys.executable}", "--config-file=", "--hide-error-context"]
        + [str(path) for path in [*ACCEPTED, *REFUSED]],
        cwd=tmp_path_factory.mktemp("typing"),
        env=os.environ | ({} if installed else {"MYPYPATH": str(package)}),
        capture_output=True,
        text=True,
        check=False,
    )
    found = [ERROR.match(line) for line in run.stdout.splitlines() if "error:" in line]
    assert all(found), run.stdout + run.stderr
    assert not run.stderr
    return {(Path(one["file"]).name, int(one["line"]), one["code"]) for one in found if one}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_a_right_program_passes(path, errors):
    """The public names are typed so that ordinary use needs no cast and no ignore."""
    assert not {error for error in errors if error[0] == path.name}


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_wrong_program_is_refused(path, errors):
    """Each marked line is refused with the marked code, and nothing else is."""
    lines = path.read_text().splitlines()
    expected = {
        (path.name, number, found["code"])
        for number, line in enumerate(lines, 1)
        if (found := EXPECTED.search(line))
    }
    assert expected
    assert {error for error in errors if error[0] == path.name} == expected
