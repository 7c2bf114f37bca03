"""Content negotiation: which of the offered media types a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MAX_ACCEPT_CHARACTERS = 4096
"""Characters of an Accept header that are read."""


def choose_media_type(accept: str, offered: Sequence[str]) -> str | None:
    """The offered type with the highest quality, the first of equals; None where none will do.

    >>> choose_media_type("text/csv;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> choose_media_type("text/html", ["text/csv"]) is None
    True
    >>> choose_media_type("", ["text/csv"])
    'text/csv'
    """
    quality_by_range = _parse_accept(accept[:MAX_ACCEPT_CHARACTERS]) or {"*/*": 1.0}
    rated_types = [
        (_find_quality(kind, quality_by_range), -n, kind) for n, kind in enumerate(offered)
    ]
    quality, _, kind = max(rated_types, default=(0.0, 0, ""))
    return kind if quality > 0 else None


def _find_quality(kind: str, quality_by_range: Mapping[str, float]) -> float:
    """The quality of the most specific range that covers a type."""
    for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
        if pattern in quality_by_range:
            return quality_by_range[pattern]
    return 0.0


def _parse_accept(accept: str) -> dict[str, float]:
    quality_by_range: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip() for piece in part.lower().split(";"))
        if "/" in kind:
            quality_by_range[kind] = max(quality_by_range.get(kind, 0.0), _read_quality(parameters))
    return quality_by_range


def _read_quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
