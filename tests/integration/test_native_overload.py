"""Native orders that come faster than the books follow hold up nobody at the gateway for ever."""

from __future__ import annotations

import json
import struct
import threading
import time
from contextlib import closing

import pytest
from websockets.sync.client import connect

from support.two_doors import LIMIT, ORDERS, RATES, Person
from support.venue_server import quick_folder, running_venue

#: Orders of one frame, and how many frames wait for their answers.
BURST, FRAMES = 500, 16
FLOOD_S = 6.0
#: Far less than the flood, far more than a look at the disk.
PATIENCE_NS = 300_000_000
RATED = (
    *(name.replace("=100000", "=100000000") for name in RATES),
    "risk.risk_limits_enabled=false",
    "server.log_level=ERROR",
    "order_entry.resend_bytes=100000",
)


def burst():
    """Return orders that take each other out: the books have much to do, and nothing grows."""
    made = b""
    for number in range(BURST):
        side = number % 2
        body = struct.pack("<5q8B", 4_400_000, 10, 0, 0, 0, side, 0, 0, 0, 0, 0, 0, 0)
        made += struct.pack("<HBBIQ", 64, 1, 1, 0, number) + body
    return made


class Flood:
    """Sends bursts, a few ahead of their answers, until it is told to stop."""

    def __init__(self, venue, person):
        self.port, self.key = venue.native_port, person.key
        self.statuses: dict[int, int] = {}
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def _run(self):
        payload, waiting = burst(), 0
        with connect(f"ws://127.0.0.1:{self.port}/ws", compression=None, max_queue=None) as line:
            logon = {"op": "logon", "binary": True} | self.key.sign("GET", "/ws")
            line.send(json.dumps(logon))
            line.recv(timeout=10)
            while not self.is_over.is_set():
                while waiting < FRAMES * BURST:
                    line.send(payload)
                    waiting += BURST
                waiting -= self._count(line.recv(timeout=30))

    def _count(self, said):
        """Count the answers in a frame by their status."""
        if isinstance(said, str):
            return 0
        at = answers = 0
        while at < len(said):
            length, kind = struct.unpack_from("<HB", said, at)
            if kind in {65, 67}:
                (status,) = struct.unpack_from("<H", said, at + (96 if kind == 65 else 32))
                self.statuses[status] = self.statuses.get(status, 0) + 1
                answers += 1
            at += length
        return answers


@pytest.mark.timeout(120)
def test_a_flood_at_one_door_does_not_close_the_other():
    """The gateway's orders and cancels have their turn, and native cancels pass."""
    with quick_folder() as folder, running_venue(folder, overrides=RATED) as venue:
        floor = venue.gateway.floor
        floor.following.patience_ns = PATIENCE_NS
        flooding, person = Person(venue, deposit="1000000000"), Person(venue)
        _, resting = person.send(price="40000")
        with closing(flooding), closing(person), Flood(venue, flooding) as flood:
            behind, waits, began = 0, [], time.monotonic()
            while time.monotonic() - began < FLOOD_S:
                time.sleep(0.5)
                behind = max(behind, floor.following.behind)
                asked = time.monotonic()
                placed = person.rest.post(ORDERS, json=LIMIT | {"price": "39000"}, timeout=20)
                gone = person.rest.delete(f"{ORDERS}/{placed.json()['orderId']}", timeout=20)
                waits.append(time.monotonic() - asked)
                assert (placed.status_code, gone.status_code) == (201, 200)
            native = person.native.ask("DELETE", f"{ORDERS}/{resting['orderId']}")
        assert native[0] == 200
        assert behind > 1_000, "the flood was none"
        assert flood.statuses.keys() == {201, 503}, flood.statuses
        assert max(waits) < 20, waits
