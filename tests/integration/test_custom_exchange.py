"""The example of a connector, as its author would test it: installed beside tradecore."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("TRADECORE_ROOT") or Path(__file__).parents[2])
EXAMPLE = ROOT / "examples" / "custom_exchange"
pytestmark = pytest.mark.skipif(not EXAMPLE.is_dir(), reason="examples/ is not in this tree")


@pytest.fixture
def environ(tmp_path):
    """Return an environment where the example is installed, by what its pyproject says."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(about)
    groups = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text("\n".join(groups))
    paths = [str(tmp_path), str(EXAMPLE / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.timeout(170)
@pytest.mark.parametrize(
    "arguments",
    [["examples/custom_exchange/tests"], ["tests/contract", "-k", "ACORN"]],
    ids=["its own tests", "what every connector must do"],
)
def test_the_example_is_a_connector(environ, arguments):
    """It trades through four processes, and keeps every rule that ours keep."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=150
    )

    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
