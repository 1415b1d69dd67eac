"""Logins: by a password, by a key and its secret, by a refresh token."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.identity.api_keys import claimed_key, usable
from tradecore.identity.audit import AuditEvent
from tradecore.identity.notices import UNPROVED
from tradecore.identity.principal import Principal, Proof
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.throttle import LoginThrottle
from tradecore.store.identity_gate import is_same

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.identity.passwords import Passwords
    from tradecore.identity.sealing import Vault
    from tradecore.identity.sessions import Session
    from tradecore.identity.tokens import TokenIssuer
    from tradecore.identity.users import User
    from tradecore.store.identity_keys import KeyRecords
    from tradecore.store.identity_sessions import SessionRecords
    from tradecore.store.identity_users import UserRecords

__all__ = ["Issued", "Logins"]

JTI_BYTES: Final = 12
LOGIN_CHARS_MAX: Final = 64
HASHES_AT_ONCE: Final = 4
HASH_WAIT_S: Final = 2.0
SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Issued:
    """What somebody gets who has logged in.

    Args:
        access_token: For requests.
        refresh_token: For the next access token, once.
        expires_in_s: How long the access token lives, seconds.
        scope: What it is for, blanks between.
        principal: Whom it stands for.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: int
    scope: str
    principal: Principal


@dataclass(slots=True)
class Logins:
    """Turns what somebody knows into tokens; each call waits for the database.

    Args:
        users: Who there is.
        keys: Keys they have.
        sessions: What they begin.
        passwords: What checks passwords.
        vault: What opens secrets of keys.
        issuer: What makes access tokens.
        randomness: So many random bytes.
        refuse: Counts a refusal that has no entry of its own in the audit log.
    """

    users: UserRecords
    keys: KeyRecords
    sessions: SessionRecords
    passwords: Passwords
    vault: Vault
    issuer: TokenIssuer
    randomness: Callable[[int], bytes] = field(repr=False)
    refuse: Callable[[Refusal, str, int], Refusal]
    _throttle: LoginThrottle = field(default_factory=LoginThrottle, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    #: Each hash takes 19 MiB, so that logins may not be as many as there are threads.
    _room: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(HASHES_AT_ONCE), init=False
    )

    def by_password(self, login: str, password: str, *, peer: str, now_ns: int) -> Issued | Refusal:
        """Begin a session by a password; an unknown login costs what a known one does."""
        login = login.strip().lower()[:LOGIN_CHARS_MAX]
        with self._lock:
            wait_ns = self._throttle.wait_ns(login, peer, now_ns=now_ns)
        if wait_ns:
            text = f"a login waits after its failures: wait_ns={wait_ns}"
            waits = Refusal(AuthCode.TOO_MANY_FAILURES, text, wait_ns=wait_ns)
            return self.refuse(waits, peer, now_ns)
        user = self.users.by_login(login)
        if not self._room.acquire(timeout=HASH_WAIT_S):
            text = f"at most {HASHES_AT_ONCE} passwords are checked at once"
            busy = Refusal(AuthCode.BUSY, text, wait_ns=SECOND_NS)
            return self.refuse(busy, peer, now_ns)
        try:
            checked = self.passwords.check(password, None if user is None else user.password)
        finally:
            self._room.release()
        refusal = _password_fault(user, is_right=checked.is_right)
        with self._lock:
            if refusal is None:
                self._throttle.succeed(login, peer)
            else:
                self._throttle.fail(login, peer, now_ns=now_ns)
        if refusal is not None or user is None:
            refusal = refusal or Refusal(AuthCode.UNKNOWN_USER, "a login is a user's")
            # A login nobody has may be a password in the wrong field, and is not written down.
            known = "" if user is None else login
            data = {"login": known, "peer": peer, "code": refusal.code.value}
            self.users.tell(AuditEvent("login.failed", UNPROVED, now_ns, data))
            return refusal
        if checked.is_outdated:
            self.users.rehash(user, password, now_ns=now_ns)
        told = AuditEvent("login.succeeded", user.id, now_ns, {"login": login, "peer": peer})
        session, refresh = self.sessions.begin(user, user.scopes, told=told)
        return self._issued(user, session, refresh, Proof.PASSWORD, now_ns)

    def by_key(self, key_id: str, secret: str, *, peer: str, now_ns: int) -> Issued | Refusal:
        """Begin a session by an API key and its secret."""
        key = self.keys.get(key_id)
        kept = None if key is None else self.vault.open(key.sealed, row=key.row)
        if not is_same(secret, kept) or key is None:
            refusal = Refusal(
                AuthCode.UNKNOWN_KEY, "a key comes with its secret", claimed_key(key_id)
            )
            return self.refuse(refusal, peer, now_ns)
        user = self.users.by_id(key.user)
        unusable = usable(key, user, peer, now_ns)
        if unusable is not None or user is None:
            refusal = unusable or Refusal(AuthCode.DISABLED, "the user of a key is there", key.id)
            return self.refuse(refusal, peer, now_ns)
        told = AuditEvent("login.succeeded", user.id, now_ns, {"key": key.id, "peer": peer})
        session, refresh = self.sessions.begin(
            user, key.scopes & user.scopes, told=told, credential=key.id
        )
        return self._issued(user, session, refresh, Proof.API_KEY, now_ns)

    def by_refresh(self, token: str, *, peer: str, now_ns: int) -> Issued | Refusal:
        """Go on with a session."""
        found = self.sessions.refresh(token, peer=peer, now_ns=now_ns)
        if isinstance(found, Refusal):
            # What is known of has an entry already.
            return found if found.subject else self.refuse(found, peer, now_ns)
        session, refresh = found
        user = self.users.by_id(session.user)
        if user is None or user.is_disabled:
            return Refusal(AuthCode.DISABLED, "the user of a session is enabled", session.user)
        return self._issued(user, session, refresh, Proof.TOKEN, now_ns)

    def end(self, principal: Principal, *, now_ns: int) -> None:
        """End the session of an access token, and the token; another proof has none."""
        if principal.proof is not Proof.TOKEN or principal.expires_ns is None:
            return
        leeway_s = self.issuer.rules.leeway_s
        self.sessions.revoke_token(
            principal.credential,
            until_s=principal.expires_ns // SECOND_NS + leeway_s + 1,
            by=principal.subject,
            now_ns=now_ns,
        )
        session_id = principal.credential.partition(".")[0]
        self.sessions.end(session_id, by=principal.subject, now_ns=now_ns)

    def _issued(
        self, user: User, session: Session, refresh: str, proof: Proof, now_ns: int
    ) -> Issued:
        # The session is in the name of the token, so that one ends with the other.
        jti = f"{session.id}.{self.randomness(JTI_BYTES).hex()}"
        scopes = session.scopes & user.scopes
        is_by_person = not session.credential
        principal = Principal(
            subject=user.id,
            account=user.account,
            roles=user.roles,
            scopes=scopes,
            proof=proof,
            credential=jti,
            expires_ns=now_ns + self.issuer.rules.life_s * SECOND_NS,
            is_person=is_by_person,
        )
        return Issued(
            access_token=self.issuer.issue(
                user, scopes, jti=jti, now_ns=now_ns, is_by_person=is_by_person
            ),
            refresh_token=refresh,
            expires_in_s=self.issuer.rules.life_s,
            scope=" ".join(sorted(scopes)),
            principal=principal,
        )


def _password_fault(user: User | None, *, is_right: bool) -> Refusal | None:
    if user is None:
        return Refusal(AuthCode.UNKNOWN_USER, "a login is a user's")
    if not is_right:
        return Refusal(AuthCode.WRONG_PASSWORD, "a password is that of the login", user.id)
    if user.is_disabled:
        return Refusal(AuthCode.DISABLED, "a user that logs in is enabled", user.id)
    return None
