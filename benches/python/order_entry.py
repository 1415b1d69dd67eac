"""What an order costs at each door of a running venue: the same load, native and FastAPI.

The venue runs on the first core, the load on the last. Rates are such that its books, which are
kept in Python, come along; the native door by itself is in `native.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from native import COMMAND, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = int(os.environ.get("ENTRY_SECONDS", "5"))
#: Speech, orders a second, connections; the door.
RUNS = (
    ("FastAPI, HTTP", "rest", "http", 200, 8),
    ("native, HTTP", "order_entry", "http", 200, 8),
    ("native, HTTP", "order_entry", "http", 1_000, 32),
    ("native, WebSocket", "order_entry", "json", 4_000, 16),
)
INSTRUMENT = {
    "base": "BTC",
    "quote": "USD",
    "tick_size": "0.5",
    "lot_size": "0.01",
    "price": "100",
    "min_notional": "0",
}
SETTINGS = {
    "server.log_level": "ERROR",
    "risk.risk_limits_enabled": "false",
    "limits.requests_per_s": "1000000",
    "limits.burst": "1000000",
    "limits.anonymous_per_s": "1000000",
    "limits.anonymous_burst": "1000000",
    "order_entry.orders_per_s": "1000000",
    "order_entry.burst": "1000000",
    "order_entry.high_orders_per_s": "1000000",
    "order_entry.high_burst": "1000000",
} | {f"instruments.BTCUSD.{name}": value for name, value in INSTRUMENT.items()}


def on_first_core() -> None:
    """Keep this process on the first core it may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@contextmanager
def venue() -> Iterator[dict[str, Any]]:
    """Run a venue on this folder's disk; lend what it said of itself."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        said = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        command = [sys.executable, "-m", "tradecore", "venue", "--data", folder]
        process = subprocess.Popen(
            [*command, "--port", "0", "--json", *said],
            stdout=subprocess.PIPE,
            preexec_fn=on_first_core,  # noqa: PLW1509 - no thread runs here yet
        )
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(120)
            process.stdout.close()


def keys(told: dict[str, Any]) -> str:
    """Make a buyer and a seller with money, and return their keys as the load takes them."""
    first = told["first"]
    with httpx.Client(base_url=told["urls"]["rest"], trust_env=False, timeout=10) as client:
        login = {"login": first["login"], "password": first["password"]}
        token = client.post("/auth/token", json=login).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        made = []
        for account, name in ((11, "buyer"), (12, "seller")):
            user = {"login": name, "account": account, "roles": ["trader"]}
            client.post("/admin/users", json=user).raise_for_status()
            money = {"amount": "1000000000", "reason": "a load"}
            client.post(f"/admin/accounts/{account}/deposits", json=money).raise_for_status()
            key = client.post(f"/admin/users/{name}/keys", json={"label": "load"})
            made.append("{keyId}:{secret}".format(**key.raise_for_status().json()))
    return ",".join(made)


def loaded(address: str, run: str, key_pair: str) -> dict[str, float]:
    """Send a load to an address and return what came of it."""
    printed = subprocess.run(
        [*COMMAND, "--aim", address],
        env={**os.environ, "ENTRY_KEYS": key_pair, "ENTRY_RUN": run},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    figures: dict[str, float] = json.loads(printed)
    return figures


def run() -> list[dict[str, object]]:
    """Return percentiles of each run; FastAPI's are the baseline of the native door's first."""
    rows: list[dict[str, object]] = []
    found: dict[int, dict[str, float]] = {}
    with venue() as told:
        pair = keys(told)
        for at, (name, door, speech, rate, connections) in enumerate(RUNS):
            address = told["urls"][door].removeprefix("http://")
            given = f"{speech}:{rate}:{connections}:{SECONDS}"
            found[at] = figures = loaded(address, given, pair)
            base = found[0] if at == 1 else None
            for percentile in ("p50", "p99"):
                value = figures[f"{percentile}_us"]
                other = None if base is None else base[f"{percentile}_us"]
                rows.append(
                    {
                        "name": f"{percentile} of an order in a venue, {name}, {rate:,}/s",
                        "value": value,
                        "unit": "us",
                        "baseline_name": None if base is None else "FastAPI",
                        "baseline_value": other,
                        "ratio": None if other is None else other / value,
                    }
                )
    return rows
