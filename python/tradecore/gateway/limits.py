"""Limits: what the settings say of everybody, what was set for an account or one strategy."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradecore.core import DataError, Limits
from tradecore.gateway.kept_file import write_json
from tradecore.venue.naming import number_of

if TYPE_CHECKING:
    from pathlib import Path

    from tradecore.gateway.settings import RiskSettings
    from tradecore.venue import VenueInstrument, VenueService

__all__ = ["LimitTable", "LimitValues", "bind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitValues:
    """Limits of one scope; `None` where nothing is limited."""

    max_order_value: Decimal | None = None
    max_position_value: Decimal | None = None
    max_position_size: Decimal | None = None
    max_leverage: Decimal | None = None
    max_daily_loss: Decimal | None = None
    max_open_orders: int | None = None
    price_collar: Decimal | None = None

    @classmethod
    def of_settings(cls, risk: RiskSettings) -> LimitValues:
        """Return what the settings limit everybody to; nothing where limits are switched off."""
        if not risk.risk_limits_enabled:
            return cls()
        return cls(**{one.name: getattr(risk, one.name) for one in fields(cls)})

    def strictest(self, other: LimitValues) -> LimitValues:
        """Return the stricter value of each limit."""
        found: dict[str, Any] = {}
        for one in fields(self):
            given = [
                value
                for value in (getattr(self, one.name), getattr(other, one.name))
                if value is not None
            ]
            found[one.name] = min(given, default=None)
        return LimitValues(**found)

    def decimals(self) -> dict[str, Decimal | None]:
        """Return each limit by its name."""
        return {
            one.name: None if value is None else Decimal(value)
            for one in fields(self)
            for value in [getattr(self, one.name)]
        }

    def plain(self) -> dict[str, str | int]:
        """Return the limits that are set, as JSON can say them."""
        return {
            one.name: value if isinstance(value, int) else str(value)
            for one in fields(self)
            if (value := getattr(self, one.name)) is not None
        }

    def for_engine(self) -> Limits:
        """Return them for the engine, but for a size, which is counted in lots of a symbol."""
        return Limits(
            max_order_value=self.max_order_value,
            max_position_value=self.max_position_value,
            max_leverage=self.max_leverage,
            max_daily_loss=self.max_daily_loss,
            max_open_orders=self.max_open_orders,
            collar=self.price_collar,
        )


@dataclass(slots=True)
class LimitTable:
    """What limits hold for whom. Those that were set outlast the process in a file of their own.

    Those of a strategy bind its orders; what they are compared with is the account's: all that
    it holds, and all its open orders.

    Args:
        everybody: Of the settings.
        path: Where those of accounts and strategies are kept.
    """

    everybody: LimitValues
    path: Path
    _own: dict[tuple[int, str], LimitValues] = field(default_factory=dict)

    def load(self) -> None:
        """Read what was kept.

        Raises:
            DataError: If the file is not one of ours.
        """
        if not self.path.exists():
            return
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            self._own = {_owner(name): _read(values) for name, values in said.items()}
        except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
            raise DataError(f"limits of accounts are kept as JSON: {self.path}: {error}") from error

    def own(self) -> dict[tuple[int, str], LimitValues]:
        """Return what was set, by account and strategy; the strategy is empty for all of them."""
        return dict(self._own)

    def of(self, account: int, strategy: str = "") -> LimitValues:
        """Return what holds for an account: the stricter of its own and everybody's.

        For orders of a strategy those of the strategy are added.
        """
        found = self.everybody
        for owner in dict.fromkeys(((account, ""), (account, strategy))):
            own = self._own.get(owner)
            found = found if own is None else found.strictest(own)
        return found

    def of_symbol(self, listed: VenueInstrument) -> Limits:
        """Return what holds for everybody in one symbol, also for orders the engine alone sees."""
        lot, most = listed.instrument.lot_size, listed.terms.quantity_max
        size = self.everybody.max_position_size
        return Limits(
            max_order_lots=None if most is None else int(most / lot),
            max_position_lots=None if size is None else int(size / lot),
            # Margin holds where limits are switched off.
            max_leverage=listed.leverage,
        )

    def set(self, account: int, values: LimitValues, *, strategy: str = "") -> None:
        """Set the own limits of an account, or of a strategy of it, and keep them.

        Raises:
            OSError: If they cannot be written; nothing was changed then.
        """
        changed = {**self._own, (account, strategy): values}
        rows = {_text(owner): one.plain() for owner, one in sorted(changed.items())}
        write_json(self.path, rows)
        self._own = changed


def bind(service: VenueService, values: LimitValues, *, account: int, strategy: str) -> None:
    """Have an engine hold an account, or a strategy of it, to limits of its own."""
    if not strategy:
        service.tell_engine(lambda one: one.risk.set_limits(values.for_engine(), account=account))
        return
    number = number_of(service.commands, account, strategy)
    service.tell_engine(lambda one: one.risk.set_limits(values.for_engine(), strategy=number))


def _text(owner: tuple[int, str]) -> str:
    account, strategy = owner
    return f"{account}/{strategy}" if strategy else str(account)


def _owner(text: str) -> tuple[int, str]:
    """Return whose limits are under a name; a strategy stands behind the first stroke."""
    account, _, strategy = text.partition("/")
    return int(account), strategy


def _read(values: dict[str, object]) -> LimitValues:
    found: dict[str, Any] = {
        name: int(str(value)) if name == "max_open_orders" else Decimal(str(value))
        for name, value in values.items()
    }
    return LimitValues(**found)
