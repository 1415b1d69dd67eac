"""Market and orders without a bus: what is asked for, what is refused, and which silences count."""

from __future__ import annotations

from tradecore.model import Subscription
from tradecore.processes.direct import DirectFeed, Silences


class Venue:
    """Keeps what is asked of a connector."""

    def __init__(self):
        self.asked = []
        self.market = self

    def subscribe(self, subscription):
        """Keep it."""
        self.asked.append(subscription)

    def flush_market(self):
        """Have nothing to send."""


def test_a_subscription_asks_for_all_that_was_asked_before():
    """A connector takes the last word for a symbol; nothing asked earlier may be lost by it."""
    venue = Venue()
    feed = DirectFeed(venue)

    feed.subscribe(Subscription(symbol="BTCUSDT", book=5, bars=("1m",)))
    feed.subscribe(Subscription(symbol="BTCUSDT", book=1, trades=True, bars=("5m", "1m")))
    feed.subscribe(Subscription(symbol="ETHUSDT", quotes=True))

    assert venue.asked[1:] == [
        Subscription(symbol="BTCUSDT", book=5, trades=True, bars=("1m", "5m")),
        Subscription(symbol="ETHUSDT", quotes=True),
    ]


def test_a_short_silence_is_nobodys_business():
    """Only one that lasts is told, and only what was told comes back."""
    silences = Silences(100)

    silences.lost("market", 0, part="BTCUSDT")
    assert silences.due(99) == []
    assert silences.is_silent("market")
    assert not silences.back("market", part="BTCUSDT")
    assert not silences.has_any


def test_a_channel_is_told_once_and_is_back_when_all_of_it_is():
    """Two books of one market: the second ends the silence."""
    silences = Silences(100)
    for part in ("BTCUSDT", "ETHUSDT"):
        silences.lost("market", 0, part=part)
    silences.lost("private", 50)

    assert silences.due(100) == ["market"]
    assert silences.due(150) == ["private"]
    assert silences.due(1_000) == []
    assert not silences.back("market", part="BTCUSDT")
    assert silences.back("market", part="ETHUSDT")
    assert silences.back("private")
    assert not silences.back("private")


def test_a_silence_begins_when_it_was_noticed_first():
    """Hearing of it again does not make it younger."""
    silences = Silences(100)
    silences.lost("private", 0)
    silences.lost("private", 99)

    assert silences.due(100) == ["private"]
