"""An engine values market orders at the venue's mark, which it follows by itself."""

from __future__ import annotations

from functools import partial

import pytest

from support.engine_rig import ORDER
from support.engine_rig import play as play_engine
from support.local_venue import local_venue

SYMBOL = ORDER.symbol


@pytest.fixture
def play(tmp_path):
    """Return a function that runs a story with an engine that has started."""
    return partial(play_engine, tmp_path)


def test_the_first_order_in_a_symbol_has_its_mark_followed(play):
    """The mark comes from the venue itself: no fill and no market server are needed."""

    async def story(rig, context):
        limits = rig.engine.desk.limits
        await rig.until(lambda: rig.engine.desk.blocked is None)
        assert SYMBOL not in limits.marks
        await rig.send(context)
        await rig.until(lambda: SYMBOL in limits.marks)
        return limits.marks[SYMBOL]

    with local_venue() as venue:
        mark = play(venue, story)

    assert mark > 0
