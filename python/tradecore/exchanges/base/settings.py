"""Where a venue is, and as whom we come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key and what signs with it; neither is ever printed.

    Args:
        key: The public part, which names the account.
        secret: An HMAC secret, or a private key as PEM.
        method: How requests are signed.
    """

    key: SecretStr
    secret: SecretStr
    method: Literal["hmac_sha256", "ed25519"] = "hmac_sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses by channel name; `rest` is the one of HTTP requests, without a path.

    Args:
        rest: `https://…`
        channels: First address of each channel, such as `public` and `private`.
        backups: Further addresses of a channel.
    """

    rest: str
    channels: Mapping[str, str]
    backups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def urls(self, channel: str) -> tuple[str, ...]:
        """Return the addresses of a channel, the preferred one first."""
        return (self.channels[channel], *self.backups.get(channel, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSettings:
    """What a plug-in's roles are made from.

    Args:
        endpoints: Where the venue is.
        credentials: As whom; `None` for public data only.
        receive_window_ms: How old a signed request may be when it arrives.
        max_age_ns: When a connection is replaced before the venue cuts it.
        depth_ms: Speed of depth streams, where the venue has several; 0 is the fastest.
        channels: Which private channels are wanted, in the words of the configuration file.
    """

    endpoints: Endpoints
    credentials: Credentials | None = None
    receive_window_ms: int = 2_000
    max_age_ns: int = 23 * 3_600 * 1_000_000_000
    depth_ms: int = 100
    channels: frozenset[str] = frozenset(
        {"order_update", "account_update", "balance_update", "trade_update"}
    )
