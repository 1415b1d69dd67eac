"""A venue on a journal goes on where it ended, and says what is durable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tradecore.core import (
    DataError,
    InputError,
    Instrument,
    JournalError,
    JournalReader,
    JournalWriter,
    SymbolTerms,
    VenueEngine,
    journal_inspect,
)

SMALL = {"segment_bytes": 1 << 23}


@pytest.fixture
def instrument() -> Instrument:
    """A contract in ticks and lots of 1."""
    return Instrument("BTC", tick_size="1", lot_size="1", kind="linear")


def test_a_venue_goes_on_where_it_ended(tmp_path, instrument):
    """Orders, accounts, ids and the state hash are those of before."""
    terms = {"BTC": SymbolTerms(base="BTC", quote="USDT")}
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    venue.risk.keep_accounts(terms)
    venue.risk.deposit(1, "USDT", 1_000)
    (report,) = venue.submit("BTC", side="buy", quantity=2, price=100, account=1)
    before = venue.state_hash()
    assert venue.durable_sequence == venue.sequence == 3
    venue.close()

    again = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    again.risk.keep_accounts(terms)

    assert again.state_hash() == before
    assert again.order(report.order_id).quantity == 2
    assert again.risk.balance(1, "USDT").total == 1_000
    assert again.depth_snapshot("BTC").bids == [(100, 2)]
    assert again.sequence == 3
    assert again.verify()
    again.close()


def test_a_journal_has_one_writer(tmp_path, instrument):
    """The second is refused, and looking is not writing."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    with pytest.raises(JournalError, match="a journal has one writer"):
        VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    venue.advance_time(5)
    venue.flush()
    said = []
    found = journal_inspect(tmp_path / "j", each=lambda *row: said.append(row))
    assert (found["first"], found["last"], found["torn_bytes"]) == (1, 1, 0)
    assert said == [(1, "Command(AdvanceTime { now_ns: 5 })")]
    venue.close()


def test_a_closed_venue_takes_no_command(tmp_path, instrument):
    """Neither an order nor a time; closing again is harmless."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    venue.close()
    venue.close()
    with pytest.raises(JournalError, match="a closed journal is not written"):
        venue.submit("BTC", side="buy", quantity=1, price=100)


def test_damage_is_refused_with_its_place(tmp_path, instrument):
    """Nothing acknowledged is cut off in silence."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    venue.submit("BTC", side="buy", quantity=1, price=100)
    venue.close()
    segment = tmp_path / "j" / "seg-0000000001.tcj"
    with segment.open("r+b") as file:
        file.seek(8192 + 100)
        file.write(b"\xff")
    for _ in range(2):
        with pytest.raises(JournalError, match=r"record 1 is damaged .* offset 8192"):
            VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    with pytest.raises(JournalError, match="record 1 is damaged"):
        journal_inspect(tmp_path / "j")


def test_other_instruments_are_refused(tmp_path, instrument):
    """The snapshot that was taken at the end is of those before."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    venue.submit("BTC", side="buy", quantity=1, price=100)
    venue.close()
    other = Instrument("BTC", tick_size="1", lot_size="1", kind="linear", min_notional=1_000)
    with pytest.raises(DataError, match="restored over its own instruments: symbol 0"):
        VenueEngine([other], journal=tmp_path / "j", **SMALL)


def test_threads_share_the_disk(tmp_path, instrument):
    """Each gets its own answers, and all of them are on the medium."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)

    def place(account):
        return [
            venue.submit("BTC", side="buy", quantity=1, price=100, account=account)[0]
            for _ in range(20)
        ]

    with ThreadPoolExecutor(8) as threads:
        answers = [report for reports in threads.map(place, range(8)) for report in reports]

    assert len({report.order_id for report in answers}) == 160
    assert venue.durable_sequence == venue.sequence == 160
    assert journal_inspect(tmp_path / "j")["last"] == 160
    venue.close()


def test_memory_says_so(tmp_path, instrument):
    """What is answered at once is on the medium after a flush at the latest."""
    venue = VenueEngine([instrument], journal=tmp_path / "j", ack="memory", **SMALL)
    assert venue.ack == "memory"
    for count in range(1, 51):
        venue.submit("BTC", side="buy", quantity=1, price=100)
        venue.flush()
        assert venue.durable_sequence == count
    venue.close()
    assert VenueEngine([instrument]).ack == "memory"
    again = VenueEngine([instrument], journal=tmp_path / "j", **SMALL)
    assert (again.ack, again.sequence) == ("durable", 50)
    again.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ack": "soon"}, "ack is 'durable' or 'memory': ack=\"soon\""),
        ({"segment_bytes": 10}, "a segment holds two groups of records: segment_bytes=10"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path, instrument, settings, said):
    """With the value, before anything is made."""
    with pytest.raises(InputError, match=said):
        VenueEngine([instrument], journal=tmp_path / "j", **settings)


def test_records_of_any_kind_are_read_again(tmp_path):
    """In order, with kind, time and bytes; a torn one is cut off."""
    path = tmp_path / "intents"
    writer = JournalWriter(path)
    assert [writer.append(7, bytes([at]), timestamp_ns=at) for at in range(3)] == [1, 2, 3]
    writer.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)
    assert list(JournalReader(path)) == [(1, 7, 0, b"\x00"), (2, 7, 1, b"\x01")]
    again = JournalWriter(path, sync=False)
    assert (again.sequence, again.torn_bytes) == (2, 25)
    assert again.append(8, b"", timestamp_ns=9) == 3
    again.close()
    with pytest.raises(JournalError, match="a closed journal is not written"):
        again.append(8, b"", timestamp_ns=9)
