"""How a desk behaves where there is a choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tradecore.oms.outcomes import OutcomeRules

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """Limits of time and number.

    Args:
        queue_max: Orders that may wait for the venue's rate budget.
        queue_timeout_ns: How long one may wait before it is given up, unsent.
        answer_timeout_ns: After how long without any evidence a request counts as unanswered,
            whether or not its codec says so.
        cancels_max: How often a cancel is sent for an order that stays open.
        audit_every_ns: How often open orders and positions are compared with the venue's.
        retained: Finished orders that stay known, for late evidence and for traders that return.
        orphans: What becomes of an open order that bears our ids but is in no journal of ours.
        outcomes: What is believed about lost answers.
    """

    queue_max: int = 1_000
    queue_timeout_ns: int = 5 * SECOND_NS
    answer_timeout_ns: int = 5 * SECOND_NS
    cancels_max: int = 3
    audit_every_ns: int = 10 * SECOND_NS
    retained: int = 16_384
    orphans: Literal["cancel", "adopt", "halt"] = "cancel"
    outcomes: OutcomeRules = field(default_factory=OutcomeRules)
