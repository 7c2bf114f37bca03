"""A query in a process of its own: the only way to end one, since Oxigraph takes no signal.

`python -m kg.stores.child` reads one request as JSON from stdin and writes the answer to stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from kg.errors import KgError, LimitError, OutsideError, UsageError
from kg.stores.results import QueryResult

MAX_MEMORY = 3 * 1024**3
"""Address space of the child: an answer that outgrows it ends the child and nothing else."""

_ERRORS = {"UsageError": UsageError, "LimitError": LimitError, "OutsideError": OutsideError}


def run(
    text: str, timeout: float, *, store: Path | None = None, quads: Path | None = None
) -> QueryResult:
    """The answer of a child that opens a store, or loads a file of N-Quads, within `timeout` s.

    Raises:
        LimitError: the time is over, or the child ended for want of memory.
    """
    request = json.dumps(
        {"text": text, "store": store and str(store), "quads": quads and str(quads)}
    )
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.stores.child"],
            input=request.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
    except subprocess.TimeoutExpired:
        raise LimitError(
            f"the query took longer than {timeout:g} s and was ended. "
            "Narrow it, add LIMIT, or raise --timeout."
        ) from None
    if done.returncode:
        raise LimitError("the query ended its process: it needs more memory than it may use")
    head, _, payload = done.stdout.partition(b"\n")
    answer = json.loads(head)
    if "error" in answer:
        raise _ERRORS.get(answer["error"], OutsideError)(answer["message"])
    return QueryResult(answer["kind"], payload)


def main() -> None:
    """Answer the request on stdin."""
    _limit()
    request = json.load(sys.stdin)
    head: dict[str, Any]
    payload = b""
    try:
        result = _answer(request)
        head, payload = {"kind": result.kind}, result.payload
    except KgError as fault:
        head = {"error": type(fault).__name__, "message": str(fault)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + payload)


def _answer(request: dict[str, Any]) -> QueryResult:
    import pyoxigraph as ox

    from kg.stores.memory import answer
    from kg.stores.oxigraph import open_oxigraph

    if request["store"]:
        return answer(open_oxigraph(request["store"]).store, request["text"])
    store = ox.Store()
    store.extend(ox.parse(path=request["quads"], format=ox.RdfFormat.N_QUADS))
    return answer(store, request["text"])


def _limit() -> None:
    """Bound the memory of this process and leave no core file."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(what, (most, hard))


if __name__ == "__main__":
    main()
