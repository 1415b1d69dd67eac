"""Draws the page from the description of the API."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SECURITY_POLICY", "page"]

_HERE: Final = files("tradecore.gateway.reference")
_STYLE: Final = (_HERE / "page.css").read_text(encoding="utf-8")
_SCRIPT: Final = (_HERE / "page.js").read_text(encoding="utf-8")
_CODE: Final = re.compile(r"`([^`]+)`")
_STRONG: Final = re.compile(r"\*\*([^*]+)\*\*")
_DEPTH_MAX: Final = 6
_KEY_BOX: Final = (
    '<div class="key"><label for="token">Token</label>'
    '<input id="token" autocomplete="off" spellcheck="false" '
    'placeholder="of POST /auth/token; it is taken over from there"></div>'
)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


#: The page runs its own script, uses its own style, asks this venue, and nothing else.
SECURITY_POLICY: Final = (
    f"default-src 'none'; script-src 'sha256-{_digest(_SCRIPT)}'; "
    f"style-src 'sha256-{_digest(_STYLE)}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(described: Mapping[str, Any]) -> str:
    """Return the page as HTML that needs nothing from elsewhere."""
    info = described["info"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(info['title'])} {_text(info['version'])}</title>",
        f"<style>{_STYLE}</style></head><body><main>",
        f"<h1>{_text(info['title'])} <small>{_text(info['version'])}</small></h1>",
        _prose(info["description"]),
        _KEY_BOX,
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a></p>',
    ]
    for tag in described["tags"]:
        parts.append(f"<h2>{_text(tag['name'])}<small>{_text(tag['description'])}</small></h2>")
        parts += [
            _call(described, path, verb, operation)
            for path, verb, operation in _operations(described)
            if tag["name"] in operation.get("tags", ())
        ]
    parts.append(f"</main><script>{_SCRIPT}</script></body></html>")
    return "\n".join(parts)


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def _text(text: object) -> str:
    return html.escape(str(text))


def _inline(text: str) -> str:
    marked = _CODE.sub(r"<code>\1</code>", _text(text))
    return _STRONG.sub(r"<strong>\1</strong>", marked)


def _prose(text: str) -> str:
    paragraphs = (" ".join(part.split()) for part in text.strip().split("\n\n"))
    return "".join(f"<p>{_inline(part)}</p>" for part in paragraphs)


def _call(described: Mapping[str, Any], path: str, verb: str, operation: Mapping[str, Any]) -> str:
    parameters = operation.get("parameters", ())
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    head = (
        f'<details class="call"><summary><span class="verb {verb}">{verb.upper()}</span>'
        f'<span class="path">{_text(path)}</span>'
        f'<span class="about">{_inline(operation["summary"])}</span></summary><div>'
    )
    parts = [
        head,
        # The first sentence stands in the title already.
        _prose(operation.get("description", "").partition("\n\n")[2]),
        f'<form data-verb="{verb.upper()}" data-path="{_text(path)}">',
    ]
    if parameters:
        parts += ["<h3>Parameters</h3><div class=scroll><table>"]
        parts += [_parameter(one) for one in parameters]
        parts += ["</table></div>"]
    if body:
        schema = _resolved(described, body["schema"])
        example = json.dumps(_example(described, schema), indent=2)
        parts += [
            "<h3>Body</h3>",
            _fields(described, schema),
            f'<textarea aria-label="body" spellcheck="false">{_text(example)}</textarea>',
        ]
    parts += [
        "<p><button>Send</button></p>",
        '<div class="said" hidden><span class="status"></span><pre></pre></div></form>',
        "<h3>Answers</h3>",
        _answers(described, operation),
        "</div></details>",
    ]
    return "".join(parts)


def _parameter(one: Mapping[str, Any]) -> str:
    schema = one.get("schema", {})
    options = [schema, *schema.get("anyOf", ())]
    words = next((option["enum"] for option in options if "enum" in option), ())
    about = one.get("description", "")
    if words:
        about += " One of " + ", ".join(f"`{word}`" for word in words) + "."
    shown = schema.get("default")
    value = "" if shown is None else f' value="{_text(shown)}"'
    examples = schema.get("examples") or one.get("examples") or ()
    if not value and isinstance(examples, list) and examples:
        value = f' value="{_text(examples[0])}"'
    name = _text(one["name"])
    needed = "<em>needed</em>" if one.get("required") else ""
    return (
        f"<tr><td><code>{name}</code>{needed}</td>"
        f'<td><input name="{name}" data-in="{one["in"]}" aria-label="{name}"{value}></td>'
        f"<td>{_inline(about)}</td></tr>"
    )


def _resolved(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a schema refers to; of several options the first that is not null."""
    for _ in range(_DEPTH_MAX):
        if "$ref" in schema:
            schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            break
    return schema


def _kind(described: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    found = _resolved(described, schema)
    if "enum" in found:
        return " ".join(f"`{word}`" for word in found["enum"])
    if "const" in found:
        return f"`{found['const']}`"
    if found.get("pattern", "").startswith(r"^-?\d+"):
        return "decimal"
    if found.get("type") == "array":
        return f"list of {_kind(described, found.get('items', {}))}"
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return name or found.get("format") or str(found.get("type", "anything"))


def _fields(described: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    properties = schema.get("properties", {})
    if not properties:
        return ""
    needed = schema.get("required", ())
    rows = [
        f"<tr><td><code>{_text(name)}</code>{'<em>needed</em>' if name in needed else ''}</td>"
        f"<td>{_inline(_kind(described, one))}</td>"
        f"<td>{_inline(one.get('description', ''))}</td></tr>"
        for name, one in properties.items()
    ]
    return f"<div class=scroll><table>{''.join(rows)}</table></div>"


def _example(described: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> object:
    """Return something a schema takes: what is needed, from examples where there are some."""
    found = _resolved(described, schema)
    shown = schema.get("examples") or found.get("examples")
    if shown:
        return shown[0]
    if "enum" in found:
        return found["enum"][0]
    if found.get("type") == "object" and depth < _DEPTH_MAX:
        needed = found.get("required", ())
        return {
            name: _example(described, one, depth + 1)
            for name, one in found.get("properties", {}).items()
            if name in needed
        }
    plain: dict[str, object] = {"array": [], "integer": 1, "number": 1, "boolean": True}
    return plain.get(found.get("type", ""), "")


def _answers(described: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    rows = []
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        kind = f" <code>{_text(name)}</code>" if name else ""
        about = _inline(response.get("description", ""))
        rows.append(f"<tr><td><code>{status}</code></td><td>{about}{kind}</td></tr>")
    good = next(one for one in operation["responses"] if one.startswith("2"))
    content = operation["responses"][good].get("content", {}).get("application/json", {})
    fields = _fields(described, _resolved(described, content.get("schema", {})))
    return f"<div class=scroll><table>{''.join(rows)}</table></div>{fields}"
