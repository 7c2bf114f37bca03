"""A mechanism path in the words of kg: its routes from drug to disease, and an evidence base of it.

docs/how-to/mechanism-paths.md says how predicates and evidence items are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.formats.kgx import biolink
from kg.formats.kgx.biolink import DirectionKind, PredicateMeaning
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
from kg.model.mechanisms import MechanismPath, PathEvidence, PathLink, PathNode, SupportVerdict

MAX_VARIANTS = 64
"""Routes of one path that are looked at; a path is a line with a few branches."""

_SUBSTANCE_SUFFIX = " (substance)"


@dataclass(frozen=True, slots=True)
class PathVariant:
    """Links from drug to disease. `sign` is -1 where they lower it, +1 where they raise it.

    `sign` is 0 where a link does not say which way its object changes: `unsigned_link` is the first
    such. `carried_links` counts links that only say what takes part in what.
    """

    links: tuple[PathLink, ...]
    sign: int
    carried_links: int
    unsigned_link: PathLink | None = None


def list_variants(path: MechanismPath) -> tuple[PathVariant, ...]:
    """All ways from the drug to the disease that come to no node twice, shortest first."""
    links_by_source: dict[str, list[PathLink]] = {}
    for link in path.links:
        links_by_source.setdefault(link.source, []).append(link)
    complete_paths: list[tuple[PathLink, ...]] = []
    stack: list[tuple[PathLink, ...]] = [(link,) for link in links_by_source.get(path.drug, ())]
    while stack and len(complete_paths) < MAX_VARIANTS:
        current_path = stack.pop()
        current_node = current_path[-1].target
        if current_node == path.disease:
            complete_paths.append(current_path)
            continue
        visited_nodes = {path.drug, *(link.target for link in current_path)}
        stack += [
            (*current_path, link)
            for link in links_by_source.get(current_node, ())
            if link.target not in visited_nodes
        ]
    return tuple(
        sorted(map(_build_variant, complete_paths), key=lambda r: (len(r.links), r.sign == 0))
    )


def _build_variant(links: tuple[PathLink, ...]) -> PathVariant:
    sign, carried, unclear = 1, 0, None
    for link in links:
        link_meaning = biolink.find_meaning(link.key)
        sign *= link_meaning.sign
        carried += link_meaning.direction_kind is DirectionKind.CARRIED
        if not link_meaning.sign and unclear is None:
            unclear = link
    return PathVariant(links, sign, carried, unclear)


def build_base(path: MechanismPath, route: PathVariant) -> EvidenceBase:
    """An evidence base that holds one route as the argument of its file.

    The drug becomes an exposure of which nobody says route, form or dose. A link that is signed is
    a claim of the file; a carried one is a step that no source states. Works that are said to
    SUPPORT a link are described works, known by what they studied: no design, no number.
    """
    used_nodes = {path.drug, *(link.target for link in route.links)}
    claims: list[Claim] = []
    citations: list[Citation] = []
    steps: list[Step] = []
    for number, link in enumerate(route.links, 1):
        link_meaning = biolink.find_meaning(link.key)
        works = tuple(_list_citations(path, link, number))
        citations += works
        if link_meaning.direction_kind is DirectionKind.SIGNED:
            claims.append(_build_claim(path, link, link_meaning, number, works))
        steps.append(_build_step(path, link, link_meaning, number))
    return EvidenceBase(
        entities=tuple(sorted(_list_entities(path, used_nodes), key=lambda e: e.id)),
        exposures=(_build_exposure(path),),
        sources=(_build_source(path),),
        claims=tuple(claims),
        citations=tuple(sorted(citations, key=lambda c: c.id)),
        chains=(_build_chain(path, tuple(steps)),) if route.sign else (),
    )


def _build_exposure(path: MechanismPath) -> Exposure:
    drug_name = _find_node(path, path.drug).name
    return Exposure(path.drug, drug_name, path.drug + _SUBSTANCE_SUFFIX, ExposureKind.UNKNOWN)


def _list_entities(path: MechanismPath, used_nodes: set[str]) -> Iterator[Entity]:
    drug_name = _find_node(path, path.drug).name
    yield Entity(path.drug + _SUBSTANCE_SUFFIX, f"{drug_name}, the substance", EntityKind.SUBSTANCE)
    for node in path.nodes:
        if node.id in used_nodes and node.id != path.drug:
            end = node.id == path.disease
            kind = EntityKind.CONDITION if end else biolink.find_entity_kind(node.category)
            better = Better.LOWER if end else Better.NEITHER
            ids = (Identifier(node.id),)
            yield Entity(node.id, node.name, kind, better=better, identifiers=ids)


def _build_source(path: MechanismPath) -> Source:
    drug_name, disease = _find_node(path, path.drug).name, _find_node(path, path.disease).name
    url = next((r for r in path.references if r.startswith("https://")), None)
    return Source(path.id, f"{drug_name} for {disease}", kind="mechanism path", url=url)


def _build_claim(
    path: MechanismPath,
    link: PathLink,
    link_meaning: PredicateMeaning,
    number: int,
    works: tuple[Citation, ...],
) -> Claim:
    proposition = Proposition(link.source, link_meaning.predicate, link.target)
    return Claim(
        f"{path.id}-{number}",
        path.id,
        link.line,
        Role.MECHANISM,
        proposition,
        Tier.PLAIN,
        citations=tuple(work.id for work in works),
        paraphrase=(
            f"{_find_node(path, link.source).name} {link.key} {_find_node(path, link.target).name}"
        ),
        location=path.location,
    )


def _build_step(
    path: MechanismPath, link: PathLink, link_meaning: PredicateMeaning, number: int
) -> Step:
    if link_meaning.direction_kind is DirectionKind.SIGNED:
        claim_ids = (f"{path.id}-{number}",)
        return Step(StepKind.CLAIM, link.source, link_meaning.predicate, link.target, claim_ids)
    note = f"the path says {link.key}, and no direction"
    return Step(StepKind.IMPLICIT, link.source, Predicate.INCREASES, link.target, note=note)


def _build_chain(path: MechanismPath, steps: tuple[Step, ...]) -> ArgumentChain:
    label = " > ".join(_find_node(path, step.object).name for step in steps)
    return ArgumentChain(path.id, path.id, label, path.drug, path.disease, steps)


_STATUS_BY_SUPPORT: Mapping[SupportVerdict, Identification] = {
    SupportVerdict.SUPPORT: Identification.NOT_LOOKED_UP,
    SupportVerdict.PARTIAL: Identification.NOT_LOOKED_UP,
    SupportVerdict.REFUTE: Identification.MISMATCH,
    SupportVerdict.NO_EVIDENCE: Identification.MISMATCH,
    SupportVerdict.WRONG_STATEMENT: Identification.MISMATCH,
}


def _list_citations(path: MechanismPath, link: PathLink, number: int) -> Iterator[Citation]:
    """The works of a link, each once; a work that also does not support it supports it no more."""
    works: dict[str, list[PathEvidence]] = {}
    for item in link.evidence:
        works.setdefault(item.reference, []).append(item)
    for place, (reference, items) in enumerate(works.items(), 1):
        against = [i for i in items if _STATUS_BY_SUPPORT[i.supports] is Identification.MISMATCH]
        supporting_items = [i for i in items if i.supports is SupportVerdict.SUPPORT]
        kind, _, local_id = reference.partition(":")
        yield Citation(
            f"{path.id}-{number}-{place}",
            path.id,
            CitationKind.IN_TEXT,
            link.line,
            Identification.MISMATCH if against else Identification.NOT_LOOKED_UP,
            pmid=local_id if kind.upper() == "PMID" and local_id.isdecimal() else None,
            url=reference if reference.startswith("https://") else None,
            # PARTIAL does not say how far: the work is named, and counts for nothing.
            described=Described(system=biolink.find_system(supporting_items[0].source))
            if supporting_items
            else None,
            how_checked=", ".join(sorted({i.supports.value for i in items})),
            location=path.location,
        )


def _find_node(path: MechanismPath, node_id: str) -> PathNode:
    return next(node for node in path.nodes if node.id == node_id)
