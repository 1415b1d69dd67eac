"""What whoever runs the venue sees and says."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradecore.gateway.numbers import DecimalIn, DecimalOut, Timestamp
from tradecore.gateway.schemas.base import Camel, CamelIn

__all__ = [
    "AccountSummary",
    "Accounts",
    "AuditPage",
    "BreakerReset",
    "BreakerState",
    "CollectResult",
    "EngagedSwitch",
    "EngagedSwitches",
    "Holding",
    "Holdings",
    "KillSwitch",
    "KillSwitchResult",
    "LogLines",
    "MoneyMove",
    "MoneyMoved",
    "Phase",
    "QueueState",
    "Reason",
    "StatementEntry",
    "StatementPage",
    "SystemState",
]

SwitchScope = Literal["global", "account", "user", "strategy", "symbol"]
Phase = Literal["open", "auction", "halted", "closed"]
Reason = Field(min_length=1, max_length=200, description="Kept in the audit log.")


class QueueState(Camel):
    """How commands wait."""

    depth: int
    size_max: int
    executed: int
    batches: int
    refused: int
    records_behind: int


class BreakerState(Camel):
    """A breaker."""

    name: Literal["engine_breaker"]
    state: Literal["closed", "open"]
    failures: int
    threshold: int


class SystemState(Camel):
    """The venue in one look."""

    status: Literal["running", "draining"]
    version: str
    uptime_s: float
    sequence: int
    durable_sequence: int
    ack: Literal["durable", "memory"]
    live_orders: int
    websockets: int
    trading_state: Literal["active", "reducing", "halted"]
    breakers: list[BreakerState]
    queue: QueueState


class BreakerReset(CamelIn):
    """Which breaker to close."""

    breaker: Literal["engine_breaker"] = "engine_breaker"


class CollectResult(Camel):
    """What a collection of garbage let go."""

    collected: int
    memory_bytes_before: int
    memory_bytes_after: int


class LogLines(Camel):
    """Lines of the log, newest first."""

    data: list[dict[str, Any]]


class AuditPage(Camel):
    """Entries of the audit log, as they were written: number, time, type, actor, data."""

    data: list[dict[str, Any]]


class KillSwitch(CamelIn):
    """A trading state for a scope; live orders stay unless they are to be canceled."""

    scope: SwitchScope
    id: str | None = Field(
        default=None,
        max_length=80,
        description="Which account, user, symbol, or strategy as ACCOUNT/NAME.",
    )
    state: Literal["active", "reducing", "halted"]
    cancel_open_orders: bool = False
    reason: str = Reason


class KillSwitchResult(Camel):
    """What became of it."""

    scope: str
    id: str | None
    trading_state: Literal["active", "reducing", "halted"]
    cancelled: int


class EngagedSwitch(Camel):
    """A scope that may not trade as it likes; `active` ones are not listed."""

    scope: Literal["global", "account", "strategy", "symbol"]
    id: str | None
    trading_state: Literal["reducing", "halted"]


class EngagedSwitches(Camel):
    """Every scope that may not trade as it likes."""

    data: list[EngagedSwitch]


class AccountSummary(Camel):
    """An account."""

    account: int
    user_id: str
    currency: str
    wallet: DecimalOut
    equity: DecimalOut
    open_orders: int


class Accounts(Camel):
    """Every account that ever had money."""

    data: list[AccountSummary]


class Holding(Camel):
    """What an account holds of a symbol, as it is on record."""

    symbol: str
    leg: str
    quantity: DecimalOut
    average_price: DecimalOut
    realized_pnl: DecimalOut
    fees: DecimalOut
    sequence: int = Field(description="Number of the command that changed it last.")


class Holdings(Camel):
    """What an account holds or held."""

    data: list[Holding]


class MoneyMove(CamelIn):
    """Money into an account, or out of it."""

    amount: DecimalIn = Field(gt=0)
    reason: str = Reason


class MoneyMoved(Camel):
    """What the account has now."""

    account: int
    currency: str
    amount: DecimalOut
    wallet: DecimalOut


class StatementEntry(Camel):
    """One reason why an account's money changed."""

    entry_id: str
    kind: str
    amount: DecimalOut
    balance: DecimalOut
    currency: str
    symbol: str | None
    trade_id: str | None
    timestamp: Timestamp


class StatementPage(Camel):
    """A statement, newest first."""

    data: list[StatementEntry]
    next_cursor: str | None
