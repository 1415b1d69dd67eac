"""INI files, read with their lines; `[A.B]` is section B within A."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.config.assignment import is_blank, split_assignment
from tradecore.config.errors import Place, Problem
from tradecore.config.tree import Scalar, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["parse_ini"]


def parse_ini(text: str, file: str) -> tuple[Table, list[Problem]]:
    """Return what an INI text says, and every line that says nothing.

    Keys stand under a section; a section opened twice is an error, as is a name given twice.
    """
    root = Table(Place(file))
    problems: list[Problem] = []
    opened: dict[str, int] = {}
    section: Table | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if is_blank(line):
            continue
        stripped = line.strip()
        if stripped.startswith("["):
            section = _open(root, stripped, Place(file, number), opened, problems)
            continue
        here = section.place.section if section is not None else ""
        try:
            key, value = split_assignment(line)
        except ValueError as error:
            problems.append(Problem(str(error), Place(file, number, here)))
            continue
        place = Place(file, number, here, key)
        if section is None:
            problems.append(Problem("a key stands under a [SECTION]", place))
            continue
        _note(section.add(key, Scalar(value, value, place)), problems)
    return root, problems


def _open(
    root: Table, line: str, place: Place, opened: dict[str, int], problems: list[Problem]
) -> Table:
    """Return the table of a section line, making those it stands in."""
    name, bracket, rest = line[1:].partition("]")
    levels = [level.strip() for level in name.split(".")]
    named = Place(place.file, place.line, name.strip())
    if not bracket or not all(levels) or not (is_blank(rest)):
        problems.append(Problem(f"a section line is [SECTION]: {line[:40]!r}", place))
        return Table(named)
    first = opened.setdefault(name.strip().casefold(), place.line or 0)
    if first != place.line:
        problems.append(Problem(f"section opened twice, first in line {first}", named))
    return _descend(root, levels, named, problems)


def _descend(root: Table, levels: Sequence[str], place: Place, problems: list[Problem]) -> Table:
    table = root
    for depth, level in enumerate(levels, start=1):
        taken = next((n for n in table.entries if n.casefold() == level.casefold()), None)
        if taken is None:
            inner = Table(Place(place.file, place.line, ".".join(levels[:depth])))
            table.entries[level] = inner
            table = inner
            continue
        found = table.entries[taken]
        if not isinstance(found, Table):
            problems.append(Problem(f"{level!r} is a key already, not a section", place))
            return Table(place)
        table = found
    return table


def _note(problem: Problem | None, problems: list[Problem]) -> None:
    if problem is not None:
        problems.append(problem)
