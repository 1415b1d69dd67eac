"""`tc.sweep`: one row a run, whoever ran it and however many at once."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

import tradecore as tc
from tradecore.backtest import RecordedMarket
from tradecore.backtest.sweep import RUNS_MAX, grid_points
from tradecore.backtest.sweep.measures import MEASURES
from tradecore.core import InputError, Instrument, OrderRecording
from tradecore.marketdata import Recording
from tradecore.strategy.samples import TwoSidedQuoter

GRID = {"half_spread_bps": [0.05, 0.1, 0.2], "size": ["0.01", "0.02"], "max_position": "0.1"}


class Fails(tc.AbstractStrategy):
    """Raises where it is told to, and has settings of several kinds."""

    class Config(tc.StrategyConfig):
        """Settings."""

        after: int = 0
        word: str = "a"
        fees: bool = False

    def on_start(self):
        """Listen."""
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Raise."""
        if self.config.after and book.bid_price:
            raise ValueError(self.config.word)


def swept(short_tape, strategy=TwoSidedQuoter, params=None, **named):
    """Return a sweep over the short tape."""
    told = {"data": short_tape, "fees": "venue", "latency": "venue", **named}
    return tc.sweep(strategy, params=GRID if params is None else params, **told)


def same(left, right):
    """Return whether two tables are equal to the byte."""
    return left.table.dtype == right.table.dtype and left.table.tobytes() == right.table.tobytes()


def test_a_row_has_the_settings_and_the_measures_of_its_run(short_tape):
    """A row is what a backtest with its settings says."""
    result = swept(short_tape)

    assert result.was_compiled
    assert result.settings == tuple(GRID)
    assert result.table.dtype.names == ("run", *GRID, "status", *MEASURES, "error")
    assert len(result) == 6
    row = result.table[3]
    assert (row["half_spread_bps"], row["size"], row["max_position"]) == (0.1, 0.02, 0.1)
    told = tc.backtest(
        TwoSidedQuoter,
        data=short_tape,
        fees="venue",
        latency="venue",
        params={"half_spread_bps": 0.1, "size": "0.02", "max_position": "0.1"},
    )
    assert row["net"] == float(told.summary().pnl.net)
    assert (row["fills"], row["orders"]) == (told.summary().fills, told.summary().orders)
    assert row["position_max"] == np.abs(told.equity["position"]).max()
    assert any("maker 2 bps" in sentence for sentence in result.assumptions)


def test_the_twin_plays_what_varies(short_tape):
    """Latency that is drawn, fees in tiers, a market order by order: as the class does."""
    market = OrderRecording.generated(
        Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear"),
        seed=3,
        start_ns=1_700_000_000_000_000_000,
        duration_ns=20_000_000_000,
        price="60000",
        volatility_milliticks=20_000,
    )
    for data in (short_tape, Recording(market, Path("generated"))):
        named = {"data": data, "latency": "1ms~9ms,2ms~5ms,1ms", "workers": 1}
        twin, plain = (swept(short_tape, compiled=how, **named) for how in (True, False))

        assert (twin.was_compiled, plain.was_compiled) == (True, False)
        assert twin.table["fills"].max() > 2
        assert same(twin, plain)


def test_a_sweep_of_several_recordings_is_refused(short_tape):
    """It has one."""
    data = [RecordedMarket(data=short_tape, venue=name) for name in ("binance-usdm", "grvt")]
    with pytest.raises(InputError, match="a sweep plays one recording: data=2"):
        swept(short_tape, data=data)


def test_the_table_does_not_depend_on_who_worked(short_tape):
    """One thread, several, one process or several: the same bytes."""
    first = swept(short_tape, workers=1)
    few = {**GRID, "half_spread_bps": [0.1]}

    assert same(first, swept(short_tape, workers=3))
    assert same(first, swept(short_tape, workers=1, compiled=False))
    assert same(swept(short_tape, params=few), swept(short_tape, params=few, compiled=False))


def test_settings_that_are_refused_are_a_row_and_the_others_go_on(short_tape):
    """A bad set has its name and its reason; nothing else is lost."""
    points = [{"half_spread_bps": 0.1}, {"half_spread_bps": -1}, {"size": "0.0001"}, {"sise": 1}]
    result = swept(short_tape, params=points)

    assert result.table["status"].tolist() == ["ok", "refused", "refused", "refused"]
    assert "half_spread_bps=-1" in result.table["error"][1]
    assert "size=0.0001" in result.table["error"][2]
    assert "sise" in result.table["error"][3]
    assert np.isnan(result.table["net"][1:]).all()
    assert len(result.errors) == 3
    assert result.errors[0].startswith("run 1: refused: ")
    assert result.ranked().size == 1
    assert not result.rows()[0]["error"]
    assert result.rows()[1]["net"] is None


def test_a_python_class_runs_and_a_callback_that_raises_is_told(short_tape):
    """A run that is halted says so in its row; a setting named like a measure has another name."""
    points = {"after": [0, 1], "word": "why", "fees": [True]}
    result = swept(short_tape, Fails, points, workers=1)

    assert not result.was_compiled
    assert result.settings == ("after", "word", "param_fees")
    assert result.table["status"].tolist() == ["ok", "halted"]
    assert result.table["error"].tolist() == ["", "on_book raised ValueError: why"]
    assert result.table["param_fees"].dtype == np.bool_
    assert result.table["after"].dtype == np.int64


def test_a_table_is_written_and_read_again(short_tape, tmp_path):
    """CSV has a line a run and a heading, JSON a list of objects."""
    result = swept(short_tape)
    lines = result.write(tmp_path / "a.csv").read_text().splitlines()
    rows = json.loads(result.write(tmp_path / "a.json").read_text())

    assert lines[0] == ",".join(result.table.dtype.names)
    assert len(lines) == 1 + len(result)
    assert rows == result.rows()
    with pytest.raises(InputError, match=r"written to \.csv or \.json"):
        result.write(tmp_path / "a.xls")


def test_rows_are_ranked_by_a_measure(short_tape):
    """The largest first, or the smallest."""
    result = swept(short_tape)
    nets = result.ranked("fills")["fills"].tolist()

    assert nets == sorted(nets, reverse=True)
    assert result.ranked("fills", descending=False)["fills"].tolist() == nets[::-1]
    with pytest.raises(InputError, match="ranked by one of net, "):
        result.ranked("profit")


@pytest.mark.parametrize("compiled", [True, False])
def test_progress_is_told_up_to_the_whole(short_tape, compiled):
    """What is done grows, and ends with all there is."""
    told = []
    swept(
        short_tape,
        workers=1,
        compiled=compiled,
        advance=lambda done, total: told.append((done, total)),
    )
    done = [one for one, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]


@pytest.fixture
def heard_key():
    """Have Ctrl-C do what it does to a program: one started in the background does not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_key")
def test_a_key_ends_a_sweep(short_tape):
    """Ctrl-C ends it at the next block, and no thread is left."""
    before = threading.active_count()
    for how in ({"workers": 1, "compiled": False}, {"workers": 2}):
        keys = [signal.SIGINT]

        def pressed(_done, _total, keys=keys):
            if keys:
                signal.raise_signal(keys.pop())

        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            swept(short_tape, advance=pressed, **how)
        assert threading.active_count() == before


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ([], "1 to 100000 runs: runs=0"),
        ({"a": []}, "runs=0"),
        ({"a": range(RUNS_MAX), "b": [1, 2]}, "runs=200000"),
        ("half_spread_bps", "a grid .* or a list of settings: str"),
        ([{"a": 1}, 2], "settings of a run are a mapping: run=1"),
        ({1: [2]}, "a setting has a name: 1"),
    ],
    ids=str,
)
def test_what_is_no_grid_and_no_list_is_refused(params, text):
    """A sweep of nothing, of too much, or of something else does not begin."""
    with pytest.raises(InputError, match=text):
        grid_points(params)


def test_a_grid_is_every_combination_the_last_moving_fastest():
    """Arrays, ranges and lists are values; anything else stays the same."""
    points = grid_points({"a": np.array([1, 2]), "b": range(2), "c": "x"})
    assert [tuple(point.values()) for point in points] == [
        (1, 0, "x"),
        (1, 1, "x"),
        (2, 0, "x"),
        (2, 1, "x"),
    ]


@pytest.mark.parametrize("workers", [0, -1, 2_000, True])
def test_workers_are_a_number(short_tape, workers):
    """Neither none nor thousands."""
    with pytest.raises(InputError, match="a sweep has 1 to 1024 workers"):
        swept(short_tape, workers=workers)


def test_a_class_that_no_process_finds_is_refused(short_tape):
    """A local class runs here, one at a time, or not at all."""

    class Local(tc.AbstractStrategy):
        pass

    with pytest.raises(InputError, match="a process finds a strategy by its name"):
        swept(short_tape, Local, [{}, {}], workers=2)
    assert swept(short_tape, Local, [{}, {}], workers=1).table["status"].tolist() == ["ok", "ok"]


def test_fees_and_latency_are_named(short_tape):
    """Nothing is assumed silently."""
    with pytest.raises(InputError, match="fees must be named"):
        swept(short_tape, fees=None)
