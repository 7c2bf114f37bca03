"""Grades of all outcomes after a change: those that it cannot touch are taken over.

The grade of an outcome is a function of claims and studies about what leads to it, and of all that
is said about entities, exposures, populations, arguments and citations. A key of both stands beside
each grade that is kept, so that a change of a study or a claim has only those outcomes graded anew
to which a chain leads from it.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from kg.api.grades import grade_all
from kg.closure import follow_mapping
from kg.errors import OutsideError
from kg.formats.cache.grades import ROW_CODEC
from kg.grading.evidence_index import EvidenceChoice
from kg.model import EvidenceBase, OutcomeGrade
from kg.model.base import OUTCOME_KINDS
from kg.resources import (
    compute_checksum,
    hash_texts,
    list_file_states,
    locate_cache_folder,
    locate_shipped_folder,
)
from kg.scenarios.request import DEFAULT_REQUEST, GradeRequest

_PACKAGE_ROOT = Path(__file__).resolve().parent.parent


def regrade_changed(
    base: EvidenceBase, request: GradeRequest = DEFAULT_REQUEST, place: Path | None = None
) -> tuple[tuple[OutcomeGrade, ...], tuple[str, ...]]:
    """What `grade_all` says, and the outcomes that had to be graded for it.

    That the file cannot be read or written costs time and nothing else.

    Args:
        base: The base, sound.
        request: Profile and evidence.
        place: File that grades are kept in; None: one in the cache for each profile and evidence.
    """
    place = (
        place
        or locate_cache_folder()
        / "built"
        / f"{hash_texts([request.profile, request.evidence])}.json"
    )
    keys = compute_outcome_keys(base, request)
    stored_grades = _read_stored_grades(place, frozenset(keys.values()))
    unchanged_pairs = {
        outcome: stored_grades[outcome][1].pairs
        for outcome, current_key in keys.items()
        if outcome in stored_grades and stored_grades[outcome][0] == current_key
    }
    grades = grade_all(base, request, unchanged_pairs)
    anew = tuple(grade.outcome for grade in grades if grade.outcome not in unchanged_pairs)
    if anew or len(stored_grades) != len(grades):
        _store_grades(place, keys, grades)
    return grades, anew


def compute_outcome_keys(base: EvidenceBase, request: GradeRequest) -> dict[str, str]:
    """For each outcome a key of all that its grade depends on, code and profile included.

    Args:
        base: The base, sound.
        request: Profile and evidence.
    """
    evidence_index = request.build_evidence_index(base)
    everywhere = _compute_shared_key(base, request)
    node_keys = _compute_node_keys(base)
    sources_by_target: dict[str, set[str]] = {}
    for edge in evidence_index.candidate_links:
        sources_by_target.setdefault(edge.object, set()).add(edge.subject)
    outcomes = (e.id for e in base.entities if e.kind in OUTCOME_KINDS)
    return {
        id: _combine_keys(
            everywhere, node_keys, follow_mapping(base.find_descendants(id), sources_by_target)
        )
        for id in outcomes
    }


def _compute_shared_key(base: EvidenceBase, request: GradeRequest) -> str:
    """A key of what every grade depends on."""
    things = (base.entities, base.exposures, base.populations, base.chains, base.citations)
    parts = [repr(thing) for group in things for thing in group]
    if (
        request.evidence is not EvidenceChoice.ALL
    ):  # which works are cited decides which are admitted
        parts += [repr(claim) for claim in base.claims]
    code = [
        *list_file_states(_PACKAGE_ROOT, ".py"),
        *list_file_states(locate_shipped_folder("data") / "profiles", ""),
    ]
    return hash_texts([request.profile, request.evidence, *code, *parts])


def _compute_node_keys(base: EvidenceBase) -> Mapping[str, str]:
    """For each node a key of the claims and studies that say something about it as an object."""
    texts_by_node: dict[str, list[str]] = {}
    for claim in base.claims:
        texts_by_node.setdefault(claim.proposition.object, []).append(repr(claim))
    for study in base.studies:
        text = repr(study)
        for outcome in {finding.outcome for finding in study.findings}:
            texts_by_node.setdefault(outcome, []).append(text)
    return {node: hash_texts(texts) for node, texts in texts_by_node.items()}


def _combine_keys(everywhere: str, node_keys: Mapping[str, str], nodes: Iterable[str]) -> str:
    return hash_texts([everywhere, *(f"{node} {node_keys.get(node, '')}" for node in nodes)])


def _read_stored_grades(
    place: Path, usable_keys: Container[str]
) -> dict[str, tuple[str, OutcomeGrade]]:
    """Grades that are kept under these keys, by outcome; nothing where the file is not whole.

    Other rows are not looked at: another version of kg, with other records, may have written them.
    """
    try:
        checksum_line, _, content = place.read_bytes().partition(b"\n")
        if checksum_line.decode("ascii", "replace") != compute_checksum(content):
            return {}
        rows, keys, files = json.loads(content)
    except (OSError, ValueError):
        return {}
    make_grade = ROW_CODEC.build_makers(files)[OutcomeGrade]
    usable_rows = [(key, row) for key, row in zip(keys, rows, strict=True) if key in usable_keys]
    return {grade.outcome: (key, grade) for key, row in usable_rows if (grade := make_grade(row))}


def _store_grades(place: Path, keys: Mapping[str, str], grades: Iterable[OutcomeGrade]) -> None:
    from kg.formats.files import write_atomically

    places: dict[str, int] = {}
    grade_list = [*grades]
    rows = [ROW_CODEC.encode_record(grade, places) for grade in grade_list]
    body = [rows, [keys[grade.outcome] for grade in grade_list], list(places)]
    content = json.dumps(body, separators=(",", ":")).encode()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, f"{compute_checksum(content)}\n".encode() + content, durable=False)
    except (OSError, OutsideError):
        return
