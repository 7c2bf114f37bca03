"""Graphs of links that were rated elsewhere: their columns, their snapshots, their grades."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg._version import __version__
from kg.api.base import SNAPSHOT_SUFFIX, InputKind, identify_input
from kg.errors import DataError, OutsideError, UsageError
from kg.formats import CLAIM_SUFFIXES, LINK_READERS, detect_link_format
from kg.formats.streams import find_unpacked_suffix
from kg.grading.conclusion import qualify_conclusion, state_conclusion
from kg.model import (
    BaseSummary,
    Diagnostic,
    EvidenceBase,
    Level,
    OutcomeGrade,
    PairGrade,
    RatedGrade,
    Severity,
)
from kg.model.batches import LinkBatch, PairBatch
from kg.resources import compute_fingerprint, locate_cache_folder

if TYPE_CHECKING:
    from kg.bulk.columns import LinkColumns
    from kg.model.batches import GraphBatch
    from kg.stores.results import QueryResult

_MAX_FAULTS_SHOWN = 1000
_MAX_CACHED_SNAPSHOTS = 4
_MIN_CACHED_BYTES = 1 << 20
"""Bytes of a table from which on its columns are kept."""

LinkCountCallback = Callable[[int], None]


def load_link_columns(
    path: str | Path, on_progress: LinkCountCallback | None = None
) -> tuple[LinkColumns, tuple[Diagnostic, ...]]:
    """Columns of a table of rated links or of a snapshot, and the lesser faults met.

    A table is read once: its columns are kept in the cache under a key of its content and of the
    code.

    Args:
        path: A table of rated links, KGX, RDF or a snapshot.
        on_progress: Called with the number of links read so far.

    Raises:
        DataError: faults of a table; carries at most a thousand.
    """
    from kg.bulk.snapshot import open_snapshot, read_key

    if find_unpacked_suffix(path) == SNAPSHOT_SUFFIX:
        return open_snapshot(path), ()
    if not _is_large(path):
        return compile_columns(path, "", on_progress)
    key = compute_content_key(path)
    place = locate_cache_folder() / "columns" / f"{key}{SNAPSHOT_SUFFIX}"
    if read_key(place) == key:
        return open_snapshot(place, ours=True), ()
    link_columns, lesser_faults = compile_columns(path, key, on_progress)
    if _cache_columns(link_columns, place):
        return open_snapshot(place, ours=True), lesser_faults
    return link_columns, lesser_faults


def _is_large(path: str | Path) -> bool:
    return _measure_size(path) >= _MIN_CACHED_BYTES


def _measure_size(path: str | Path) -> int:
    """Bytes of a file or of a folder's parts, 0 where it cannot be looked at."""
    try:
        return sum(part.stat().st_size for part in _list_parts(path))
    except OSError:
        return 0


def _list_parts(path: str | Path) -> list[Path]:
    """The file with the nodes of KGX beside it, or the parts of a folder of Parquet."""
    if Path(path).is_dir():
        return sorted(Path(path).glob("*.parquet"))
    if _name_reader(path) != "kgx":
        return [Path(path)]
    from kg.formats.kgx.links import find_node_file

    beside = find_node_file(path)
    return [Path(path)] if beside is None else [Path(path), beside]


def _name_reader(path: str | Path) -> str:
    """The name of the reader of links that a file has."""
    if identify_input(path) is InputKind.KGX:
        return "kgx"
    suffix = ".parquet" if Path(path).is_dir() else find_unpacked_suffix(path)
    return detect_link_format(suffix) or CLAIM_SUFFIXES[suffix]


def compute_content_key(path: str | Path) -> str:
    """A key of the bytes of a file or of a folder's parts, and of the code that reads them.

    Args:
        path: A file, or a folder of Parquet.
    """
    import hashlib

    digest = hashlib.blake2b(compute_fingerprint().encode(), digest_size=16)
    for part in _list_parts(path):
        with part.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def compile_columns(
    path: str | Path, key: str, on_progress: LinkCountCallback | None = None
) -> tuple[LinkColumns, tuple[Diagnostic, ...]]:
    """Columns of a table, read in one pass, and the lesser faults met.

    Args:
        path: A table of rated links.
        key: What `compute_content_key` says of it.
        on_progress: Called with the number of links read so far.
    """
    from kg.bulk.columns import build_columns

    faults: list[Diagnostic] = []
    count = 0

    def iterate_sound_batches() -> Iterator[GraphBatch]:
        nonlocal count
        rows = 0
        for batch_or_fault in LINK_READERS[_name_reader(path)](Path(path)):
            if isinstance(batch_or_fault, Diagnostic):
                count += 1
                faults.extend([batch_or_fault] if len(faults) < _MAX_FAULTS_SHOWN else [])
            elif not any(fault.severity is Severity.SEVERE for fault in faults):
                rows += len(batch_or_fault) if isinstance(batch_or_fault, LinkBatch) else 0
                if on_progress:
                    on_progress(rows)
                yield batch_or_fault

    link_columns = build_columns(iterate_sound_batches(), key)
    severe = [fault for fault in faults if fault.severity is Severity.SEVERE]
    if severe:
        truncation_note = (
            f"; the first {_MAX_FAULTS_SHOWN} follow" if count > _MAX_FAULTS_SHOWN else ""
        )
        noun = "fault" if count == 1 else "faults"
        raise DataError(f"{path}: {count} {noun} in the table{truncation_note}", faults)
    if not link_columns.link_count:
        raise DataError(f"{path}: the table has no links")
    return link_columns, tuple(faults)


def write_snapshot(link_columns: LinkColumns, path: str | Path) -> Path:
    """The path of the snapshot that now holds the columns; it is replaced in one step.

    Args:
        link_columns: Rated links as arrays.
        path: The file to write.
    """
    from kg.bulk.snapshot import encode_snapshot
    from kg.formats.files import write_atomically

    return write_atomically(path, encode_snapshot(link_columns))


def build_snapshot(link_columns: LinkColumns, folder: str | Path) -> Path:
    """The path of the snapshot in a folder.

    Args:
        link_columns: Rated links as arrays.
        folder: It is made where it is missing.

    Raises:
        UsageError: the folder holds another file of this name; it is left as it is.
        OutsideError: the folder cannot be written.
    """
    from kg.bulk.snapshot import is_snapshot

    place = Path(folder) / f"links{SNAPSHOT_SUFFIX}"
    if os.path.lexists(place) and not is_snapshot(place):
        raise UsageError(
            f"{place} is not what kg wrote, so it is not replaced: move it away, or name another "
            "directory"
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot write {place}: {fault.strerror}") from fault
    return write_snapshot(link_columns, place)


def _cache_columns(link_columns: LinkColumns, place: Path) -> bool:
    """Whether the columns could be kept; a cache that cannot be written is no fault."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_snapshot(link_columns, place)
    except (OSError, OutsideError):
        return False
    aged = sorted(
        place.parent.glob(f"*{SNAPSHOT_SUFFIX}"), key=lambda p: p.stat().st_mtime, reverse=True
    )
    for old in aged[_MAX_CACHED_SNAPSHOTS:]:
        old.unlink(missing_ok=True)
    return True


def grade_rated(
    link_columns: LinkColumns, name: str, outcome: str, exposure: str | None = None
) -> tuple[RatedGrade, EvidenceBase]:
    """The grade of an outcome on rated links, and the nodes that it names as a base.

    Args:
        link_columns: Rated links as arrays.
        name: Name of the table, for readers.
        outcome: Id of a node.
        exposure: Id of a node; None for all that reach the outcome.

    Raises:
        UnknownName: a node is not there.
        UsageError: no exposure has a chain to the outcome.
    """
    from kg.bulk.grade import grade_rated_outcome

    base_summary = BaseSummary((), 0, 0, 0, 0, "rated", "", __version__, link_columns.key)
    return grade_rated_outcome(link_columns, outcome, exposure, base_summary, name)


def build_rated_report(link_columns: LinkColumns, name: str) -> QueryResult:
    """What a report says of rated links, in the form of a query's answer; names stand for IRIs.

    Args:
        link_columns: Rated links as arrays.
        name: A name of COLUMN_REPORTS.

    Raises:
        UsageError: no such report on columns, or they do not hold what it needs.
    """
    import json

    from kg.bulk import COLUMN_REPORTS
    from kg.stores.results import QueryResult

    require_report(name)
    column_names, rows = COLUMN_REPORTS[name](link_columns)
    cells = [
        {
            key: {"type": "literal", "value": value}
            for key, value in zip(column_names, row, strict=True)
        }
        for row in rows
    ]
    answer = {"head": {"vars": column_names}, "results": {"bindings": cells}}
    return QueryResult("rows", json.dumps(answer).encode())


def require_report(name: str) -> None:
    """Nothing, where there is a report of this name on columns.

    Args:
        name: Name of a saved query.

    Raises:
        UsageError: it has no report on columns.
    """
    from kg.bulk import COLUMN_REPORTS

    if name not in COLUMN_REPORTS:
        known_names = ", ".join(sorted(COLUMN_REPORTS))
        raise UsageError(
            f"rated links answer only --name {known_names}; for others `kg load` the statements "
            "into a "
            "store, and name that with --base"
        )


def iterate_rated_pairs(
    link_columns: LinkColumns,
    outcome: str | None = None,
    exposure: str | None = None,
    min_level: Level = Level.NONE,
    max_pairs: int | None = None,
) -> Iterator[PairBatch]:
    """Every pair of exposure and outcome on rated links that has a chain, with its levels.

    Memory does not grow with their number.

    Args:
        link_columns: Rated links as arrays.
        outcome: Id of a node; None for all outcomes.
        exposure: Id of a node; None for all exposures.
        min_level: Least established level.
        max_pairs: Pairs at the most, the surest; None for all, outcome by outcome.

    Raises:
        UnknownName: a node is not there.
        UsageError: no node is an exposure or an outcome.
    """
    from kg.bulk.all_pairs import iterate_all_pairs, mark_pairs

    target = link_columns.find_node(outcome, "outcome") if outcome is not None else None
    agent = link_columns.find_node(exposure, "exposure") if exposure is not None else None
    pair_batches = iterate_all_pairs(link_columns, target, agent, min_level, max_pairs)
    return mark_pairs(link_columns, pair_batches)


def iterate_base_pairs(
    grades: Sequence[OutcomeGrade],
    min_level: Level = Level.NONE,
    max_pairs: int | None = None,
) -> Iterator[PairBatch]:
    """The pairs of graded outcomes in the same form: outcome by outcome, or the surest.

    Args:
        grades: Graded outcomes.
        min_level: Least established level.
        max_pairs: Pairs at the most, the surest; None for all, outcome by outcome.
    """
    pairs = [
        pair
        for grade in grades
        for pair in grade.pairs
        if pair.certainty.established.level >= min_level
    ]

    def build_level_key(pair: PairGrade) -> tuple[int, ...]:
        return tuple(-int(certainty.level) for certainty in pair.certainty)

    if max_pairs is None:
        pairs.sort(key=lambda p: (p.outcome, build_level_key(p), p.exposure, -p.sign))
    else:
        pairs.sort(key=lambda p: (build_level_key(p), p.exposure, p.outcome, -p.sign))
        pairs = pairs[:max_pairs]
    if pairs:
        levels = [pair.certainty.map(lambda certainty: int(certainty.level)) for pair in pairs]
        yield PairBatch(
            [pair.outcome for pair in pairs],
            [pair.exposure for pair in pairs],
            [pair.sign for pair in pairs],
            established=[row.established for row in levels],
            as_described=[row.as_described for row in levels],
            best_case=[row.best_case for row in levels],
            verdicts=[_state_verdict(pair) for pair in pairs],
            refuted_by=[int(pair.refuted_by) for pair in pairs],
            weakest_links=[_name_weakest_link(pair) for pair in pairs],
        )


def _state_verdict(pair: PairGrade) -> str:
    statement = state_conclusion(pair.conclusion)
    return f"{statement}{qualify_conclusion(pair.conclusion, pair.indirect)}"


def _name_weakest_link(pair: PairGrade) -> str:
    """The link that holds the best chain down; empty where nothing is argued, or no link is."""
    chain = next(iter(pair.chains), None)
    if chain is None or not chain.weakest:
        return ""
    link = chain.links[chain.weakest[0]]
    return f"{link.subject} -> {link.object}"
