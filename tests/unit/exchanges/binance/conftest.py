"""A connector's surroundings: settings, an instrument, and a hand that feeds codecs."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from tradecore.core import Instrument
from tradecore.exchanges.base import (
    ConnectorSettings,
    Credentials,
    HttpRequest,
    HttpResponse,
    Message,
)
from tradecore.exchanges.binance import endpoints_at
from tradecore.model import InstrumentTerms

NOW = 1_700_000_000_000_000_000


@pytest.fixture
def now():
    """Return a moment, in nanoseconds."""
    return NOW


@pytest.fixture
def settings():
    """Return settings of a venue that is nowhere."""
    return ConnectorSettings(
        endpoints=endpoints_at("https://r.invalid", "wss://s.invalid", "wss://a.invalid/ws"),
        credentials=Credentials(key=SecretStr("pub"), secret=SecretStr("sec")),
    )


@pytest.fixture
def terms():
    """Return one instrument."""
    one = Instrument("BTCUSDT", kind="linear", tick_size="0.10", lot_size="0.001")
    return [
        InstrumentTerms(
            instrument=one, base="BTC", quote="USDT", margin_currency="USDT", is_trading=True
        )
    ]


class Hand:
    """Feeds a codec and takes what it wants."""

    def __init__(self, codec):
        self.codec = codec
        self.sent = []

    def take(self):
        """Return what the codec wants sent, and remember it."""
        out = list(self.codec.pending())
        self.sent += out
        return out

    def requests(self):
        """Return the HTTP requests among what it wants."""
        return [one for one in self.take() if isinstance(one, HttpRequest)]

    def say(self, channel, body, now=NOW, generation=1):
        """Let a message arrive."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return list(self.codec.receive(Message(channel, data, generation), now))

    def answer(self, request, body, status=200, now=NOW, **headers):
        """Let an answer arrive."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return list(
            self.codec.receive(
                HttpResponse(request=request, status=status, headers=named, body=data), now
            )
        )


@pytest.fixture
def hand():
    """Return the hand."""
    return Hand
