"""Structured values made safe to write: no secret, no cycle, nothing JSON cannot say."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Final, TypeAlias

from tradecore.telemetry.scrub import MASK, scrub
from tradecore.telemetry.secret_names import is_secret_name

__all__ = ["Plain", "redact"]

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
"""What `redact` answers: values that JSON can say."""

DEPTH_MAX: Final = 16
ITEMS_MAX: Final = 10_000
TEXT_CHARS_MAX: Final = 65_536
_INT_BITS_MAX: Final = 4096


def redact(value: object, *, name: str = "") -> Plain:
    """Return `value` as plain data without its secrets.

    A value under a secret name becomes ``***`` whole; text is scrubbed; unknown objects are
    shown by their `repr`, scrubbed. Nesting over 16 levels, more than 10,000 items in all and
    text over 65,536 characters are cut and say so.

    Args:
        value: Anything; mappings, sequences, sets, dataclasses, models and exceptions are
            looked into.
        name: The key `value` stands under, if any.
    """
    return _Walk().plain(value, name, 0)


class _Walk:
    """One redaction, with its budget of items."""

    def __init__(self) -> None:
        self.items_left = ITEMS_MAX

    def plain(self, value: object, name: str, depth: int) -> Plain:
        self.items_left -= 1
        if self.items_left < 0:
            return f"<cut: over {ITEMS_MAX} items>"
        if value is None or isinstance(value, bool):
            return value
        if hasattr(type(value), "get_secret_value") or _is_secret_under(name, value):
            return MASK
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, (int, float)):
            return _number(value)
        return self._compound(value, name, depth)

    def _compound(self, value: object, name: str, depth: int) -> Plain:
        plain: Plain
        fields = _fields(value)
        if isinstance(value, (str, bytes, bytearray, memoryview)):
            plain = _text(value)
        elif depth >= DEPTH_MAX:
            plain = f"<cut: over {DEPTH_MAX} levels>"
        elif isinstance(value, Mapping):
            plain = self._mapping(value.items(), depth)
        elif isinstance(value, (list, tuple)):
            plain = self._sequence(value, name, depth)
        elif isinstance(value, AbstractSet):
            plain = self._sequence(sorted(value, key=repr), name, depth)
        elif fields is not None:
            plain = self._mapping(((field, getattr(value, field, None)) for field in fields), depth)
        elif isinstance(value, BaseException):
            plain = _text(f"{type(value).__name__}: {_shown(value, str)}")
        else:
            plain = _text(_shown(value, repr))
        return plain

    def _mapping(self, pairs: Iterable[tuple[object, object]], depth: int) -> Plain:
        plain: dict[str, Plain] = {}
        for key, value in pairs:
            shown = key if isinstance(key, str) else _shown(key, str)
            if isinstance(key, bytes):
                shown = key.decode("utf-8", "backslashreplace")
            if self.items_left <= 0:
                plain["..."] = f"<cut: over {ITEMS_MAX} items>"
                break
            plain[_text(shown)] = self.plain(value, shown, depth + 1)
        return plain

    def _sequence(self, values: Iterable[object], name: str, depth: int) -> Plain:
        items = list(values)
        # A header as HTTP libraries keep it: (name, value).
        if len(items) == 2 and isinstance(items[0], (str, bytes)):  # noqa: PLR2004
            header = items[0] if isinstance(items[0], str) else items[0].decode("latin-1")
            return [_text(header), self.plain(items[1], header, depth + 1)]
        plain: list[Plain] = []
        for item in items:
            if self.items_left <= 0:
                plain.append(f"<cut: over {ITEMS_MAX} items>")
                break
            plain.append(self.plain(item, name, depth + 1))
        return plain


def _is_secret_under(name: str, value: object) -> bool:
    """Say if `name` promises a secret; `tokens=5` counts those of a rate limiter."""
    is_count = isinstance(value, (int, float)) and name.lower().endswith("tokens")
    return bool(name) and is_secret_name(name) and not is_count


def _fields(value: object) -> tuple[str, ...] | None:
    """Return the field names of a dataclass, pydantic model or msgspec struct, else None.

    A struct names those that are not to be shown in `UNSHOWN`.
    """
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return tuple(field.name for field in dataclasses.fields(value) if field.repr)
    kind = type(value)
    fields = getattr(kind, "model_fields", None) or getattr(kind, "__struct_fields__", None)
    unshown = getattr(kind, "UNSHOWN", ())
    return None if fields is None else tuple(field for field in fields if field not in unshown)


def _number(value: float) -> Plain:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    return int(value) if value.bit_length() <= _INT_BITS_MAX else "<cut: a very long integer>"


def _text(value: str | bytes | bytearray | memoryview) -> str:
    if not isinstance(value, str):
        value = bytes(value).decode("utf-8", "backslashreplace")
    # Scrubbed before it is cut: half a secret is no longer recognised.
    text = scrub(str(value))
    if len(text) <= TEXT_CHARS_MAX:
        return text
    return f"{text[:TEXT_CHARS_MAX]}<cut: {len(text)} characters>"


def _shown(value: object, show: Callable[[object], str]) -> str:
    """Return `show(value)`, or what went wrong where that raises."""
    try:
        return show(value)
    except Exception as error:  # noqa: BLE001 - a broken repr must not silence a log line
        return f"<{type(value).__name__}: {type(error).__name__} when shown>"
