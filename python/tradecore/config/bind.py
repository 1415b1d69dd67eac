"""What a tree says, brought to the fields of a model; what fits nowhere is refused by name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.config import secrets
from tradecore.config.errors import Place, Problem
from tradecore.config.interpolate import InterpolationError, expand
from tradecore.config.schema import Kind, Shape, field_named, shape_of, written_name
from tradecore.config.tree import Items, Node, Scalar, Table
from tradecore.telemetry import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from tradecore.config.dotenv import Variables

__all__ = ["Binder", "Bound", "Layer", "Path"]

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """Where a tree came from.

    Args:
        name: `file`, `env` or `cli`.
        follows_references: If `${VAR}` is followed in it.
        is_open: If others can read it.
        is_shared: If it may speak to other programs too, so a strange section is no error.
    """

    name: str
    follows_references: bool = False
    is_open: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A value on its way to a field."""

    value: object
    place: Place
    layer: str
    is_secret: bool


@dataclass(slots=True)
class Binder:
    """Collects what the layers say; a later layer wins, key by key."""

    schema: type[BaseModel]
    variables: Variables
    bound: dict[Path, Bound] = field(default_factory=dict)
    sections: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    found_secrets: set[str] = field(default_factory=set)

    def add(self, tree: Table, layer: Layer) -> None:
        """Bind every entry of `tree`, noting what is wrong with it."""
        self._section(tree, self.schema, (), layer)

    def _section(self, table: Table, model: type[BaseModel], path: Path, layer: Layer) -> None:
        self.sections.setdefault(path, table.place)
        for name, node in table.entries.items():
            found = field_named(model, name)
            if found is None:
                self._unknown(name, node, model, path, layer)
                continue
            field_name, info = found
            shape = shape_of(info.annotation)
            self._node(node, shape, (*path, field_name), layer)

    def _node(self, node: Node, shape: Shape, path: Path, layer: Layer) -> None:
        if shape.kind in {Kind.SECTION, Kind.SECTIONS, Kind.FREE}:
            if isinstance(node, Table):
                self._container(node, shape, path, layer)
            elif not (isinstance(node, Scalar) and node.text is None):
                self._refuse("a section stands here, not a value", node.place)
        elif isinstance(node, Table):
            self._refuse("a value stands here, not a section", node.place)
        elif isinstance(node, Items) and shape.kind is not Kind.LIST:
            self._refuse("one value stands here, not a list", node.place)
        else:
            self._leaf(node, shape, path, layer)

    def _container(self, table: Table, shape: Shape, path: Path, layer: Layer) -> None:
        if shape.kind is Kind.SECTION and shape.model is not None:
            self._section(table, shape.model, path, layer)
            return
        self.sections.setdefault(path, table.place)
        for name, node in table.entries.items():
            if shape.model is None:
                self._free(node, (*path, name), layer)
            elif isinstance(node, Table):
                self._section(node, shape.model, (*path, name), layer)
            else:
                self._refuse("a section stands here, not a value", node.place)

    def _free(self, node: Node, path: Path, layer: Layer) -> None:
        """Bind an entry of a section whose keys are nobody's but the strategy's."""
        if isinstance(node, Table):
            self.sections.setdefault(path, node.place)
            for name, inner in node.entries.items():
                self._free(inner, (*path, name), layer)
            return
        spelt = {tuple(map(str.casefold, known)): known for known in self.bound}
        path = spelt.get(tuple(map(str.casefold, path)), path)
        secret = is_secret_name(path[-1])
        self._leaf(node, Shape(Kind.SECRET if secret else Kind.FREE), path, layer)

    def _leaf(self, node: Scalar | Items, shape: Shape, path: Path, layer: Layer) -> None:
        if shape.kind is Kind.LIST and isinstance(node, Scalar) and node.text is not None:
            value = self._scalar(node, shape, layer)
            parts = [] if value is None else [part.strip() for part in str(value).split(",")]
            value = [] if parts == [""] else parts
        else:
            value = self._value(node, shape, layer)
        if value == "" and shape.is_nullable:
            value = None
        is_secret = shape.kind is Kind.SECRET
        for earlier in [key for key in self.bound if key[: len(path)] == path]:
            del self.bound[earlier]
        self.bound[path] = Bound(value, node.place, layer.name, is_secret)

    def _value(self, node: Node, shape: Shape, layer: Layer) -> object:
        if isinstance(node, Scalar):
            return self._scalar(node, shape, layer)
        if isinstance(node, Items):
            return [self._value(item, shape, layer) for item in node.nodes]
        return {
            name: self._value(inner, Shape(Kind.SECRET) if is_secret_name(name) else shape, layer)
            for name, inner in node.entries.items()
        }

    def _scalar(self, node: Scalar, shape: Shape, layer: Layer) -> object:
        """Return the value of a scalar: text for typed fields, as YAML reads it for free ones."""
        if node.text is None:
            return None
        text, is_literal, is_open = node.text, layer.name == "file", layer.is_open
        if layer.follows_references and "$" in text:
            try:
                expanded = expand(text, self.variables.values)
            except InterpolationError as error:
                self._refuse(str(error), node.place)
                return None
            text, is_literal = expanded.text, expanded.has_literal
            kept = [v for v in expanded.variables if v in self.variables.places]
            is_open = (is_literal and is_open) or (bool(kept) and self.variables.is_open)
            is_literal = is_literal or bool(kept)
        elif shape.kind is Kind.FREE:
            return node.value
        if shape.kind is Kind.SECRET and (text or not shape.is_nullable):
            source = secrets.Source(is_literal, is_open, layer.name == "cli", node.place.file)
            self._secret(text, source, node.place)
        return text

    def _secret(self, text: str, source: secrets.Source, place: Place) -> None:
        reason = secrets.refusal(text, source)
        if reason is not None:
            self._refuse(reason, place)
            return
        self.found_secrets.add(text)
        advice = secrets.warning(source)
        if advice is not None:
            self.warnings.append(f"{advice} ({place})")

    def _unknown(
        self, name: str, node: Node, model: type[BaseModel], path: Path, layer: Layer
    ) -> None:
        is_section = isinstance(node, Table)
        known = sorted(_names(model, sections=is_section))
        near = difflib.get_close_matches(name.replace("-", "_").lower(), known, n=1)
        if layer.is_shared and not path and not near:
            self.warnings.append(f"no such section here, ignored: {name} ({node.place})")
            return
        write = str.upper if name.isupper() else str.lower
        if near:
            hint = f"did you mean {write(near[0])}?"
        elif known:
            hint = f"known are {' '.join(write(option) for option in known)}"
        else:
            hint = f"there are no {'sections' if is_section else 'keys'} here"
        self._refuse(f"unknown {'section' if is_section else 'key'} {name!r}; {hint}", node.place)

    def _refuse(self, message: str, place: Place) -> None:
        problem = Problem(message, place)
        if problem not in self.problems:
            self.problems.append(problem)


def _names(model: type[BaseModel], *, sections: bool) -> Iterable[str]:
    holders = {Kind.SECTION, Kind.SECTIONS, Kind.FREE}
    for name, info in model.model_fields.items():
        if (shape_of(info.annotation).kind in holders) is sections:
            yield written_name(name)
