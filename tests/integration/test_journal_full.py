"""A venue on a full disk lets risk be taken away, and goes on when there is space."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

#: A small file system in a namespace of its own, gone with the process.
MOUNT = 'mount -t tmpfs -o size=28m none "$1" && exec "$2" -c "$3" "$1"'
#: Fills the disk with orders, cancels them, and makes space: what happened, as JSON.
CHILD = """
import json, sys
from pathlib import Path
from tradecore.core import BusyError, Instrument, StorageReserveError, VenueEngine
folder = Path(sys.argv[1])
said = []
instruments = [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")]
venue = VenueEngine(instruments, journal=folder / "j", ack="memory", segment_bytes=1 << 23)
def fill():
    while True:
        try:
            venue.submit_bracket("BTC", side="buy", quantity=1, price=100, stop_loss=90,
                                 take_profit=110)
        except StorageReserveError as error:
            return str(error)
        except BusyError:
            venue.flush()
(ballast := folder / "ballast").write_bytes(bytes(1 << 21))
said.append(fill())
said.append(venue.is_in_reserve)
live = venue.live_orders
said.append(len(venue.cancel_all()) >= live > 0 == venue.live_orders)
venue.set_phase("BTC", "halted")
said.append(venue.phase("BTC"))
before = venue.state_hash()
venue.flush()
venue.close()
again = VenueEngine(instruments, journal=folder / "j", segment_bytes=1 << 23)
said.append(again.state_hash() == before)
again.close()
print(json.dumps(said))
"""


def in_a_small_disk(folder):
    """Run the child where it may mount; return what it printed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("mounting needs unshare")
    tried = []
    for flags in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        command = [unshare, *flags, "sh", "-c", MOUNT, "sh", str(folder), sys.executable, CHILD]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
        tried.append(done.stderr)
        if "Traceback" in done.stderr:
            break
    if any("Traceback" in text for text in tried):
        raise AssertionError(tried)
    pytest.skip(f"a file system of our own cannot be mounted here: {tried}")


@pytest.mark.timeout(60)
def test_cancels_go_on_when_the_disk_is_full(tmp_path):
    """New orders are refused with STORAGE_RESERVE; cancels and a halt pass and are kept."""
    refused, is_in_reserve, canceled, phase, is_same = in_a_small_disk(tmp_path)

    assert "STORAGE_RESERVE" in refused
    assert (is_in_reserve, canceled, phase, is_same) == (True, True, "halted", True)
