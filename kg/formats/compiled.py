"""The compiled form of a base: rows of JSON, read in milliseconds with the standard library alone.

Line 1 is a header with the version of the form and a checksum of line 2; line 2 holds one list of
rows for each class (kg.formats.rows).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from kg import model
from kg.errors import LimitError
from kg.formats import curated
from kg.formats.rows import Rows
from kg.model import Diagnostic, EvidenceBase, Loaded, Location, Severity
from kg.resources import DIGEST, checksum, key, states

FORMAT = "kg-compiled"
MOST_BYTES = 512 * 1024 * 1024
"""The largest compiled base that is read."""

KEPT = 8
"""Compiled bases that stay in a cache directory; older ones are removed."""

_TABLES: Mapping[str, type] = {
    "entities": model.Entity,
    "exposures": model.Exposure,
    "populations": model.Population,
    "sources": model.Source,
    "claims": model.Claim,
    "citations": model.Citation,
    "studies": model.Study,
    "chains": model.ArgumentChain,
    "conflicts": model.Conflict,
}
_CLASSES = (
    *_TABLES.values(),
    Diagnostic,
    model.Related,
    model.Waiver,
    model.Finding,
    model.Step,
    model.Identifier,
    model.Surrogate,
    model.Dose,
    model.Proposition,
    model.StatedEffect,
    model.Described,
    model.DomainJudgement,
)
ROWS = Rows(_CLASSES)


def _version() -> str:
    """Changes with every field of the model, so that an old file is never misread."""
    return "2-" + checksum(ROWS.shape().encode())


VERSION = _version()


class _Unusable(Exception):
    """The file is not a compiled base of this version; the text says why."""


def write(base: EvidenceBase, path: str | Path, diagnostics: tuple[Diagnostic, ...] = ()) -> Path:
    """The file that now holds the base in compiled form, with the faults met when reading it."""
    from kg.formats.files import write_atomically

    return write_atomically(path, encode(Loaded(base, diagnostics)))


_Tables: TypeAlias = dict[str, tuple[Any, ...]]
_Met: TypeAlias = tuple[Diagnostic, ...]


def encode(loaded: Loaded, **header: str) -> bytes:
    """The compiled form of a base and its faults; the same input gives the same bytes."""
    places: dict[str, int] = {}
    body = {
        "tables": {
            name: [ROWS.row(thing, places) for thing in getattr(loaded.base, name)]
            for name in _TABLES
        },
        "diagnostics": [ROWS.row(fault, places) for fault in loaded.diagnostics],
        "files": list(places),
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    head = {
        "format": FORMAT,
        "version": VERSION,
        "checksum": checksum(content),
        "digest": loaded.base.digest,
        **header,
    }
    return json.dumps(head).encode() + b"\n" + content + b"\n"


def load(path: str | Path) -> Loaded:
    """The base of a compiled file and the faults that were met when it was made.

    A file that is not of this version, not whole or not sound gives an empty base and one fault.
    """
    from kg.formats import faults, references
    from kg.formats.files import read_bytes

    path = Path(path)
    place = Location(curated.shown(path))
    try:
        data = read_bytes(path, MOST_BYTES)
    except LimitError as fault:
        return Loaded(EvidenceBase(), (faults.found(faults.LIMITS, f"{fault}.", place),))
    except OSError as fault:
        message = f"cannot be read: {fault.strerror or fault}."
        return Loaded(EvidenceBase(), (faults.found(faults.UNREADABLE, message, place),))
    try:
        tables, met, digest = _rows(data)
        _check_types(tables, met)
        base = EvidenceBase(**tables, digest=digest)
        again = references.check(
            base, frozenset(d.subject for d in met if d.severity is Severity.SEVERE)
        )
    except _Unusable as fault:
        message = f"cannot be used as a compiled base: {fault}."
        return Loaded(EvidenceBase(), (faults.found(faults.COMPILED, message, place),))
    return Loaded(base, tuple(dict.fromkeys((*met, *again))))


def decode(data: bytes, root: str = "", reader: str = "") -> Loaded:
    """The base that was encoded; `root` is where its files are now, where they may have moved.

    Raises:
        _Unusable: the bytes are something else, or were made by another version.
    """
    tables, met, digest = _rows(data, root, reader)
    return Loaded(EvidenceBase(**tables, digest=digest), met)


def _rows(data: bytes, root: str = "", reader: str = "") -> tuple[_Tables, _Met, str]:
    """The tables of a base, the faults that were met, and the digest."""
    line, _, content = data.partition(b"\n")
    head = _header(line, content.removesuffix(b"\n"))
    if reader and head.get("reader") != reader:
        raise _Unusable("it was made by another kg")
    try:
        body = json.loads(content)
        files = body["files"]
        if root != head.get("root", root):
            files = _moved(files, str(head["root"]), root, body["diagnostics"])
        make = ROWS.makers(files)
        tables: _Tables = {
            name: tuple(map(make[cls], body["tables"][name])) for name, cls in _TABLES.items()
        }
        met = tuple(map(make[Diagnostic], body["diagnostics"]))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        raise _Unusable("its rows are not of this form") from fault
    return tables, met, str(head.get("digest", ""))


def _header(line: bytes, content: bytes) -> dict[str, Any]:
    """The checked first line."""
    try:
        head = json.loads(line) if len(line) < 10_000 else None
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _Unusable("it is not one")
    if head.get("version") != VERSION:
        raise _Unusable("it was made by another version of kg")
    if head.get("checksum") != checksum(content):
        raise _Unusable("its checksum does not agree, so it was cut short or changed")
    return head


def _moved(files: list[str], old: str, new: str, diagnostics: list[Any]) -> list[str]:
    """The paths of the same files under another root; the texts of faults name the old one."""
    if diagnostics:
        raise _Unusable("it was made in another directory")
    before, after = _prefix(old), _prefix(new)
    return [new if file == old else after + file.removeprefix(before) for file in files]


def _prefix(root: str) -> str:
    return "" if root == "." else root.rstrip("/") + "/"


def _check_types(tables: _Tables, met: _Met) -> None:
    """Refuse a file whose values are not of the types of the model; our own cache needs no look."""
    todo: list[Any] = [*(thing for rows in tables.values() for thing in rows), *met]
    while todo:
        thing = todo.pop()
        for form in ROWS.forms[type(thing)]:
            value = getattr(thing, form.name)
            if value is None and form.optional:
                continue
            for each in value if form.many else (value,):
                if not _fits(each, form.holds):
                    raise _Unusable(
                        f"{type(thing).__name__}.{form.name} has a value of a wrong type"
                    )
                if type(each) in ROWS.forms:
                    todo.append(each)
    for name, rows in tables.items():
        ids = [thing.id for thing in rows]
        if ids != sorted(set(ids)):
            raise _Unusable(f"its {name} are not in order")


def _fits(value: Any, holds: Any) -> bool:
    if isinstance(value, Location):
        cells: tuple[Any, ...] = (value.path, value.line, value.column)
        return [type(cell) for cell in cells] == [str, int, int]
    if isinstance(value, bool):
        return bool(holds == (bool,))
    return isinstance(value, holds)


def cached(path: Path, cache: Path) -> Loaded:
    """What `kg.formats.curated.read` says about a path, from the cache where it is current.

    The cache is a directory; its files are named after the digest of what was read. That it cannot
    be written is no fault: the next start reads the curated text again.
    """
    reader = _reader()
    try:
        digest = curated.digest(path)
        file = cache / f"{digest}.json"
        return decode(file.read_bytes(), curated.shown(path), reader)
    except (OSError, LimitError, _Unusable):
        loaded = curated.read(path)
    if loaded.base.digest:
        _keep(loaded, cache, root=curated.shown(path), reader=reader)
    return loaded


def _reader() -> str:
    """Changes whenever the code of the readers does, so that a mended rule is applied at once."""
    folders = (Path(__file__).parent, Path(model.__file__).parent)
    return key(state for folder in folders for state in states(folder, ".py"))


def _keep(loaded: Loaded, cache: Path, **header: str) -> None:
    from kg.errors import OutsideError
    from kg.formats.files import write_atomically

    try:
        cache.mkdir(parents=True, exist_ok=True)
        file = cache / f"{loaded.base.digest}.json"
        write_atomically(file, encode(loaded, **header), durable=False)
        _prune(cache)
    except (OSError, OutsideError):
        return


def _prune(cache: Path) -> None:
    """Remove all but the newest compiled bases."""
    compiled = [file for file in cache.glob("*.json") if len(file.stem) == 2 * DIGEST]
    compiled.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in compiled[KEPT:]:
        file.unlink(missing_ok=True)
