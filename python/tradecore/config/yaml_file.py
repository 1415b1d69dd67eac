"""YAML files, read as a graph of nodes with their lines; nothing in them is ever constructed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from tradecore.config.errors import Place, Problem
from tradecore.config.tree import Items, Node, Scalar, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["parse_yaml"]

NODES_MAX: Final = 10_000
DEPTH_MAX: Final = 32
_SCALARS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int"))
_NULL: Final = "tag:yaml.org,2002:null"
_TEXTS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "timestamp", "value"))
_MERGE: Final = "tag:yaml.org,2002:merge"
_CONTAINERS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq"))


def parse_yaml(text: str, file: str) -> tuple[Table, list[Problem]]:
    """Return what a YAML text says, and everything in it that is refused.

    One document, a mapping at the top. Refused: duplicated keys, tags beyond the plain ones,
    merge keys, aliases to themselves, over 10,000 values or 32 levels once aliases are followed.
    """
    root = Table(Place(file))
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return root, [_syntax(error, file)]
    except (yaml.YAMLError, RecursionError) as error:
        return root, [Problem(f"not YAML: {_plain(error)}", root.place)]
    if node is None or node.tag == _NULL:
        return root, []
    reader = _Reader(file)
    table = reader.read(node, [])
    if not isinstance(table, Table):
        place = reader.place(node, [])
        return root, [*reader.problems, Problem("a configuration is a mapping of sections", place)]
    return table, reader.problems


class _Reader:
    """Turns one composed document into a tree, counting what it makes."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._made = 0
        self._open: set[int] = set()
        self._scalars = yaml.constructor.SafeConstructor()

    def place(self, node: yaml.Node, path: Sequence[str]) -> Place:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Place(self._file, line, ".".join(path))
        return Place(self._file, line, ".".join(path[:-1]), path[-1] if path else "")

    def read(self, node: yaml.Node, path: list[str]) -> Node | None:
        """Return `node` as a tree, or None where it is refused."""
        self._made += 1
        refusal = self._refusal(node)
        if refusal is not None:
            # One report is enough where an alias multiplies it.
            problem = Problem(refusal, self.place(node, path))
            if problem not in self.problems:
                self.problems.append(problem)
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.ScalarNode):
                return self._scalar(node, path)
            if isinstance(node, yaml.MappingNode):
                return self._table(node, path)
            made = (self.read(item, path) for item in node.value)
            return Items(tuple(item for item in made if item), self.place(node, path))
        finally:
            self._open.discard(id(node))

    def _refusal(self, node: yaml.Node) -> str | None:
        if self._made > NODES_MAX:
            return f"a configuration has at most {NODES_MAX} values"
        if id(node) in self._open:
            return "an alias stands within what it names"
        if len(self._open) >= DEPTH_MAX:
            return f"a configuration has at most {DEPTH_MAX} levels"
        if node.tag not in _SCALARS | _TEXTS | _CONTAINERS | {_NULL}:
            return f"tag not allowed in a configuration: {node.tag!r}"
        return None

    def _scalar(self, node: yaml.ScalarNode, path: Sequence[str]) -> Scalar | None:
        place = self.place(node, path)
        if node.tag == _NULL:
            return Scalar(None, None, place)
        text = str(node.value)
        if node.tag not in _SCALARS:
            return Scalar(text, text, place)
        try:
            return Scalar(text, self._scalars.construct_object(node), place)
        except ValueError as error:
            self.problems.append(Problem(f"not a YAML scalar: {error}", place))
            return None

    def _table(self, node: yaml.MappingNode, path: list[str]) -> Table:
        table = Table(self.place(node, path))
        for key_node, value_node in node.value:
            place = Place(self._file, key_node.start_mark.line + 1, ".".join(path))
            if key_node.tag == _MERGE:
                self.problems.append(Problem("merge keys (<<) are not supported", place))
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem("a key is a plain word", place))
                continue
            key = str(key_node.value)
            value = self.read(value_node, [*path, key])
            if value is None:
                continue
            problem = table.add(key, value)
            if problem is not None:
                self.problems.append(Problem(problem.message, place.at(key)))
        return table


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    rule = ", ".join(part for part in (error.context, error.problem) if part)
    return Problem(f"not YAML: {rule}", Place(file, None if mark is None else mark.line + 1))


def _plain(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]
