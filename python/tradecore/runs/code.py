"""Which source a strategy's class comes from, so that a change of it is seen."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.runs.entries import Code

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["code_of", "digest_of", "is_changed", "spec_of"]

_PART: int = 1 << 20


def digest_of(path: str | PathLike[str]) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        OSError: If it cannot be read.
    """
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()


def code_of(kind: type) -> Code:
    """Return module, name, file and the file's digest of a class; a class typed in has no file."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None) or ""
    digest = digest_of(file) if file and Path(file).is_file() else ""
    name = str(Path(file).absolute()) if digest else ""
    return Code(module=kind.__module__, name=kind.__qualname__, file=name, sha256=digest)


def is_changed(code: Code) -> bool:
    """Return whether the file of a class has another text than when it ran, or is gone."""
    if not code.file:
        return False
    file = Path(code.file)
    return not file.is_file() or digest_of(file) != code.sha256


def spec_of(code: Code) -> str:
    """Return what a command line calls the class: by its module where that is a package's part."""
    if "." in code.module or not code.file:
        return f"{code.module}:{code.name}"
    return f"{code.file}:{code.name}"
