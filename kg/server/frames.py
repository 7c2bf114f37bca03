"""What passes between server and worker: a JSON head and bytes, each with its length before it."""

from __future__ import annotations

import json
from typing import IO, Any

LENGTHS = 8
"""Bytes before each frame: the length of the head and that of the payload, big-endian."""


def packed(head: dict[str, Any], payload: bytes = b"") -> bytes:
    """A frame."""
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + text + payload


def lengths(data: bytes) -> tuple[int, int]:
    """Lengths of head and payload."""
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:LENGTHS], "big")


def read(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None where the other end has closed."""
    first = source.read(LENGTHS)
    if len(first) < LENGTHS:
        return None
    head, payload = lengths(first)
    return json.loads(source.read(head)), source.read(payload)
