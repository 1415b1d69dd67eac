"""Endpoints of the bus: how one is written, and which leave this machine."""

from __future__ import annotations

import pytest

from tradecore.config import ConfigError
from tradecore.core import InputError
from tradecore.processes.settings.bus import (
    default_endpoint,
    is_loopback,
    is_loopback_url,
)
from tradecore.processes.wiring import client_keys


@pytest.mark.parametrize(
    ("endpoint", "stays"),
    [
        ("tcp://127.0.0.1:1", True),
        ("tcp://127.9.9.9:1", True),
        ("tcp://localhost:1", True),
        ("tcp://[::1]:1", True),
        ("ipc:///run/tc", True),
        ("tcp://*:1", False),
        ("tcp://0.0.0.0:1", False),
        ("tcp://10.0.0.1:1", False),
        ("tcp://venue.example:1", False),
    ],
)
def test_only_this_machine_reaches_loopback(endpoint, stays):
    """A name that is not `localhost` may be anywhere."""
    assert is_loopback(endpoint) is stays


@pytest.mark.parametrize(
    ("url", "stays"),
    [("http://127.0.0.1:1/x", True), ("ws://localhost", True), ("http://venue.example", False)],
)
def test_an_address_of_the_web_is_judged_by_its_host(url, stays):
    """The path says nothing."""
    assert is_loopback_url(url) is stays


@pytest.mark.parametrize(("exchange", "port"), [("BINANCE", 7003), ("GRVT", 7203), ("ELSE", 7003)])
def test_ports_are_shifted_for_the_venue(exchange, port):
    """So that several venues' processes stand on one machine."""
    assert default_endpoint(7_003, exchange) == f"tcp://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "text",
    ["7003", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "udp://127.0.0.1:1"],
)
def test_an_endpoint_that_is_none_is_refused(read_with, text):
    """With how one is written."""
    with pytest.raises(ConfigError, match=r"an endpoint is tcp://HOST:PORT .*, or ipc://PATH"):
        read_with("trading_engine", f"zmq.trader_sub_endpoint={text}")


def test_half_a_pair_of_keys_is_refused(read_with):
    """A public key alone encrypts nothing."""
    with pytest.raises(ConfigError, match="a pair of keys is given whole or not at all"):
        read_with("trading_engine", f"curve.public_key={'a' * 40}")


def test_who_connects_with_keys_names_whom_it_expects(read):
    """A position server's engine could be anybody otherwise."""
    text = f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[CURVE]\nPUBLIC_KEY={'a' * 40}\nSECRET_KEY=${{S}}\n"
    settings = read("position_server", text, environ={"S": "b" * 40})

    with pytest.raises(InputError, match=r"SERVER_KEY of \[CURVE\] is missing"):
        client_keys(settings.curve)
