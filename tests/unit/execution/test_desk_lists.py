"""Lists that several questions ask for: each is the answer only to what it reaches."""

from __future__ import annotations

import pytest

from support.desk_venue import SECOND, START_NS, SYMBOL, DeskVenue
from tradecore.exchanges.base import FillsListed, OpenOrdersListed
from tradecore.execution import desk_orders
from tradecore.execution.desk_lists import ListChecks
from tradecore.execution.desk_orders import OrderTable
from tradecore.execution.last_seen import LastSeen
from tradecore.execution.reconciliation import Reconciler, Since
from tradecore.oms.outcomes import Question

SINCE_NS = START_NS - 10 * SECOND
#: Answers to others: to one who asked before, for less, or by a number.
OTHERS = [(START_NS - 1, SINCE_NS), (START_NS, SINCE_NS + 1), (START_NS, None)]


def fills(asked_ns, since_ns):
    """Return a whole answer without a fill in it."""
    return FillsListed(symbol=SYMBOL, fills=(), is_whole=True, asked_ns=asked_ns, since_ns=since_ns)


@pytest.mark.parametrize("other", OTHERS)
def test_silence_about_an_order_is_checked_by_lists_that_reach_back_to_it(other):
    """What another question listed since then, or in part, ends no doubt."""
    venue = DeskVenue()
    checks = ListChecks(venue)
    question = Question("lists", "tc-1-1", SYMBOL, SINCE_NS)
    checks.ask(question, now_ns=START_NS, venue_ns=START_NS)
    opened, listed = venue.inbox

    assert checks.hear(opened) is None
    assert checks.hear(fills(*other)) is None
    assert checks.hear(listed) is not None


def test_a_list_of_orders_from_before_the_check_is_none_of_its():
    """It came late: the order may have arrived since."""
    venue = DeskVenue()
    checks = ListChecks(venue)
    question = Question("lists", "tc-1-1", SYMBOL, SINCE_NS)
    checks.ask(question, now_ns=START_NS, venue_ns=START_NS)
    opened, listed = venue.inbox
    late = OpenOrdersListed(
        symbol=SYMBOL, orders=(), asked_ns=START_NS - 1, ts_recv_ns=START_NS + 1
    )

    assert checks.hear(late) is None
    assert checks.hear(listed) is None
    assert checks.hear(opened) is not None


@pytest.mark.parametrize("other", OTHERS)
def test_a_round_is_whole_when_its_own_questions_are_answered(other):
    """Fills that somebody else asked for, and orders from before the gap, do not end it."""
    venue = DeskVenue()
    round_ = Reconciler(venue)
    round_.begin({SYMBOL: Since(0, SINCE_NS)}, now_ns=START_NS, venue_ns=START_NS)
    opened, listed, positions, _ = venue.inbox
    stale = OpenOrdersListed(symbol=None, orders=(), asked_ns=START_NS - 1, ts_recv_ns=START_NS)

    heard = [round_.hear(one) for one in (stale, fills(*other), positions, listed, opened)]
    assert heard == [False, False, False, False, True]


def test_of_more_names_than_are_kept_the_last_of_each_symbol_are_known_again(monkeypatch):
    """A symbol that comes first does not pay for those after it."""
    monkeypatch.setattr(desk_orders, "GONE_MAX", 8)
    table = OrderTable(retained=10)
    table.recall({symbol: [f"{symbol}{n}" for n in range(20)] for symbol in ("X", "Y")})

    for symbol in ("X", "Y"):
        known = [n for n in range(20) if table.is_named(symbol, f"{symbol}{n}")]
        assert known == [16, 17, 18, 19]


def test_what_was_seen_again_keeps_its_place():
    """A name that comes twice is one name, and goes when it is the oldest."""
    seen = LastSeen(3)
    for one in "abacad":
        seen.add(one)

    assert [*seen] == ["b", "c", "d"]
    assert ("a" in seen, "b" in seen) == (False, True)
    seen.clear()
    assert [*seen] == []
