"""The tables of a venue's records, as the newest migration leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tradecore.store.exact import Exact

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

__all__ = [
    "account_trades",
    "answers",
    "balances",
    "metadata",
    "orders",
    "positions",
    "progress",
    "statement",
    "trades",
]

metadata: Final = sa.MetaData()


def _text(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _whole(name: str, *, is_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, primary_key=is_key, autoincrement=False)


def _key(name: str, kind: type[TypeEngine[str]] = sa.Text) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, primary_key=True)


def _money(name: str, *, is_optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, Exact, nullable=is_optional)


#: One row: how far the records are.
progress: Final = sa.Table(
    "record_progress", metadata, _key("name"), _whole("sequence"), _whole("note")
)

orders: Final = sa.Table(
    "orders",
    metadata,
    _whole("order_id", is_key=True),
    _text("client_order_id"),
    _whole("account"),
    _text("symbol"),
    _text("side"),
    _text("type"),
    _text("time_in_force"),
    _money("price", is_optional=True),
    _money("stop_price", is_optional=True),
    _money("display_quantity", is_optional=True),
    _money("quantity"),
    _money("filled"),
    _money("notional"),
    _text("status"),
    _text("reject_code"),
    sa.Column("post_only", sa.Boolean, nullable=False),
    sa.Column("reduce_only", sa.Boolean, nullable=False),
    _text("leg"),
    _whole("created_ns"),
    _whole("updated_ns"),
    _whole("sequence"),
    # Where the order came, by which lists are sorted: it never changes.
    _whole("opened_sequence"),
    _whole("opened_note"),
    _text("strategy_id", default=""),
    sa.Index("orders_opened", "opened_sequence", "opened_note"),
    sa.Index("orders_of_account", "account", "opened_sequence", "opened_note"),
    sa.Index("orders_of_symbol", "account", "symbol", "opened_sequence", "opened_note"),
    sa.Index("orders_of_status", "account", "status", "opened_sequence", "opened_note"),
    sa.Index("orders_of_client", "account", "client_order_id"),
)

trades: Final = sa.Table(
    "trades",
    metadata,
    _key("symbol"),
    _whole("trade_id", is_key=True),
    _money("price"),
    _money("quantity"),
    _text("aggressor"),
    _whole("taker_order_id"),
    _whole("maker_order_id"),
    _whole("ts_event_ns"),
    _whole("sequence"),
    sa.Index("trades_by_time", "symbol", "ts_event_ns"),
)

account_trades: Final = sa.Table(
    "account_trades",
    metadata,
    _whole("sequence", is_key=True),
    _whole("part", is_key=True),
    _text("symbol"),
    _whole("trade_id"),
    _whole("order_id"),
    _whole("account"),
    _text("side"),
    _money("price"),
    _money("quantity"),
    _money("realized"),
    _money("fee"),
    _text("fee_currency"),
    sa.Column("is_maker", sa.Boolean, nullable=False),
    _text("leg"),
    _whole("ts_event_ns"),
    _text("strategy_id", default=""),
    sa.Index("account_trades_of_account", "account", "sequence", "part"),
    sa.Index("account_trades_of_order", "account", "order_id", "sequence", "part"),
)

statement: Final = sa.Table(
    "statement",
    metadata,
    _whole("sequence", is_key=True),
    _whole("note", is_key=True),
    _whole("part", is_key=True),
    _whole("account"),
    _text("currency"),
    _text("kind"),
    _money("amount"),
    _money("balance"),
    _text("symbol"),
    _whole("trade_id"),
    _whole("ts_event_ns"),
    sa.Index("statement_of_account", "account", "sequence", "note", "part"),
)

positions: Final = sa.Table(
    "positions",
    metadata,
    _whole("account", is_key=True),
    _key("symbol"),
    _key("leg"),
    _money("quantity"),
    _money("cost"),
    _money("fees"),
    _money("realized"),
    _money("set_aside"),
    _whole("updated_ns"),
    _whole("sequence"),
)

balances: Final = sa.Table(
    "balances",
    metadata,
    _whole("account", is_key=True),
    _key("currency"),
    _money("total"),
    _money("deposit"),
    _money("withdrawal"),
    _money("realized"),
    _money("fee"),
    _money("funding"),
    _money("insurance"),
    _whole("updated_ns"),
    _whole("sequence"),
)

#: What was answered to a request that named itself, for when it comes again.
answers: Final = sa.Table(
    "answers",
    metadata,
    _key("scope"),
    _key("key"),
    _text("digest"),
    sa.Column("status", sa.Integer, nullable=True),
    sa.Column("headers", sa.Text, nullable=True),
    sa.Column("body", sa.LargeBinary, nullable=True),
    _whole("created_ns"),
    sa.Index("answers_by_time", "created_ns"),
)
