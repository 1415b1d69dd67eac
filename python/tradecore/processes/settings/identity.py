"""`[GLOBAL]`: which process this is, of which venue, and as whom it trades."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr

from tradecore.config import Settings

__all__ = ["Environment", "ExchangeName", "Identity", "LogLevel", "TraderIdentity", "VenueIdentity"]

_ALIASES = {"WARN": "WARNING", "FATAL": "CRITICAL"}


def _level(value: object) -> object:
    return _ALIASES.get(value.upper(), value.upper()) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_level)
]
Environment = Annotated[Literal["development", "staging", "production"], BeforeValidator(_lower)]
ExchangeName = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z][A-Z0-9_]{0,31}$")]


class Identity(Settings):
    """Which process this is."""

    process_name: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$|^$",
        description="Name in logs, metrics, file names; the kind and the venue if empty.",
    )
    log_level: LogLevel = Field(
        default="INFO",
        description="Least level of log lines; the variable `LOG_LEVEL` goes before it, and "
        "`WARN` is understood.",
    )
    log_file: str | None = Field(
        default=None,
        description="Where log lines go; standard error if empty, `logs/NAME.log` for a daemon.",
    )
    environment: Environment = Field(
        default="development",
        description="`production` refuses what is unsafe there; the variable `ENVIRONMENT` goes "
        "before it.",
    )


class VenueIdentity(Identity):
    """Which process this is, of which venue, and as whom it trades."""

    exchange_name: ExchangeName = Field(
        description="The venue, by the name of its plug-in.", examples=["BINANCE"]
    )
    asset_type: Annotated[str, BeforeValidator(_lower)] = Field(
        default="futures",
        min_length=1,
        description="What is traded there: `futures` or `spot`; decides the venue's addresses.",
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="The account's key; the variable `<EXCHANGE>_API_KEY` if empty.",
    )
    api_secret: SecretStr | None = Field(
        default=None,
        description="What signs with it; the variable `<EXCHANGE>_API_SECRET` if empty.",
    )
    testnet_mode: bool = Field(
        default=False,
        description="Use the venue's addresses for tests; refused beside its real ones.",
    )


class TraderIdentity(Identity):
    """Which trader this is, and where it trades."""

    enabled_exchanges: tuple[ExchangeName, ...] = Field(
        default=("BINANCE",),
        min_length=1,
        description="Venues whose processes the trader is connected to.",
    )
