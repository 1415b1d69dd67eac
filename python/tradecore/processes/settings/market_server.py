"""The configuration of a market server."""

from __future__ import annotations

from pydantic import Field, model_validator

from tradecore.config import Settings
from tradecore.processes.settings.bus import Curve
from tradecore.processes.settings.endpoints import MarketEndpoints, chosen
from tradecore.processes.settings.http_api import HttpApi
from tradecore.processes.settings.identity import VenueIdentity  # noqa: TC001 - pydantic reads it
from tradecore.processes.settings.journal import Journal
from tradecore.processes.settings.market_data import MarketData  # noqa: TC001 - pydantic too
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.performance import Performance
from tradecore.processes.settings.safe_use import check_endpoints, check_production
from tradecore.processes.settings.safety import Safety
from tradecore.processes.settings.websocket import WebSocket

__all__ = ["MarketServerSettings"]


class MarketServerSettings(Settings):
    """A market server: the process that follows a venue's public data and passes it on."""

    global_: VenueIdentity
    market_data: MarketData
    zmq: MarketEndpoints = Field(default_factory=MarketEndpoints)
    http_api: HttpApi = Field(default_factory=HttpApi)
    websocket: WebSocket = Field(default_factory=WebSocket)
    performance: Performance = Field(default_factory=Performance)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    safety: Safety = Field(default_factory=Safety)
    journal: Journal = Field(default_factory=Journal)
    curve: Curve = Field(default_factory=Curve)

    def endpoints(self) -> dict[str, str]:
        """Return every endpoint of the bus, by the key that sets it."""
        given = self.zmq.market_data_pub_endpoint
        return {"MARKET_DATA_PUB_ENDPOINT": chosen(given, 7_001, self.global_.exchange_name)}

    @model_validator(mode="after")
    def _safe(self) -> MarketServerSettings:
        check_endpoints(self.endpoints(), self.curve)
        urls = [url for urls in self.websocket.overrides().values() for url in urls]
        if self.http_api.http_base_url is not None:
            urls.append(self.http_api.http_base_url)
        check_production(self.global_, self.monitoring, urls)
        return self
