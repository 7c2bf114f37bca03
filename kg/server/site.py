"""The pages of the server as files: a site that needs no server."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.api.detectors import list_rules
from kg.api.graphs import open_graph
from kg.errors import OutsideError, UsageError
from kg.rdf import vocab
from kg.server.grade_library import GradeLibrary
from kg.server.http.static_files import load_static_files
from kg.server.views import drawing, home, things, tools
from kg.server.views.page_context import PageContext
from kg.server.views.page_links import SiteLinks, file_name
from kg.server.workers.rdf_jobs import list_statements, serialize_triples

MANIFEST = ".kg-site"
"""The file in a site that names each other file with its SHA-256, as sha256sum writes it."""
SERVER_ONLY_FILES = (
    "yasgui.min.js",
    "yasgui.min.css",
    "yasgui.NOTICE.txt",
    "query.js",
    "query.css",
)


def write_site(base_path: str | None, output_folder: str) -> int:
    """Write the site of a base to a folder, whole or not at all; how many pages it has.

    Raises:
        UsageError: the folder holds something that kg did not write; it is left as it is.
        OutsideError: it cannot be written.
    """
    target = Path(output_folder)
    _check_replaceable(target)
    library = GradeLibrary.read(base_path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            fresh = Path(scratch) / "new"
            count = _fill_folder(fresh, library, open_graph(base_path).iterate_quads())
            _check_replaceable(target)
            _replace(target, fresh, Path(scratch) / "old")
    except OSError as fault:
        raise OutsideError(f"cannot write {output_folder}: {fault.strerror}") from fault
    return count


def _replace(target: Path, fresh: Path, old: Path) -> None:
    """Let the fresh folder take the name of the target, which is `old` from then on."""
    replaces = target.exists()
    if replaces:
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if replaces:
            old.rename(target)
        raise


def _check_replaceable(target: Path) -> None:
    """UsageError where the target is neither free nor empty nor a site just as kg wrote it."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file: name another folder")
    files = sorted(path for path in target.rglob("*") if path.is_symlink() or not path.is_dir())
    if not files and not any(target.iterdir()):
        return
    digests = _read_manifest(target)
    if not digests:
        raise UsageError(f"{target} is not empty and not a site that kg wrote: name another folder")
    for path in files:
        name = path.relative_to(target).as_posix()
        if name != MANIFEST and (path.is_symlink() or digests.get(name) != _digest(path)):
            raise UsageError(
                f"{path} is not as kg wrote it, so the site is not replaced: move it away, or name "
                "another folder"
            )


def _read_manifest(folder: Path) -> dict[str, str]:
    """The digest of each file that kg wrote into a site; nothing where it wrote none."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill_folder(folder: Path, library: GradeLibrary, graph: Iterable[ox.Quad]) -> int:
    (folder / "static").mkdir(parents=True)
    for name, asset in load_static_files().items():
        if name not in SERVER_ONLY_FILES:
            (folder / "static" / name).write_bytes(asset.content)
    count = 0
    for place, text in render_site_pages(library):
        _write_file(folder / place, text.encode())
        count += 1
    for place, content in (*serialize_things(library, graph), *draw_pictures(library)):
        _write_file(folder / place, content)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")
    return count


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def render_site_pages(library: GradeLibrary) -> Iterator[tuple[str, str]]:
    """Each page of the site: where it goes, and its HTML."""
    top, below = (PageContext(library, SiteLinks(depth)) for depth in (0, 1))
    yield "index.html", home.render_home(top, {})
    yield "search.html", home.render_search(top, {})
    yield "sources.html", home.render_sources(top, {})
    yield "studies.html", home.render_studies(top, {})
    yield "rules.html", tools.render_rules(top, {})
    for rule in list_rules():
        yield f"rule/{rule.code}.html", tools.render_rule(below, rule.code, {})
    for section, thing_id in _iterate_things(library):
        yield (
            f"{section}/{file_name(thing_id)}.html",
            things.THING_VIEWS[section](below, thing_id, {}),
        )


def _iterate_things(library: GradeLibrary) -> Iterator[tuple[str, str]]:
    """Section and id of all that has a page of its own."""
    for section, table in things.list_things_by_section(library.base).items():
        yield from ((section, thing_id) for thing_id in table)


def serialize_things(
    library: GradeLibrary, graph: Iterable[ox.Quad]
) -> Iterator[tuple[str, bytes]]:
    """What the graph says of each thing, as Turtle and JSON-LD beside its page."""
    store = ox.Store()
    store.extend(graph)
    for section, thing_id in _iterate_things(library):
        triples = list_statements(store, vocab.build_iri(section, thing_id))
        for suffix, kind in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
            yield (
                f"{section}/{file_name(thing_id)}.{suffix}",
                serialize_triples(triples, kind).payload,
            )


def draw_pictures(library: GradeLibrary) -> Iterator[tuple[str, bytes]]:
    """The picture of each outcome as an SVG file, where this machine draws."""
    page_context = PageContext(library, SiteLinks(1))
    for id in sorted(library.outcome_ids):
        with contextlib.suppress(OutsideError):
            yield f"entity/{file_name(id)}.svg", drawing.draw_svg_file(page_context, id)
