"""What a base is read into: loading, faults, and what a question may use of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from kg._version import __version__
from kg.errors import DataError, UnknownName, UsageError
from kg.model import (
    BaseSummary,
    Diagnostic,
    EvidenceBase,
    Exposure,
    Identification,
    LoadedBase,
    Location,
    Severity,
)
from kg.resources import locate_cache_folder, locate_shipped_folder

if TYPE_CHECKING:
    from kg.grading.evidence_index import EvidenceIndex


def load(path: str | Path | None = None) -> LoadedBase:
    """The base at a path, with the faults met while reading it; None: the shipped data.

    A path is a directory of curated YAML, an RDF file, an Oxigraph store or a compiled base, or
    what `kg.stores.open_store` takes. Raises DataError where nothing can be read.
    """
    if path is None:
        from kg.formats.cache.compiled import read_cached_base

        return read_cached_base(locate_shipped_folder("data"), locate_cache_folder())
    if ":" in str(path):
        from kg.stores import is_store_spec, open_store

        if is_store_spec(path):
            from kg.formats.rdf import decode_store_quads
            from kg.stores.sparql_http import strip_credentials

            return decode_store_quads(
                open_store(path).iterate_quads(), strip_credentials(str(path))
            )
    from kg.formats import read_base

    return read_base(Path(path))


LARGE_STORE_QUADS = 1_000_000
"""Quads of a store from which on a question fetches only what bears on it."""


def load_for_outcome(path: str | Path | None, outcome: str | None) -> LoadedBase:
    """The base at a path, or of some stores only what bears on an outcome.

    That is of large ones, and of those where nobody describes exposures, such as loaded KGX: there
    what acts on the outcome is taken for one. Raises UnknownName for an outcome that they lack.
    """
    from kg.formats import detect_format
    from kg.stores import is_store_spec, open_store

    if path is None or outcome is None:
        return load(path)
    if is_store_spec(path) or detect_format(path) == "store":
        store = open_store(path if is_store_spec(path) else Path(path))
        if len(store) >= LARGE_STORE_QUADS or not store.query("ASK { ?any a kg:Exposure }").boolean:
            from kg.stores.evidence_source import StoreEvidenceSource

            return LoadedBase(StoreEvidenceSource(store).load_around(outcome))
    return load(path)


def require_sound(loaded: LoadedBase) -> EvidenceBase:
    """The base of a reading; DataError with all its faults where one of them is severe."""
    severe = [d for d in loaded.diagnostics if d.severity is Severity.SEVERE]
    if severe:
        count = f"{len(severe)} fault{'s' if len(severe) > 1 else ''}"
        raise DataError(f"the data cannot be used: {count}", loaded.diagnostics)
    return loaded.base


def build_evidence_index(
    base: EvidenceBase, source: str | None = None, evidence: str = "all"
) -> EvidenceIndex:
    """Edges and evidence of a base, of one source or all, for a choice of evidence."""
    from kg.grading.evidence_index import EvidenceChoice, EvidenceIndex

    if source is not None and source not in base.source:
        from difflib import get_close_matches

        raise UnknownName(
            "source", source, get_close_matches(source, list(base.source), cutoff=0.4)
        )
    return EvidenceIndex(base, frozenset({source}) if source else None, EvidenceChoice(evidence))


def summarise_base(
    base: EvidenceBase, evidence_index: EvidenceIndex, profile: str, version: str
) -> BaseSummary:
    """What a grade was computed from: sources, counts, profile and versions."""
    sources = tuple(
        s.id
        for s in base.sources
        if evidence_index.sources is None or s.id in evidence_index.sources
    )
    works = [c for c in base.citations if c.source in sources and c.kind.value != "appeal"]
    return BaseSummary(
        sources=sources,
        claims=len(evidence_index.claims),
        studies=len(base.studies),
        works_cited=len(works),
        works_identified=sum(c.status is Identification.IDENTIFIED for c in works),
        profile=profile,
        profile_version=version,
        version=__version__,
        digest=base.digest,
    )


def resolve_exposure(base: EvidenceBase, name: str) -> Exposure:
    """The exposure of this name; UnknownName with near ones, or with those of a substance."""
    node = base.resolve_node(name, "exposure")
    if isinstance(node, Exposure):
        return node
    near_names = tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))
    raise UnknownName("exposure", name, near_names or base.suggest_ids(name))


def lint_base(path: str | Path | None = None) -> LoadedBase:
    """A base with all that a curator should mend: faults of reading, then gaps of curation.

    A base with severe faults is looked at as far as it was read.
    """
    from kg.curation import lint as gaps

    loaded = load(path)
    return LoadedBase(loaded.base, (*loaded.diagnostics, *gaps(loaded.base)))


def create_template(kind: str, thing_id: str, folder: str | Path) -> Path:
    """The file of a base that now holds a template for a thing of this kind.

    Raises:
        UsageError: the id is none or is taken, or the file exists.
        OutsideError: the directory cannot be written.
    """
    from kg.curation.templates import FILE_TEMPLATES
    from kg.formats.curated import reader
    from kg.formats.curated.scalars import ID_PATTERN
    from kg.formats.files import write_new_file

    if not re.fullmatch(ID_PATTERN, thing_id, re.ASCII):
        raise UsageError(f"{thing_id!r} is no id: letters, digits, '-', '.' and '_', 120 at most")
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; name the directory of a base")
    if root.exists() and reader.list_yaml_files(root):
        thing_with_id = reader.read_curated(root).base.find_record(thing_id)
        if thing_with_id is not None:
            raise UsageError(f"the id {thing_id!r} is taken already, in {thing_with_id.location}")
    template = FILE_TEMPLATES[kind]
    return write_new_file(
        root / template.folder / f"{thing_id}.yaml", template.format_text(thing_id)
    )


def validate(path: str | Path | None = None, shapes: bool = True) -> tuple[Diagnostic, ...]:
    """All faults of the data at a path: schema, references, then SHACL shapes."""
    if path is None:
        from kg.formats import read_base

        loaded = read_base(locate_shipped_folder("data"))
    else:
        loaded = load(path)
    all_diagnostics = list(loaded.diagnostics)
    if shapes and not any(d.severity is Severity.SEVERE for d in all_diagnostics):
        from kg.rdf.shacl import validate_base as validate_shapes

        all_diagnostics.extend(validate_shapes(loaded.base))
    return tuple(sorted(all_diagnostics, key=lambda d: (d.location or Location(""), d.sort_key)))
