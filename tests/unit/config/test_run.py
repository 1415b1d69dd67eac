"""The configuration of a run, its sample and its reference page."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.config import ConfigError, RunConfig, effective, load, reference_page, sample

NEEDED = "[RUN]\nSTRATEGY=s.py\nDATA=d\n[FEES]\nMAKER=-1bps\nTAKER=0.05%\n[LATENCY]\n"
LATENCY = "FEED=1ms\nENTRY=2ms\nRESPONSE=3ms\n"


@pytest.fixture
def run(tmp_path):
    """Return a function that loads a text as the configuration of a run."""

    def run(text: str, name: str = "run.ini") -> RunConfig:
        path = tmp_path / name
        path.write_text(text)
        return load(RunConfig, path, environ={}).settings

    return run


def test_a_run_names_its_costs_and_delays(run):
    """Exact fractions and nanoseconds."""
    config = run(NEEDED + LATENCY)

    assert (config.fees.maker, config.fees.taker) == (Decimal("-0.0001"), Decimal("0.0005"))
    assert (config.latency.feed, config.latency.response) == (1_000_000, 3_000_000)
    assert config.run.log_level == "INFO"
    assert config.report.path is None


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("MAKER=-1bps\n", r"missing key \(\[FEES\] MAKER"),
        ("TAKER=0.05%\n", r"missing key \(\[FEES\] TAKER"),
        ("ENTRY=2ms\n", r"missing key \(\[LATENCY\] ENTRY"),
        ("STRATEGY=s.py\n", r"missing key \(\[RUN\] STRATEGY"),
        ("DATA=d\n", r"missing key \(\[RUN\] DATA"),
    ],
)
def test_nothing_that_costs_is_silently_zero(run, left_out, missing):
    """A run without fees or latency says so in figures."""
    with pytest.raises(ConfigError, match=missing):
        run((NEEDED + LATENCY).replace(left_out, ""))


def test_the_strategys_settings_are_its_own(run):
    """INI capitals go, other cases stay; nothing is checked here."""
    config = run(NEEDED + LATENCY + "[STRATEGY.PARAMS]\nHALF_SPREAD_BPS=2.0\nMixedCase=x\n")

    assert config.strategy.params == {"half_spread_bps": "2.0", "MixedCase": "x"}


def test_levels_are_understood_in_any_case(run):
    """`debug` is what people type."""
    assert (
        run((NEEDED + LATENCY).replace("[FEES]", "LOG_LEVEL=debug\n[FEES]")).run.log_level
        == "DEBUG"
    )


@pytest.mark.parametrize("style", ["ini", "yaml"])
def test_the_sample_is_in_order_and_says_the_same_in_both_forms(tmp_path, style):
    """What `config init` writes passes `config check`."""
    path = tmp_path / f"run.{style}"
    path.write_text(sample(RunConfig, style, free={"strategy.params": {"half_spread_bps": "2.0"}}))

    loaded = load(RunConfig, path, environ={})

    assert {row.key: row.value for row in effective(loaded)} == {
        "strategy": "strategy.py",
        "data": "sample",
        "venue": "binance-usdm",
        "queue": DEFAULT_QUEUE,
        "log_level": "INFO",
        "symbol": "",
        "tick_size": "",
        "lot_size": "",
        "maker": "0.0002",
        "taker": "0.0005",
        "feed": "5ms",
        "entry": "5ms",
        "response": "5ms",
        "half_spread_bps": "2.0",
        "path": "",
    }
    assert loaded.warnings == ()


@pytest.mark.parametrize("style", ["ini", "yaml"])
def test_every_line_of_the_sample_can_be_taken_out_of_its_comment(tmp_path, style):
    """A setting commented out is right once a value stands there."""
    text = sample(RunConfig, style)
    path = tmp_path / f"run.{style}"
    opened = (
        text.replace("# VENUE=", "VENUE=").replace("# PATH=", "PATH=out.html")
        if style == "ini"
        else text.replace("# venue:", "venue:")
        .replace("# report:", "report:")
        .replace("#   path: null", "  path: out.html")
    )
    path.write_text(opened)

    assert load(RunConfig, path, environ={}).settings.report.path == "out.html"


def test_the_reference_names_every_key():
    """Drawn from the model, so that it cannot say anything else."""
    page = reference_page(RunConfig, "Configuration")

    assert page.startswith("# Configuration\n")
    for key in ("STRATEGY", "DATA", "MAKER", "FEED", "TICK_SIZE", "PATH", "LOG_LEVEL"):
        assert f"| `{key}` |" in page
    assert "## `[STRATEGY.PARAMS]`" in page
    assert "| `VENUE` | text | `binance-usdm` |" in page
    assert "| `MAKER` | text, such as `2bps` | required |" in page
