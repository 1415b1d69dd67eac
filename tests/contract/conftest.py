"""Every plug-in that is installed, and what it is asked to work with."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tradecore.core import Instrument
from tradecore.exchanges.base import ConnectorSettings, Credentials
from tradecore.exchanges.registry import exchange_names, load_exchange
from tradecore.model import InstrumentTerms

SECRET = "11" * 32
KEY = "PUBLICNAMEOFTHEKEY"


@pytest.fixture(params=exchange_names())
def plugin(request):
    """Return each plug-in."""
    return load_exchange(request.param)


@pytest.fixture(params=["hmac_sha256", "ed25519"])
def settings(plugin, request):
    """Return settings of the venue's own addresses, with a key that is none of its."""
    return ConnectorSettings(
        endpoints=plugin.endpoints(asset_type="futures", is_testnet=True),
        credentials=Credentials(key=SecretStr(KEY), secret=SecretStr(SECRET), method=request.param),
    )


@pytest.fixture
def terms():
    """Return one instrument."""
    one = Instrument("BTCUSDT", kind="linear", tick_size="0.1", lot_size="0.001")
    return [
        InstrumentTerms(
            instrument=one, base="BTC", quote="USDT", margin_currency="USDT", is_trading=True
        )
    ]


@pytest.fixture
def roles(plugin, settings, terms):
    """Return the four roles by name."""
    return {
        "subscriber": plugin.subscriber(settings, terms),
        "oms": plugin.oms(settings, terms),
        "pms": plugin.pms(settings, terms),
        "data_fetcher": plugin.data_fetcher(settings),
    }
