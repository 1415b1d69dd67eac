"""`[MONITORING]`: what a process tells of itself, and to whom."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr, field_validator

from tradecore.config import Settings
from tradecore.processes.settings.http_api import web_address

__all__ = ["HEALTH_PORTS", "Monitoring"]

HEALTH_PORTS: Final = {
    "market_server": 9_101,
    "position_server": 9_102,
    "trading_engine": 9_103,
    "trader": 9_104,
}
"""Where each kind of process answers for its health, shifted for the venue as all ports are."""


class Monitoring(Settings):
    """What this process tells of itself, and to whom."""

    enable_metrics: bool = Field(
        default=True, description="Count and measure, and serve `/metrics` for Prometheus."
    )
    metrics_interval_ms: int = Field(
        default=1_000, ge=100, le=3_600_000, description="How often the `METRICS` line is logged."
    )
    health_check_interval_ms: int = Field(
        default=5_000,
        ge=100,
        le=60_000,
        description="How often readiness is judged anew; a change is logged.",
    )
    log_performance_metrics: bool = Field(
        default=True, description="Log the `METRICS` line, one JSON object, each interval."
    )
    alert_on_errors: bool = Field(
        default=True,
        description="Log alerts, and send them to `ALERT_WEBHOOK_URL` where one is given.",
    )
    alert_webhook_url: SecretStr | None = Field(
        default=None,
        description="Where alerts are posted as JSON; it often contains a key, so it is a secret.",
    )
    health_host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address of `/health/live`, `/health/ready`, `/health/detailed`, `/metrics`.",
    )
    health_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Its port; the kind's own if empty, any free one if 0.",
    )

    @field_validator("alert_webhook_url")
    @classmethod
    def _web(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            try:
                web_address(value.get_secret_value(), ("https", "http"))
            except ValueError:
                raise ValueError(
                    "an alert goes to https://, or to http:// on this machine"
                ) from None
        return value
