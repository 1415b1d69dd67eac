"""Environment and command line as trees of settings, like a file's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.config.errors import Place, Problem
from tradecore.config.tree import Scalar, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ENV_PREFIX", "from_environment", "from_overrides"]

ENV_PREFIX: Final = "TRADECORE__"


def from_environment(environ: Mapping[str, str]) -> tuple[Table, list[Problem]]:
    """Return the settings in `TRADECORE__SECTION__KEY` variables."""
    root = Table(Place("environment"))
    problems: list[Problem] = []
    for name in sorted(environ):
        if not name.startswith(ENV_PREFIX):
            continue
        path = name.removeprefix(ENV_PREFIX).split("__")
        file = f"environment variable {name}"
        if not all(path):
            problems.append(Problem(f"a name is {ENV_PREFIX}SECTION__KEY", Place(file)))
            continue
        problems += _put(root, path, environ[name], file)
    return root, problems


def from_overrides(overrides: Sequence[str]) -> tuple[Table, list[Problem]]:
    """Return the settings in `section.key=value` arguments; a later one wins."""
    root = Table(Place("command line"))
    problems: list[Problem] = []
    last: dict[str, str] = {}
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals or not all(name.strip().split(".")):
            shown = name.strip()[:40]
            rule = f"an override is section.key=value: {shown!r}"
            problems.append(Problem(rule, Place("command line")))
            continue
        last[name.strip().casefold()] = value.strip()
    for name, value in last.items():
        problems += _put(root, name.split("."), value, "command line")
    return root, problems


def _put(root: Table, path: Sequence[str], value: str, file: str) -> list[Problem]:
    place = Place(file, None, ".".join(path[:-1]), path[-1])
    table = root
    for depth, name in enumerate(path[:-1], start=1):
        taken = next((n for n in table.entries if n.casefold() == name.casefold()), name)
        inner = table.entries.setdefault(taken, Table(Place(file, None, ".".join(path[:depth]))))
        if not isinstance(inner, Table):
            return [Problem(f"{name!r} is given as a value too", place)]
        table = inner
    problem = table.add(path[-1], Scalar(value, value, place))
    return [] if problem is None else [problem]
