"""The compiled form of a base: rows of JSON, read in milliseconds with the standard library alone.

Line 1 is a header with the version of the form and a checksum of line 2; line 2 holds one list of
rows for each class, the fields of a row standing in the order of the dataclass. Which form a field
has is taken from the dataclass once, at import, so that no field can be forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from kg import model
from kg.formats import curated
from kg.model import Diagnostic, EvidenceBase, Loaded, Location
from kg.resources import DIGEST, checksum, key, states

FORMAT = "kg-compiled"
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
}
_CLASSES = (
    *_TABLES.values(),
    Diagnostic,
    model.Related,
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
_SCALARS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}


class _Form(NamedTuple):
    """What a field holds: one value or a tuple, of a plain type, an enum or a class."""

    name: str
    holds: Any
    many: bool
    optional: bool


def _form(name: str, text: str) -> _Form:
    """The form of a field, from the text of its annotation (evaluating it would cost more)."""
    optional = text.endswith(" | None")
    text = text.removesuffix(" | None")
    many = text.startswith("tuple[")
    text = text.removeprefix("tuple[").removesuffix(", ...]")
    holds = _SCALARS[text] if text in _SCALARS else getattr(model, text)
    return _Form(name, holds, many, optional)


_FORMS: Mapping[type, tuple[_Form, ...]] = {
    cls: tuple(_form(*field) for field in cls.__annotations__.items()) for cls in _CLASSES
}


def _version() -> str:
    """Changes with every field of the model, so that an old file is never misread."""
    shape = repr([(cls.__name__, cls.__annotations__) for cls in _CLASSES])
    return "2-" + checksum(shape.encode())


VERSION = _version()


class _Unusable(Exception):
    """The file is not a compiled base of this version; the text says why."""


def write(base: EvidenceBase, path: str | Path, diagnostics: tuple[Diagnostic, ...] = ()) -> Path:
    """The file that now holds the base in compiled form, with the faults met when reading it."""
    from kg.formats.files import write_atomically

    return write_atomically(path, encode(Loaded(base, diagnostics)))


def encode(loaded: Loaded, **header: str) -> bytes:
    """The compiled form of a base and its faults; the same input gives the same bytes."""
    places: dict[str, int] = {}
    body = {
        "tables": {
            name: [_row(thing, places) for thing in getattr(loaded.base, name)] for name in _TABLES
        },
        "diagnostics": [_row(fault, places) for fault in loaded.diagnostics],
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


def _row(thing: Any, places: dict[str, int]) -> list[Any]:
    """The fields of a thing in their order."""
    return [_cell(getattr(thing, form.name), places) for form in _FORMS[type(thing)]]


def _cell(value: Any, places: dict[str, int]) -> Any:
    if isinstance(value, tuple):
        return [_cell(part, places) for part in value]
    if isinstance(value, Location):
        return [places.setdefault(value.path, len(places)), value.line, value.column]
    if isinstance(value, Enum):
        return value.value
    return _row(value, places) if type(value) in _FORMS else value


def load(path: str | Path) -> Loaded:
    """The base of a compiled file and the faults that were met when it was made.

    A file that is not of this version, not whole or not sound gives an empty base and one fault.
    """
    from kg.formats import faults

    path = Path(path)
    place = Location(curated.shown(path))
    try:
        data = path.read_bytes()
    except OSError as fault:
        message = f"cannot be read: {fault.strerror or fault}."
        return Loaded(EvidenceBase(), (faults.found(faults.UNREADABLE, message, place),))
    try:
        loaded = decode(data)
        _check_types(loaded)
    except _Unusable as fault:
        message = f"cannot be used as a compiled base: {fault}."
        return Loaded(EvidenceBase(), (faults.found(faults.COMPILED, message, place),))
    return loaded


def decode(data: bytes, root: str = "", reader: str = "") -> Loaded:
    """The base that was encoded; `root` is where its files are now, where they may have moved.

    Raises:
        _Unusable: the bytes are something else, or were made by another version.
    """
    line, _, content = data.partition(b"\n")
    head = _header(line, content.removesuffix(b"\n"))
    if reader and head.get("reader") != reader:
        raise _Unusable("it was made by another kg")
    try:
        body = json.loads(content)
        files = body["files"]
        if root != head.get("root", root):
            files = _moved(files, str(head["root"]), root, body["diagnostics"])
        make = _makers(files)
        tables = {
            name: tuple(map(make[cls], body["tables"][name])) for name, cls in _TABLES.items()
        }
        met = tuple(map(make[Diagnostic], body["diagnostics"]))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        raise _Unusable("its rows are not of this form") from fault
    return Loaded(EvidenceBase(**tables, digest=str(head.get("digest", ""))), met)


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


def _makers(files: list[str]) -> dict[Any, Callable[[Any], Any]]:
    """For each class the function from a row to the object."""

    def place(cell: Any) -> Location:
        path, line, column = cell
        return Location(files[path], line, column)

    makers: dict[Any, Callable[[Any], Any]] = {Location: place}
    for cls in reversed(_CLASSES):  # parts stand after the wholes
        makers[cls] = _maker(cls, makers)
    return makers


def _maker(cls: type, makers: Mapping[Any, Callable[[Any], Any]]) -> Callable[[list[Any]], Any]:
    """A function from a row to an object; only cells that need it are converted."""
    plan = [(i, _converter(form, makers)) for i, form in enumerate(_FORMS[cls])]
    steps = [(i, convert) for i, convert in plan if convert is not None]
    width = len(plan)

    def make(row: list[Any]) -> Any:
        if len(row) != width:
            raise ValueError(cls.__name__)
        for index, convert in steps:
            cell = row[index]
            if cell is not None:
                row[index] = convert(cell)
        return cls(*row)

    return make


def _converter(
    form: _Form, makers: Mapping[Any, Callable[[Any], Any]]
) -> Callable[[Any], Any] | None:
    """What turns the cell of a field into its value; None where it is the value already."""
    if isinstance(form.holds, tuple):
        return tuple if form.many else None
    if issubclass(form.holds, Enum):
        words = {member.value: member for member in form.holds}
        return words.__getitem__
    make = makers[form.holds]
    return (lambda cells: tuple(map(make, cells))) if form.many else make


def _check_types(loaded: Loaded) -> None:
    """Refuse a file whose values are not of the types of the model; our own cache needs no look."""
    things = [thing for name in _TABLES for thing in getattr(loaded.base, name)]
    todo: list[Any] = [*things, *loaded.diagnostics]
    while todo:
        thing = todo.pop()
        for form in _FORMS[type(thing)]:
            value = getattr(thing, form.name)
            if value is None and form.optional:
                continue
            for each in value if form.many else (value,):
                if not _fits(each, form.holds):
                    raise _Unusable(
                        f"{type(thing).__name__}.{form.name} has a value of a wrong type"
                    )
                if type(each) in _FORMS:
                    todo.append(each)
    for name in _TABLES:
        ids = [thing.id for thing in getattr(loaded.base, name)]
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
    except (OSError, _Unusable):
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
