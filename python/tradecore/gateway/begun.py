"""The instruments a venue began with, and whether its settings still say the same of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from tradecore.core import DataError, InputError
from tradecore.gateway.kept_file import write_json
from tradecore.gateway.listing import TermsChange, listed_one, with_terms
from tradecore.gateway.settings import InstrumentSettings
from tradecore.gateway.symbols import SymbolNames
from tradecore.telemetry import get_logger
from tradecore.venue.listings import Listings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tradecore.venue import VenueInstrument, VenueService

__all__ = ["BegunWith"]

#: What an instrument keeps as long as it trades: orders and money are counted in it.
_FIXED: Final = ("base", "quote", "tick_size", "lot_size", "min_notional", "maker_fee", "taker_fee")
#: What settings may say anew at a start.
_CHANGEABLE: Final = ("leverage_max", "maintenance_rate")


@dataclass(slots=True)
class BegunWith:
    """The engine's journal counts its first instruments by their place, so they are kept in order.

    Whatever the settings list beyond them is listed at the start like any other that comes while
    the venue runs; what they no longer list goes on until an administrator takes it out.

    Args:
        path: Where they are kept.
    """

    path: Path
    _first: dict[str, InstrumentSettings] = field(default_factory=dict)
    _said: dict[str, InstrumentSettings] = field(default_factory=dict)

    def first(self, said: Mapping[str, InstrumentSettings]) -> dict[str, InstrumentSettings]:
        """Return what the venue began with: those of the settings where it begins now.

        Raises:
            DataError: If the file is not one of ours.
            OSError: If it cannot be written.
        """
        if self.path.exists():
            self._load()
        else:
            self._first = self._said = dict(said)
            self._keep()
        return dict(self._first)

    def _load(self) -> None:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self._first, self._said = (_read(found["first"]), _read(found["said"]))
        except (ValueError, TypeError, KeyError, AttributeError, ValidationError) as error:
            raise DataError(f"first instruments are kept as JSON: {self.path}: {error}") from error

    def _keep(self) -> None:
        write_json(self.path, {"first": _plain(self._first), "said": _plain(self._said)})

    def agree(
        self, service: VenueService, said: Mapping[str, InstrumentSettings], *, now_ns: int
    ) -> None:
        """Bring a venue and its settings together: what is new in them is listed.

        Raises:
            InputError: If the settings say something else of an instrument than the venue has.
            OSError: If what they said cannot be kept.
        """
        state, listings = service.state, Listings(service)
        names = SymbolNames(state.instruments)
        for symbol, one in said.items():
            named = names.find(symbol)
            if named is None:
                listings.add(listed_one(symbol, one), now_ns=now_ns)
                names.learn(symbol)
                continue
            known = state.instruments[named]
            _check(known, one, self.path)
            before = self._said.get(symbol)
            changed = before is not None and any(
                getattr(before, name) != getattr(one, name) for name in _CHANGEABLE
            )
            if changed:
                change = TermsChange(**{name: getattr(one, name) for name in _CHANGEABLE})
                listings.change(with_terms(known, change), now_ns=now_ns)
        for symbol in state.instruments:
            if symbol in self._first and symbol not in said:
                get_logger("tradecore.gateway").info("not in the settings any more", symbol=symbol)
        if self._said != dict(said):
            self._said = dict(said)
            self._keep()


def _check(known: VenueInstrument, one: InstrumentSettings, path: Path) -> None:
    """Refuse settings that are of another instrument."""
    terms, step = known.terms, known.instrument
    has = {name: getattr(terms if name in {"base", "quote"} else step, name) for name in _FIXED}
    other = [
        f"{name}: settings {getattr(one, name)}, venue {has[name]}"
        for name in _FIXED
        if getattr(one, name) != has[name]
    ]
    if other:
        raise InputError(
            f"an instrument keeps its terms as long as it trades: {known.symbol}: "
            f"{'; '.join(other)}: say in the settings what the venue has, or list it under "
            f"another name, {path.parent}"
        )


def _plain(instruments: Mapping[str, InstrumentSettings]) -> dict[str, Any]:
    return {symbol: one.model_dump(mode="json") for symbol, one in instruments.items()}


def _read(said: Mapping[str, Any]) -> dict[str, InstrumentSettings]:
    return {symbol: InstrumentSettings.model_validate(one) for symbol, one in said.items()}
