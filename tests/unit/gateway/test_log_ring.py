"""The last lines of the log."""

from __future__ import annotations

import io

from tradecore.gateway.log_ring import LogRing
from tradecore.telemetry import configure_logging, get_logger


def test_lines_go_on_and_the_last_ones_stay():
    """Newest first, of at least a level; and no secret is in them."""
    stream = io.StringIO()
    ring = LogRing(stream)
    configure_logging("DEBUG", json=True, stream=ring.as_stream())
    try:
        log = get_logger("test")
        log.debug("small")
        log.warning("large", api_secret="of-nobody")  # noqa: S106
        log.info("middle")
    finally:
        configure_logging("INFO", stream=io.StringIO())

    assert [line["event"] for line in ring.last(10, level="info")] == ["middle", "large"]
    assert [line["event"] for line in ring.last(1, level="debug")] == ["middle"]
    assert stream.getvalue().count("\n") == 3
    assert "of-nobody" not in stream.getvalue()
