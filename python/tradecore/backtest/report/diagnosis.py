"""What must be read before any figure: the run's own findings, and what to try about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from tradecore.backtest.report.facts import OrderFacts
    from tradecore.backtest.report.source import Result

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A box at the top of the page."""

    level: Level
    title: str
    findings: tuple[str, ...]
    """What happened, as `result.diagnosis` words it."""
    advice: tuple[str, ...]
    """What to look at, a sentence each."""


def notice(result: Result, orders: OrderFacts) -> Notice | None:
    """Return the notice of a run, or nothing where all went well.

    A run that was halted, filled nothing or left no equity curve is an error; its figures cannot
    be compared with any other's.
    """
    level: Level = "error"
    if result.summary().halted:
        title = "The strategy was halted"
    elif not result.fills.size:
        title = "Nothing was filled"
    elif not result.equity.size:
        title = "There is no equity curve"
    elif result.diagnosis:
        level, title = "warning", "Before you read the figures"
    else:
        return None
    return Notice(level, title, tuple(result.diagnosis), tuple(_advice(result, orders)))


def _advice(result: Result, orders: OrderFacts) -> list[str]:
    advice = []
    halted = result.summary().halted
    if halted:
        advice.append(
            "What follows is of the time before the halt. When a callback raised, the log has its "
            "traceback and what it was called with."
        )
    if result.denials:
        advice.append(
            "A denied order never left. The log has the first of each kind; in on_order_denied, "
            "reject_text names rule and values of every one, such as the nearest valid price."
        )
    if orders.refusals:
        advice.append(
            "A post-only order is refused when the market moves to its price while it travels: "
            "quote further out, or count on it."
        )
    if not orders.submitted and not result.denials and not halted:
        advice.append(
            "Look whether on_start subscribes to the symbol of the recording, and whether the "
            "condition for an order was ever met."
        )
    if orders.accepted and not result.fills.size:
        advice.append(
            "A resting order fills only when trades reach its price and the queue ahead of it is "
            "through: quote closer to the touch, leave quotes longer, or use a longer recording."
        )
    return advice
