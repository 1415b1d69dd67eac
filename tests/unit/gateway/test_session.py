"""What waits for a client that reads slowly: books anew, never a private event less."""

from __future__ import annotations

import pytest

from tradecore.gateway.stream import session as module
from tradecore.gateway.stream.channel import Channel, ChannelName
from tradecore.gateway.stream.session import TRY_AGAIN_LATER, Session

BOOK = ChannelName("book", "BTCUSDT", 20)
ORDERS = ChannelName("orders", account=7)


class Shows:
    """Stands for the hub: says how a channel stands."""

    hub = property(lambda self: self)

    def snapshot(self, channel):
        """Return a snapshot with the number reached."""
        return channel.message("snapshot", {}, ts_ns=0)


@pytest.fixture
def slow():
    """Return a session that reads only when it is told to."""
    return Session(Shows(), lambda: None)


def listening(session, name):
    """Return a channel that a session hears."""
    channel = Channel(name)
    channel.listeners[session] = None
    return channel


def taken(session):
    """Return type and number of everything that is sent now."""
    found = []
    while (text := session.take()) is not None:
        kind = "snapshot" if '"snapshot"' in text else "update"
        found.append((kind, int(text.split('"seq":')[1].split(",")[0])))
    return found


def test_a_client_that_keeps_up_gets_every_change(slow):
    """In their order."""
    book = listening(slow, BOOK)
    for _ in range(5):
        book.publish({}, ts_ns=0)

    assert taken(slow) == [("update", number) for number in range(1, 6)]
    assert taken(slow) == []


def test_a_slow_client_gets_a_book_anew(slow):
    """What waited is replaced by one snapshot, and the next change continues it."""
    book = listening(slow, BOOK)
    for _ in range(module.CONFLATE_AT + 10):
        book.publish({}, ts_ns=0)
    conflated = taken(slow)
    book.publish({}, ts_ns=0)

    assert conflated == [("snapshot", module.CONFLATE_AT + 10)]
    assert taken(slow) == [("update", module.CONFLATE_AT + 11)]


def test_one_slow_channel_costs_another_nothing(slow):
    """Private events stay where they are while a book is dropped around them."""
    book, orders = listening(slow, BOOK), listening(slow, ORDERS)
    for _ in range(module.CONFLATE_AT + 1):
        book.publish({}, ts_ns=0)
        orders.publish({}, ts_ns=0)

    found = taken(slow)

    assert found[:-1] == [("update", number) for number in range(1, module.CONFLATE_AT + 2)]
    assert found[-1] == ("snapshot", module.CONFLATE_AT + 1)


def test_private_events_are_never_dropped(slow, monkeypatch):
    """Where there is no room for one the line is closed, with the code that says: try again."""
    monkeypatch.setattr(module, "WAITING_MAX", 10)
    orders = listening(slow, ORDERS)
    for _ in range(11):
        orders.publish({}, ts_ns=0)

    assert slow.close_code == TRY_AGAIN_LATER
    assert slow.take() is None


def test_a_channel_tells_again_what_it_still_has():
    """Its last changes, or nothing where some are gone or were never."""
    channel = Channel(BOOK)
    for _ in range(2_000):
        channel.publish({}, ts_ns=0)

    assert len([*channel.after(1_990)]) == 10
    assert [*channel.after(2_000)] == []
    assert channel.after(900) is None
    assert channel.after(2_001) is None


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("book:BTCUSDT", ("book", "BTCUSDT", 20)),
        ("book:BTC-USDT:5", ("book", "BTC-USDT", 5)),
        ("trades:BTC/USDT", ("trades", "BTC/USDT", 20)),
        ("orders", ("orders", "", 0)),
        ("book:BTCUSDT:0", None),
        ("book:BTCUSDT:1001", None),
        ("trades:BTCUSDT:5", None),
        ("orders:7", None),
        ("book:", None),
        ("", None),
    ],
)
def test_names_of_channels(text, parsed):
    """What is no name is none."""
    assert ChannelName.parse(text) == parsed
