"""The reference pages are drawn from the code, so they cannot say anything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import tradecore as tc
from tradecore.oms import order_transitions


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


def test_the_page_of_strategies_leaves_nothing_out(project_root):
    """Each callback, action and question of the class has its signature there."""
    page = (project_root / "docs" / "reference" / "strategy.md").read_text()
    told = set(re.findall(r"^(?:- `|### `)(\w+)", page, flags=re.MULTILINE))
    public = {name for name in dir(tc.AbstractStrategy) if not name.startswith("_")}

    assert public - {"Config"} <= told


def test_the_page_of_order_states_lists_each_transition_and_each_meaning(project_root):
    """Nothing of the core's table is left out, and no word of it stands there unexplained."""
    page = (project_root / "docs" / "reference" / "order_states.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$", page, flags=re.MULTILINE)
    listed = {(one, event, other) for one, event, to in rows for other in re.findall(r"\w+", to)}
    explained = set(re.findall(r"^\| `(\w+)` \| [A-Z][^`|]+\. \|$", page, flags=re.MULTILINE))

    assert listed == set(order_transitions())
    assert {word for row in order_transitions() for word in row} <= explained
    assert set(tc.OrderState) <= explained
