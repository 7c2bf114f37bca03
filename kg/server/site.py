"""The pages of the server as files: a site that needs no server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import api
from kg.errors import OutsideError, UsageError
from kg.rdf import vocab
from kg.server.assets import assets
from kg.server.library import Library
from kg.server.links import SiteLinks
from kg.server.resources import statements, written
from kg.server.views import drawing, home, things, tools
from kg.server.views.shelf import Shelf

MARK = ".kg-site"
"""A file that tells a site of ours from any other folder."""
UNUSED = ("yasgui.min.js", "yasgui.min.css", "yasgui.NOTICE.txt", "query.js", "query.css")


def write(base: str | None, out: str) -> int:
    """Write the site of a base to a folder, whole or not at all; how many pages it has.

    Raises:
        UsageError: the folder holds something else.
        OutsideError: it cannot be written.
    """
    target = Path(out)
    if target.exists() and not _may_replace(target):
        raise UsageError(f"{out} is not empty and not a site that kg wrote: name another folder")
    library = Library.read(base)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            fresh = Path(scratch) / "new"
            count = _fill(fresh, library, api.open_graph(base).quads())
            if target.exists():
                target.rename(Path(scratch) / "old")
            fresh.rename(target)
    except OSError as fault:
        raise OutsideError(f"cannot write {out}: {fault.strerror}") from fault
    return count


def _may_replace(target: Path) -> bool:
    return target.is_dir() and ((target / MARK).exists() or not any(target.iterdir()))


def _fill(folder: Path, library: Library, graph: Iterable[ox.Quad]) -> int:
    (folder / "static").mkdir(parents=True)
    (folder / MARK).touch()
    for name, asset in assets().items():
        if name not in UNUSED:
            (folder / "static" / name).write_bytes(asset.content)
    count = 0
    for place, text in pages(library):
        _put(folder / place, text.encode())
        count += 1
    for place, content in (*forms(library, graph), *pictures(library)):
        _put(folder / place, content)
    return count


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def pages(library: Library) -> Iterator[tuple[str, str]]:
    """Each page of the site: where it goes, and its HTML."""
    top, below = (Shelf(library, SiteLinks(depth)) for depth in (0, 1))
    yield "index.html", home.home(top, {})
    yield "search.html", home.found(top, {})
    yield "sources.html", home.sources(top, {})
    yield "studies.html", home.studies(top, {})
    yield "rules.html", tools.rules(top, {})
    from kg.weaklinks import DETECTORS

    for code in sorted(DETECTORS):
        yield f"rule/{code}.html", tools.rule(below, code, {})
    for section, id in _things(library):
        yield f"{section}/{vocab.quoted(id)}.html", things.VIEWS[section](below, id, {})


def _things(library: Library) -> Iterator[tuple[str, str]]:
    """Section and id of all that has a page of its own."""
    for section, table in things.tables(library.base).items():
        yield from ((section, id) for id in table)


def forms(library: Library, graph: Iterable[ox.Quad]) -> Iterator[tuple[str, bytes]]:
    """What the graph says of each thing, as Turtle and JSON-LD beside its page."""
    store = ox.Store()
    store.extend(graph)
    for section, id in _things(library):
        triples = statements(store, vocab.iri(section, id))
        for suffix, kind in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
            yield f"{section}/{vocab.quoted(id)}.{suffix}", written(triples, kind)[1]


def pictures(library: Library) -> Iterator[tuple[str, bytes]]:
    """The picture of each outcome as an SVG file, where this machine draws."""
    shelf = Shelf(library, SiteLinks(1))
    for id in sorted(library.graded):
        drawn = drawing.file(shelf, id)
        if drawn is not None:
            yield f"entity/{vocab.quoted(id)}.svg", drawn
