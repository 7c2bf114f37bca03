"""The child that answers one query and can be ended: `python -m kg.stores.child`.

It reads one request as JSON from stdin and writes the answer to stdout.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from kg.errors import KgError
from kg.stores.results import QueryResult
from kg.stores.sandbox import confine, with_large_stack


def main() -> None:
    """Answer the request on stdin."""
    confine()
    with_large_stack(_serve)


def _serve() -> None:
    request = json.load(sys.stdin)
    head: dict[str, Any]
    payload = b""
    try:
        result = _answer(request)
        head, payload = {"kind": result.kind}, result.payload
    except KgError as fault:
        head = {"error": type(fault).__name__, "message": str(fault)}
    except MemoryError:
        head = {"error": "LimitError", "message": "the query needs more memory than it may use"}
    except Exception:  # noqa: BLE001  it goes to the parent, which tells it
        head = {"fault": traceback.format_exc()}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + payload)


def _answer(request: dict[str, Any]) -> QueryResult:
    import pyoxigraph as ox

    from kg.stores import STORES
    from kg.stores.guard import refuse_calls
    from kg.stores.memory import answer
    from kg.stores.oxigraph import open_oxigraph

    if not request["engine"]:
        refuse_calls(request["text"])
        return QueryResult("boolean", b"")
    if request["store"]:
        return answer(open_oxigraph(request["store"]).store, request["text"])
    store = STORES[request["engine"]]("")
    store.load(ox.parse(path=request["quads"], format=ox.RdfFormat.N_QUADS))
    return store.query(request["text"])


if __name__ == "__main__":
    main()
