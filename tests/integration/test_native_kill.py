"""What native order entry answered is there after `kill -9`."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import closing

import pytest

from support.native_client import ANN, order, session
from tradecore.core import Instrument, VenueEngine

#: `KILLS=1000` for as long as one likes.
KILLS = int(os.environ.get("KILLS", "3"))
INSTRUMENTS = [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")]
SETTINGS = {"segment_bytes": 1 << 23, "answers_kept": 1000}
#: Serves until it is killed, and says where.
CHILD = """
import sys, time
from types import SimpleNamespace
from tradecore.core import Instrument, OrderEntryServer, VenueEngine
venue = VenueEngine(
    [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")],
    journal=sys.argv[1], segment_bytes=1 << 23, answers_kept=1000,
)
server = OrderEntryServer(venue, order_rate=(1_000_000, 1_000_000))
server.start()
server.set_keys([SimpleNamespace(
    id="tck_ann", secret=b"secret of ann", user="ann", account=1, scopes=3, networks=(),
    expires_ns=0,
)])
print(server.port, flush=True)
sys.stdin.read()
"""
#: Requests under way at a time.
OUTSTANDING = 32


def answered_before_kill(path, first, most):
    """Send orders to a server until it is killed; return the numbers of those it answered."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    answered = []
    try:
        with session(int(child.stdout.readline()), ANN) as socket:
            for number in range(first, first + most + OUTSTANDING):
                body = order("buy", 100 + number % 7, clientOrderId=f"c{number}")
                socket.send(json.dumps({"op": "new", "id": number, "order": body}))
                if number >= first + OUTSTANDING:
                    answer = json.loads(socket.recv(timeout=30))
                    assert answer["status"] in {200, 201}
                    answered.append(answer["id"])
            child.kill()
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
    return answered


@pytest.mark.timeout(60 + 5 * KILLS)
def test_every_answered_order_is_there_once_after_kills(tmp_path):
    """An order under way may be there or not; asked for again it is there once."""
    path, dice = tmp_path / "journal", random.Random(11)
    answered: set[int] = set()
    first = 0
    for _ in range(KILLS):
        answered |= set(answered_before_kill(path, first, dice.randrange(1, 200)))
        first = max(answered) + 1 - dice.randrange(20) if answered else 0
        first = max(0, first)
    venue = VenueEngine(INSTRUMENTS, journal=path, **SETTINGS)
    names = {}
    with closing(venue.history()) as history:
        placed = [one for entry in history for one in entry.reports if one.exec_type == "new"]
    for report in placed:
        assert report.client_order_id not in names
        names[report.client_order_id] = report.order_id
    assert answered == set(range(len(answered)))
    assert all(venue.order(names[f"c{number}"]) is not None for number in answered)
    assert venue.verify()
    venue.close()
