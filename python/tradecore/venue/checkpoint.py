"""A venue's books as bytes, so that a start need not read the whole journal."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - msgspec reads the types
from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.core import DataError
from tradecore.portfolio import Totals  # noqa: TC001 - the same
from tradecore.venue.booked import JournalPosition
from tradecore.venue.conditions import ConditionalOrder  # noqa: TC001 - the same
from tradecore.venue.ledger import PositionState  # noqa: TC001 - the same
from tradecore.venue.orders import OrderRecord  # noqa: TC001 - the same
from tradecore.venue.sheets import Sheet, sheet_of
from tradecore.venue.strategies import Strategy  # noqa: TC001 - the same

if TYPE_CHECKING:
    from tradecore.venue.books import Books

__all__ = ["read_checkpoint", "restore", "write_checkpoint"]

#: The version written; those before it are read, and lack what is given a default here.
VERSION: Final = 2


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    account: int
    totals: Totals
    updated_ns: int
    positions: list[PositionState]


class _Market(msgspec.Struct, frozen=True, kw_only=True):
    symbol: str
    index: Decimal
    next_funding_ns: int
    last_price: Decimal | None
    trades: int
    sheet: Sheet | None = None


class _Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    sequence: int
    note: int
    now_ns: int
    next_id: int
    has_orders: bool
    currency: str
    deposited: Decimal
    collected: Decimal
    accounts: list[_Account]
    orders: list[OrderRecord]
    conditions: list[ConditionalOrder]
    markets: list[_Market]
    house: list[int]
    hedged: list[int]
    isolated: list[tuple[int, str]]
    leverages: list[tuple[int, str, int]]
    countdowns: list[tuple[int, str, int]]
    unsettled: list[int]
    changes: list[tuple[int, int]]
    strategies: list[Strategy] = []


_DECODER: Final = msgspec.json.Decoder(_Checkpoint)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="string", order="deterministic")


def write_checkpoint(books: Books, /) -> bytes:
    """Return what is open and held; what ended is in the records alone."""
    state, numbers = books.state, books.reports.numbers
    ledger = state.ledger
    made = _Checkpoint(
        version=VERSION,
        sequence=books.position.sequence,
        note=books.position.note,
        now_ns=state.now_ns,
        next_id=state.next_id,
        has_orders=books.has_orders,
        currency=ledger.currency,
        deposited=ledger.deposited,
        collected=ledger.collected,
        accounts=[
            _Account(
                account=account,
                totals=ledger.totals(account),
                updated_ns=ledger.updated_ns(account),
                positions=list(ledger.positions(account)),
            )
            for account in ledger.accounts()
        ],
        orders=[order for _, order in sorted(books.reports.live.items())],
        conditions=[
            one for symbol in state.instruments for one in state.conditions.all_waiting(symbol)
        ],
        markets=[
            _Market(
                symbol=symbol,
                index=mark.index,
                next_funding_ns=mark.next_funding_ns,
                last_price=state.last_prices.get(symbol),
                trades=numbers.last_booked.get(symbol, 0),
                sheet=sheet_of(mark.instrument),
            )
            for symbol, mark in state.marks.items()
        ],
        house=sorted(state.house),
        hedged=sorted(state.hedged),
        isolated=sorted(state.isolated),
        leverages=sorted((*key, leverage) for key, leverage in state.leverages().items()),
        countdowns=sorted((*key, due_ns) for key, due_ns in state.countdowns.items()),
        unsettled=sorted(state.unsettled),
        changes=sorted(state.changes.items()),
        strategies=list(state.strategies),
    )
    return _ENCODER.encode(made)


def read_checkpoint(data: bytes, /) -> _Checkpoint:
    """Return what is in a checkpoint.

    Raises:
        DataError: If it is none, or of another version of the format.
    """
    try:
        found = _DECODER.decode(data)
    except msgspec.MsgspecError as error:
        raise DataError(f"a checkpoint is what a venue wrote: {error}") from error
    if not 1 <= found.version <= VERSION:
        raise DataError(f"a checkpoint is of version 1 to {VERSION}: version={found.version}")
    return found


def restore(books: Books, found: _Checkpoint, /) -> None:
    """Bring empty books to where a checkpoint was written.

    Raises:
        DataError: If it is of another venue: another currency, or a symbol that is not listed.
    """
    state, ledger = books.state, books.state.ledger
    unknown = {one.symbol for one in found.markets} - set(state.instruments)
    if unknown or found.currency != ledger.currency:
        raise DataError(
            f"a checkpoint is of the venue that reads it: currency={found.currency}, "
            f"unlisted={sorted(unknown)}"
        )
    books.begin_at(JournalPosition(found.sequence, found.note), has_orders=found.has_orders)
    state.now_ns, state.next_id = found.now_ns, found.next_id
    ledger.deposited, ledger.collected = found.deposited, found.collected
    for strategy in found.strategies:
        state.strategies.add(strategy)
    for one in found.accounts:
        ledger.restore(one.account, one.totals, one.positions, updated_ns=one.updated_ns)
    for order in found.orders:
        books.reports.live[order.order_id] = order
        state.histories.opened(order)
    for waiting in found.conditions:
        state.conditions.add(waiting)
    _restore_markets(books, found.markets)
    state.house.update(found.house)
    state.hedged.update(found.hedged)
    state.isolated.update(found.isolated)
    for account, symbol, leverage in found.leverages:
        state.set_leverage(account, symbol, leverage)
    for account, symbol, due_ns in found.countdowns:
        state.countdowns[account, symbol] = due_ns
    state.unsettled.update(found.unsettled)
    state.changes.update(found.changes)


def _restore_markets(books: Books, markets: list[_Market]) -> None:
    state = books.state
    for market in markets:
        if market.sheet is not None:
            state.revise(market.symbol, market.sheet)
        mark = state.marks[market.symbol]
        mark.index, mark.next_funding_ns = market.index, market.next_funding_ns
        if market.trades:
            books.reports.numbers.begin_at(market.symbol, market.trades)
        if market.last_price is not None:
            state.last_prices[market.symbol] = market.last_price
