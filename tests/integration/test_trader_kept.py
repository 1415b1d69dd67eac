"""What a trader process keeps of its run: enough to run it again, and to compare it."""

from __future__ import annotations

import signal
import sys
from decimal import Decimal

import pytest

from support import toy_exchange
from support.trader_rig import STRATEGY, play, until
from tradecore.cli.strategy_file import find_strategy
from tradecore.processes.intent_history import history_of_intents
from tradecore.processes.rerun import rerun_trader
from tradecore.runs.code import spec_of
from tradecore.runs.comparison import Counted, compare_runs
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import read_run


def lived(folder, *, ended_by):
    """Let a trader quote, move with the book and trade, and end it; return its journal."""

    async def story(rig, market):
        await rig.engine(1)
        child = await rig.trader()
        await until(rig.venue.open_ids)
        (name,) = rig.venue.open_ids()
        rig.venue.trade(name, "0.040")
        market.show(1_200)
        await until(lambda: any(o.price == 110 for o in rig.venue.orders.values() if o.is_open))
        child.send_signal(ended_by)
        await child.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(toy_exchange.installed(folder)))
        play(story, folder)
    (journal,) = (folder / "journal" / "bidder").glob("run-*.journal")
    return journal


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The journal of a run that came to its end."""
    return lived(tmp_path_factory.mktemp("kept"), ended_by=signal.SIGTERM)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Let each test find the strategy's file anew."""
    monkeypatch.delitem(sys.modules, "bidder", raising=False)


def again(journal, strategy=None, **options):
    """Run a journal again, with its own strategy or another."""
    records = read_run(journal)
    kind = find_strategy(strategy or spec_of(records.begin.code))
    return rerun_trader(records, kind.from_params(records.begin.params), **options)


def test_a_run_is_run_again_to_the_byte(kept):
    """From its journal alone: no venue, no engine, no clock."""
    found = again(kept)

    assert (found.difference, found.ended) == (None, "end")
    assert found.told > 3
    assert found.moment.positions[0].quantity == Decimal("0.040")


def test_a_killed_run_is_run_again_as_far_as_it_was_kept(tmp_path):
    """What was told before the kill is in the file."""
    found = again(lived(tmp_path, ended_by=signal.SIGKILL))

    assert (found.difference, found.ended) == (None, "records")
    assert found.compared > 3


def test_another_strategy_is_told_apart_at_its_first_command(kept, tmp_path):
    """What it does instead stands beside what was done."""
    other = tmp_path / "other.py"
    other.write_text(STRATEGY.replace("0.100", "0.200"))

    found = again(kept, str(other))

    assert found.ended == "difference"
    assert "buy 0.1 @ 90" in found.difference.recorded
    assert "buy 0.2 @ 90" in found.difference.now


def test_a_run_is_held_before_the_first_thing_at_a_time(kept):
    """How things stood is that of before: the order rests, nothing traded."""
    whole = again(kept)
    (first,) = (one for one in history_of_run(read_run(kept)).fills)

    held = again(kept, break_at_ns=first.ts_recv_ns)

    assert held.ended == "break"
    assert held.compared < whole.compared
    assert [order.filled for order in held.moment.orders] == [0]
    assert held.moment.books[0].bids == ((100.0, 5.0),)


def test_the_engines_journal_tells_of_the_same_orders(kept):
    """Two files of two processes: nothing is in one alone, and the profit is one."""
    intents = kept.parents[2] / "intents"

    found = compare_runs(
        history_of_run(read_run(kept)), history_of_intents(intents), window_ns=10**9
    )

    assert (found.orders, found.fills) == (Counted(1, 0, 0), Counted(1, 0, 0))
    assert found.is_same
