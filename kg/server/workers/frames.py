"""What passes between server and worker: a JSON head and bytes, each with its length before it."""

from __future__ import annotations

import json
from typing import IO, Any

LENGTH_BYTES = 8
"""Bytes before each frame: the length of the head and that of the payload, big-endian."""


def pack_frame(header_fields: dict[str, Any], payload: bytes = b"") -> bytes:
    """A frame."""
    text = json.dumps(header_fields).encode()
    return len(text).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + text + payload


def unpack_lengths(data: bytes) -> tuple[int, int]:
    """Lengths of head and payload."""
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:LENGTH_BYTES], "big")


def read_frame(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None where the other end has closed."""
    first = source.read(LENGTH_BYTES)
    if len(first) < LENGTH_BYTES:
        return None
    header_size, payload = unpack_lengths(first)
    return json.loads(source.read(header_size)), source.read(payload)
