"""A reader that cannot make sense of one message hears the others all the same."""

from __future__ import annotations

import asyncio

from support.bus_ends import Heard, context_of_zmq, publisher, say, subscriber, until
from tradecore.core import DataError


def test_what_a_reader_cannot_read_is_told_and_the_next_is_handed_on(tmp_path):
    """Of another topic at the same wake-up, and of the same topic later."""

    async def story(context):
        heard, tried = Heard(), []

        def take(batch):
            if not tried:
                tried.append(batch.topic)
                raise DataError("a body is not the message it says")
            heard.batches.append(batch)

        source = publisher(context, tmp_path)
        reader = subscriber(context, tmp_path, heard, topics=["t", "u"])
        reader._on_batch = take
        say(source, 1, topic="t")
        say(source, 2, topic="u")
        await until(lambda: tried and heard.bodies())
        say(source, 3, topic=tried[0])
        await until(lambda: heard.bodies(tried[0]))
        words = heard.words()
        reader.close()
        source.close()
        return words

    with context_of_zmq() as context:
        words = asyncio.run(story(context))

    assert "malformed" in words
