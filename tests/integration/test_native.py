"""Native order entry and Python's calls share one engine and one journal."""

from __future__ import annotations

import json
import threading
from contextlib import closing

import pytest

from support.native_client import ANN, BOB, Client, Key, order, session
from tradecore.core import InputError, Instrument, OrderEntryServer, VenueEngine

INSTRUMENTS = [Instrument("BTC", tick_size="1", lot_size="1", kind="linear")]
SETTINGS = {"segment_bytes": 1 << 23}
RATE = (100_000, 100_000)


@pytest.fixture
def venue(tmp_path):
    """Return a venue on a journal."""
    made = VenueEngine(INSTRUMENTS, journal=tmp_path / "journal", answers_kept=1000, **SETTINGS)
    yield made
    made.close()


@pytest.fixture
def server(venue):
    """Return a server before the venue that keeps reports."""
    made = OrderEntryServer(venue, order_rate=RATE, keep_reports=True)
    made.start()
    made.set_keys([ANN, BOB])
    yield made
    made.stop()


def test_python_hears_of_native_orders_and_the_market(venue, server):
    """Reports wait in `take_reports`, changes of the book in `take_market_data`."""
    with closing(Client(server.port, ANN)) as ann, closing(Client(server.port, BOB)) as bob:
        assert ann.place("buy", 100, clientOrderId="a-1")[0] == 201
        assert bob.place("sell", 100)[1]["status"] == "filled"
    heard = [(one.exec_type, one.account, one.client_order_id) for one in venue.take_reports()]
    assert heard == [
        ("new", 1, "a-1"), ("new", 2, None), ("trade", 1, "a-1"), ("trade", 2, None)
    ]  # fmt: skip
    (update,) = venue.take_market_data()
    assert len(update.trades) == 1
    assert venue.take_reports() == []


def test_orders_of_both_doors_trade(venue, server):
    """A session hears what a call of Python did to its order, and Python who it traded with."""
    with session(server.port, ANN) as socket:
        socket.send(json.dumps({"op": "new", "id": 1, "order": order("buy", 100)}))
        assert json.loads(socket.recv(timeout=30))["order"]["status"] == "new"
        reports = venue.submit("BTC", side="sell", quantity=1, price=100, account=2)
        assert [one.exec_type for one in reports] == ["new", "trade", "trade"]
        heard = json.loads(socket.recv(timeout=30))
    assert (heard["event"], heard["order"]["status"]) == ("trade", "filled")
    assert heard["order"]["fills"][0]["tradeId"] == str(reports[1].trade_id)


def test_the_journal_has_native_orders(venue, server, tmp_path):
    """The history tells them in order, and a restart leads to the same state."""
    with closing(Client(server.port, ANN)) as ann:
        for price in range(100, 110):
            assert ann.place("buy", price, clientOrderId=f"c{price}")[0] == 201
        assert ann.ask("DELETE", "/api/trading/orders/3")[0] == 200
        assert ann.ask("PATCH", "/api/trading/orders/4", {"price": 99})[0] == 200
    server.stop()
    with closing(venue.history()) as history:
        kinds = [entry.kind for entry in history.take() if entry.kind != "advance_time"]
    assert kinds == ["keep_answers"] + ["new"] * 10 + ["cancel", "modify"]
    state, live = venue.state_hash(), venue.live_orders
    venue.close()
    again = VenueEngine(INSTRUMENTS, journal=tmp_path / "journal", **SETTINGS)
    assert (again.state_hash(), again.live_orders) == (state, live)
    again.close()


def test_a_named_order_is_answered_again_after_a_restart(tmp_path):
    """Who got no answer repeats the request, and the order is there once."""
    answers = []
    for _ in range(2):
        venue = VenueEngine(INSTRUMENTS, journal=tmp_path / "j", answers_kept=10, **SETTINGS)
        server = OrderEntryServer(venue)
        server.start()
        server.set_keys([ANN])
        with closing(Client(server.port, ANN)) as ann:
            answers.append(ann.place("buy", 100, clientOrderId="once", timeInForce="IOC"))
        server.stop()
        venue.close()
    (first, placed), (second, again) = answers
    assert (first, second) == (201, 200)
    assert {**again, "createdAt": 0, "updatedAt": 0} == {**placed, "createdAt": 0, "updatedAt": 0}


def test_calls_and_native_orders_do_not_hold_each_other_up(venue, server):
    """Threads of Python and clients give commands at once; every one is done once."""

    def calls():
        for _ in range(50):
            (report,) = venue.submit("BTC", side="buy", quantity=1, price=50, account=3)
            venue.cancel("BTC", order_id=report.order_id)
            venue.take_market_data()

    def orders(key):
        with closing(Client(server.port, key)) as client:
            for _ in range(50):
                assert client.place("buy", 90)[0] == 201

    work = [threading.Thread(target=calls), threading.Thread(target=calls)]
    work += [threading.Thread(target=orders, args=(key,)) for key in (ANN, BOB)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert venue.live_orders == 100
    assert len(venue.take_reports()) == 100
    assert venue.verify()


def test_a_server_that_drains_is_done_when_it_says_so(venue, server):
    """New orders are refused, cancels pass, and afterwards it takes orders again."""
    with closing(Client(server.port, ANN)) as ann:
        assert ann.place("buy", 100)[0] == 201
        assert server.drain(timeout_ms=10_000)
        status, problem = ann.place("buy", 100)
        assert (status, problem["code"]) == (503, "DRAINING")
        assert ann.ask("DELETE", "/api/trading/orders/1")[0] == 200
        server.resume()
        assert ann.place("buy", 100)[0] == 201
    statistics = server.statistics()
    assert statistics.done == sum(count for _, count in statistics.latency_us) == 3
    assert statistics.refused == {"DRAINING": 1}
    assert statistics.queue_depth == 0
    assert venue.live_orders == 1


def test_keys_are_those_of_the_last_table(server):
    """A key that is not in it is not valid; a table that cannot be one changes nothing."""
    with closing(Client(server.port, ANN)) as ann, closing(Client(server.port, BOB)) as bob:
        assert ann.place("buy", 100)[0] == 201
        with pytest.raises(InputError, match="a key stands once in a table"):
            server.set_keys([BOB, BOB])
        with pytest.raises(InputError, match="a network is an address and a length"):
            server.set_keys([Key("k", b"s", "u", 1, networks=("x",))])
        assert ann.place("buy", 100)[0] == 201
        server.set_keys([BOB])
        assert ann.place("buy", 100)[0] == 401
        assert bob.place("buy", 100)[0] == 201


def test_a_server_starts_once_and_stops_twice(venue):
    """What makes no sense is refused and says why; stopping is always possible."""
    with pytest.raises(InputError, match="an IP address and a port up to 65535"):
        OrderEntryServer(venue, host="nowhere")
    with pytest.raises(InputError, match="an IP address and a port up to 65535"):
        OrderEntryServer(venue, port=65_536)
    with pytest.raises(InputError, match="rate limit needs capacity"):
        OrderEntryServer(venue, order_rate=(0, 1)).start()
    server = OrderEntryServer(venue)
    with pytest.raises(InputError, match="handed to a server that runs"):
        server.set_keys([ANN])
    server.start()
    with pytest.raises(InputError, match="not started again"):
        server.start()
    with pytest.raises(InputError, match="listen: "):
        OrderEntryServer(venue, port=server.port).start()
    assert server.is_running
    server.stop()
    server.stop()
    assert not server.is_running


def test_a_journal_that_ends_is_said(venue, server):
    """Where nothing can be written any more, a request is refused and nothing is kept."""
    with closing(Client(server.port, ANN)) as ann:
        assert ann.place("buy", 100)[0] == 201
        venue.close()
        status, problem = ann.place("buy", 100)
    assert (status, problem["code"]) == (503, "JOURNAL_STOPPED")
