"""Orders, trades, positions, balances, statements, and answers to requests with a key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tradecore.store.exact import Exact

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _progress()
    _orders()
    _trades()
    _money_tables()
    _answers()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False) for name in names]


def _exact(*names: str, is_optional: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, Exact, nullable=is_optional) for name in names]


def _progress() -> None:
    op.create_table(
        "record_progress",
        *_text("name"),
        *_whole("sequence", "note"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.execute("INSERT INTO record_progress (name, sequence, note) VALUES ('records', 0, 0)")


def _orders() -> None:
    op.create_table(
        "orders",
        *_whole("order_id"),
        *_text("client_order_id"),
        *_whole("account"),
        *_text("symbol", "side", "type", "time_in_force"),
        *_exact("price", "stop_price", "display_quantity", is_optional=True),
        *_exact("quantity", "filled", "notional"),
        *_text("status", "reject_code"),
        sa.Column("post_only", sa.Boolean, nullable=False),
        sa.Column("reduce_only", sa.Boolean, nullable=False),
        *_text("leg"),
        *_whole("created_ns", "updated_ns", "sequence", "opened_sequence", "opened_note"),
        sa.PrimaryKeyConstraint("order_id"),
    )
    opened = ["opened_sequence", "opened_note"]
    op.create_index("orders_opened", "orders", opened)
    op.create_index("orders_of_account", "orders", ["account", *opened])
    op.create_index("orders_of_symbol", "orders", ["account", "symbol", *opened])
    op.create_index("orders_of_status", "orders", ["account", "status", *opened])
    op.create_index("orders_of_client", "orders", ["account", "client_order_id"])


def _trades() -> None:
    op.create_table(
        "trades",
        *_text("symbol"),
        *_whole("trade_id"),
        *_exact("price", "quantity"),
        *_text("aggressor"),
        *_whole("taker_order_id", "maker_order_id", "ts_event_ns", "sequence"),
        sa.PrimaryKeyConstraint("symbol", "trade_id"),
    )
    op.create_index("trades_by_time", "trades", ["symbol", "ts_event_ns"])
    op.create_table(
        "account_trades",
        *_whole("sequence", "part"),
        *_text("symbol"),
        *_whole("trade_id", "order_id", "account"),
        *_text("side"),
        *_exact("price", "quantity", "realized", "fee"),
        *_text("fee_currency"),
        sa.Column("is_maker", sa.Boolean, nullable=False),
        *_text("leg"),
        *_whole("ts_event_ns"),
        sa.PrimaryKeyConstraint("sequence", "part"),
    )
    place = ["sequence", "part"]
    op.create_index("account_trades_of_account", "account_trades", ["account", *place])
    op.create_index("account_trades_of_order", "account_trades", ["account", "order_id", *place])


def _money_tables() -> None:
    op.create_table(
        "statement",
        *_whole("sequence", "note", "part", "account"),
        *_text("currency", "kind"),
        *_exact("amount", "balance"),
        *_text("symbol"),
        *_whole("trade_id", "ts_event_ns"),
        sa.PrimaryKeyConstraint("sequence", "note", "part"),
    )
    place = ["account", "sequence", "note", "part"]
    op.create_index("statement_of_account", "statement", place)
    op.create_table(
        "positions",
        *_whole("account"),
        *_text("symbol", "leg"),
        *_exact("quantity", "cost", "fees", "realized", "set_aside"),
        *_whole("updated_ns", "sequence"),
        sa.PrimaryKeyConstraint("account", "symbol", "leg"),
    )
    op.create_table(
        "balances",
        *_whole("account"),
        *_text("currency"),
        *_exact("total", "deposit", "withdrawal", "realized", "fee", "funding", "insurance"),
        *_whole("updated_ns", "sequence"),
        sa.PrimaryKeyConstraint("account", "currency"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        *_text("scope", "key", "digest"),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("headers", sa.Text, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=True),
        *_whole("created_ns"),
        sa.PrimaryKeyConstraint("scope", "key"),
    )
    op.create_index("answers_by_time", "answers", ["created_ns"])


def downgrade() -> None:
    """Drop what this step made; records can be made again from the journal."""
    for name in (
        "answers",
        "balances",
        "positions",
        "statement",
        "account_trades",
        "trades",
        "orders",
        "record_progress",
    ):
        op.drop_table(name)
