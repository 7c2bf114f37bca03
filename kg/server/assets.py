"""The files that pages need: styles, scripts, pictures; read once, served from memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    name: str
    content: bytes
    kind: str
    tag: str


@cache
def assets() -> Mapping[str, Asset]:
    """All files by name."""
    from kg.server.views.drawing import dark_style

    files = (p for p in sorted(FOLDER.iterdir()) if p.suffix in KINDS)
    shipped = {path.name: _made(path.name, path.read_bytes()) for path in files}
    return shipped | {"graph.css": _made("graph.css", dark_style().encode())}


def asset(name: str) -> Asset | None:
    """The file of this name."""
    return assets().get(name)


def _made(name: str, content: bytes) -> Asset:
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    return Asset(name, content, KINDS[Path(name).suffix], f'"{digest}"')
