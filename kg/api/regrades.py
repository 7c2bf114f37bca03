"""Grades of all outcomes after a change: those that it cannot touch are taken over.

The grade of an outcome is a function of claims and studies about what leads to it, and of all that
is said about entities, exposures, populations, arguments and citations. A key of both stands beside
each grade that is kept, so that a change of a study or a claim has only those outcomes graded anew
to which a chain leads from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.api.bases import material
from kg.api.grades import grade_all
from kg.errors import OutsideError
from kg.formats.graded import ROWS
from kg.model import EvidenceBase, OutcomeGrade
from kg.model.base import OUTCOME_KINDS
from kg.resources import cache_directory, checksum, key, shipped, states

_PACKAGE = Path(__file__).resolve().parent.parent


def regraded(
    base: EvidenceBase, profile: str = "grade", evidence: str = "all", place: Path | None = None
) -> tuple[tuple[OutcomeGrade, ...], tuple[str, ...]]:
    """What `grade_all` says, and the outcomes that had to be graded for it.

    `place` is the file that grades are kept in; without it, one in the cache for each profile and
    choice of evidence. That it cannot be read or written costs time and nothing else.
    """
    place = place or cache_directory() / "built" / f"{key([profile, evidence])}.json"
    keys = outcome_keys(base, profile, evidence)
    before = _kept(place)
    known = {
        outcome: before[outcome][1].pairs
        for outcome, now in keys.items()
        if outcome in before and before[outcome][0] == now
    }
    grades = grade_all(base, None, profile, evidence, known=known)
    anew = tuple(grade.outcome for grade in grades if grade.outcome not in known)
    if anew or len(before) != len(grades):
        _keep(place, keys, grades)
    return grades, anew


def outcome_keys(base: EvidenceBase, profile: str, evidence: str) -> dict[str, str]:
    """For each outcome a key of all that its grade depends on, code and profile included."""
    given = material(base, None, evidence)
    everywhere = _everywhere(base, profile, evidence)
    about = _about_nodes(base)
    into: dict[str, set[str]] = {}
    for edge in given.edges:
        into.setdefault(edge.object, set()).add(edge.subject)
    outcomes = (e.id for e in base.entities if e.kind in OUTCOME_KINDS)
    return {id: _key(everywhere, about, _leading(base, into, id)) for id in outcomes}


def _everywhere(base: EvidenceBase, profile: str, evidence: str) -> str:
    """A key of what every grade depends on."""
    things = (base.entities, base.exposures, base.populations, base.chains, base.citations)
    parts = [repr(thing) for group in things for thing in group]
    if evidence != "all":  # which works are cited decides which are admitted
        parts += [repr(claim) for claim in base.claims]
    code = [*states(_PACKAGE, ".py"), *states(shipped("data") / "profiles", "")]
    return key([profile, evidence, *code, *parts])


def _about_nodes(base: EvidenceBase) -> Mapping[str, str]:
    """For each node a key of the claims and studies that say something about it as an object."""
    said: dict[str, list[str]] = {}
    for claim in base.claims:
        said.setdefault(claim.proposition.object, []).append(repr(claim))
    for study in base.studies:
        text = repr(study)
        for outcome in {finding.outcome for finding in study.findings}:
            said.setdefault(outcome, []).append(text)
    return {node: key(texts) for node, texts in said.items()}


def _leading(base: EvidenceBase, into: Mapping[str, Iterable[str]], outcome: str) -> set[str]:
    """The outcome, its kinds, and all nodes from which links lead there."""
    seen = set(base.descendants(outcome))
    todo = [*seen]
    while todo:
        for node in into.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


def _key(everywhere: str, about: Mapping[str, str], nodes: Iterable[str]) -> str:
    return key([everywhere, *(f"{node} {about.get(node, '')}" for node in nodes)])


def _kept(place: Path) -> dict[str, tuple[str, OutcomeGrade]]:
    """Grades that are kept, with their keys, by outcome; nothing where the file is not whole."""
    try:
        head, _, content = place.read_bytes().partition(b"\n")
        if head.decode("ascii", "replace") != checksum(content):
            return {}
        rows, keys, files = json.loads(content)
    except (OSError, ValueError):
        return {}
    grades = map(ROWS.makers(files)[OutcomeGrade], rows)
    return {grade.outcome: (now, grade) for grade, now in zip(grades, keys, strict=True)}


def _keep(place: Path, keys: Mapping[str, str], grades: Iterable[OutcomeGrade]) -> None:
    from kg.formats.files import write_atomically

    places: dict[str, int] = {}
    chosen = [*grades]
    rows = [ROWS.row(grade, places) for grade in chosen]
    body = [rows, [keys[grade.outcome] for grade in chosen], list(places)]
    content = json.dumps(body, separators=(",", ":")).encode()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, f"{checksum(content)}\n".encode() + content, durable=False)
    except (OSError, OutsideError):
        return
