"""`tradecore rerun` and `tradecore compare` through the same door as a user."""

from __future__ import annotations

import io
import logging
import re
import sys
from decimal import Decimal

import pytest
import structlog

STRATEGY = """
import tradecore as tc


class Maker(tc.AbstractStrategy):
    class Config(tc.StrategyConfig):
        away: int = 0

    def on_start(self):
        self.subscribe("BTCUSDT", book=1)
        self.set_timer("beat", "5s")

    def on_timer(self, name):
        book = self.book("BTCUSDT")
        away = 0.1 * self.config.away
        self.quote("BTCUSDT", bids=[(book.bid_price - away, "0.010")], asks=[])
"""
NAMED = ("--data", "sample", "--fees", "0bps,5bps")


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    """Leave logging as it was, and the strategy's file to be found anew."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.delitem(sys.modules, "maker", raising=False)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def kept(run, tmp_path):
    """Return the name of a run's journal, beside the strategy's file."""
    (tmp_path / "maker.py").write_text(STRATEGY)
    ran = run("backtest", "maker.py", *NAMED, "--latency", "venue", "--journal", "run.journal")
    assert ran.code == 0, ran.err
    return "run.journal"


def test_a_run_again_is_the_same(run, kept):
    """In words and as JSON, with one digest."""
    ran, told = run("rerun", kept), run("rerun", kept, "--json")

    assert (ran.code, told.code) == (0, 0)
    assert re.search(r"records of what it did are the same, to the byte", ran.out)
    assert f"the same to the end: sha256 {told.json['sha256']}" in ran.out
    assert told.json["difference"] is None


@pytest.mark.parametrize("at", ["+60s", "2024-01-01T00:01:00", "2024-01-01T00:01:00.000Z"])
def test_a_run_is_held_at_a_time(run, kept, at):
    """However it is written; what stands there is printed."""
    ran = run("rerun", kept, "--break-at", at)

    assert ran.code == 0, ran.err
    assert "at 2024-01-01 00:01:00" in ran.out
    assert "position BTCUSDT: " in ran.out
    assert "book BTCUSDT: bids " in ran.out
    assert ran.out.splitlines()[-1] == "stopped where it was asked to"


@pytest.mark.parametrize("at", ["soon", "+5", "2024-13-01T00:00:00", "2024-01-01T00:00+02:00", ""])
def test_a_time_that_is_none_is_a_usage_error(run, kept, at):
    """With the forms it may have."""
    ran = run("rerun", kept, "--break-at", at)

    assert ran.code == 2
    assert "a moment is written 2026-01-05T09:01:30.5 (UTC)" in re.sub(r"\s+", " ", ran.err)


def test_a_mended_strategy_is_told_apart(run, kept, tmp_path):
    """The first other command, and the exit code says so."""
    (tmp_path / "other.py").write_text(STRATEGY.replace("0.010", "0.020"))

    ran = run("rerun", kept, "--strategy", "other.py")

    assert ran.code == 1
    assert "differs at record 1, 2024-01-01 00:00:05" in ran.out
    assert re.search(r"recorded: new tc-\S+ buy 0.01 @ ", ran.out)
    assert re.search(r"now: +new tc-\S+ buy 0.02 @ ", ran.out)


def test_a_strategys_file_that_changed_is_said(run, kept, tmp_path):
    """Also where what it does is the same."""
    sys.modules.pop("maker")
    (tmp_path / "maker.py").write_text(STRATEGY + "\n# mended\n")

    ran = run("rerun", kept)

    assert ran.code == 0
    assert "its file has another text than it had: " in ran.out


def test_the_debugger_stops_in_the_callback(run, kept, monkeypatch):
    """With the strategy at hand; quitting it ends the run."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("p self.now_ns\nq\n"))

    ran = run("rerun", kept, "--break-at", "+60s", "--debug")

    assert "maker.py" in ran.out
    assert re.search(r"^(\(Pdb\) )?17040672\d+$", ran.out, flags=re.MULTILINE)
    assert "left the debugger" in ran.out
    assert sys.gettrace() is None


def test_json_and_the_debugger_do_not_go_together(run, kept):
    """One prints for programs, the other asks a person."""
    assert run("rerun", kept, "--debug", "--json").code == 2


def test_a_journal_that_is_none_is_refused(run, tmp_path):
    """By what is wrong with it, without a trace."""
    (tmp_path / "text").write_text("hello")

    for name, code in (("text", 1), ("nothing", 3)):
        ran = run("rerun", name)
        assert ran.code == code
        assert name in ran.err
        assert "Traceback" not in ran.err


def test_runs_that_did_the_same_are_the_same(run, kept):
    """A run beside itself: exit code 0."""
    ran = run("compare", kept, kept)

    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == "both did the same"


def test_runs_that_differ_say_why(run, kept):
    """The parts add up to the difference, to the last digit."""
    run("backtest", "maker.py", *NAMED, "--latency", "50ms,60ms,60ms", "--journal", "far.journal")

    ran, told = run("compare", kept, "far.journal"), run("compare", kept, "far.journal", "--json")

    assert (ran.code, told.code) == (1, 1)
    assert "order to answer" in ran.out
    pnl = told.json["pnl"]
    parts = ("price", "timing", "fees", "missing_a", "missing_b", "marks")
    total = sum(Decimal(pnl[name]) for name in parts)
    assert (
        total == Decimal(pnl["net_a"]) - Decimal(pnl["net_b"]) == Decimal(told.json["difference"])
    )
    assert told.json["stages"][0]["b"][1] == 120_000_000


def test_runs_without_a_time_in_common_are_refused(run, kept, tmp_path):
    """Nothing can be paired."""
    from tradecore.backtest.samples import generate_sample  # noqa: PLC0415 - here alone

    (tmp_path / "later.tape").write_bytes(generate_sample(seconds=5, seed=1))
    data = ("--data", "later.tape", *NAMED[2:], "--latency", "venue")
    ran = run("backtest", "maker.py", *data, "--journal", "short.journal")
    assert ran.code == 0, ran.err

    assert run("compare", kept, "short.journal").code == 1
    assert run("compare", kept, "short.journal", "--window", "soon").code == 2
    assert run("compare", kept, "nothing").code == 3
