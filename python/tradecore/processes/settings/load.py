"""Reads the file of a process, with the variables that every process understands."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping  # noqa: TC003 - pydantic-free, but a default names it
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from tradecore.config import ConfigError, Loaded, Place, Problem, Settings, load
from tradecore.config.dotenv import Variables
from tradecore.processes.settings.market_server import MarketServerSettings
from tradecore.processes.settings.position_server import PositionServerSettings
from tradecore.processes.settings.trader import TraderSettings
from tradecore.processes.settings.trading_engine import EngineSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KINDS", "ProcessFile", "ProcessSettings", "kind_of", "load_process"]

ProcessSettings: TypeAlias = (
    MarketServerSettings | PositionServerSettings | EngineSettings | TraderSettings
)
SettingsT = TypeVar("SettingsT", bound=Settings)

KINDS: Final[Mapping[str, type[ProcessSettings]]] = MappingProxyType(
    {
        "position_server": PositionServerSettings,
        "market_server": MarketServerSettings,
        "trading_engine": EngineSettings,
        "trader": TraderSettings,
    }
)
"""The kinds of processes in the order they are started."""

_FILE: Final = re.compile(
    r"(position_server|market_server|trading_engine|trader)(?:_[A-Za-z0-9_.-]+)?\.(?:ini|ya?ml)",
    re.IGNORECASE,
)
_COMMON: Final = ("LOG_LEVEL", "ENVIRONMENT")
_PREFIX: Final = "TRADECORE__GLOBAL__"


@dataclass(frozen=True, slots=True)
class ProcessFile:
    """A file of a process, and which kind of process it is for."""

    path: Path
    kind: str


def kind_of(path: Path | str) -> str | None:
    """Return which kind of process a file is for by its name, such as `trader_btc.ini`."""
    found = _FILE.fullmatch(Path(path).name)
    return None if found is None else found[1].lower()


def load_process(
    schema: type[SettingsT],
    file: Path | str | None,
    *,
    exchange: str | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    dotenv: Path | str | None = None,
) -> Loaded[SettingsT]:
    """Read a process's settings.

    Beside what `tradecore.config.load` reads, the variables `LOG_LEVEL` and `ENVIRONMENT` go
    before the file, and `<EXCHANGE>_API_KEY` and `<EXCHANGE>_API_SECRET` stand in for keys that
    it leaves out; each may stand in the environment or in the `.env` file beside `file`.

    Args:
        schema: The kind of process.
        file: Its file.
        exchange: The venue that was named on the command line; a file of another is refused.
        environ: The environment; the process's own by default.
        overrides: `section.key=value`, from a command line.
        dotenv: More variables; `.env` beside `file` by default.

    Raises:
        ConfigError: With everything that is wrong.
    """
    given = dict(os.environ) if environ is None else dict(environ)
    variables = Variables.gather(given, _dotenv(file, dotenv))
    said = {name: variables.values[name] for name in _COMMON if variables.values.get(name)}
    if exchange is not None and file is None:
        said["EXCHANGE_NAME"] = exchange
    try:
        loaded = load(schema, file, environ=_with(given, said), dotenv=dotenv, overrides=overrides)
        keys = _keys(loaded.settings, variables)
        if keys:
            loaded = load(
                schema,
                file,
                environ=_with(given, {**said, **keys}),
                dotenv=dotenv,
                overrides=overrides,
            )
    except ConfigError as error:
        raise _renamed(error) from None
    _same_exchange(loaded.settings, exchange, file)
    _whole_key(loaded.settings, file)
    return loaded


def _dotenv(file: Path | str | None, named: Path | str | None) -> Path | None:
    if named is not None:
        return Path(named)
    beside = None if file is None else Path(file).parent / ".env"
    return beside if beside is not None and beside.is_file() else None


def _with(environ: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    return {**{f"{_PREFIX}{name}": value for name, value in said.items()}, **environ}


def _keys(settings: Settings, variables: Variables) -> dict[str, str]:
    """Return the account's key from the environment, where the file leaves it out."""
    identity = getattr(settings, "global_", None)
    exchange = getattr(identity, "exchange_name", None)
    if exchange is None:
        return {}
    found: dict[str, str] = {}
    for key in ("API_KEY", "API_SECRET"):
        name = f"{exchange}_{key}"
        value = variables.values.get(name, "")
        if getattr(identity, key.lower()) is not None or not value:
            continue
        if name in variables.places and variables.is_open:
            place = variables.places[name]
            rule = f"a secret in a file others can read: chmod 600 {place.file}"
            raise ConfigError([Problem(rule, place)])
        found[key] = value
    return found


def _same_exchange(settings: Settings, exchange: str | None, file: Path | str | None) -> None:
    named = getattr(getattr(settings, "global_", None), "exchange_name", None)
    if exchange is not None and named is not None and named != exchange.upper():
        place = Place(str(file), None, "GLOBAL", "EXCHANGE_NAME")
        rule = f"a file is for the venue it names: {named}, asked for {exchange.upper()}"
        raise ConfigError([Problem(rule, place)])


def _whole_key(settings: Settings, file: Path | str | None) -> None:
    """Refuse a key without what signs with it, and the other way round."""
    identity = getattr(settings, "global_", None)
    exchange = getattr(identity, "exchange_name", None)
    if exchange is None:
        return
    pair = ("API_KEY", "API_SECRET")
    missing = [name for name in pair if getattr(identity, name.lower()) is None]
    if len(missing) == 1:
        place = Place("the environment" if file is None else str(file), None, "GLOBAL", missing[0])
        rule = "a key and what signs with it come together"
        rest = f"{missing[0]} is missing, set it or {exchange}_{missing[0]}"
        raise ConfigError([Problem(f"{rule}: {rest}", place)])


def _renamed(error: ConfigError) -> ConfigError:
    """Name variables in problems as they are called outside."""
    problems = [
        replace(problem, place=replace(problem.place, file=problem.place.file.replace(_PREFIX, "")))
        for problem in error.problems
    ]
    return type(error)(problems)
