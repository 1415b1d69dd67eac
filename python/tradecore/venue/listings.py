"""Instruments that come, change and go while a venue runs; each step is in its journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tradecore.venue.notes import SheetSet
from tradecore.venue.sheets import instrument_of, sheet_of, write_sheet

if TYPE_CHECKING:
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.service import VenueService

__all__ = ["Listings"]

_NOTHING: Final = "no order and no position"


@dataclass(frozen=True, slots=True)
class Listings:
    """Lists, changes and takes out instruments of a venue.

    Args:
        service: The venue.
    """

    service: VenueService

    def add(self, instrument: VenueInstrument, *, now_ns: int) -> None:
        """List an instrument behind all others; it trades from here on, at every door.

        Raises:
            InputError: If one of that name is there, or the engine cannot count its money.
        """
        service = self.service
        service.advance(now_ns)
        sheet = replace(sheet_of(instrument), listed_ns=max(now_ns, service.state.now_ns))
        listed = instrument_of(instrument.instrument, sheet)
        service.engine.list_instrument(
            listed.instrument, listed.symbol_terms, about=write_sheet(sheet)
        )
        service.commands.listed(listed)
        self.tell(listed)

    def change(self, instrument: VenueInstrument, *, now_ns: int) -> None:
        """Trade an instrument on other terms; those of its engine are what they were.

        Margin is looked at anew: who does not cover a position any more is closed.
        """
        service, symbol = self.service, instrument.symbol
        service.advance(now_ns)
        service.jot(SheetSet(symbol=symbol, sheet=sheet_of(instrument)))
        self.tell(instrument)
        service.state.look_at_holders(symbol)
        service.upkeep.look(symbol)

    def tell(self, listed: VenueInstrument) -> None:
        """Bound the prices an instrument trades at, also of orders that the engine alone sees."""
        terms, step = listed.terms, listed.instrument
        low, high = terms.price_min, terms.price_max
        self.service.tell_engine(
            lambda engine: engine.set_bands(
                listed.symbol,
                low=None if low is None else step.round_price(low, "sell"),
                high=None if high is None else step.round_price(high, "buy"),
                dynamic_bps=listed.band_bps or None,
                halt_ns=listed.halt_ns,
            )
        )

    def in_the_way(self, symbol: str) -> str | None:
        """Return what keeps a symbol from being taken out of trading, `None` if nothing does.

        The symbol is to be closed before, so that no order comes in meanwhile.
        """
        service = self.service
        service.commands.follow()
        state = service.state
        if service.engine.phase(symbol) != "closed":
            return f"the phase is closed first: phase={service.engine.phase(symbol)}"
        accounts = sorted(state.ledger.accounts())
        open_orders = sum(len(state.histories.open(account, symbol)) for account in accounts)
        waiting = len([*state.conditions.all_waiting(symbol)])
        holders = [one for one in accounts if state.held(one, symbol)]
        if open_orders or waiting or holders:
            return (
                f"{_NOTHING} is left in it: open_orders={open_orders}, waiting={waiting}, "
                f"holders={holders[:10]}"
            )
        return None

    def retire(self, symbol: str, *, now_ns: int) -> None:
        """Take a symbol that is closed out of trading for good; its name and number stay taken."""
        sheet = replace(sheet_of(self.service.state.instruments[symbol]), is_trading=False)
        self.service.advance(now_ns)
        self.service.jot(SheetSet(symbol=symbol, sheet=sheet))
