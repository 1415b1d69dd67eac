"""Symbols as clients spell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.gateway.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SymbolNames"]


@dataclass(frozen=True, slots=True)
class SymbolNames:
    """Finds an instrument by any spelling: `BTCUSDT`, `BTC-USDT`, `btc_usdt`, `BTC/USDT`."""

    listed: Iterable[str]
    _by_plain: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_plain", {_plain(one): one for one in self.listed})

    def learn(self, symbol: str) -> None:
        """Know one more."""
        self._by_plain[_plain(symbol)] = symbol

    def find(self, spelled: str) -> str | None:
        """Return the venue's own name, or `None`."""
        return self._by_plain.get(_plain(spelled))

    def named(self, spelled: str) -> str:
        """Return the venue's own name.

        Raises:
            ProblemError: 404, if nothing of that name is traded here.
        """
        found = self.find(spelled)
        if found is None:
            raise ProblemError(404, "UNKNOWN_SYMBOL", "no such instrument is traded here")
        return found


def _plain(spelled: str) -> str:
    return spelled.upper().replace("/", "").replace("-", "").replace("_", "")
