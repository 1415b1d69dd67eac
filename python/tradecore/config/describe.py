"""Files written from the models: a commented sample, and the reference page."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined, to_jsonable_python

from tradecore.config.schema import Kind, shape_of, written_name
from tradecore.config.show import setting_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

__all__ = ["reference_page", "sample"]

_WIDTH = 96


@dataclass(frozen=True, slots=True)
class _Key:
    """A setting as documentation speaks of it."""

    name: str
    about: str
    type: str
    default: str | None
    example: str

    @property
    def is_required(self) -> bool:
        return self.default is None


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    about: str
    keys: tuple[_Key, ...]
    is_free: bool = False


def sample(
    schema: type[BaseModel],
    style: Literal["ini", "yaml"],
    *,
    free: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Return a commented file that passes `load`: required keys filled, the others commented out.

    Args:
        schema: What there is to set.
        style: Which kind of file.
        free: Lines for sections whose keys are free, by the section's name.
    """
    title = _first_line(schema.__doc__)
    lines = [f"# {title}", "# ${NAME} and ${NAME:-default} take values from the environment.", ""]
    named = {} if free is None else free
    opened: set[str] = set()
    for section in _sections(schema, ()):
        if not section.keys and not section.is_free:
            continue
        extra = named.get(section.name, {})
        write = _ini if style == "ini" else _yaml
        lines += [*write(section, extra, opened), ""]
    return "\n".join(lines)


def reference_page(schema: type[BaseModel], title: str) -> str:
    """Return a Markdown page of every section and key."""
    lines = [f"# {title}", "", _first_line(schema.__doc__), ""]
    for section in _sections(schema, ()):
        if not section.keys and not section.is_free:
            continue
        lines += [f"## `[{section.name.upper()}]`", "", section.about, ""]
        if section.is_free:
            continue
        lines += ["| key | type | default | what it sets |", "|---|---|---|---|"]
        for key in section.keys:
            default = f"`{key.default}`" if key.default else "none"
            needed = "required" if key.is_required else default
            lines.append(f"| `{key.name.upper()}` | {key.type} | {needed} | {key.about} |")
        lines.append("")
    return "\n".join(lines)


def _sections(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[_Section]:
    """Yield the section of `model` and those within it, in the order of its fields."""
    keys = []
    inner: list[tuple[str, FieldInfo]] = []
    for name, info in model.model_fields.items():
        if shape_of(info.annotation).kind in {Kind.SECTION, Kind.SECTIONS, Kind.FREE}:
            inner.append((name, info))
        else:
            keys.append(_key(name, info))
    yield _Section(_joined(path), _first_line(model.__doc__), tuple(keys))
    for name, info in inner:
        shape = shape_of(info.annotation)
        if shape.kind is Kind.FREE:
            about = info.description or ""
            yield _Section(_joined((*path, name)), about, (), is_free=True)
        elif shape.model is not None:
            below = (*path, name, "NAME") if shape.kind is Kind.SECTIONS else (*path, name)
            yield from _sections(shape.model, below)


def _key(name: str, info: FieldInfo) -> _Key:
    default: str | None = None
    if not info.is_required():
        value = info.get_default(call_default_factory=True)
        default = "" if value is PydanticUndefined else setting_text(to_jsonable_python(value))
    examples = info.examples or []
    shown = str(examples[0]) if examples else default or ""
    return _Key(written_name(name), info.description or "", _type_name(info), default, shown)


def _type_name(info: FieldInfo) -> str:
    annotation: Any = info.rebuild_annotation()
    said = TypeAdapter(annotation).json_schema()
    options = said.get("anyOf", [said])
    option = next((o for o in options if o.get("type") != "null"), said)
    if "enum" in option:
        return " ".join(f"`{value}`" for value in option["enum"])
    examples = option.get("examples")
    form = f", such as `{examples[0]}`" if examples else ""
    kinds = {"string": "text", "number": "number", "integer": "integer", "boolean": "true or false"}
    numeric = any(o.get("type") in {"number", "integer"} for o in options)
    return f"{'number' if numeric else kinds.get(option.get('type', ''), 'list')}{form}"


def _ini(section: _Section, extra: Mapping[str, str], _opened: set[str]) -> list[str]:
    lines = [*_comment(section.about, ""), f"[{section.name.upper()}]"]
    for key in section.keys:
        mark = "" if key.is_required else "# "
        value = key.example if key.is_required else key.default
        lines += [*_comment(key.about, ""), f"{mark}{key.name.upper()}={value}".rstrip()]
    return [*lines, *(f"{name.upper()}={value}" for name, value in extra.items())]


def _yaml(section: _Section, extra: Mapping[str, str], opened: set[str]) -> list[str]:
    lines: list[str] = []
    levels = section.name.split(".")
    if not (extra or any(key.is_required for key in section.keys)):
        # An open section without a key would be a null.
        lines += [*_comment(section.about, ""), f"# {': '.join(levels)}:"]
        indent = "#   "
    else:
        lines += _comment(section.about, "")
        for depth, level in enumerate(levels):
            if ".".join(levels[: depth + 1]) not in opened:
                lines.append(f"{'  ' * depth}{level}:")
                opened.add(".".join(levels[: depth + 1]))
        indent = "  " * len(levels)
    for key in section.keys:
        value = key.example if key.is_required else key.default or "null"
        mark = "" if key.is_required or indent.startswith("#") else "# "
        lines += [*_comment(key.about, indent), f"{indent}{mark}{key.name}: {value}"]
    return [*lines, *(f"{indent}{name}: {value}" for name, value in extra.items())]


def _comment(text: str, indent: str) -> list[str]:
    prefix = f"{indent}# "
    return textwrap.wrap(text, _WIDTH, initial_indent=prefix, subsequent_indent=prefix)


def _joined(path: tuple[str, ...]) -> str:
    return ".".join(map(written_name, path))


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().split("\n", 1)[0]
