"""A strategy class, found by what a command line calls it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.core import InputError
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
    """
    place, _, name = spec.partition(":")
    module = _file(folder, place) if place.endswith(".py") else _module(place)
    if name:
        found = getattr(module, name, None)
        if isinstance(found, type) and issubclass(found, AbstractStrategy):
            return found
        what = "has no such name" if found is None else "is no AbstractStrategy"
        raise InputError(f"a strategy is a class of its file: {name} {what}: {place}")
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, AbstractStrategy)
        and value.__module__ == module.__name__
    ]
    if len(own) != 1:
        names = ", ".join(kind.__name__ for kind in own) or "none"
        raise InputError(
            f"a file has one strategy, or the one meant is named as {place}:Class: found {names}"
        )
    return own[0]


def _file(folder: Path | None, place: str) -> ModuleType:
    path = Path(place) if folder is None else folder / place
    if not path.is_file():
        raise FileNotFoundError(2, "no such strategy file", str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None, "Invariant: a path that ends in .py has a loader"  # noqa: S101
    assert spec.loader is not None, "Invariant: a path that ends in .py has a loader"  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    neighbours = str(path.parent.resolve())
    if neighbours not in sys.path:
        sys.path.insert(0, neighbours)
    # pydantic looks its annotations up in here.
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _module(place: str) -> ModuleType:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not place.startswith(error.name):
            raise
        raise FileNotFoundError(2, "no such strategy module", place) from error
