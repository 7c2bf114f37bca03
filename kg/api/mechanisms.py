"""Mechanism paths of other curators, graded: level, net polarity and weakest link of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.api.grades import grade
from kg.formats.mechanisms import paths as read_paths
from kg.formats.routes import Route, base_of, routes
from kg.model import ChainGrade, Diagnostic, EvidenceBase, Level, Mechanistic, Readings
from kg.model.mechanisms import Supports
from kg.model.record import dataclass

if TYPE_CHECKING:
    from kg.model.mechanisms import MechanismPath

LOWERS, RAISES, BOTH, OPEN, APART = "lowers", "raises", "both", "open", "apart"
"""Net polarities: what the links multiply to; `open` where one says no direction; no way at all."""

AGAINST = frozenset({Supports.REFUTE, Supports.WRONG_STATEMENT})


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
    places: Iterable[str | Path], profile: str = "grade"
) -> Iterator[GradedPath | Diagnostic]:
    """Every path of files and directories, graded by itself, and the faults of files left out."""
    for found in read_paths([Path(place) for place in places]):
        yield found if isinstance(found, Diagnostic) else _graded(found, profile)


def _graded(path: MechanismPath, profile: str) -> GradedPath:
    ways = routes(path)
    directed = next((way for way in ways if way.sign), None)
    way = directed or (ways[0] if ways else None)
    names = {node.id: node.name for node in path.nodes}
    chain = _chain(base_of(path, directed), path, profile) if directed else None
    items = [item for link in path.links for item in link.evidence]
    weak, why = _weakest(chain, names)
    return GradedPath(
        id=path.id,
        drug=names[path.drug],
        disease=names[path.disease],
        polarity=_polarity(ways),
        routes=len(ways),
        length=len(way.links) if way else 0,
        carried=way.carried if way else 0,
        levels=chain.certainty if chain else Readings(Level.NONE, Level.NONE, Level.NONE),
        mechanistic=chain.mechanistic if chain else Mechanistic.NONE,
        weakest=weak,
        why=why,
        opened_by=way.open.key if way and way.open else "",
        works=len({item.reference for item in items}),
        against=sum(item.supports in AGAINST for item in items),
        place=str(path.location or ""),
    )


def _polarity(ways: Sequence[Route]) -> str:
    signs = {way.sign for way in ways if way.sign}
    if not ways:
        return APART
    if not signs:
        return OPEN
    if len(signs) == 2:
        return BOTH
    return LOWERS if signs == {-1} else RAISES


def _chain(base: EvidenceBase, path: MechanismPath, profile: str) -> ChainGrade | None:
    """The argument of the file as it was graded, for or against."""
    for graded in grade(base, path.disease, path.drug, profile=profile, diagnostics=False):
        for pair in graded.pairs:
            for chain in (*pair.chains, *pair.counter_chains):
                if chain.id == path.id:
                    return chain
    return None


def _weakest(chain: ChainGrade | None, names: dict[str, str]) -> tuple[str, str]:
    """The link that holds a chain down, by name, and why."""
    if chain is None or not chain.weakest:
        return "", ""
    link = chain.links[chain.weakest[0]]
    return f"{names[link.subject]} > {names[link.object]}", link.note


def count_paths(graded: Sequence[GradedPath], left_out: int) -> PathCounts:
    """How many files came to what."""
    words = [LOWERS, RAISES, BOTH, OPEN, APART]
    return PathCounts(
        read=len(graded) + left_out,
        left_out=left_out,
        polarity=tuple((w, sum(p.polarity == w for p in graded)) for w in words),
        carried=sum(p.carried > 0 for p in graded),
        opened_by=_most(p.opened_by for p in graded if p.polarity == OPEN),
        levels=tuple(
            (
                level.word,
                Readings.of(lambda r, lv=level: sum(p.levels[r] is lv for p in graded)),  # type: ignore[misc]
            )
            for level in Level
        ),
    )


def _most(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    from collections import Counter

    return tuple(sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0])))
