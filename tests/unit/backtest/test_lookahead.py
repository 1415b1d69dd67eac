"""A strategy that decides by what comes later is found out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import ClassVar

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest.lookahead import check_look_ahead
from tradecore.backtest.samples import generate_sample
from tradecore.core import InputError, Instrument, generate_tape

NAMED = {"fees": "zero", "latency": "venue"}


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    """A tape of several blocks."""
    path = tmp_path_factory.mktemp("tapes") / "long.tape"
    path.write_bytes(generate_sample(seconds=150, seed=7))
    return path


class Reader(AtTouch):
    """Reads the whole recording before it begins, as one fitted to it does."""

    class Config(AtTouch.Config):
        """Where it is."""

        recording: str

    def on_start(self):
        """Decide by all that is in it."""
        data = Path(self.config.recording).read_bytes()
        self.wait = hashlib.sha256(data).digest()[0] % 7
        super().on_start()

    def on_book(self, book):
        """Trade, or not yet."""
        self.wait -= 1
        if self.wait < 0:
            super().on_book(book)


class Remembering(tc.AbstractStrategy):
    """Keeps something from one run to the next."""

    seen: ClassVar[list[float]] = []

    def on_start(self):
        """Hear of the touch."""
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Buy where an earlier run says it pays."""
        if not self.seen or self.seen[0] > book.bid_price:
            self.buy("BTCUSDT", "0.001", book.best_bid[0])
        self.seen.append(book.bid_price)


def test_a_strategy_that_knows_what_it_was_told_is_clean(tape):
    """Its commands on a part of the recording are those on the whole."""
    found = check_look_ahead(AtTouch, data=tape, cuts=3, **NAMED)

    assert found.is_clean
    assert all(cut.commands for cut in found.cuts)
    assert str(found).startswith("no look-ahead found: ")


def test_the_parts_are_run_under_the_same_demands(tape):
    """Limits, funding and draws of latency are those of the whole."""
    found = check_look_ahead(
        AtTouch,
        data=tape,
        cuts=2,
        fees="venue",
        latency="2ms~10ms,3ms~9ms,3ms",
        rules="venue",
        funding="0.1%/10s",
        balance="100000",
        seed=5,
    )

    assert found.is_clean
    assert all(cut.commands for cut in found.cuts)


def test_several_recordings_are_refused(tape):
    """There is one to be cut."""
    with pytest.raises(InputError, match="what is cut is one recording, a file: data=list"):
        check_look_ahead(AtTouch, data=[tape, tape], **NAMED)


@pytest.mark.parametrize("cheat", [Reader, Remembering])
def test_a_strategy_that_knows_more_is_found_out(tape, cheat):
    """By the first command that is another."""
    params = {"recording": str(tape)} if cheat is Reader else None
    Remembering.seen.clear()

    found = check_look_ahead(cheat, data=tape, params=params, cuts=3, **NAMED)

    assert not found.is_clean
    assert str(found).startswith("a decision depends on what came later: on the whole recording ")


@pytest.mark.parametrize("cuts", [0, -1, 101])
def test_a_recording_is_cut_at_least_once(short_tape, cuts):
    """And not more often than anybody waits for."""
    with pytest.raises(InputError, match=f"a recording is cut 1 to 100 times: cuts={cuts}"):
        check_look_ahead(AtTouch, data=short_tape, cuts=cuts, **NAMED)


def test_a_recording_too_short_to_cut_is_refused(short_tape):
    """Rather than called clean because nothing could be compared."""
    with pytest.raises(InputError, match="a recording is too short to be cut: bytes="):
        check_look_ahead(AtTouch, data=short_tape, cuts=2, **NAMED)


@pytest.mark.parametrize("kind", ["lobster", "orders"])
def test_a_recording_of_orders_is_cut_as_any_other(tmp_path, kind):
    """LOBSTER's messages keep the book that they start from; a part of a tape has no end."""
    if kind == "orders":
        path = tmp_path / "orders.tape"
        path.write_bytes(orders_tape())
    else:
        path = tmp_path / "AAPL_day_message_1.csv"
        rows = (f"{34200 + at}.5,1,{at},5,{1_000_000 - at % 9 * 100},1" for at in range(1, 400))
        path.write_text("\n".join(rows) + "\n")
        (tmp_path / "AAPL_day_orderbook_1.csv").write_text("1000100,5,999900,5\n")

    class Buyer(tc.AbstractStrategy):
        def on_start(self):
            self.symbol = "AAPL" if kind == "lobster" else "BTCUSDT"
            self.subscribe(self.symbol, book=1)

        def on_book(self, book):
            if book.bid_price is not None:
                self.quote(self.symbol, [(book.bid_price, 1)], [])

    found = check_look_ahead(Buyer, data=path, cuts=2, venue="binance-usdm", **NAMED)

    assert found.is_clean
    assert any(cut.commands for cut in found.cuts)


def orders_tape():
    """Return a tape of orders of several blocks."""
    return generate_tape(
        Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear"),
        seed=7,
        start_ns=1_700_000_000_000_000_000,
        duration_ns=60_000_000_000,
        price="1000",
        volatility_milliticks=3_000,
        orders=True,
    )
