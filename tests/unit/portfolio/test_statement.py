"""Why money changed adds up to what there is."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import get_args

from tradecore.portfolio import EntryKind, StatementEntry, Totals


def test_the_parts_are_the_total():
    """After any changes the sums by reason make the total, to the last digit."""
    dice, totals = random.Random(1), Totals()
    balance = Decimal(0)
    for _ in range(500):
        amount = Decimal(dice.randrange(-(10**12), 10**12)).scaleb(-8)
        balance += amount
        assert totals.add(dice.choice(get_args(EntryKind)), amount) == balance
        assert totals.residue == 0
    assert totals.total == balance


def test_a_total_that_was_tampered_with_is_noticed():
    """The residue is what is missing."""
    totals = Totals()
    totals.add("deposit", Decimal(5))
    totals.total += Decimal("0.01")
    assert totals.residue == Decimal("0.01")


def test_every_reason_has_its_sum():
    """A kind of entry cannot be added without a place to count it."""
    totals = Totals()
    for kind in get_args(EntryKind):
        totals.add(kind, Decimal(1))
    assert totals == Totals(
        total=Decimal(6),
        **{kind: Decimal(1) for kind in get_args(EntryKind)},
    )


def test_an_entry_says_what_there_was_after_it():
    """It is about a symbol only where it says so."""
    entry = StatementEntry(
        account=1, currency="USDT", kind="deposit", amount=Decimal(1), balance=Decimal(3)
    )
    assert (entry.symbol, entry.trade_id) == ("", 0)
