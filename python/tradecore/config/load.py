"""Settings from defaults, file, environment and command line, checked, with their origins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from tradecore.config.bind import Binder, Bound, Layer, Path
from tradecore.config.dotenv import Variables
from tradecore.config.errors import ConfigError, Place, Problem
from tradecore.config.ini import parse_ini
from tradecore.config.layers import from_environment, from_overrides
from tradecore.config.schema import Kind, shape_of, written_name
from tradecore.config.text import others_can_read, read_text
from tradecore.config.tree import Table
from tradecore.config.yaml_file import parse_yaml
from tradecore.telemetry import protect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic_core import ErrorDetails

__all__ = ["Loaded", "load"]

SettingsT = TypeVar("SettingsT", bound=BaseModel)

_PARSERS: Final[dict[str, Callable[[str, str], tuple[Table, list[Problem]]]]] = {
    ".ini": parse_ini,
    ".cfg": parse_ini,
    ".conf": parse_ini,
    ".yaml": parse_yaml,
    ".yml": parse_yaml,
}


@dataclass(frozen=True, slots=True)
class Loaded(Generic[SettingsT]):
    """Settings that passed every check.

    Args:
        settings: The model.
        bound: Where each value that is no default came from, by its path of field names.
        warnings: What is unwise but allowed.
    """

    settings: SettingsT
    bound: Mapping[Path, Bound]
    warnings: tuple[str, ...]


def load(
    schema: type[SettingsT],
    file: FilePath | str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    dotenv: FilePath | str | None = None,
    overrides: Sequence[str] = (),
) -> Loaded[SettingsT]:
    """Gather settings, later over earlier: defaults, `file`, environment, `overrides`.

    Args:
        schema: What there is to set.
        file: INI (`.ini .cfg .conf`) or YAML (`.yaml .yml`); `${VAR}` is followed in it.
        environ: The environment: what `${VAR}` means, and `TRADECORE__SECTION__KEY` settings.
            The process's by default.
        dotenv: More variables for `${VAR}`; by default the `.env` beside `file`, if any.
        overrides: `section.key=value`, from a command line.

    Returns:
        The settings, every value's origin, and warnings. Secrets in them are known to
        `tradecore.telemetry.scrub` from here on.

    Raises:
        ConfigNotFoundError: If `file` or a named `dotenv` is missing.
        ConfigError: With everything that is wrong, not the first thing only.
    """
    environment = dict(os.environ) if environ is None else environ
    path = None if file is None else FilePath(file)
    tree, problems = (Table(Place("defaults")), []) if path is None else _read(path)
    if problems and not tree.entries:
        raise ConfigError(problems)
    binder = Binder(schema, Variables.gather(environment, _dotenv(path, dotenv)))
    binder.problems += problems
    is_open = path is not None and others_can_read(path)
    binder.add(tree, Layer("file", follows_references=True, is_open=is_open))
    for read, layer in (
        (from_environment(environment), Layer("env", is_shared=True)),
        (from_overrides(overrides), Layer("cli")),
    ):
        binder.problems += read[1]
        binder.add(read[0], layer)
    return _validate(schema, binder)


def _read(path: FilePath) -> tuple[Table, list[Problem]]:
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        # A missing file is missing whatever it is called.
        read_text(path)
        rule = f"a configuration is one of {' '.join(_PARSERS)}"
        raise ConfigError([Problem(f"{rule}: {path.suffix or path.name!r}", Place(str(path)))])
    return parse(read_text(path), str(path))


def _dotenv(path: FilePath | None, named: FilePath | str | None) -> FilePath | None:
    if named is not None:
        return FilePath(named)
    beside = None if path is None else path.parent / ".env"
    return beside if beside is not None and beside.is_file() else None


def _validate(schema: type[SettingsT], binder: Binder) -> Loaded[SettingsT]:
    refused = {problem.place for problem in binder.problems}
    nested: dict[str, Any] = {}
    for path, bound in binder.bound.items():
        _put(nested, path, bound.value)
    for path in binder.sections:
        _put(nested, path, None, only_section=True)
    try:
        settings = schema.model_validate(nested)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            problem = _problem(detail, binder)
            # What was refused already is not reported again for what became of it.
            if problem.place not in refused:
                binder.problems.append(problem)
        raise ConfigError(_sorted(binder.problems)) from None
    if binder.problems:
        raise ConfigError(_sorted(binder.problems))
    for secret in sorted(binder.found_secrets):
        protect(secret)
    return Loaded(settings, dict(binder.bound), tuple(binder.warnings))


def _put(nested: dict[str, Any], path: Path, value: object, *, only_section: bool = False) -> None:
    for name in path if only_section else path[:-1]:
        nested = nested.setdefault(name, {})
    if not only_section:
        nested[path[-1]] = value


def _problem(detail: ErrorDetails, binder: Binder) -> Problem:
    """Say in our words, with its place, what pydantic found."""
    path = tuple(str(part) for part in detail["loc"])
    bound_path = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in binder.bound), None)
    if detail["type"] == "missing":
        return _missing(path, binder)
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message = message[:1].lower() + message[1:]
    if bound_path is None:
        return Problem(message, _section_place(path, binder))
    bound = binder.bound[bound_path]
    if bound.is_secret:
        message = message.replace(str(bound.value), "***")
    elif detail["type"] != "value_error":
        message = f"{message}: {repr(bound.value)[:80]}"
    return Problem(message, bound.place)


def _missing(path: Path, binder: Binder) -> Problem:
    section = _section_place(path[:-1], binder)
    upper = section.section.isupper() or not section.file.endswith((".yaml", ".yml"))
    write = str.upper if upper else str.lower
    outer = ".".join(write(written_name(part)) for part in path[:-1])
    is_section = not path[:-1] and _is_section(binder, path)
    if is_section:
        return Problem(
            "missing section", Place(section.file, section.line, write(written_name(path[-1])))
        )
    key = write(written_name(path[-1]))
    return Problem("missing key", Place(section.file, section.line, outer, key))


def _is_section(binder: Binder, path: Path) -> bool:
    info = binder.schema.model_fields[path[0]]
    return shape_of(info.annotation).kind in {Kind.SECTION, Kind.SECTIONS, Kind.FREE}


def _section_place(path: Path, binder: Binder) -> Place:
    for length in range(len(path), -1, -1):
        if path[:length] in binder.sections:
            return binder.sections[path[:length]]
    return Place("defaults")


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.place.file, problem.place.line or 0))
