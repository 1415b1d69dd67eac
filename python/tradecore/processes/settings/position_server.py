"""The configuration of a position server."""

from __future__ import annotations

from pydantic import Field, model_validator

from tradecore.config import Settings
from tradecore.processes.settings.bus import Curve
from tradecore.processes.settings.endpoints import PositionEndpoints, chosen
from tradecore.processes.settings.http_api import HttpApi
from tradecore.processes.settings.identity import VenueIdentity  # noqa: TC001 - pydantic reads it
from tradecore.processes.settings.journal import Journal
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.performance import Performance
from tradecore.processes.settings.risk_management import RiskManagement
from tradecore.processes.settings.safe_use import check_endpoints, check_production
from tradecore.processes.settings.safety import Safety
from tradecore.processes.settings.websocket import WebSocket

__all__ = ["PositionServerSettings"]


class PositionServerSettings(Settings):
    """A position server: the process that keeps positions, balances and profit of an account.

    Without a key of its own it follows what the trading engine publishes.
    """

    global_: VenueIdentity
    zmq: PositionEndpoints = Field(default_factory=PositionEndpoints)
    http_api: HttpApi = Field(default_factory=HttpApi)
    websocket: WebSocket = Field(default_factory=WebSocket)
    risk_management: RiskManagement = Field(default_factory=RiskManagement)
    performance: Performance = Field(default_factory=Performance)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    safety: Safety = Field(default_factory=Safety)
    journal: Journal = Field(default_factory=Journal)
    curve: Curve = Field(default_factory=Curve)

    def endpoints(self) -> dict[str, str]:
        """Return every endpoint of the bus, by the key that sets it."""
        exchange, zmq = self.global_.exchange_name, self.zmq
        return {
            "TRADE_EVENTS_SUB_ENDPOINT": chosen(zmq.trade_events_sub_endpoint, 6_017, exchange),
            "POSITION_EVENTS_PUB_ENDPOINT": chosen(
                zmq.position_events_pub_endpoint, 6_003, exchange
            ),
            "POSITION_UPDATES_PUB_ENDPOINT": chosen(
                zmq.position_updates_pub_endpoint, 7_004, exchange
            ),
        }

    @model_validator(mode="after")
    def _safe(self) -> PositionServerSettings:
        check_endpoints(self.endpoints(), self.curve)
        urls = [url for urls in self.websocket.overrides().values() for url in urls]
        if self.http_api.http_base_url is not None:
            urls.append(self.http_api.http_base_url)
        check_production(self.global_, self.monitoring, urls)
        return self
