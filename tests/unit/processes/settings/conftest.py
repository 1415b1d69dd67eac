"""Files of processes, written as the requirement has them and changed key by key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tradecore.processes.settings import KINDS, load_process

REQUIRED = {
    "position_server": "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n",
    "market_server": "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[MARKET_DATA]\nSYMBOLS=BTCUSDT\n",
    "trading_engine": "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n",
    "trader": "[GLOBAL]\nENABLED_EXCHANGES=BINANCE\n[STRATEGY]\nCLASS=package.module:Maker\n",
}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file only its owner can read."""

    def write(text: str, name: str = "x.ini") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    return write


@pytest.fixture
def read(write):
    """Return a function that loads the file of a kind of process, no environment but the given."""

    def read(kind: str, text: str | None = None, **settings: Any):
        settings.setdefault("environ", {})
        path = write(REQUIRED[kind] if text is None else text, f"{kind}.ini")
        return load_process(KINDS[kind], path, **settings).settings

    return read


@pytest.fixture
def read_with(read):
    """Return a function that loads the least file of a kind with some keys set beside it."""

    def read_with(kind: str, *overrides: str, **settings: Any):
        return read(kind, overrides=overrides, **settings)

    return read_with
