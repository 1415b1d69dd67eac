"""Messages between our processes: numbered streams that can be asked for again, and commands."""

from __future__ import annotations

from tradecore.transport.bus.command_client import BackPressureError, CommandClient
from tradecore.transport.bus.command_server import CommandServer
from tradecore.transport.bus.endpoints import replay_endpoint
from tradecore.transport.bus.keys import ClientKeys, Doorkeeper, ServerKeys
from tradecore.transport.bus.limits import BusLimits
from tradecore.transport.bus.publisher import Publisher
from tradecore.transport.bus.subscriber import Batch, Status, Subscriber

__all__ = [
    "BackPressureError",
    "Batch",
    "BusLimits",
    "ClientKeys",
    "CommandClient",
    "CommandServer",
    "Doorkeeper",
    "Publisher",
    "ServerKeys",
    "Status",
    "Subscriber",
    "replay_endpoint",
]
