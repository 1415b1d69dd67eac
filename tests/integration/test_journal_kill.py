"""What a venue acknowledged is there after `kill -9`, however often that happens."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from tradecore.core import Instrument, VenueEngine, journal_inspect

#: `make soak` takes 2,000.
KILLS = int(os.environ.get("KILLS", "100"))
SETTINGS = {"segment_bytes": 1 << 23, "snapshot_bytes": 1 << 14}
#: Places orders that rest, from one on, and prints each only when it is acknowledged.
CHILD = """
import sys
from tradecore.core import Instrument, VenueEngine
venue = VenueEngine(
    [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")],
    journal=sys.argv[1], segment_bytes=1 << 23, snapshot_bytes=1 << 14, answers_kept=1000,
)
number = int(sys.argv[2])
while True:
    (report,) = venue.submit(
        "BTC", side="buy", quantity=1, price=100 + number % 7, client_order_id=f"c{number}"
    )
    sys.stdout.write(f"{number} {report.order_id} {report.sequence} {report.is_duplicate:d}\\n")
    sys.stdout.flush()
    number += 1
"""


def killed_after(path, first, answers):
    """Run a venue, kill it without warning after so many answers, and return all it gave."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(first)], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = [child.stdout.readline() for _ in range(answers)]
    finally:
        child.kill()
        lines += child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
    # The last line may have been cut by the kill.
    return [tuple(map(int, line.split())) for line in lines if line.endswith("\n")]


@pytest.mark.timeout(60 + 2 * KILLS)
def test_every_answered_order_is_there_after_kills(tmp_path):
    """Each order is in the book once, although the client asks again for what it may not know."""
    path = tmp_path / "journal"
    dice = random.Random(7)
    answered: dict[int, tuple[int, int]] = {}
    again = 0
    for _ in range(KILLS):
        first = max(0, len(answered) - dice.randrange(20))
        answers = killed_after(path, first, dice.randrange(1, 200))
        for number, order_id, sequence, is_duplicate in answers:
            if number in answered:
                assert (answered[number], is_duplicate) == ((order_id, sequence), 1)
                again += 1
            answered[number] = (order_id, sequence)

    venue = VenueEngine(
        [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")], journal=path, **SETTINGS
    )

    assert again
    assert sorted(answered) == list(range(len(answered)))
    orders = {number: venue.order(order_id) for number, (order_id, _) in answered.items()}
    assert all(order.client_order_id == f"c{number}" for number, order in orders.items())
    # One command says how many answers are kept, the others are an order each.
    assert venue.live_orders + 1 == venue.sequence == venue.durable_sequence > len(answered)
    assert venue.verify()
    for number, (order_id, sequence) in list(answered.items())[-1000:]:
        (report,) = venue.submit(
            "BTC", side="buy", quantity=1, price=100 + number % 7, client_order_id=f"c{number}"
        )
        told = (report.order_id, report.sequence, report.is_duplicate)
        assert told == (order_id, sequence, True)
    venue.close()
    assert journal_inspect(path)["last"] == venue.sequence
