"""Values for the parameters of a SPARQL text: a parameter is a `VALUES ?name { default }` block.

So a query with parameters is a valid query with its defaults, in any SPARQL editor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.errors import UsageError
from kg.rdf import vocab

_IRI_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def bind_parameters(text: str, values: Mapping[str, str]) -> str:
    """The query with `VALUES ?name { value }` for each value; values are SPARQL terms.

    >>> query = "SELECT * { VALUES ?x { UNDEF } ?x ?p ?o }"
    >>> bind_parameters(query, {"x": format_iri_term("entity:acne-scars")})
    'SELECT * { VALUES ?x { <https://w3id.org/evidence-kg/entity/acne-scars> } ?x ?p ?o }'

    Raises:
        UsageError: the query has no such parameter.
    """
    for name, value in values.items():
        block = _build_block_pattern(name)
        if not block.search(text):
            raise UsageError(
                f"the query has no parameter {name!r}: write VALUES ?{name} {{ UNDEF }} into it"
            )
        parts = block.split(text)
        text = f"VALUES ?{name} {{ {value} }}".join(parts)
    return text


def _build_block_pattern(name: str) -> re.Pattern[str]:
    if not _SAFE_NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not the name of a parameter: letters, digits and _ only")
    return re.compile(rf"VALUES\s+[?]{name}\s*\{{[^{{}}]*\}}", re.IGNORECASE)


def format_iri_term(text: str) -> str:
    """`<IRI>` of an IRI or of a short form such as `entity:acne-scars`.

    Raises:
        UsageError: it is neither.
    """
    full_iri = vocab.expand_curie(text.removeprefix("<").removesuffix(">"))
    if not _IRI_PATTERN.fullmatch(full_iri):
        raise UsageError(f"{text!r} is not an IRI: give <https://...> or a form like entity:zinc")
    return f"<{full_iri}>"


def format_text_term(text: str) -> str:
    r"""A quoted string; nothing in it can end the quotation.

    >>> format_text_term('a"} # b\n')
    '"a\\"} # b\\n"'
    """
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c) for c in text if ord(c) >= 32 or c in escapes) + '"'


def format_number_term(text: str) -> str:
    """A whole or decimal number.

    Raises:
        UsageError: it is neither.
    """
    if not re.fullmatch(r"[+-]?[0-9]{1,18}([.][0-9]{1,18})?", text):
        raise UsageError(f"{text!r} is not a number")
    return text


def guess_term(text: str) -> str:
    """The term that a person means: an IRI where it has a known prefix or `<>`, a number, a text.

    >>> guess_term("entity:zinc"), guess_term("3"), guess_term("zinc")
    ('<https://w3id.org/evidence-kg/entity/zinc>', '3', '"zinc"')
    """
    if text.startswith("<") or vocab.expand_curie(text) != text:
        return format_iri_term(text)
    if re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?", text):
        return format_number_term(text)
    return format_text_term(text)
