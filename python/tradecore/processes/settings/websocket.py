"""`[WEBSOCKET]`: connections to the venue."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, field_validator

from tradecore.config import Settings
from tradecore.processes.settings.http_api import web_address

__all__ = ["PRIVATE_CHANNELS", "WebSocket"]

PRIVATE_CHANNELS: Final = ("order_update", "account_update", "balance_update", "trade_update")
CHANNELS: Final = ("public", "market", "private", "api")


def _ws(value: str) -> str:
    return web_address(value, ("wss", "ws"))


WsUrl = Annotated[str, AfterValidator(_ws)]


def _url(what: str) -> WsUrl | None:
    return Field(default=None, description=f"{what}; the venue's own if empty.")


class WebSocket(Settings):
    """Connections to the venue: where, how patient, how large; they are never given up."""

    ws_public_url: WsUrl | None = _url("Address of books and quotes")
    ws_public_backup_url: WsUrl | None = _url("A second one, used when that cannot be reached")
    ws_market_url: WsUrl | None = _url("Address of trades, marks and bars, where it is another")
    ws_market_backup_url: WsUrl | None = _url("A second one, used when that cannot be reached")
    ws_private_url: WsUrl | None = _url("Address of the account's events")
    ws_private_backup_url: WsUrl | None = _url("A second one, used when that cannot be reached")
    ws_api_url: WsUrl | None = _url("Address that takes orders")
    ws_api_backup_url: WsUrl | None = _url("A second one, used when that cannot be reached")
    ws_reconnect_interval_ms: int = Field(
        default=5_000,
        ge=10,
        le=60_000,
        description="Longest wait before a connection is tried again; it starts at a twentieth, "
        "doubles, and is scattered.",
    )
    ws_ping_interval_ms: int = Field(
        default=30_000, ge=100, le=180_000, description="How often a silent connection is pinged."
    )
    ws_pong_timeout_ms: int = Field(
        default=10_000,
        ge=100,
        le=60_000,
        description="How long the answer may take before it is cut.",
    )
    ws_max_reconnect_attempts: int = Field(
        default=10,
        ge=1,
        le=1_000,
        description="Failures in a row after which somebody is called; trying goes on.",
    )
    ws_connection_timeout_ms: int = Field(
        default=10_000, ge=100, le=60_000, description="How long opening a connection may take."
    )
    ws_max_message_size_kb: int = Field(
        default=1_024,
        ge=1,
        le=65_536,
        description="Largest message taken, in KiB; larger ones cut the connection.",
    )
    ws_message_buffer_size: int = Field(
        default=10_000,
        ge=16,
        le=1_000_000,
        description="Messages from the venue that may wait for a slow process of ours; one that "
        "falls further behind misses some and asks for them again.",
    )
    ws_processing_threads: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Threads it adds to those for what blocks, up to `MAX_WORKER_THREADS`; frames "
        "are taken one at a time, so that books are the same in every run.",
    )
    enable_private_websocket: bool = Field(
        default=True,
        description="Only `true`: without the account's events fills would go unnoticed.",
    )
    private_channels: tuple[str, ...] = Field(
        default=PRIVATE_CHANNELS,
        description=f"Events of the account to pass on: {' '.join(PRIVATE_CHANNELS)}.",
    )

    @field_validator("enable_private_websocket")
    @classmethod
    def _enabled(cls, value: bool) -> bool:  # noqa: FBT001 - pydantic's signature
        if not value:
            raise ValueError(
                "without the private stream fills would go unnoticed; to stop trading stop the "
                "process: ENABLE_PRIVATE_WEBSOCKET=false"
            )
        return value

    @field_validator("private_channels")
    @classmethod
    def _channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in PRIVATE_CHANNELS]
        if unknown:
            known = ", ".join(PRIVATE_CHANNELS)
            raise ValueError(f"a private channel is one of {known}: {', '.join(unknown)}")
        if "order_update" not in value:
            raise ValueError("orders cannot be followed without order_update in PRIVATE_CHANNELS")
        return value

    def overrides(self) -> dict[str, tuple[str, ...]]:
        """Return the addresses given, by channel, the preferred one first."""
        found: dict[str, tuple[str, ...]] = {}
        for channel in CHANNELS:
            first = getattr(self, f"ws_{channel}_url")
            backup = getattr(self, f"ws_{channel}_backup_url")
            urls = tuple(dict.fromkeys(url for url in (first, backup) if url))
            if urls:
                found[channel] = urls
        return found
