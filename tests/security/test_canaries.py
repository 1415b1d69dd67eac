"""Secrets with a mark go through all that identity does; none is seen in a log, row or file."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest

from support.identity_rig import GIVEN, SECOND, IdentityRig
from tradecore.identity import IdentityError, Refusal, SecretsError
from tradecore.identity.sealing import SealError
from tradecore.store.audit_file import AuditFile
from tradecore.store.identity_secrets import venue_secrets
from tradecore.telemetry.logs import configure_logging, get_logger

PEER = "192.0.2.1"
PASSWORD = "canary-password-7hq2"  # noqa: S105 - a canary
NEW_PASSWORD = "canary-new-password-9wz"  # noqa: S105 - a canary
CANARIES = {
    "JWT_SECRET": "canary-jwt-vL4tR8wZ1cB6nH3jF5pD0sGy",
    "JWT_SECRET_PREVIOUS": "canary-old-jwt-8wZ1cB6nH3jF5pD0sGyQ",
    "ADMIN_TOKEN": "canary-admin-X4vB8mK1pL6sD3fG5hJ0yT",
    "ENCRYPTION_KEY": "canary-aes-Sd1Lp8Km4Bv2Xn7Rt9Zc-",
    "ENCRYPTION_KEY_PREVIOUS": "canary-old-aes-p8Km4Bv2Xn7Rt9Zc-",
}


class Witness:
    """A log at its most talkative, and all that secrets went into."""

    def __init__(self, rig, stream):
        """Watch a service."""
        self.rig, self.stream = rig, stream
        self.secrets = {*CANARIES.values(), PASSWORD, NEW_PASSWORD}
        self._log = get_logger("canaries")

    def see(self, what, **fields):
        """Log what there is, as a careless line of code would: under any name, and in text."""
        self._log.debug("seen", what=what, text=str(what), shown=repr(what), **fields)
        return what

    def learn(self, *secrets):
        """Add secrets that were made on the way."""
        self.secrets.update(secrets)


@pytest.fixture
def witness(database_url, tmp_path):
    """Return a service whose every secret is a canary, and a log that is told everything."""
    stream = io.StringIO()
    configure_logging("DEBUG", json=True, stream=stream)
    log = AuditFile(tmp_path / "audit.jsonl")
    rig = IdentityRig(database_url, tmp_path, given=CANARIES, log=log)
    yield Witness(rig, stream)
    rig.close()


def use_everything(witness: Witness) -> None:
    """Do what identity does, rightly and wrongly, and log all of it."""
    rig, see = witness.rig, witness.see
    service, now_ns = rig.service, rig.now_ns
    see(rig.user(password=PASSWORD))
    key, secret = rig.key()
    witness.learn(secret)
    issued = service.login("alice", PASSWORD, PEER, now_ns)
    by_key = service.issue_for_key(key.id, secret, PEER, now_ns)
    again = service.refresh_token(issued.refresh_token, PEER, now_ns)
    for one in (issued, by_key, again):
        witness.learn(one.access_token, one.refresh_token)
        see(one, authorization=f"Bearer {one.access_token}", token=one.refresh_token)
    request = rig.signed(key, secret)
    witness.learn(request.signature)
    see(request, headers=[("x-api-key", key.id), ("x-api-signature", request.signature)])
    wrong = [
        service.login("alice", PASSWORD + "x", PEER, now_ns),
        service.login(PASSWORD, PASSWORD, PEER, now_ns),
        service.issue_for_key(key.id, secret + "x", PEER, now_ns),
        service.issue_for_key(secret, key.id, PEER, now_ns),
        service.authenticate_token(issued.access_token[:-9], now_ns),
        service.authenticate_token(secret, now_ns),
        service.authenticate_request(dataclasses.replace(request, target="/x"), PEER, now_ns),
        service.authenticate_request(dataclasses.replace(request, key_id=secret), PEER, now_ns),
        service.authenticate_request(dataclasses.replace(request, nonce=secret), PEER, now_ns),
        service.authenticate_admin_token(CANARIES["ADMIN_TOKEN"], PEER, now_ns),
        service.authenticate_admin_token(CANARIES["ADMIN_TOKEN"][:-1], "127.0.0.1", now_ns),
        service.refresh_token(issued.refresh_token, PEER, now_ns + SECOND),
    ]
    for refusal in wrong:
        assert isinstance(see(refusal), Refusal)
    service.users.set_password("alice", NEW_PASSWORD, by="local:test", now_ns=now_ns)
    see(service.keys.reseal(by="local:test", now_ns=now_ns))
    service.audit("canary", "admin", {"password": PASSWORD, "text": f"key {secret}"}, now_ns)
    service.refresh(now_ns)
    for inner in (service.users, service.keys, service.keys.list(), service.users.list()):
        see(inner)
    see(service.key_table(), secrets=CANARIES, environ=dict(CANARIES))


def fail_everywhere(witness: Witness) -> None:
    """Make every error that has to do with a secret, and log it with its traceback."""
    rig = witness.rig
    log = get_logger("canaries.errors")
    for call, kind in (
        (lambda: venue_secrets(rig.folder, CANARIES | {"ADMIN_TOKEN": PASSWORD}), SecretsError),
        (
            lambda: venue_secrets(rig.folder, CANARIES | {"ADMIN_TOKEN": CANARIES["JWT_SECRET"]}),
            SecretsError,
        ),
        (lambda: rig.user(PASSWORD, password=PASSWORD), IdentityError),
        (lambda: rig.open(GIVEN), SealError),
    ):
        try:
            call()
        except kind as error:
            log.exception("failed", error=error)
        else:
            pytest.fail(f"nothing was wrong: {kind.__name__}")


def test_no_canary_is_seen(witness, tmp_path):
    """Passwords, keys, tokens and signatures are in no line, no row and no file."""
    use_everything(witness)
    fail_everywhere(witness)
    witness.rig.service.close()
    lines = witness.stream.getvalue().splitlines()
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert len(lines) > 25
    assert files["audit.jsonl"].count(b"\n") > 10
    assert all(isinstance(json.loads(line), dict) for line in lines)
    seen = [(name, s) for s in witness.secrets for name, d in files.items() if s.encode() in d]
    assert not seen
    assert not [(line, secret) for line in lines for secret in witness.secrets if secret in line]
