"""An engine's file of intents begins anew under `kill -9`, and in an engine at its venue."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from support.desk_venue import SYMBOL, DeskRig
from support.engine_rig import play
from support.local_venue import local_venue
from tradecore.exchanges.base import NewOrder
from tradecore.execution.intents import Entry
from tradecore.model import OrderUpdate
from tradecore.processes.intent_file import IntentFile

KILLS = 5
SEGMENT = 8_000
TESTS = Path(__file__).parents[1]
#: Buys one a turn; nine of ten trade, the tenth rests. Each is printed once all is written down.
CHILD = """
import sys
from pathlib import Path
from support.desk_venue import SYMBOL, Booked, DeskRig
from tradecore.processes.intent_file import IntentFile
path, life, segment = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rig = DeskRig(journal=IntentFile(path, segment_bytes=segment))
venue = rig.venue
# The venue is what the desk before it knew it to be.
for number, order in enumerate(rig.desk.table.open_orders(), life * 1_000_000):
    name = order.client_order_id
    venue.orders[name] = Booked(order.new, number, order.price, order.quantity)
venue.position = rig.limits.position(SYMBOL)
venue.numbers = iter(range(life * 1_000_000 + 500_000, (life + 1) * 1_000_000))
venue.execs = iter(range(life * 1_000_000, (life + 1) * 1_000_000))
rig.open()
number = 0
while True:
    number += 1
    name = rig.buy("1", trader=f"t{life}")
    venue.arrive()
    if number % 10:
        venue.trade(name, 1)
    rig.settle()
    sys.stdout.write(f"{name} {int(rig.desk.table.get(name).is_open)}\\n")
    sys.stdout.flush()
    rig.desk.tick(venue.now_ns)
"""


def killed_after(path, life, orders):
    """Let a desk trade, kill it without warning after so many orders, and return what it said."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(life), str(SEGMENT)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    )
    try:
        said = [child.stdout.readline() for _ in range(orders)]
    finally:
        child.kill()
        rest = child.stdout.read()
        child.wait()
        child.stdout.close()
    # The last line may have been cut by the kill.
    return [line.split() for line in [*said, *rest.splitlines(keepends=True)] if line[-1:] == "\n"]


@pytest.mark.timeout(60)
def test_what_is_unresolved_outlives_every_kill(tmp_path):
    """What rests is there, what traded is in the position, and the file stays small."""
    path, dice = tmp_path / "intents", random.Random(5)
    rest, traded = set(), 0
    for life in range(1, KILLS + 1):
        for name, is_open in killed_after(path, life, dice.randrange(30, 200)):
            rest |= {name} if is_open == "1" else set()
            traded += is_open == "0"
        rig = DeskRig(journal=IntentFile(path))
        found = {order.client_order_id for order in rig.desk.table.open_orders()}
        rig.journal.close()

        # One order of each life may have been written down and not printed.
        assert rest <= found
        assert len(found - rest) <= life
        assert 0 <= rig.limits.position(SYMBOL) - traded <= life
        assert (tmp_path / "intents.before").exists()
        an_order = 1_000
        assert path.stat().st_size < SEGMENT + an_order * (len(found) + 2)


def ended(number):
    """Return the entries of an order that was refused."""
    name = f"tc-1-{number}"
    new = NewOrder(
        client_order_id=name, symbol=SYMBOL, side="buy", type="limit", quantity=Decimal(1)
    )
    no = OrderUpdate(
        client_order_id=name, symbol=SYMBOL, reply="rejected", ts_event_ns=1, ts_recv_ns=1
    )
    return Entry("maker", new), Entry("maker", no)


@pytest.mark.parametrize(("size_mb", "is_renewed"), [(1, True), (2, False)])
def test_an_engines_file_begins_anew_after_its_size(tmp_path, size_mb, is_renewed):
    """`SEGMENT_MB`: what one engine left is cut by the next, once it has read it."""
    path = tmp_path / "intents"
    left = IntentFile(path)
    number = 0
    while path.stat().st_size < 1 << 20:
        number += 1
        for entry in ended(number):
            left.write(entry, number)
    left.close()

    async def story(rig, context):
        del context
        await rig.until(lambda: rig.engine.desk.blocked is None)
        return len(rig.engine.desk.table)

    with local_venue() as venue:
        known = play(tmp_path, venue, story, more=f"[JOURNAL]\nSEGMENT_MB={size_mb}\n")

    assert known == number
    assert (tmp_path / "intents.before").exists() is is_renewed
    assert (path.stat().st_size < 1 << 10) is is_renewed
