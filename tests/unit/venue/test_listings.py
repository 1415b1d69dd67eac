"""An instrument that comes while a venue runs is in its books as one it began with."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec.structs import replace as revised

from support.venue_life import LISTED, START_NS, SYMBOL, Clients, open_life, picture
from tradecore.core import DataError, InputError, Instrument
from tradecore.venue import PlaceOrder, Refused
from tradecore.venue.listings import Listings
from tradecore.venue.sheets import instrument_of, read_sheet, sheet_of, write_sheet

HOUR_NS = 3_600 * 1_000_000_000


def named(symbol):
    """Return an instrument like the first one, of another name."""
    one = LISTED[0]
    steps = one.instrument
    made = Instrument(symbol, tick_size=steps.tick_size, lot_size=steps.lot_size, kind="linear")
    return instrument_of(made, sheet_of(one))


def grown(folder, *, now_ns=START_NS, **how):
    """Return a venue that lived, listed an instrument, and has an order in it."""
    service = open_life(folder, now_ns=now_ns, **how)
    clients = Clients(service, 3)
    clients.open_accounts()
    clients.act(40)
    Listings(service).add(named("NEWUSDT"), now_ns=clients.now_ns + 9 * HOUR_NS)
    return service


def order(service, symbol="NEWUSDT"):
    """Place an order far below the market."""
    mark = service.state.mark(symbol)
    request = PlaceOrder(
        account=1,
        symbol=symbol,
        side="buy",
        quantity=Decimal("0.1"),
        price=(mark / 2).quantize(Decimal(1)),
    )
    return service.place(request, now_ns=service.state.now_ns + 1)


@pytest.mark.parametrize(("is_shared", "has_checkpoint"), [(False, False), (True, True)])
def test_a_venue_that_is_opened_again_has_it(tmp_path, is_shared, has_checkpoint):
    """From the journal and from a checkpoint; its funding begins when it came."""
    service = grown(tmp_path, is_shared=is_shared)
    placed = order(service)
    Listings(service).change(
        replace(service.state.instruments["NEWUSDT"], band_bps=70), now_ns=service.state.now_ns + 1
    )
    service.settle()
    checkpoint = service.checkpoint() if has_checkpoint else None
    before = picture(service, with_ended=False)
    sheets = [sheet_of(one) for one in service.state.instruments.values()]
    now_ns = service.state.now_ns
    service.close()
    again = open_life(tmp_path, now_ns=now_ns, checkpoint=checkpoint, is_shared=is_shared)

    assert not isinstance(placed, Refused)
    assert picture(again, with_ended=False) == before
    assert [sheet_of(one) for one in again.state.instruments.values()] == sheets
    assert [*again.state.instruments] == [*(one.symbol for one in LISTED), "NEWUSDT"]
    assert again.engine.verify()
    assert again.state.histories.order(placed.order_id).symbol == "NEWUSDT"
    again.close()


def test_a_name_is_taken_once(tmp_path):
    """The second one is refused, and nothing of it is left."""
    service = grown(tmp_path)
    before = service.sequence
    with pytest.raises(InputError, match=r"a symbol must be given once: symbol=\"NEWUSDT\""):
        Listings(service).add(named("NEWUSDT"), now_ns=service.state.now_ns)
    assert service.sequence == before
    assert len(service.engine.listings) == 1
    service.close()


def test_what_is_taken_out_trades_no_more(tmp_path):
    """Not before it is closed and empty; afterwards orders are refused, also after a restart."""
    service = grown(tmp_path)
    listings, now_ns = Listings(service), service.state.now_ns
    placed = order(service)
    reasons = [listings.in_the_way("NEWUSDT")]
    service.set_phase("NEWUSDT", "closed", now_ns=now_ns)
    reasons.append(listings.in_the_way("NEWUSDT"))
    service.cancel(placed, now_ns=now_ns)
    reasons.append(listings.in_the_way("NEWUSDT"))
    listings.retire("NEWUSDT", now_ns=now_ns)
    service.close()
    again = open_life(tmp_path, now_ns=now_ns)
    refused = order(again)

    assert reasons[0] == "the phase is closed first: phase=open"
    assert "open_orders=1, waiting=0, holders=[]" in reasons[1]
    assert reasons[2] is None
    assert isinstance(refused, Refused)
    assert refused.reason.value == "delisted"
    assert not isinstance(order(again, SYMBOL), Refused)
    again.close()


def test_a_sheet_reads_as_it_was_written():
    """With every digit; bytes that are none are refused."""
    sheet = revised(sheet_of(LISTED[0]), price_max=Decimal("1.10"), listed_ns=START_NS)
    assert read_sheet(write_sheet(sheet)) == sheet
    assert repr(read_sheet(write_sheet(sheet))) == repr(sheet)
    for wrong in (b"", b"{}", b"null", write_sheet(sheet)[:-1]):
        with pytest.raises(DataError, match=r"has the sheet a venue wrote"):
            read_sheet(wrong)
