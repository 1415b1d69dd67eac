"""`.env` files: variables for `${...}`, each with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.config.assignment import is_blank, split_assignment
from tradecore.config.errors import ConfigError, Place, Problem
from tradecore.config.text import others_can_read, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Variables", "read_dotenv"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Variables:
    """What `${...}` may refer to.

    Args:
        values: Name to value; the environment goes before the `.env` file.
        places: Where those of the `.env` file stand; a name that is not here is the
            environment's.
        is_open: If others can read the `.env` file.
    """

    values: Mapping[str, str]
    places: Mapping[str, Place]
    is_open: bool = False

    @classmethod
    def gather(cls, environ: Mapping[str, str], dotenv: Path | None) -> Variables:
        """Join the environment with a `.env` file.

        Raises:
            ConfigError: If the file is missing or has a line that is no variable.
        """
        if dotenv is None:
            return cls(dict(environ), {})
        read = read_dotenv(dotenv)
        values = {name: value for name, (value, _) in read.items()}
        places = {name: place for name, (_, place) in read.items() if name not in environ}
        return cls({**values, **environ}, places, is_open=others_can_read(dotenv))


def read_dotenv(path: Path) -> dict[str, tuple[str, Place]]:
    """Return the variables of a `.env` file: `NAME=value` a line, `export` before it allowed.

    Raises:
        ConfigError: With every line that is no variable or names one twice.
    """
    problems: list[Problem] = []
    found: dict[str, tuple[str, Place]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if is_blank(line):
            continue
        place = Place(str(path), number)
        try:
            name, value = split_assignment(line.strip().removeprefix("export "))
        except ValueError:
            # What a line without a name holds may be a secret.
            problems.append(Problem("a line is NAME=value or a comment", place))
            continue
        if _NAME.fullmatch(name) is None:
            problems.append(Problem("a variable's name has letters, digits and _", place))
        elif name in found:
            first = found[name][1].line
            problems.append(Problem(f"duplicated name {name!r}, first in line {first}", place))
        else:
            found[name] = (value, place.at(name))
    if problems:
        raise ConfigError(problems)
    return found
