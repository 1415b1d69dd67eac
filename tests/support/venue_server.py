"""A venue behind its real sockets, on a thread of its own, with a folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import ssl
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tradecore.gateway.app import make_app
from tradecore.gateway.log_ring import LogRing
from tradecore.gateway.opening import open_venue
from tradecore.gateway.server import VenueServer
from tradecore.gateway.settings import load_venue
from tradecore.identity import Role
from tradecore.identity.passwords import PasswordCost
from tradecore.telemetry import SystemClock, configure_logging

if TYPE_CHECKING:
    from tradecore.gateway.opening import OpenVenue

#: No test here encrypts, and loading certificates takes longer than what is tested.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: Settings under which no test meets a limit it is not about, or waits for files it does not fill.
WIDE = (
    "limits.requests_per_s=100000",
    "limits.burst=100000",
    "limits.anonymous_per_s=100000",
    "limits.anonymous_burst=100000",
    "store.segment_bytes=8388608",
)

#: What a password costs here: what argon2 does is the library's, and takes a start's whole time.
CHEAP = PasswordCost(memory_kib=64, passes=1)
#: Numbers of accounts that nobody has yet.
ACCOUNTS = itertools.count(3_001)


@dataclass
class RunningVenue:
    """A venue that answers, and ways to ask it."""

    port: int
    opened: OpenVenue
    server: VenueServer
    loop: asyncio.AbstractEventLoop
    log: io.StringIO
    ring: LogRing

    @property
    def url(self):
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def native_port(self):
        """Return where orders come in without Python."""
        return self.gateway.floor.native.server.port

    @property
    def gateway(self):
        """Return what its requests share."""
        return self.opened.gateway

    def hear(self, level="INFO"):
        """Let the log of this test come here: each test begins with logging as it is by default."""
        configure_logging(level, json=True, stream=self.ring.as_stream())

    def client(self, token=None, **headers):
        """Return a client; the test closes it, or the process does."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.Client(
            base_url=self.url, headers=headers, trust_env=False, timeout=10, verify=PLAIN
        )

    def token(self, user="trader", roles=(Role.TRADER,), account=None):
        """Return a token of a user, who is made where there is none."""
        identity, now_ns = self.gateway.identity, self.gateway.clock.now_ns()
        if user not in {one.login for one in identity.users.list()}:
            identity.users.add(
                user,
                roles=frozenset(roles),
                account=account,
                password=None,
                by="test",
                now_ns=now_ns,
            )
        key, secret = identity.keys.add(user, label="test", by="test", now_ns=now_ns)
        identity.refresh(now_ns)
        asyncio.run_coroutine_threadsafe(self.gateway.know_users(), self.loop).result(10)
        return identity.issue_for_key(key.id, secret, "127.0.0.1", now_ns).access_token

    def admin(self):
        """Return a token of somebody who may do everything."""
        return self.token("root", (Role.ADMIN,))

    def person(self):
        """Return a token of the first administrator, who typed a password for it."""
        first = self.opened.bootstrap
        now_ns = self.gateway.clock.now_ns()
        said = self.gateway.identity.login(first.login, first.password, "127.0.0.1", now_ns)
        return said.access_token

    def within(self, work):
        """Run something on the venue's own thread."""

        async def call():
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)

    def command(self, work):
        """Run something as a command of the venue's queue."""
        return asyncio.run_coroutine_threadsafe(self.gateway.floor.command(work), self.loop).result(
            10
        )


@contextlib.contextmanager
def quick_folder():
    """Lend a folder in memory where the machine has one: what is tested is not its disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made) / "venue"


def opened_venue(folder, ring, overrides=(), environ=None):
    """Open a venue on a folder, and serve it not yet."""
    given = [f"store.data={folder}", "server.port=0", *WIDE, *overrides]
    environ = {} if environ is None else environ
    settings = load_venue(environ=environ, overrides=given).settings
    return open_venue(
        settings, clock=SystemClock(), logs=ring, environ=environ, password_cost=CHEAP
    )


@contextlib.contextmanager
def running_venue(folder, *, overrides=(), environ=None):
    """Run a venue on a folder until the end of the block."""
    log = io.StringIO()
    ring = LogRing(log)
    configure_logging("INFO", json=True, stream=ring.as_stream())
    opened = opened_venue(folder, ring, overrides, environ)
    host = opened.gateway.settings.server.host
    server = VenueServer(make_app(opened.gateway), opened, host, 0)
    port = server.bind()
    is_up, loops, faults = threading.Event(), [], []

    async def serve():
        loops.append(asyncio.get_running_loop())
        running = asyncio.create_task(server.run())
        await server.started()
        is_up.set()
        await running

    def work():
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to the test
            faults.append(error)
            is_up.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert is_up.wait(20), "the venue did not start"
    try:
        if not faults:
            yield RunningVenue(port, opened, server, loops[0], log, ring)
    finally:
        loops[0].call_soon_threadsafe(server.stop, "the test is over")
        thread.join(20)
        configure_logging("INFO", stream=io.StringIO())
    assert not faults, faults
    assert not thread.is_alive(), "the venue did not end"
