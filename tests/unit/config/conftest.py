"""A schema with one of everything, and a way to write files for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field, SecretStr, field_validator

from tradecore.config import Duration, Rate, Settings, Size, load


class Global(Settings):
    """Who we are."""

    exchange_name: Literal["BINANCE", "DERIBIT"]
    api_key: SecretStr
    api_secret: SecretStr | None = None
    testnet_mode: bool = False
    symbols: tuple[str, ...] = ()


class Limits(Settings):
    """What we may."""

    orders_per_second: int = Field(default=10, ge=1)
    max_position: Decimal = Decimal(5)
    timeout: Duration = 5_000_000_000
    buffer: Size = 1_000_000
    requests: Rate | None = None

    @field_validator("max_position")
    @classmethod
    def _positive(cls, value: Decimal) -> Decimal:
        if value <= 0:
            raise ValueError(f"a position limit is positive: {value}")
        return value


class Endpoint(Settings):
    """Where somebody is."""

    url: str
    token: SecretStr | None = None


class Everything(Settings):
    """One of everything, under names a file can use."""

    main: Global
    limits: Limits = Limits()
    peers: dict[str, Endpoint] = Field(default_factory=dict)
    params: dict[str, Any] = Field(default_factory=dict)


@pytest.fixture
def schema():
    """Return the schema."""
    return Everything


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a file in a folder of its own and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "x.ini", mode: int = 0o600) -> Path:
        path = Path(name)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def read(write):
    """Return a function that loads a text with the schema, the environment given."""

    def read(text: str, name: str = "x.ini", mode: int = 0o600, **settings: Any):
        settings.setdefault("environ", {"KEY": "k3y-for-tests"})
        return load(Everything, write(text, name, mode), **settings)

    return read
