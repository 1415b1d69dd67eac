"""The configuration of a trading engine."""

from __future__ import annotations

from pydantic import Field, model_validator

from tradecore.config import Settings
from tradecore.processes.settings.bus import Curve
from tradecore.processes.settings.endpoints import EngineEndpoints, chosen
from tradecore.processes.settings.http_api import HttpApi
from tradecore.processes.settings.identity import VenueIdentity  # noqa: TC001 - pydantic reads it
from tradecore.processes.settings.journal import OrderJournal
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.order_management import OrderManagement
from tradecore.processes.settings.performance import Performance
from tradecore.processes.settings.risk_management import OrderRisk
from tradecore.processes.settings.safe_use import check_endpoints, check_production
from tradecore.processes.settings.safety import EngineSafety
from tradecore.processes.settings.websocket import WebSocket

__all__ = ["EngineSettings"]


class EngineSettings(Settings):
    """A trading engine: the process that holds the key and sends orders."""

    global_: VenueIdentity
    zmq: EngineEndpoints = Field(default_factory=EngineEndpoints)
    order_management: OrderManagement = Field(default_factory=OrderManagement)
    http_api: HttpApi = Field(default_factory=HttpApi)
    websocket: WebSocket = Field(default_factory=WebSocket)
    risk_management: OrderRisk = Field(default_factory=OrderRisk)
    performance: Performance = Field(default_factory=Performance)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    safety: EngineSafety = Field(default_factory=EngineSafety)
    journal: OrderJournal = Field(default_factory=OrderJournal)
    curve: Curve = Field(default_factory=Curve)

    def endpoints(self) -> dict[str, str]:
        """Return every endpoint of the bus, by the key that sets it."""
        exchange, zmq = self.global_.exchange_name, self.zmq
        return {
            "TRADER_SUB_ENDPOINT": chosen(zmq.trader_sub_endpoint, 7_003, exchange),
            "ORDER_EVENTS_PUB_ENDPOINT": chosen(zmq.order_events_pub_endpoint, 6_002, exchange),
            "TRADE_EVENTS_PUB_ENDPOINT": chosen(zmq.trade_events_pub_endpoint, 6_017, exchange),
            "ORDER_STATUS_PUB_ENDPOINT": chosen(zmq.order_status_pub_endpoint, 6_018, exchange),
            "POSITION_SERVER_SUB_ENDPOINT": chosen(
                zmq.position_server_sub_endpoint, 7_004, exchange
            ),
        }

    @model_validator(mode="after")
    def _safe(self) -> EngineSettings:
        check_endpoints(self.endpoints(), self.curve)
        urls = [url for urls in self.websocket.overrides().values() for url in urls]
        if self.http_api.http_base_url is not None:
            urls.append(self.http_api.http_base_url)
        check_production(self.global_, self.monitoring, urls)
        is_production = self.global_.environment == "production"
        if is_production and not self.risk_management.enable_pre_trade_checks:
            raise ValueError(
                "orders are held against limits in production: ENABLE_PRE_TRADE_CHECKS=false"
            )
        return self
