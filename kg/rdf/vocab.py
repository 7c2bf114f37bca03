"""Names: prefixes, IRIs of things, concepts and properties, and the way back from an IRI to an id.

Only text is handled here, so that views can print an IRI without loading an RDF library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from urllib.parse import quote, unquote

BASE = "https://w3id.org/evidence-kg/"
KG = BASE + "vocab#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
CITO = "http://purl.org/spar/cito/"
TYPE = RDF + "type"

SECTIONS = (
    "entity",
    "exposure",
    "population",
    "source",
    "claim",
    "citation",
    "study",
    "finding",
    "chain",
    "conflict",
    "proposition",
    "grade",
    "activity",
    "graph",
)
"""Parts of the data name space: the IRI of a thing is `BASE`, section, `/` and its quoted id."""

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "kg": KG,
        **{section: f"{BASE}{section}/" for section in SECTIONS},
        "cito": CITO,
        "dcterms": DCTERMS,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "skos": SKOS,
        "xsd": XSD,
    }
)

VOCABULARY_GRAPH = BASE + "graph/vocabulary"
STUDIES_GRAPH = BASE + "graph/studies"
CONFLICTS_GRAPH = BASE + "graph/conflicts"
GRADES_GRAPH = BASE + "graph/grades"


@lru_cache(maxsize=1 << 16)
def iri(section: str, id: str, *rest: str | int) -> str:
    """IRI of a thing, or of a part of it; every id, however odd, has one of its own.

    >>> iri("claim", "a1-c01")
    'https://w3id.org/evidence-kg/claim/a1-c01'
    >>> iri("chain", "as 1", "step", 2)
    'https://w3id.org/evidence-kg/chain/as%201:step:02'
    """
    return f"{BASE}{section}/" + ":".join(
        f"{part:02}" if isinstance(part, int) else quoted(part) for part in (id, *rest)
    )


def quoted(id: str) -> str:
    """An id with every character outside A-Z, a-z, 0-9, `-`, `.`, `_` and `~` percent-encoded.

    An id of dots alone is encoded too: `.` and `..` are steps in a path.
    """
    text = quote(id, safe="", errors="surrogatepass")
    return text.replace(".", "%2E") if not text.strip(".") else text


def unquoted(text: str) -> str:
    """The id that was quoted.

    >>> unquoted(quoted("..")), unquoted(quoted("50 % / Ω"))
    ('..', '50 % / Ω')
    """
    return unquote(text, errors="surrogatepass")


def proposition_iri(subject: str, predicate: str, object: str) -> str:
    """IRI of a proposition; two different propositions never share one.

    >>> proposition_iri("magnesium", "improves", "acne-scars").removeprefix(BASE)
    'proposition/magnesium--improves--acne-scars'
    """
    subject, object = (quoted(part).replace("--", "%2D%2D") for part in (subject, object))
    return f"{BASE}proposition/{subject}--{predicate}--{object}"


def source_graph(source: str) -> str:
    """IRI of the named graph that holds what one source says."""
    return f"{BASE}graph/source/{quoted(source)}"


def parse_iri(text: str) -> tuple[str, str] | None:
    """Section and id of a data IRI; None for every other IRI.

    >>> parse_iri("https://w3id.org/evidence-kg/entity/acne-scars")
    ('entity', 'acne-scars')
    >>> parse_iri("https://example.org/x") is None
    True
    """
    if not text.startswith(BASE):
        return None
    section, slash, rest = text[len(BASE) :].partition("/")
    if not slash or section not in SECTIONS or "/" in rest:
        return None
    try:
        return section, unquoted(rest)
    except UnicodeDecodeError:
        return None


@cache
def term(name: str) -> str:
    """Full IRI of a short name; without a prefix it is a name of ours.

    >>> term("skos:broader"), term("wordingTier")
    ('http://www.w3.org/2004/02/skos/core#broader', 'https://w3id.org/evidence-kg/vocab#wordingTier')
    """
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else KG + name


def kebab(name: str) -> str:
    """A class name in lower case with hyphens.

    >>> kebab("ExposureKind")
    'exposure-kind'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def notation(member: Enum) -> str:
    """The word that `skos:notation` carries: the value of a member, or its name in lower case."""
    return str(member.value) if isinstance(member, StrEnum) else member.name.lower()


@lru_cache(maxsize=None, typed=True)  # members of different enums may be equal as numbers or words
def concept(member: Enum) -> str:
    """IRI of the concept of an enum member.

    >>> from kg.model import Level, Route
    >>> concept(Route.ORAL).removeprefix(KG), concept(Level.VERY_LOW).removeprefix(KG)
    ('route-oral', 'level-very_low')
    """
    return f"{KG}{kebab(type(member).__name__)}-{notation(member)}"


@cache
def members(enum: type[Enum]) -> Mapping[str, Enum]:
    """Enum members by the IRI of their concept."""
    return {concept(member): member for member in enum}


def compact(text: str) -> str:
    """An IRI in short form where a prefix fits, else the IRI itself.

    >>> compact("https://w3id.org/evidence-kg/entity/acne-scars"), compact("urn:x")
    ('entity:acne-scars', 'urn:x')
    """
    found = max(
        ((prefix, space) for prefix, space in PREFIXES.items() if text.startswith(space)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return f"{found[0]}:{text[len(found[1]) :]}" if found else text


def expand(text: str) -> str:
    """The full IRI of a short form; a text without a known prefix comes back as it is.

    >>> expand("entity:acne-scars")
    'https://w3id.org/evidence-kg/entity/acne-scars'
    """
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else text
