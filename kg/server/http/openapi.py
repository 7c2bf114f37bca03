"""The API in OpenAPI 3.1, written from the table of its addresses."""

from __future__ import annotations

from typing import Any

from kg._version import __version__
from kg.server.json_api import API_ENDPOINTS, ApiEndpoint, ApiParameter

JsonObject = dict[str, Any]


def build_openapi(root: str) -> JsonObject:
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
        "paths": {address.path: {"get": _describe_operation(address)} for address in API_ENDPOINTS},
        "components": {"responses": {"Problem": _PROBLEM_RESPONSE}},
    }


def _describe_operation(address: ApiEndpoint) -> JsonObject:
    words = address.path.removeprefix("/api/").replace("/{name}", " one").split()
    parameters = [_describe_parameter(p) for p in address.parameters]
    if "{name}" in address.path:
        parameters.insert(
            0, {"name": "name", "in": "path", "required": True, "schema": _TEXT_SCHEMA}
        )
    description_text = f"{address.summary}." + (
        f" As `{address.like}` prints it." if address.like else ""
    )
    return {
        "operationId": "-".join(words),
        "summary": address.summary,
        "description": description_text,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": {}}}},
            "304": {"description": "The client has it already (ETag)"},
            **{code: {"$ref": "#/components/responses/Problem"} for code in _ERROR_CODES},
        },
    }


_ERROR_CODES = ("400", "404", "422", "429", "503", "504")
_TEXT_SCHEMA = {"type": "string"}
_PROBLEM_RESPONSE = {
    "description": "What is wrong (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "status", "detail"],
                "properties": {
                    "type": _TEXT_SCHEMA,
                    "status": {"type": "integer"},
                    "detail": _TEXT_SCHEMA,
                },
            }
        }
    },
}


def _describe_parameter(parameter: ApiParameter) -> JsonObject:
    schema: JsonObject = {"type": "string"}
    if parameter.allowed_values:
        schema["enum"] = list(parameter.allowed_values)
    if parameter.name in ("offset", "limit"):
        schema = {"type": "integer", "minimum": 0}
    if parameter.is_repeated:
        schema = {"type": "array", "items": schema}
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": schema,
    }
