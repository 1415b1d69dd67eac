"""`tradecore backtest` and `tradecore demo` through the same door as a user."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

STRATEGY = """
from decimal import Decimal
import tradecore as tc


class Maker(tc.AbstractStrategy):
    class Config(tc.StrategyConfig):
        symbol: str = "BINANCE:BTCUSDT"
        size: Decimal = Decimal("0.010")
        fails: bool = False

    def on_start(self):
        self.subscribe(self.config.symbol, book=1)

    def on_book(self, book):
        if self.config.fails:
            raise RuntimeError("told to")
        size = self.config.size
        self.quote(book.symbol, bids=[(book.bid_price, size)], asks=[(book.ask_price, size)])
"""
NAMED = ("--data", "sample", "--fees", "0bps,5bps", "--latency", "venue")


@pytest.fixture(autouse=True)
def _logging_as_before():
    """Leave logging as it was: a command configures it for its whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def maker(tmp_path):
    """Return the name of a file with one strategy."""
    (tmp_path / "maker.py").write_text(STRATEGY)
    return "maker.py"


def test_prints_what_was_measured_and_assumed(run, maker):
    """A table, every assumption, and how it ended in the last line."""
    ran = run("backtest", maker, *NAMED)

    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "Maker on btcusdt.tape: BTCUSDT, Binance USD-M futures"
    assert lines[-1] == "ran to the end"
    for word in ("events", "fills", "net profit", "callback, measured"):
        assert any(line.startswith(word) for line in lines), word
    assert any("Fees: maker 0 bps, taker 5 bps." in line for line in lines)
    assert any("Not modelled: funding" in line for line in lines)


def test_speaks_json(run, maker):
    """One document; money is text, so that no digit is lost."""
    told = run("backtest", maker, *NAMED, "--json").json

    pnl = told["summary"]["pnl"]
    assert isinstance(told["net"], str)
    assert set(pnl) == {"spread", "inventory", "fees", "funding"}
    assert told["summary"]["fills"] > 100
    assert told["meta"]["strategy"] == "Maker"
    assert told["report"] is None


def test_writes_a_report_and_names_it(run, maker, tmp_path):
    """One HTML page."""
    ran = run("backtest", maker, *NAMED, "--report", "out.html")

    assert "report: out.html" in ran.out.splitlines()
    assert (tmp_path / "out.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_strategy_that_raises_ends_with_one(run, maker):
    """And with the reason in the last line."""
    ran = run("backtest", f"{maker}:Maker", *NAMED, "--set", "fails=true")

    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "halted: on_book raised RuntimeError: told to"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("--latency", "zero"), 2, "fees must be named", id="no-fees"),
        pytest.param(("--fees", "venue"), 2, "latency must be named", id="no-latency"),
        pytest.param((*NAMED[2:], "--venue", "moon"), 2, "venue must be one of", id="venue"),
        pytest.param((*NAMED[2:], "--set", "sise=1"), 2, "did you mean 'size'", id="setting"),
        pytest.param((*NAMED[2:], "--set", "size"), 2, "a setting is written key=value", id="set"),
        pytest.param((*NAMED[2:], "--tick-size", "1"), 2, "are named together or not", id="step"),
        pytest.param((*NAMED[2:], "--queue", "best"), 2, "queue='best'", id="queue"),
        pytest.param((*NAMED[2:], "--set", "size=x"), 2, "size='x'", id="setting-value"),
    ],
)
def test_what_is_not_named_is_asked_for(run, maker, arguments, code, told):
    """With the choices, as a mistake in the call."""
    ran = run("backtest", maker, "--data", "sample", *arguments)

    assert ran.code == code
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("spec", "code", "told"),
    [
        ("nothing.py", 3, "no such strategy file: nothing.py"),
        ("no.such.module:Class", 3, "no such strategy module: no.such.module"),
        ("maker.py:Taker", 2, "Taker is not there: maker.py has the strategies: Maker"),
        (
            "maker.py:Decimal",
            2,
            "Decimal is no AbstractStrategy: maker.py has the strategies: Maker",
        ),
        ("tradecore.strategy.samples:TwoSidedQuoter", 0, ""),
        (".", 2, "a strategy is file.py[:Class] or package.module:Class: '.'"),
    ],
)
@pytest.mark.usefixtures("maker")
def test_a_strategy_is_found_by_file_or_module(run, spec, code, told):
    """What is missing is named."""
    ran = run("backtest", spec, *NAMED)

    assert ran.code == code
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\nx = (\n", "bad.py:2 raised SyntaxError: '(' was never closed"),
        ("\nimport no_such\n", "bad.py:2 raised ModuleNotFoundError: No module named 'no_such'"),
        ("def f():\n    1 / 0\nf()\n", "bad.py:2 raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_file_that_cannot_be_run_is_named_with_its_line(run, tmp_path, text, told):
    """As a mistake in the file, not in the program."""
    (tmp_path / "bad.py").write_text(text)

    ran = run("backtest", "bad.py", *NAMED)

    assert (ran.code, ran.err) == (1, f"error: {told}\n")


def test_missing_data_are_named(run, maker):
    """As a file that is not there."""
    ran = run("backtest", maker, "--data", "gone.tape", *NAMED[2:])

    assert ran.code == 3
    assert "gone.tape" in ran.err


CONFIG = """
[RUN]
STRATEGY=maker.py
DATA=sample
QUEUE=power
[FEES]
MAKER=0
TAKER=5bps
[LATENCY]
FEED=1ms
ENTRY=1ms
RESPONSE=1ms
[STRATEGY.PARAMS]
SIZE=0.020
"""


@pytest.mark.usefixtures("maker")
def test_a_configuration_names_everything(run, tmp_path):
    """A file is enough."""
    (tmp_path / "run.ini").write_text(CONFIG)

    told = run("backtest", "--config", "run.ini", "--json").json

    assert "Queue: power" in "".join(told["assumptions"])
    assert "feed 1ms" in "".join(told["assumptions"])
    assert told["summary"]["fills"] > 0


def test_an_option_goes_over_the_configuration(run, maker, tmp_path):
    """What is written last holds."""
    (tmp_path / "run.ini").write_text(CONFIG)

    ran = run(
        "backtest",
        maker,
        "--config",
        "run.ini",
        "--fees",
        "zero",
        "--queue",
        "risk-averse",
        "--json",
    )

    assumptions = "".join(ran.json["assumptions"])
    assert "Fees: maker 0 bps, taker 0 bps." in assumptions
    assert "Queue: risk-averse" in assumptions


def test_the_demos_backtest_runs_offline_and_leaves_a_report(run, tmp_path):
    """Generates its market, runs a maker, and names the page it wrote."""
    ran = run("demo", "--backtest", "--json")

    told = json.loads(ran.out)
    assert ran.code == 0
    assert told["summary"]["fills"] > 50
    assert told["meta"]["strategy"] == "AvellanedaStoikov"
    assert (tmp_path / "tradecore-demo.html").stat().st_size > 10_000
    assert told["report"] == "tradecore-demo.html"


def test_a_wrong_setting_in_the_configuration_is_the_configurations(run, maker, tmp_path):
    """Code 4, with the file and the section."""
    (tmp_path / "run.ini").write_text(CONFIG.replace("SIZE=", "SISE="))

    ran = run("backtest", maker, "--config", "run.ini")

    assert ran.code == 4
    assert ran.err == (
        "error: settings of Maker: unknown setting 'sise': did you mean 'size' "
        "([STRATEGY.PARAMS], run.ini)\n"
    )


def test_look_ahead_is_looked_for_when_asked(run, maker):
    """In words before the rest, and as JSON; clean is no failure."""
    ran = run("backtest", maker, *NAMED, "--look-ahead")
    told = run("backtest", maker, *NAMED, "--look-ahead", "--json").json

    assert ran.code == 0, ran.err
    assert ran.out.startswith("no look-ahead found: ")
    assert all(cut["on_part"] is None for cut in told["look_ahead"]["cuts"])
    assert run("backtest", maker, *NAMED, "--json").json["look_ahead"] is None


def test_a_run_is_stopped_and_goes_on_as_one_that_was_not(run, maker, tmp_path):
    """With the figures of an unbroken one; a moment is a time of day or a delay on the tape."""
    kept = str(tmp_path / "kept.json")
    stopped = run("backtest", maker, *NAMED, "--stop", "+20s", "--checkpoint", kept)
    resumed = run("backtest", maker, *NAMED, "--resume", kept, "--json").json
    whole = run("backtest", maker, *NAMED, "--json").json

    assert (stopped.code, stopped.out.splitlines()[-1].split(" at ")[0]) == (
        1,
        "stopped before the end, as asked,",
    )
    assert resumed["net"] == whole["net"]
    assert run("backtest", maker, *NAMED, "--stop", "soon").code == 2


def test_an_outage_refuses_what_comes_in_it(run, maker):
    """From a time of day to another."""
    outage = ("--outages", "2000-01-01T00:00:00,2100-01-01T00:00:00")
    told = run("backtest", maker, *NAMED, *outage, "--json").json

    assert told["summary"]["fills"] == 0
    assert set(told["summary"]["rejections"]) == {"VENUE_UNAVAILABLE"}
    assert any("Outages: 1." in one for one in told["assumptions"])
