"""A venue's records as they are asked for: orders, trades, statements, positions, balances."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from tradecore.store import tables
from tradecore.store.answers import Answers
from tradecore.store.database import DEFAULT_URL, Database, open_database
from tradecore.store.pages import Page, check_limit, read_cursor, write_cursor
from tradecore.store.projection import apply, read_position
from tradecore.store.rows import (
    AccountTradeRow,
    BalanceRow,
    OrderRow,
    PositionRow,
    StatementRow,
    TradeRow,
)
from tradecore.store.versions import check, schema_of, upgrade_database

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tradecore.venue import Batch, JournalPosition

__all__ = ["Records"]

R = TypeVar("R", OrderRow, TradeRow, AccountTradeRow, StatementRow, PositionRow, BalanceRow)


@dataclass(frozen=True, slots=True)
class Records:
    """What a venue did, in SQL: drawn from its journal, and never the truth.

    Each method waits for the database; many threads may ask at once. Lists begin with the newest,
    and a cursor goes on where the last page ended however much came in since.
    """

    database: Database
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", Answers(self.database))

    @classmethod
    def open(cls, url: str = DEFAULT_URL, /) -> Records:
        """Return the records at a URL; a database without any tables of ours is given them.

        Raises:
            InputError: If the URL is none, or of a database that is not served.
            SchemaError: If the tables are older or newer than this program's.
            StoreError: If the database is away.
        """
        database = open_database(url)
        try:
            if not schema_of(database).found:
                upgrade_database(database)
            check(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def engine(self) -> sa.Engine:
        """Return the connections that write."""
        return self.database.writers

    @property
    def position(self) -> JournalPosition:
        """Return how far they are.

        Raises:
            StoreError: If the database is away; so with every method.
        """
        with self.database.reading() as connection:
            return read_position(connection)

    @property
    def last_sequence(self) -> int:
        """Return the journal's number of the last command in them."""
        return self.position.sequence

    def apply(self, batch: Batch, /) -> JournalPosition:
        """Write what is new in a batch, all of it or nothing; return how far they are then.

        Raises:
            GapError: If steps before it are missing.
        """
        with self.database.writing() as connection:
            return apply(connection, batch)

    def ping(self) -> None:
        """Return if the database answers."""
        with self.database.reading() as connection:
            connection.execute(sa.select(1))

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()

    # Orders

    def orders(
        self,
        account: int | None = None,
        *,
        symbol: str | None = None,
        status: Collection[str] = (),
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[OrderRow]:
        """Return orders of an account, or of all.

        Raises:
            InputError: If the limit is not from 1 to 1,000, or the cursor of another list.
        """
        table = tables.orders.c
        where = _same({table.account: account, table.symbol: symbol})
        if status:
            where.append(table.status.in_(sorted(status)))
        place = (table.opened_sequence, table.opened_note, table.order_id)
        return self._page(OrderRow, "o", place, where, limit=limit, cursor=cursor)

    def order(self, account: int | None, order_id: int) -> OrderRow | None:
        """Return an order of an account, or of any, by the venue's number."""
        table = tables.orders.c
        return self._one(OrderRow, _same({table.order_id: order_id, table.account: account}))

    def order_by_client(self, account: int, client_order_id: str) -> OrderRow | None:
        """Return the newest order an account gave this name."""
        table = tables.orders.c
        where = _same({table.account: account, table.client_order_id: client_order_id})
        return self._one(OrderRow, where, table.opened_sequence.desc(), table.order_id.desc())

    # Trades

    def trades(
        self,
        symbol: str,
        *,
        since_ns: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[TradeRow]:
        """Return what was traded of a symbol, as the public sees it.

        Raises:
            InputError: If the limit is not from 1 to 1,000, or the cursor of another list.
        """
        table = tables.trades.c
        where = [table.symbol == symbol, *_since(table.ts_event_ns, since_ns)]
        return self._page(TradeRow, "t", (table.trade_id,), where, limit=limit, cursor=cursor)

    def account_trades(
        self,
        account: int,
        *,
        symbol: str | None = None,
        order_id: int | None = None,
        since_ns: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AccountTradeRow]:
        """Return an account's sides of trades.

        Raises:
            InputError: If the limit is not from 1 to 1,000, or the cursor of another list.
        """
        table = tables.account_trades.c
        where = _same({table.account: account, table.symbol: symbol, table.order_id: order_id})
        where += _since(table.ts_event_ns, since_ns)
        place = (table.sequence, table.part)
        return self._page(AccountTradeRow, "a", place, where, limit=limit, cursor=cursor)

    # Money

    def statement(
        self,
        account: int,
        *,
        since_ns: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[StatementRow]:
        """Return why an account's money changed; all amounts together are its balance.

        Raises:
            InputError: If the limit is not from 1 to 1,000, or the cursor of another list.
        """
        table = tables.statement.c
        where = [table.account == account, *_since(table.ts_event_ns, since_ns)]
        place = (table.sequence, table.note, table.part)
        return self._page(StatementRow, "s", place, where, limit=limit, cursor=cursor)

    def positions(self, account: int, *, symbol: str | None = None) -> tuple[PositionRow, ...]:
        """Return what an account holds or held, by symbol and leg."""
        table = tables.positions.c
        query = _select(PositionRow).where(*_same({table.account: account, table.symbol: symbol}))
        return self._all(PositionRow, query.order_by(table.symbol, table.leg))

    def balances(self, account: int) -> tuple[BalanceRow, ...]:
        """Return an account's money by currency."""
        table = tables.balances.c
        query = _select(BalanceRow).where(table.account == account)
        return self._all(BalanceRow, query.order_by(table.currency))

    def accounts(self) -> tuple[int, ...]:
        """Return every account that ever had money."""
        query = sa.select(tables.balances.c.account).distinct()
        with self.database.reading() as connection:
            return tuple(connection.scalars(query.order_by(tables.balances.c.account)))

    # How they are asked

    def _page(
        self,
        row: type[R],
        kind: str,
        place: Sequence[sa.ColumnElement[int]],
        where: list[sa.ColumnElement[bool]],
        *,
        limit: int,
        cursor: str | None,
    ) -> Page[R]:
        query = _select(row).where(*where).limit(check_limit(limit) + 1)
        query = query.add_columns(*(column.label(f"at_{n}") for n, column in enumerate(place)))
        query = query.order_by(*(column.desc() for column in place))
        if cursor is not None:
            at = read_cursor(kind, cursor, count=len(place))
            query = query.where(sa.tuple_(*place) < sa.tuple_(*(sa.literal(n) for n in at)))
        with self.database.reading() as connection:
            found = connection.execute(query).all()
        rows = tuple(_made(row, one) for one in found[:limit])
        if len(found) <= limit:
            return Page(rows)
        last = found[limit - 1]
        return Page(rows, write_cursor(kind, *(last[n - len(place)] for n in range(len(place)))))

    def _one(
        self, row: type[R], where: list[sa.ColumnElement[bool]], *order: sa.UnaryExpression[Any]
    ) -> R | None:
        found = self._all(row, _select(row).where(*where).order_by(*order).limit(1))
        return found[0] if found else None

    def _all(self, row: type[R], query: sa.Select[Any]) -> tuple[R, ...]:
        with self.database.reading() as connection:
            return tuple(_made(row, one) for one in connection.execute(query))


_TABLES = {
    OrderRow: tables.orders,
    TradeRow: tables.trades,
    AccountTradeRow: tables.account_trades,
    StatementRow: tables.statement,
    PositionRow: tables.positions,
    BalanceRow: tables.balances,
}


def _select(row: type[R]) -> sa.Select[Any]:
    """Return a query for what a row has, in its order."""
    table = _TABLES[row]
    return sa.select(*(table.c[one.name] for one in fields(row)))


def _made(row: type[R], found: sa.Row[Any]) -> R:
    names = [one.name for one in fields(row)]
    return row(**dict(zip(names, found, strict=False)))


def _same(wanted: dict[sa.ColumnElement[Any], Any]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what is given."""
    return [column == value for column, value in wanted.items() if value is not None]


def _since(column: sa.ColumnElement[int], since_ns: int | None) -> list[sa.ColumnElement[bool]]:
    return [] if since_ns is None else [column >= since_ns]
