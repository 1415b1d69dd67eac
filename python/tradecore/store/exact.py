"""Decimals that a database does not round."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import NUMERIC, TEXT, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

__all__ = ["Exact", "text_of"]


def text_of(value: Decimal | None, /) -> str | None:
    """Return a decimal with every digit and no exponent."""
    if value is None:
        return None
    text = str(value)
    return f"{value:f}" if "E" in text else text


class Exact(TypeDecorator[Decimal]):
    """A decimal with every digit: NUMERIC in PostgreSQL; text in SQLite, which has no such type."""

    impl = TEXT
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of a database."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(TEXT() if is_sqlite else NUMERIC())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Return what goes into the database."""
        return text_of(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """Return what came out of it."""
        del dialect
        return None if value is None else Decimal(value)
