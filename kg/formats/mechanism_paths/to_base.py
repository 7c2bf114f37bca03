"""A mechanism path in the words of kg: its routes from drug to disease, and an evidence base of it.

docs/how-to/mechanism-paths.md says how predicates and evidence items are read.
"""

from __future__ import annotations

from collections.abc import Iterator
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

Works = tuple[Citation, ...]
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
        visited = {path.drug, *(link.target for link in current_path)}
        next_links = links_by_source.get(current_node, ())
        stack += [(*current_path, link) for link in next_links if link.target not in visited]
    variants = map(_build_variant, complete_paths)
    return tuple(sorted(variants, key=lambda v: (len(v.links), v.sign == 0)))


def _build_variant(links: tuple[PathLink, ...]) -> PathVariant:
    sign, carried, unclear = 1, 0, None
    for link in links:
        meaning = biolink.find_meaning(link.key)
        sign *= meaning.sign
        carried += meaning.direction_kind is DirectionKind.CARRIED
        unclear = unclear or (None if meaning.sign else link)
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
        meaning = biolink.find_meaning(link.key)
        works = tuple(_list_citations(path, link, number))
        citations += works
        if meaning.direction_kind is DirectionKind.SIGNED:
            claim = _build_claim(path, link, meaning, f"{path.id}-{number}", works)
            claims.append(claim)
            ends = (link.source, meaning.predicate, link.target)
            steps.append(Step(StepKind.CLAIM, *ends, (claim.id,)))
        else:
            note = f"the path says {link.key}, and no direction"
            ends = (link.source, Predicate.INCREASES, link.target)
            steps.append(Step(StepKind.IMPLICIT, *ends, note=note))
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
    path: MechanismPath, link: PathLink, meaning: PredicateMeaning, id: str, works: Works
) -> Claim:
    subject, object = _find_node(path, link.source), _find_node(path, link.target)
    return Claim(
        *(id, path.id, link.line, Role.MECHANISM),
        Proposition(link.source, meaning.predicate, link.target),
        Tier.PLAIN,
        citations=tuple(work.id for work in works),
        paraphrase=f"{subject.name} {link.key} {object.name}",
        location=path.location,
    )


def _build_chain(path: MechanismPath, steps: tuple[Step, ...]) -> ArgumentChain:
    label = " > ".join(_find_node(path, step.object).name for step in steps)
    return ArgumentChain(path.id, path.id, label, path.drug, path.disease, steps)


_SUPPORTING = (SupportVerdict.SUPPORT, SupportVerdict.PARTIAL)


def _list_citations(path: MechanismPath, link: PathLink, number: int) -> Iterator[Citation]:
    """The works of a link, each once; a work that also does not support it supports it no more."""
    works: dict[str, list[PathEvidence]] = {}
    for item in link.evidence:
        works.setdefault(item.reference, []).append(item)
    for place, (reference, items) in enumerate(works.items(), 1):
        is_against = any(item.supports not in _SUPPORTING for item in items)
        supporting_items = [i for i in items if i.supports is SupportVerdict.SUPPORT]
        kind, _, local_id = reference.partition(":")
        yield Citation(
            f"{path.id}-{number}-{place}",
            path.id,
            CitationKind.IN_TEXT,
            link.line,
            Identification.MISMATCH if is_against else Identification.NOT_LOOKED_UP,
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
