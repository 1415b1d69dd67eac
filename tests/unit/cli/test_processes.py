"""The commands of processes: what they refuse before anything starts, and what they tell."""

from __future__ import annotations

import pytest

ENGINE = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"
MARKET = ENGINE + "[MARKET_DATA]\nSYMBOLS=BTCUSDT\n"
TRADER = "[GLOBAL]\nENABLED_EXCHANGES=BINANCE\n[STRATEGY]\nCLASS={}\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a file into a folder of its own, which is the present one."""
    monkeypatch.chdir(tmp_path)
    for name in ("LOG_LEVEL", "ENVIRONMENT", "BINANCE_API_KEY", "BINANCE_API_SECRET"):
        monkeypatch.delenv(name, raising=False)

    def write(name, text):
        (tmp_path / name).write_text(text)
        return name

    return write


def test_a_file_of_another_venue_is_code_4(write, run):
    """No order goes to a venue that was not named."""
    result = run("trading-engine", "DERIBIT", write("trading_engine.ini", ENGINE))

    assert result.code == 4
    assert "names: BINANCE, asked for DERIBIT" in result.err


def test_a_missing_file_is_code_3(write, run):
    """Whatever the command."""
    del write

    assert run("market-server", "BINANCE", "no.ini").code == 3


def test_an_engine_without_a_file_is_usage(write, run):
    """Only its tests go without."""
    del write
    result = run("trading-engine", "BINANCE")

    assert result.code == 2


def test_an_engine_without_a_key_sends_nothing(write, run):
    """It ends with what to set."""
    result = run("trading-engine", "BINANCE", write("trading_engine.ini", ENGINE), "--test-auth")

    assert result.code == 4
    assert "set BINANCE_API_KEY and BINANCE_API_SECRET" in result.err


@pytest.mark.parametrize(
    ("strategy", "code", "told"),
    [("none.py", 3, "no such strategy file"), ("no.module:X", 3, "no such strategy module")],
)
def test_a_strategy_that_is_not_there_is_told(write, run, strategy, code, told):
    """Before anything is opened."""
    result = run("trader", write("trader.ini", TRADER.format(strategy)))

    assert result.code == code
    assert told in result.err


def test_a_setting_the_strategy_does_not_take_is_told(write, run):
    """With the nearest one it does."""
    text = TRADER.format("tradecore.strategy.samples:AvellanedaStoikov")
    result = run("trader", write("trader.ini", f"{text}[STRATEGY.PARAMS]\nSYMBOLL=X\n"))

    assert result.code == 1
    assert "did you mean 'symbol'" in result.err


def test_a_sample_of_each_kind_passes_its_own_check(write, run):
    """`config init` knows the processes by the file's name."""
    del write
    for name in ("trader.ini", "market_server_x.ini", "trading_engine.yaml", "position_server.ini"):
        assert run("config", "init", name).code == 0
        checked = run("config", "check", name)
        assert checked.code == 0, checked.err


def test_up_tells_what_it_would_start(write, run):
    """In the order of starting."""
    write("trader.ini", TRADER.format("a.b:C"))
    write("market_server.ini", MARKET)

    result = run("up", ".", "--check", "--json")

    assert [one["kind"] for one in result.json["processes"]] == ["market_server", "trader"]


def test_up_without_processes_is_code_3(write, run):
    """The names that count are told."""
    write("run.ini", "")
    result = run("up", ".")

    assert result.code == 3
    assert "position_server*.ini" in result.err


def test_zmq_test_of_a_system_that_does_not_run_is_code_6(write, run):
    """Nobody answers at any endpoint."""
    text = f"{MARKET}[ZMQ]\nMARKET_DATA_PUB_ENDPOINT=ipc://nobody\n"
    result = run("zmq-test", write("market_server.ini", text))

    assert result.code == 6
    assert "nobody there" in result.out
