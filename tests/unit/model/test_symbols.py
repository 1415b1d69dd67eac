"""A symbol is named alone, or with its venue before a colon."""

from __future__ import annotations

import pytest

from tradecore.core import InputError
from tradecore.model import Symbol


@pytest.mark.parametrize(
    ("text", "venue", "name"),
    [
        ("BTCUSDT", None, "BTCUSDT"),
        ("BINANCE:BTCUSDT", "BINANCE", "BTCUSDT"),
        ("GRVT:BTC_USDT_Perp", "GRVT", "BTC_USDT_Perp"),
        ("A:B:C", "A", "B:C"),
    ],
)
def test_a_name_is_taken_apart_and_put_together_again(text, venue, name):
    """A name is taken apart and put together again."""
    symbol = Symbol.parse(text)

    assert (symbol.venue, symbol.name) == (venue, name)
    assert str(symbol) == text


@pytest.mark.parametrize("text", ["", ":", "BINANCE:", ":BTCUSDT", "BTC USDT", " A"])
def test_an_empty_part_or_a_space_is_refused(text):
    """An empty part or a space is refused."""
    with pytest.raises(InputError, match="a symbol is SYMBOL or VENUE:SYMBOL"):
        Symbol.parse(text)


@pytest.mark.parametrize(
    ("text", "venue", "is_on"),
    [
        ("BTCUSDT", "deribit", True),
        ("BINANCE:BTCUSDT", "binance", True),
        ("BINANCE:BTCUSDT", "binance-usdm", True),
        ("BINANCE:BTCUSDT", "binanceus", False),
        ("DERIBIT:BTCUSDT", "binance", False),
    ],
)
def test_a_venue_is_named_whole_or_up_to_its_first_dash(text, venue, is_on):
    """A venue is named whole or up to its first dash."""
    assert Symbol.parse(text).is_on(venue) is is_on
