"""What is in force and why."""

from __future__ import annotations

import pytest

from tradecore.config import Effective, effective

MAIN = "[MAIN]\nEXCHANGE_NAME=BINANCE\nAPI_KEY=${KEY}\n"


@pytest.fixture
def shown(read):
    """Return a function that loads and shows: value and origin by name."""

    def shown(text: str, **settings):
        rows = effective(read(text, **settings))
        return {f"{row.section}.{row.key}": (row.value, row.origin) for row in rows}

    return shown


def test_each_setting_names_its_origin(shown):
    """Default, file and line, variable, command line."""
    rows = shown(
        MAIN + "[LIMITS]\nTIMEOUT=100ms\n[PARAMS]\nDepth=5\n",
        environ={"KEY": "k3y-for-tests", "TRADECORE__LIMITS__BUFFER": "64MiB"},
        overrides=["limits.requests=10/s", "params.depth=6"],
    )

    assert rows == {
        "main.exchange_name": ("BINANCE", "x.ini:2"),
        "main.api_key": ("***", "x.ini:3"),
        "main.api_secret": ("", "default"),
        "main.testnet_mode": ("false", "default"),
        "main.symbols": ("", "default"),
        "limits.orders_per_second": ("10", "default"),
        "limits.max_position": ("5", "default"),
        "limits.timeout": ("100ms", "x.ini:5"),
        "limits.buffer": ("64MiB", "env TRADECORE__LIMITS__BUFFER"),
        "limits.requests": ("10/s", "cli"),
        "params.Depth": ("6", "cli"),
    }


def test_lists_and_named_sections_are_shown_as_a_file_says_them(shown):
    """What is shown can be written."""
    rows = shown(MAIN + "SYMBOLS=A,B\n[PEERS.Deribit]\nURL=wss://d\n")

    assert rows["main.symbols"] == ("A,B", "x.ini:4")
    assert rows["peers.Deribit.url"] == ("wss://d", "x.ini:6")


def test_rows_are_in_the_order_of_the_schema(read):
    """So that two runs can be compared line by line."""
    rows = effective(read("[LIMITS]\nBUFFER=1B\n" + MAIN))

    assert rows[0] == Effective("main", "exchange_name", "BINANCE", "x.ini:4")
    assert [row.key for row in rows][5:] == [
        "orders_per_second", "max_position", "timeout", "buffer", "requests",
    ]  # fmt: skip
