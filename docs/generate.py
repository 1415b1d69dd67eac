"""Draw the reference pages that come from Python: `python docs/generate.py [--check]`.

`docs/reference/python.md` lists the public names as the sources declare them, so nothing is
imported for it; `docs/reference/command_line.md` is what the commands say of themselves, and
`docs/reference/configuration.md` what the settings' models say.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "python" / "tradecore"
REFERENCE = ROOT / "docs" / "reference"
PYTHON_HEAD = """# Python names

What `import tradecore as tc` offers, drawn from the sources by `make docs`.
Everything else in the package may change between versions.
"""
COMMANDS_HEAD = """# Command line

What `tradecore --help` says, drawn from the program by `make docs`.
Every command takes `--json`.
"""

Declared = ast.ClassDef | ast.FunctionDef


def file_of(module: str) -> Path:
    """Return the source of ``module``; the extension's is its stub."""
    if module == "tradecore.core":
        return PACKAGE / "_core.pyi"
    place = PACKAGE.parent.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def declaration(module: str, name: str) -> Declared | ast.Module | None:
    """Return where ``name`` is declared, following what packages pass on; None for a value."""
    path = file_of(module)
    if not path.exists():
        return None
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, Declared) and node.name == name:
            return node
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    whole = file_of(f"{node.module}.{alias.name}")
                    if whole.exists():
                        return ast.parse(whole.read_text())
                    return declaration(node.module, alias.name)
    return None


def exported(tree: ast.Module) -> list[str]:
    """Return the names a module declares public."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return sorted(name for name in names if not name.startswith("__"))
    return []


def plain(shown: str) -> str:
    """Return a declaration with our private aliases named as the reader would."""
    return re.sub(r"\b_([A-Z])", r"\1", shown)


def signature(node: ast.FunctionDef, name: str) -> str:
    """Return how a function is called, without ``self``."""
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("self")
    arguments = arguments.removeprefix("cls, ").removeprefix("/, ")
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return plain(f"{name}({arguments}){result}")


def is_property(node: ast.FunctionDef) -> bool:
    """Whether ``node`` is read like a field."""
    return any(ast.unparse(each).endswith("property") for each in node.decorator_list)


def summary(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return the first sentence of what ``node`` says of itself, on a line of its own."""
    said = (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")
    return f"\n  {said}" if said else ""


def contents(module: str, tree: ast.Module) -> Iterator[str]:
    """Yield one line for each public name of a module."""
    for name in exported(tree):
        node = declaration(module, name)
        if isinstance(node, ast.FunctionDef):
            yield f"- `{signature(node, name)}`{summary(node)}"
        elif isinstance(node, ast.ClassDef):
            yield f"- `{name}`{summary(node)}"
        else:
            yield f"- `{name}`"


def members(node: ast.ClassDef) -> Iterator[str]:
    """Yield one line for each public field, property and method."""
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and not ast.unparse(part.target).startswith("_"):
            yield f"- `{ast.unparse(part.target)}: {ast.unparse(part.annotation)}`"
        if not isinstance(part, ast.FunctionDef) or part.name.startswith("_"):
            continue
        shown = signature(part, part.name)
        if is_property(part):
            shown = f"{part.name}: {ast.unparse(part.returns)}" if part.returns else part.name
        yield f"- `{shown}`{summary(part)}"


def bases(node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    """Yield the classes of the package that ``node`` inherits from."""
    named = {base.id for base in node.bases if isinstance(base, ast.Name)}
    for path in sorted(PACKAGE.rglob("*.py")) if named else ():
        for part in ast.parse(path.read_text()).body:
            if isinstance(part, ast.ClassDef) and part.name in named:
                yield part


def described(name: str, node: Declared | ast.Module | None) -> str:
    """Return the section of one public name."""
    lines = [f"\n## `{name}`\n"]
    if isinstance(node, ast.FunctionDef):
        lines.append(f"```text\n{signature(node, name)}\n```\n")
    if isinstance(node, ast.ClassDef):
        made = [
            part
            for part in node.body
            if isinstance(part, ast.FunctionDef) and part.name in {"__new__", "__init__"}
        ]
        call = signature(made[0], name).partition(" -> ")[0] if made else None
        lines += [f"```text\n{call}\n```\n"] if call else []
    if node is not None:
        lines += [inspect.cleandoc(ast.get_docstring(node) or "") + "\n"]
    listed = []
    if isinstance(node, ast.ClassDef):
        listed = [line for kind in (node, *bases(node)) for line in members(kind)]
    if isinstance(node, ast.Module):
        listed = list(contents(f"tradecore.{name}", node))
    return "\n".join(lines + (["\n".join(listed) + "\n"] if listed else []))


def values(tree: ast.Module) -> dict[str, str]:
    """Return what stands below each annotated value, by name."""
    said: dict[str, str] = {}
    for node in ast.walk(tree):
        body = node.body if isinstance(node, (ast.Module, ast.If)) else []
        for value, below in pairwise(body):
            if isinstance(value, ast.AnnAssign) and isinstance(below, ast.Expr):
                said[ast.unparse(value.target)] = inspect.cleandoc(ast.literal_eval(below.value))
    return said


def python_page() -> str:
    """Return the page of the public names."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    public = exported(tree)
    said = values(tree)
    return PYTHON_HEAD + "".join(
        f"\n## `{name}`\n\n{said[name]}\n"
        if name in said
        else described(name, declaration("tradecore", name))
        for name in public
    )


def command_lines(command: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - typer's own click
    """Yield the section of ``command`` and those of its sub-commands."""
    yield f"\n## `{path}`\n\n{inspect.cleandoc(command.help or '')}\n"
    rows = []
    for parameter in command.params:
        if parameter.name in {"help", "install_completion", "show_completion"}:
            continue
        said = (getattr(parameter, "help", None) or "").replace("\n", " ")
        shown = ", ".join(parameter.opts) if parameter.opts[0].startswith("-") else parameter.name
        rows.append(f"| `{shown}` | {said} |")
    if rows:
        yield "\n| argument | what |\n|---|---|\n" + "\n".join(rows) + "\n"
    if not hasattr(command, "resolve_command"):
        return
    context = command.make_context(path, [], resilient_parsing=True)
    for name in sorted(command.list_commands(context)):
        # What is imported only when called is asked for as a call would ask.
        _, inner, _ = command.resolve_command(context, [name])
        yield from command_lines(inner, f"{path} {name}")


def commands_page() -> str | None:
    """Return the page of the command line."""
    if not (PACKAGE / "cli" / "app.py").exists():
        return None
    from typer.main import get_command  # noqa: PLC0415

    from tradecore.cli.app import app  # noqa: PLC0415

    return COMMANDS_HEAD + "".join(command_lines(get_command(app), "tradecore"))


def configuration_page() -> str:
    """Return the page of the settings of a run."""
    from tradecore.config import RunConfig, reference_page  # noqa: PLC0415

    return reference_page(RunConfig, "Configuration of a run")


def main() -> int:
    """Write the pages, or with ``--check`` say which are not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    stale = []
    pages = {
        "python.md": python_page(),
        "command_line.md": commands_page(),
        "configuration.md": configuration_page(),
    }
    for name, drawn in pages.items():
        page = REFERENCE / name
        if drawn is None or (page.exists() and page.read_text() == drawn):
            continue
        stale.append(name)
        if not check:
            page.write_text(drawn)
    if check and stale:
        print("not what the code says, run `make docs`: " + ", ".join(stale))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
