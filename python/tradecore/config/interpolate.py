"""`${VAR}` and `${VAR:-default}` in values, put in once and never looked at again."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Expanded", "InterpolationError", "expand"]

DEPTH_MAX: Final = 16
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class InterpolationError(ValueError):
    """A reference that cannot be followed; the text shows names, never values."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A value with its references followed.

    Args:
        text: The value.
        variables: Names whose values are in `text`.
        has_literal: If some of `text` was written where it stands, defaults included.
    """

    text: str
    variables: tuple[str, ...]
    has_literal: bool


def expand(text: str, variables: Mapping[str, str]) -> Expanded:
    """Follow every reference in `text`.

    `${NAME}` is the variable's value, `${NAME:-other}` the same or, where it is unset or empty,
    `other`, which may hold references itself. `$$` is a dollar; so is one before anything else.
    Values of variables are taken as they are.

    Raises:
        InterpolationError: If a variable is unset and has no default, or a reference is
            malformed or nested over 16 deep.
    """
    if "$" not in text:
        return Expanded(text, (), bool(text))
    reader = _Reader(text, variables)
    result = reader.read(until_brace=False, depth=0)
    return Expanded(result, tuple(dict.fromkeys(reader.used)), reader.has_literal)


class _Reader:
    """Reads one value from left to right."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self._text = text
        self._variables = variables
        self._at = 0
        self._discarded = 0
        self.used: list[str] = []
        self.has_literal = False

    def read(self, *, until_brace: bool, depth: int) -> str:
        """Return the text up to the closing brace, or to the end."""
        parts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "}" and until_brace:
                break
            if self._text.startswith("${", self._at):
                self._at += 2
                parts.append(self._reference(depth + 1))
                continue
            self._at += 2 if self._text.startswith("$$", self._at) else 1
            parts.append(char)
            self.has_literal = self.has_literal or not self._discarded
        return "".join(parts)

    def _reference(self, depth: int) -> str:
        if depth > DEPTH_MAX:
            raise InterpolationError(f"references nest at most {DEPTH_MAX} deep")
        found = _NAME.match(self._text, self._at)
        if found is None:
            raise InterpolationError("a reference is ${NAME} or ${NAME:-default}; $$ is a dollar")
        name = found[0]
        self._at = found.end()
        value = self._variables.get(name)
        default: str | None = None
        if self._text.startswith(":-", self._at):
            self._at += 2
            default = self._default(depth, is_needed=not value)
        if not self._text.startswith("}", self._at):
            raise InterpolationError(f"${{{name} is not closed by }}, or has more than a :-default")
        self._at += 1
        if value is None or (not value and default is not None):
            if default is None and not self._discarded:
                raise InterpolationError(self._unset(name))
            return default or ""
        if not self._discarded:
            self.used.append(name)
        return value

    def _default(self, depth: int, *, is_needed: bool) -> str:
        """Read a default; one that is not needed is read for its form only."""
        self._discarded += not is_needed
        try:
            return self.read(until_brace=True, depth=depth)
        finally:
            self._discarded -= not is_needed

    def _unset(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._variables, n=1, cutoff=0.8)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"variable {name} is not set and ${{{name}}} has no default{hint}"
