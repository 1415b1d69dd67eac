"""What a venue acknowledged is there after `kill -9`, however often that happens."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from tradecore.core import Instrument, VenueEngine, journal_inspect

KILLS = 15
#: Places orders that rest, and prints each only when it is acknowledged.
CHILD = """
import sys
from tradecore.core import Instrument, VenueEngine
venue = VenueEngine(
    [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")],
    journal=sys.argv[1], segment_bytes=1 << 23, snapshot_bytes=1 << 14,
)
while True:
    (report,) = venue.submit("BTC", side="buy", quantity=1, price=100)
    sys.stdout.write(f"{report.order_id}\\n")
    sys.stdout.flush()
"""


def killed_after(path, orders):
    """Run a venue, kill it without warning after so many answers, and return all it gave."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        answered = [int(child.stdout.readline()) for _ in range(orders)]
    finally:
        child.kill()
        rest = child.stdout.read()
        child.wait()
        child.stdout.close()
    # The last line may have been cut by the kill.
    return answered + [int(line) for line in rest.splitlines(keepends=True) if line[-1] == "\n"]


@pytest.mark.timeout(60)
def test_every_answered_order_is_there_after_kills(tmp_path):
    """Each order that was printed rests in the book exactly once, and no state differs."""
    path = tmp_path / "journal"
    dice = random.Random(7)
    answered = []
    for _ in range(KILLS):
        answered += killed_after(path, dice.randrange(1, 200))

    venue = VenueEngine(
        [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")],
        journal=path,
        segment_bytes=1 << 23,
    )

    assert len(set(answered)) == len(answered), "no id is given twice"
    assert all(venue.order(order_id) for order_id in answered)
    assert venue.live_orders == venue.sequence == venue.durable_sequence >= len(answered)
    assert venue.verify()
    venue.close()
    assert journal_inspect(path)["last"] == venue.sequence
