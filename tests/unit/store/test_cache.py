"""Redis makes reads faster, and nothing else: the answers are the same without it."""

from __future__ import annotations

from decimal import Decimal

import pytest
import redis

from support.databases import redis_server
from support.ports import free_port
from tradecore.core import InputError
from tradecore.store import Cache, PositionRow
from tradecore.venue import BookDepth

ROW = PositionRow(
    account=1,
    symbol="BTCUSDT",
    leg="both",
    quantity=Decimal("0.10"),
    cost=Decimal("6000.123456789"),
    fees=Decimal(0),
    realized=Decimal(-1),
    set_aside=Decimal(0),
    updated_ns=1,
    sequence=7,
)
BOOK = BookDepth(5, [(Decimal("60000.1"), Decimal("0.30"))], [])


class Venue:
    """Counts how often it is asked."""

    def __init__(self):
        """Begin with a book and a position."""
        self.asked = 0
        self.rows = (ROW,)
        self.last = BOOK

    def positions(self):
        """Answer what account 1 holds."""
        self.asked += 1
        return self.rows

    def book(self):
        """Answer the book."""
        self.asked += 1
        return self.last


@pytest.fixture
def venue():
    """Return what is asked where the cache does not know."""
    return Venue()


@pytest.fixture
def cache(redis_url):
    """Return an empty cache."""
    client = redis.Redis.from_url(redis_url)
    client.flushall()
    client.close()
    made = Cache.open(redis_url)
    yield made
    made.close()


def test_the_second_read_asks_nobody(cache, venue):
    """The same answer, to the last digit and type."""
    for _ in range(3):
        assert cache.positions(1, venue.positions) == (ROW,)
    for _ in range(3):
        assert cache.book("BTCUSDT", 5, venue.book) == BOOK
    assert venue.asked == 2
    assert (cache.hits, cache.misses, cache.failures) == (4, 2, 0)
    assert str(cache.positions(1, venue.positions)[0].quantity) == "0.10"


def test_an_older_answer_is_not_given(cache, venue):
    """Whoever knows of a later change gets what is there after it."""
    cache.positions(1, venue.positions)
    cache.book("BTCUSDT", 5, venue.book)
    assert cache.positions(1, venue.positions, sequence=7) == (ROW,)
    assert venue.asked == 2
    cache.positions(1, venue.positions, sequence=8)
    cache.book("BTCUSDT", 5, venue.book, sequence=6)
    assert venue.asked == 4


def test_what_changed_is_forgotten(cache, venue):
    """After a change the rows are loaded anew."""
    cache.positions(1, venue.positions)
    venue.rows = ()
    cache.forget(1)
    assert cache.positions(1, venue.positions) == ()


def test_venues_do_not_read_each_other(redis_url, cache, venue):
    """A prefix keeps them apart."""
    cache.positions(1, venue.positions)
    other = Cache.open(redis_url, prefix="other")
    other.positions(1, venue.positions)
    other.close()
    assert venue.asked == 2


@pytest.mark.parametrize("garbage", [b"", b"nonsense", b'{"sequence":1}', b"\xff\xfe", b"[]"])
def test_garbage_is_loaded_over(cache, redis_url, venue, garbage):
    """What is none of ours costs a read of the venue."""
    client = redis.Redis.from_url(redis_url)
    client.set("tradecore:positions:1", garbage)
    client.set("tradecore:book:BTCUSDT:5", garbage)
    client.close()
    assert cache.positions(1, venue.positions) == (ROW,)
    assert cache.book("BTCUSDT", 5, venue.book) == BOOK
    assert venue.asked == 2
    assert cache.failures == 2
    assert cache.positions(1, venue.positions) == (ROW,)
    assert venue.asked == 2


def test_a_wrong_type_is_loaded_over(cache, redis_url, venue):
    """A list under our key is an error of Redis, and no answer."""
    client = redis.Redis.from_url(redis_url)
    client.lpush("tradecore:positions:1", "x")
    client.close()
    assert cache.positions(1, venue.positions) == (ROW,)


def test_a_dead_redis_costs_one_attempt(venue):
    """Reads go to the venue, and most of them do not try Redis again."""
    cache = Cache.open(f"redis://127.0.0.1:{free_port()}/0")
    for _ in range(50):
        assert cache.positions(1, venue.positions) == (ROW,)
    assert venue.asked == 50
    assert cache.failures == 1
    assert not cache.ping()
    cache.forget(1)
    cache.close()


def test_a_redis_that_dies_and_comes_back_is_used_again(venue):
    """Its death costs nothing but speed."""
    with redis_server() as (url, process):
        cache = Cache.open(url)
        assert cache.ping()
        cache.positions(1, venue.positions)
        process.kill()
        process.wait()
        assert cache.positions(1, venue.positions) == (ROW,)
        assert not cache.ping()
        cache.close()
    assert venue.asked == 2


def test_an_url_of_nothing_is_refused():
    """The message names no password."""
    with pytest.raises(InputError, match="a cache has a URL such as") as caught:
        Cache.open("http://:secret@localhost")
    assert "secret" not in str(caught.value)
