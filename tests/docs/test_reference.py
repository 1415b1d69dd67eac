"""The reference pages are drawn from the code, so they cannot say anything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys


def test_the_reference_is_current(project_root):
    """`make docs` would change nothing."""
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=project_root,
        env=os.environ | {"PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_public_name_is_described(project_root):
    """A heading with nothing below it helps nobody."""
    page = (project_root / "docs" / "reference" / "python.md").read_text("utf-8")

    sections = re.split(r"^## `(\w+)`$", page, flags=re.MULTILINE)[1:]
    empty = {
        name for name, text in zip(sections[::2], sections[1::2], strict=True) if not text.strip()
    }

    assert empty == set()
