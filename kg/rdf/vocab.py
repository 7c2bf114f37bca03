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
KG_VOCABULARY = BASE + "vocab#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
CITO = "http://purl.org/spar/cito/"
RDF_TYPE = RDF + "type"

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
        "kg": KG_VOCABULARY,
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
def build_iri(section: str, thing_id: str, *part_names: str | int) -> str:
    """IRI of a thing, or of a part of it; every id, however odd, has one of its own.

    >>> build_iri("claim", "a1-c01")
    'https://w3id.org/evidence-kg/claim/a1-c01'
    >>> build_iri("chain", "as 1", "step", 2)
    'https://w3id.org/evidence-kg/chain/as%201:step:02'
    """
    return f"{BASE}{section}/" + ":".join(
        f"{part:02}" if isinstance(part, int) else encode_id(part)
        for part in (thing_id, *part_names)
    )


def encode_id(thing_id: str) -> str:
    """An id with every character outside A-Z, a-z, 0-9, `-`, `.`, `_` and `~` percent-encoded.

    An id of dots alone is encoded too: `.` and `..` are steps in a path.
    """
    text = quote(thing_id, safe="", errors="surrogatepass")
    return text.replace(".", "%2E") if not text.strip(".") else text


def decode_id(text: str) -> str:
    """The id that was quoted.

    >>> decode_id(encode_id("..")), decode_id(encode_id("50 % / Ω"))
    ('..', '50 % / Ω')
    """
    return unquote(text, errors="surrogatepass")


def build_proposition_iri(subject: str, predicate: str, object: str) -> str:
    """IRI of a proposition; two different propositions never share one.

    >>> build_proposition_iri("magnesium", "improves", "acne-scars").removeprefix(BASE)
    'proposition/magnesium--improves--acne-scars'
    """
    subject, object = (encode_id(part).replace("--", "%2D%2D") for part in (subject, object))
    return f"{BASE}proposition/{subject}--{predicate}--{object}"


def build_source_graph_iri(source_id: str) -> str:
    """IRI of the named graph that holds what one source says."""
    return f"{BASE}graph/source/{encode_id(source_id)}"


def parse_iri(data_iri: str) -> tuple[str, str] | None:
    """Section and id of a data IRI; None for every other IRI.

    >>> parse_iri("https://w3id.org/evidence-kg/entity/acne-scars")
    ('entity', 'acne-scars')
    >>> parse_iri("https://example.org/x") is None
    True
    """
    if not data_iri.startswith(BASE):
        return None
    section, slash, encoded_id = data_iri[len(BASE) :].partition("/")
    if not slash or section not in SECTIONS or "/" in encoded_id:
        return None
    try:
        return section, decode_id(encoded_id)
    except UnicodeDecodeError:
        return None


@cache
def expand_term(name: str) -> str:
    """Full IRI of a short name; without a prefix it is a name of ours.

    >>> expand_term("skos:broader"), expand_term("wordingTier")
    ('http://www.w3.org/2004/02/skos/core#broader', 'https://w3id.org/evidence-kg/vocab#wordingTier')
    """
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else KG_VOCABULARY + name


def format_kebab_case(name: str) -> str:
    """A class name in lower case with hyphens.

    >>> format_kebab_case("ExposureKind")
    'exposure-kind'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def format_notation(member: Enum) -> str:
    """The word that `skos:notation` carries: the value of a member, or its name in lower case."""
    return str(member.value) if isinstance(member, StrEnum) else member.name.lower()


@lru_cache(maxsize=None, typed=True)  # members of different enums may be equal as numbers or words
def build_concept_iri(member: Enum) -> str:
    """IRI of the concept of an enum member.

    >>> from kg.model import Level, Route
    >>> build_concept_iri(Route.ORAL).removeprefix(KG_VOCABULARY)
    'route-oral'
    >>> build_concept_iri(Level.VERY_LOW).removeprefix(KG_VOCABULARY)
    'level-very_low'
    """
    return f"{KG_VOCABULARY}{format_kebab_case(type(member).__name__)}-{format_notation(member)}"


@cache
def index_members(enum: type[Enum]) -> Mapping[str, Enum]:
    """Enum members by the IRI of their concept."""
    return {build_concept_iri(member): member for member in enum}


def format_curie(full_iri: str) -> str:
    """An IRI in short form where a prefix fits, else the IRI itself.

    >>> format_curie("https://w3id.org/evidence-kg/entity/acne-scars"), format_curie("urn:x")
    ('entity:acne-scars', 'urn:x')
    """
    best_prefix = max(
        ((prefix, space) for prefix, space in PREFIXES.items() if full_iri.startswith(space)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return f"{best_prefix[0]}:{full_iri[len(best_prefix[1]) :]}" if best_prefix else full_iri


def expand_curie(text: str) -> str:
    """The full IRI of a short form; a text without a known prefix comes back as it is.

    >>> expand_curie("entity:acne-scars")
    'https://w3id.org/evidence-kg/entity/acne-scars'
    """
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else text
