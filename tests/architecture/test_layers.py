"""Imports point down: the contracts of pyproject.toml hold for the sources."""

from __future__ import annotations

import os
import subprocess
import sys


def test_the_layers_hold(project_root):
    """Every package stands in one layer and imports only from layers below it."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=project_root,
        env=os.environ | {"PYTHONPATH": str(project_root / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
