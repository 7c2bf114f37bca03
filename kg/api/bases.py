"""What a base is read into: loading, faults, and what a question may use of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import kg
from kg.errors import DataError, UnknownName, UsageError
from kg.model import (
    BaseSummary,
    Diagnostic,
    EvidenceBase,
    Exposure,
    Identification,
    Loaded,
    Location,
    Severity,
)
from kg.resources import cache_directory, shipped

if TYPE_CHECKING:
    from kg.chains.material import Material


def load(path: str | Path | None = None) -> Loaded:
    """The base at a path, with the faults met while reading it; None: the shipped data.

    A path is a directory of curated YAML, an RDF file, an Oxigraph store or a compiled base, or
    what `kg.stores.open_store` takes. Raises DataError where nothing can be read.
    """
    if path is None:
        from kg.formats.compiled import cached

        return cached(shipped("data"), cache_directory())
    if ":" in str(path):
        from kg.stores import is_spec, open_store

        if is_spec(path):
            from kg.formats.rdf import of_quads
            from kg.stores.wire import without_password

            return of_quads(open_store(path).quads(), without_password(str(path)))
    from kg.formats import read

    return read(Path(path))


LARGE = 1_000_000
"""Quads of a store from which on a question fetches only what bears on it."""


def load_about(path: str | Path | None, outcome: str | None) -> Loaded:
    """The base at a path, or of some stores only what bears on an outcome.

    That is of large ones, and of those where nobody describes exposures, such as loaded KGX: there
    what acts on the outcome is taken for one. Raises UnknownName for an outcome that they lack.
    """
    from kg.formats import format_of
    from kg.stores import is_spec, open_store

    if path is None or outcome is None:
        return load(path)
    if is_spec(path) or format_of(path) == "store":
        store = open_store(path if is_spec(path) else Path(path))
        if len(store) >= LARGE or not store.query("ASK { ?any a kg:Exposure }").boolean:
            from kg.stores.evidence import StoreSource

            return Loaded(StoreSource(store).around(outcome))
    return load(path)


def sound(loaded: Loaded) -> EvidenceBase:
    """The base of a reading; DataError with all its faults where one of them is severe."""
    severe = [d for d in loaded.diagnostics if d.severity is Severity.SEVERE]
    if severe:
        count = f"{len(severe)} fault{'s' if len(severe) > 1 else ''}"
        raise DataError(f"the data cannot be used: {count}", loaded.diagnostics)
    return loaded.base


def material(base: EvidenceBase, source: str | None = None, evidence: str = "all") -> Material:
    """Edges and evidence of a base, of one source or all, for a choice of evidence."""
    from kg.chains.material import EvidenceChoice, Material

    if source is not None and source not in base.source:
        from difflib import get_close_matches

        raise UnknownName(
            "source", source, get_close_matches(source, list(base.source), cutoff=0.4)
        )
    return Material(base, frozenset({source}) if source else None, EvidenceChoice(evidence))


def summary(base: EvidenceBase, given: Material, profile: str, version: str) -> BaseSummary:
    """What a grade was computed from: sources, counts, profile and versions."""
    sources = tuple(s.id for s in base.sources if given.sources is None or s.id in given.sources)
    works = [c for c in base.citations if c.source in sources and c.kind.value != "appeal"]
    return BaseSummary(
        sources=sources,
        claims=len(given.claims),
        studies=len(base.studies),
        works_cited=len(works),
        works_identified=sum(c.status is Identification.IDENTIFIED for c in works),
        profile=profile,
        profile_version=version,
        version=kg.__version__,
        digest=base.digest,
    )


def exposure_of(base: EvidenceBase, name: str) -> Exposure:
    """The exposure of this name; UnknownName with near ones, or with those of a substance."""
    node = base.resolve(name, "exposure")
    if isinstance(node, Exposure):
        return node
    near = tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))
    raise UnknownName("exposure", name, near or base.near(name))


def lint(path: str | Path | None = None) -> Loaded:
    """A base with all that a curator should mend: faults of reading, then gaps of curation.

    A base with severe faults is looked at as far as it was read.
    """
    from kg.curation import lint as gaps

    loaded = load(path)
    return Loaded(loaded.base, (*loaded.diagnostics, *gaps(loaded.base)))


def new(kind: str, id: str, folder: str | Path) -> Path:
    """The file of a base that now holds a template for a thing of this kind.

    Raises:
        UsageError: the id is none or is taken, or the file exists.
        OutsideError: the directory cannot be written.
    """
    from kg.curation.templates import TEMPLATES
    from kg.formats import curated
    from kg.formats.files import write_new
    from kg.formats.words import ID

    if not re.fullmatch(ID, id, re.ASCII):
        raise UsageError(f"{id!r} is no id: letters, digits, '-', '.' and '_', 120 at most")
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; name the directory of a base")
    if root.exists() and curated.files(root):
        taken = curated.read(root).base.find(id)
        if taken is not None:
            raise UsageError(f"the id {id!r} is taken already, in {taken.location}")
    template = TEMPLATES[kind]
    return write_new(root / template.folder / f"{id}.yaml", template.text(id))


def validate(path: str | Path | None = None, shapes: bool = True) -> tuple[Diagnostic, ...]:
    """All faults of the data at a path: schema, references, then SHACL shapes."""
    if path is None:
        from kg.formats import read

        loaded = read(shipped("data"))
    else:
        loaded = load(path)
    found = list(loaded.diagnostics)
    if shapes and not any(d.severity is Severity.SEVERE for d in found):
        from kg.rdf.shacl import validate as validate_shapes

        found.extend(validate_shapes(loaded.base))
    return tuple(sorted(found, key=lambda d: (d.location or Location(""), d.order)))
