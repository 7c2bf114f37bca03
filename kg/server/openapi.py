"""The API in OpenAPI 3.1, written from the table of its addresses."""

from __future__ import annotations

from typing import Any

from kg import __version__
from kg.server.data import ADDRESSES, Address, Parameter

Json = dict[str, Any]


def document(root: str) -> Json:
    """The whole description; `root` is the address of the server."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kg",
            "version": __version__,
            "description": "Grades of the evidence behind health claims, link by link. Read only.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": {address.path: {"get": _operation(address)} for address in ADDRESSES},
        "components": {"responses": {"Problem": _PROBLEM}},
    }


def _operation(address: Address) -> Json:
    words = address.path.removeprefix("/api/").replace("/{name}", " one").split()
    parameters = [_parameter(p) for p in address.parameters]
    if "{name}" in address.path:
        parameters.insert(0, {"name": "name", "in": "path", "required": True, "schema": _TEXT})
    said = f"{address.summary}." + (f" As `{address.like}` prints it." if address.like else "")
    return {
        "operationId": "-".join(words),
        "summary": address.summary,
        "description": said,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": {}}}},
            "304": {"description": "The client has it already (ETag)"},
            **{code: {"$ref": "#/components/responses/Problem"} for code in _CODES},
        },
    }


_CODES = ("400", "404", "422", "429", "503", "504")
_TEXT = {"type": "string"}
_PROBLEM = {
    "description": "What is wrong (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "status", "detail"],
                "properties": {
                    "type": _TEXT,
                    "status": {"type": "integer"},
                    "detail": _TEXT,
                },
            }
        }
    },
}


def _parameter(parameter: Parameter) -> Json:
    schema: Json = {"type": "string"}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.name in ("offset", "limit"):
        schema = {"type": "integer", "minimum": 0}
    if parameter.repeated:
        schema = {"type": "array", "items": schema}
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": schema,
    }
