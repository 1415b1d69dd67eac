"""Users, keys and the audit log of a venue on a real database, with a clock that is set by hand."""

from __future__ import annotations

import itertools

import sqlalchemy as sa

from tradecore.identity import Role, SignedRequest, sign_request
from tradecore.identity.passwords import PasswordCost
from tradecore.store import audit_table
from tradecore.store.identity_secrets import venue_secrets
from tradecore.store.identity_service import IdentityService, IdentitySettings, open_identity
from tradecore.store.identity_sessions import SessionTimes
from tradecore.store.identity_tables import audit_head, identity_metadata

START_NS = 1_800_000_000_000_000_000
SECOND = 1_000_000_000
PASSWORD = "a horse, a battery, a staple"  # noqa: S105 - of this test alone
GIVEN = {
    "JWT_SECRET": "a9Xk2mQ7vL4tR8wZ1cB6nH3jF5pD0sGy",
    "ADMIN_TOKEN": "q7Wc9ZtR2nX4vB8mK1pL6sD3fG5hJ0yT",
    "ENCRYPTION_KEY": "0Ty5Hj3Gf6Sd1Lp8Km4Bv2Xn7Rt9Zc-Q",
}
TIMES = SessionTimes()
CHEAP = PasswordCost(memory_kib=64, passes=1)


class IdentityRig:
    """A service on a database nothing was written to."""

    def __init__(self, url, folder, given=None, cost=CHEAP, log=None):
        """Open it; the tables are there, and on a server, which lasts, they are emptied."""
        self.url, self.folder, self.cost = url, folder, cost
        self.now_ns = START_NS
        self.database = open_identity(url)
        if not self.database.is_sqlite:
            self._empty()
        self._counter = itertools.count(1)
        self._opened = []
        self._databases = [self.database]
        self.service = self.open(given, log=log)

    def _empty(self):
        with self.database.writing() as connection:
            for table in reversed(identity_metadata.sorted_tables):
                if table is not audit_head:
                    connection.execute(sa.delete(table))
            connection.execute(sa.update(audit_head).values(seq=0, digest="0" * 64))

    def randomness(self, count):
        """Return bytes that differ from call to call and are the same in each run."""
        return next(self._counter).to_bytes(count, "little")

    def elsewhere(self):
        """Open one more service, on connections of its own, as another process would."""
        self._databases.append(open_identity(self.url))
        return self.open(database=self._databases[-1])

    def open(self, given=None, *, log=None, database=None, times=TIMES):
        """Open one more service on the same database."""
        secrets = venue_secrets(self.folder, GIVEN | (given or {}))
        service = IdentityService(
            database or self.database,
            IdentitySettings(secrets, cost=self.cost, times=times),
            now_ns=self.now_ns - 60 * SECOND,
            randomness=self.randomness,
            log=log,
        )
        self._opened.append(service)
        return service

    def user(self, login="alice", *roles, account=7, password=PASSWORD):
        """Make a user, a trader unless told otherwise."""
        made = self.service.users.add(
            login,
            roles=frozenset(roles or {Role.TRADER}),
            account=account,
            password=password,
            by="local:test",
            now_ns=self.now_ns,
        )
        self.service.refresh(self.now_ns)
        return made

    def key(self, user="alice", **terms):
        """Make a key of a user, and return it with its secret."""
        made = self.service.keys.add(user, by="local:test", now_ns=self.now_ns, **terms)
        self.service.refresh(self.now_ns)
        return made

    def signed(self, key, secret, *, nonce="nonce-01", target="/api/orders"):
        """Return a request signed now."""
        stamp = self.now_ns // 1_000_000
        parts = {"nonce": nonce, "method": "GET", "target": target}
        signature = sign_request(secret, timestamp_ms=stamp, **parts)
        return SignedRequest(key_id=key.id, timestamp_ms=str(stamp), signature=signature, **parts)

    def told(self):
        """Return the types of the events in the audit log."""
        return [entry.fields["type"] for entry in self.entries()]

    def entries(self):
        """Return the entries of the audit log."""
        with self.database.reading() as connection:
            return list(audit_table.entries(connection))

    def close(self):
        """Let go of the database."""
        for service in self._opened:
            service.close()
        for database in self._databases:
            database.close()
