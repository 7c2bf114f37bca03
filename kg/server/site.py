"""The pages of the server as files: a site that needs no server."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import api
from kg.errors import OutsideError, UsageError
from kg.rdf import vocab
from kg.server.assets import assets
from kg.server.library import Library
from kg.server.links import SiteLinks, file_name
from kg.server.resources import statements, written
from kg.server.views import drawing, home, things, tools
from kg.server.views.shelf import Shelf

MANIFEST = ".kg-site"
"""The file in a site that names each other file with its SHA-256, as sha256sum writes it."""
UNUSED = ("yasgui.min.js", "yasgui.min.css", "yasgui.NOTICE.txt", "query.js", "query.css")


def write(base: str | None, out: str) -> int:
    """Write the site of a base to a folder, whole or not at all; how many pages it has.

    Raises:
        UsageError: the folder holds something that kg did not write; it is left as it is.
        OutsideError: it cannot be written.
    """
    target = Path(out)
    _check_replaceable(target)
    library = Library.read(base)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            fresh = Path(scratch) / "new"
            count = _fill(fresh, library, api.open_graph(base).quads())
            _check_replaceable(target)
            _replace(target, fresh, Path(scratch) / "old")
    except OSError as fault:
        raise OutsideError(f"cannot write {out}: {fault.strerror}") from fault
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


def _fill(folder: Path, library: Library, graph: Iterable[ox.Quad]) -> int:
    (folder / "static").mkdir(parents=True)
    for name, asset in assets().items():
        if name not in UNUSED:
            (folder / "static" / name).write_bytes(asset.content)
    count = 0
    for place, text in pages(library):
        _put(folder / place, text.encode())
        count += 1
    for place, content in (*forms(library, graph), *pictures(library)):
        _put(folder / place, content)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")
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
        yield f"{section}/{file_name(id)}.html", things.VIEWS[section](below, id, {})


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
            yield f"{section}/{file_name(id)}.{suffix}", written(triples, kind)[1]


def pictures(library: Library) -> Iterator[tuple[str, bytes]]:
    """The picture of each outcome as an SVG file, where this machine draws."""
    shelf = Shelf(library, SiteLinks(1))
    for id in sorted(library.graded):
        drawn = drawing.file(shelf, id)
        if drawn is not None:
            yield f"entity/{file_name(id)}.svg", drawn
