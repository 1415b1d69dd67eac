"""Secrets taken out of text: by what they look like, by the name before them, by being known."""

from __future__ import annotations

import json
import re
import urllib.parse
from typing import Final

from tradecore.telemetry.secret_names import is_secret_name

__all__ = ["MASK", "protect", "scrub"]

MASK: Final = "***"

SECRET_CHARS_MIN: Final = 6

_PEM: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{1,64}-----(?:.*?-----END [A-Z0-9 ]{1,64}-----|.*)", re.DOTALL
)
_SCHEME: Final = re.compile(r"\b(bearer|basic|digest|token)(\s+)[^\s\"',;]{6,}", re.IGNORECASE)
_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
# Secrets of a venue's API keys and its refresh tokens, made by `tradecore.identity`.
_VENUE_SECRET: Final = re.compile(r"\btc[rs]_[A-Za-z0-9_-]{43}")
_USERINFO: Final = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
# The listen key of a user stream is the path of its address.
_STREAM_KEY: Final = re.compile(r"(/(?:ws|stream|listenkey)/)[A-Za-z0-9]{32,}", re.IGNORECASE)
# These carry more than one word, so everything to the end of the quote or line goes.
_HEADER: Final = re.compile(
    r"((?:authorization|cookie)[\"']?\s*[:=]\s*[bB]?[\"']?)[^\r\n\"']+", re.IGNORECASE
)
# A name and what binds it to a value: `=`, `:`, quotes between, escaped or not.
# Possessive and anchored, so that a long text costs what it is long.
_BINDING: Final = re.compile(
    r"""(?<![A-Za-z0-9_.-])
        ([A-Za-z0-9_.-]++)
        (?:(?:\\{0,8}["'])?\s{0,4}(?:=>|:=|=|:|%3D)\s{0,4}
          |\\{0,8}["']\s{0,4},\s{0,4}(?=[bB]?\\{0,8}["']))""",
    re.VERBOSE,
)
_VALUE: Final = re.compile(
    r"""[bBrRuU]{0,2}"(?:[^"\\]|\\.)*+"?
       |[bBrRuU]{0,2}'(?:[^'\\]|\\.)*+'?
       |[bBrRuU]{0,2}(?P<escaped>\\{1,8}["'])(?:(?!(?P=escaped)).)*+(?:(?P=escaped))?
       |(?:[^\s&,;}\])"'\\(]|\((?:["'][^"']*["'])?)++""",
    re.VERBOSE | re.DOTALL,
)
_OPENING: Final = re.compile(r"[bBrRuU]{0,2}(\\{0,8}[\"'])")
# A long key after its name in prose: `api key 4f3c...`, `private_key is 0x12...`.
_PROSE: Final = re.compile(
    r"\b((?:api|access|private|secret|signing|listen|encryption)[\s_-]?key|secret|signature|token"
    r"|password|passphrase|credential)s?((?:\s+(?:is|was|of|for|value))*[\s:=]+[\"']?)"
    r"((?:0x)?[0-9a-fA-F]{16,}|[A-Za-z0-9+/_-]{24,}={0,2})",
    re.IGNORECASE,
)

#: What a process has learnt, for all its writers: secrets in every spelling, by how they begin.
_known: dict[str, set[str]] = {}


def protect(secret: str) -> None:
    """Remember a secret, so that `scrub` removes it wherever and however it is written.

    As it stands, and as JSON, Python and URLs escape it. One shorter than six characters is not
    remembered, for it would blank half of every line.
    """
    if len(secret) >= SECRET_CHARS_MIN:
        for form in _forms(secret):
            _known.setdefault(form[:SECRET_CHARS_MIN], set()).add(form)


def scrub(text: str) -> str:
    """Return `text` with every secret it shows replaced by ``***``.

    Known secrets (`protect`), PEM blocks, bearer and basic credentials, JSON web tokens, secrets
    of a venue's keys, user and password in addresses, listen keys in paths, and the value after
    any secret name.
    """
    if _known:
        text = _mask_known(text)
    if "-----BEGIN" in text:
        text = _PEM.sub(MASK, text)
    if "://" in text or "/" in text:
        text = _USERINFO.sub(rf"\1:{MASK}@", text)
        text = _STREAM_KEY.sub(rf"\1{MASK}", text)
    text = _SCHEME.sub(rf"\1\2{MASK}", text)
    text = _JWT.sub(MASK, text)
    if "tcs_" in text or "tcr_" in text:
        text = _VENUE_SECRET.sub(MASK, text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    return _PROSE.sub(rf"\1\2{MASK}", _mask_pairs(text))


def _mask_known(text: str) -> str:
    """Mask secrets that are known, a longer one before what it holds.

    What that costs does not depend on how many are known.
    """
    starts = {text[at : at + SECRET_CHARS_MIN] for at in range(len(text))}
    forms = [form for start in starts & _known.keys() for form in _known[start]]
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        text = text.replace(form, MASK)
    return text


def _mask_pairs(text: str) -> str:
    """Mask each value that follows a secret name."""
    parts: list[str] = []
    done = at = 0
    while (binding := _BINDING.search(text, at)) is not None:
        at = binding.end()
        value = _VALUE.match(text, at) if is_secret_name(binding[1]) else None
        if value is not None:
            parts += [text[done:at], _masked(value[0])]
            done = at = value.end()
    return "".join([*parts, text[done:]]) if parts else text


def _masked(value: str) -> str:
    """Return the mask in the quotes of `value`."""
    opening = _OPENING.match(value)
    if opening is None:
        return MASK
    quote = opening[1]
    closed = len(value) >= opening.end() + len(quote) and value.endswith(quote)
    return f"{opening[0]}{MASK}{quote if closed else ''}"


def _forms(secret: str) -> set[str]:
    """Return the ways in which text may spell `secret`."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
    }
