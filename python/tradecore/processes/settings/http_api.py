"""`[HTTP_API]`: requests to the venue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tradecore.config import Settings
from tradecore.processes.settings.bus import is_loopback_url

__all__ = ["HttpApi", "web_address"]


def web_address(value: str, schemes: tuple[str, str]) -> str:
    """Return an address that is encrypted, or stays on this machine.

    Args:
        value: The address.
        schemes: The encrypted scheme and the plain one.

    Raises:
        ValueError: If it is neither.
    """
    secure, plain = schemes
    if value.startswith(f"{secure}://") and len(value) > len(secure) + len("://"):
        return value.rstrip("/")
    if not value.startswith(f"{plain}://"):
        raise ValueError(f"an address starts with {secure}://: {value!r}")
    if not is_loopback_url(value):
        raise ValueError(f"{plain}:// is for this machine only, elsewhere {secure}://: {value!r}")
    return value.rstrip("/")


def _http(value: str) -> str:
    return web_address(value, ("https", "http"))


def _upper(value: object) -> object:
    return value.upper().replace("-", "_") if isinstance(value, str) else value


class HttpApi(Settings):
    """Requests to the venue: where, how fast, how patient, how signed."""

    http_base_url: Annotated[str, AfterValidator(_http)] | None = Field(
        default=None,
        description="Address of requests; the venue's own if empty. `http://` is for this machine.",
    )
    http_timeout_ms: int = Field(
        default=5_000, ge=100, le=60_000, description="How long to wait for an answer."
    )
    http_max_retries: int = Field(
        default=3,
        ge=0,
        le=10,
        description="How often a question, or what provably never left, is sent again; what may "
        "have changed something at the venue never is.",
    )
    http_retry_delay_ms: int = Field(
        default=1_000,
        ge=1,
        le=60_000,
        description="How long to wait before that, doubled each time.",
    )
    api_requests_per_second: int = Field(
        default=10, ge=1, le=10_000, description="Requests a second; a fifth is kept for cancels."
    )
    api_requests_per_minute: int = Field(
        default=1_200,
        ge=1,
        le=600_000,
        description="Requests a minute; the venue's own limit counts too.",
    )
    api_burst_limit: int = Field(
        default=20,
        ge=1,
        le=10_000,
        description="Requests that may leave at once after a quiet time.",
    )
    auth_method: Annotated[Literal["HMAC_SHA256", "ED25519"], BeforeValidator(_upper)] = Field(
        default="HMAC_SHA256",
        description="How requests are signed; for `ED25519` the secret is a private key as PEM.",
    )
    signature_timestamp_tolerance_ms: int = Field(
        default=2_000,
        ge=100,
        le=60_000,
        description="How old a signed request may be when it arrives (`recvWindow`); so long an "
        "unanswered order may still be executed.",
    )
    refresh_credentials_interval_ms: int = Field(
        default=3_600_000,
        ge=1_000,
        le=86_400_000,
        description="How often the key is read again; if it changed, the process cancels, stops "
        "and exits with 1 so that it is started with the new one.",
    )

    @property
    def signing(self) -> Literal["hmac_sha256", "ed25519"]:
        """How requests are signed, in the words of plug-ins."""
        return "ed25519" if self.auth_method == "ED25519" else "hmac_sha256"
