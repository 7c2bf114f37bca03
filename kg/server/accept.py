"""Content negotiation: which of the offered media types a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LONGEST = 4096
"""Characters of an Accept header that are read."""


def best(accept: str, offered: Sequence[str]) -> str | None:
    """The offered type with the highest quality, the first of equals; None where none will do.

    >>> best("text/csv;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> best("text/html", ["text/csv"]) is None
    True
    >>> best("", ["text/csv"])
    'text/csv'
    """
    wanted = _parsed(accept[:LONGEST]) or {"*/*": 1.0}
    rated = [(_quality(kind, wanted), -n, kind) for n, kind in enumerate(offered)]
    quality, _, kind = max(rated, default=(0.0, 0, ""))
    return kind if quality > 0 else None


def _quality(kind: str, wanted: Mapping[str, float]) -> float:
    """The quality of the most specific range that covers a type."""
    for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
        if pattern in wanted:
            return wanted[pattern]
    return 0.0


def _parsed(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip() for piece in part.lower().split(";"))
        if "/" in kind:
            found[kind] = max(found.get(kind, 0.0), _q(parameters))
    return found


def _q(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
