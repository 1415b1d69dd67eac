"""The page on identity says what the code does."""

from __future__ import annotations

import re

from tradecore.identity import ROLE_SCOPES, Scope
from tradecore.identity.nonces import NonceWindow
from tradecore.identity.passwords import PasswordCost
from tradecore.identity.tokens import TokenRules
from tradecore.store.identity_secrets import PUBLIC_NAMES, SECRET_NAMES


def page_of(root) -> str:
    """Return the page."""
    return (root / "docs" / "reference" / "identity.md").read_text(encoding="utf-8")


def test_the_table_of_roles_is_the_code_s(project_root):
    """Each role stands there with its scopes, in the order of the code."""
    rows = re.findall(
        r"^\| `(\w+)` \| (`[^|]*`|every scope) \|$", page_of(project_root), re.MULTILINE
    )
    told = {role: scopes for role, scopes in rows if role in set(ROLE_SCOPES)}
    for role, scopes in ROLE_SCOPES.items():
        names = " ".join(f"`{scope.value}`" for scope in Scope if scope in scopes)
        assert told.pop(role.value) == ("every scope" if scopes == set(Scope) else names)
    assert not told


def test_the_figures_are_the_code_s(project_root):
    """Cost of a password, life of a token, room for nonces, names of settings."""
    text = page_of(project_root)
    cost, rules, nonces = PasswordCost(), TokenRules(), NonceWindow(0)
    assert f"({cost.memory_kib // 1024} MiB, {cost.passes} passes)" in text
    assert f"lives {rules.life_s} s" in text
    assert f"at most {rules.life_s_max} s after `iat`; leeway {rules.leeway_s} s" in text
    assert f"at most {nonces.tolerance_ns // 10**9} s from the venue's clock" in text
    assert f"a million in all and {nonces.key_entries_max:,} of one key" in text
    assert nonces.entries_max == 1_000_000
    for name in (*SECRET_NAMES, *PUBLIC_NAMES):
        assert f"| `{name}` |" in text
