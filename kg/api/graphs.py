"""The base as a graph: statements, stores, queries, and the compiled files."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from kg.api.audits import audit_base
from kg.api.base import identify_input, load_base, require_sound
from kg.api.incremental_grades import regrade_changed
from kg.errors import OutsideError, UsageError
from kg.model import EvidenceBase, LoadedBase
from kg.resources import compute_fingerprint, locate_cache_folder
from kg.scenarios.request import DEFAULT_REQUEST, GradeRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad

    from kg.model.audit import LookUp
    from kg.stores import Store
    from kg.stores.results import QueryResult


def build_graph_quads(
    base: EvidenceBase, request: GradeRequest = DEFAULT_REQUEST, look_ups: Iterable[LookUp] = ()
) -> list[Quad]:
    """The base, its computed grades and the audit of its citations as RDF quads.

    Args:
        base: The base, sound.
        request: Profile and evidence.
        look_ups: Stored answers that the audit rests on, see `read_look_ups`.
    """
    from kg.rdf.audit import encode_audit
    from kg.rdf.encode import encode_base
    from kg.rdf.grades import encode_grades

    grades, _ = regrade_changed(base, request)
    return [
        *encode_base(base),
        *encode_grades(grades, base),
        *encode_audit(audit_base(base, None, look_ups)),
    ]


def open_graph(path: str | Path | None = None) -> Store:
    """The graph of a base with its computed grades, to be queried.

    A store is opened as it is, from its path or as `open_store` names it. Anything else is compiled
    to a store, which is kept in the cache under a key of the data and of the code, so that it is
    made once.

    Args:
        path: As for `load_base`, or a store as `open_store` names it.
    """
    from kg.stores import open_store
    from kg.stores.oxigraph_disk import is_store, write_store

    if path is not None and identify_input(path).is_store:
        return open_store(path)
    base = require_sound(load_base(path))
    cached_store = locate_cache_folder() / f"{base.digest}-{compute_fingerprint()}.store"
    if base.digest and is_store(cached_store):
        return open_store(cached_store)
    quads = build_graph_quads(base)
    if base.digest:
        try:
            write_store(quads, cached_store)
            _prune_cached_stores(cached_store.parent)
            return open_store(cached_store)
        except OutsideError:
            pass  # A cache that cannot be written costs time and nothing else.
    store = open_store("memory:")
    store.load(quads)
    return store


_MAX_CACHED_STORES = 4


def _prune_cached_stores(cache: Path) -> None:
    """Remove the oldest compiled graphs; one that is being read stays readable to its reader."""
    from kg.stores.oxigraph_disk import remove_store

    aged = sorted(cache.glob("*.store"), key=lambda p: p.stat().st_mtime, reverse=True)
    for store in aged[_MAX_CACHED_STORES:]:
        remove_store(store)


def query_base(
    text: str,
    path: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
    timeout: float | None = None,
    apart: bool = False,
) -> QueryResult:
    """The answer to a SPARQL query on a base with its computed grades.

    Args:
        text: SPARQL without updates and SERVICE.
        path: As for `open_graph`.
        parameters: SPARQL terms for `VALUES ?name { ... }` blocks.
        timeout: Seconds; None for no limit.
        apart: Whether to run in a process of its own, which Ctrl-C ends at once.

    Raises:
        UsageError: the text is no query.
        LimitError: a limit is reached.
    """
    from kg.stores.oxigraph_store import OxigraphStore

    store = open_graph(path)
    if apart and timeout is None and isinstance(store, OxigraphStore):
        timeout = _UNLIMITED_SECONDS
    return store.query(text, parameters, timeout)


_UNLIMITED_SECONDS = 1e6
"""Seconds that a query may take where nobody set a limit."""


def build_base(
    path: str | Path | None,
    output_folder: str | Path,
    request: GradeRequest = DEFAULT_REQUEST,
    look_ups: Iterable[LookUp] = (),
) -> tuple[Path, ...]:
    """Compile a base to `kg.trig`, `kg.json` and an Oxigraph store in a folder; what was written.

    The shapes are checked first: a base that does not conform is not built. The three are links
    into a snapshot that is replaced in one step: an interrupted build leaves all the old ones or
    all the new ones.

    Args:
        path: As for `load_base`.
        output_folder: Where to write; it is made where it is missing.
        request: Profile and evidence.
        look_ups: Stored answers that the audit rests on.

    Raises:
        DataError: a severe fault in the data.
        UsageError: something that kg did not write has one of the names; it is left as it is.
        OutsideError: another process builds there, or the directory is not writable or full.
    """
    from kg.formats.cache.compiled import write_compiled
    from kg.formats.rdf import write_trig
    from kg.rdf.shacl import validate_base as validate_shapes
    from kg.stores.oxigraph_disk import write_store
    from kg.stores.snapshots import check_writable, lock_for_writing

    folder = Path(output_folder)
    product_paths = tuple(folder / name for name in _NAMES)
    check_writable(folder / _BUILD_SNAPSHOTS)
    for place in product_paths:
        _check_link(place)
    base = require_sound(load_base(path))
    require_sound(LoadedBase(base, tuple(validate_shapes(base))))
    quads = build_graph_quads(base, request, look_ups)
    with lock_for_writing(folder / _BUILD_SNAPSHOTS) as writer:
        writer.work_folder.mkdir()
        write_trig(quads, writer.work_folder / "kg.trig")
        write_compiled(base, writer.work_folder / "kg.json")
        write_store(quads, writer.work_folder / "store")
        for place in product_paths:
            _check_link(place)
        for place in product_paths:
            if not place.is_symlink():
                place.symlink_to(_target(place))
        writer.publish_snapshot(token_hex(16))
    return product_paths


_BUILD_SNAPSHOTS = ".kg"
"""Where a build keeps what its names stand for; see `kg.stores.snapshots`."""


_NAMES = ("kg.trig", "kg.json", "store")
"""What a build puts into its directory."""


def _check_link(path: Path) -> None:
    """UsageError where something is at the path and is not the link that a build makes there."""
    if not os.path.lexists(path):
        return
    if not path.is_symlink() or path.readlink() != _target(path):
        raise UsageError(
            f"{path} is not what kg build wrote, so it is not replaced: move it away, or name "
            "another directory with -o"
        )


def _target(path: Path) -> Path:
    """What the name of a part leads to: the part in the snapshot that is, or will be, current."""
    return Path(_BUILD_SNAPSHOTS) / "current" / path.name


def export_base(path: str | Path | None, form: str, output_path: str | Path) -> tuple[Path, ...]:
    """Paths of the files that now hold a base in a format.

    Of a store memory is that of some thousand things; other bases are read whole, except where
    statements go over one by one.

    Args:
        path: As for `open_graph`.
        form: `kgx`, `parquet` or `nquads`.
        output_path: File to write; for kgx the start of two names.
    """
    from kg.formats.files import write_atomically
    from kg.stores.evidence_source import StoreEvidenceSource

    target = Path(output_path)
    if form == "nquads":
        quads = open_graph(path).iterate_quads()
        return (write_atomically(target, (f"{quad} .\n" for quad in quads)),)
    if identify_input(path).is_store:
        source = StoreEvidenceSource(open_graph(path))
        things = (
            base_part for type in ("Entity", "Exposure") for base_part in source.iterate_parts(type)
        )
        claims = source.iterate_parts("Claim", "citation", "source", "proposition", "object")
        return _write_export(form, things, claims, target)
    base = require_sound(load_base(path))
    return _write_export(form, (base,), (base,), target)


def _write_export(
    form: str, things: Iterable[EvidenceBase], claims: Iterable[EvidenceBase], target: Path
) -> tuple[Path, ...]:
    from kg.formats.kgx.writer import write_kgx
    from kg.formats.rated_links.claim_parquet import write_parquet

    if form == "kgx":
        return write_kgx(things, claims, target)
    return (write_parquet(claims, target),)
