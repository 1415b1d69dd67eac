"""Why somebody was not let in: told to the log in full, to the caller as one and the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AuthCode", "Refusal"]


class AuthCode(StrEnum):
    """The rule that was not kept."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    OUT_OF_TIME = "out_of_time"
    NONCE_USED = "nonce_used"
    NONCES_FULL = "nonces_full"
    WRONG_NETWORK = "wrong_network"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    DISABLED = "disabled"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_CLAIM = "wrong_claim"
    UNKNOWN_USER = "unknown_user"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the code, not one
    TOO_MANY_FAILURES = "too_many_failures"
    BUSY = "busy"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - the same
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody was not let in.

    Args:
        code: The rule.
        detail: The rule with its values, for log and audit; never a secret, and not for the
            caller, whom it could tell which half of a guess was right.
        subject: Id of the user, key or token it is about, if that much is known.
        wait_ns: When another try is looked at, nanoseconds from now; 0 where waiting is no help.
    """

    code: AuthCode
    detail: str
    subject: str = ""
    wait_ns: int = 0
