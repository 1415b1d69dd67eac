"""What a venue can be told: its file, and the plain variables that stand for some of its keys."""

from __future__ import annotations

import ipaddress
import os
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from tradecore.config import ConfigError, Loaded, Place, Problem, Settings, load
from tradecore.config.dotenv import Variables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "PLAIN_NAMES",
    "EngineSettings",
    "InstrumentSettings",
    "LimitSettings",
    "OrderEntrySettings",
    "RiskSettings",
    "SecuritySettings",
    "ServerSettings",
    "StoreSettings",
    "VenueSettings",
    "load_venue",
]

_SECTION: Final = "TRADECORE__{section}__{key}"
#: Plain variables of the environment, and the section whose key of the same name each stands for.
PLAIN_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PORT": "SERVER",
        "LOG_LEVEL": "SERVER",
        "DATABASE_URL": "STORE",
        "REDIS_URL": "STORE",
        "JWT_SECRET": "SECURITY",
        "ADMIN_TOKEN": "SECURITY",
        "ENCRYPTION_KEY": "SECURITY",
        "MAX_QUEUE_SIZE": "ENGINE",
        "PROCESS_INTERVAL": "ENGINE",
        "CIRCUIT_BREAKER_THRESHOLD": "ENGINE",
        "RISK_LIMITS_ENABLED": "RISK",
        "MAX_POSITION_VALUE": "RISK",
        "MAX_POSITION_SIZE": "RISK",
        "MAX_ORDER_VALUE": "RISK",
        "MAX_LEVERAGE": "RISK",
    }
)


class ServerSettings(Settings):
    """Where the venue listens, and what it takes from a client."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=3003, ge=0, le=65_535, description="Port; 0 for any free one.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="Least level of log lines shown."
    )
    body_bytes_max: int = Field(default=65_536, ge=256, description="Longest body of a request.")
    json_depth_max: int = Field(default=16, ge=1, description="Deepest nesting of a body.")
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins of web pages that may call; none by default."
    )
    ops_networks: tuple[str, ...] = Field(
        default=("127.0.0.0/8", "::1/128"),
        description="Networks that read `/metrics` and `/health/detailed` without a token.",
    )
    has_docs: bool = Field(default=True, description="Whether `/docs` and the schema are served.")
    drain_ms: int = Field(
        default=10_000, ge=0, description="Longest wait for open requests at the end, in ms."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("ops_networks")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ipaddress.ip_network(network)
        return networks

    @field_validator("cors_origins")
    @classmethod
    def _exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not origin.startswith(("http://", "https://")) or origin.endswith("/"):
                raise ValueError("an origin is scheme and host, such as https://desk.example")
        return origins


class StoreSettings(Settings):
    """Where the venue keeps what outlasts it."""

    data: Path = Field(
        default=Path("venue-data"), description="Folder of the journal and the embedded database."
    )
    database_url: SecretStr | None = Field(
        default=None, description="Records in another database; SQLite in the folder if empty."
    )
    redis_url: SecretStr | None = Field(
        default=None, description="A cache for reads of books and positions; none if empty."
    )
    segment_bytes: int = Field(
        default=67_108_864,
        ge=8_388_608,
        description="Length of a file of the journal; two are prepared ahead.",
    )
    first_deposit: Decimal = Field(
        default=Decimal(1_000_000), ge=0, description="Money of the first account of a new venue."
    )


class SecuritySettings(Settings):
    """Keys of the venue itself; what is not given is made once and kept in the folder."""

    jwt_secret: SecretStr | None = Field(
        default=None, description="Signs tokens, HS256; at least 32 bytes."
    )
    admin_token: SecretStr | None = Field(
        default=None, description="Opens `/admin` from this machine, as `X-Admin-Token`."
    )
    encryption_key: SecretStr | None = Field(
        default=None, description="Encrypts stored secrets, AES-256-GCM; 32 bytes."
    )


class EngineSettings(Settings):
    """How commands wait for the engine."""

    max_queue_size: int = Field(
        default=10_000, ge=1, description="Most commands that wait; one more is refused as busy."
    )
    process_interval: int = Field(
        default=0, ge=0, le=1_000, description="How long a batch of commands gathers, in ms."
    )
    circuit_breaker_threshold: int = Field(
        default=100,
        ge=1,
        description="Internal errors in a row after which new orders are refused until reset.",
    )


class RiskSettings(Settings):
    """Limits of every account; money in the currency a symbol settles in."""

    risk_limits_enabled: bool = Field(
        default=True, description="Whether the limits of this section hold; margin always does."
    )
    max_order_value: Decimal | None = Field(
        default=Decimal(50_000), gt=0, description="Largest value of one order."
    )
    max_position_value: Decimal | None = Field(
        default=Decimal(1_000_000), gt=0, description="Largest value of a position in a symbol."
    )
    max_position_size: Decimal | None = Field(
        default=None, gt=0, description="Largest position in a symbol, in base units."
    )
    max_leverage: Decimal | None = Field(
        default=Decimal(10), gt=0, description="Largest exposure over equity."
    )
    max_daily_loss: Decimal | None = Field(
        default=Decimal(100_000), gt=0, description="Loss of a day at which only reducing goes on."
    )
    max_open_orders: int | None = Field(
        default=1_000, gt=0, description="Most open orders of an account."
    )
    price_collar: Decimal | None = Field(
        default=Decimal("0.15"),
        gt=0,
        description="How far beyond the reference price an order may be, as a part of it.",
    )


class LimitSettings(Settings):
    """How much a client may ask."""

    requests_per_s: int = Field(default=200, ge=1, description="Requests of a user, per second.")
    burst: int = Field(default=400, ge=1, description="Requests of a user at once.")
    anonymous_per_s: int = Field(
        default=50, ge=1, description="Requests of an address without a token, per second."
    )
    anonymous_burst: int = Field(default=100, ge=1, description="Such requests at once.")
    connections_max: int = Field(default=10_000, ge=1, description="WebSockets in all.")
    connections_per_address_max: int = Field(
        default=200, ge=1, description="WebSockets of one address."
    )
    subscriptions_max: int = Field(default=200, ge=1, description="Channels of one WebSocket.")
    messages_per_s: int = Field(
        default=50, ge=1, description="Messages of a WebSocket, per second."
    )


class OrderEntrySettings(Settings):
    """The native door: orders over HTTP and WebSocket without Python per order."""

    is_open: bool = Field(default=True, description="Whether there is one.")
    host: str | None = Field(
        default=None, description="IP address to listen on; that of `server` if empty."
    )
    port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Port; the one behind that of `server` if empty, 0 for any free one.",
    )
    orders_per_s: int = Field(default=200, ge=1, description="Requests of a user, per second.")
    burst: int = Field(
        default=400, ge=8, description="Requests of a user at once; an eighth is for cancels alone."
    )
    high_orders_per_s: int = Field(
        default=10_000, ge=1, description="The same of keys with the scope `orders:high_rate`."
    )
    high_burst: int = Field(default=20_000, ge=8, description="Requests of such a user at once.")
    max_queue_size: int = Field(
        default=16_384, ge=1, description="Most requests that wait; one more is refused as busy."
    )
    connections_max: int = Field(default=4_096, ge=1, description="Connections at once.")
    resend_bytes: int = Field(
        default=1_048_576, ge=0, description="Bytes of messages a session keeps, to tell again."
    )
    books_behind_max: int = Field(
        default=1_000_000,
        ge=0,
        description="Commands the records may be behind before orders are refused as busy; 0 for "
        "any number.",
    )


class InstrumentSettings(Settings):
    """One instrument; its section's name is its symbol."""

    base: str = Field(min_length=1, description="What is bought.", examples=["BTC"])
    quote: str = Field(min_length=1, description="What it is paid with.", examples=["USDT"])
    tick_size: Decimal = Field(gt=0, description="Smallest step of a price.", examples=["0.1"])
    lot_size: Decimal = Field(gt=0, description="Smallest step of a quantity.", examples=["0.001"])
    price: Decimal = Field(
        gt=0, description="What it is worth before anybody traded.", examples=["45000"]
    )
    min_notional: Decimal = Field(default=Decimal(5), ge=0, description="Least value of an order.")
    maker_fee: Decimal = Field(
        default=Decimal("0.0002"), description="Fee of a resting order, as a part of the value."
    )
    taker_fee: Decimal = Field(
        default=Decimal("0.0005"), description="Fee of an order that takes, the same way."
    )
    leverage_max: int = Field(default=20, ge=1, le=125, description="Highest leverage.")
    maintenance_rate: Decimal = Field(
        default=Decimal("0.025"), gt=0, lt=1, description="Maintenance margin over the value."
    )


def _default_instruments() -> dict[str, InstrumentSettings]:
    rows = (
        ("BTCUSDT", "BTC", "0.01", "0.0001", "45000"),
        ("ETHUSDT", "ETH", "0.01", "0.001", "2500"),
        ("SOLUSDT", "SOL", "0.001", "0.01", "100"),
    )
    return {
        symbol: InstrumentSettings(
            base=base,
            quote="USDT",
            tick_size=Decimal(tick),
            lot_size=Decimal(lot),
            price=Decimal(price),
        )
        for symbol, base, tick, lot, price in rows
    }


class VenueSettings(Settings):
    """A venue: where it listens, what it keeps, what it trades and what accounts may do."""

    server: ServerSettings = Field(default_factory=ServerSettings)
    store: StoreSettings = Field(default_factory=StoreSettings)
    security: SecuritySettings = Field(default_factory=SecuritySettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    risk: RiskSettings = Field(default_factory=RiskSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    order_entry: OrderEntrySettings = Field(default_factory=OrderEntrySettings)
    instruments: dict[str, InstrumentSettings] = Field(
        default_factory=_default_instruments, description="What is traded, by symbol."
    )

    @model_validator(mode="after")
    def _one_money(self) -> VenueSettings:
        if not self.instruments:
            raise ValueError("a venue lists at least one instrument")
        quotes = {one.quote for one in self.instruments.values()}
        if len(quotes) > 1:
            raise ValueError(f"instruments of a venue share one quote: {sorted(quotes)}")
        return self


def load_venue(
    file: Path | str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
) -> Loaded[VenueSettings]:
    """Read a venue's settings: defaults, file, environment, `overrides`; later over earlier.

    The plain variables of `PLAIN_NAMES` count as the key of their name, from the environment or
    the `.env` beside the file; one that is empty counts as not set.

    Raises:
        ConfigError: With everything that is wrong.
    """
    given = dict(os.environ) if environ is None else dict(environ)
    dotenv = (Path() if file is None else Path(file).parent) / ".env"
    named = dotenv if dotenv.is_file() else None
    variables = Variables.gather(given, named)
    values = variables.values
    _check_open(variables)
    said = {
        _SECTION.format(section=section, key=name): values[name]
        for name, section in PLAIN_NAMES.items()
        if values.get(name)
    }
    try:
        return load(
            VenueSettings, file, environ={**said, **given}, dotenv=named, overrides=overrides
        )
    except ConfigError as error:
        raise type(error)([_renamed(one, said) for one in error.problems]) from None


def _check_open(variables: Variables) -> None:
    """Refuse a secret that stands where others can read it."""
    problems = [
        Problem(f"a secret in a file others can read: chmod 600 {place.file}", place)
        for name, place in variables.places.items()
        if variables.is_open and PLAIN_NAMES.get(name) == "SECURITY" and variables.values[name]
    ]
    if problems:
        raise ConfigError(problems)


def _renamed(problem: Problem, said: Mapping[str, str]) -> Problem:
    """Return a problem that names a plain variable as whoever set it does."""
    name = problem.place.file.rpartition(" ")[2]
    if name not in said:
        return problem
    plain = name.rpartition("__")[2]
    return Problem(problem.message, Place(f"environment variable {plain}"))
