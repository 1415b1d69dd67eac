"""What tests of the local exchange share."""

from __future__ import annotations

import pytest

from support.binance_desk import Desk


@pytest.fixture
def desk():
    """Return an exchange without a background market, and a client of it."""
    return Desk()
