"""What is in force and why: every setting with its value and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from tradecore.config.schema import Kind, shape_of, written_name
from tradecore.telemetry import is_secret_name, scrub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradecore.config.bind import Bound, Path
    from tradecore.config.load import Loaded

__all__ = ["Effective", "effective", "setting_text"]


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting in force.

    Args:
        section: Names of the section, joined by dots.
        key: Name of the key.
        value: As a file would say it; `***` for a secret, empty for none.
        origin: `default`, `file:line`, `env NAME` or `cli`.
    """

    section: str
    key: str
    value: str
    origin: str


def effective(loaded: Loaded[Any]) -> list[Effective]:
    """Return every setting in force, in the order of the schema."""
    return list(_walk(loaded.settings, (), loaded.bound))


def _walk(model: BaseModel, path: Path, bound: Mapping[Path, Bound]) -> Iterator[Effective]:
    shown = model.model_dump(mode="json")
    for name, info in type(model).model_fields.items():
        value, inner = getattr(model, name), (*path, name)
        kind = shape_of(info.annotation).kind
        if isinstance(value, BaseModel):
            yield from _walk(value, inner, bound)
        elif kind is Kind.SECTIONS:
            for key, section in value.items():
                yield from _walk(section, (*inner, key), bound)
        elif kind is Kind.FREE:
            yield from _free(value, inner, bound)
        else:
            is_secret = kind is Kind.SECRET
            yield _effective(inner, shown[name], bound, is_secret=is_secret and value is not None)


def _free(value: object, path: Path, bound: Mapping[Path, Bound]) -> Iterator[Effective]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _free(inner, (*path, key), bound)
    else:
        yield _effective(path, value, bound, is_secret=is_secret_name(path[-1]))


def _effective(
    path: Path, value: object, bound: Mapping[Path, Bound], *, is_secret: bool
) -> Effective:
    text = "***" if is_secret else scrub(setting_text(value))
    section = ".".join(map(written_name, path[:-1]))
    return Effective(section, written_name(path[-1]), text, _origin(path, bound))


def setting_text(value: object) -> str:
    """Return a value as an INI file would say it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(setting_text(item) for item in value)
    return str(value)


def _origin(path: Path, bound: Mapping[Path, Bound]) -> str:
    folded = tuple(part.casefold() for part in path)
    for known, entry in bound.items():
        if tuple(part.casefold() for part in known) == folded:
            place = entry.place
            if entry.layer == "file":
                return f"{place.file}:{place.line}"
            env = place.file.replace("environment variable", "env")
            return "cli" if entry.layer == "cli" else env
    return "default"
