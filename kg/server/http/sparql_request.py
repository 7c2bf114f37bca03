"""The SPARQL 1.1 Protocol, for queries: what a request asks, or why it is refused.

https://www.w3.org/TR/sparql11-protocol/ section 2.1. Updates are refused: the server only reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kg.server.workers.frames import JobRequest
from kg.server.workers.pool import HttpRefusal

FORM_TYPE, QUERY_TYPE, UPDATE_TYPE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
MAX_FIELDS = 200
_KNOWN_FIELDS = ("query", "default-graph-uri", "named-graph-uri")


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query and the data set that the protocol names for it."""

    query_text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def build_job(self, accept: str) -> JobRequest:
        """The job for a worker."""
        return JobRequest(
            "query",
            accept=accept,
            default_graphs=self.default_graphs,
            named_graphs=self.named_graphs,
            payload=self.query_text.encode(),
        )


def parse_request(
    method: str, query_string: str, content_type: str, body: bytes
) -> SparqlRequest | None:
    """The query of a request; None where a GET asks nothing.

    Raises:
        HttpRefusal: 400, 405 or 415, with the reason.
    """
    fields = _parse_fields(query_string)
    kind, charset = _parse_content_type(content_type)
    if method in ("GET", "HEAD"):
        if "update" in dict(fields):
            raise HttpRefusal(405, _UPDATE_REFUSAL)
        return _build_request(fields) if any(name == "query" for name, _ in fields) else None
    if kind == UPDATE_TYPE:
        raise HttpRefusal(403, _UPDATE_REFUSAL)
    if kind == QUERY_TYPE:
        if any(name == "query" for name, _ in fields):
            raise HttpRefusal(400, "the query is in the body and in the address; give one")
        return _build_request([*fields, ("query", _decode_body(body, charset))])
    if kind == FORM_TYPE:
        inside = _parse_fields(_decode_body(body, charset))
        if "update" in dict(inside):
            raise HttpRefusal(403, _UPDATE_REFUSAL)
        return _build_request([*fields, *inside])
    raise HttpRefusal(
        415, f"POST takes {FORM_TYPE} or {QUERY_TYPE}, not {kind or 'a body without a type'}"
    )


_UPDATE_REFUSAL = (
    "updates are refused: this server only reads. Change the curated text, run kg build."
)


def _parse_content_type(content_type: str) -> tuple[str, str]:
    kind, *parameters = (type_part.strip() for type_part in content_type.lower().split(";"))
    charsets = [p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")]
    return kind, charsets[0] if charsets else "utf-8"


def _decode_body(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise HttpRefusal(415, f"the body must be UTF-8, not {charset}")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HttpRefusal(400, "the body is not UTF-8") from None


def _parse_fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise HttpRefusal(400, "the parameters are not UTF-8") from None
    except ValueError:
        raise HttpRefusal(400, f"more than {MAX_FIELDS} parameters") from None


def _build_request(fields: Iterable[tuple[str, str]]) -> SparqlRequest:
    values_by_field: dict[str, list[str]] = {name: [] for name in _KNOWN_FIELDS}
    for name, value in fields:
        if name in values_by_field:
            values_by_field[name].append(value)
    queries = values_by_field["query"]
    if len(queries) != 1:
        raise HttpRefusal(400, f"one query is needed, {len(queries)} were given: query=...")
    return SparqlRequest(
        queries[0], *(tuple(dict.fromkeys(values_by_field[name])) for name in _KNOWN_FIELDS[1:])
    )
