"""A process behind walls that computes what a client asked for: `python -m kg.server.worker`.

It reads frames from stdin and answers each on stdout, until stdin ends. Its one argument is JSON:
where the snapshot is and what the limits are.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import IO, Any

from kg.errors import KgError
from kg.server import frames, log
from kg.server.jobs import JOBS, Desk
from kg.stores.sandbox import confine, with_large_stack


def main() -> None:
    """Build the walls, then answer."""
    given = json.loads(sys.argv[1])
    log.install()
    walls = confine(given["memory"])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not stand among the frames
    with_large_stack(lambda: _begin(given, walls, answers))


def _begin(given: dict[str, Any], walls: tuple[str, ...], answers: IO[bytes]) -> None:
    try:
        _serve(given, walls, answers)
    except Exception as fault:
        known = isinstance(fault, KgError)
        logger = logging.getLogger(__name__)
        logger.error("a worker ends: %s", fault, exc_info=None if known else fault)
        answers.flush()
        os._exit(1)


def _serve(given: dict[str, Any], walls: tuple[str, ...], answers: IO[bytes]) -> None:
    desk = Desk.of(given)
    desk.open()
    if given["warm"]:
        desk.warm()
    _send(answers, {"ready": True, "walls": walls})
    while (frame := frames.read(sys.stdin.buffer)) is not None:
        _send(answers, {"taken": True})  # from here on a death is this job's own
        request, body = frame
        try:
            head, payload = JOBS[request["job"]](desk, request, body)
        except KgError as fault:
            head, payload = {"error": type(fault).__name__, "message": str(fault)}, b""
        except MemoryError:
            head, payload = {"error": "LimitError", "message": "this needs too much memory"}, b""
        except RecursionError:
            head, payload = {"error": "LimitError", "message": "this nests too deep"}, b""
        except Exception as fault:
            logging.getLogger(__name__).error("a job failed", exc_info=fault)
            head, payload = {"error": "Fault", "message": type(fault).__name__}, b""
        _send(answers, head, payload)


def _send(answers: IO[bytes], head: dict[str, Any], payload: bytes = b"") -> None:
    answers.write(frames.packed(head, payload))
    answers.flush()


if __name__ == "__main__":
    main()
