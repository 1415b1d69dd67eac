"""Matching cases that several independent engines agree on, where the team's folder is at hand."""

from __future__ import annotations

import pytest

from support.conformance import cases, is_sayable, mistakes

FILES = (
    "edge_hard_invariants",
    "random_consensus",
    "liquibook_unit",
    "cpptrader_matching",
    "features_postonly_iceberg_stp_stop",
)
OTHER_RULES = {
    "aon_rests_and_is_skipped",
    "book_shows_hidden_quantity",
    "cancel_checks_owner",
    "stop_triggers_on_quotes_too",
    "unfilled_market_order_rests",
}
"""Conventions we do not follow; docs/reference/matching_conventions.md says what we do instead."""
OTHER_CASES = {"cpptrader/In-Flight Mitigation"}


# One case has a million bytes, and each step shows the whole book.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FILES)
def test_every_case_is_answered_as_the_engines_agree(shared_dir, name):
    """Trades, cancels, refusals and every queue, after each command."""
    path = shared_dir / "conformance" / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"needs {path.name}: not present")
    played = [
        case
        for case in cases(path)
        if is_sayable(case)
        and case["case"] not in OTHER_CASES
        and OTHER_RULES.isdisjoint(case.get("conventions") or ())
    ]

    assert played
    assert [mistake for case in played for mistake in mistakes(case)] == []
