"""JSON Schema of the curated format, so that editors complete and check the files in data/.

`python -m kg.formats.curated.json_schema` prints what `ontology/kg.schema.json` holds.
"""

from __future__ import annotations

import json
import sys
from typing import Any

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID = "https://w3id.org/evidence-kg/kg.schema.json"


def build_json_schema() -> dict[str, Any]:
    """The JSON Schema of one curated YAML file; the same on every call.

    >>> build_json_schema()["properties"]["claims"]["items"]
    {'$ref': '#/$defs/Claim'}
    """
    from kg.formats.curated.schema import CuratedFile

    return {
        "$schema": SCHEMA_DIALECT,
        "$id": SCHEMA_ID,
        **_remove_idle_keys(CuratedFile.model_json_schema()),
    }


def _remove_idle_keys(node: Any) -> Any:
    """The schema without empty defaults, titles and suffixes of class names; texts on one line."""
    if isinstance(node, list):
        return [_remove_idle_keys(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept_parts = {
        key.removesuffix("Record"): _remove_idle_keys(part)
        for key, part in node.items()
        if not _is_idle(key, part)
    }
    if isinstance(reference := kept_parts.get("$ref"), str):
        kept_parts["$ref"] = reference.removesuffix("Record")
    if isinstance(description := kept_parts.get("description"), str):
        kept_parts["description"] = " ".join(description.split())
    return kept_parts


def _is_idle(key: str, part: Any) -> bool:
    if key == "title":
        return isinstance(part, str)
    return key == "default" and (part is None or part in ("", []))


def format_json_schema() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(build_json_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(format_json_schema())
