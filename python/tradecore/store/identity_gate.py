"""Who is asking: answered for each request, from memory."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
from typing import TYPE_CHECKING, Final

from tradecore.identity.notices import Notices
from tradecore.identity.principal import Principal, Proof
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.request_gate import admit_request
from tradecore.identity.roles import Role
from tradecore.identity.scopes import Scope
from tradecore.identity.tokens import principal_of
from tradecore.store.identity_directory import Directory

if TYPE_CHECKING:
    from tradecore.identity.audit import AuditEvent
    from tradecore.identity.nonces import NonceWindow
    from tradecore.identity.signature import SignedRequest
    from tradecore.identity.tokens import Claims, TokenVerifier

__all__ = ["ADMIN_TOKEN_SCOPES", "IdentityGate", "is_loopback", "is_same"]

CHECKED_MAX: Final = 10_000

ADMIN_TOKEN_SCOPES: Final = frozenset(
    {
        Scope.ADMIN,
        Scope.OPS,
        Scope.OPERATOR,
        Scope.AUDIT_READ,
        Scope.ACCOUNTS_READ,
        Scope.RISK_READ,
        Scope.RISK_WRITE,
        Scope.RISK_KILL,
    }
)
"""What the venue's own token does: run the venue, but neither trade nor act for others."""


def is_same(one: str, other: str | None) -> bool:
    """Return whether two secrets are the same, in a time that tells nothing of either."""
    digests = [
        hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (one, other or "")
    ]
    return hmac.compare_digest(*digests) and other is not None


def is_loopback(peer: str) -> bool:
    """Return whether an address is this machine's own."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback


class IdentityGate:
    """Checks proofs against a directory; from any thread.

    Args:
        verifier: What checks tokens.
        nonces: Those of signed requests, seen lately.
        admin_token: The venue's own token; None if it has none.
    """

    def __init__(
        self, verifier: TokenVerifier, nonces: NonceWindow, admin_token: str | None
    ) -> None:
        self.directory = Directory()
        self._verifier = verifier
        self._nonces = nonces
        self._admin_token = admin_token
        self._notices = Notices()
        self._lock = threading.Lock()
        #: Tokens whose signature was right, with what they say; the oldest goes first.
        self._checked: dict[str, Claims] = {}

    def token(self, token: str, *, peer: str, now_ns: int) -> Principal | Refusal:
        """Return whom an access token stands for."""
        claims = self._claims(token, now_ns)
        if isinstance(claims, Refusal):
            return self.refuse(claims, peer=peer, now_ns=now_ns)
        directory = self.directory
        user = directory.users.get(claims.subject)
        from_s = 0 if user is None else user.tokens_from_s
        if claims.jti in directory.revoked or claims.issued_s < from_s:
            text = f"a token was not revoked: jti={claims.jti[:64]!r}"
            refusal = Refusal(AuthCode.REVOKED, text, claims.subject)
            return self.refuse(refusal, peer=peer, now_ns=now_ns)
        found = principal_of(claims, user)
        if isinstance(found, Refusal):
            return self.refuse(found, peer=peer, now_ns=now_ns)
        return found

    def request(self, request: SignedRequest, *, peer: str, now_ns: int) -> Principal | Refusal:
        """Return whose key signed a request."""
        directory = self.directory
        key = directory.keys.get(request.key_id)
        with self._lock:
            found = admit_request(
                request,
                key=key,
                secret=directory.secrets.get(request.key_id),
                user=None if key is None else directory.users.get(key.user),
                peer=peer,
                nonces=self._nonces,
                now_ns=now_ns,
            )
            if isinstance(found, Principal):
                self._notices.use(found.credential, peer, now_ns=now_ns)
                return found
        return self.refuse(found, peer=peer, now_ns=now_ns)

    def admin(self, token: str, *, peer: str, now_ns: int) -> Principal | Refusal:
        """Return the principal of the venue's own token, which this machine alone may use."""
        is_right = is_same(token, self._admin_token)
        if self._admin_token is None:
            refusal = Refusal(AuthCode.NOT_CONFIGURED, "the venue has an admin token", "admin")
        elif not is_loopback(peer):
            text = f"the admin token is used on this machine: peer={peer[:64]}"
            refusal = Refusal(AuthCode.WRONG_NETWORK, text, "admin")
        elif not is_right:
            refusal = Refusal(AuthCode.BAD_SIGNATURE, "the admin token is the venue's", "admin")
        else:
            return Principal(
                subject="admin",
                account=None,
                roles=frozenset({Role.ADMIN}),
                scopes=ADMIN_TOKEN_SCOPES,
                proof=Proof.ADMIN_TOKEN,
            )
        return self.refuse(refusal, peer=peer, now_ns=now_ns)

    def refuse(self, refusal: Refusal, *, peer: str, now_ns: int) -> Refusal:
        """Count a refusal for the audit log, and return it."""
        with self._lock:
            self._notices.refuse(refusal, peer, now_ns=now_ns)
        return refusal

    def _claims(self, token: str, now_ns: int) -> Claims | Refusal:
        """Return what a token says; one that was checked is not taken apart again."""
        known = self._checked.get(token)
        if known is not None:
            return self._verifier.fault_at(known, now_ns=now_ns) or known
        claims = self._verifier.verify(token, now_ns=now_ns)
        if not isinstance(claims, Refusal):
            with self._lock:
                if len(self._checked) >= CHECKED_MAX:
                    del self._checked[next(iter(self._checked))]
                self._checked[token] = claims
        return claims

    def take_notices(self) -> tuple[list[AuditEvent], dict[str, int]]:
        """Return what was counted since the last time; see `Notices.take`."""
        with self._lock:
            return self._notices.take()
