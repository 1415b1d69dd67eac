"""Settings as pydantic models, and what their fields ask of a file."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

__all__ = ["Kind", "Settings", "Shape", "field_named", "shape_of", "written_name"]


class Settings(BaseModel):
    """Base of every section: fixed once made, unknown keys refused, inputs never in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Kind(Enum):
    """What may stand under a key."""

    VALUE = "value"
    LIST = "list"
    SECRET = "secret"  # noqa: S105 - the kind, not one
    SECTION = "section"
    SECTIONS = "sections"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field asks for.

    Args:
        kind: What may stand under the key.
        model: The section's model, for `SECTION` and for each of `SECTIONS`.
        is_nullable: If an empty value means none.
    """

    kind: Kind
    model: type[BaseModel] | None = None
    is_nullable: bool = False


def shape_of(annotation: object) -> Shape:
    """Return what a field of this type asks for."""
    if get_origin(annotation) in {Union, types.UnionType}:
        options = [option for option in get_args(annotation) if option is not types.NoneType]
        is_nullable = len(options) < len(get_args(annotation))
        inner = [shape_of(option) for option in options]
        chosen = next((shape for shape in inner if shape.kind is not Kind.VALUE), inner[0])
        return Shape(chosen.kind, chosen.model, is_nullable or chosen.is_nullable)
    if hasattr(annotation, "__metadata__"):
        return shape_of(get_args(annotation)[0])
    origin = get_origin(annotation) or annotation
    return _class_shape(origin, annotation) if isinstance(origin, type) else Shape(Kind.VALUE)


def _class_shape(origin: type, annotation: object) -> Shape:
    if issubclass(origin, BaseModel):
        return Shape(Kind.SECTION, origin)
    if issubclass(origin, (SecretStr, SecretBytes)):
        return Shape(Kind.SECRET)
    if issubclass(origin, Mapping):
        return _mapping_shape(annotation)
    if issubclass(origin, (Sequence, AbstractSet)) and not issubclass(origin, (str, bytes)):
        return Shape(Kind.LIST)
    return Shape(Kind.VALUE)


def written_name(field_name: str) -> str:
    """Return a field's name as files have it: `global_` stands for `global`, a word of Python."""
    return field_name.rstrip("_")


def field_named(model: type[BaseModel], name: str) -> tuple[str, FieldInfo] | None:
    """Return the field of `model` a file means by `name`; case and `-` for `_` do not matter."""
    wanted = name.replace("-", "_").casefold()
    for field_name, field in model.model_fields.items():
        if wanted == written_name(field_name).casefold():
            return field_name, field
    return None


def _mapping_shape(annotation: object) -> Shape:
    arguments: tuple[Any, ...] = get_args(annotation)
    inner = shape_of(arguments[1]) if len(arguments) == 2 else Shape(Kind.VALUE)  # noqa: PLR2004
    if inner.kind is Kind.SECTION:
        return Shape(Kind.SECTIONS, inner.model)
    return Shape(Kind.FREE)
