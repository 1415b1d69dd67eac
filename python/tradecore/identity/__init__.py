"""Who may do what: users, roles, keys, tokens, signatures, and the log of what was done.

Everything here is a function of its arguments: time, ids and randomness are given. What needs the
extra `venue` is imported from its own module: `passwords`, `sealing`, `token_keys`, `tokens`.
"""

from __future__ import annotations

from tradecore.identity.api_keys import ApiKey, KeyRow
from tradecore.identity.audit import AuditEntry, AuditError, AuditEvent, AuditHead
from tradecore.identity.nonces import NonceWindow
from tradecore.identity.ownership import ALL_ACCOUNTS, Access, act_for, permit, reach, visible
from tradecore.identity.principal import Principal, Proof
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.request_gate import admit_request
from tradecore.identity.roles import ROLE_SCOPES, Role, scopes_of
from tradecore.identity.scopes import SCOPE_BITS, Scope, scope_mask
from tradecore.identity.secret_settings import SecretsError, SecretSetting, check_secrets
from tradecore.identity.sessions import Session
from tradecore.identity.signature import SignedRequest, canonical_request, sign_request
from tradecore.identity.users import IdentityError, UnknownIdentityError, User

__all__ = [
    "ALL_ACCOUNTS",
    "ROLE_SCOPES",
    "SCOPE_BITS",
    "Access",
    "ApiKey",
    "AuditEntry",
    "AuditError",
    "AuditEvent",
    "AuditHead",
    "AuthCode",
    "IdentityError",
    "KeyRow",
    "NonceWindow",
    "Principal",
    "Proof",
    "Refusal",
    "Role",
    "Scope",
    "SecretSetting",
    "SecretsError",
    "Session",
    "SignedRequest",
    "UnknownIdentityError",
    "User",
    "act_for",
    "admit_request",
    "canonical_request",
    "check_secrets",
    "permit",
    "reach",
    "scope_mask",
    "scopes_of",
    "sign_request",
    "visible",
]
