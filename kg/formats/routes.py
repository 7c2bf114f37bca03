"""A mechanism path in the words of kg: its routes from drug to disease, and an evidence base of it.

docs/how-to/mechanism-paths.md says how predicates and evidence items are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.formats import biolink
from kg.formats.biolink import Meaning, Way
from kg.model import (
    ArgumentChain,
    Better,
    Citation,
    CitationKind,
    Claim,
    Described,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Identification,
    Identifier,
    Predicate,
    Proposition,
    Role,
    Source,
    Step,
    StepKind,
    Tier,
)
from kg.model.mechanisms import EvidenceItem, MechanismPath, PathLink, PathNode, Supports
from kg.model.record import dataclass

MOST_ROUTES = 64
"""Routes of one path that are looked at; a path is a line with a few branches."""

_SUBSTANCE = " (substance)"


@dataclass(frozen=True, slots=True)
class Route:
    """Links from drug to disease. `sign` is -1 where they lower it, +1 where they raise it.

    `sign` is 0 where a link does not say which way its object changes: `open` is the first such.
    `carried` counts links that only say what takes part in what.
    """

    links: tuple[PathLink, ...]
    sign: int
    carried: int
    open: PathLink | None = None


def routes(path: MechanismPath) -> tuple[Route, ...]:
    """All ways from the drug to the disease that come to no node twice, shortest first."""
    out: dict[str, list[PathLink]] = {}
    for link in path.links:
        out.setdefault(link.source, []).append(link)
    found: list[tuple[PathLink, ...]] = []
    stack: list[tuple[PathLink, ...]] = [(link,) for link in out.get(path.drug, ())]
    while stack and len(found) < MOST_ROUTES:
        way = stack.pop()
        here = way[-1].target
        if here == path.disease:
            found.append(way)
            continue
        seen = {path.drug, *(link.target for link in way)}
        stack += [(*way, link) for link in out.get(here, ()) if link.target not in seen]
    return tuple(sorted(map(_route, found), key=lambda r: (len(r.links), r.sign == 0)))


def _route(links: tuple[PathLink, ...]) -> Route:
    sign, carried, unclear = 1, 0, None
    for link in links:
        said = biolink.meaning(link.key)
        sign *= said.sign
        carried += said.way is Way.CARRIED
        if not said.sign and unclear is None:
            unclear = link
    return Route(links, sign, carried, unclear)


def base_of(path: MechanismPath, route: Route) -> EvidenceBase:
    """An evidence base that holds one route as the argument of its file.

    The drug becomes an exposure of which nobody says route, form or dose. A link that is signed is
    a claim of the file; a carried one is a step that no source states. Works that are said to
    SUPPORT a link are described works, known by what they studied: no design, no number.
    """
    used = {path.drug, *(link.target for link in route.links)}
    claims: list[Claim] = []
    citations: list[Citation] = []
    steps: list[Step] = []
    for number, link in enumerate(route.links, 1):
        said = biolink.meaning(link.key)
        works = tuple(_citations(path, link, number))
        citations += works
        if said.way is Way.SIGNED:
            claims.append(_claim(path, link, said, number, works))
        steps.append(_step(path, link, said, number))
    return EvidenceBase(
        entities=tuple(sorted(_entities(path, used), key=lambda e: e.id)),
        exposures=(_exposure(path),),
        sources=(_source(path),),
        claims=tuple(claims),
        citations=tuple(sorted(citations, key=lambda c: c.id)),
        chains=(_chain(path, tuple(steps)),) if route.sign else (),
    )


def _exposure(path: MechanismPath) -> Exposure:
    name = _named(path, path.drug).name
    return Exposure(path.drug, name, path.drug + _SUBSTANCE, ExposureKind.UNKNOWN)


def _entities(path: MechanismPath, used: set[str]) -> Iterator[Entity]:
    name = _named(path, path.drug).name
    yield Entity(path.drug + _SUBSTANCE, f"{name}, the substance", EntityKind.SUBSTANCE)
    for node in path.nodes:
        if node.id in used and node.id != path.drug:
            end = node.id == path.disease
            kind = EntityKind.CONDITION if end else biolink.kind(node.category)
            better = Better.LOWER if end else Better.NEITHER
            ids = (Identifier(node.id),)
            yield Entity(node.id, node.name, kind, better=better, identifiers=ids)


def _source(path: MechanismPath) -> Source:
    drug, disease = _named(path, path.drug).name, _named(path, path.disease).name
    url = next((r for r in path.references if r.startswith("https://")), None)
    return Source(path.id, f"{drug} for {disease}", kind="mechanism path", url=url)


def _claim(
    path: MechanismPath, link: PathLink, said: Meaning, number: int, works: tuple[Citation, ...]
) -> Claim:
    about = Proposition(link.source, said.predicate, link.target)
    return Claim(
        f"{path.id}-{number}",
        path.id,
        link.line,
        Role.MECHANISM,
        about,
        Tier.PLAIN,
        citations=tuple(work.id for work in works),
        paraphrase=f"{_named(path, link.source).name} {link.key} {_named(path, link.target).name}",
        location=path.location,
    )


def _step(path: MechanismPath, link: PathLink, said: Meaning, number: int) -> Step:
    if said.way is Way.SIGNED:
        claims = (f"{path.id}-{number}",)
        return Step(StepKind.CLAIM, link.source, said.predicate, link.target, claims)
    note = f"the path says {link.key}, and no direction"
    return Step(StepKind.IMPLICIT, link.source, Predicate.INCREASES, link.target, note=note)


def _chain(path: MechanismPath, steps: tuple[Step, ...]) -> ArgumentChain:
    label = " > ".join(_named(path, step.object).name for step in steps)
    return ArgumentChain(path.id, path.id, label, path.drug, path.disease, steps)


_STATUS: Mapping[Supports, Identification] = {
    Supports.SUPPORT: Identification.NOT_LOOKED_UP,
    Supports.PARTIAL: Identification.NOT_LOOKED_UP,
    Supports.REFUTE: Identification.MISMATCH,
    Supports.NO_EVIDENCE: Identification.MISMATCH,
    Supports.WRONG_STATEMENT: Identification.MISMATCH,
}


def _citations(path: MechanismPath, link: PathLink, number: int) -> Iterator[Citation]:
    """The works of a link, each once; a work that also does not support it supports it no more."""
    works: dict[str, list[EvidenceItem]] = {}
    for item in link.evidence:
        works.setdefault(item.reference, []).append(item)
    for place, (reference, items) in enumerate(works.items(), 1):
        against = [i for i in items if _STATUS[i.supports] is Identification.MISMATCH]
        whole = [i for i in items if i.supports is Supports.SUPPORT]
        kind, _, number_ = reference.partition(":")
        yield Citation(
            f"{path.id}-{number}-{place}",
            path.id,
            CitationKind.IN_TEXT,
            link.line,
            Identification.MISMATCH if against else Identification.NOT_LOOKED_UP,
            pmid=number_ if kind.upper() == "PMID" and number_.isdecimal() else None,
            url=reference if reference.startswith("https://") else None,
            # PARTIAL does not say how far: the work is named, and counts for nothing.
            described=Described(system=biolink.system(whole[0].source)) if whole else None,
            how_checked=", ".join(sorted({i.supports.value for i in items})),
            location=path.location,
        )


def _named(path: MechanismPath, id: str) -> PathNode:
    return next(node for node in path.nodes if node.id == id)
