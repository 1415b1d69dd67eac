"""A venue as a process, and clients of it that cost little: blocking sockets, one answer a time."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.01", "price": "40000"}
_GO_ON = re.compile(rb"^HTTP/1\.1 100 [^\r]*\r\n\r\n")


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the line was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One HTTP/1.1 connection, opened again when the venue closed it."""

    def __init__(self, port: int, token: str | None = None, patience_s: float = 30) -> None:
        """Know where to, and open nothing yet."""
        self.port, self.token, self.patience_s = port, token, patience_s
        self._socket: socket.socket | None = None

    def ask(self, method: str, path: str, said: object = None) -> Answer:
        """Send a request of ours and return its answer."""
        body = b"" if said is None else json.dumps(said).encode()
        return self.send(request(method, path, body, self.token))

    def send(self, raw: bytes) -> Answer:
        """Send bytes and return what comes back."""
        try:
            return self._send(raw)
        except (ConnectionError, TimeoutError):
            self.close()
            return Answer(0, {}, b"")

    def _send(self, raw: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(
                ("127.0.0.1", self.port), timeout=self.patience_s
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(self.patience_s)
        self._socket.sendall(raw)
        data = b""
        while b"\r\n\r\n" not in data:
            data = _GO_ON.sub(b"", data + self._more())
        head, _, body = data.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in rest)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        status = int(first.split()[1])
        length = 0 if raw.startswith(b"HEAD") else int(headers.get("content-length", "0"))
        while len(body) < length:
            body += self._more()
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body)

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionResetError
        return data

    def close(self) -> None:
        """Close the line."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def request(method: str, path: str, body: bytes = b"", token: str | None = None) -> bytes:
    """Return a request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: venue"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def token_for(port: int, pair: dict[str, str]) -> str:
    """Return a fresh token, which lives ten minutes."""
    said = json.loads(Line(port).ask("POST", "/auth/token", pair).body)
    return str(said["access_token"])


@dataclass
class Venue:
    """A running `tradecore venue`.

    Args:
        port: Where it listens.
        first: What it printed of a new venue.
        log: Where its log goes.
        child: The process.
    """

    port: int
    first: dict[str, str]
    log: Path
    child: subprocess.Popen[str]

    def token(self) -> str:
        """Return a fresh token of its trader."""
        pair = {"api_key": self.first["api_key"], "api_secret": self.first["api_secret"]}
        return token_for(self.port, pair)

    def person(self) -> str:
        """Return a fresh token of its administrator."""
        pair = {"login": self.first["login"], "password": self.first["password"]}
        return token_for(self.port, pair)

    def memory_mb(self) -> float:
        """Return what the process holds."""
        path = f"/proc/{self.child.pid}/statm"
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - a line of the kernel's
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def venue(folder: Path, *settings: str) -> Iterator[Venue]:
    """Run a venue on a folder until the end of the block."""
    given = ["--port", "0", "--json", "--data", str(folder / "data")]
    given += [part for one in settings for part in ("--set", one)]
    log = folder / "venue.log"
    with log.open("w") as err:
        child = subprocess.Popen(
            [sys.executable, "-m", "tradecore", "venue", *given],
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    assert child.stdout is not None
    try:
        said = json.loads(child.stdout.readline())
        port = int(said["urls"]["rest"].rpartition(":")[2])
        yield Venue(port, said["first"], log, child)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)
        child.stdout.close()


class Load:
    """Orders placed and taken out at a pace, whatever the venue does: latency from when it was due.

    Args:
        venue: Where to.
        rate: Requests a second.
        workers: Connections that share them.
    """

    def __init__(self, venue: Venue, rate: float, workers: int = 8) -> None:
        """Prepare, and send nothing yet."""
        self.venue, self.rate = venue, rate
        self.latencies_ms: list[float] = []
        self.refused: list[int] = []
        self._next = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._token = venue.token()
        self._threads = [threading.Thread(target=self._work) for _ in range(workers)]
        self._began = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self._began = time.perf_counter()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        """Send no more, and wait for what is under way."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        line, order = Line(self.venue.port, self._token), None
        while not self._is_over.is_set():
            with self._lock:
                due = self._began + self._next / self.rate
                self._next += 1
            time.sleep(max(0.0, due - time.perf_counter()))
            if order is None:
                answer = line.ask("POST", ORDERS, LIMIT)
                order = json.loads(answer.body)["orderId"] if answer.status == 201 else None
            else:
                answer, order = line.ask("DELETE", f"{ORDERS}/{order}"), None
            self.latencies_ms.append((time.perf_counter() - due) * 1_000)
            if answer.status not in {200, 201}:
                self.refused.append(answer.status)

    def percentile(self, part: float) -> float:
        """Return a percentile of the latencies, milliseconds."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def frame(text: str) -> bytes:
    """Return a text as a client's WebSocket frame, whose mask is zeros."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    return b"\x81" + length + bytes(4) + data


def upgrade() -> bytes:
    """Return the request that opens a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ["GET /ws HTTP/1.1", "Host: venue", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    return ("\r\n".join([*lines, "Sec-WebSocket-Protocol: tradecore.v1"]) + "\r\n\r\n").encode()
