"""Mechanism paths of other curators, graded: level, net polarity and weakest link of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.api.grades import grade_outcomes
from kg.formats.mechanism_paths.reader import read_paths
from kg.formats.mechanism_paths.to_base import PathVariant, build_base, list_variants
from kg.model import ChainGrade, Diagnostic, EvidenceBase, Level, Mechanistic, Readings
from kg.model.mechanisms import SupportVerdict
from kg.scenarios.request import DEFAULT_PROFILE, GradeRequest

if TYPE_CHECKING:
    from kg.model.mechanisms import MechanismPath

LOWERS_DISEASE, RAISES_DISEASE, BOTH_DIRECTIONS, NO_DIRECTION, NOT_CONNECTED = (
    "lowers",
    "raises",
    "both",
    "open",
    "apart",
)
"""Net polarities: what the links multiply to; `open` where one says no direction; no way at all."""

AGAINST_LINK = frozenset({SupportVerdict.REFUTE, SupportVerdict.WRONG_STATEMENT})


@dataclass(frozen=True, slots=True)
class GradedPath:
    """What is made of one file.

    `polarity` is that of all routes from drug to disease together, `opened_by` the first link that
    says no direction. The levels, the mechanistic strength and `weakest` are those of the shortest
    route that has a direction, of `length` links; `carried` of them only say what takes part in
    what. `works` are cited for its links, `against` are said to refute one.
    """

    id: str
    drug: str
    disease: str
    polarity: str
    routes: int
    length: int
    carried: int
    levels: Readings[Level]
    mechanistic: Mechanistic
    weakest: str
    why: str
    opened_by: str
    works: int
    against: int
    place: str


@dataclass(frozen=True, slots=True)
class PathCounts:
    """How the files of a run add up: `read` is `graded` plus `left_out`."""

    read: int
    left_out: int
    polarity: tuple[tuple[str, int], ...]
    carried: int
    opened_by: tuple[tuple[str, int], ...]
    levels: tuple[tuple[str, Readings[int]], ...]


def grade_paths(
    places: Iterable[str | Path], profile: str = DEFAULT_PROFILE
) -> Iterator[GradedPath | Diagnostic]:
    """Every path of files and directories, graded by itself, and the faults of files left out.

    Args:
        places: YAML files, or directories of them.
        profile: A grading profile.
    """
    for path_or_fault in read_paths([Path(place) for place in places]):
        yield (
            path_or_fault
            if isinstance(path_or_fault, Diagnostic)
            else _grade_path(path_or_fault, profile)
        )


def _grade_path(path: MechanismPath, profile: str) -> GradedPath:
    path_variants = list_variants(path)
    directed = next((shown_variant for shown_variant in path_variants if shown_variant.sign), None)
    shown_variant = directed or (path_variants[0] if path_variants else None)
    names = {node.id: node.name for node in path.nodes}
    chain = _find_graded_chain(build_base(path, directed), path, profile) if directed else None
    items = [item for link in path.links for item in link.evidence]
    weak, weakest_reason = _name_weakest_link(chain, names)
    return GradedPath(
        id=path.id,
        drug=names[path.drug],
        disease=names[path.disease],
        polarity=_combine_polarity(path_variants),
        routes=len(path_variants),
        length=len(shown_variant.links) if shown_variant else 0,
        carried=shown_variant.carried_links if shown_variant else 0,
        levels=chain.certainty if chain else Readings(Level.NONE, Level.NONE, Level.NONE),
        mechanistic=chain.mechanistic if chain else Mechanistic.NONE,
        weakest=weak,
        why=weakest_reason,
        opened_by=shown_variant.unsigned_link.key
        if shown_variant and shown_variant.unsigned_link
        else "",
        works=len({item.reference for item in items}),
        against=sum(item.supports in AGAINST_LINK for item in items),
        place=str(path.location or ""),
    )


def _combine_polarity(path_variants: Sequence[PathVariant]) -> str:
    signs = {path_variant.sign for path_variant in path_variants if path_variant.sign}
    if not path_variants:
        return NOT_CONNECTED
    if not signs:
        return NO_DIRECTION
    if len(signs) == 2:
        return BOTH_DIRECTIONS
    return LOWERS_DISEASE if signs == {-1} else RAISES_DISEASE


def _find_graded_chain(base: EvidenceBase, path: MechanismPath, profile: str) -> ChainGrade | None:
    """The argument of the file as it was graded, for or against."""
    request = GradeRequest(path.disease, path.drug, profile=profile)
    for outcome_grade in grade_outcomes(base, request, with_diagnostics=False):
        for pair in outcome_grade.pairs:
            for chain in (*pair.chains, *pair.counter_chains):
                if chain.id == path.id:
                    return chain
    return None


def _name_weakest_link(chain: ChainGrade | None, names: dict[str, str]) -> tuple[str, str]:
    """The link that holds a chain down, by name, and why."""
    if chain is None or not chain.weakest:
        return "", ""
    link = chain.links[chain.weakest[0]]
    return f"{names[link.subject]} > {names[link.object]}", link.note


def count_paths(graded_paths: Sequence[GradedPath], left_out: int) -> PathCounts:
    """How many files came to what.

    Args:
        graded_paths: Grades of `grade_paths`.
        left_out: How many files could not be used.
    """
    words = [LOWERS_DISEASE, RAISES_DISEASE, BOTH_DIRECTIONS, NO_DIRECTION, NOT_CONNECTED]
    return PathCounts(
        read=len(graded_paths) + left_out,
        left_out=left_out,
        polarity=tuple((w, sum(p.polarity == w for p in graded_paths)) for w in words),
        carried=sum(p.carried > 0 for p in graded_paths),
        opened_by=_count_by_frequency(
            p.opened_by for p in graded_paths if p.polarity == NO_DIRECTION
        ),
        levels=tuple(
            (
                level.word,
                Readings.compute(lambda r, lv=level: sum(p.levels[r] is lv for p in graded_paths)),  # type: ignore[misc]
            )
            for level in Level
        ),
    )


def _count_by_frequency(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    from collections import Counter

    return tuple(sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0])))
