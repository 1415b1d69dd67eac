"""Plain words for a run that did not do what its author hoped: what happened, and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from tradecore.backtest.report.figures import bps, count, counted

if TYPE_CHECKING:
    from tradecore.backtest.report.facts import OrderFacts
    from tradecore.backtest.report.source import Result

# A tenth of the orders refused is more than an accident.
REFUSED_SHARE = 0.1

Level: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that says what happened and one that says what to look at."""

    level: Level
    title: str
    text: str


def findings(result: Result, orders: OrderFacts) -> list[Finding]:
    """Return what a reader must know before any figure, the worst first."""
    found = [
        *_halted(result),
        *_denied(result, orders),
        *_refused(orders),
        *_unfilled(result, orders),
    ]
    if not result.equity.size:
        found.append(
            Finding(
                "warning",
                "The run left no equity curve",
                "The recording held no book from which a mid price could be taken.",
            )
        )
    return found


def _halted(result: Result) -> list[Finding]:
    totals = result.summary()
    if not totals.halted:
        return []
    reason = totals.reason or "no reason was given"
    return [
        Finding(
            "error",
            "The strategy was halted before the recording ended",
            f"Reason: {reason}. Its orders were canceled; everything below ends there.",
        )
    ]


def _denied(result: Result, orders: OrderFacts) -> list[Finding]:
    denied = sum(result.denials.values())
    if not denied:
        return []
    code, most = max(result.denials.items(), key=lambda item: (item[1], item[0]))
    reached = orders.submitted - denied if orders.submitted > denied else orders.accepted
    level: Level = "error" if not reached else "note"
    if reached and denied >= REFUSED_SHARE * (denied + reached):
        level = "warning"
    return [
        Finding(
            level,
            f"{counted(denied, 'order')} denied before leaving",
            f"Most often {code} ({count(most)} times). A denied order never reached the venue: "
            "the log names the rule and the values of each.",
        )
    ]


def _refused(orders: OrderFacts) -> list[Finding]:
    refused = sum(orders.refusals.values())
    if not orders.submitted or refused < REFUSED_SHARE * orders.submitted:
        return []
    return [
        Finding(
            "warning",
            f"The venue refused {count(refused)} of {count(orders.submitted)} orders",
            "The table of refusals below says why. Post-only orders that would cross are refused "
            "when the market moves while they travel: quote further out, or expect it.",
        )
    ]


def _unfilled(result: Result, orders: OrderFacts) -> list[Finding]:
    if result.fills.size:
        return []
    if not orders.submitted:
        text = (
            "No order was submitted. Check that the strategy subscribes in on_start, that the "
            "symbol is the one of the recording, and that its conditions were ever met."
        )
    elif not orders.accepted:
        text = "Orders were submitted, and none was accepted. Nothing could be filled."
    else:
        text = (
            f"{counted(orders.accepted, 'order')} rested and none was traded with. "
            f"{_distance(result)}"
            "A resting order fills only when trades reach its price and its queue is through."
        )
    return [Finding("error", "Nothing was filled", text)]


def _distance(result: Result) -> str:
    """How far from the mid the typical order was, in a sentence."""
    orders, equity = result.orders, result.equity
    priced = orders[orders["price"] > 0]
    if not (priced.size and equity.size):
        return ""
    at = np.searchsorted(equity["ts_ns"], priced["ts_submit_ns"], side="right") - 1
    mids = equity["mid"][np.maximum(at, 0)]
    with np.errstate(divide="ignore", invalid="ignore"):
        away = priced["side"] * (mids - priced["price"]) / mids * 1e4
    away = away[np.isfinite(away)]
    if not away.size:
        return ""
    return (
        f"Half of them were {bps(float(np.median(away)), 1, signed=False)} or more behind the mid "
        "when they were sent. "
    )
