"""The program's commands as processes of their own, in a folder of the test's."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.ports import free_ports


def until(holds, what, seconds=20.0):
    """Wait for something in another process, and return it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(0.01)
    return found


@dataclass
class Program:
    """Writes files, starts commands, ends them."""

    folder: Path
    children: list = field(default_factory=list)

    def write(self, name, text):
        """Write a file only its owner can read."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    def start(self, *arguments, **environ):
        """Start a command; its log goes to a file of its own."""
        log = self.folder / f"err{len(self.children)}.log"
        with log.open("w") as err:
            child = subprocess.Popen(
                [sys.executable, "-m", "tradecore", *map(str, arguments)],
                cwd=self.folder,
                env={**clean_environment(), **environ},
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
            )
        child.log = log
        self.children.append(child)
        return child

    def run(self, *arguments, **environ):
        """Run a command to its end; return its code, output and log."""
        child = self.start(*arguments, **environ)
        out, _ = child.communicate(timeout=30)
        return child.returncode, out, child.log.read_text()

    def end(self):
        """Kill what still runs."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


def clean_environment():
    """Return the environment without what a process of ours would read."""
    names = ("LOG_LEVEL", "ENVIRONMENT", "NOTIFY_SOCKET", "BINANCE_API_KEY", "BINANCE_API_SECRET")
    return {k: v for k, v in os.environ.items() if k not in names and "TRADECORE__" not in k}


def log_lines(path):
    """Return the structured lines of a log so far."""
    text = Path(path).read_text() if Path(path).exists() else ""
    whole = text.splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.startswith("{") and line.endswith("\n")]


def events(path):
    """Return the words of the lines."""
    return [line["event"] for line in log_lines(path)]


def wait_event(child, event, **fields):
    """Wait for a line of a process's log, and return it."""

    def found():
        for line in log_lines(child.log):
            if line["event"] == event and all(line.get(k) == v for k, v in fields.items()):
                return line
        return None

    return until(found, lambda: child.log.read_text()[-3_000:])


def bus_section(*keys):
    """Return a `[ZMQ]` section with ports nobody uses, and the endpoints."""
    at = {
        key: f"tcp://127.0.0.1:{port}"
        for key, port in zip(keys, free_ports(len(keys)), strict=True)
    }
    return "[ZMQ]\n" + "".join(f"{key}={endpoint}\n" for key, endpoint in at.items()), at


ENGINE_KEYS = (
    "TRADER_SUB_ENDPOINT",
    "ORDER_EVENTS_PUB_ENDPOINT",
    "TRADE_EVENTS_PUB_ENDPOINT",
    "ORDER_STATUS_PUB_ENDPOINT",
    "POSITION_SERVER_SUB_ENDPOINT",
)
POSITION_KEYS = (
    "TRADE_EVENTS_SUB_ENDPOINT",
    "POSITION_EVENTS_PUB_ENDPOINT",
    "POSITION_UPDATES_PUB_ENDPOINT",
)


@contextlib.contextmanager
def supervisor_socket(folder):
    """Listen where a process tells its supervisor; gives the address and what was said."""
    path = str(folder / "notify")
    said = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        listening.settimeout(0.2)
        is_over = threading.Event()

        def listen():
            while not is_over.is_set():
                with contextlib.suppress(TimeoutError):
                    said.append(listening.recv(4_096).decode())

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield path, said
        finally:
            is_over.set()
            thread.join(5)


@contextlib.contextmanager
def alert_receiver():
    """Take posts on this machine; gives the address and what was posted."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            posted.append((self.path, json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook/a-secret-path", posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
