"""The secrets of a venue: read from settings and files, made once where none are given."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.identity.encryption_key import read_key
from tradecore.identity.sealing import Vault
from tradecore.identity.secret_settings import (
    SecretForm,
    SecretsError,
    SecretSetting,
    check_secrets,
)
from tradecore.identity.token_keys import Algorithm, TokenKeys
from tradecore.identity.users import IdentityError
from tradecore.telemetry import protect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["KEPT_FILE", "PUBLIC_NAMES", "SECRET_NAMES", "VenueSecrets", "venue_secrets"]

KEPT_FILE: Final = "secrets.env"
"""Where secrets that were not given are kept, in the folder of the venue's data."""

MADE: Final = ("JWT_SECRET", "ENCRYPTION_KEY", "ADMIN_TOKEN")
SECRET_NAMES: Final = (
    *MADE,
    "JWT_SECRET_PREVIOUS",
    "JWT_PRIVATE_KEY",
    "ENCRYPTION_KEY_PREVIOUS",
)
"""What is secret; each may also be `NAME_FILE`, the path of a file only its owner can read."""

PUBLIC_NAMES: Final = ("JWT_ALGORITHM", "JWT_PUBLIC_KEYS")
SECRET_BYTES: Final = 32
FILE_BYTES_MAX: Final = 65_536
_FORMS: Final = {
    "ENCRYPTION_KEY": SecretForm.ENCRYPTION_KEY,
    "ENCRYPTION_KEY_PREVIOUS": SecretForm.ENCRYPTION_KEY,
    "JWT_PRIVATE_KEY": SecretForm.PEM,
}
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)
_LINE: Final = re.compile(r"([A-Z_]+)=(\S+)")


@dataclass(frozen=True, slots=True)
class VenueSecrets:
    """Secrets that passed every check.

    Args:
        token_keys: What signs and checks tokens.
        vault: What seals secrets at rest.
        admin_token: What opens `/admin` from this machine; None if nothing does.
    """

    token_keys: TokenKeys
    vault: Vault
    admin_token: str | None = field(default=None, repr=False)


def venue_secrets(
    folder: Path,
    given: Mapping[str, str],
    *,
    randomness: Callable[[int], bytes] | None = None,
) -> VenueSecrets:
    """Gather the secrets of a venue, and check them.

    Args:
        folder: The folder of its data: what was made before is in its `secrets.env`.
        given: By name, what settings and environment say; those of other names are left alone.
        randomness: So many random bytes: makes and keeps what is missing. None makes nothing.

    Raises:
        SecretsError: If one is a sample, too short, the same as another, not in its form, in a
            file others can read, or missing; the message has its name and never its value.
        OSError: If a file cannot be read, or what was made cannot be kept.
    """
    kept_file = folder / KEPT_FILE
    found = {one.name: one for one in _kept(kept_file)}
    found |= {name: one for name in SECRET_NAMES if (one := _given(name, given)) is not None}
    unused = set()
    if given.get("JWT_ALGORITHM", Algorithm.HS256.value) != Algorithm.HS256.value:
        unused = {"JWT_SECRET", "JWT_SECRET_PREVIOUS"}
        found = {name: one for name, one in found.items() if name not in unused}
    if randomness is not None:
        missing = [name for name in MADE if name not in found and name not in unused]
        found |= _make(kept_file, missing, randomness)
    settings = [each for one in found.values() for each in _each(one)]
    check_secrets(settings)
    for setting in settings:
        protect(setting.value)
    return _assembled({name: one.value for name, one in found.items()}, given)


def _assembled(secrets: Mapping[str, str], given: Mapping[str, str]) -> VenueSecrets:
    missing = [f"a venue needs this secret: {n}" for n in ("ENCRYPTION_KEY",) if n not in secrets]
    if missing:
        raise SecretsError(missing)
    previous = _split(secrets.get("ENCRYPTION_KEY_PREVIOUS", ""))
    vault = Vault(read_key(secrets["ENCRYPTION_KEY"]), [read_key(text) for text in previous])
    try:
        keys = _token_keys(secrets, given)
    except IdentityError as error:
        raise SecretsError([f"{error}: JWT keys"]) from error
    return VenueSecrets(keys, vault, secrets.get("ADMIN_TOKEN"))


def _token_keys(secrets: Mapping[str, str], given: Mapping[str, str]) -> TokenKeys:
    name = given.get("JWT_ALGORITHM", Algorithm.HS256.value)
    if name not in set(Algorithm):
        raise SecretsError([f"JWT_ALGORITHM is one of {' '.join(Algorithm)}: {name[:20]!r}"])
    algorithm = Algorithm(name)
    if algorithm is Algorithm.HS256:
        if "JWT_SECRET" not in secrets:
            raise SecretsError(["a venue needs this secret: JWT_SECRET"])
        return TokenKeys.from_secret(
            secrets["JWT_SECRET"], _split(secrets.get("JWT_SECRET_PREVIOUS", ""))
        )
    public = given.get("JWT_PUBLIC_KEYS", "")
    if public.lstrip().startswith("{"):
        return TokenKeys.from_jwks(algorithm, public)
    private = secrets.get("JWT_PRIVATE_KEY")
    if private is None and not public:
        raise SecretsError([f"tokens of {algorithm} need a key: JWT_PRIVATE_KEY"])
    return TokenKeys.from_pem(algorithm, private, _PEM.findall(public))


def _given(name: str, given: Mapping[str, str]) -> SecretSetting | None:
    value, path = given.get(name), given.get(f"{name}_FILE")
    if value and path:
        raise SecretsError([f"a secret comes from one place: {name} and {name}_FILE are both set"])
    form = _FORMS.get(name, SecretForm.TEXT)
    if value:
        return SecretSetting(name, value, form)
    if not path:
        return None
    text, is_open = _read(path, name)
    return SecretSetting(name, text, form, path, is_open)


def _kept(path: Path) -> list[SecretSetting]:
    if not path.exists():
        return []
    text, is_open = _read(str(path), "the venue's own secrets")
    pairs = [found.groups() for line in text.splitlines() if (found := _LINE.fullmatch(line))]
    return [
        SecretSetting(name, value, _FORMS.get(name, SecretForm.TEXT), str(path), is_open)
        for name, value in pairs
    ]


def _read(path: str, name: str) -> tuple[str, bool]:
    """Return the text of a secret's file and whether others can read it."""
    with open(path, "rb") as file:  # noqa: PTH123 - a path as it was given
        mode = os.fstat(file.fileno()).st_mode
        data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise SecretsError([f"a secret's file has at most {FILE_BYTES_MAX} bytes: {name}"])
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        raise SecretsError([f"a secret's file is text: {name}"]) from None
    return text, os.name == "posix" and bool(mode & 0o077)


def _make(
    path: Path, names: list[str], randomness: Callable[[int], bytes]
) -> dict[str, SecretSetting]:
    """Make secrets and keep them in a file of their owner alone."""
    if not names:
        return {}
    made = {name: randomness(SECRET_BYTES).hex() for name in names}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.writelines(f"{name}={value}\n" for name, value in made.items())
        file.flush()
        os.fsync(handle)
    return {
        name: SecretSetting(name, value, _FORMS.get(name, SecretForm.TEXT), str(path))
        for name, value in made.items()
    }


def _each(setting: SecretSetting) -> list[SecretSetting]:
    """Return each secret of a setting that may have several."""
    if not setting.name.endswith("_PREVIOUS"):
        return [setting]
    return [
        SecretSetting(setting.name, value, setting.form, setting.file, setting.is_open)
        for value in _split(setting.value)
    ]


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", text) if part]
