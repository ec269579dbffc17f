"""Read from the OpenAPI document what people want to know about each endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web.access.endpoints import ENDPOINTS

METHODS = ("get", "post", "put", "patch", "delete")
TITLES = {
    "search": "Search",
    "articles": "Articles and stories",
    "export": "Exports and events",
    "feeds": "Feeds",
    "links": "Links",
    "hosts": "Hosts",
    "sources": "Sources and collections",
    "people": "Users, tokens and audit",
    "": "Health and status",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    where: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint as people read it. `body` are the fields of its JSON request, or the accepted media types. `answers` are its statuses of
    success, each with the media types of its body."""

    method: str
    path: str
    scope: str
    meaning: str
    parameters: list[Parameter]
    body: list[Parameter]
    example: Any
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    endpoints: list[Endpoint]


def groups(document: dict[str, Any]) -> list[Group]:
    """All endpoints, grouped by subject."""
    found: dict[str, list[Endpoint]] = {tag: [] for tag in TITLES}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                found[next(iter(operation.get("tags", [])), "")].append(_endpoint(method, path, operation, document))
    return [Group(TITLES[tag], endpoints) for tag, endpoints in found.items() if endpoints]


def _endpoint(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> Endpoint:
    media = operation.get("requestBody", {}).get("content", {})
    json = media.get("application/json", {})
    return Endpoint(
        method.upper(),
        path,
        ENDPOINTS.get(f"{method.upper()} {path}", "admin"),
        operation.get("description", ""),
        [
            Parameter(one["name"], one["in"], _type(one["schema"]), one.get("description", one["schema"].get("description", "")))
            for one in operation.get("parameters", [])
        ],
        _fields(json.get("schema", {})) if json else [Parameter("", "body", kind, "") for kind in media],
        json.get("example"),
        [(status, _kinds(answer)) for status, answer in operation["responses"].items() if status.startswith(("2", "3"))],
    )


def _fields(schema: dict[str, Any]) -> list[Parameter]:
    needed = schema.get("required", [])
    return [
        Parameter(name, "needed" if name in needed else "", _type(one), one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """A type in words: `number, 1 to 200, default 20`."""
    options = schema.get("anyOf", [schema])
    kinds = " or ".join(dict.fromkeys(_kind(one) for one in options if one.get("type") != "null"))
    ends = [schema if "minimum" in schema else next((one for one in options if "minimum" in one), {})][0]
    bounds = f", {ends['minimum']:,} to {ends['maximum']:,}" if "minimum" in ends and ends.get("maximum", 2**62) < 2**40 else ""
    default = schema.get("default")
    return kinds + bounds + (f", default {default}" if default not in (None, "", [], {}) else "")


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    names = {"integer": "number", "string": "text", "boolean": "true or false", "object": "object", "number": "number"}
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return "time" if schema.get("format") == "date-time" else names.get(schema.get("type", ""), "object")


def _kinds(answer: dict[str, Any]) -> str:
    return ", ".join(answer.get("content", {})) or "no body"
