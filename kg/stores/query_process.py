"""The child that answers one query and can be ended: `python -m kg.stores.query_process`.

It reads one request as JSON from stdin and writes the answer to stdout.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from kg.errors import KgError
from kg.stores.results import QueryResult
from kg.stores.sandbox import apply_restrictions, run_with_large_stack


def main() -> None:
    """Answer the request on stdin."""
    apply_restrictions()
    run_with_large_stack(_run_request)


def _run_request() -> None:
    request = json.load(sys.stdin)
    answer_header: dict[str, Any]
    payload = b""
    try:
        result = _run_query(request)
        answer_header, payload = {"kind": result.kind}, result.payload
    except KgError as fault:
        answer_header = {"error": type(fault).__name__, "message": str(fault)}
    except MemoryError:
        answer_header = {
            "error": "LimitError",
            "message": "the query needs more memory than it may use",
        }
    except Exception:  # noqa: BLE001  it goes to the parent, which tells it
        answer_header = {"fault": traceback.format_exc()}
    sys.stdout.buffer.write(json.dumps(answer_header).encode() + b"\n" + payload)


def _run_query(request: dict[str, Any]) -> QueryResult:
    import pyoxigraph as ox

    from kg.stores import STORES
    from kg.stores.oxigraph_disk import open_oxigraph
    from kg.stores.oxigraph_store import run_query
    from kg.stores.query_policy import refuse_calls

    if not request["engine"]:
        refuse_calls(request["text"])
        return QueryResult("boolean", b"")
    if request["store"]:
        return run_query(open_oxigraph(request["store"]).raw_store, request["text"])
    store = STORES[request["engine"]]("")
    store.load(ox.parse(path=request["quads"], format=ox.RdfFormat.N_QUADS))
    return store.query(request["text"])


if __name__ == "__main__":
    main()
