"""A sweep's table: one row a run, settings first, then what was measured."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tradecore.backtest.sweep.measures import MEASURES
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import numpy.typing as npt

    from tradecore.backtest.sweep.measures import Outcome

__all__ = ["SweepResult", "table_of"]

_OWN: Final = frozenset({"run", "status", "error", *MEASURES})
_INTEGER_MAX: Final = 1 << 53


@dataclass(frozen=True, slots=True, eq=False)
class SweepResult:
    """Every run of a sweep.

    Args:
        table: A row a run, in the order of the settings: `run`, the settings, `status` (`ok`,
            `halted`, `refused`, `failed`), the measures (see `MEASURES`; NaN or 0 where there was
            no run), `error`. Equal for equal inputs, however many cores worked on it.
        settings: The names of the columns that are settings.
        assumptions: What was assumed and what is not modelled, a sentence each.
        was_compiled: Whether compiled makers ran instead of the Python class.
    """

    table: npt.NDArray[np.void]
    settings: tuple[str, ...]
    assumptions: tuple[str, ...]
    was_compiled: bool

    def __len__(self) -> int:
        """Return how many runs there are, refused ones too."""
        return int(self.table.size)

    def ranked(self, by: str = "net", *, descending: bool = True) -> npt.NDArray[np.void]:
        """Return the rows that ran to their end, the largest measure first.

        Raises:
            InputError: If there is no such measure.
        """
        if by not in MEASURES:
            raise InputError(f"a sweep is ranked by one of {', '.join(MEASURES)}: by={by!r}")
        rows = self.table[self.table["status"] == "ok"]
        order = np.argsort(rows[by], kind="stable")
        ranked: npt.NDArray[np.void] = rows[order[::-1] if descending else order]
        return ranked

    @property
    def errors(self) -> tuple[str, ...]:
        """Each run that did not run to its end, with its number, settings and reason."""
        rows = self.table[self.table["status"] != "ok"]
        return tuple(f"run {row['run']}: {row['status']}: {row['error']}" for row in rows)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as values of Python; a measure that is none is `None`."""
        names = self.table.dtype.names or ()
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in self.table.tolist()
        ]

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is not a dependency
        """Return the table as a `pandas.DataFrame`.

        Raises:
            ModuleNotFoundError: If pandas is not installed.
        """
        return import_module("pandas").DataFrame(self.table)

    def to_polars(self) -> Any:  # noqa: ANN401 - polars is not a dependency
        """Return the table as a `polars.DataFrame`.

        Raises:
            ModuleNotFoundError: If polars is not installed.
        """
        columns = {name: self.table[name].copy() for name in self.table.dtype.names or ()}
        return import_module("polars").DataFrame(columns)

    def write(self, path: str | PathLike[str]) -> Path:
        """Write the table as `.csv`, or as `.json`: a list of objects; return where.

        Raises:
            InputError: If the name ends in neither.
            OSError: If the file cannot be written.
        """
        place = Path(path)
        if place.suffix == ".json":
            place.write_text(json.dumps(self.rows(), indent=1) + "\n")
        elif place.suffix == ".csv":
            with place.open("w", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(self.table.dtype.names or ())
                writer.writerows(self.table.tolist())
        else:
            raise InputError(f"a table is written to .csv or .json: path={str(place)!r}")
        return place


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def table_of(outcomes: Sequence[Outcome]) -> tuple[npt.NDArray[np.void], tuple[str, ...]]:
    """Return the table of runs, and which columns are settings.

    A setting that has the name of another column is called `param_…`.
    """
    names = list(dict.fromkeys(name for one in outcomes for name in one.settings))
    columns = {f"param_{name}" if name in _OWN else name: _column(name, outcomes) for name in names}
    status = np.array([one.status for one in outcomes])
    error = np.array([one.error for one in outcomes])
    dtype = np.dtype(
        [
            ("run", "i8"),
            *((name, values.dtype) for name, values in columns.items()),
            ("status", status.dtype),
            *MEASURES.items(),
            ("error", error.dtype),
        ]
    )
    table = np.zeros(len(outcomes), dtype=dtype)
    table["run"] = np.arange(len(outcomes))
    table["status"], table["error"] = status, error
    for name, values in columns.items():
        table[name] = values
    for name, kind in MEASURES.items():
        absent = np.nan if kind == "f8" else 0
        table[name] = [one.measures.get(name, absent) for one in outcomes]
    return table, tuple(columns)


def _column(name: str, outcomes: Sequence[Outcome]) -> npt.NDArray[Any]:
    """Return a setting of every run: numbers where all that ran have numbers, else text."""
    values = [one.settings.get(name) for one in outcomes]
    taken = [one.settings.get(name) for one in outcomes if one.status != "refused"]
    if taken and all(isinstance(value, bool) for value in taken):
        return np.array([value in {True, "true", "True", "1"} for value in values])
    if taken and all(isinstance(value, int | float | Decimal) for value in taken):
        numbers = [_number(value) for value in values]
        whole = all(isinstance(value, int) and abs(value) < _INTEGER_MAX for value in values)
        return np.array(numbers, dtype="i8" if whole else "f8")
    return np.array(["" if value is None else str(value) for value in values])


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # what is none is caught
    except (TypeError, ValueError, OverflowError):
        return float("nan")
