"""Graphs of links that were rated elsewhere: their columns, their snapshots, their grades."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import kg
from kg.errors import DataError, OutsideError, UsageError
from kg.formats import BATCH_SUFFIXES, BATCHES, CLAIM_SUFFIXES, MOST_BYTES
from kg.formats.streams import unpacked_suffix
from kg.model import (
    BaseSummary,
    Diagnostic,
    EvidenceBase,
    Level,
    OutcomeGrade,
    RatedGrade,
    Severity,
)
from kg.model.links import LinkBatch, PairBatch
from kg.resources import cache_directory, fingerprint

if TYPE_CHECKING:
    from kg.chains.edges import Columns
    from kg.model.links import Batch
    from kg.stores.results import QueryResult

SNAPSHOT = ".columns"
"""Suffix of a snapshot."""

_FAULTS_SHOWN = 1000
_KEPT = 4
_WORTH_KEEPING = 1 << 20
"""Bytes of a table from which on its columns are kept."""

Told = Callable[[int], None]


def is_rated(path: str | Path | None) -> bool:
    """Whether a path looks like a graph of rated links: a table, a folder of Parquet, a snapshot.

    So does RDF that is packed, or larger than what is read with an object for each thing.

    >>> is_rated("links.csv.gz"), is_rated("data")
    (True, False)
    """
    if path is None:
        return False
    if Path(path).is_dir():
        return any(Path(path).glob("*.parquet"))
    suffix = unpacked_suffix(path)
    if suffix in CLAIM_SUFFIXES:
        return Path(path).suffix.lower() != suffix or _size(path) > MOST_BYTES
    return suffix == SNAPSHOT or suffix in BATCH_SUFFIXES


def columns(path: str | Path, told: Told | None = None) -> tuple[Columns, tuple[Diagnostic, ...]]:
    """Columns of a table of rated links or of a snapshot, and the lesser faults met.

    A table is read once: its columns are kept in the cache under a key of its content and of the
    code. `told` hears how many links were read so far. Raises DataError with every fault of a
    table, at most a thousand of them.
    """
    from kg.chains.snapshot import key_of, opened

    if unpacked_suffix(path) == SNAPSHOT:
        return opened(path), ()
    if not _is_large(path):
        return compiled(path, "", told)
    key = content_key(path)
    place = cache_directory() / "columns" / f"{key}{SNAPSHOT}"
    if key_of(place) == key:
        return opened(place, ours=True), ()
    made, met = compiled(path, key, told)
    if _keep(made, place):
        return opened(place, ours=True), met
    return made, met


def _is_large(path: str | Path) -> bool:
    return _size(path) >= _WORTH_KEEPING


def _size(path: str | Path) -> int:
    """Bytes of a file or of a folder's parts, 0 where it cannot be looked at."""
    try:
        return sum(part.stat().st_size for part in _files(path))
    except OSError:
        return 0


def _files(path: str | Path) -> list[Path]:
    """The file with the nodes of KGX beside it, or the parts of a folder of Parquet."""
    if Path(path).is_dir():
        return sorted(Path(path).glob("*.parquet"))
    if _reader(path) != "kgx":
        return [Path(path)]
    from kg.formats.kgx_links import nodes_beside

    beside = nodes_beside(path)
    return [Path(path)] if beside is None else [Path(path), beside]


def _reader(path: str | Path) -> str:
    """The name of the reader of links that a file has."""
    if Path(path).is_dir():
        return BATCH_SUFFIXES[".parquet"]
    suffix = unpacked_suffix(path)
    name = (BATCH_SUFFIXES | CLAIM_SUFFIXES)[suffix]
    if suffix not in (".csv", ".tsv"):
        return name
    from kg.formats.kgx_links import is_kgx

    return "kgx" if is_kgx(path) else name


def content_key(path: str | Path) -> str:
    """A key of the bytes of a file or of a folder's parts, and of the code that reads them."""
    import hashlib

    digest = hashlib.blake2b(fingerprint().encode(), digest_size=16)
    for part in _files(path):
        with part.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def compiled(
    path: str | Path, key: str, told: Told | None = None
) -> tuple[Columns, tuple[Diagnostic, ...]]:
    """Columns of a table, read in one pass, and the lesser faults met."""
    from kg.chains.edges import columns as made_of

    faults: list[Diagnostic] = []
    count = 0

    def sound() -> Iterator[Batch]:
        nonlocal count
        rows = 0
        for found in BATCHES[_reader(path)](Path(path)):
            if isinstance(found, Diagnostic):
                count += 1
                faults.extend([found] if len(faults) < _FAULTS_SHOWN else [])
            elif not any(fault.severity is Severity.SEVERE for fault in faults):
                rows += len(found) if isinstance(found, LinkBatch) else 0
                if told:
                    told(rows)
                yield found

    made = made_of(sound(), key)
    severe = [fault for fault in faults if fault.severity is Severity.SEVERE]
    if severe:
        more = f"; the first {_FAULTS_SHOWN} follow" if count > _FAULTS_SHOWN else ""
        noun = "fault" if count == 1 else "faults"
        raise DataError(f"{path}: {count} {noun} in the table{more}", faults)
    if not made.links:
        raise DataError(f"{path}: the table has no links")
    return made, tuple(faults)


def write_snapshot(made: Columns, path: str | Path) -> Path:
    """The path of the snapshot that now holds the columns; it is replaced in one step."""
    from kg.chains.snapshot import pieces
    from kg.formats.files import write_atomically

    return write_atomically(path, pieces(made))


def build_snapshot(made: Columns, folder: str | Path) -> Path:
    """The path of the snapshot in the folder, which is made where it is missing.

    Raises:
        UsageError: the folder holds another file of this name; it is left as it is.
        OutsideError: the folder cannot be written.
    """
    from kg.chains.snapshot import is_snapshot

    place = Path(folder) / f"links{SNAPSHOT}"
    if os.path.lexists(place) and not is_snapshot(place):
        raise UsageError(
            f"{place} is not what kg wrote, so it is not replaced: move it away, or name another "
            "directory"
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot write {place}: {fault.strerror}") from fault
    return write_snapshot(made, place)


def _keep(made: Columns, place: Path) -> bool:
    """Whether the columns could be kept; a cache that cannot be written is no fault."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_snapshot(made, place)
    except (OSError, OutsideError):
        return False
    aged = sorted(place.parent.glob(f"*{SNAPSHOT}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in aged[_KEPT:]:
        old.unlink(missing_ok=True)
    return True


def grade_rated(
    made: Columns, name: str, outcome: str, exposure: str | None = None
) -> tuple[RatedGrade, EvidenceBase]:
    """The grade of an outcome on rated links, and the nodes it names; `name` is that of the table.

    Raises UnknownName for an outcome or exposure that is not there, UsageError where no exposure
    has a chain to the outcome.
    """
    from kg.chains.rated import grade_rated as graded

    about = BaseSummary((), 0, 0, 0, 0, "rated", "", kg.__version__, made.key)
    return graded(made, outcome, exposure, about, name)


def rated_report(made: Columns, name: str) -> QueryResult:
    """What a report says of rated links, in the form of a query's answer; names stand for IRIs.

    Raises UsageError where there is no such report on columns, or they do not hold what it needs.
    """
    import json

    from kg.chains import REPORTS
    from kg.stores.results import QueryResult

    known_report(name)
    head, rows = REPORTS[name](made)
    cells = [
        {key: {"type": "literal", "value": value} for key, value in zip(head, row, strict=True)}
        for row in rows
    ]
    answer = {"head": {"vars": head}, "results": {"bindings": cells}}
    return QueryResult("rows", json.dumps(answer).encode())


def known_report(name: str) -> None:
    """Nothing; UsageError where there is no report of this name on columns."""
    from kg.chains import REPORTS

    if name not in REPORTS:
        known = ", ".join(sorted(REPORTS))
        raise UsageError(
            f"rated links answer only --name {known}; for others `kg load` the statements into a "
            "store, and name that with --base"
        )


def rated_pairs(
    made: Columns,
    outcome: str | None = None,
    exposure: str | None = None,
    least: Level = Level.NONE,
    top: int | None = None,
) -> Iterator[PairBatch]:
    """Every pair of exposure and outcome on rated links that has a chain, with its levels.

    They come outcome by outcome in memory that does not grow with their number; with `top` only so
    many, surest first. `least` is the least established level. Raises UnknownName, and UsageError
    where no node is an exposure or an outcome.
    """
    from kg.chains.all_pairs import all_pairs

    target = made.node(outcome, "outcome") if outcome is not None else None
    agent = made.node(exposure, "exposure") if exposure is not None else None
    return all_pairs(made, target, agent, least, top)


def base_pairs(
    grades: Sequence[OutcomeGrade],
    least: Level = Level.NONE,
    top: int | None = None,
) -> Iterator[PairBatch]:
    """The pairs of graded outcomes in the same form: outcome by outcome, or the surest."""
    rows = [
        (tuple(-int(c.level) for c in p.certainty), p.outcome, p.exposure, p.sign)
        for grade in grades
        for p in grade.pairs
        if p.certainty.established.level >= least
    ]
    if top is None:
        rows.sort(key=lambda row: (row[1], row[0], row[2], -row[3]))
    else:
        rows = sorted(rows, key=lambda row: (row[0], row[2], row[1], -row[3]))[:top]
    if rows:
        levels, outcomes, exposures, signs = zip(*rows, strict=True)
        established, described, best = (
            [-n for n in column] for column in zip(*levels, strict=True)
        )
        yield PairBatch(outcomes, exposures, signs, established, described, best)
