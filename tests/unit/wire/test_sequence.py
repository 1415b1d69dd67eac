"""A reader of a numbered topic: in order or not at all."""

from __future__ import annotations

import random

import pytest

from tradecore.wire import Reader, Replay, SnapshotNeeded


def feed(reader, *seqs, epoch=1):
    """Feed numbers; return what came out."""
    return [ready for seq in seqs for ready in reader.receive(epoch, seq, seq)]


@pytest.mark.parametrize(
    ("seqs", "out", "asking"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], None, id="in-order"),
        pytest.param([1, 1, 2, 1], [1, 2], None, id="twice"),
        pytest.param([1, 4, 5], [1], Replay(2, 3), id="gap"),
        pytest.param([1, 4, 2, 3], [1, 2, 3, 4], None, id="mended"),
        pytest.param([1, 4, 7, 2, 3], [1, 2, 3, 4], Replay(5, 6), id="two-gaps"),
        pytest.param([3], [], Replay(1, 2), id="joins-late"),
        pytest.param([3, 4, 1, 2], [1, 2, 3, 4], None, id="joins-late-mended"),
        pytest.param([1, 3, 3, 2], [1, 2, 3], None, id="twice-while-waiting"),
    ],
)
def test_messages_come_out_in_order(seqs, out, asking):
    """What is missing is asked for; what waits comes after it."""
    reader = Reader()
    assert feed(reader, *seqs) == out
    assert reader.asking == asking


def test_a_heartbeat_shows_what_is_missing_at_the_end():
    """Nothing more has to come for a loss to be noticed."""
    reader = Reader()
    feed(reader, 1)
    reader.heard(1, 3)
    assert reader.asking == Replay(2, 3)
    assert feed(reader, 2, 3) == [2, 3]
    assert reader.asking is None


def test_a_higher_epoch_begins_anew_and_a_lower_is_dropped():
    """What an earlier life sent late is nothing to us."""
    reader = Reader()
    feed(reader, 1, 2)
    assert feed(reader, 1, epoch=2) == [1]
    assert feed(reader, 3) == []
    assert (reader.epoch, reader.last_seq, reader.duplicates) == (2, 1, 1)


def test_a_state_stands_for_all_before_it():
    """What waited and is newer follows; what is older is forgotten."""
    reader = Reader(needs_snapshot=True)
    assert feed(reader, 5, 6, 7) == []
    assert reader.asking is SnapshotNeeded.FIRST
    assert reader.snapshot(1, 5) == [6, 7]
    assert feed(reader, 8) == [8]


def test_an_older_state_than_ours_is_ignored():
    """An answer that comes late does not turn time back."""
    reader = Reader()
    feed(reader, 1, 2, 3)
    assert reader.snapshot(1, 2) is None
    assert reader.snapshot(0, 9) is None
    assert reader.last_seq == 3


def test_too_much_that_waits_asks_for_the_state():
    """The buffer is bounded; after the state the stream goes on."""
    reader = Reader(waiting_max=2)
    feed(reader, 1, 3, 4, 5)
    assert reader.asking is SnapshotNeeded.TOO_MUCH
    assert reader.snapshot(1, 4) == [5]
    assert reader.asking is None


class Counted(dict):
    """What waits, and how often all of it was looked through."""

    looks = 0

    def __iter__(self):
        """Look."""
        self.looks += 1
        return super().__iter__()


def test_what_waits_is_not_looked_through_for_each_message_of_a_replay():
    """A reader that joins a busy stream late has thousands waiting and thousands to come."""
    reader = Reader(waiting_max=50_000)
    feed(reader, *range(501, 1_001))
    reader._waiting = waiting = Counted(reader._waiting)

    out = feed(reader, *range(1, 501))

    assert out == list(range(1, 1_001))
    assert reader.asking is None
    assert waiting.looks == 0


def test_what_waited_and_a_state_holds_is_let_go():
    """Only what comes after it follows."""
    reader = Reader()
    feed(reader, 1, 4, 6, 7)
    reader.refused()

    assert reader.snapshot(1, 5) == [6, 7]
    assert not reader._waiting
    assert reader.asking is None


def test_what_is_not_kept_asks_for_the_state():
    """A refusal of the publisher leads to it."""
    reader = Reader()
    feed(reader, 1, 3)
    reader.refused()
    assert reader.asking is SnapshotNeeded.TOO_OLD
    assert reader.snapshot(1, 2) == [3]


def test_a_run_is_taken_in_one_step_only_if_it_is_next():
    """Else nothing changes."""
    reader = Reader()
    feed(reader, 1)
    assert reader.advance(1, 2, 10)
    assert reader.last_seq == 11
    assert not reader.advance(1, 13, 1)
    assert not reader.advance(2, 12, 1)
    feed(reader, 13)
    assert not reader.advance(1, 12, 1)


@pytest.mark.parametrize("seed", range(20))
def test_any_order_with_losses_ends_in_order(seed):
    """Shuffled, doubled and lost messages come out once each, when losses are replayed."""
    dice = random.Random(seed)
    sent = [seq for seq in range(1, 200) if dice.random() > 0.2]
    sent += dice.choices(range(1, 200), k=50)
    dice.shuffle(sent)
    reader = Reader()
    out = feed(reader, *sent)
    while reader.last_seq < 199:
        reader.heard(1, 199)
        out += feed(reader, *range(reader.asking.from_seq, reader.asking.to_seq + 1))
    assert out == list(range(1, 200))
