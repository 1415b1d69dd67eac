"""A bar appears on a terminal after two seconds, and nowhere else."""

from __future__ import annotations

import io

import pytest

from tradecore.cli.progress import APPEARS_AFTER_NS, Progress
from tradecore.telemetry import ManualClock


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_a_short_task_shows_nothing():
    """A bar that flashes up is noise."""
    stream, clock = _Terminal(), ManualClock()

    with Progress("work", total=10, stream=stream, clock=clock) as progress:
        for done in range(10):
            clock.advance(APPEARS_AFTER_NS // 11)
            progress.update(done)

    assert stream.getvalue() == ""


def test_a_long_task_shows_a_bar_and_takes_it_away():
    """From two seconds on, with its label and how far it is."""
    stream, clock = _Terminal(), ManualClock()

    with Progress("work", total=10, stream=stream, clock=clock) as progress:
        clock.advance(APPEARS_AFTER_NS)
        progress.update(5)
        assert progress.is_shown
        drawn = len(stream.getvalue())
        progress.update(6)
        assert len(stream.getvalue()) == drawn

    assert "work" in stream.getvalue()
    assert "50%" in stream.getvalue()
    assert not progress.is_shown


@pytest.mark.parametrize("settings", [{"enabled": False}, {"stream": io.StringIO()}])
def test_programs_and_files_see_no_bar(settings):
    """With `--json`, or where nobody looks."""
    clock = ManualClock()
    stream = settings.setdefault("stream", _Terminal())

    with Progress("work", clock=clock, **settings) as progress:
        clock.advance(10 * APPEARS_AFTER_NS)
        progress.update(1)

    assert not progress.is_shown
    assert stream.getvalue() == ""


def test_the_bar_goes_when_the_task_fails():
    """The error is not written into the bar."""
    stream, clock = _Terminal(), ManualClock()

    with (  # noqa: PT012 - the bar is the subject
        pytest.raises(ValueError, match=r"^bad$"),
        Progress("work", stream=stream, clock=clock) as progress,
    ):
        clock.advance(APPEARS_AFTER_NS)
        progress.update(1)
        raise ValueError("bad")

    assert not progress.is_shown
