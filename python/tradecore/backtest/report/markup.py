"""Elements of HTML and SVG in which text cannot become markup by accident."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TypeAlias

# Elements that have no end tag in HTML; SVG elements without children are closed either way.
_VOID = frozenset({"meta", "link", "br"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is already markup; only `tag`, `join` and our own files make it."""

    text: str


Child: TypeAlias = "Markup | str | None"
Attribute: TypeAlias = "str | int | float | None"


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element; plain `str` children and all attribute values are escaped.

    A trailing underscore of an attribute's name is dropped (``class_``), other underscores become
    hyphens (``data_unit``), except in the two mixed-case names of SVG, which are given as they
    are. ``None`` leaves a child or an attribute out.
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is not None:
            parts.append(f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"')
    parts.append(">")
    if name in _VOID:
        return Markup("".join(parts))
    parts.append(join(*children).text)
    parts.append(f"</{name}>")
    return Markup("".join(parts))


def join(*children: Child) -> Markup:
    """Return `children` one after another; plain `str` is escaped, ``None`` is left out."""
    return Markup(
        "".join(
            child.text if isinstance(child, Markup) else escape(child)
            for child in children
            if child is not None
        )
    )


def _text(value: str | float) -> str:
    return coordinate(value) if isinstance(value, float) else str(value)


def coordinate(value: float) -> str:
    """Return a length in pixels to a tenth, as short as it can be written."""
    rounded = f"{value:.1f}"
    return rounded.removesuffix(".0") if rounded != "-0.0" else "0"
