"""Cases of the matching rules, answered by ``tradecore match`` (``tests/golden/match``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.conformance import cases, mistakes

CASES = [
    pytest.param(case, id=f"{path.stem}-{case['case'].replace(' ', '-')}")
    for path in sorted((Path(__file__).parent / "match").glob("*.jsonl"))
    for case in cases(path)
]


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_answered_as_written(case):
    """Trades, cancels, refusals, queues and waiting orders, after each command."""
    assert mistakes(case) == []
