"""The SPARQL 1.1 Protocol, for queries: what a request asks, or why it is refused.

https://www.w3.org/TR/sparql11-protocol/ section 2.1. Updates are refused: the server only reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kg.server.pool import Refused

FORM, DIRECT, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
MOST_FIELDS = 200
_KNOWN = ("query", "default-graph-uri", "named-graph-uri")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the data set that the protocol names for it."""

    text: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def job(self, accept: str) -> dict[str, object]:
        """The job for a worker."""
        return {"job": "query", "accept": accept, "default": self.default, "named": self.named}


def asked(method: str, query_string: str, content_type: str, body: bytes) -> Asked | None:
    """The query of a request; None where a GET asks nothing.

    Raises:
        Refused: 400, 405 or 415, with the reason.
    """
    fields = _fields(query_string)
    kind, charset = _kind(content_type)
    if method in ("GET", "HEAD"):
        if "update" in dict(fields):
            raise Refused(405, _NO_UPDATE)
        return _of(fields) if any(name == "query" for name, _ in fields) else None
    if kind == UPDATE:
        raise Refused(403, _NO_UPDATE)
    if kind == DIRECT:
        if any(name == "query" for name, _ in fields):
            raise Refused(400, "the query is in the body and in the address; give one")
        return _of([*fields, ("query", _decoded(body, charset))])
    if kind == FORM:
        inside = _fields(_decoded(body, charset))
        if "update" in dict(inside):
            raise Refused(403, _NO_UPDATE)
        return _of([*fields, *inside])
    raise Refused(415, f"POST takes {FORM} or {DIRECT}, not {kind or 'a body without a type'}")


_NO_UPDATE = "updates are refused: this server only reads. Change the curated text, run kg build."


def _kind(content_type: str) -> tuple[str, str]:
    kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
    charsets = [p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")]
    return kind, charsets[0] if charsets else "utf-8"


def _decoded(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(415, f"the body must be UTF-8, not {charset}")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "the body is not UTF-8") from None


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Refused(400, "the parameters are not UTF-8") from None
    except ValueError:
        raise Refused(400, f"more than {MOST_FIELDS} parameters") from None


def _of(fields: Iterable[tuple[str, str]]) -> Asked:
    found: dict[str, list[str]] = {name: [] for name in _KNOWN}
    for name, value in fields:
        if name in found:
            found[name].append(value)
    queries = found["query"]
    if len(queries) != 1:
        raise Refused(400, f"one query is needed, {len(queries)} were given: query=...")
    return Asked(queries[0], *(tuple(dict.fromkeys(found[name])) for name in _KNOWN[1:]))
