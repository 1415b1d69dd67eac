"""A strategy project, from a name: checked, written whole or not at all."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.config import RunConfig, sample
from tradecore.core import InputError, __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

__all__ = ["FILES", "class_name_of", "project_files", "write_project"]

NAME_CHARS_MAX: Final = 64
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_TAKEN: Final = frozenset({"tradecore", "strategy", "tests", "test"})
_PARAMS: Final = {"half_spread_bps": "0.1", "size": "0.010", "max_position": "0.100"}

FILES: Final = (
    "pyproject.toml",
    "strategy.py",
    "run.ini",
    "tests/test_strategy.py",
    "README.md",
    ".gitignore",
)
"""What a project consists of."""


def class_name_of(name: str) -> str:
    """Return `MyMaker` for `my-maker`.

    Raises:
        InputError: If the name is no name of a project.
    """
    rule = "a project's name has letters and digits, parted by - or _, and starts with a letter"
    if _NAME.fullmatch(name) is None or len(name) > NAME_CHARS_MAX:
        raise InputError(f"{rule}, at most {NAME_CHARS_MAX} characters: {name[:80]!r}")
    made = "".join(word[:1].upper() + word[1:] for word in re.split("[-_]", name))
    if name.lower() in _TAKEN or keyword.iskeyword(made):
        raise InputError(f"a project's name must not hide something else: {name!r}")
    return made


def project_files(name: str) -> Mapping[str, str]:
    """Return the text of each file of a project.

    Raises:
        InputError: If the name is no name of a project.
    """
    words = {"project": name, "class_name": class_name_of(name), "version": __version__}
    root = resources.files("tradecore.cli") / "template"
    texts = {
        path: _filled(root, f"{path.removeprefix('.')}.tmpl", words)
        for path in FILES
        if path != "run.ini"
    }
    return {**texts, "run.ini": sample(RunConfig, "ini", free={"strategy.params": _PARAMS})}


def write_project(name: str, parent: Path) -> Path:
    """Write a project into a new folder of `parent` and return the folder.

    Raises:
        InputError: If the name is no name of a project, or something has it already.
        OSError: If it cannot be written; nothing is left behind then.
    """
    files = project_files(name)
    folder = parent / name
    if folder.exists() or folder.is_symlink():
        raise InputError(f"a project needs a new folder, this one is there: {folder}")
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as made:
        draft = Path(made) / name
        for path, text in files.items():
            target = draft / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        shutil.move(draft, folder)
    return folder


def _filled(root: Traversable, template: str, words: Mapping[str, str]) -> str:
    text = root.joinpath(*template.split("/")).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"{{{{{word}}}}}", value)
    return text
