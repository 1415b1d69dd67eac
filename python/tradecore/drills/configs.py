"""The files of the four processes, for one strategy on one local exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.drills.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["KEY_NAME", "KINDS", "SECRET_NAME", "Setup"]

#: The processes in the order they are started.
KINDS: Final = ("position_server", "market_server", "trading_engine", "trader")
#: Where the engine finds the key of its account: in its environment, never in a file.
KEY_NAME: Final = "DRILL_API_KEY"
SECRET_NAME: Final = "DRILL_API_SECRET"  # noqa: S105 - the name of a variable
#: Below what the exchange admits in its window of ten seconds, a fifth kept back.
ORDERS_PER_SECOND: Final = 20
_STREAMS: Final = ("market", "commands", "orders", "account", "status", "positions", "updates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the files say.

    Args:
        strategy: The class, as `file.py:Class` or `package.module:Class`.
        params: Its settings.
        symbol: What is traded.
        limits: Keys and values of the engine's `[RISK_MANAGEMENT]`.
    """

    strategy: str
    params: Mapping[str, object] = field(default_factory=dict)
    symbol: str = "BTCUSDT"
    limits: Mapping[str, object] = field(
        default_factory=lambda: {
            "MAX_POSITION_PER_SYMBOL": 5,
            "MAX_POSITION_SIZE": 10,
            "MAX_DAILY_LOSS": 50_000,
        }
    )

    def write(
        self,
        folder: Path,
        *,
        journal: Path,
        urls: Mapping[str, str],
        health_ports: Mapping[str, int],
    ) -> None:
        """Write the four files, readable by their owner alone.

        Args:
            folder: Where; it is there.
            journal: Where the processes write down what must survive them.
            urls: Addresses of the exchange, by `rest public market private api`.
            health_ports: Where each kind answers for its health.
        """
        ports = free_ports(len(_STREAMS))
        at = {name: f"tcp://127.0.0.1:{port}" for name, port in zip(_STREAMS, ports, strict=True)}
        texts = {
            "position_server": _position_server(at),
            "market_server": _market_server(at, urls, self.symbol),
            "trading_engine": _trading_engine(at, urls, self.limits),
            "trader": _trader(at, self),
        }
        # A drill compares the whole history.
        whole = {"trading_engine": "SEGMENT_MB=4096\n"}
        for kind in KINDS:
            path = folder / f"{kind}.ini"
            path.touch(mode=0o600)
            path.write_text(
                f"{texts[kind]}\n[MONITORING]\nHEALTH_PORT={health_ports[kind]}\n"
                "METRICS_INTERVAL_MS=100\nHEALTH_CHECK_INTERVAL_MS=100\n"
                f"LOG_PERFORMANCE_METRICS=false\n\n[JOURNAL]\nDIRECTORY={journal}\n"
                f"{whole.get(kind, '')}",
                encoding="utf-8",
            )


def _venue(urls: Mapping[str, str]) -> str:
    return (
        f"[HTTP_API]\nHTTP_BASE_URL={urls['rest']}\n\n"
        f"[WEBSOCKET]\nWS_PUBLIC_URL={urls['public']}\nWS_MARKET_URL={urls['market']}\n"
        f"WS_PRIVATE_URL={urls['private']}\nWS_API_URL={urls['api']}\n"
        "WS_RECONNECT_INTERVAL_MS=500\n\n"
    )


def _position_server(at: Mapping[str, str]) -> str:
    return (
        "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n\n"
        f"[ZMQ]\nTRADE_EVENTS_SUB_ENDPOINT={at['account']}\n"
        f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n"
        f"POSITION_UPDATES_PUB_ENDPOINT={at['updates']}\n"
    )


def _market_server(at: Mapping[str, str], urls: Mapping[str, str], symbol: str) -> str:
    return (
        f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n\n{_venue(urls)}[MARKET_DATA]\nSYMBOLS={symbol}\n\n"
        f"[ZMQ]\nMARKET_DATA_PUB_ENDPOINT={at['market']}\n"
    )


def _trading_engine(
    at: Mapping[str, str], urls: Mapping[str, str], limits: Mapping[str, object]
) -> str:
    held = "".join(f"{name}={value}\n" for name, value in limits.items())
    return (
        f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY=${{{KEY_NAME}}}\n"
        f"API_SECRET=${{{SECRET_NAME}}}\n\n{_venue(urls)}[RISK_MANAGEMENT]\n{held}\n"
        f"[ORDER_MANAGEMENT]\nMAX_ORDERS_PER_SECOND={ORDERS_PER_SECOND}\n\n"
        f"[ZMQ]\nTRADER_SUB_ENDPOINT={at['commands']}\n"
        f"ORDER_EVENTS_PUB_ENDPOINT={at['orders']}\nTRADE_EVENTS_PUB_ENDPOINT={at['account']}\n"
        f"ORDER_STATUS_PUB_ENDPOINT={at['status']}\n"
        f"POSITION_SERVER_SUB_ENDPOINT={at['updates']}\n"
    )


def _trader(at: Mapping[str, str], setup: Setup) -> str:
    given = "".join(f"{name.upper()}={value}\n" for name, value in setup.params.items())
    params = f"[STRATEGY.PARAMS]\n{given}\n" if given else ""
    return (
        "[GLOBAL]\nPROCESS_NAME=maker\nENABLED_EXCHANGES=BINANCE\n\n"
        f"[STRATEGY]\nCLASS={setup.strategy}\nSYMBOLS={setup.symbol}\n\n{params}"
        f"[PUBLISHERS]\nORDER_EVENTS_PUB_ENDPOINT={at['orders']}\n"
        f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n\n"
        f"[SUBSCRIBERS]\nMARKET_SERVER_SUB_ENDPOINT={at['market']}\n"
        f"TRADING_ENGINE_SUB_ENDPOINT={at['commands']}\n"
    )
