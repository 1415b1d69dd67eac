"""What enters through Cargo.lock may be linked into what users sell: deny.toml says what may."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib

import pytest


@pytest.fixture(scope="module")
def packages(project_root):
    """Return name and licence expression of each crate in the lock file."""
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("needs cargo")
    run = subprocess.run(
        [cargo, "metadata", "--format-version=1", "--locked", "--offline"],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        pytest.skip("needs every crate of Cargo.lock to have been fetched")
    return {each["name"]: each["license"] for each in json.loads(run.stdout)["packages"]}


def permits(expression: str, allowed: set[str]) -> bool:
    """Whether a licence expression can be met by ``allowed`` ones; `/` is the old `OR`."""
    flat = expression.replace("(", "").replace(")", "")
    return all(
        any(choice.strip() in allowed for choice in re.split(r" OR |/", part))
        for part in flat.split(" AND ")
    )


def test_each_licence_is_allowed(packages, project_root):
    """Each crate offers at least one licence that deny.toml allows."""
    allowed = set(tomllib.loads((project_root / "deny.toml").read_text())["licenses"]["allow"])
    refused = {name: text for name, text in packages.items() if not permits(text, allowed)}
    assert packages
    assert not refused


@pytest.mark.parametrize(
    ("expression", "permitted"),
    [
        pytest.param("MIT", True, id="one"),
        pytest.param("GPL-3.0 OR MIT", True, id="a-choice"),
        pytest.param("MIT/GPL-3.0", True, id="the-old-form"),
        pytest.param("(MIT OR GPL-3.0) AND ISC", False, id="both-are-needed"),
        pytest.param("GPL-3.0", False, id="none"),
    ],
)
def test_a_choice_needs_one_and_a_sum_needs_all(expression, permitted):
    """`OR` offers a choice, `AND` asks for every part."""
    assert permits(expression, {"MIT"}) is permitted
