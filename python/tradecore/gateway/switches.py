"""Who may trade: everybody, an account, a strategy of it, a symbol; the strictest state holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.core import DataError
from tradecore.gateway.kept_file import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradecore.core import VenueEngine

__all__ = ["Scope", "Switches", "TradingState", "scope_name", "strategy_named", "tell"]

TradingState: TypeAlias = Literal["active", "reducing", "halted"]
#: An account, a symbol, a strategy of an account by its name, or everybody.
Scope: TypeAlias = int | str | tuple[int, str] | None
_WORDS: Final[tuple[TradingState, ...]] = ("halted", "reducing", "active")


@dataclass(slots=True)
class Switches:
    """Trading states as they were set. The engine enforces them; here they can be read again.

    Args:
        path: Where they are kept.
    """

    path: Path
    _states: dict[Scope, TradingState] = field(default_factory=dict)

    def load(self) -> None:
        """Read what was kept.

        Raises:
            DataError: If the file is not one of ours.
        """
        if not self.path.exists():
            return
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            self._states = {_scope(name): _word(value) for name, value in said.items()}
        except (ValueError, AttributeError) as error:
            raise DataError(f"trading states are kept as JSON: {self.path}: {error}") from error

    def __iter__(self) -> Iterator[tuple[Scope, TradingState]]:
        """Yield each scope that may not trade as it likes, and how it may."""
        return iter(sorted(self._states.items(), key=lambda one: scope_name(one[0])))

    def of(
        self, account: int | None = None, symbol: str | None = None, strategy: str = ""
    ) -> TradingState:
        """Return the strictest state of everybody, an account, a symbol, an account's strategy."""
        scopes: tuple[Scope, ...] = (None, account, symbol)
        if account is not None and strategy:
            scopes = (*scopes, (account, strategy))
        found = {self._states.get(scope, "active") for scope in scopes}
        return next(word for word in _WORDS if word in found)

    def set(self, state: TradingState, scope: Scope) -> None:
        """Set the state of a scope, and keep it.

        Raises:
            OSError: If it cannot be written; nothing was changed then.
        """
        changed = {**self._states, scope: state}
        if state == "active":
            del changed[scope]
        write_json(self.path, {scope_name(one): word for one, word in changed.items()})
        self._states = changed

    def apply(self, engine: VenueEngine) -> None:
        """Tell an engine all of them."""
        for scope, state in self._states.items():
            tell(engine, state, scope)


def tell(engine: VenueEngine, state: TradingState, scope: Scope) -> None:
    """Tell an engine the state of a scope; a strategy is one that was named."""
    if scope is None:
        engine.risk.set_trading_state(state)
    elif isinstance(scope, int):
        engine.risk.set_trading_state(state, account=scope)
    elif isinstance(scope, tuple):
        # Without a number it would be the orders of no strategy.
        if number := engine.find_strategy(*scope):
            engine.risk.set_trading_state(state, strategy=number)
    else:
        engine.risk.set_trading_state(state, symbol=scope)


def scope_name(scope: Scope) -> str:
    """Return a scope in one word: its kind, and what it is of."""
    if scope is None:
        return "global"
    if isinstance(scope, tuple):
        return f"strategy:{scope[0]}/{scope[1]}"
    return f"account:{scope}" if isinstance(scope, int) else f"symbol:{scope}"


def strategy_named(text: str) -> tuple[int, str]:
    """Return the strategy that ACCOUNT/NAME is.

    Raises:
        ValueError: If it is none.
    """
    account, stroke, name = text.partition("/")
    if not (stroke and name and account.isascii() and account.isdigit()):
        raise ValueError(f"a strategy is ACCOUNT/NAME: {text[:80]!r}")
    return int(account), name


def _scope(name: str) -> Scope:
    kind, _, rest = name.partition(":")
    if kind == "global" and not rest:
        return None
    if kind == "account":
        return int(rest)
    if kind == "strategy":
        return strategy_named(rest)
    if kind == "symbol" and rest:
        return rest
    raise ValueError(f"no such scope: {name[:80]!r}")


def _word(value: object) -> TradingState:
    for word in _WORDS:
        if value == word:
            return word
    raise ValueError(f"no such state: {str(value)[:80]!r}")
