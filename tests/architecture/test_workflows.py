"""What runs on a hosted machine is what runs here: workflows call the project's own commands."""

from __future__ import annotations

import re

import pytest
import yaml

MAKE = re.compile(r"\bmake ([a-z]+)")
PROGRAM = re.compile(r"(?<![\w/])\.ci/\w+(?:\.py)?")


@pytest.fixture(scope="module")
def workflows(project_root):
    """Return each workflow by its file's stem."""
    folder = project_root / ".github" / "workflows"
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yml"))}


@pytest.fixture(scope="module")
def recipes(project_root):
    """Return the recipe of each target of the Makefile."""
    text = (project_root / "Makefile").read_text().replace("$(CARGO)", "cargo")
    found = re.findall(r"^([a-z]+):[^=\n]*\n((?:\t.*\n)*)", text, flags=re.MULTILINE)
    return {name: [line.strip("\t@") for line in lines.splitlines()] for name, lines in found}


def scripts(workflow):
    """Return every line that a workflow's jobs run."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    return [line.strip() for step in steps for line in step.get("run", "").splitlines()]


def test_every_target_that_is_called_exists(project_root, workflows, recipes):
    """A target that is renamed in the Makefile is renamed everywhere."""
    lines = [line for workflow in workflows.values() for line in scripts(workflow)]
    lines += (project_root / ".ci" / "run").read_text().splitlines()
    called = {target for line in lines for target in MAKE.findall(line.partition("#")[0])}

    assert {"bench", "check"} <= called <= set(recipes)


def test_every_program_that_is_called_exists(project_root, workflows, recipes):
    """The same of the programs in `.ci`."""
    lines = [line for workflow in workflows.values() for line in scripts(workflow)]
    lines += [line for recipe in recipes.values() for line in recipe]
    called = {name for line in lines for name in PROGRAM.findall(line)}

    assert {".ci/run", ".ci/test_wheel.py", ".ci/check.py"} <= called
    assert all((project_root / name).is_file() for name in called)


def test_the_gate_runs_what_a_developer_runs(project_root, workflows):
    """`.ci/run` ends in `make check`, and the workflow calls it and nothing in its stead."""
    assert "bash .ci/run" in scripts(workflows["ci"])
    assert (project_root / ".ci" / "run").read_text().splitlines()[-1] == "exec make check"


def test_rust_is_tested_the_same_everywhere(workflows, recipes):
    """Each `cargo test` of a workflow is the one of `make test`, to the letter."""
    ours = [line for line in recipes["test"] if line.startswith("cargo test")]
    theirs = [line for line in scripts(workflows["ci"]) if line.startswith("cargo test")]

    assert len(ours) == 1
    assert theirs == ours


@pytest.mark.parametrize(("workflow", "last"), [("ci", "green"), ("wheels", "publish")])
def test_the_last_job_waits_for_every_other(workflow, last, workflows):
    """A job that is added and not waited for could fail unseen."""
    jobs = workflows[workflow]["jobs"]

    assert set(jobs[last]["needs"]) == set(jobs) - {last}
