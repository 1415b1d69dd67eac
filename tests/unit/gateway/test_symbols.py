"""Symbols by any spelling."""

from __future__ import annotations

import pytest

from tradecore.gateway.problems import ProblemError
from tradecore.gateway.symbols import SymbolNames

NAMES = SymbolNames(["BTCUSDT", "BTC-PERP", "BTC_AIT"])


@pytest.mark.parametrize(
    ("spelled", "named"),
    [
        *(("BTCUSDT", "BTCUSDT"), ("BTC-USDT", "BTCUSDT"), ("btc_usdt", "BTCUSDT")),
        *(("BTC/USDT", "BTCUSDT"), ("BTCPERP", "BTC-PERP"), ("BTC/AIT", "BTC_AIT")),
    ],
)
def test_separators_and_case_do_not_matter(spelled, named):
    """One instrument has one name, and many spellings."""
    assert NAMES.named(spelled) == named


def test_what_is_not_traded_is_not_found():
    """The answer is 404, with a code."""
    with pytest.raises(ProblemError, match="no such instrument") as caught:
        NAMES.named("DOGEUSDT")

    assert (caught.value.status_code, caught.value.code) == (404, "UNKNOWN_SYMBOL")
