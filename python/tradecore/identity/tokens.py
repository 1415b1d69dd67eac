"""Access tokens: made short-lived, and believed only when everything in them is as it must be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from tradecore.identity.principal import Principal, Proof
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.scopes import Scope
from tradecore.identity.token_text import MalformedTokenError, take_apart
from tradecore.identity.users import ACCOUNT_MAX, IdentityError

if TYPE_CHECKING:
    from tradecore.identity.token_keys import TokenKeys
    from tradecore.identity.users import User

__all__ = ["Claims", "TokenIssuer", "TokenRules", "TokenVerifier", "principal_of"]

SECOND_NS: Final = 1_000_000_000
LEEWAY_S_MAX: Final = 60
LIFE_S_MAX: Final = 3600
TEXT_CHARS_MAX: Final = 128
SCOPE_CHARS_MAX: Final = 1024
# The last second of the year 9999: what no clock of ours will reach.
SECONDS_MAX: Final = 253_402_300_799
#: How somebody was proved, as RFC 8176 spells a password.
PASSWORD_USED: Final = "pwd"  # noqa: S105 - the word, not one
METHODS_MAX: Final = 16
_SCOPES: Final = {scope.value: scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What tokens of a venue have in common.

    Args:
        issuer: Who makes them, `iss`.
        audience: Whom they are for, `aud`.
        life_s: How long one of ours lives, seconds.
        life_s_max: How long one may live that is accepted.
        leeway_s: How far clocks may differ.
    """

    issuer: str = "tradecore"
    audience: str = "tradecore"
    life_s: int = 600
    life_s_max: int = 900
    leeway_s: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.life_s <= self.life_s_max <= LIFE_S_MAX:
            raise IdentityError(
                f"a token lives at most {LIFE_S_MAX} s: life_s={self.life_s}, "
                f"life_s_max={self.life_s_max}"
            )
        if not 0 <= self.leeway_s <= LEEWAY_S_MAX:
            raise IdentityError(f"leeway is 0 to {LEEWAY_S_MAX} s: leeway_s={self.leeway_s}")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, checked.

    Args:
        subject: Id of the user.
        jti: Id of the token.
        issued_s: When it was made, seconds since the Unix epoch.
        expires_s: When it ends.
        scopes: What it was made for; names that are no scopes of ours are left out.
        account: The user's account as the issuer knew it; None if it did not say.
        begins_s: From when on it holds.
        is_by_person: If it came of a password, `amr` with `pwd` (RFC 8176).
    """

    subject: str
    jti: str
    issued_s: int
    expires_s: int
    scopes: frozenset[Scope]
    account: int | None
    begins_s: int
    is_by_person: bool = False


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Makes tokens.

    Args:
        keys: With one that signs.
        rules: What tokens have in common.
    """

    keys: TokenKeys
    rules: TokenRules

    def issue(
        self,
        user: User,
        scopes: frozenset[Scope],
        *,
        jti: str,
        now_ns: int,
        is_by_person: bool = False,
    ) -> str:
        """Return a token for a user.

        One made in the second in which the user's tokens were revoked is dated after it; one that
        came of a password says so, for what only a person may do.

        Raises:
            IdentityError: If no key signs.
        """
        if self.keys.signing_kid is None:
            raise IdentityError("tokens are made with a private key: none is configured")
        issued_s = max(now_ns // SECOND_NS, user.tokens_from_s)
        claims: dict[str, Any] = {
            "iss": self.rules.issuer,
            "aud": self.rules.audience,
            "sub": user.id,
            "jti": jti,
            "iat": issued_s,
            "exp": issued_s + self.rules.life_s,
            "scope": " ".join(sorted(scopes & user.scopes)),
        }
        if user.account is not None:
            claims["acc"] = user.account
        if is_by_person:
            claims["amr"] = [PASSWORD_USED]
        name = self.keys.algorithm.value
        return PyJWS(algorithms=[name]).encode(
            json.dumps(claims, separators=(",", ":"), sort_keys=True).encode(),
            self.keys.signing,
            algorithm=name,
            headers={"typ": "at+jwt", "kid": self.keys.signing_kid},
        )


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Checks tokens.

    Args:
        keys: Those that check; their algorithm is the only one accepted.
        rules: What tokens have in common.
    """

    keys: TokenKeys
    rules: TokenRules
    _signatures: PyJWS = field(init=False, repr=False)

    def __post_init__(self) -> None:
        signatures = PyJWS(algorithms=[self.keys.algorithm.value])
        object.__setattr__(self, "_signatures", signatures)

    def verify(self, token: str, *, now_ns: int) -> Claims | Refusal:
        """Return what a token says, or the rule it breaks."""
        try:
            parts = take_apart(token)
        except MalformedTokenError as error:
            return Refusal(AuthCode.MALFORMED, str(error))
        name = self.keys.algorithm.value
        if parts.algorithm != name:
            text = f"tokens are signed by {name}: alg={parts.algorithm[:16]!r}"
            return Refusal(AuthCode.WRONG_ALGORITHM, text)
        key = self.keys.key_of(parts.kid)
        if key is None:
            text = f"a token names a key of the venue: kid={(parts.kid or '')[:64]!r}"
            return Refusal(AuthCode.UNKNOWN_KEY, text)
        try:
            self._signatures.decode_complete(token, key, algorithms=[name])
        except PyJWTError as error:
            kind = type(error).__name__
            return Refusal(AuthCode.BAD_SIGNATURE, f"a signature is that of the token: {kind}")
        return self._claims(parts.claims, now_ns)

    def _claims(self, claims: dict[str, Any], now_ns: int) -> Claims | Refusal:
        fault = _form_fault(claims)
        if fault is not None:
            return Refusal(AuthCode.WRONG_CLAIM, fault)
        subject: str = claims["sub"]
        fault = self._address_fault(claims)
        if fault is not None:
            return Refusal(AuthCode.WRONG_CLAIM, fault, subject)
        read = Claims(
            subject=subject,
            jti=claims["jti"],
            issued_s=claims["iat"],
            expires_s=claims["exp"],
            scopes=frozenset(
                _SCOPES[name] for name in claims.get("scope", "").split() if name in _SCOPES
            ),
            account=claims.get("acc"),
            begins_s=max(claims["iat"], claims.get("nbf", 0)),
            is_by_person=PASSWORD_USED in claims.get("amr", ()),
        )
        return self.fault_at(read, now_ns=now_ns) or read

    def _address_fault(self, claims: dict[str, Any]) -> str | None:
        if claims["iss"] != self.rules.issuer:
            return f"tokens are made by {self.rules.issuer}"
        audience = claims["aud"]
        if self.rules.audience not in ([audience] if isinstance(audience, str) else audience):
            return f"a token is for {self.rules.audience}"
        return None

    def fault_at(self, claims: Claims, *, now_ns: int) -> Refusal | None:
        """Return why a token that was checked is not believed at a moment, or None."""
        now_s, leeway_s = now_ns // SECOND_NS, self.rules.leeway_s
        life_s = claims.expires_s - claims.issued_s
        if not 0 < life_s <= self.rules.life_s_max:
            text = f"a token lives 1 to {self.rules.life_s_max} s: {life_s}"
            return Refusal(AuthCode.WRONG_CLAIM, text, claims.subject)
        if now_s >= claims.expires_s + leeway_s:
            text = f"a token ends: exp={claims.expires_s}, now={now_s}"
            return Refusal(AuthCode.EXPIRED, text, claims.subject)
        if now_s < claims.begins_s - leeway_s:
            text = f"a token is not from the future: {claims.begins_s}, now={now_s}"
            return Refusal(AuthCode.NOT_YET, text, claims.subject)
        return None


def principal_of(claims: Claims, user: User | None) -> Principal | Refusal:
    """Return who a checked token stands for: never more than the user may do by now."""
    if user is None:
        return Refusal(AuthCode.UNKNOWN_USER, "the user of a token is there", claims.subject)
    if user.is_disabled:
        return Refusal(AuthCode.DISABLED, "the user of a token is enabled", user.id)
    if claims.account is not None and claims.account != user.account:
        return Refusal(AuthCode.WRONG_CLAIM, "a token is for the account of its user", user.id)
    return Principal(
        subject=user.id,
        account=user.account,
        roles=user.roles,
        scopes=claims.scopes & user.scopes,
        proof=Proof.TOKEN,
        credential=claims.jti,
        expires_ns=claims.expires_s * SECOND_NS,
        is_person=claims.is_by_person,
    )


def _form_fault(claims: dict[str, Any]) -> str | None:
    """Return which claim is missing or has not its form."""
    for name in ("iss", "sub", "jti"):
        value = claims.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_CHARS_MAX:
            return f"{name} is text of 1 to {TEXT_CHARS_MAX} characters"
    for name in ("iat", "exp", *(["nbf"] if "nbf" in claims else [])):
        value = claims.get(name)
        if type(value) is not int or not 0 <= value <= SECONDS_MAX:
            return f"{name} is a whole number of seconds since the Unix epoch"
    audience = claims.get("aud")
    names = [audience] if isinstance(audience, str) else audience
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        return "aud is text or a list of texts"
    scope = claims.get("scope", "")
    if not isinstance(scope, str) or len(scope) > SCOPE_CHARS_MAX:
        return f"scope is text of at most {SCOPE_CHARS_MAX} characters"
    account = claims.get("acc", 0)
    if type(account) is not int or not 0 <= account <= ACCOUNT_MAX:
        return "acc is the number of an account"
    return _method_fault(claims.get("amr", []))


def _method_fault(methods: object) -> str | None:
    """Return what is wrong with how somebody is said to have been proved."""
    if isinstance(methods, list) and len(methods) <= METHODS_MAX:
        is_text = all(isinstance(name, str) for name in methods)
        return None if is_text else "amr is a list of texts"
    return f"amr is a list of at most {METHODS_MAX} texts"
