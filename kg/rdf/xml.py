"""RDF and SPARQL results as XML that a parser reads: Oxigraph writes every character as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from pyoxigraph import Triple

# XML 1.0 section 2.2: no document holds these, not even as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOCAL_NAME = re.compile(r"[^\W\d][\w.\-]*$")


def make_well_formed(document: str) -> str:
    """The document with U+FFFD for what XML forbids, and carriage returns as references.

    A parser makes a line feed of a carriage return that stands for itself.

    >>> make_well_formed("<a>" + chr(1) + "b" + chr(13) + "</a>") == "<a>\\ufffdb&#13;</a>"
    True
    """
    return _FORBIDDEN.sub("\ufffd", document).replace("\r", "&#13;")


def write_rdf_xml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Triples as RDF/XML.

    Raises:
        UsageError: a predicate does not end in a name, so that RDF/XML has no way to write it.
    """
    import pyoxigraph as ox

    held = list(triples)
    for triple in held:
        if not _LOCAL_NAME.search(triple.predicate.value):
            raise UsageError(
                f"RDF/XML cannot write the predicate <{triple.predicate.value}>, which does not "
                "end in a name: take ttl, nt or jsonld"
            )
    data = ox.serialize(held, format=ox.RdfFormat.RDF_XML, prefixes=dict(prefixes))
    return make_well_formed((data or b"").decode())
