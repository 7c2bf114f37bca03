"""TOML that a stranger may have written, as a table: bounded before it is parsed.

The parser of Python recurses with nesting, and takes time and memory by the square of the parts of
a dotted key. A key never passes the end of its line, so that dots are counted line by line.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from kg.errors import DataError, LimitError
from kg.formats.files import format_display_path, read_bytes

MOST_BYTES = 4 * 1024 * 1024
MOST_DOTS = 100
"""Dots in one line, be they in a key or in a text."""


def read_table(path: Path, what: str) -> dict[str, Any]:
    """The table of a file, which messages call `what`.

    Raises:
        DataError: it cannot be read, is no TOML, or is beyond the limits.
    """
    try:
        data = read_bytes(path, MOST_BYTES)
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.count(b".") > MOST_DOTS:
                raise LimitError(f"line {number} has more than {MOST_DOTS} dots; break it in two")
        return tomllib.loads(data.decode().replace("\r\n", "\n"))
    except RecursionError:
        reason: object = "values nest too deep"
    except (OSError, LimitError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
    raise DataError(f"{format_display_path(path)}: not readable as {what}: {reason}")
