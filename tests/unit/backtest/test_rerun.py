"""A backtest again from its journal: the same to the byte, or where it parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest import (
    Fees,
    FeeTier,
    FundingPayment,
    LogNormal,
    Measured,
    Outage,
    Quantiles,
    RecordedMarket,
)
from tradecore.backtest.assumptions import Latency
from tradecore.backtest.rerun import rerun_backtest
from tradecore.backtest.samples import START_NS, generate_sample
from tradecore.core import DataError, InputError
from tradecore.runs.comparison import compare_runs
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import read_run

SECOND = 1_000_000_000


@pytest.fixture
def kept(tmp_path, short_tape):
    """The journal of a run."""
    return keep(tmp_path / "run.journal", short_tape)


def keep(path, tape, **params):
    """Keep a run, and return where."""
    tc.backtest(
        AtTouch, data=tape, fees="venue", latency="venue", params=params or None, journal=path
    )
    return path


def test_a_run_again_is_the_same_to_the_byte(kept):
    """Every command and every event, and how it ended."""
    found = rerun_backtest(read_run(kept), AtTouch())

    assert (found.ended, found.difference) == ("end", None)
    assert found.compared > 100


DRAWN = Latency(
    feed_ns=Quantiles((1_000_000, 2_000_000, 9_000_000)),
    entry_ns=LogNormal(median_ns=2_000_000, p99_ns=10_000_000),
    response_ns=Measured(((0, 3_000_000), (START_NS + 60 * SECOND, 5_000_000))),
)
TIERED = Fees.of(maker="2bps", taker="5bps")
DEMANDS = {
    "tiers of fees": {
        "fees": Fees(
            maker=TIERED.maker,
            taker=TIERED.taker,
            tiers=(FeeTier(Decimal(1000), Decimal(0), Decimal("0.0001")),),
        ),
        "volume": 5_000,
    },
    "rules and margin": {"rules": "venue", "balance": "100"},
    "a liquidation": {"balance": "40", "funding": "40%/5s"},
    "recorded funding": {
        "balance": "200",
        "funding": [
            FundingPayment(ts_ns=START_NS + at * SECOND, rate=Decimal("0.9")) for at in (9, 18)
        ],
    },
    "outages": {
        "outages": [
            Outage(from_ns=START_NS + 5 * SECOND, until_ns=START_NS + 6 * SECOND),
            Outage(
                from_ns=START_NS + 12 * SECOND,
                until_ns=START_NS + 14 * SECOND,
                timeout_ns=SECOND,
            ),
        ]
    },
    "drawn latency": {"latency": DRAWN, "seed": 11},
}


@pytest.mark.parametrize("demands", DEMANDS.values(), ids=DEMANDS)
def test_a_run_again_has_every_assumption_of_the_first(tmp_path, short_tape, demands):
    """Without one of them it would part: the plain run is another."""
    paths = [tmp_path / "run", tmp_path / "plain"]
    plain = {"fees": "2bps,5bps", "latency": "venue"}
    for path, changes in zip(paths, (demands, {}), strict=True):
        tc.backtest(AtTouch, data=short_tape, journal=path, **{**plain, **changes})

    found = rerun_backtest(read_run(paths[0]), AtTouch())

    assert (found.ended, found.difference) == ("end", None)
    assert found.compared > 20
    assert list(read_run(paths[0]).rest) != list(read_run(paths[1]).rest)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stop_ns": START_NS + SECOND}, "not one that is stopped or resumed: stop_ns="),
        ({"resume": "stopped.json"}, "not one that is stopped or resumed: resume="),
    ],
)
def test_what_a_rerun_could_not_play_is_not_kept(tmp_path, short_tape, changes, why):
    """It is refused before anything runs, and no file is left."""
    path = tmp_path / "run.journal"
    named = {"data": short_tape, "fees": "zero", "latency": "zero", "journal": path, **changes}

    with pytest.raises(InputError, match=why):
        tc.backtest(AtTouch, **named)

    assert not path.exists()


NAMES = ("BINANCE-USDM:BTCUSDT", "BINANCE-SPOT:BTCUSDT")


class Everywhere(tc.AbstractStrategy):
    """Buys a little of every symbol each second, and takes what is too far away back."""

    def on_start(self):
        """Trade by the clock."""
        self.set_timer("trade", every="1s")

    def on_timer(self, name):
        """Rest behind the touch, and reach through it."""
        assert name == "trade"
        for symbol in NAMES:
            bid = self.book(symbol).best_bid
            if bid is not None:
                self.cancel_all(symbol)
                self.buy(symbol, "0.002", bid[0])
                self.sell(symbol, "0.001")


def two_markets(tape, other):
    """Return one symbol at two venues that differ in all a market may say of itself."""
    usdm = RecordedMarket(data=tape, venue="binance-usdm", fees="2bps,5bps", queue="risk-averse")
    spot = RecordedMarket(data=other, venue="binance-spot", fees="zero", latency=DRAWN)
    return [usdm, spot]


@pytest.fixture
def both(tmp_path, short_tape):
    """The journal of a run of two recordings, and the second of them."""
    other = tmp_path / "other.tape"
    other.write_bytes(generate_sample(seconds=20, seed=77))
    path = tmp_path / "both.journal"
    tc.backtest(
        Everywhere,
        data=two_markets(short_tape, other),
        latency="venue",
        funding="0.01%/5s",
        seed=5,
        journal=path,
    )
    return path, other


def test_a_run_of_several_recordings_is_the_same_to_the_byte(both):
    """With its symbols, venues, fees, latencies and payments, each of its own."""
    records = read_run(both[0])
    found = rerun_backtest(records, Everywhere())

    assert tuple(one.symbol for one in records.begin.instruments) == NAMES
    assert (found.ended, found.difference) == ("end", None)
    assert found.compared > 60
    history = history_of_run(read_run(both[0]))
    assert {fill.symbol for fill in history.fills} == set(history.marks) == set(NAMES)


def test_a_run_of_several_recordings_is_held_at_a_moment(both):
    """Every book and every position is there."""
    found = rerun_backtest(read_run(both[0]), Everywhere(), break_at_ns=START_NS + 9 * SECOND)

    assert found.ended == "break"
    assert tuple(book.symbol for book in found.moment.books) == NAMES
    assert all(book.bids and book.asks for book in found.moment.books)


def test_each_recording_has_to_have_its_bytes(both):
    """The one that has not is named."""
    path, other = both
    other.write_bytes(generate_sample(seconds=20, seed=78))

    with pytest.raises(DataError, match=f"this one has other bytes: file={other}"):
        rerun_backtest(read_run(path), Everywhere())


def test_a_journal_of_the_same_run_has_the_same_bytes(tmp_path, short_tape):
    """Twice the same run, twice the same file: nothing in it is drawn or of the clock."""
    one, other = (keep(tmp_path / name, short_tape) for name in ("one", "other"))

    assert one.read_bytes() == other.read_bytes()


def test_keeping_a_run_changes_nothing_in_it(kept, short_tape):
    """The same fills with and without."""
    plain = tc.backtest(AtTouch, data=short_tape, fees="venue", latency="venue")

    found = history_of_run(read_run(kept))

    assert [float(fill.price) for fill in found.fills] == plain.fills["price"].tolist()
    assert [fill.ts_event_ns for fill in found.fills] == plain.fills["ts_ns"].tolist()
    assert [order.ts_ns for order in found.orders] == plain.orders["ts_submit_ns"].tolist()


def test_another_strategy_parts_at_its_first_other_command(kept):
    """With what was done and what is done now."""
    found = rerun_backtest(read_run(kept), AtTouch.from_params({"size": "0.020"}))

    assert found.ended == "difference"
    assert found.difference.record == 1
    assert "buy 0.01 @" in found.difference.recorded
    assert "buy 0.02 @" in found.difference.now


def test_a_run_is_held_at_a_time(kept):
    """Before the first thing told at or behind it."""
    records = read_run(kept)
    at_ns = records.ts_ns + 10 * SECOND

    found = rerun_backtest(records, AtTouch(), break_at_ns=at_ns)

    assert found.ended == "break"
    assert found.moment.ts_ns >= at_ns
    assert found.moment.orders
    assert found.moment.books[0].bids


def test_a_call_at_a_time_lets_the_run_go_on(kept):
    """What a debugger needs: it is called once, and the rest is compared as ever."""
    calls = []

    records = read_run(kept)
    found = rerun_backtest(
        records,
        AtTouch(),
        break_at_ns=records.ts_ns + SECOND,
        at_break=lambda: calls.append(1),
    )

    assert (calls, found.ended) == ([1], "end")


def test_a_recording_of_other_bytes_is_refused(kept, short_tape):
    """By its digest, before anything runs."""
    records = read_run(kept)
    data = short_tape.read_bytes()
    short_tape.write_bytes(data + b"\0")

    try:
        with pytest.raises(DataError, match="a rerun needs the same recording, this one has other"):
            rerun_backtest(records, AtTouch())
    finally:
        short_tape.write_bytes(data)


def test_a_run_compared_with_itself_is_the_same(kept):
    """Every order and every fill has its partner."""
    history = history_of_run(read_run(kept))

    found = compare_runs(history, history, window_ns=SECOND)

    assert found.is_same
    assert found.orders.both == len(history.orders)
    assert found.behind_ns == (0, 0)


def test_latency_of_each_stage_is_that_of_the_run(kept):
    """Order entry and response one after the other; a fill travels the response alone."""
    latency = history_of_run(read_run(kept)).latency_ns

    assert set(latency["new"]) == {6_000_000}
    assert set(latency["modify"]) == {6_000_000}
    assert set(latency["venue"]) == {3_000_000}
