"""What a command prints: tables and lines for people, or one JSON document for programs."""

from __future__ import annotations

import dataclasses
import json as json_text
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["JsonOption", "Output", "to_plain"]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
"""The `--json` every command has."""


class Output:
    """Prints a command's result, in one of two ways.

    Args:
        json: Whether `value` prints and the rest keeps silent, or the other way round.
        stream: Where it goes; standard output by default.
    """

    def __init__(self, *, json: bool, stream: TextIO | None = None) -> None:
        self.json = json
        self._stream = sys.stdout if stream is None else stream

    def value(self, data: object) -> None:
        """Print `data` as JSON; people do not see it."""
        if self.json:
            self._stream.write(json_text.dumps(to_plain(data), allow_nan=False) + "\n")

    def line(self, text: str = "") -> None:
        """Print a line of text; programs do not see it."""
        if not self.json:
            self._stream.write(f"{text}\n")

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        title: str | None = None,
        right: Iterable[str] = (),
    ) -> None:
        """Print a table; programs do not see it.

        Args:
            columns: Headings.
            rows: Cells, turned to text.
            title: What the table shows.
            right: Headings of the columns of numbers.
        """
        if self.json:
            return
        from rich.markup import escape  # noqa: PLC0415 - only where a table is printed
        from rich.table import Table  # noqa: PLC0415

        numbers = set(right)
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(
                column, justify="right" if column in numbers else "left", overflow="fold"
            )
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self._console().print(table)

    def _console(self) -> Console:
        from rich.console import Console  # noqa: PLC0415 - only where a table is printed

        # What is read by a program or a file is never folded to a terminal's width.
        is_terminal = self._stream.isatty()
        return Console(file=self._stream, width=None if is_terminal else 160, highlight=False)


def to_plain(value: object) -> object:
    """Return `value` as what JSON can say.

    Decimals become text, so that no digit is lost; a float that is not finite becomes null.
    """
    if isinstance(value, Enum):
        return to_plain(value.value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return _compound(value)


def _compound(value: object) -> object:
    plain: object = str(value)
    if isinstance(value, Mapping):
        plain = {str(key): to_plain(inner) for key, inner in value.items()}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        plain = {field.name: to_plain(getattr(value, field.name)) for field in fields}
    elif hasattr(value, "tolist"):
        plain = to_plain(value.tolist())
    elif isinstance(value, Iterable):
        plain = [to_plain(inner) for inner in value]
    return plain
