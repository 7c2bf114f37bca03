"""A query in a process of its own: the only way to end one, since Oxigraph takes no signal."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import LimitError, OutsideError, UsageError
from kg.processes import child_environment, module_command
from kg.stores import query_policy
from kg.stores.results import QueryResult
from kg.stores.sandbox import run_with_large_stack

_ERROR_CLASSES = {"UsageError": UsageError, "LimitError": LimitError, "OutsideError": OutsideError}


def run_query_in_process(
    text: str,
    timeout: float,
    *,
    store: Path | None = None,
    quads: Path | None = None,
    engine: str = "memory",
) -> QueryResult:
    """The answer of a child that opens a store, or loads a file of N-Quads, within `timeout` s.

    Without an engine it only looks whether the text may be asked.

    Raises:
        LimitError: the time is over, or the child ended for want of memory.
    """
    request = json.dumps(
        {
            "text": text,
            "store": store and str(store),
            "quads": quads and str(quads),
            "engine": engine,
        }
    )
    try:
        done = subprocess.run(  # noqa: S603  this Python, a module of kg
            module_command("kg.stores.query_process"),
            input=request.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        hint = query_policy.suggest_faster_query(text)
        raise LimitError(
            f"the query took longer than {timeout:g} s and was ended. "
            f"Narrow it, add LIMIT, or raise --timeout.{hint and ' '}{hint}"
        ) from None
    if done.returncode < 0:
        raise LimitError("the query ended its process: it needs more memory than it may use")
    if not done.stdout:
        raise OutsideError(f"the process of the query did not start: {_find_last(done.stderr)}")
    answer_line, _, payload = done.stdout.partition(b"\n")
    answer = json.loads(answer_line)
    if "fault" in answer:
        raise RuntimeError(f"in the process of the query:\n{answer['fault']}")
    if "error" in answer:
        raise _ERROR_CLASSES.get(answer["error"], OutsideError)(answer["message"])
    return QueryResult(answer["kind"], payload)


def run_query_on_copy(
    text: str, timeout: float, quads: Iterable[ox.Quad] | ox.Store, engine: str = "memory"
) -> QueryResult:
    """The answer of a child that loads a copy of these quads; see `run_query_in_process`."""
    with tempfile.TemporaryDirectory(prefix="kg-query-") as folder:
        file = Path(folder) / "data.nq"
        ox.serialize(quads, output=file, format=ox.RdfFormat.N_QUADS)
        return run_query_in_process(text, timeout, quads=file, engine=engine)


def refuse_calls(text: str, timeout: float | None) -> None:
    """Raises as `query_policy.refuse_calls` does, or LimitError after `timeout` seconds."""
    if timeout is None:
        run_with_large_stack(lambda: query_policy.refuse_calls(text))
    elif query_policy.is_for_parser(text):
        run_query_in_process(text, timeout, engine="")


def _find_last(output: bytes) -> str:
    """The last line that a process wrote to stderr."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
