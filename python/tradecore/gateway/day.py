"""The venue's day: when one began, and what each account had made by then."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError
from tradecore.gateway.kept_file import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from tradecore.venue import VenueService
    from tradecore.venue.state import VenueState

__all__ = ["TradingDay"]

DAY_NS: Final = 86_400 * 1_000_000_000
_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class TradingDay:
    """Days begin at midnight UTC. What a day began with outlasts the process.

    Args:
        path: Where it is kept.
        number: Days since 1970; `None` before the first one began here.
    """

    path: Path
    number: int | None = None
    _made: dict[int, Decimal] = field(default_factory=dict)

    def load(self) -> None:
        """Read what was kept.

        Raises:
            DataError: If the file is not one of ours.
        """
        if not self.path.exists():
            return
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            self.number = int(said["day"])
            self._made = {int(one): Decimal(made) for one, made in said["made"].items()}
        except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError) as error:
            raise DataError(f"a day is kept as JSON: {self.path}: {error}") from error

    def is_over(self, now_ns: int) -> bool:
        """Return whether another day than the one known has come; none goes back."""
        return self.number is None or now_ns // DAY_NS > self.number

    def turn(self, service: VenueService, now_ns: int) -> None:
        """Begin a day if another has come, and tell the engine, which limits what is lost in one.

        Raises:
            OSError: As in `begin`.
        """
        if self.is_over(now_ns):
            self.begin(service.state, now_ns)
            service.tell_engine(lambda engine: engine.risk.start_day())

    def begin(self, state: VenueState, now_ns: int) -> None:
        """Begin a day with what each account has made by now.

        Raises:
            OSError: If it cannot be written; the day before goes on then.
        """
        found = {account: made_by(state, account) for account in state.ledger.accounts()}
        made = {account: value for account, value in found.items() if value}
        number = now_ns // DAY_NS
        said = {str(account): str(value) for account, value in sorted(made.items())}
        write_json(self.path, {"day": number, "made": said})
        self.number, self._made = number, made

    def profit(self, state: VenueState, account: int) -> Decimal:
        """Return what an account made since the day began, in its margin currency."""
        return made_by(state, account) - self._made.get(account, _ZERO)


def made_by(state: VenueState, account: int) -> Decimal:
    """Return what an account ever made: all it has but what was paid in, less what was taken out.

    Positions count as they are valued now, and fees and funding with their sign.
    """
    if not state.ledger.updated_ns(account):
        return _ZERO
    totals = state.ledger.totals(account)
    return state.margin(account).equity - totals.deposit - totals.withdrawal
