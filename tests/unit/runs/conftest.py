"""A short generated market."""

from __future__ import annotations

import pytest

from tradecore.backtest.samples import generate_sample


@pytest.fixture(scope="session")
def short_tape(tmp_path_factory):
    """Return a tape of thirty seconds."""
    path = tmp_path_factory.mktemp("tapes") / "short.tape"
    path.write_bytes(generate_sample(seconds=30, seed=7))
    return path
