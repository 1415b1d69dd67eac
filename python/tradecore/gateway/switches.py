"""Who may trade: a state for everybody, for accounts and for symbols; the strictest holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.core import DataError
from tradecore.gateway.kept_file import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from tradecore.core import Risk

__all__ = ["Scope", "Switches", "TradingState", "tell", "tell_marks"]

TradingState: TypeAlias = Literal["active", "reducing", "halted"]
#: An account, a symbol, or everybody.
Scope: TypeAlias = int | str | None
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

    def of(self, account: int | None = None, symbol: str | None = None) -> TradingState:
        """Return the strictest state of everybody, an account and a symbol."""
        found = {self._states.get(scope, "active") for scope in (None, account, symbol)}
        return next(word for word in _WORDS if word in found)

    def set(self, state: TradingState, scope: Scope) -> None:
        """Set the state of a scope, and keep it.

        Raises:
            OSError: If it cannot be written; nothing was changed then.
        """
        changed = {**self._states, scope: state}
        if state == "active":
            del changed[scope]
        write_json(self.path, {_name(one): word for one, word in changed.items()})
        self._states = changed

    def apply(self, risk: Risk) -> None:
        """Tell an engine all of them."""
        for scope, state in self._states.items():
            tell(risk, state, scope)


def tell(risk: Risk, state: TradingState, scope: Scope) -> None:
    """Tell an engine the state of a scope."""
    if scope is None:
        risk.set_trading_state(state)
    elif isinstance(scope, int):
        risk.set_trading_state(state, account=scope)
    else:
        risk.set_trading_state(state, symbol=scope)


def tell_marks(risk: Risk, marks: Mapping[str, Decimal]) -> None:
    """Tell an engine what symbols are valued at."""
    for symbol, mark in marks.items():
        risk.set_mark(symbol, mark)


def _name(scope: Scope) -> str:
    if scope is None:
        return "global"
    return f"account:{scope}" if isinstance(scope, int) else f"symbol:{scope}"


def _scope(name: str) -> Scope:
    kind, _, rest = name.partition(":")
    if kind == "global" and not rest:
        return None
    if kind == "account":
        return int(rest)
    if kind == "symbol" and rest:
        return rest
    raise ValueError(f"no such scope: {name[:80]!r}")


def _word(value: object) -> TradingState:
    for word in _WORDS:
        if value == word:
            return word
    raise ValueError(f"no such state: {str(value)[:80]!r}")
