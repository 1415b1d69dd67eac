"""Endpoints between our processes, and the keys that protect them."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from tradecore.config import Settings

__all__ = [
    "PORT_SHIFT",
    "BusEndpoint",
    "Curve",
    "default_endpoint",
    "is_loopback",
    "is_loopback_url",
]

PORT_SHIFT: Final = {"BINANCE": 0, "DERIBIT": 100, "GRVT": 200}
"""How far the ports of a venue's processes are from those of the first."""

_TCP: Final = re.compile(r"tcp://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+|\*):([0-9]{1,5})")
_IPC: Final = re.compile(r"ipc://(\S+)")
_KEY: Final = r"^[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}$"
_PORT_MAX: Final = 65_535


def _endpoint(value: str) -> str:
    if not value:
        return value
    found = _TCP.fullmatch(value)
    if found is not None and 0 < int(found[2]) <= _PORT_MAX:
        return value
    if _IPC.fullmatch(value):
        return value
    raise ValueError(
        f"an endpoint is tcp://HOST:PORT with a port of 1 to {_PORT_MAX}, or ipc://PATH: {value!r}"
    )


BusEndpoint = Annotated[str, AfterValidator(_endpoint)]
"""`tcp://HOST:PORT` or `ipc://PATH`; empty where the default of the venue is meant."""


def default_endpoint(port: int, exchange: str) -> str:
    """Return the loopback endpoint of a role's port, shifted for the venue."""
    return f"tcp://127.0.0.1:{port + PORT_SHIFT.get(exchange, 0)}"


def is_loopback(endpoint: str) -> bool:
    """Return whether only this machine can reach an endpoint."""
    found = _TCP.fullmatch(endpoint)
    return found is None or _is_local_host(found[1].strip("[]"))


def is_loopback_url(url: str) -> bool:
    """Return whether a URL stays on this machine."""
    return _is_local_host(urlsplit(url).hostname or "")


def _is_local_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Curve(Settings):
    """Encryption between our processes: needed for every endpoint beyond this machine."""

    public_key: str | None = Field(
        default=None,
        pattern=_KEY,
        description="This process's public key, 40 characters (Z85); a `$` of it is written `$$`.",
    )
    secret_key: SecretStr | None = Field(
        default=None, description="This process's secret key, 40 characters (Z85), as above."
    )
    server_key: str | None = Field(
        default=None,
        pattern=_KEY,
        description="Public key of the processes this one connects to.",
    )
    allowed_keys: tuple[Annotated[str, Field(pattern=_KEY)], ...] = Field(
        default=(), description="Public keys that may connect here; all others are refused."
    )

    @model_validator(mode="after")
    def _whole(self) -> Curve:
        if (self.public_key is None) != (self.secret_key is None):
            raise ValueError("a pair of keys is given whole or not at all: PUBLIC_KEY, SECRET_KEY")
        if not self.is_enabled and (self.server_key is not None or self.allowed_keys):
            raise ValueError(
                "other processes' keys need our own: SERVER_KEY, ALLOWED_KEYS without PUBLIC_KEY"
            )
        return self

    @property
    def is_enabled(self) -> bool:
        """Whether endpoints are encrypted."""
        return self.public_key is not None
