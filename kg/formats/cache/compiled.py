"""The compiled form of a base: rows of JSON, read in milliseconds with the standard library alone.

Line 1 is a header with the version of the form and a checksum of line 2; line 2 holds one list of
rows for each class (kg.formats.cache.rows).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from kg import model
from kg.errors import LimitError
from kg.formats.cache.rows import RowCodec
from kg.formats.curated import reader
from kg.formats.files import format_display_path
from kg.model import Diagnostic, EvidenceBase, LoadedBase, Location, Severity
from kg.resources import DIGEST_BYTES, compute_checksum, hash_texts, list_file_states

FORMAT_NAME = "kg-compiled"
MOST_BYTES = 512 * 1024 * 1024
"""The largest compiled base that is read."""

MAX_CACHED_BASES = 8
"""Compiled bases that stay in a cache directory; older ones are removed."""

_RECORD_CLASSES = (
    *model.CLASS_BY_COLLECTION.values(),
    Diagnostic,
    model.RelatedPlace,
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
    model.Concern,
)
ROW_CODEC = RowCodec(_RECORD_CLASSES)


def _compute_version() -> str:
    """Changes with every field of the model, so that an old file is never misread."""
    return "2-" + compute_checksum(ROW_CODEC.describe_classes().encode())


VERSION = _compute_version()


class _UnusableCompiledBase(Exception):
    """The file is not a compiled base of this version; the text says why."""


def write_compiled(
    base: EvidenceBase, path: str | Path, diagnostics: tuple[Diagnostic, ...] = ()
) -> Path:
    """The file that now holds the base in compiled form, with the faults met when reading it."""
    from kg.formats.files import write_atomically

    return write_atomically(path, pack_base(LoadedBase(base, diagnostics)))


_RecordsByTable: TypeAlias = dict[str, tuple[Any, ...]]
_Diagnostics: TypeAlias = tuple[Diagnostic, ...]


def pack_base(loaded: LoadedBase, **header: str) -> bytes:
    """The compiled form of a base and its faults; the same input gives the same bytes."""
    places: dict[str, int] = {}
    body = {
        "tables": {
            name: [ROW_CODEC.encode_record(record, places) for record in getattr(loaded.base, name)]
            for name in model.CLASS_BY_COLLECTION
        },
        "diagnostics": [ROW_CODEC.encode_record(fault, places) for fault in loaded.diagnostics],
        "files": list(places),
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    header_line = {
        "format": FORMAT_NAME,
        "version": VERSION,
        "checksum": compute_checksum(content),
        "digest": loaded.base.digest,
        **header,
    }
    return json.dumps(header_line).encode() + b"\n" + content + b"\n"


def read_compiled(path: str | Path) -> LoadedBase:
    """The base of a compiled file and the faults that were met when it was made.

    A file that is not of this version, not whole or not sound gives an empty base and one fault.
    """
    from kg.formats import faults
    from kg.formats.files import read_bytes
    from kg.formats.references import check

    path = Path(path)
    place = Location(format_display_path(path))
    try:
        data = read_bytes(path, MOST_BYTES)
    except LimitError as fault:
        return LoadedBase(
            EvidenceBase(), (faults.build_diagnostic(faults.BEYOND_LIMITS, f"{fault}.", place),)
        )
    except OSError as fault:
        message = f"cannot be read: {fault.strerror or fault}."
        return LoadedBase(
            EvidenceBase(), (faults.build_diagnostic(faults.UNREADABLE_FILE, message, place),)
        )
    try:
        tables, diagnostics, digest = _decode_rows(data)
        _check_types(tables, diagnostics)
        base = EvidenceBase(**tables, digest=digest)
        again = check.check_base(
            base, frozenset(d.subject for d in diagnostics if d.severity is Severity.SEVERE)
        )
    except _UnusableCompiledBase as fault:
        message = f"cannot be used as a compiled base: {fault}."
        return LoadedBase(
            EvidenceBase(),
            (faults.build_diagnostic(faults.UNUSABLE_COMPILED_FORM, message, place),),
        )
    return LoadedBase(base, tuple(dict.fromkeys((*diagnostics, *again))))


def unpack_base(data: bytes, root: str = "", reader: str = "") -> LoadedBase:
    """The base that was encoded; `root` is where its files are now, where they may have moved.

    Raises:
        _Unusable: the bytes are something else, or were made by another version.
    """
    tables, diagnostics, digest = _decode_rows(data, root, reader)
    return LoadedBase(EvidenceBase(**tables, digest=digest), diagnostics)


def _decode_rows(
    data: bytes, root: str = "", reader: str = ""
) -> tuple[_RecordsByTable, _Diagnostics, str]:
    """The tables of a base, the faults that were met, and the digest."""
    line, _, content = data.partition(b"\n")
    checked_header = _check_header(line, content.removesuffix(b"\n"))
    if reader and checked_header.get("reader") != reader:
        raise _UnusableCompiledBase("it was made by another kg")
    try:
        body = json.loads(content)
        files = body["files"]
        if root != checked_header.get("root", root):
            files = _relocate_files(files, str(checked_header["root"]), root, body["diagnostics"])
        make = ROW_CODEC.build_makers(files)
        tables: _RecordsByTable = {
            name: tuple(map(make[cls], body["tables"][name]))
            for name, cls in model.CLASS_BY_COLLECTION.items()
        }
        diagnostics = tuple(map(make[Diagnostic], body["diagnostics"]))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        raise _UnusableCompiledBase("its rows are not of this form") from fault
    return tables, diagnostics, str(checked_header.get("digest", ""))


def _check_header(line: bytes, content: bytes) -> dict[str, Any]:
    """The checked first line."""
    try:
        parsed_header = json.loads(line) if len(line) < 10_000 else None
    except (ValueError, RecursionError):
        parsed_header = None
    if not isinstance(parsed_header, dict) or parsed_header.get("format") != FORMAT_NAME:
        raise _UnusableCompiledBase("it is not one")
    if parsed_header.get("version") != VERSION:
        raise _UnusableCompiledBase("it was made by another version of kg")
    if parsed_header.get("checksum") != compute_checksum(content):
        raise _UnusableCompiledBase("its checksum does not agree, so it was cut short or changed")
    return parsed_header


def _relocate_files(
    files: list[str], old_root: str, new_root: str, diagnostics: list[Any]
) -> list[str]:
    """The paths of the same files under another root; the texts of faults name the old one."""
    if diagnostics:
        raise _UnusableCompiledBase("it was made in another directory")
    old_prefix, new_prefix = _build_folder_prefix(old_root), _build_folder_prefix(new_root)
    return [
        new_root if file == old_root else new_prefix + file.removeprefix(old_prefix)
        for file in files
    ]


def _build_folder_prefix(root_path: str) -> str:
    return "" if root_path == "." else root_path.rstrip("/") + "/"


def _check_types(tables: _RecordsByTable, diagnostics: _Diagnostics) -> None:
    """Refuse a file whose values are not of the types of the model; our own cache needs no look."""
    pending_records: list[Any] = [
        *(record for rows in tables.values() for record in rows),
        *diagnostics,
    ]
    while pending_records:
        record = pending_records.pop()
        for form in ROW_CODEC.forms_by_class[type(record)]:
            value = getattr(record, form.field_name)
            if value is None and form.is_optional:
                continue
            for element in value if form.is_many else (value,):
                if not _matches_type(element, form.value_types):
                    raise _UnusableCompiledBase(
                        f"{type(record).__name__}.{form.field_name} has a value of a wrong type"
                    )
                if type(element) in ROW_CODEC.forms_by_class:
                    pending_records.append(element)
    for name, rows in tables.items():
        ids = [record.id for record in rows]
        if ids != sorted(set(ids)):
            raise _UnusableCompiledBase(f"its {name} are not in order")


def _matches_type(value: Any, holds: Any) -> bool:
    if isinstance(value, Location):
        cells: tuple[Any, ...] = (value.path, value.line, value.column)
        return [type(cell) for cell in cells] == [str, int, int]
    if isinstance(value, bool):
        return bool(holds == (bool,))
    return isinstance(value, holds)


def read_cached_base(base_path: Path, cache: Path) -> LoadedBase:
    """What `kg.formats.curated.reader.read_curated` says about a path, from the cache if current.

    The cache is a directory; its files are named after the digest of what was read. That it cannot
    be written is no fault: the next start reads the curated text again.
    """
    reader_key = _compute_reader_key()
    try:
        digest = reader.compute_digest(base_path)
        file = cache / f"{digest}.json"
        return unpack_base(file.read_bytes(), format_display_path(base_path), reader_key)
    except (OSError, LimitError, _UnusableCompiledBase):
        loaded = reader.read_curated(base_path)
    if loaded.base.digest:
        _store_in_cache(loaded, cache, root=format_display_path(base_path), reader=reader_key)
    return loaded


def _compute_reader_key() -> str:
    """Changes whenever the code of the readers does, so that a mended rule is applied at once."""
    folders = (Path(__file__).parents[1], Path(model.__file__).parent)
    return hash_texts(state for folder in folders for state in list_file_states(folder, ".py"))


def _store_in_cache(loaded: LoadedBase, cache: Path, **header: str) -> None:
    from kg.errors import OutsideError
    from kg.formats.files import write_atomically

    try:
        cache.mkdir(parents=True, exist_ok=True)
        file = cache / f"{loaded.base.digest}.json"
        write_atomically(file, pack_base(loaded, **header), durable=False)
        _remove_old_bases(cache)
    except (OSError, OutsideError):
        return


def _remove_old_bases(cache: Path) -> None:
    """Remove all but the newest compiled bases."""
    compiled = [file for file in cache.glob("*.json") if len(file.stem) == 2 * DIGEST_BYTES]
    compiled.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in compiled[MAX_CACHED_BASES:]:
        file.unlink(missing_ok=True)
