"""The local exchange: a venue behind the wire protocol of a real one, on this machine."""

from __future__ import annotations

from tradecore.simulation.faults import Faults
from tradecore.simulation.server import LocalExchange

__all__ = ["Faults", "LocalExchange"]
