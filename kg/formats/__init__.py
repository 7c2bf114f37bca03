"""Readers and writers of file formats, chosen by name or by what a path looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kg.errors import OutsideError
from kg.formats.streams import find_unpacked_suffix
from kg.model import Diagnostic, EvidenceBase, LoadedBase
from kg.model.batches import GraphBatch
from kg.registry import Registry, describe_plugin_fault

BaseReader = Callable[[Path], LoadedBase]
LinkBatchReader = Callable[[Path], Iterator[GraphBatch | Diagnostic]]

READERS: Registry[BaseReader] = Registry(
    "reader",
    {
        "curated": "kg.formats.curated.reader:read_curated",
        "compiled": "kg.formats.cache.compiled:read_compiled",
        "trig": "kg.formats.rdf:read_trig",
        "turtle": "kg.formats.rdf:read_turtle",
        "nquads": "kg.formats.rdf:read_nquads",
        "ntriples": "kg.formats.rdf:read_ntriples",
        "jsonld": "kg.formats.rdf:read_jsonld",
        "rdfxml": "kg.formats.rdf:read_rdfxml",
        "store": "kg.formats.rdf:read_store",
    },
    group="kg.readers",
)
"""Readers of bases. That of a plug-in reads the files whose suffix is its name."""

LINK_READERS: Registry[LinkBatchReader] = Registry(
    "reader of links",
    {
        "links": "kg.formats.rated_links.tables:read_links",
        "claims": "kg.formats.rated_links.rdf_claims:read_claim_links",
        "kgx": "kg.formats.kgx.links:read_kgx_links",
    },
    group="kg.batches",
)
"""Readers of rated links: batches and faults as they come, in memory that does not grow.

That of a plug-in reads the files whose suffix is its name.
"""

LINK_SUFFIXES = {
    **{".csv": "links", ".tsv": "links", ".parquet": "links"},
    **{".jsonl": "kgx", ".ndjson": "kgx"},
}
"""Which reader of links a file of this suffix has, that of its packing taken off.

A table may be KGX as well; its head says so (`kg.formats.kgx.links.is_kgx`).
"""

MOST_CURATED_BYTES = 16 * 1024 * 1024
"""The largest file of curated text that is read."""

MAX_BASE_BYTES = 64 * 1024 * 1024
"""The largest RDF file that is read as a base, each thing an object; larger ones become columns."""

CLAIM_SUFFIXES = {".nt": "claims", ".nq": "claims", ".ttl": "claims", ".trig": "claims"}
"""Which reader of links an RDF file has that is packed, or larger than MOST_BYTES."""

FORMAT_BY_SUFFIX = {
    ".yaml": "curated",
    ".yml": "curated",
    ".json": "compiled",
    ".trig": "trig",
    ".ttl": "turtle",
    ".nq": "nquads",
    ".nt": "ntriples",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".xml": "rdfxml",
}
"""Which format a file of this suffix has."""


STORE_MARKER_FILES = ("CURRENT", "current/CURRENT")
"""A file that every Oxigraph store on disk has; `kg.stores.snapshots` has the layout."""


def detect_format(path: str | Path) -> str | None:
    """The name of the format that a path looks like; a directory is a store or curated.

    >>> detect_format("base.TTL")
    'turtle'
    """
    path = Path(path)
    if path.is_dir():
        return "store" if any((path / mark).is_file() for mark in STORE_MARKER_FILES) else "curated"
    suffix = path.suffix.lower()
    return FORMAT_BY_SUFFIX.get(suffix) or _name_plugin(READERS, suffix)


def detect_link_format(suffix: str) -> str | None:
    """The name of the reader of links that files of this suffix have; None where there is none.

    >>> detect_link_format(".tsv")
    'links'
    """
    return LINK_SUFFIXES.get(suffix) or _name_plugin(LINK_READERS, suffix)


def _name_plugin(readers: Registry[Any], suffix: str) -> str | None:
    return suffix[1:] if suffix[1:] in readers.plugins else None


def read_base(path: str | Path) -> LoadedBase:
    """Everything that a directory or file holds, and the faults met; never raises on content."""
    from kg.formats import faults

    path = Path(path)
    name = detect_format(path)
    if name is None:
        from kg.formats.files import format_display_path
        from kg.model import Location

        plugin_suffixes = (f".{plugin}" for plugin in READERS.plugins)
        readable_suffixes = ", ".join(sorted((*FORMAT_BY_SUFFIX, *plugin_suffixes)))
        message = f"the suffix {faults.quote_value(path.suffix)} says no format that kg reads."
        remedy = f"Name a directory of curated YAML, or a file with one of {readable_suffixes}."
        if find_unpacked_suffix(path) in LINK_SUFFIXES | CLAIM_SUFFIXES:
            remedy = (
                "kg grade, kg build and kg query read it as links; for all else kg load puts KGX "
                "and RDF, packed or not, into a store: name that with --base."
            )
        if not path.exists():
            message = "there is no such file or directory."
        place, kind = Location(format_display_path(path)), faults.NOTHING_TO_READ
        diagnostic = faults.build_diagnostic(kind, message, place, remedy=remedy)
        return LoadedBase(EvidenceBase(), (diagnostic,))
    loaded = READERS[name](path)
    if not isinstance(loaded, LoadedBase):
        fault = TypeError(f"it gives {type(loaded).__name__} and no LoadedBase")
        raise OutsideError(describe_plugin_fault(READERS.plugins[name], fault))
    return loaded
