"""A run that is stopped and resumed is the unbroken one; what ends early says so."""

from __future__ import annotations

import gzip
import json

import pytest

import tradecore as tc
from support.strategies import AtTouch, Diary, Failing, Silent
from tradecore.core import DataError, InputError

NAMED = {"fees": "2bps,5bps", "latency": "1ms,2ms,3ms", "queue": "power"}
TABLES = ("fills", "orders", "equity", "symbol_equity")
MIDDLE_S = (1, 13, 29)


def run(strategy, data, **changes):
    """Run with assumptions that tests share."""
    return tc.backtest(strategy, data=data, **{**NAMED, **changes})


def stopped(strategy, data, path, at_s=13):
    """Run up to a second and keep it there."""
    first_ns = int(run(Silent, data).equity["ts_ns"][0])
    return run(strategy, data, stop_ns=first_ns + at_s * 1_000_000_000, checkpoint=path)


@pytest.mark.parametrize("at_s", MIDDLE_S)
def test_a_run_stopped_and_resumed_is_the_unbroken_one(short_tape, tmp_path, at_s):
    """Byte for byte in every table, and to the last digit in its totals."""
    path = tmp_path / "run.json"
    part = stopped(AtTouch, short_tape, path, at_s)
    whole, resumed = run(AtTouch, short_tape), run(AtTouch, short_tape, resume=path)

    assert part.orders.size < whole.orders.size
    for name in TABLES:
        assert getattr(resumed, name).tobytes() == getattr(whole, name).tobytes()
    assert resumed.summary().pnl == whole.summary().pnl
    assert (resumed.exit_code, str(resumed).splitlines()[-1]) == (0, "ran to the end")


def test_the_strategy_hears_what_it_would_have_heard(short_tape, tmp_path):
    """Every callback with its time."""
    path = tmp_path / "run.json"
    stopped(Diary, short_tape, path)
    unbroken, resumed = Diary(), Diary()
    run(unbroken, short_tape)
    run(resumed, short_tape, resume=path)

    assert resumed.diary == unbroken.diary


def test_a_stopped_run_says_so(short_tape, tmp_path):
    """In its last line, by its exit code, and it leaves everything as it stands."""
    part = stopped(AtTouch, short_tape, tmp_path / "run.json")

    assert part.exit_code == 1
    assert str(part).splitlines()[-1].startswith("stopped before the end, as asked, at 17")
    assert part.summary().stopped_ns is not None
    with pytest.raises(FileExistsError, match=r"run\.json"):
        stopped(AtTouch, short_tape, tmp_path / "run.json")


class Chancy(AtTouch):
    """Quotes another size in each of its lives."""

    lives = 0

    def on_start(self):
        """Count the life."""
        super().on_start()
        type(self).lives += 1

    def on_book(self, book):
        """Quote."""
        size = type(self).lives * self.config.size
        self.quote(book.symbol, bids=[(book.bid_price, size)], asks=[(book.ask_price, size)])


def test_a_strategy_that_does_not_repeat_is_not_resumed(short_tape, tmp_path):
    """What would not be the unbroken run is no result."""
    path = tmp_path / "run.json"
    stopped(Chancy, short_tape, path)

    with pytest.raises(DataError, match=r"comes the same way, this one did not: .* at_ns=\d+"):
        run(Chancy, short_tape, resume=path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"strategy": Diary}, "strategy was "),
        ({"params": {"size": "0.020"}}, r"params was .*0\.010.*, is .*0\.020"),
        ({"fees": "1bps,5bps"}, "markets was "),
        ({"data": "sample"}, "markets was "),
    ],
)
def test_a_run_is_resumed_with_what_it_was_stopped_with(short_tape, tmp_path, changes, told):
    """Strategy, settings, recordings and assumptions."""
    path = tmp_path / "run.json"
    stopped(AtTouch, short_tape, path, at_s=1)
    named = {"strategy": AtTouch, "data": short_tape, **changes}

    with pytest.raises(DataError, match=told):
        run(named.pop("strategy"), named.pop("data"), resume=path, **named)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"markets": 3}', '{"markets": [], "x": 1}'])
def test_a_file_that_keeps_no_run_is_refused(short_tape, tmp_path, text):
    """By its name."""
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"kept as JSON: .*run\.json"):
        run(Silent, short_tape, resume=path)


def test_a_moment_that_never_comes_is_no_resumption(short_tape, tmp_path):
    """The file says another time than the run has."""
    path = tmp_path / "run.json"
    stopped(AtTouch, short_tape, path)
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "at_ns": kept["at_ns"] + 10**15}))
    with pytest.raises(DataError, match="this one ended before"):
        run(AtTouch, short_tape, resume=path)
    path.write_text(json.dumps({**kept, "format": 9}))
    with pytest.raises(DataError, match="format=9"):
        run(AtTouch, short_tape, resume=path)


def test_what_cannot_be_meant_is_refused(short_tape, tmp_path):
    """A file without a moment; both at once."""
    with pytest.raises(InputError, match="a checkpoint is of a run that is stopped"):
        run(Silent, short_tape, checkpoint=tmp_path / "x")
    with pytest.raises(InputError, match="resumed or stopped, not both: stop_ns=1"):
        run(Silent, short_tape, stop_ns=1, resume=tmp_path / "x")


def test_whatever_ends_early_says_so_in_its_last_line_and_exit_code(short_tape, tmp_path):
    """A strategy that raised, one that halted itself, a recording that is cut off."""

    class Halting(Silent):
        def on_start(self):
            self.halt("enough")

    cut = tmp_path / "cut.txt.gz"
    tape = gzip.compress(short_tape.read_bytes())
    whole = run(Silent, short_tape)
    cut.write_bytes(tape + b"\x1f\x8b rest of what was meant to be here")

    results = [run(Failing, short_tape), run(Halting, short_tape), run(Silent, cut)]

    lines = [str(result).splitlines()[-1] for result in results]
    assert [result.exit_code for result in results] == [1, 1, 1]
    assert lines[0].startswith("halted: on_fill raised ValueError")
    assert lines[1] == "halted: enough"
    assert lines[2].startswith("ended early, a recording is damaged: a gzip archive")
    assert results[2].summary().events == whole.summary().events
