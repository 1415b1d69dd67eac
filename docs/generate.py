"""Draw the reference pages that come from Python: `python docs/generate.py [--check]`.

`docs/reference/python.md` lists the public names as the sources declare them, so nothing is
imported for it; `docs/reference/strategy.md` is what a strategy may override and call, in full.
`docs/reference/command_line.md` is what the commands say of themselves,
`docs/reference/configuration.md` what the settings' models say, `docs/reference/http_api.md` what
the venue's description of its HTTP paths says, and
`docs/reference/order_states.md` the core's table of an order's life. The notebook of a guide is
made of the guide.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).parent))  # also where Python does not look beside a program
import http_api  # noqa: E402 - see above
import notebook  # noqa: E402 - see above

PACKAGE = ROOT / "python" / "tradecore"
REFERENCE = ROOT / "docs" / "reference"
GUIDES = ROOT / "docs" / "guides"
PYTHON_HEAD = """# Python names

What `import tradecore as tc` offers, drawn from the sources by `make docs`.
Everything else in the package may change between versions.
"""
COMMANDS_HEAD = """# Command line

What `tradecore --help` says, drawn from the program by `make docs`.
Every command takes `--json`.
"""
STRATEGY_HEAD = """# Strategy

What a class under `tc.AbstractStrategy` may override, call and ask,
drawn from the sources by `make docs`.
[The guide](../guides/first_strategy.md) writes one;
[how a backtest fills](../concepts/backtest.md) says what becomes of its orders.
"""
STATES_HEAD = """# Order states

The life of an order as a trader knows it, drawn by `make docs` from the one table that decides it,
`rust/core/src/oms/lifecycle.rs`.
The picture shows the ways from one state to another;
[the table](#transitions) also lists the events that count and leave the state as it is.
What is not in the table changes no order: it was known already, or it is counted as `illegal`.
"""
LIFECYCLE = ROOT / "rust" / "core" / "src" / "oms" / "lifecycle.rs"
# A word of the core's enums, below the comment that says what it means.
WORD = re.compile(r'/// (?P<said>[^\n]+)\n +\w+ = "(?P<word>\w+)";')
# Sections of a docstring whose items have a name.
NAMED = {"Args:", "Raises:"}
COLUMNS_MAX = 100

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
    """Yield the classes of the package that ``node`` inherits from, and those they inherit from."""
    named = {base.id for base in node.bases if isinstance(base, ast.Name)}
    for path in [*sorted(PACKAGE.rglob("*.py")), PACKAGE / "_core.pyi"] if named else ():
        for part in ast.parse(path.read_text()).body:
            if isinstance(part, ast.ClassDef) and part.name in named:
                yield part
                yield from bases(part)


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
    """Return the page of the settings of a run and of each process."""
    from tradecore.config import RunConfig, reference_page  # noqa: PLC0415
    from tradecore.processes.settings import KINDS  # noqa: PLC0415

    pages = [reference_page(RunConfig, "Configuration of a run")]
    for kind, schema in KINDS.items():
        # One page, one title: those of the processes go one level down.
        page = reference_page(schema, f"Configuration of a {kind}")
        pages.append(re.sub(r"(?m)^#(?=#* )", "##", page))
    from tradecore.gateway.settings import VenueSettings  # noqa: PLC0415

    page = reference_page(VenueSettings, "Configuration of a venue")
    pages.append(re.sub(r"(?m)^#(?=#* )", "##", page))
    return "\n".join(pages)


def items(lines: list[str]) -> Iterator[str]:
    """Yield a list item for each `name: text` of a docstring's section."""
    for item in re.split(r"\n(?=\S)", textwrap.dedent("\n".join(lines))):
        name, _, said = item.partition(": ")
        yield f"- `{name}`: " + " ".join(said.split())


def as_markdown(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return all that ``node`` says of itself, its sections as lists."""
    paragraphs = []
    for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
        head, *lines = paragraph.splitlines()
        if head in NAMED:
            title = "Arguments:" if head == "Args:" else head
            paragraphs.append("\n".join([title, "", *items(lines)]))
        elif head == "Returns:":
            paragraphs.append("Returns: " + textwrap.dedent("\n".join(lines)))
        else:
            paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def by_heading(module: str, name: str) -> Iterator[tuple[str, list[ast.FunctionDef]]]:
    """Yield the public methods of a class below the comment that heads them in the source."""
    text = file_of(module).read_text()
    heads = [(0, "Settings")]
    heads += [
        (number, line.strip(" #"))
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(r" {4}# [A-Z]", line)
    ]
    node = declaration(module, name)
    methods = [
        part
        for part in getattr(node, "body", [])
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
    ]
    for place, (number, head) in enumerate(heads):
        end = heads[place + 1][0] if place + 1 < len(heads) else sys.maxsize
        below = [part for part in methods if number < part.lineno < end]
        if below:
            yield head, below


def called(node: ast.FunctionDef) -> str:
    """Return how ``node`` is called or read, an argument a line where one line is too long."""
    if is_property(node) and node.returns:
        return f"{node.name}: {ast.unparse(node.returns)}"
    shown = signature(node, node.name)
    if len(shown) <= COLUMNS_MAX:
        return shown
    name, _, rest = shown.partition("(")
    inside, _, result = rest.rpartition(")")
    arguments = re.split(r", (?=[*/]|\w+: )", inside)
    return f"{name}(\n    " + ",\n    ".join(arguments) + f",\n){result}"


def strategy_page() -> str:
    """Return the page of what a strategy hears, does and asks."""
    base = ("tradecore.strategy.base", "AbstractStrategy")
    callbacks = ("tradecore.strategy.callbacks", "Callbacks")
    lines = [STRATEGY_HEAD]
    for module, name in (base, callbacks):
        node = declaration(module, name)
        if isinstance(node, ast.ClassDef):
            lines.append(("## Callbacks\n\n" if name == "Callbacks" else "") + as_markdown(node))
    for head, methods in by_heading(*callbacks):
        lines.append(f"### {head}\n")
        lines[-1] += "".join(
            f"\n- `{signature(part, part.name)}`{summary(part)}" for part in methods
        )
    for head, methods in by_heading(*base):
        lines.append(f"## {head}")
        for part in methods:
            shown = f"### `{part.name}`\n\n```text\n{called(part)}\n```"
            lines.append(f"{shown}\n\n{as_markdown(part)}")
    return "\n\n".join(line.strip("\n") for line in lines) + "\n"


def order_states_page() -> str:
    """Return the page of an order's life."""
    from tradecore.oms import lifecycle_diagram, order_transitions  # noqa: PLC0415

    said = {found["word"]: found["said"] for found in WORD.finditer(LIFECYCLE.read_text())}
    leads: dict[tuple[str, str], list[str]] = {}
    for state, event, after in order_transitions():
        leads.setdefault((state, event), []).append(after)
    states = [word for word in said if word.isupper()]
    events = [word for word in said if word.islower()]
    parts = [STATES_HEAD, f"```mermaid\n{lifecycle_diagram().strip()}\n```"]
    for title, words in (("State", states), ("Event", events)):
        rows = "\n".join(f"| `{word}` | {said[word]} |" for word in words)
        parts.append(f"## {title}s\n\n| {title.lower()} | meaning |\n|---|---|\n{rows}")
    rows = "\n".join(
        f"| `{state}` | `{event}` | {', '.join(f'`{after}`' for after in afters)} |"
        for (state, event), afters in leads.items()
    )
    parts.append(
        "## Transitions\n\n"
        "Where an event leads to one of several states, the facts of the order decide:\n"
        "what traded, and which requests are under way.\n\n"
        f"| in state | event | leads to |\n|---|---|---|\n{rows}"
    )
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


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
        "http_api.md": http_api.page(),
        "order_states.md": order_states_page(),
        "strategy.md": strategy_page(),
        "../guides/market_making.ipynb": notebook.notebook(
            (GUIDES / "market_making.md").read_text(encoding="utf-8")
        ),
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
