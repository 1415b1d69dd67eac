"""API keys: what one is allowed, from where and until when, and its secret, which is shown once."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.scopes import scope_mask
from tradecore.identity.users import IdentityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.identity.scopes import Scope
    from tradecore.identity.users import User

__all__ = [
    "KEY_ID_BYTES",
    "SECRET_BYTES",
    "ApiKey",
    "KeyRow",
    "Network",
    "claimed_key",
    "granted",
    "key_id_of",
    "key_secret_of",
    "networks_from_text",
    "usable",
]

KEY_ID_BYTES: Final = 10
SECRET_BYTES: Final = 32
NETWORKS_MAX: Final = 32
LABEL_CHARS_MAX: Final = 80
_KEY_ID: Final = re.compile(r"tck_[a-z2-7]{1,16}")
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"


def key_id_of(randomness: bytes) -> str:
    """Return the id that ten random bytes make: `tck_` and sixteen of a-z 2-7."""
    if len(randomness) != KEY_ID_BYTES:
        raise ValueError(f"a key id is made of {KEY_ID_BYTES} bytes: {len(randomness)}")
    return f"tck_{base64.b32encode(randomness).decode('ascii').lower()}"


def claimed_key(text: str) -> str:
    """Return what somebody says is the id of a key, or nothing if it is none.

    Whoever mistakes the secret for the id must not find it in a log.
    """
    return text if _KEY_ID.fullmatch(text) else ""


def key_secret_of(randomness: bytes) -> str:
    """Return the secret that 32 random bytes make: `tcs_` and 43 of base64url.

    Its characters, prefix and all, are the key of the HMAC.
    """
    if len(randomness) != SECRET_BYTES:
        raise ValueError(f"a secret is made of {SECRET_BYTES} bytes: {len(randomness)}")
    return f"tcs_{base64.urlsafe_b64encode(randomness).rstrip(b'=').decode('ascii')}"


def networks_from_text(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks that addresses must be in, as `10.0.0.0/8` or `192.0.2.7`.

    Raises:
        IdentityError: If one is none, has bits beyond its mask, or there are over 32.
    """
    if len(texts) > NETWORKS_MAX:
        raise IdentityError(f"a key has at most {NETWORKS_MAX} networks: {len(texts)}")
    try:
        return tuple(ipaddress.ip_network(text.strip()) for text in texts)
    except ValueError as error:
        raise IdentityError(f"a network is an address, or one with /bits: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of a user.

    Args:
        id: What requests call it.
        user: Id of its user.
        label: What its user calls it.
        scopes: What it was given; never does it do more than its user may at the time.
        networks: Where requests may come from; anywhere if empty.
        sealed: Its secret, sealed for `row`.
        created_ns: When it was made, nanoseconds since the Unix epoch.
        expires_ns: When it ends; None if it does not.
        revoked_ns: When it was revoked; None if it was not.
        last_used_ns: When it was last written down that it was used.
    """

    id: str
    user: str
    label: str
    scopes: frozenset[Scope]
    networks: tuple[Network, ...] = ()
    sealed: str = field(repr=False)
    created_ns: int = 0
    expires_ns: int | None = None
    revoked_ns: int | None = None
    last_used_ns: int | None = None

    @property
    def row(self) -> str:
        """Return what its secret is sealed for: this key of this user and no other."""
        return f"api_key {self.id} {self.user}"

    def fault_at(self, now_ns: int) -> AuthCode | None:
        """Return why the key proves nothing at a moment, or None."""
        if self.revoked_ns is not None:
            return AuthCode.REVOKED
        if self.expires_ns is not None and now_ns >= self.expires_ns:
            return AuthCode.EXPIRED
        return None

    def is_from(self, peer: str) -> bool:
        """Return whether an address is one the key may be used from."""
        if not self.networks:
            return True
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)


def granted(key_scopes: frozenset[Scope], user: User) -> frozenset[Scope]:
    """Return the scopes a new key gets.

    Raises:
        IdentityError: If there is none, or one that the user has not.
    """
    beyond = key_scopes - user.scopes
    if beyond:
        raise IdentityError(
            f"a key may do at most what its user may: {' '.join(sorted(beyond))}, user={user.login}"
        )
    if not key_scopes:
        raise IdentityError(f"a key has at least one scope: user={user.login}")
    return key_scopes


def usable(key: ApiKey, user: User | None, peer: str, now_ns: int) -> Refusal | None:
    """Return why a key whose secret was proved lets nobody in, or None."""
    fault = key.fault_at(now_ns)
    if fault is not None:
        return Refusal(fault, f"an API key is neither revoked nor expired: {fault}", key.id)
    if user is None or user.is_disabled:
        return Refusal(AuthCode.DISABLED, "the user of a key is there and enabled", key.id)
    if not key.is_from(peer):
        text = f"a key with networks is used from one of them: peer={peer[:64]}"
        return Refusal(AuthCode.WRONG_NETWORK, text, key.id)
    return None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the native order entry knows it: all that is needed to admit a request.

    Args:
        id: The key.
        secret: Key of the HMAC, in memory only.
        user: Id of its user.
        account: The user's account.
        scopes: Bits of `SCOPE_BITS`: the key's, as far as they are the user's.
        networks: Where requests may come from; anywhere if empty.
        expires_ns: When it ends; 0 if it does not.
    """

    id: str
    secret: bytes = field(repr=False)
    user: str
    account: int
    scopes: int
    networks: tuple[str, ...]
    expires_ns: int

    @classmethod
    def of(cls, key: ApiKey, user: User, secret: str, account: int) -> KeyRow:
        """Return the row of a usable key."""
        return cls(
            id=key.id,
            secret=secret.encode("ascii"),
            user=user.id,
            account=account,
            scopes=scope_mask(key.scopes & user.scopes),
            networks=tuple(str(network) for network in key.networks),
            expires_ns=key.expires_ns or 0,
        )
