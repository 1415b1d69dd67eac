"""The reference pages are drawn from the code, so they cannot say anything else."""

from __future__ import annotations

import os
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
