"""The log of the server: one JSON object a line on stderr, whoever has something to say."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST = 4000
"""Characters of a message or a traceback."""


def write_line(fields: Mapping[str, Any]) -> None:
    """Write one line, with the time before its fields."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(json.dumps({"time": time, **fields}), file=sys.stderr, flush=True)  # noqa: T201


class JsonHandler(logging.Handler):
    """Writes what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            fields = {
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage()[:LONGEST],
            }
            if record.exc_info and record.exc_info[1]:
                fields["trace"] = "".join(traceback.format_exception(record.exc_info[1]))[-LONGEST:]
            write_line(fields)
        except Exception:  # noqa: BLE001  a faulty record must not end the server
            self.handleError(record)


def install() -> None:
    """Have all that is logged, and all warnings of Python, written as JSON."""
    logging.basicConfig(level=logging.WARNING, handlers=[JsonHandler()], force=True)
    logging.captureWarnings(True)


def pass_on(pid: int, line: bytes) -> None:
    """Write what a worker wrote: its own JSON as it is, anything else as a message."""
    text = line.decode("utf-8", "replace").strip()
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        fields = {"level": "error", "message": text[:LONGEST]}
    if text:
        write_line({**fields, "worker": pid})


__all__ = ["JsonHandler", "install", "pass_on", "write_line"]
