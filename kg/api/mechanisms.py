"""Mechanism paths of other curators, graded: level, net polarity and weakest link of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.api.grades import grade_outcomes
from kg.formats.mechanism_paths.reader import read_paths
from kg.formats.mechanism_paths.to_base import PathVariant, build_base, list_variants
from kg.model import ChainGrade, Diagnostic, Level, Mechanistic, Readings
from kg.model.mechanisms import SupportVerdict
from kg.scenarios.request import DEFAULT_PROFILE, GradeRequest

if TYPE_CHECKING:
    from kg.model.mechanisms import MechanismPath, PathLink

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
    mechanism that has a direction, of `length` links; `carried` of them only say what takes part in
    what. A link straight from drug to disease says that the drug works and not how: where there is
    a mechanism beside it, it stands as `direct` with its levels. `works` are cited for the links,
    `against` are said to refute one; `verdict` is `contested` where a link of the route has works
    on both sides, `refuted` where only against it.
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
    verdict: str
    direct: str
    place: str


@dataclass(frozen=True, slots=True)
class PathCounts:
    """How the files of a run add up: `read` is `graded` plus `left_out`."""

    read: int
    left_out: int
    polarity: tuple[tuple[str, int], ...]
    carried: int
    direct: int
    verdicts: tuple[tuple[str, int], ...]
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
    mechanisms = [variant for variant in path_variants if len(variant.links) > 1]
    candidates = mechanisms or path_variants
    directed = next((variant for variant in candidates if variant.sign), None)
    shown_variant = directed or next(iter(candidates), None)
    names = {node.id: node.name for node in path.nodes}
    chain = _find_graded_chain(path, directed, profile) if directed else None
    items = [item for link in path.links for item in link.evidence]
    weakest = _find_weakest_link(chain, directed.links if directed else ())
    return GradedPath(
        id=path.id,
        drug=names[path.drug],
        disease=names[path.disease],
        polarity=_combine_polarity(path_variants),
        routes=len(path_variants),
        length=len(shown_variant.links) if shown_variant else 0,
        carried=shown_variant.carried_links if shown_variant else 0,
        levels=weakest.levels,
        mechanistic=chain.mechanistic if chain else Mechanistic.NONE,
        weakest=f"{names[weakest.ends[0]]} > {names[weakest.ends[1]]}" if weakest.ends else "",
        why=weakest.reason,
        opened_by=shown_variant.unsigned_link.key
        if shown_variant and shown_variant.unsigned_link
        else "",
        works=len({item.reference for item in items}),
        against=sum(item.supports in AGAINST_LINK for item in items),
        verdict=weakest.verdict,
        direct=_describe_direct_link(path, path_variants, profile) if mechanisms else "",
        place=str(path.location or ""),
    )


def _describe_direct_link(
    path: MechanismPath, path_variants: Sequence[PathVariant], profile: str
) -> str:
    """The link straight from drug to disease with its levels; empty where there is none."""
    for variant in path_variants:
        if len(variant.links) == 1:
            chain = _find_graded_chain(path, variant, profile) if variant.sign else None
            levels = _find_weakest_link(chain, variant.links).levels
            return f"{variant.links[0].key}: {' / '.join(level.word for level in levels)}"
    return ""


def _combine_polarity(path_variants: Sequence[PathVariant]) -> str:
    signs = {path_variant.sign for path_variant in path_variants if path_variant.sign}
    if not path_variants:
        return NOT_CONNECTED
    if not signs:
        return NO_DIRECTION
    if len(signs) == 2:
        return BOTH_DIRECTIONS
    return LOWERS_DISEASE if signs == {-1} else RAISES_DISEASE


def _find_graded_chain(
    path: MechanismPath, variant: PathVariant, profile: str
) -> ChainGrade | None:
    """A route of the file as it was graded, for or against."""
    base = build_base(path, variant)
    request = GradeRequest(path.disease, path.drug, profile=profile)
    for outcome_grade in grade_outcomes(base, request, with_diagnostics=False):
        for pair in outcome_grade.pairs:
            for chain in (*pair.chains, *pair.counter_chains):
                if chain.id == path.id:
                    return chain
    return None


@dataclass(frozen=True, slots=True)
class _WeakestLink:
    """The link that holds a route down, why, and what the route comes to for it."""

    levels: Readings[Level]
    ends: tuple[str, ...] = ()
    reason: str = ""
    verdict: str = ""


def _find_weakest_link(chain: ChainGrade | None, links: Sequence[PathLink]) -> _WeakestLink:
    """The weakest link of a graded route, once works that refute a link have lowered it.

    Two levels go where works stand on both sides, as for results that cannot both be right; nothing
    is left where all are against.
    """
    if chain is None:
        return _WeakestLink(Readings(Level.NONE, Level.NONE, Level.NONE))
    found = _WeakestLink(chain.certainty)
    if chain.weakest:
        weakest = chain.links[chain.weakest[0]]
        found = replace(found, ends=(weakest.subject, weakest.object), reason=weakest.note)
    for link, path_link in zip(chain.links, links, strict=True):
        against = {i.reference for i in path_link.evidence if i.supports in AGAINST_LINK}
        if not against or found.verdict == "refuted":
            continue
        works = {i.reference for i in path_link.evidence if i.supports is SupportVerdict.SUPPORT}
        supporting = works - against
        lowered = [_lower_contested(level, bool(supporting)) for level in link.effective]
        verdict = "contested" if supporting else "refuted"
        found = _WeakestLink(
            Readings(*map(min, found.levels, lowered)),
            (link.subject, link.object),
            f"{verdict}: {len(supporting)} for, {len(against)} against",
            verdict,
        )
    return found


def _lower_contested(level: Level, is_supported: bool) -> Level:
    return Level(max(level - 2, min(level, 1))) if is_supported else Level.NONE


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
        direct=sum(p.direct != "" for p in graded_paths),
        verdicts=tuple(
            (word, sum(p.verdict == word for p in graded_paths))
            for word in ("contested", "refuted")
        ),
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
