"""Whether the venue and our processes hold the same to be true: orders, trades, positions, fees."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.drills.journal import read_journal
from tradecore.drills.system import DrillError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tradecore.drills.account import VenueTrade
    from tradecore.drills.system import System

__all__ = ["Comparison", "compare", "intents_of", "settle"]

AGREE_S: Final = 15.0
_CURRENCY: Final = "USDT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Where the venue and we differ; nowhere, in the end, if nothing was lost.

    Args:
        orders: Our ids of orders that are open on one side only.
        trades: The venue's numbers of trades that one side only has.
        unwritten: Our ids of orders the venue had and no journal of ours knows.
        positions: What is held, by who says so.
        fees: What was paid in all, by who says so.
        counts: How many orders are open, by who says so.
    """

    orders: frozenset[str]
    trades: frozenset[int]
    unwritten: frozenset[str]
    positions: Mapping[str, Decimal]
    fees: Mapping[str, Decimal]
    counts: Mapping[str, int]

    @property
    def lost(self) -> int:
        """How many things differ; 0 if everything is the same."""
        apart = len(self.orders) + len(self.trades) + len(self.unwritten)
        said = (self.positions, self.fees, self.counts)
        return apart + sum(len(set(values.values())) - 1 for values in said)

    def __str__(self) -> str:
        """Say what differs."""
        named = {
            "orders": [*sorted(self.orders)],
            "trades": [str(number) for number in sorted(self.trades)],
            "unwritten": [*sorted(self.unwritten)],
        }
        for name, said in (
            ("position", self.positions),
            ("fees", self.fees),
            ("open orders", self.counts),
        ):
            if len(set(said.values())) > 1:
                named[name] = [f"{who} {value}" for who, value in said.items()]
        return "; ".join(f"{name}: {', '.join(found)}" for name, found in named.items() if found)


def intents_of(system: System) -> Path:
    """Return where the engine writes its journal."""
    return system.journal / "trading_engine_binance" / "intents"


def compare(system: System, *, is_up: bool = True, with_fees: bool = True) -> Comparison:
    """Ask the venue, and compare: with the journal and, where they run, the other processes.

    While orders come and go the sides are not asked at the same moment: see `settle`.

    Args:
        system: The system.
        is_up: Whether the four processes run.
        with_fees: Whether the position server's fees count: one that was started anew has those
            since then.
    """
    account = system.account
    written = read_journal(intents_of(system), system.setup.symbol)
    trades = account.trades()
    positions = {"venue": account.position(), "journal": written.position}
    fees = {"venue": _fees(trades)}
    resting = account.open_orders()
    counts = {"venue": len(resting)}
    if is_up:
        counts["trader"] = int(system.detail("trader")["facts"].get("open_orders", -1))
        facts = system.detail("position_server")["facts"]
        symbol = system.setup.symbol
        positions["position server"] = Decimal(facts.get("positions", {}).get(symbol, "0"))
        if with_fees:
            paid = facts.get("profit", {}).get(symbol, {})
            fees["position server"] = Decimal(paid.get(f"fees_{_CURRENCY}", "0"))
    return Comparison(
        orders=resting ^ written.open_orders,
        trades=frozenset(trade.exec_id for trade in trades) ^ written.exec_ids,
        unwritten=frozenset() if is_up else frozenset(account.orders()) - written.orders,
        positions=positions,
        fees=fees,
        counts=counts,
    )


def settle(system: System, *, with_fees: bool = True, seconds: float = AGREE_S) -> Comparison:
    """Compare until both sides agree, or so long; return the last comparison."""
    found: list[Comparison] = []

    def agrees() -> bool:
        found.append(compare(system, with_fees=with_fees))
        return not found[-1].lost

    try:
        system.until(agrees, "the venue and our processes agree", seconds=seconds)
    except DrillError:
        if not found:
            raise
    return found[-1]


def _fees(trades: list[VenueTrade]) -> Decimal:
    return sum((trade.fee for trade in trades), Decimal(0))
