"""What `tradecore --version` says."""

from __future__ import annotations

import json
import sys

from tradecore.core import __version__

__all__ = ["print_version"]


def print_version(*, as_json: bool) -> None:
    """Print the version of the package and of Python."""
    python = ".".join(map(str, sys.version_info[:3]))
    text = f"tradecore {__version__} (python {python})"
    as_text = json.dumps({"tradecore": __version__, "python": python})
    sys.stdout.write(f"{as_text if as_json else text}\n")
