"""A strategy class, found by what a command line calls it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.core import InputError
from tradecore.model.errors import StrategyError
from tradecore.strategy import AbstractStrategy

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["find_strategy"]


def find_strategy(spec: str, *, folder: Path | None = None) -> type[AbstractStrategy]:
    """Return the class that `file.py`, `file.py:Class` or `package.module:Class` names.

    A file may import its neighbours. Without a class name the file has exactly one strategy.

    Args:
        spec: What was written.
        folder: Where a file is looked for; the working directory unless given.

    Raises:
        FileNotFoundError: If there is no such file or module.
        InputError: If there is no such class, or it is no strategy.
        StrategyError: If the file cannot be run, with its line.
    """
    place, _, name = spec.partition(":")
    module = _file(folder, place) if place.endswith(".py") else _module(place)
    if name:
        found = getattr(module, name, None)
        if isinstance(found, type) and issubclass(found, AbstractStrategy):
            return found
        what = "not there" if found is None else "no AbstractStrategy"
        names = ", ".join(kind.__name__ for kind in _own(module)) or "none"
        raise InputError(f"{name} is {what}: {place} has the strategies: {names}")
    own = _own(module)
    if not own:
        raise InputError(f"a strategy is a subclass of AbstractStrategy: {place} has none")
    if len(own) > 1:
        names = ", ".join(kind.__name__ for kind in own)
        raise InputError(f"{place} has several strategies, name one as {place}:Class: {names}")
    return own[0]


def _own(module: ModuleType) -> list[type[AbstractStrategy]]:
    """Return the strategies written in a module, not those it imports."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, AbstractStrategy)
        and value.__module__ == module.__name__
    ]


def _file(folder: Path | None, place: str) -> ModuleType:
    path = Path(place) if folder is None else folder / place
    if not path.is_file():
        raise FileNotFoundError(2, "no such strategy file", str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path.absolute())
    assert spec is not None, "Invariant: a path that ends in .py has a loader"  # noqa: S101
    assert spec.loader is not None, "Invariant: a path that ends in .py has a loader"  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    neighbours = str(path.parent.resolve())
    if neighbours not in sys.path:
        sys.path.insert(0, neighbours)
    # pydantic looks its annotations up in here.
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[path.stem]
        where = _line_of(error, path)
        raise StrategyError(f"{where} raised {type(error).__name__}: {_said(error)}") from error
    return module


def _line_of(error: Exception, path: Path) -> str:
    """Return `file.py:line`, the last line of the file that was run, or could not be."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path.absolute()]
    if isinstance(error, SyntaxError) and error.filename == str(path.absolute()):
        lines.append(error.lineno)
    return f"{path}:{lines[-1]}" if lines else str(path)


def _said(error: Exception) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _module(place: str) -> ModuleType:
    if not all(part.isidentifier() for part in place.split(".")):
        raise InputError(f"a strategy is file.py[:Class] or package.module:Class: {place!r}")
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not place.startswith(error.name):
            raise
        raise FileNotFoundError(2, "no such strategy module", place) from error
