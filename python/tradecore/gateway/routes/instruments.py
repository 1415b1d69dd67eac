"""Instruments, listed, changed and taken out while the venue runs: `/admin/instruments`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from tradecore.core import InputError
from tradecore.gateway.access import gateway_of, needs
from tradecore.gateway.audited import note
from tradecore.gateway.instruments import InstrumentDesk, instrument_row
from tradecore.gateway.listing import TermsChange, listed_one, with_terms
from tradecore.gateway.once import OnceRoute, idempotency_key
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PRIVATE, WRITES, problems
from tradecore.gateway.routes.trading import SymbolPath
from tradecore.gateway.schemas.instruments import (
    InstrumentChange,
    InstrumentCreate,
    InstrumentRow,
    Instruments,
    PhaseChange,
    Terms,
)
from tradecore.gateway.settings import InstrumentSettings
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.gateway.gateway import Gateway
    from tradecore.venue import VenueInstrument, VenueService

__all__ = ["router"]

router = APIRouter(prefix="/admin/instruments", tags=["admin"], route_class=OnceRoute)
Admin = Annotated[Principal, needs(Scope.ADMIN, is_admin=True)]
Ops = Annotated[Principal, needs(Scope.OPS, is_admin=True)]
_MS_NS = 1_000_000


@router.get("", response_model=Instruments, responses=problems(*PRIVATE))
async def list_instruments(request: Request, _caller: Ops) -> Instruments:
    """List what is traded, and how each stands, in the order of their indices."""
    service = gateway_of(request).floor.service
    return Instruments(data=[instrument_row(service, one) for one in service.state.instruments])


@router.post(
    "",
    status_code=201,
    response_model=InstrumentRow,
    responses=problems(*WRITES),
    dependencies=[Depends(idempotency_key)],
)
async def create_instrument(
    request: Request, response: Response, create: InstrumentCreate, caller: Admin
) -> InstrumentRow:
    """List an instrument: it trades at every door from the answer on, and after every restart.

    What orders and money are counted in (steps, fees, least value, assets) stays for good; the
    rest may be changed.
    """
    gateway = gateway_of(request)
    desk, wanted = InstrumentDesk(gateway.floor), _wanted(create)
    desk.offer(wanted)
    data = create.model_dump(mode="json", exclude_none=True, by_alias=True)
    await note(gateway, caller, "instrument_listed", data)
    await gateway.floor.command(lambda now_ns: desk.add(wanted, create.state, now_ns=now_ns))
    response.headers["Location"] = f"/admin/instruments/{wanted.symbol}"
    return _told(gateway, wanted.symbol)


def _wanted(create: InstrumentCreate) -> VenueInstrument:
    """Return the instrument that is asked for.

    Raises:
        ProblemError: 422, if its terms do not go together.
    """
    names = ("base", "quote", "tick_size", "lot_size", "price")
    optional = ("min_notional", "maker_fee", "taker_fee")
    said = {name: getattr(create, name) for name in (*names, *optional)}
    given = {name: value for name, value in said.items() if value is not None}
    if create.price % create.tick_size:
        raise ProblemError(422, "BAD_INSTRUMENT", "price is a multiple of tickSize")
    try:
        return with_terms(listed_one(create.symbol, InstrumentSettings(**given)), _terms(create))
    except InputError as error:
        raise ProblemError(422, "BAD_INSTRUMENT", str(error)) from error


def _terms(said: Terms) -> TermsChange:
    halt_ms = said.halt_ms
    return TermsChange(
        price_min=said.price_min,
        price_max=said.price_max,
        quantity_min=said.quantity_min,
        quantity_max=said.quantity_max,
        leverage_max=said.leverage_max,
        maintenance_rate=said.maintenance_rate,
        band_bps=said.band_bps,
        halt_ns=None if halt_ms is None else halt_ms * _MS_NS,
    )


@router.get("/{symbol}", response_model=InstrumentRow, responses=problems(*PRIVATE, 404))
async def read_instrument(request: Request, symbol: SymbolPath, _caller: Ops) -> InstrumentRow:
    """Read one instrument, and how it stands."""
    floor = gateway_of(request).floor
    return instrument_row(floor.service, floor.names.named(symbol))


@router.put("/{symbol}/state", response_model=InstrumentRow, responses=problems(*WRITES, 404))
async def change_phase(
    request: Request, symbol: SymbolPath, change: PhaseChange, caller: Admin
) -> InstrumentRow:
    """Halt a symbol, call an auction, open it or close it."""
    said = InstrumentChange.model_construct(state=change.state, reason=change.reason)
    return await _change(request, symbol, said, caller)


@router.patch("/{symbol}", response_model=InstrumentRow, responses=problems(*WRITES, 404))
async def change_instrument(
    request: Request, symbol: SymbolPath, change: InstrumentChange, caller: Admin
) -> InstrumentRow:
    """Change a symbol's terms, what it is worth elsewhere (its index), or its state.

    All three are in the journal, in this order. Terms and a mark that moved may liquidate.
    """
    is_empty = change.state is None and change.index_price is None and not _terms(change).said()
    if is_empty:
        raise ProblemError(422, "UNCHANGED", "a change names a term, a state or an index price")
    return await _change(request, symbol, change, caller)


async def _change(
    request: Request, symbol: str, change: InstrumentChange, caller: Principal
) -> InstrumentRow:
    gateway = gateway_of(request)
    named, service = gateway.floor.names.named(symbol), gateway.floor.service
    desk, price, terms = InstrumentDesk(gateway.floor), change.index_price, _terms(change)
    desk.check_trades(named)
    if price is not None:
        _check_price(service, named, price)
    if terms.said():
        _revised(service, named, terms)
    said = {"state": change.state, "index_price": None if price is None else str(price)}
    told = {name: value for name, value in said.items() if value is not None}
    data = {"symbol": named, "reason": change.reason, **told, **terms.said()}
    await note(gateway, caller, "instrument_changed", data)

    def work(now_ns: int) -> None:
        desk.check_trades(named)
        if terms.said():
            desk.change(_revised(service, named, terms), now_ns=now_ns)
        if price is not None:
            desk.set_index(named, price, now_ns=now_ns)
        if change.state is not None:
            desk.set_phase(named, change.state, now_ns=now_ns)

    await gateway.floor.command(work, reduces=True)
    return _told(gateway, named)


def _revised(service: VenueService, symbol: str, terms: TermsChange) -> VenueInstrument:
    """Return a symbol with other terms.

    Raises:
        ProblemError: 422, if they do not go together.
    """
    try:
        return with_terms(service.state.instruments[symbol], terms)
    except InputError as error:
        raise ProblemError(422, "BAD_INSTRUMENT", str(error)) from error


def _check_price(service: VenueService, symbol: str, price: Decimal) -> None:
    """Let pass what an order may cost.

    Raises:
        ProblemError: 422, if it is more than any order's price, or less.
    """
    terms = service.state.instruments[symbol].terms
    least, most = terms.price_min, terms.price_max
    if (least is not None and price < least) or (most is not None and price > most):
        raise ProblemError(
            422, "BAD_PRICE", f"an index is a price of the instrument: from {least} to {most}"
        )


@router.delete("/{symbol}", response_model=InstrumentRow, responses=problems(*WRITES, 404))
async def delist_instrument(
    request: Request,
    symbol: SymbolPath,
    caller: Admin,
    reason: Annotated[str, Query(min_length=1, max_length=200, description="For the audit log.")],
) -> InstrumentRow:
    """Take a closed symbol out of trading for good, once no order and no position is left in it.

    Its name and its index stay taken, so that what is on record keeps its meaning.
    """
    gateway = gateway_of(request)
    named = gateway.floor.names.named(symbol)
    await note(gateway, caller, "instrument_delisted", {"symbol": named, "reason": reason})
    desk = InstrumentDesk(gateway.floor)
    await gateway.floor.command(lambda now_ns: desk.retire(named, now_ns=now_ns), reduces=True)
    return _told(gateway, named)


def _told(gateway: Gateway, symbol: str) -> InstrumentRow:
    """Return an instrument as it is now, once everybody who listens was told."""
    gateway.hub.tell_instrument(symbol, gateway.clock.now_ns())
    return instrument_row(gateway.floor.service, symbol)
