"""A venue's plug-in whose venue stands in the same process: no network, the roles of a real one.

It is found through the entry-point group as every plug-in is: `installed(folder)` writes what an
installation would.
"""

from __future__ import annotations

from pathlib import Path

import tradecore as tc
from support.desk_venue import SYMBOL, DeskVenue
from tradecore.exchanges.base import ClockSample, Cost, Endpoints, InstrumentsListed
from tradecore.model import InstrumentTerms

NAME = "TOY"
TERMS = InstrumentTerms(
    instrument=tc.Instrument(SYMBOL, tick_size="0.1", lot_size="0.001", kind="linear"),
    base="BTC",
    quote="USDT",
    margin_currency="USDT",
    is_trading=True,
)


class ToyVenue(DeskVenue):
    """A venue whose requests arrive at the next tick; the truth outlives whoever trades there."""

    def __init__(self):
        super().__init__()
        self.wound = []
        self.is_away = False

    def cost_of(self, action):
        """Nothing is rationed."""
        del action
        return Cost(weight=0)

    def keep_alive(self, symbols, countdown_ms, *, now_ns, venue_ns):
        """Note that the switch was wound."""
        del now_ns, venue_ns
        self.wound.append((tuple(symbols), countdown_ms))

    def fetch_clock(self, now_ns):
        """Answer that the clocks agree."""
        sample = ClockSample(venue_ns=now_ns, sent_ns=now_ns, received_ns=now_ns)
        self.inbox.append(sample)

    def fetch_instruments(self, now_ns):
        """List the one instrument."""
        del now_ns
        self.inbox.append(InstrumentsListed(terms=(TERMS,), rules=()))


class ToyRole:
    """Every role at once, on one venue."""

    is_live = True

    def __init__(self, venue, *, is_stream=False):
        self._venue = venue
        self._is_stream = is_stream

    def __getattr__(self, name):
        """Ask the venue."""
        return getattr(self._venue, name)

    def start(self, now_ns):
        """Come up at once."""
        self._venue.now_ns = now_ns
        if self._is_stream:
            self._venue.find_stream()

    def subscribe(self, subscription):
        """Hear nothing: the toy has no market."""

    def receive(self, incoming, ts_recv_ns):
        """Nothing comes from a network."""
        del incoming, ts_recv_ns
        return []

    def pending(self):
        """Nothing goes there."""
        return []

    def tick(self, now_ns):
        """Let requests arrive, and hand over what the venue says."""
        venue = self._venue
        venue.now_ns = now_ns
        while venue.wire and not venue.is_away:
            venue.arrive()
        events = list(venue.inbox)
        venue.inbox.clear()
        return events


class ToyPlugin:
    """What the entry point names."""

    name = NAME
    venue = ToyVenue()

    def endpoints(self, *, asset_type, is_testnet):
        """Return addresses that nobody connects to."""
        del asset_type, is_testnet
        return Endpoints(rest="https://toy.invalid", channels={"private": "wss://toy.invalid"})

    def oms(self, settings, terms):
        """Return the order role."""
        del settings, terms
        return ToyRole(self.venue)

    def pms(self, settings, terms):
        """Return the private-stream role."""
        del settings, terms
        return ToyRole(self.venue, is_stream=True)

    def subscriber(self, settings, terms):
        """Return the public role."""
        del settings, terms
        return ToyRole(self.venue)

    def data_fetcher(self, settings):
        """Return the role that asks."""
        del settings
        return ToyRole(self.venue)

    def can_amend(self, instrument):
        """Orders can be changed."""
        del instrument
        return True


PLUGIN = ToyPlugin()


def installed(folder: Path) -> Path:
    """Write an installation of the plug-in into a folder for the path of modules."""
    info = folder / "toy_exchange-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-exchange\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        f"[tradecore.exchanges]\n{NAME} = support.toy_exchange:PLUGIN\n"
    )
    return folder
