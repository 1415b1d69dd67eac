"""A result's tables for other libraries, which are not needed unless asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

__all__ = ["table_of", "to_pandas", "to_polars"]

Tables: TypeAlias = "Mapping[str, npt.NDArray[np.void]]"


def table_of(tables: Tables, name: str) -> npt.NDArray[np.void]:
    """Return a table by its name.

    Raises:
        InputError: If there is none of that name.
    """
    table = tables.get(name)
    if table is None:
        raise InputError(f"a result has the tables {', '.join(tables)}: name={name!r}")
    return table


def to_pandas(tables: Tables, name: str) -> Any:  # noqa: ANN401 - pandas is not a dependency
    """Return a table as a `pandas.DataFrame`.

    Raises:
        ModuleNotFoundError: If pandas is not installed.
        InputError: If there is no such table.
    """
    table = table_of(tables, name)
    return _library("pandas").DataFrame(table)


def to_polars(tables: Tables, name: str) -> Any:  # noqa: ANN401 - nor is polars
    """Return a table as a `polars.DataFrame`.

    Raises:
        ModuleNotFoundError: If polars is not installed.
        InputError: If there is no such table.
    """
    table = table_of(tables, name)
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
