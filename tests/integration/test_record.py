"""`tradecore record` against the local exchange, over real sockets."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys

import pytest

from support.local_venue import local_venue
from support.program import clean_environment, until
from tradecore.core import InputError, TapeReader
from tradecore.exchanges.binance import PLUGIN
from tradecore.marketdata import open_recording, open_tape, rebuild_book
from tradecore.processes.recorder import Recorder, RecordSettings, endpoints_of
from tradecore.telemetry import SystemClock

SYMBOLS = ("BTCUSDT", "ETHUSDT")


def recorder(venue, out, *symbols):
    """Return a recorder of a local venue that writes a block each tenth of a second."""
    endpoints = endpoints_of(
        PLUGIN,
        asset_type="futures",
        is_testnet=False,
        rest=venue.rest,
        stream=f"ws://127.0.0.1:{venue.port}",
    )
    settings = RecordSettings(symbols=symbols, block_ns=100_000_000)
    return Recorder(PLUGIN, endpoints, settings, out, SystemClock())


def record(venue, out, *symbols, until):
    """Record until something holds of the state."""

    async def run():
        stop = asyncio.Event()
        made = recorder(venue, out, *symbols)

        def look(state):
            if until(state, made):
                stop.set()

        async with asyncio.timeout(20):
            return await made.run(stop, look)

    return asyncio.run(run())


def test_a_market_is_recorded_with_everything_it_says():
    """Books of both symbols, trades, quotes, mark and funding, in order of receipt."""
    out = io.BytesIO()
    with local_venue(flow="synthetic") as venue:
        state = record(
            venue,
            out,
            *SYMBOLS,
            until=lambda state, _: len(state.whole) == 2 and state.records > 100,
        )

    tape = TapeReader(out.getvalue())
    assert tape.is_finished
    assert [one.symbol for one in tape.instruments] == list(SYMBOLS)
    assert tape.event_count == state.records
    counts = dict(tape.counts)
    assert counts["snapshots"] == 2
    assert counts["breaks"] == state.gaps == 0
    assert counts["depths"] > 0
    assert counts["quotes"] > 0
    received = [ts for _, ts, *_ in tape.told(["depth", "trade", "quote"])]
    assert received == sorted(received)


def test_a_lost_connection_is_on_the_tape():
    """The book is not to be believed until it was told whole again."""
    out = io.BytesIO()
    cut = []
    with local_venue(flow="synthetic") as venue:

        def look(state, _):
            if len(state.whole) == 1 and not cut:
                cut.append(True)
                venue.faults.switch_all("disconnect:1")
            elif cut and state.gaps and len(cut) == 1:
                cut.append(True)
                venue.faults.switch_all("disconnect:0")
            return len(cut) == 2 and len(state.whole) == 1

        record(venue, out, "BTCUSDT", until=look)

    told = TapeReader(out.getvalue()).told(["snapshot", "break"])
    reasons = [values[0] for *_, kind, values in told if kind == "break"]
    assert reasons[:1] == ["disconnected"]
    assert "connected" in reasons
    assert [kind for *_, kind, _ in told].count("snapshot") >= 2
    assert [kind for *_, kind, _ in told][-1] == "snapshot"


def test_a_symbol_that_is_not_traded_is_refused_and_no_tape_is_left():
    """The nearest that are get named."""
    out = io.BytesIO()
    with (
        local_venue() as venue,
        pytest.raises(InputError, match="the venue does not trade this: symbol=BTCUSD, near BTC"),
    ):
        record(venue, out, "BTCUSD", until=lambda *_: True)
    assert out.getvalue() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_file(tmp_path, number):
    """Its tape is whole, its exit code 0, and the summary one JSON document."""
    path = tmp_path / "a.tape"
    with local_venue(flow="synthetic") as venue:
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "tradecore", "record", "binance", "BTCUSDT"),
                *("--output", str(path), "--rest", venue.rest, "--json"),
                *("--stream", f"ws://127.0.0.1:{venue.port}"),
            ],
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            until(lambda: path.exists() and path.stat().st_size > 2_000, "nothing was recorded")
            child.send_signal(number)
            told = json.loads(child.communicate(timeout=20)[0])
        finally:
            child.kill()
            child.wait()

    assert child.returncode == 0
    tape = open_tape(path)
    assert (tape.is_finished, tape.event_count) == (True, told["records"])
    assert rebuild_book(open_recording(path)).counts["gaps"] == 0


def test_a_killed_recorder_leaves_what_it_wrote(tmp_path):
    """Up to the last block; and a file that is there is not written over."""
    path = tmp_path / "a.tape"
    with local_venue(flow="synthetic") as venue:
        command = [
            *(sys.executable, "-m", "tradecore", "record", "binance", "BTCUSDT"),
            *("--output", str(path), "--rest", venue.rest),
            *("--stream", f"ws://127.0.0.1:{venue.port}"),
        ]
        child = subprocess.Popen(
            command, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: path.exists() and path.stat().st_size > 2_000, "nothing was recorded")
        child.kill()
        child.wait()
        again = subprocess.run(
            command, env=clean_environment(), capture_output=True, text=True, check=False
        )

    tape = open_tape(path)
    assert not tape.is_finished
    assert tape.event_count > 0
    assert "a recording is not written over without --overwrite" in again.stderr
    assert again.returncode == 1
