"""What a drill must show: each rule, broken alone, fails it with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tradecore.core import InputError
from tradecore.drills.faults import DRILLS, drills_named
from tradecore.drills.verdict import DrillFacts, judge
from tradecore.simulation.faults import FAULTS, Faults

GOOD = DrillFacts(orders_before=3, hits=2, recovery_ms=40, actions_after=5)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"orders_before": 0}, "the strategy sent no order before the fault"),
        ({"hits": 0}, "the fault met nothing the strategy did"),
        ({"failure": "the strategy failed: on_book raised"}, "the strategy failed: on_book raised"),
        ({"recovery_ms": None, "missing": "2 orders in doubt"}, "not well in time: 2 orders"),
        ({"differences": ("fills: venue=2, desk=1",)}, "another truth: fills: venue=2, desk=1"),
        ({"doubled": ("tc-1",)}, "ordered twice: tc-1"),
        ({"orphans": ("tc-2",)}, "orders without an owner: tc-2"),
        ({"falsely_rejected": ("tc-3",)}, "told as rejected, and were not: tc-3"),
        ({"unresolved": ("a", "b", "c", "d")}, "outcome never known: a, b, c and 1 more"),
    ],
)
def test_a_broken_rule_fails_and_is_named(broken, said):
    """Whatever else was well."""
    verdict = judge("gap", replace(GOOD, **broken))

    assert not verdict.is_passed
    assert said in verdict.reason


def test_a_drill_is_passed_where_no_rule_is_broken():
    """And how long it took is told."""
    verdict = judge("gap", GOOD)

    assert verdict.is_passed
    assert verdict.reason == "well again after 40 ms"


def test_a_strategy_may_stop_by_a_rule_of_its_own():
    """Then it need not act again, and its reason is told; it still must leave the truth."""
    stopped = replace(GOOD, stopped="the loss of a day", recovery_ms=None, actions_after=0)

    assert judge("gap", stopped).is_passed
    assert judge("gap", stopped).reason == "stopped by rule: the loss of a day"
    assert not judge("gap", replace(stopped, orphans=("tc-1",))).is_passed


def test_a_fault_that_cannot_be_counted_need_not_be():
    """As a clock that runs ahead."""
    assert judge("clock-skew", replace(GOOD, hits=None)).is_passed


def test_every_fault_of_the_local_exchange_is_drilled():
    """And each drill can be switched on."""
    drilled = set()
    for drill in DRILLS:
        Faults().switch_all(drill.spec)
        drilled |= {part.partition(":")[0] for part in drill.spec.split(",")}

    assert drilled == set(FAULTS)
    assert len({drill.name for drill in DRILLS}) == len(DRILLS)


def test_drills_are_chosen_by_the_beginning_of_their_names():
    """All without a name; none of that name is an error that names those there are."""
    assert drills_named(()) == DRILLS
    assert [one.name for one in drills_named(["error-5xx-after", "gap"])] == [
        "gap",
        "error-5xx-after-orders",
        "error-5xx-after-cancels",
    ]
    with pytest.raises(InputError, match=r"a drill is one of latency, .*: 'flood'"):
        drills_named(["flood"])
