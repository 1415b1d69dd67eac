"""The secrets a venue starts with: samples, short ones, shared ones and open files are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError
from tradecore.identity.encryption_key import read_key
from tradecore.telemetry import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SecretForm", "SecretSetting", "SecretsError", "check_secrets", "secret_faults"]

SECRET_BYTES_MIN: Final = 32
SECRET_BYTES_MAX: Final = 16_384
DISTINCT_MIN: Final = 10


class SecretForm(Enum):
    """What a secret is written as."""

    TEXT = "text"
    ENCRYPTION_KEY = "encryption key"
    PEM = "PEM"


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """A secret as it came in.

    Args:
        name: The setting, `JWT_SECRET`.
        value: The secret.
        form: What it is written as.
        file: The file it was read from; empty if it came in the environment.
        is_open: If others can read that file.
    """

    name: str
    value: str = field(repr=False)
    form: SecretForm = SecretForm.TEXT
    file: str = ""
    is_open: bool = False


class SecretsError(TradecoreError):
    """Secrets a venue does not start with.

    Args:
        faults: Everything that is wrong, each with the name of the setting and never a value.
    """

    exit_code = 4

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def check_secrets(settings: Sequence[SecretSetting]) -> None:
    """Let a venue start.

    Raises:
        SecretsError: With everything that is wrong.
    """
    faults = secret_faults(settings)
    if faults:
        raise SecretsError(faults)


def secret_faults(settings: Sequence[SecretSetting]) -> list[str]:
    """Return what is wrong with secrets, each by its name and without its value."""
    faults = [f"{fault}: {setting.name}" for setting in settings for fault in _faults(setting)]
    for one, other in combinations(settings, 2):
        if _compared(one) == _compared(other) and one.value:
            faults.append(
                f"each purpose has a secret of its own: {one.name} is the same as {other.name}"
            )
    return faults


def _faults(setting: SecretSetting) -> list[str]:
    faults = []
    if setting.is_open:
        faults.append(f"a secret is in a file only its owner can read, chmod 600 {setting.file}")
    value = setting.value
    if not value.strip():
        faults.append("a secret is not empty")
    elif is_placeholder(value):
        faults.append("a placeholder stands where a secret belongs")
    elif not SECRET_BYTES_MIN <= len(value.encode()) <= SECRET_BYTES_MAX:
        found = len(value.encode())
        faults.append(f"a secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, not {found}")
    elif len(set(value)) < DISTINCT_MIN:
        faults.append(f"a secret is random, with {DISTINCT_MIN} different characters or more")
    elif setting.form is SecretForm.ENCRYPTION_KEY and _key_of(value) is None:
        faults.append("an encryption key is 32 bytes, 64 hexadecimal digits or base64 of them")
    elif setting.form is SecretForm.PEM and not value.lstrip().startswith("-----BEGIN "):
        faults.append("a private key is PEM")
    return faults


def _compared(setting: SecretSetting) -> bytes:
    """Return what makes two secrets the same: the key, however it is written down."""
    return _key_of(setting.value.strip()) or setting.value.strip().encode()


def _key_of(value: str) -> bytes | None:
    try:
        return read_key(value)
    except ValueError:
        return None
