"""Instruments of a venue that runs, listed, changed and taken out at every door at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.schemas.instruments import InstrumentRow
from tradecore.venue.listings import Listings

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.gateway.floor import Floor
    from tradecore.gateway.schemas.admin import Phase
    from tradecore.venue import VenueInstrument, VenueService

__all__ = ["InstrumentDesk", "instrument_row"]

_MS_NS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class InstrumentDesk:
    """What administrators do to instruments; each call is within a command.

    Args:
        floor: The venue behind its queue.
    """

    floor: Floor

    def offer(self, listed: VenueInstrument) -> None:
        """Let pass an instrument that may be listed.

        Raises:
            ProblemError: 409 if its name is taken, 422 if it settles in another currency.
        """
        currency = self.floor.service.state.ledger.currency
        if self.floor.names.find(listed.symbol) is not None:
            raise ProblemError(
                409, "SYMBOL_TAKEN", "the name is an instrument's, whichever way it is spelled"
            )
        if listed.terms.margin_currency != currency:
            raise ProblemError(
                422, "WRONG_CURRENCY", f"instruments of a venue settle in one currency: {currency}"
            )

    def add(self, listed: VenueInstrument, phase: Phase, *, now_ns: int) -> None:
        """List an instrument; orders in it are taken once this returns.

        Raises:
            ProblemError: 409 or 422, as in `offer`, and where the engine cannot count its money.
        """
        self.offer(listed)
        floor, symbol = self.floor, listed.symbol
        try:
            Listings(floor.service).add(listed, now_ns=now_ns)
        except InputError as error:
            raise ProblemError(422, "BAD_INSTRUMENT", str(error)) from error
        self._limit(floor.service.state.instruments[symbol])
        floor.marks.tell()
        if phase != "open":
            self.set_phase(symbol, phase, now_ns=now_ns)
        floor.names.learn(symbol)
        self._tell_native()

    def _tell_native(self) -> None:
        """Have the native door know what there is, and on which terms."""
        if self.floor.native is not None:
            self.floor.native.know_instruments(self.floor.service.state.instruments.values())

    def _limit(self, listed: VenueInstrument) -> None:
        limits = self.floor.limits.of_symbol(listed)
        self.floor.service.tell_engine(
            lambda engine: engine.risk.set_limits(limits, symbol=listed.symbol)
        )

    def change(self, listed: VenueInstrument, *, now_ns: int) -> None:
        """Let an instrument have other terms."""
        Listings(self.floor.service).change(listed, now_ns=now_ns)
        self._limit(listed)
        self._tell_native()

    def set_index(self, symbol: str, price: Decimal, *, now_ns: int) -> None:
        """Say what a symbol is worth elsewhere."""
        self.floor.service.set_index(symbol, price, now_ns=now_ns)
        self.floor.marks.tell()

    def set_phase(self, symbol: str, phase: Phase, *, now_ns: int) -> None:
        """Lead a symbol into another state.

        Raises:
            ProblemError: 409, if it was taken out of trading.
        """
        self.check_trades(symbol)
        self.floor.service.set_phase(symbol, phase, now_ns=now_ns)

    def check_trades(self, symbol: str) -> None:
        """Let pass a symbol that was not taken out of trading.

        Raises:
            ProblemError: 409, if it was.
        """
        if not self.floor.service.state.instruments[symbol].terms.is_trading:
            raise ProblemError(409, "DELISTED", "the instrument was taken out of trading for good")

    def retire(self, symbol: str, *, now_ns: int) -> None:
        """Take a closed symbol out of trading for good; twice is harmless.

        Raises:
            ProblemError: 409, if something is left in it.
        """
        listings = Listings(self.floor.service)
        if not self.floor.service.state.instruments[symbol].terms.is_trading:
            return
        reason = listings.in_the_way(symbol)
        if reason is not None:
            raise ProblemError(409, "INSTRUMENT_IN_USE", reason)
        listings.retire(symbol, now_ns=now_ns)
        self._tell_native()


def instrument_row(service: VenueService, symbol: str) -> InstrumentRow:
    """Return an instrument and how it stands."""
    state = service.state
    listed = state.instruments[symbol]
    instrument, terms, bracket = listed.instrument, listed.terms, listed.brackets[0]
    return InstrumentRow(
        index=[*state.instruments].index(symbol),
        symbol=symbol,
        base=terms.base,
        quote=terms.quote,
        kind=instrument.kind,
        tick_size=instrument.tick_size,
        lot_size=instrument.lot_size,
        min_notional=instrument.min_notional,
        maker_fee=instrument.maker_fee,
        taker_fee=instrument.taker_fee,
        price_min=terms.price_min,
        price_max=terms.price_max,
        quantity_min=terms.quantity_min,
        quantity_max=terms.quantity_max,
        leverage_max=max(one.leverage_max for one in listed.brackets),
        maintenance_rate=bracket.maintenance_rate,
        band_bps=listed.band_bps,
        halt_ms=listed.halt_ns // _MS_NS,
        is_trading=terms.is_trading,
        phase=service.engine.phase(symbol),
        mark_price=state.mark(symbol),
        index_price=state.marks[symbol].index,
    )
