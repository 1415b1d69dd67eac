"""What happens around trading: connections, reconciliations, risk, signals, cycles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tradecore.core import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChange:
    """A channel to a venue or a process went up, down, or silent."""

    peer: str
    channel: str
    state: Literal["up", "down", "silent"]
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What differed between our books and the venue's after a gap, and was set to the venue's."""

    symbol: str
    orders: tuple[Order, ...]
    position_before: Decimal
    position_after: Decimal
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAlert:
    """A limit was neared or reached."""

    code: str
    text: str
    ts_recv_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A number about a symbol from outside the strategy."""

    name: str
    symbol: str
    value: float
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One round of an orchestrator: its number, and the signals it gathered."""

    number: int
    signals: Mapping[str, Signal] = field(default_factory=dict)
    ts_event_ns: int
