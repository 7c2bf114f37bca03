"""What a base is read into: loading, faults, and what a question may use of it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from kg.errors import DataError, UsageError
from kg.model import Diagnostic, EvidenceBase, LoadedBase, Location, Severity
from kg.resources import locate_cache_folder, locate_record_folder, locate_shipped_folder


class InputKind(StrEnum):
    """What a user named where a command takes a base."""

    SHIPPED = "the data that kg ships"
    CURATED = "curated YAML"
    COMPILED = "a compiled base"
    RDF = "an RDF file"
    STORE = "a store on this machine"
    ENDPOINT = "a SPARQL endpoint"
    RATED_LINKS = "rated links"
    KGX = "KGX"
    SNAPSHOT = "a snapshot of rated links"
    UNKNOWN = "something of no kind that kg reads"
    MISSING = "nothing that is there"

    @property
    def is_store(self) -> bool:
        """Whether it is opened as a store, and queried where it lies."""
        return self in (InputKind.STORE, InputKind.ENDPOINT)

    @property
    def is_rated(self) -> bool:
        """Whether its links were rated elsewhere, and are read as columns."""
        return self in (InputKind.RATED_LINKS, InputKind.KGX, InputKind.SNAPSHOT)


def identify_input(path: str | Path | None) -> InputKind:
    """What a path, or the name of a store, stands for; every command asks here.

    RDF that is packed, or larger than what is read with an object for each thing, is rated links.

    >>> identify_input(None).value, identify_input("sparql+https://example.org/sparql").value
    ('the data that kg ships', 'a SPARQL endpoint')
    >>> identify_input("/no/such/place").value
    'nothing that is there'

    Args:
        path: A path, an address or a name; None for the shipped data.
    """
    from kg import formats
    from kg.formats.streams import find_unpacked_suffix
    from kg.stores import is_store_spec

    if path is None:
        return InputKind.SHIPPED
    if is_store_spec(path):
        is_remote = str(path).startswith("sparql+")
        return InputKind.ENDPOINT if is_remote else InputKind.STORE
    place = Path(path)
    if not os.path.exists(place):  # noqa: PTH110  Path.exists() raises where nobody may look
        return InputKind.MISSING
    if place.is_dir() and any(place.glob("*.parquet")):
        return InputKind.RATED_LINKS
    suffix = "" if place.is_dir() else find_unpacked_suffix(place)
    if suffix == SNAPSHOT_SUFFIX:
        return InputKind.SNAPSHOT
    if formats.detect_link_format(suffix):
        from kg.formats.kgx.links import is_kgx

        may_be_kgx = formats.detect_link_format(suffix) == "kgx" or suffix in (".csv", ".tsv")
        return InputKind.KGX if may_be_kgx and is_kgx(place) else InputKind.RATED_LINKS
    is_packed = place.suffix.lower() != suffix
    if suffix in formats.CLAIM_SUFFIXES and (
        is_packed or place.stat().st_size > formats.MAX_BASE_BYTES
    ):
        return InputKind.RATED_LINKS
    known_kinds = {None: "UNKNOWN", "curated": "CURATED", "compiled": "COMPILED", "store": "STORE"}
    return InputKind[known_kinds.get(formats.detect_format(place), "RDF")]


def load_base(path: str | Path | None = None, outcome: str | None = None) -> LoadedBase:
    """The base at a path, with the faults met while reading it.

    Of a large store, and of one where nobody describes exposures, such as loaded KGX, only what
    bears on an `outcome` is read; in the latter what acts on it is taken for an exposure. Where
    nothing can be read, the faults say so. A study that a stored answer of a service lists as
    retracted, or in doubt, has that status.

    Args:
        path: A directory, file, store or address; None for the shipped data.
        outcome: What a large store is read for.

    Raises:
        UnknownName: such a store lacks the outcome.
        OutsideError: a store cannot be opened.
    """
    loaded = _read_input(path, outcome)
    place = locate_look_ups_file(path)
    if not place.exists():
        return loaded
    from kg.formats.cache.look_ups import read_look_ups
    from kg.literature.retractions import apply_notices

    return replace(loaded, base=apply_notices(loaded.base, read_look_ups(place)))


def _read_input(path: str | Path | None, outcome: str | None) -> LoadedBase:
    """What a path stands for, as it was written."""
    if path is None:
        from kg.formats.cache.compiled import read_cached_base

        return read_cached_base(locate_shipped_folder("data"), locate_cache_folder())
    if identify_input(path).is_store:
        from kg.stores import is_store_spec, open_store

        store = open_store(path)
        if outcome is not None and (
            len(store) >= LARGE_STORE_QUADS or not store.query("ASK { ?any a kg:Exposure }").boolean
        ):
            from kg.stores.evidence_source import StoreEvidenceSource

            return LoadedBase(StoreEvidenceSource(store).load_around(outcome))
        if is_store_spec(path):
            from kg.formats.rdf import decode_store_quads
            from kg.stores.sparql_http import strip_credentials

            return decode_store_quads(store.iterate_quads(), strip_credentials(str(path)))
    from kg.formats import read_base

    return read_base(Path(path))


def locate_look_ups_file(path: str | Path | None = None) -> Path:
    """Where answers about a base are stored: in its directory, else with the user's data.

    Args:
        path: Where the base is; None for the shipped one.
    """
    base_path = Path(path) if path is not None else None
    inside = base_path is not None and base_path.is_dir() and any(base_path.rglob("*.y*ml"))
    return (base_path if base_path and inside else locate_record_folder()) / LOOK_UPS_FILE


LOOK_UPS_FILE = "look-ups.json"
"""Name of the file that stores the answers of services about a base."""

LARGE_STORE_QUADS = 1_000_000
"""Quads of a store from which on a question fetches only what bears on it."""

SNAPSHOT_SUFFIX = ".columns"
"""Suffix of a snapshot of rated links."""


def require_sound(loaded: LoadedBase) -> EvidenceBase:
    """The base of a reading.

    Args:
        loaded: A base with the faults met.

    Raises:
        DataError: one of them is severe; carries all.
    """
    severe = [d for d in loaded.diagnostics if d.severity is Severity.SEVERE]
    if severe:
        count = f"{len(severe)} fault{'s' if len(severe) > 1 else ''}"
        raise DataError(f"the data cannot be used: {count}", loaded.diagnostics)
    return loaded.base


def require_base(base: EvidenceBase | LoadedBase) -> EvidenceBase:
    """The base itself.

    Args:
        base: A base, or what `load` returned.

    Raises:
        UsageError: it is neither.
        DataError: it has a severe fault.
    """
    if isinstance(base, LoadedBase):
        return require_sound(base)
    if isinstance(base, EvidenceBase):
        return base
    raise UsageError(
        f"a base is needed, not {base!r:.80}: load it first, as in kg.grade(kg.load('my-data'))"
    )


def lint_base(path: str | Path | None = None) -> LoadedBase:
    """A base with all that a curator should mend: faults of reading, then gaps of curation.

    A base with severe faults is looked at as far as it was read.

    Args:
        path: As for `load_base`.
    """
    from kg.curation import lint as list_gaps

    loaded = load_base(path)
    return LoadedBase(loaded.base, (*loaded.diagnostics, *list_gaps(loaded.base)))


def create_template(kind: str, thing_id: str, folder: str | Path) -> Path:
    """The file of a base that now holds a template for a thing of this kind.

    Args:
        kind: `article` or `study`.
        thing_id: Id of the new thing.
        folder: Directory of a curated base; it is made where it is missing.

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


def create_profile(name: str, folder: str | Path = ".") -> Path:
    """The file of a grading profile of one's own, with every constant as a comment.

    Args:
        name: Name of the profile; the file is called after it.
        folder: Directory of the file; it is made where it is missing.

    Raises:
        UsageError: the name is none, or the file exists.
        OutsideError: the directory cannot be written.
    """
    from kg.curation.templates import format_profile_template
    from kg.formats.curated.scalars import ID_PATTERN
    from kg.formats.files import write_new_file

    if not re.fullmatch(ID_PATTERN, name, re.ASCII):
        raise UsageError(f"{name!r} is no name: letters, digits, '-', '.' and '_', 120 at most")
    shipped = locate_shipped_folder("data") / "profiles" / "grade.toml"
    template = format_profile_template(shipped.read_text(encoding="utf-8"))
    return write_new_file(Path(folder) / f"{name}.toml", template)


def validate_base(path: str | Path | None = None, shapes: bool = True) -> tuple[Diagnostic, ...]:
    """All faults of the data at a path: schema, references, then SHACL shapes.

    Args:
        path: As for `load_base`.
        shapes: Whether to run SHACL, too, where no fault is severe.
    """
    if path is None:
        from kg.formats import read_base

        loaded = read_base(locate_shipped_folder("data"))
    else:
        loaded = load_base(path)
    all_diagnostics = list(loaded.diagnostics)
    if shapes and not any(d.severity is Severity.SEVERE for d in all_diagnostics):
        from kg.rdf.shacl import validate_base as validate_shapes

        all_diagnostics.extend(validate_shapes(loaded.base))
    return tuple(sorted(all_diagnostics, key=lambda d: (d.location or Location(""), d.sort_key)))
