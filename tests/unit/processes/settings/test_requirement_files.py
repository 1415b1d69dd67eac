"""The files of the requirements load as they stand, once the keys are not placeholders."""

from __future__ import annotations

import re

import pytest

SECTION = re.compile(r"```ini\n(.*?)```", re.DOTALL)
ENVIRON = {"BINANCE_API_KEY": "k-for-tests", "BINANCE_API_SECRET": "s-for-tests"}


@pytest.fixture(scope="module")
def files(shared_dir):
    """Return the INI files of the requirements, by the kind of process."""
    engine = SECTION.findall(
        (shared_dir / "requirements/R0-exchange-trading-engine.md").read_text()
    )
    several = SECTION.findall(
        (shared_dir / "requirements/R1-multi-process-market-making.md").read_text()
    )
    return {
        "full_engine": engine[0],
        "trader": several[0],
        "trading_engine": several[1],
        "market_server": several[2],
    }


@pytest.mark.parametrize("kind", ["trader", "trading_engine", "market_server"])
def test_the_files_of_several_processes_load(files, read, kind):
    """Only a strategy has to be named in the trader's."""
    text = files[kind]
    if kind == "trader":
        text += "\n[STRATEGY]\nCLASS=package.module:Maker\n"

    assert read(kind, text, environ=ENVIRON).global_.log_level == "INFO"


def test_the_full_file_of_an_engine_loads(files, read):
    """Every section and key is known; the keys come from the environment."""
    text = re.sub(r"API_(KEY|SECRET)=your_\w+\n", "", files["full_engine"])

    settings = read("trading_engine", text, environ=ENVIRON)

    assert settings.risk_management.max_daily_loss == 5000
    assert settings.http_api.signature_timestamp_tolerance_ms == 5000


def test_the_position_port_of_older_files_is_understood(files, read):
    """7002 is another name of 6003."""
    text = files["trader"] + "\n[STRATEGY]\nCLASS=package.module:Maker\n"

    binance, deribit, _ = read("trader", text).venues()

    assert binance.positions == "tcp://127.0.0.1:6003"
    assert deribit.positions == "tcp://127.0.0.1:6103"
