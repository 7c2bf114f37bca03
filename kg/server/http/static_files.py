"""The files that pages need: styles, scripts, pictures; read once, served from memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC_FOLDER = Path(__file__).resolve().parents[1] / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    name: str
    content: bytes
    media_type: str
    etag_value: str


@cache
def load_static_files() -> Mapping[str, StaticFile]:
    """All files by name."""
    from kg.server.views.drawing import build_dark_style

    files = (p for p in sorted(STATIC_FOLDER.iterdir()) if p.suffix in MEDIA_TYPES)
    shipped = {path.name: _build_static_file(path.name, path.read_bytes()) for path in files}
    return shipped | {"graph.css": _build_static_file("graph.css", build_dark_style().encode())}


def find_static_file(name: str) -> StaticFile | None:
    """The file of this name."""
    return load_static_files().get(name)


def _build_static_file(name: str, content: bytes) -> StaticFile:
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    return StaticFile(name, content, MEDIA_TYPES[Path(name).suffix], f'"{digest}"')
