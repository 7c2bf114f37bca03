"""JSON Schema of the curated format, so that editors complete and check the files in data/.

`python -m kg.formats.schema` prints what `ontology/kg.schema.json` holds.
"""

from __future__ import annotations

import json
import sys
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "https://w3id.org/evidence-kg/kg.schema.json"


def schema() -> dict[str, Any]:
    """The JSON Schema of one curated YAML file; the same on every call.

    >>> schema()["properties"]["claims"]["items"]
    {'$ref': '#/$defs/Claim'}
    """
    from kg.formats.border import File

    return {"$schema": DIALECT, "$id": ID, **_tidy(File.model_json_schema())}


def _tidy(node: Any) -> Any:
    """The schema without empty defaults and titles, and with descriptions on one line."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(part) for key, part in node.items() if not _idle(key, part)}
    if isinstance(description := kept.get("description"), str):
        kept["description"] = " ".join(description.split())
    return kept


def _idle(key: str, part: Any) -> bool:
    if key == "title":
        return isinstance(part, str)
    return key == "default" and (part is None or part in ("", []))


def text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
