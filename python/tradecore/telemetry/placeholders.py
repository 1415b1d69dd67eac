"""What stands in a sample where a secret belongs: one answer for settings, keys and passwords."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_placeholder"]

_PLACEHOLDER: Final = re.compile(
    r"""(?:your|insert|enter|paste|put|replace)[\s_-].*
       |(?:your|my[\s_-])[\s_-]?[a-z_-]*(?:key|secret|token|password|id).*
       |(?:super|very|top|a[\s_-]string)[\s_-]?secret.*
       |<.*> | \[.*\] | \{.*\} | \.{2,} | [x*?_-]{3,}
       |.*(?:change[\s_-]?(?:me|this)|replace[\s_-]?(?:me|this|with)|placeholder
            |goes[\s_-]?here|(?:key|secret|token|password)[\s_-]?here).*
       |(?:(?:api|private|secret|access)[\s_-]?)?(?:key|secret|token|password|passphrase)
       |todo|fixme|fill[\s_-]?me|example|dummy|sample|test|none|null|undefined|password123?
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def is_placeholder(value: str) -> bool:
    """Return whether `value` is what samples write where a secret belongs."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None
