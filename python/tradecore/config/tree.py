"""What a configuration file says, before anybody asks what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tradecore.config.errors import Problem

if TYPE_CHECKING:
    from tradecore.config.errors import Place

__all__ = ["Items", "Node", "Scalar", "Table"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value.

    Args:
        text: As written, without quotes; None for a YAML null.
        value: What the file's own rules make of `text`; the text itself in INI files.
        place: Where it stands.
    """

    text: str | None
    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values."""

    nodes: tuple[Node, ...]
    place: Place


@dataclass(slots=True)
class Table:
    """A section: names as written, and what stands under them."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)

    def add(self, name: str, node: Node) -> Problem | None:
        """Put `node` under `name`; names that differ in case only are the same name."""
        for taken, earlier in self.entries.items():
            if taken.casefold() == name.casefold():
                first = earlier.place
                line = "" if first.line is None else f", first in line {first.line}"
                return Problem(f"duplicated name {name!r}{line}", node.place)
        self.entries[name] = node
        return None


Node: TypeAlias = Scalar | Items | Table
