"""Fees and latency are named in one of several forms, or the run is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.strategies import Silent
from tradecore.backtest.assumptions import Fees, Latency
from tradecore.backtest.naming import named_fees, named_latency
from tradecore.backtest.venues import VENUES, venue_profile
from tradecore.core import InputError

USDM = venue_profile("binance-usdm")
MS = 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        Fees(maker=Decimal("-0.00005"), taker=Decimal("0.0004")),
        "-0.5bps,4bps",
        "-0.00005, 0.04%",
        ("-0.5bps", Decimal("0.0004")),
        {"taker": "4bps", "maker": "-0.005%"},
    ],
)
def test_fees_are_understood_in_every_form(value):
    """The same pair of rates, however it is written."""
    assert named_fees(value, USDM) == Fees(maker=Decimal("-0.00005"), taker=Decimal("0.0004"))


@pytest.mark.parametrize(
    "value",
    [
        Latency(feed_ns=MS, entry_ns=1_500_000, response_ns=250_000),
        "1ms,1.5ms,250us",
        (MS, "1500us", 250_000),
        {"feed": "1ms", "entry": "1.5ms", "response": "250us"},
    ],
)
def test_latency_is_understood_in_every_form(value):
    """The same three durations, however they are written."""
    expected = Latency(feed_ns=MS, entry_ns=1_500_000, response_ns=250_000)
    assert named_latency(value, USDM) == expected


def test_the_profile_and_zero_are_names_too():
    """Both are said by the caller."""
    assert named_fees("venue", USDM) == USDM.fees
    assert named_latency("venue", USDM) == USDM.latency
    assert named_fees("zero", USDM) == Fees(maker=Decimal(0), taker=Decimal(0))
    assert named_latency("zero", USDM) == Latency(feed_ns=0, entry_ns=0, response_ns=0)


def test_nothing_is_assumed_silently():
    """What is missing is refused, and the choices are named with their figures and sources."""
    with pytest.raises(InputError, match=r"^fees must be named: 'venue' takes maker 2 bps, taker"):
        tc.backtest(Silent, data="sample", latency="zero")
    with pytest.raises(InputError, match=r"^latency must be named: 'venue' takes feed 2ms, order"):
        tc.backtest(Silent, data="sample", fees="zero")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2bps", "fees are 'venue', 'zero', or maker and taker such as '2bps,5bps'"),
        ("2bps,5bps,7bps", "fees are 'venue', 'zero', or maker and taker"),
        ("cheap,5bps", "a fee is a fraction, or has % or bps behind it: 'cheap'"),
        ({"maker": "2bps"}, "fees names maker, taker: fees="),
        ("2,5bps", "a fee is less than the whole notional"),
    ],
)
def test_fees_that_are_none_are_refused(value, told):
    """With the rule and what was written."""
    with pytest.raises(InputError, match=f"^{told}"):
        named_fees(value, USDM)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2ms", "latency is 'venue', 'zero', or feed, order entry and response"),
        ("2ms,3,3ms", "a duration is a number with a unit"),
        ({"feed": "2ms"}, "latency names feed, entry, response: latency="),
    ],
)
def test_latency_that_is_none_is_refused(value, told):
    """With the rule and what was written."""
    with pytest.raises(InputError, match=f"^{told}"):
        named_latency(value, USDM)


def test_a_venue_and_a_queue_are_one_of_those_known():
    """The known ones are listed."""
    with pytest.raises(InputError, match=rf"^venue must be one of {', '.join(VENUES)}: venue="):
        venue_profile("nasdaq")
    with pytest.raises(InputError, match=r"^queue must be one of risk-averse, power, power-2, "):
        tc.backtest(Silent, data="sample", fees="zero", latency="zero", queue="fifo")


def test_every_profile_says_where_it_comes_from():
    """A figure without a source and a date is a guess."""
    for profile in VENUES.values():
        assert "20" in profile.fees_source
        assert profile.latency_source
