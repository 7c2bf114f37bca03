"""Readers and writers of file formats, chosen by name or by what a path looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kg.formats.streams import unpacked_suffix
from kg.model import Diagnostic, EvidenceBase, Loaded
from kg.model.links import Batch
from kg.registry import Registry

Reader = Callable[[Path], Loaded]
Writer = Callable[[EvidenceBase, Path], Path]
BatchReader = Callable[[Path], Iterator[Batch | Diagnostic]]

READERS: Registry[Reader] = Registry(
    "reader",
    {
        "curated": "kg.formats.curated:read",
        "compiled": "kg.formats.compiled:load",
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

WRITERS: Registry[Writer] = Registry(
    "writer",
    {
        "compiled": "kg.formats.compiled:write",
        "trig": "kg.formats.rdf:save_trig",
        "nquads": "kg.formats.rdf:save_nquads",
    },
    group="kg.writers",
)

BATCHES: Registry[BatchReader] = Registry(
    "reader of links",
    {
        "links": "kg.formats.links:read",
        "claims": "kg.formats.claim_links:read",
        "kgx": "kg.formats.kgx_links:read",
    },
    group="kg.batches",
)
"""Readers of rated links: batches and faults as they come, in memory that does not grow."""

BATCH_SUFFIXES = {
    **{".csv": "links", ".tsv": "links", ".parquet": "links"},
    **{".jsonl": "kgx", ".ndjson": "kgx"},
}
"""Which reader of links a file of this suffix has, that of its packing taken off.

A table may be KGX as well; its head says so (`kg.formats.kgx_links.is_kgx`).
"""

MOST_CURATED_BYTES = 16 * 1024 * 1024
"""The largest file of curated text that is read."""

MOST_BYTES = 64 * 1024 * 1024
"""The largest RDF file that is read as a base, each thing an object; larger ones become columns."""

CLAIM_SUFFIXES = {".nt": "claims", ".nq": "claims", ".ttl": "claims", ".trig": "claims"}
"""Which reader of links an RDF file has that is packed, or larger than MOST_BYTES."""

SUFFIXES = {
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


STORE_MARKS = ("CURRENT", "current/CURRENT")
"""A file that every Oxigraph store on disk has; `kg.stores.snapshots` has the layout."""


def format_of(path: str | Path) -> str | None:
    """The name of the format that a path looks like; a directory is a store or curated.

    >>> format_of("base.TTL")
    'turtle'
    """
    path = Path(path)
    if path.is_dir():
        return "store" if any((path / mark).is_file() for mark in STORE_MARKS) else "curated"
    return SUFFIXES.get(path.suffix.lower())


def read(path: str | Path) -> Loaded:
    """Everything that a directory or file holds, and the faults met; never raises on content."""
    from kg.formats import faults

    path = Path(path)
    name = format_of(path)
    if name is None or name not in READERS:
        from kg.formats.curated import shown
        from kg.model import Location

        known = ", ".join(sorted(suffix for suffix, form in SUFFIXES.items() if form in READERS))
        message = f"the suffix {faults.quoted(path.suffix)} says no format that kg reads."
        remedy = f"Name a directory of curated YAML, or a file with one of {known}."
        if unpacked_suffix(path) in BATCH_SUFFIXES | CLAIM_SUFFIXES:
            remedy = (
                "kg grade, kg build and kg query read it as links; for all else kg load puts KGX "
                "and RDF, packed or not, into a store: name that with --base."
            )
        if not path.exists():
            message = "there is no such file or directory."
        place = Location(shown(path))
        return Loaded(
            EvidenceBase(), (faults.found(faults.NOTHING, message, place, remedy=remedy),)
        )
    return READERS[name](path)
