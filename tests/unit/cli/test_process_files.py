"""Files that no process may start from: each is told with its line, and leaves nothing behind."""

from __future__ import annotations

import pytest

HEADS = {
    "trading-engine": ("trading_engine.ini", ["BINANCE"], "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"),
    "position-server": ("position_server.ini", ["BINANCE"], "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"),
    "market-server": (
        "market_server.ini",
        ["BINANCE"],
        "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[MARKET_DATA]\nSYMBOLS=BTCUSDT\n",
    ),
    "trader": ("trader.ini", [], "[GLOBAL]\n[STRATEGY]\nCLASS=package.module:Maker\n"),
}


@pytest.fixture
def start(run, tmp_path, monkeypatch):
    """Return a function that starts a process from a file's text, nothing in the environment."""
    for name in ("LOG_LEVEL", "ENVIRONMENT", "BINANCE_API_KEY", "BINANCE_API_SECRET"):
        monkeypatch.delenv(name, raising=False)

    def start(command, text, *, mode=0o600, arguments=None):
        name, usual, _ = HEADS[command]
        arguments = usual if arguments is None else arguments
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return run(command, *arguments, name)

    return start


WRONG = [
    pytest.param("[MONITORING\n", "a section line is [SECTION]", id="section-not-closed"),
    pytest.param("no equals sign\n", "no equals sign", id="no-assignment"),
    pytest.param("[MONITORING]\nHEALTH_PROT=1\n", "did you mean", id="unknown-key"),
    pytest.param("[MONITORNG]\nHEALTH_PORT=1\n", "did you mean", id="unknown-section"),
    pytest.param(
        "[MONITORING]\nHEALTH_PORT=1\nHEALTH_PORT=2\n",
        "duplicated name 'HEALTH_PORT'",
        id="key-twice",
    ),
    pytest.param("[MONITORING]\n[SAFETY]\n[MONITORING]\n", "opened twice", id="section-twice"),
    pytest.param("[MONITORING]\nHEALTH_PORT=http\n", "HEALTH_PORT", id="not-a-number"),
    pytest.param("[MONITORING]\nHEALTH_PORT=65536\n", "65535", id="too-large"),
    pytest.param("[MONITORING]\nENABLE_METRICS=perhaps\n", "ENABLE_METRICS", id="not-a-truth"),
    pytest.param("[MONITORING]\nHEALTH_HOST=${NOT_SET}\n", "NOT_SET", id="variable-missing"),
    pytest.param(
        "[MONITORING]\nHEALTH_HOST=${NOT_CLOSED\n", "NOT_CLOSED", id="variable-not-closed"
    ),
]


@pytest.mark.parametrize("command", HEADS)
@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_file_that_is_wrong_is_code_4_and_starts_nothing(start, tmp_path, command, text, said):
    """With its name and its line, and no folder of a journal."""
    name, _, head = HEADS[command]

    result = start(command, head + text)

    assert result.code == 4, result.err
    assert said in result.err
    assert f"{name}:" in result.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", HEADS)
def test_a_file_that_is_no_text_is_code_4(start, command):
    """Bytes that are no UTF-8 are told, not guessed at."""
    result = start(command, b"[GLOBAL]\nPROCESS_NAME=\xff\xfe\n")

    assert result.code == 4, result.err
    assert "utf-8" in result.err.lower()


SECRETS = [
    pytest.param("API_KEY=your_binance_api_key\n", 0o600, 4, "a placeholder", id="placeholder"),
    pytest.param("API_KEY=real-key-of-a-test\n", 0o644, 4, "chmod 600", id="open-file"),
    pytest.param("API_KEY=${NOT_SET}\n", 0o600, 4, "NOT_SET", id="variable-missing"),
    pytest.param("API_KEY=real-key-of-a-test\n", 0o600, 4, "API_SECRET is missing", id="half"),
    pytest.param("", 0o600, 4, "set BINANCE_API_KEY and BINANCE_API_SECRET", id="none"),
]


@pytest.mark.parametrize(("text", "mode", "code", "said"), SECRETS)
def test_an_engine_without_a_whole_key_of_its_own_does_not_start(start, text, mode, code, said):
    """And never says what it was given."""
    bus = "[ZMQ]\nTRADER_SUB_ENDPOINT=ipc://a\nORDER_EVENTS_PUB_ENDPOINT=ipc://b\n"
    port = "[MONITORING]\nHEALTH_PORT=0\n"

    result = start("trading-engine", HEADS["trading-engine"][2] + text + bus + port, mode=mode)

    assert result.code == code, result.err
    assert said in result.err
    assert "real-key-of-a-test" not in result.out + result.err


def test_a_trader_of_several_venues_is_told_to_be_several(start, tmp_path):
    """One strategy has one venue."""
    (tmp_path / "maker.py").write_text(
        "import tradecore as tc\n\n\nclass Maker(tc.AbstractStrategy):\n    pass\n"
    )
    text = "[GLOBAL]\nENABLED_EXCHANGES=BINANCE,DERIBIT\n[STRATEGY]\nCLASS=maker.py:Maker\n"

    result = start("trader", text)

    assert result.code == 1
    assert (
        "a trader has one venue, start one for each: ENABLED_EXCHANGES=BINANCE,DERIBIT"
        in result.err
    )


def test_a_venue_that_no_plugin_has_is_named_with_those_there_are(start):
    """The name of a plug-in, not of a company."""
    text = "[GLOBAL]\nEXCHANGE_NAME=NOPE\n[MONITORING]\nHEALTH_PORT=0\n"

    result = start("trading-engine", text, arguments=["NOPE"])

    assert result.code != 0
    assert "NOPE" in result.err
    assert "BINANCE" in result.err
