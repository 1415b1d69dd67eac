"""A result's tables for other libraries, which are not needed unless asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tradecore.core import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tradecore.backtest.result import BacktestResult

__all__ = ["TABLES", "table_of", "to_pandas", "to_polars"]

TABLES: Final = ("fills", "orders", "equity", "latency")


def table_of(result: BacktestResult, name: str) -> npt.NDArray[np.void]:
    """Return a table, or a series that the strategy recorded.

    Raises:
        InputError: If there is none of that name.
    """
    if name in TABLES:
        table: npt.NDArray[np.void] = getattr(result, name)
        return table
    recorded = result.records.get(name)
    if recorded is None:
        known = ", ".join((*TABLES, *result.records))
        raise InputError(f"a result has the tables {known}: name={name!r}")
    return recorded


def to_pandas(result: BacktestResult, name: str) -> Any:  # noqa: ANN401 - pandas is not a dependency
    """Return a table as a `pandas.DataFrame`.

    Raises:
        ModuleNotFoundError: If pandas is not installed.
        InputError: If there is no such table.
    """
    table = table_of(result, name)
    return _library("pandas").DataFrame(table)


def to_polars(result: BacktestResult, name: str) -> Any:  # noqa: ANN401 - nor is polars
    """Return a table as a `polars.DataFrame`.

    Raises:
        ModuleNotFoundError: If polars is not installed.
        InputError: If there is no such table.
    """
    table = table_of(result, name)
    columns = {field: table[field].copy() for field in table.dtype.names or ()}
    return _library("polars").DataFrame(columns)


def _library(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ModuleNotFoundError(
            f"to_{name} needs {name}, which is not a part of tradecore: pip install {name}",
            name=name,
        ) from error
