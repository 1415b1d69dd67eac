"""The tree keeps its own rules: sizes, words, imports, docstrings."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
# A note to a tool at the end of a line does not count, as the linter has it.
PRAGMA = re.compile(r"\s+# (noqa|type: ignore|pragma).*$")
# Drawn by a tool from something else, or kept as recorded.
GENERATED = re.compile(r"(_pb2\.pyi?$|^tests/golden/|^benches/RESULTS\.md$|^Cargo\.lock$)")
SKIPPED_FOLDERS = {"target", "build", "dist", "out", "__pycache__", "node_modules", "corpus"}
CODE = {".py", ".pyi", ".rs"}
TEXT = CODE | {".md", ".toml", ".yml", ".yaml", ".txt", ".ini", ".html", ".css"}
# Assembled, so that this file does not contain what it looks for.
BANNED = [
    "TO" + "DO",
    "FIX" + "ME",
    "X" * 3,
    "institutional" + "-grade",
    "enterprise" + "-grade",
    "blazing" + "ly",
    "/work" + "/",
    "/tmp" + "/",
]
BANNED_WORD = re.compile("|".join(rf"(?<!\w){re.escape(word)}" for word in BANNED))
BASE_DEPENDENCIES = {
    "httpx",
    "msgspec",
    "numpy",
    "prometheus-client",
    "protobuf",
    "pydantic",
    "pyyaml",
    "pyzmq",
    "rich",
    "sniffio",
    "structlog",
    "typer",
    "uvicorn",
    "websockets",
}


@cache
def files_of(root: Path) -> tuple[Path, ...]:
    """Return every file of the tree that people write."""

    def walk(folder: Path):
        for entry in sorted(folder.iterdir()):
            hidden = entry.name.startswith(".") and entry.name not in {".ci", ".github"}
            if entry.is_dir():
                if not hidden and entry.name not in SKIPPED_FOLDERS:
                    yield from walk(entry)
            elif entry.suffix in TEXT or entry.name == "Makefile":
                yield entry

    return tuple(walk(root))


def code_of(root: Path) -> list[tuple[str, str]]:
    """Return path and text of each file of code, generated ones left out."""
    paths = [path for path in files_of(root) if path.suffix in CODE]
    named = [(path.relative_to(root).as_posix(), path.read_text()) for path in paths]
    return [(name, text) for name, text in named if not GENERATED.search(name)]


def python_trees(root: Path, *folders: str) -> list[tuple[str, ast.Module]]:
    """Return the syntax tree of each Python file in ``folders``."""
    return [
        (name, ast.parse(text))
        for name, text in code_of(root)
        if name.endswith(".py") and name.startswith(folders)
    ]


def test_a_file_is_one_idea(project_root):
    """No file of code is longer than 400 lines; the stub, one file by nature, is the exception."""
    long = {
        name: lines
        for name, text in code_of(project_root)
        if (lines := len(text.splitlines())) > FILE_LINES_MAX and not name.endswith("_core.pyi")
    }
    assert not long


def test_a_function_fits_on_a_page(project_root):
    """No Python function is longer than 70 lines."""
    long = [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name, tree in python_trees(project_root, "python/", "tests/", "benches/", ".ci/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert not long


def rust_functions(text: str):
    """Yield line, name and length of each function, told by rustfmt's indentation."""
    lines = text.splitlines()
    starts = re.compile(r"^(\s*)(?:pub(?:\([^)]*\))? )?(?:const )?(?:unsafe )?fn (\w+)")
    for at, line in enumerate(lines):
        if (found := starts.match(line)) and not line.rstrip().endswith((";", "}")):
            end = f"{found[1]}}}"
            length = next((n for n, later in enumerate(lines[at:], 1) if later == end), 0)
            yield at + 1, found[2], length


def test_a_rust_function_fits_on_a_page(project_root):
    """No Rust function is longer than 70 lines; a test's table of cases may be."""
    long = [
        f"{name}:{line} {function} has {length} lines"
        for name, text in code_of(project_root)
        if name.endswith(".rs") and not name.endswith("tests.rs")
        for line, function, length in rust_functions(text)
        if length > FUNCTION_LINES_MAX
    ]
    assert not long


def test_lines_fit_and_have_no_tab(project_root):
    """Code has at most 100 columns, and indents by spaces; a recorded frame is as it came."""
    wrong = [
        f"{name}:{number}"
        for name, text in code_of(project_root)
        for number, line in enumerate(text.splitlines(), 1)
        if (len(PRAGMA.sub("", line)) > COLUMNS_MAX or "\t" in line)
        and not line.lstrip().startswith('r#"')
    ]
    assert not wrong


def test_no_word_of_unfinished_work_or_of_praise(project_root):
    """The tree holds no mark of unfinished work, no boast, and no path of somebody's machine."""
    found = [
        f"{path.relative_to(project_root)}: {match.group()}"
        for path in files_of(project_root)
        for match in BANNED_WORD.finditer(path.read_text())
    ]
    assert not found


def test_files_are_utf8_and_end_in_a_newline(project_root):
    """Each text file ends in exactly one newline."""
    wrong = [
        str(path.relative_to(project_root))
        for path in files_of(project_root)
        if (text := path.read_text(encoding="utf-8")) and not re.search(r"[^\n]\n\Z", text)
        if not path.is_relative_to(project_root / "tests" / "golden")
    ]
    assert not wrong


def opens_the_extension(node: ast.AST) -> bool:
    """Whether ``node`` imports `tradecore._core`."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "tradecore._core" or (
            node.module == "tradecore" and any(alias.name == "_core" for alias in node.names)
        )
    return isinstance(node, ast.Import) and any(
        alias.name == "tradecore._core" for alias in node.names
    )


def test_one_door_to_rust(project_root):
    """Only `core.py` imports `_core`, and no import is relative."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in python_trees(project_root, "python/")
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.level > 0)
        or (name != "python/tradecore/core.py" and opens_the_extension(node))
    ]
    assert not wrong


def test_folders_are_nouns_of_the_field(project_root):
    """No module is called after the absence of an idea."""
    absent = re.compile(r"^(utils?|helpers?|common|managers?|misc|base_?utils?)(\.py|\.rs)?$")
    wrong = [
        str(path.relative_to(project_root))
        for path in files_of(project_root)
        if any(absent.match(part) for part in path.relative_to(project_root).parts)
    ]
    assert not wrong


def test_every_test_states_its_rule(project_root):
    """Each Python test has a docstring, or its module's functions would be bare names."""
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in python_trees(project_root, "tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_every_module_says_why_it_exists(project_root):
    """Each module starts with a sentence."""
    silent = [
        name
        for name, tree in python_trees(project_root, "python/", "tests/", "benches/", "docs/")
        if tree.body and not ast.get_docstring(tree)
    ]
    assert not silent


def test_a_refusal_is_matched_by_its_text(project_root):
    """`pytest.raises` always looks at the message, so that messages are tested too."""
    blind = [
        f"{name}:{node.lineno}"
        for name, tree in python_trees(project_root, "tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "pytest.raises"
        and not any(keyword.arg == "match" for keyword in node.keywords)
        and not ast.unparse(node.args[0]).endswith(("SystemExit", "Exit"))
    ]
    assert not blind


def test_the_base_install_stays_small(project_root):
    """The base dependencies are the agreed ones; anything heavier is an extra."""
    project = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in project["dependencies"]}
    assert named <= BASE_DEPENDENCIES


def test_the_changelog_has_a_place_for_the_next_change(project_root):
    """CHANGELOG.md follows Keep a Changelog and starts with Unreleased."""
    text = (project_root / "CHANGELOG.md").read_text()
    sections = re.findall(r"^## \[([^\]]+)\]", text, flags=re.MULTILINE)
    kinds = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    assert sections[0] == "Unreleased"
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_architecture_page_stays_a_page(project_root):
    """ARCHITECTURE.md has fewer than 200 lines and names only folders that exist."""
    text = (project_root / "ARCHITECTURE.md").read_text()
    lines_max = 200
    assert len(text.splitlines()) < lines_max
    named = re.findall(r"`((?:python|rust|tests|benches|docs|\.ci|\.github)/[\w./-]*)`", text)
    assert named
    missing = [path for path in named if not (project_root / path).exists()]
    assert not missing


def test_pages_that_code_names_exist(project_root):
    """A page that code sends its reader to is there."""
    missing = [
        f"{name}: {page}"
        for name, text in code_of(project_root)
        if not name.startswith("tests/")
        for page in re.findall(r"\bdocs/[\w/]+\.md\b", text)
        if not (project_root / page).exists()
    ]
    assert not missing


@pytest.mark.parametrize("word", BANNED)
def test_the_banned_words_are_found_where_they_stand(word):
    """The pattern sees a banned word at the start of a line and after a blank."""
    assert BANNED_WORD.search(f"// {word} later")
    assert BANNED_WORD.match(word)
    assert not BANNED_WORD.search("a quiet sentence about x and /temporary paths")
