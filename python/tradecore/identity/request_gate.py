"""A signed request becomes a principal, or a refusal: every check, in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.identity.api_keys import claimed_key, usable
from tradecore.identity.principal import Principal, Proof
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.signature import fault_of, is_signed_by

if TYPE_CHECKING:
    from tradecore.identity.api_keys import ApiKey
    from tradecore.identity.nonces import NonceWindow
    from tradecore.identity.signature import SignedRequest
    from tradecore.identity.users import User

__all__ = ["admit_request"]

MILLISECOND_NS: Final = 1_000_000

_WHY: Final = {
    AuthCode.OUT_OF_TIME: "a timestamp is near the time of the venue, and after its start",
    AuthCode.NONCE_USED: "a nonce is used once",
    AuthCode.NONCES_FULL: "a key sends at most as many requests as nonces can be remembered",
}


def admit_request(
    request: SignedRequest,
    *,
    key: ApiKey | None,
    secret: str | None,
    user: User | None,
    peer: str,
    nonces: NonceWindow,
    now_ns: int,
) -> Principal | Refusal:
    """Decide on a signed request.

    The signature is looked at first and the rest only when it is right, so a stranger learns
    nothing of a key and uses up none of its nonces.

    Args:
        request: What came.
        key: The key it names; None if there is none.
        secret: The key's secret.
        user: The key's user.
        peer: Address it came from.
        nonces: Those seen lately.
        now_ns: The time, nanoseconds since the Unix epoch.
    """
    subject = claimed_key(request.key_id)
    fault = fault_of(request)
    if fault is not None:
        return Refusal(AuthCode.MALFORMED, f"a signed request has a {fault} in its form", subject)
    is_signed = is_signed_by(request, secret)
    if key is None or secret is None:
        return Refusal(AuthCode.UNKNOWN_KEY, "a request is signed with a key of the venue", subject)
    if not is_signed:
        return Refusal(AuthCode.BAD_SIGNATURE, "a signature is that of the request", subject)
    refusal = usable(key, user, peer, now_ns)
    if refusal is not None or user is None:
        return refusal or Refusal(AuthCode.DISABLED, "the user of a key is there", subject)
    timestamp_ns = int(request.timestamp_ms) * MILLISECOND_NS
    spent = nonces.admit(key.id, request.nonce, timestamp_ns=timestamp_ns, now_ns=now_ns)
    if spent is not None:
        text = f"{_WHY[spent]}: timestamp_ms={request.timestamp_ms}, now_ns={now_ns}"
        return Refusal(spent, text, subject)
    return Principal(
        subject=user.id,
        account=user.account,
        roles=user.roles,
        scopes=key.scopes & user.scopes,
        proof=Proof.API_KEY,
        credential=key.id,
        expires_ns=key.expires_ns,
    )
