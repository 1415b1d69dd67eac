"""What a strategy and all that carries it must show after a fault: the rules, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DrillFacts", "DrillVerdict", "judge"]

SHOWN_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFacts:
    """What was seen in one drill; ids are client order ids.

    Args:
        orders_before: Orders the venue took before the fault.
        hits: How often the fault happened; `None` if it cannot be counted.
        failure: The mistake that ended the strategy or what carries it, if one did.
        stopped: Why the strategy halted by a rule of its own, if it did.
        recovery_ms: From the end of the fault until everything was well; `None` if it never was.
        missing: What was not well at the end of the time allowed.
        actions_after: New orders, changes and cancels the venue took after the fault.
        differences: Where the venue's open orders, fills and position are not ours.
        doubled: Ids under which the venue took more than one order.
        orphans: Ids open at the venue that nobody here knows, or that stayed after the end.
        falsely_rejected: Ids told to the strategy as rejected that the venue had taken.
        unresolved: Ids whose outcome was still not known.
    """

    orders_before: int
    hits: int | None
    failure: str | None = None
    stopped: str | None = None
    recovery_ms: int | None = None
    missing: str = ""
    actions_after: int = 0
    differences: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    falsely_rejected: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillVerdict:
    """Whether a drill was passed, and every rule that was broken."""

    drill: str
    is_passed: bool
    reasons: tuple[str, ...]
    facts: DrillFacts

    @property
    def reason(self) -> str:
        """Why, in one line."""
        if self.reasons:
            return "; ".join(self.reasons)
        facts = self.facts
        if facts.stopped is not None:
            return f"stopped by rule: {facts.stopped}"
        return f"well again after {facts.recovery_ms} ms"


def judge(drill: str, facts: DrillFacts) -> DrillVerdict:
    """Hold what was seen against the rules."""
    reasons = tuple(_broken(facts))
    return DrillVerdict(drill=drill, is_passed=not reasons, reasons=reasons, facts=facts)


def _broken(facts: DrillFacts) -> Iterator[str]:
    if facts.failure is not None:
        yield facts.failure
    elif not facts.orders_before:
        yield "the strategy sent no order before the fault"
    elif facts.hits == 0:
        yield "the fault met nothing the strategy did"
    elif facts.recovery_ms is None and facts.stopped is None:
        yield f"not well in time: {facts.missing}"
    lists = {
        "the venue has another truth": facts.differences,
        "ordered twice": facts.doubled,
        "orders without an owner": facts.orphans,
        "told as rejected, and were not": facts.falsely_rejected,
        "outcome never known": facts.unresolved,
    }
    for said, found in lists.items():
        if found:
            more = f" and {len(found) - SHOWN_MAX} more" if len(found) > SHOWN_MAX else ""
            yield f"{said}: {', '.join(found[:SHOWN_MAX])}{more}"
