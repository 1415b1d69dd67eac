"""Users, keys, tokens and the audit log as a gateway needs them, in one place."""

from __future__ import annotations

import base64
import os
import threading
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, update

from tradecore.identity.audit import AuditError, AuditEvent
from tradecore.identity.nonces import NonceWindow
from tradecore.identity.passwords import SALT_BYTES, PasswordCost, Passwords
from tradecore.identity.roles import Role
from tradecore.identity.tokens import TokenIssuer, TokenRules, TokenVerifier
from tradecore.store import audit_table
from tradecore.store.database import open_database
from tradecore.store.errors import StoreError
from tradecore.store.identity_directory import read_directory
from tradecore.store.identity_gate import IdentityGate
from tradecore.store.identity_keys import KeyRecords
from tradecore.store.identity_logins import Issued, Logins
from tradecore.store.identity_sessions import SessionRecords, SessionTimes
from tradecore.store.identity_tables import keys
from tradecore.store.identity_users import UserRecords
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tradecore.identity.api_keys import KeyRow
    from tradecore.identity.principal import Principal
    from tradecore.identity.refusals import Refusal
    from tradecore.identity.signature import SignedRequest
    from tradecore.store.audit_file import AuditFile
    from tradecore.store.database import Database
    from tradecore.store.identity_secrets import VenueSecrets

__all__ = ["Bootstrap", "IdentityService", "IdentitySettings", "Issued", "open_identity"]

SECOND_NS: Final = 1_000_000_000
PURGE_NS: Final = 3600 * SECOND_NS
PASSWORD_BYTES: Final = 18
FIRST_ACCOUNT: Final = 1
# What changes whom a gate lets in; the rest of the log tells what happened.
CHANGES: Final = ("user.", "key.added", "key.revoked", "token.revoked", "token.reused", "secrets.")


def open_identity(url: str) -> Database:
    """Return the database at a URL, such that what is committed is on disk.

    Records are told again by the journal; a key that was revoked is told by nobody.

    Raises:
        InputError: If the URL is none, or of a database that is not served.
    """
    database = open_database(url)
    if database.is_sqlite:

        @event.listens_for(database.writers, "connect")
        def _sync(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's object
            connection.execute("PRAGMA synchronous=FULL")

    return database


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """How identity is proved.

    Args:
        secrets: What it is proved with.
        rules: What tokens have in common.
        cost: What a guess of a password costs.
        times: How long sessions live.
        tolerance_ns: How far the timestamp of a signed request may be from now.
    """

    secrets: VenueSecrets
    rules: TokenRules = field(default_factory=TokenRules)
    cost: PasswordCost = field(default_factory=PasswordCost)
    times: SessionTimes = field(default_factory=SessionTimes)
    tolerance_ns: int = 5 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What a new venue is opened with; nothing shows it again.

    Args:
        login: The first administrator's.
        password: The same.
        account: Number of the first account.
        key_id: A key that trades on it.
        key_secret: The secret of that key.
    """

    login: str
    password: str = field(repr=False)
    account: int
    key_id: str
    key_secret: str = field(repr=False)


class IdentityService:
    """Answers who is asking, and keeps what is on record.

    What begins with `authenticate` looks at memory alone and is called for each request. All
    else waits for the database and belongs into a thread. Both may be called from any thread.
    """

    def __init__(
        self,
        database: Database,
        settings: IdentitySettings,
        *,
        now_ns: int,
        randomness: Callable[[int], bytes] = os.urandom,
        log: AuditFile | None = None,
    ) -> None:
        """Read what is on record.

        Args:
            database: `open_identity` of a database whose schema is up to date.
            settings: How identity is proved.
            now_ns: The time, nanoseconds since the Unix epoch.
            randomness: So many random bytes.
            log: The audit log as a file, kept beside the table.

        Raises:
            SealError: If a key's secret cannot be opened with the encryption key.
            AuditError: If the file and the table of the audit log differ.
        """
        secrets = settings.secrets
        passwords = Passwords(settings.cost, randomness(SALT_BYTES))
        self.users = UserRecords(database, passwords, randomness)
        self.keys = KeyRecords(database, secrets.vault, randomness)
        self.sessions = SessionRecords(database, randomness, settings.times)
        #: Grows with every change of users, keys or revoked tokens that was read.
        self.version = 0
        #: Why the file of the audit log could not be written; empty while it can.
        self.log_fault = ""
        self._gate = IdentityGate(
            TokenVerifier(secrets.token_keys, settings.rules),
            NonceWindow(now_ns, settings.tolerance_ns),
            secrets.admin_token,
        )
        self._logins = Logins(
            self.users,
            self.keys,
            self.sessions,
            passwords,
            secrets.vault,
            TokenIssuer(secrets.token_keys, settings.rules),
            randomness,
            lambda refusal, peer, at_ns: self._gate.refuse(refusal, peer=peer, now_ns=at_ns),
        )
        self._database = database
        self._vault = secrets.vault
        self._randomness = randomness
        self._log = log
        self._refreshing = threading.Lock()
        self._read_seq = -1
        self._purged_ns = now_ns
        self._unwritten: tuple[list[AuditEvent], dict[str, int]] = ([], {})
        self.refresh(now_ns)

    def authenticate_token(self, token: str, now_ns: int, *, peer: str = "") -> Principal | Refusal:
        """Return whom an access token stands for."""
        return self._gate.token(token, peer=peer, now_ns=now_ns)

    def authenticate_request(
        self, request: SignedRequest, peer: str, now_ns: int
    ) -> Principal | Refusal:
        """Return whose key signed a request that comes from the address `peer`."""
        return self._gate.request(request, peer=peer, now_ns=now_ns)

    def authenticate_admin_token(self, token: str, peer: str, now_ns: int) -> Principal | Refusal:
        """Return the principal of the venue's own token, which this machine alone may use."""
        return self._gate.admin(token, peer=peer, now_ns=now_ns)

    def key_table(self) -> list[KeyRow]:
        """Return the keys that trade, as the native order entry knows them."""
        return self._gate.directory.key_rows()

    def login(self, login: str, password: str, peer: str, now_ns: int) -> Issued | Refusal:
        """Begin a session by a password; an unknown login costs what a known one does."""
        said = self._logins.by_password(login, password, peer=peer, now_ns=now_ns)
        self.refresh(now_ns)
        return said

    def issue_for_key(self, key_id: str, secret: str, peer: str, now_ns: int) -> Issued | Refusal:
        """Begin a session by an API key and its secret."""
        said = self._logins.by_key(key_id, secret, peer=peer, now_ns=now_ns)
        self.refresh(now_ns)
        return said

    def refresh_token(self, token: str, peer: str, now_ns: int) -> Issued | Refusal:
        """Exchange a refresh token for the next tokens of its session."""
        said = self._logins.by_refresh(token, peer=peer, now_ns=now_ns)
        self.refresh(now_ns)
        return said

    def logout(self, principal: Principal, now_ns: int) -> None:
        """End the session of an access token, and the token."""
        self._logins.end(principal, now_ns=now_ns)
        self.refresh(now_ns)

    def revoke_user(self, user_id: str, *, by: Principal, now_ns: int) -> None:
        """End every session and token of a user.

        Raises:
            UnknownIdentityError: If there is no such user.
        """
        self.users.end_sessions(user_id, by=by.subject, now_ns=now_ns)
        self.refresh(now_ns)

    def audit(self, kind: str, actor: str, data: Mapping[str, object], now_ns: int) -> None:
        """Write down what somebody did to the venue."""
        self.users.tell(AuditEvent(kind, actor, now_ns, data))

    def audited(self, *, after: int, limit: int) -> list[dict[str, Any]]:
        """Return what the audit log's entries behind one say, at most so many."""
        with self._database.reading() as connection:
            found = islice(audit_table.entries(connection, after=after), limit)
            return [entry.fields for entry in found]

    def bootstrap(self, now_ns: int) -> Bootstrap | None:
        """Make an administrator, and a trader with a key, for a venue that has no user yet."""
        if self.users.list():
            return None
        password = base64.urlsafe_b64encode(self._randomness(PASSWORD_BYTES)).decode("ascii")
        by = "venue"
        self.users.add(
            "admin",
            roles=frozenset({Role.ADMIN}),
            account=None,
            password=password,
            by=by,
            now_ns=now_ns,
        )
        trader = self.users.add(
            "trader",
            roles=frozenset({Role.TRADER}),
            account=FIRST_ACCOUNT,
            password=None,
            by=by,
            now_ns=now_ns,
        )
        key, secret = self.keys.add(trader.id, label="first", by=by, now_ns=now_ns)
        self.refresh(now_ns)
        return Bootstrap("admin", password, FIRST_ACCOUNT, key.id, secret)

    def refresh(self, now_ns: int) -> bool:
        """Write what was counted, read what was changed, here or elsewhere; say if anything was.

        To be called every second or so, and after a change that must hold at once.

        Raises:
            AuditError: If the file and the table of the audit log differ.
            SealError: If a key's secret cannot be opened with the encryption key.
        """
        with self._refreshing:
            self._write_notices()
            if now_ns - self._purged_ns >= PURGE_NS:
                self.sessions.purge(now_ns=now_ns)
                self._purged_ns = now_ns
            self._mirror()
            return self._reread()

    def close(self) -> None:
        """Write what was counted, and let go of the log's file."""
        with self._refreshing:
            try:
                self._write_notices()
                self._write_notices()
                self._mirror()
            except StoreError as error:
                # The table has what the file lacks, and the next start brings it there.
                get_logger("tradecore.store").warning("the database is away", reason=str(error))
            finally:
                if self._log is not None:
                    self._log.close()
                    self._log = None

    def _write_notices(self) -> None:
        """Write what was counted, or what could not be written the last time."""
        if self._unwritten == ([], {}):
            self._unwritten = self._gate.take_notices()
        events, used = self._unwritten
        if not events and not used:
            return
        with self._database.writing() as connection:
            for each in events:
                audit_table.append(connection, each)
            for key_id, used_ns in used.items():
                connection.execute(
                    update(keys).where(keys.c.id == key_id).values(last_used_ns=used_ns)
                )
        self._unwritten = ([], {})

    def _mirror(self) -> None:
        """Bring the file of the audit log up to the table."""
        if self._log is None:
            return
        try:
            with self._database.reading() as connection:
                written = self._log.head.seq
                if audit_table.head(connection).seq < written:
                    raise AuditError(written, "the table has every entry that the file has")
                # From the last entry on, so that the file is compared with the table.
                self._log.write(audit_table.entries(connection, after=max(0, written - 1)))
            self.log_fault = ""
        except OSError as error:
            self.log_fault = (error.strerror or type(error).__name__).lower()

    def _reread(self) -> bool:
        with self._database.reading() as connection:
            head = audit_table.head(connection)
            if head.seq == self._read_seq:
                return False
            is_first = self._read_seq < 0
            news = audit_table.entries(connection, after=self._read_seq) if not is_first else ()
            kinds = [entry.fields["type"] for entry in news]
            self._read_seq = head.seq
            if not is_first and not any(kind.startswith(CHANGES) for kind in kinds):
                return False
            self._gate.directory = read_directory(connection, self._vault, self._gate.directory)
        self.version += 1
        return True
