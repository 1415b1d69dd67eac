"""A new project is whole, in order, and runs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib

import pytest

from tradecore.cli.scaffold import FILES, class_name_of, project_files, write_project
from tradecore.config import RunConfig, load
from tradecore.core import InputError


@pytest.mark.parametrize(
    ("name", "made"),
    [("my-maker", "MyMaker"), ("a", "A"), ("grid_2x", "Grid2x"), ("FastMaker", "FastMaker")],
)
def test_the_class_has_the_projects_name(name, made):
    """In the form Python's readers expect."""
    assert class_name_of(name) == made


@pytest.mark.parametrize(
    "name", ["", "1st", "-a", "a-", "a--b", "a b", "../a", "/a", "a/b", ".", "é", "a" * 65, "a\nb"]
)
def test_a_name_that_is_none_is_refused(name):
    """Nothing is written outside a new folder."""
    with pytest.raises(InputError, match=r"^a project's name has letters and digits, parted by"):
        class_name_of(name)


@pytest.mark.parametrize("name", ["tradecore", "strategy", "none", "true", "Tests"])
def test_a_name_that_hides_something_is_refused(name):
    """The project would import itself, or not compile."""
    with pytest.raises(InputError, match=r"^a project's name must not hide something else: "):
        class_name_of(name)


def test_every_file_is_filled_and_readable_by_its_tool():
    """Python parses, TOML parses, and no word of the template is left."""
    files = project_files("my-maker")

    assert set(files) == set(FILES)
    assert not any("{{" in text for text in files.values())
    assert tomllib.loads(files["pyproject.toml"])["project"]["name"] == "my-maker"
    for path in ("strategy.py", "tests/test_strategy.py"):
        ast.parse(files[path])
    assert "class MyMaker(tc.AbstractStrategy):" in files["strategy.py"]


def test_its_configuration_is_in_order(tmp_path):
    """What is written passes the check, and names the project's strategy."""
    folder = write_project("my-maker", tmp_path)

    loaded = load(RunConfig, folder / "run.ini", environ={})

    assert loaded.settings.run.strategy == "strategy.py"
    assert set(loaded.settings.strategy.params) <= {
        node.target.id
        for node in ast.walk(ast.parse((folder / "strategy.py").read_text()))
        if isinstance(node, ast.AnnAssign)
    }
    assert loaded.warnings == ()


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_is_there_is_left_alone(tmp_path, kind):
    """Whatever has the name keeps it."""
    taken = tmp_path / "my-maker"
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_text("mine")
    else:
        taken.symlink_to(tmp_path / "gone")

    with pytest.raises(InputError, match=r"^a project needs a new folder, this one is there: "):
        write_project("my-maker", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["my-maker"]


def test_a_project_that_cannot_be_written_leaves_nothing(tmp_path):
    """A parent that is not there is told as the system tells it."""
    with pytest.raises(FileNotFoundError, match="gone"):
        write_project("my-maker", tmp_path / "gone")

    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_to_do_next(run, tmp_path):
    """And refuses the second time."""
    first, again = run("new", "my-maker"), run("new", "my-maker", "--json")

    assert first.code == 0
    assert "cd my-maker\n  tradecore backtest strategy.py" in first.out
    assert (again.code, again.json["exit_code"]) == (2, 2)
    assert "this one is there" in again.json["error"]
    assert sorted(path.name for path in (tmp_path / "my-maker").iterdir()) == [
        ".gitignore", "README.md", "pyproject.toml", "run.ini", "strategy.py", "tests",
    ]  # fmt: skip


def test_the_command_answers_programs(run, tmp_path):
    """With the folder and the files."""
    ran = run("new", "my-maker", "--json")

    assert ran.json == {"folder": str(tmp_path / "my-maker"), "files": list(FILES)}


def test_a_new_project_passes_its_own_tests_and_runs(run, run_apart, tmp_path):
    """The promise of the first minute, kept with nothing but what ships."""
    run("new", "my-maker")
    folder = tmp_path / "my-maker"
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": ""}

    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    ran = run_apart(
        "backtest", str(folder / "strategy.py"), "--config", str(folder / "run.ini"), "--json"
    )

    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)
