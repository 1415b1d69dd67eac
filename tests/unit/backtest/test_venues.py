"""Every profile is complete, dated, and makes the rules of a simulation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.backtest import FundingPayment, FundingRate, Outage
from tradecore.backtest.rules import Demands, named_balance, named_funding, named_rules
from tradecore.backtest.venues import VENUES, venue_profile
from tradecore.core import InputError, SimulationRules

HOUR = 3_600_000_000_000


@pytest.mark.parametrize("name", VENUES)
def test_a_profile_names_where_its_figures_come_from(name):
    """Each group of figures has a source, and each source a year or a warning."""
    profile = venue_profile(name)
    needed = {"limits", "orders", "instruments"}
    if profile.margin is not None:
        needed |= {"margin", "funding"}
    if profile.fees.tiers:
        needed.add("tiers")
    assert needed <= set(profile.sources)
    for source in (*profile.sources.values(), profile.fees_source):
        assert "20" in source, source
    volumes = [tier.volume for tier in profile.fees.tiers]
    assert volumes == sorted(volumes)


@pytest.mark.parametrize("name", VENUES)
def test_a_profile_makes_rules_and_instruments(name):
    """All of its demands at once are accepted by a simulation."""
    profile = venue_profile(name)
    demands = Demands(
        rules="venue",
        balance=None if profile.margin is None else Decimal(1),
        volume=Decimal(10_000_000),
        funding=FundingRate(rate=Decimal("0.0001"), interval_ns=8 * HOUR),
        outages=(Outage(from_ns=1, until_ns=2), Outage(from_ns=3, until_ns=4, timeout_ns=1)),
    )
    for symbol in profile.instruments:
        instrument = profile.instrument(symbol)
        assert instrument.kind == profile.kind
        assert isinstance(demands.of(profile, profile.fees, instrument), SimulationRules)
    told = " ".join(demands.sentences(profile))
    assert "Funding: 0.01 % every 8h, at the mid." in told
    assert "Outages: 2." in told
    assert len(demands.missing()) == (profile.margin is None)


def test_funding_is_named_with_or_without_its_interval():
    """The venue's interval unless one is given; spot has none."""
    usdm, spot = venue_profile("binance-usdm"), venue_profile("binance-spot")
    eighth = FundingRate(rate=Decimal("0.0001"), interval_ns=8 * HOUR)
    assert named_funding("0.01%", usdm) == named_funding("1bps/8h", spot) == eighth
    payments = [FundingPayment(ts_ns=5, rate=Decimal(0))]
    assert named_funding(payments, usdm) == tuple(payments)
    assert named_funding(None, usdm) is None
    with pytest.raises(InputError, match=r"^Binance spot pays no funding: name RATE/INTERVAL"):
        named_funding("0.01%", spot)
    with pytest.raises(InputError, match=r"funding='much'$"):
        named_funding("much", usdm)


@pytest.mark.parametrize("value", [-1, "NaN", "much", float("inf")])
def test_an_amount_that_is_none_is_refused(value):
    """With its name."""
    with pytest.raises(InputError, match=r"^an amount is a number of 0 or more: balance="):
        named_balance(value, "balance")


def test_words_that_are_none_are_refused():
    """Rules, and a margin where the venue asks for none."""
    with pytest.raises(InputError, match=r"^rules must be plain or venue: rules='lax'"):
        named_rules("lax")
    spot = venue_profile("binance-spot")
    with pytest.raises(InputError, match=r"^Binance spot asks for no margin: balance=1"):
        Demands(balance=Decimal(1)).of(spot, spot.fees, spot.instrument("BTCUSDT"))


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"outages": [(5, 5, None)]}, "outages end after they begin, in order and apart"),
        ({"outages": [(1, 9, None), (5, 12, None)]}, "outages end after they begin"),
        ({"funding": [(5, 0, None), (5, 0, None)]}, "times of funding rise"),
        ({"funding": [(5, 0, "-1")]}, "a mark is above 0"),
        ({"funding_interval_ns": 5}, "funding is paid every second or less often"),
        ({"funding_interval_ns": HOUR, "funding": []}, "funding is as recorded or at an interval"),
        ({"balance": 1, "initial_margin": 2}, "a rate lies between -1 and 1"),
        ({"self_trade_prevention": "never"}, "self_trade_prevention must be one of none"),
        ({"request_limits": [("leaky", 1, 1, 1, (1, 1, 0))]}, "a request limit is token_bucket"),
        ({"request_limits": [("weighted", 0, 1, 1, (1, 1, 0))]}, "rate limit needs capacity"),
    ],
)
def test_impossible_rules_are_refused(named, told):
    """Each with its rule and its figures; nothing panics."""
    usdm = venue_profile("binance-usdm")
    with pytest.raises(InputError, match=rf"^{told}"):
        SimulationRules(usdm.instrument("BTCUSDT"), **named)
