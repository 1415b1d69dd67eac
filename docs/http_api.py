"""Draws the page of a venue's HTTP paths from the description that a venue serves."""

from __future__ import annotations

from typing import Any

from tradecore.gateway.app import make_api

HEAD = """# HTTP API of a venue

What `GET /openapi.json` of a venue says, drawn by `make docs`.
[The guide](../guides/running_a_venue.md) starts one and asks it;
[the stream reference](streams.md) has the WebSocket.
Refusals are of the form [Problem](#problem). Beside those listed any answer may be 404 for a path
that is not there, 405 for a method it has not, and 500 for a mistake of the venue.
"""
#: Forms that are one of some words; they have no section of their own.
WORDS = ("Role", "Scope")


def page() -> str:
    """Return the page of the venue's HTTP paths, from the description it serves."""
    described = make_api().openapi()
    parts = [HEAD]
    for tag in described["tags"]:
        parts.append(f"## {tag['name'].capitalize()}\n\n{tag['description']}")
        for path, verbs in described["paths"].items():
            parts += [
                operation_section(described, path, verb, operation)
                for verb, operation in verbs.items()
                if tag["name"] in operation["tags"]
            ]
    parts.append("## Forms\n\nWhat bodies and answers are made of.")
    for name, schema in sorted(described["components"]["schemas"].items()):
        rows = "".join(
            f"| `{field}` | {kind_of(one)} | {' '.join(one.get('description', '').split())} |\n"
            for field, one in schema.get("properties", {}).items()
        )
        about = (schema.get("description") or "").partition("\n\n")[0].replace("\n", " ")
        if rows:
            parts.append(f"### {name}\n\n{about}\n\n| field | kind | what |\n|---|---|---|\n{rows}")
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def operation_section(described: Any, path: str, verb: str, operation: Any) -> str:  # noqa: ANN401
    """Return the section of one method of a path."""
    del described
    said = [f"### `{verb.upper()} {path}`", operation["description"].strip()]
    rows = [
        f"| `{one['name']}` | {one['in']} | {kind_of(one['schema'])} "
        f"| {' '.join(one.get('description', '').split())} |"
        for one in operation.get("parameters", ())
    ]
    if rows:
        said.append("\n".join(["| parameter | in | kind | what |", "|---|---|---|---|", *rows]))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        said.append(f"Body: {kind_of(body['schema'])}.")
    answers = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json", {})
        kind = f" {kind_of(content['schema'])}" if content.get("schema") else ""
        answers.append(f"{status}{kind}")
    said.append(f"Answers: {', '.join(answers)}.")
    return "\n\n".join(said)


def kind_of(schema: Any) -> str:  # noqa: ANN401
    """Return what a schema asks for, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return name if name in WORDS else f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        options = [kind_of(one) for one in schema["anyOf"] if one.get("type") != "null"]
        nullable = len(options) < len(schema["anyOf"])
        return " or ".join(dict.fromkeys(options)) + (" or null" if nullable else "")
    if "enum" in schema or "const" in schema:
        return " ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    words = {"string": "text", "boolean": "true or false"}
    is_decimal = schema.get("pattern", "").startswith(r"^-?\d+")
    found = str(schema.get("type", "anything"))
    return "decimal" if is_decimal else words.get(found, found)
