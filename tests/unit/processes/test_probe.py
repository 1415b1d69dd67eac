"""Whether somebody answers at an endpoint, tried with the socket each one speaks with."""

from __future__ import annotations

import socket

import pytest
import zmq

from tradecore.processes.probe import probe_bus


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("TRADER_SUB_ENDPOINT", zmq.ROUTER),
        ("BINANCE.TRADING_ENGINE_SUB_ENDPOINT", zmq.ROUTER),
        ("ORDER_EVENTS_PUB_ENDPOINT", zmq.PUB),
        ("POSITION_SERVER_SUB_ENDPOINT", zmq.PUB),
    ],
)
def test_who_listens_is_found(key, kind):
    """By a handshake, not only a connection."""
    with zmq.Context() as context, context.socket(kind) as listener:
        port = listener.bind_to_random_port("tcp://127.0.0.1")
        (answer,) = probe_bus({key: f"tcp://127.0.0.1:{port}"})

    assert (answer.is_ok, answer.detail) == (True, "answers")


def test_nobody_is_told_from_a_stranger():
    """A port where nobody is, and one where somebody speaks something else."""
    with socket.create_server(("127.0.0.1", 0)) as stranger, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at = {
            "A": f"tcp://127.0.0.1:{stranger.getsockname()[1]}",
            "B": f"tcp://127.0.0.1:{free.getsockname()[1]}",
        }
        answers = probe_bus(at, wait_ms=300)

    assert [answer.is_ok for answer in answers] == [False, False]
    assert answers[0].detail == "a connection, but nobody speaks ZMTP there"
    assert answers[1].detail == "nobody there"
