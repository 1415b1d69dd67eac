"""What is wrong with a configuration, all of it at once and each thing with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.core import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ConfigError", "ConfigNotFoundError", "Place", "Problem"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting stands.

    Args:
        file: Path of the file as it was given, or which outside place the setting came from.
        line: Line in the file, from 1; None outside files.
        section: Name of the section as written, levels joined by dots; empty at the top.
        key: Name of the key as written; empty for the section as a whole.
    """

    file: str
    line: int | None = None
    section: str = ""
    key: str = ""

    def __str__(self) -> str:
        """Return `[SECTION] KEY, file:line`."""
        setting = f"{f'[{self.section}]' if self.section else ''} {self.key}".strip()
        file = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{setting}, {file}" if setting else file

    def at(self, key: str) -> Place:
        """Return the place of `key` in the section this place is."""
        return Place(self.file, self.line, self.section, key)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the rule with its values, and where."""

    message: str
    place: Place

    def __str__(self) -> str:
        """Return the message with the place behind it."""
        return f"{self.message} ({self.place})"


class ConfigError(TradecoreError):
    """A configuration that cannot be used; trying again does not help.

    Args:
        problems: Everything that is wrong, at least one thing.
    """

    exit_code = 4

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self._text())

    def _text(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = [f"{len(self.problems)} problems in the configuration"]
        return "\n".join([*lines, *(f"  {problem}" for problem in self.problems)])


class ConfigNotFoundError(ConfigError):
    """A configuration file that is not there."""

    exit_code = 3
