"""Which strategy orders, and the trades they made, are of."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES: Final = ("orders", "account_trades")


def upgrade() -> None:
    """Add the column; what is on record already is of none."""
    for table in _TABLES:
        op.add_column(table, sa.Column("strategy_id", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it; the venue's journal and notes know it still."""
    for table in _TABLES:
        op.drop_column(table, "strategy_id")
