"""From an evidence base and its graded pairs to the facts that detectors see.

Works are taken as the text describes them, completed from the record where it is identified,
because a detector tests what a text does with its own sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypedDict

from kg.model import (
    ArgumentChain,
    Citation,
    Claim,
    EvidenceBase,
    Location,
    NutrientStatus,
    PairGrade,
    Sense,
    Source,
    Study,
    Tier,
    effect_sign,
    is_benefit,
)
from kg.weaklinks.observe_chains import chain_facts, link_facts, source_chain, witness
from kg.weaklinks.observe_records import dose_fact, who
from kg.weaklinks.observe_works import (
    citation_facts,
    exposure_facts,
    is_work,
    kind_of,
    measured_facts,
    named_in,
    recorded_findings,
    reported_findings,
)
from kg.weaklinks.rows import ChainFact, CitationFact, ClaimFact, FindingFact, PairFact, SourceFact
from kg.weaklinks.settings import settings, threshold, words

SENSES = {
    Sense.BENEFIT: "{s} for {o}",
    Sense.HARM: "{s} and {o} (as a harm)",
    Sense.INCREASE: "{s} and more {o}",
    Sense.DECREASE: "{s} and less {o}",
}


class Tables(TypedDict):
    """The arguments of `Facts`."""

    claims: tuple[ClaimFact, ...]
    findings: tuple[FindingFact, ...]
    citations: tuple[CitationFact, ...]
    sources: tuple[SourceFact, ...]
    chains: tuple[ChainFact, ...]
    pairs: tuple[PairFact, ...]
    lean: Mapping[str, tuple[str, ...]]
    lineage: Mapping[str, tuple[str, ...]]
    premises: tuple[FindingFact, ...]
    headline_links: frozenset[str]
    places: Mapping[str, Mapping[str, Location]]


def observe(base: EvidenceBase, pairs: tuple[PairGrade, ...]) -> Tables:
    """The facts of a base and of its pairs, as the arguments of `Facts`."""
    reported = reported_findings(base)
    naming = named_in(base)
    lineage = _lineage(base, pairs)
    premises = {c.id: _premise(base, c) for c in base.claims if _is_premise(base, c)}
    described = (f for findings in reported.values() for f in findings.values())
    return {
        "claims": tuple(_claim(base, c) for c in base.assertions),
        "findings": (*described, *recorded_findings(base)),
        "citations": tuple(citation_facts(base, c, naming.get(c.id, ())) for c in base.citations),
        "sources": tuple(_source(s) for s in base.sources),
        "chains": tuple(chain_facts(base, c) for c in base.chains),
        "pairs": tuple(_pair(base, p) for p in pairs),
        "lean": MappingProxyType(_lean(base, reported, lineage, premises)),
        "lineage": MappingProxyType(lineage),
        "premises": tuple(premises.values()),
        "headline_links": _headline_links(pairs),
        "places": _places(base),
    }


def _claim(base: EvidenceBase, claim: Claim) -> ClaimFact:
    subject, predicate, object = (
        claim.proposition.subject,
        claim.proposition.predicate,
        claim.proposition.object,
    )
    outcome = base.entity.get(object)
    return ClaimFact(
        id=claim.id,
        source=claim.source,
        line=claim.line,
        text=_text(base, claim),
        exposure_label=base.label(subject),
        relation=predicate,
        sign=effect_sign(predicate, outcome.better) if outcome else None,
        outcome=object,
        outcome_label=base.label(object),
        kind=kind_of(base, object),
        sigma=int(claim.tier),
        cues=claim.cues,
        role=claim.role,
        presented=claim.presented,
        about_people=claim.population is not None,
        only_deficient=_only_deficient(base, claim.population),
        credits_form=claim.credits_form,
        definitional=claim.definitional,
        discloses=claim.discloses,
        quantity=claim.effect.text if claim.effect else None,
        value=claim.effect.value if claim.effect else None,
        cites=_cites(base, claim),
        leans_on=_leans_on(claim),
        exposure_family=_family(base, subject),
        outcome_family=base.ancestors(object) | base.descendants(object),
        population=claim.population,
        population_label=who(base, claim.population)["population_label"],
        conditions=_conditions(base, claim.population),
        benefit=_benefit(base, claim),
        unit=claim.effect.unit if claim.effect else None,
        baseline=(claim.effect.of or "unstated") if claim.effect else None,
        together=tuple(base.label(id) for id in claim.with_),
        **_taken(base, subject),
        **exposure_facts(base, subject),
    )


class Taken(TypedDict):
    """The columns of a claim that say how much is taken, and how much may be."""

    dose: tuple[float, float, str] | None
    limit: float | None


def _taken(base: EvidenceBase, id: str) -> Taken:
    exposure = base.exposure.get(id)
    limits = settings()["limits"]
    return {
        "dose": dose_fact(exposure.dose) if exposure else None,
        "limit": limits.get(exposure.substance) if exposure else None,
    }


def _conditions(base: EvidenceBase, population: str | None) -> frozenset[str] | None:
    condition = who(base, population)["condition"]
    return base.ancestors(condition) if condition else None


def _benefit(base: EvidenceBase, claim: Claim) -> bool | None:
    head = base.entity.get(claim.proposition.object)
    sign = effect_sign(claim.proposition.predicate, head.better) if head else None
    return is_benefit(sign, head.better) if head and sign is not None else False


def _text(base: EvidenceBase, claim: Claim) -> str:
    if claim.paraphrase:
        return f'"{claim.paraphrase.rstrip(".")}"'
    p = claim.proposition
    return f'"{base.label(p.subject)} {p.predicate.replace("-", " ")} {base.label(p.object)}"'


def _family(base: EvidenceBase, id: str) -> frozenset[str]:
    exposure = base.exposure.get(id)
    if exposure is None:
        return frozenset({id})
    parts = [_family(base, c) for c in exposure.components if c != id]
    own = {id, exposure.substance, *((exposure.form,) if exposure.form else ())}
    return frozenset(own).union(*parts)


def _only_deficient(base: EvidenceBase, population: str | None) -> bool | None:
    if population is None:
        return False
    known = base.population.get(population)
    return None if known is None else known.nutrient_status is NutrientStatus.DEFICIENT


def _cites(base: EvidenceBase, claim: Claim) -> tuple[str, ...] | None:
    source = base.source.get(claim.source)
    whole = source is not None and (source.references_parsed or source.coverage == "complete")
    return claim.citations if claim.citations or whole else None


def _leans_on(claim: Claim) -> tuple[str, ...]:
    restated = (claim.restates,) if claim.restates else ()
    return tuple(sorted({*claim.leans_on, *restated} - {claim.id}))


def _is_premise(base: EvidenceBase, claim: Claim) -> bool:
    head = base.entity.get(claim.proposition.object)
    sign = effect_sign(claim.proposition.predicate, head.better) if head else None
    works = [id for id in claim.citations if id in base.citation and is_work(base.citation[id])]
    return not works and not _leans_on(claim) and sign is not None and claim.tier > Tier.NO_CLAIM


def _premise(base: EvidenceBase, claim: Claim) -> FindingFact:
    return FindingFact(
        id=claim.id,
        work=claim.id,
        label=f"the uncited statement {_text(base, claim)}",
        source=claim.source,
        link=f"{claim.proposition.subject}--{claim.proposition.object}",
        **measured_facts(base, claim.proposition.subject, claim.proposition.object),
        **exposure_facts(base, claim.proposition.subject),
    )


def _lineage(base: EvidenceBase, pairs: tuple[PairGrade, ...]) -> dict[str, tuple[str, ...]]:
    argued: dict[str, set[str]] = {}
    for pair in pairs:
        for id in pair.wording.claims:
            claim = base.claim.get(id)
            chain = source_chain(pair, claim.source) if claim else None
            steps = {c for link in chain.links for c in link.claims} if chain else set()
            argued.setdefault(id, set()).update(steps)
    direct = {c.id: {*_leans_on(c), *argued.get(c.id, ())} for c in base.claims}
    return {id: tuple(sorted(_closure(id, direct) - {id})) for id in direct}


def _closure(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        id = todo.pop()
        if id not in seen and id in direct:
            seen.add(id)
            todo.extend(direct[id])
    return seen


def _lean(
    base: EvidenceBase,
    reported: Mapping[str, Mapping[str, FindingFact]],
    lineage: Mapping[str, tuple[str, ...]],
    premises: Mapping[str, FindingFact],
) -> dict[str, tuple[str, ...]]:
    def own(claim: Claim) -> Iterator[str]:
        for citation in claim.citations:
            found = reported.get(citation, {})
            if claim.id in found:
                yield found[claim.id].id
            else:
                yield from (f.id for f in found.values())

    lean = {}
    for claim in base.claims:
        ids = set(own(claim))
        for id in lineage[claim.id]:
            ids.update(own(base.claim[id]))
            if id in premises:
                ids.add(id)
        lean[claim.id] = tuple(sorted(ids))
    return lean


def _source(source: Source) -> SourceFact:
    looked = source.sells or source.seller_links is not None
    return SourceFact(
        id=source.id,
        label=f'"{source.title}"' if source.title else source.id,
        coverage=source.coverage,
        references_parsed=source.references_parsed,
        sells=source.sells if looked else None,
        seller_links=source.seller_links,
        publisher=source.publisher,
        template=source.template,
        jurisdiction=settings()["jurisdiction"]["name"] or None,
    )


def _pair(base: EvidenceBase, pair: PairGrade) -> PairFact:
    exposure, outcome = base.label(pair.exposure), base.label(pair.outcome)
    strongest = base.claim.get(pair.wording.strongest or "")
    return PairFact(
        id=pair.id,
        label=SENSES[pair.sense].format(s=exposure, o=outcome),
        source=strongest.source if strongest else None,
        exposure=pair.exposure,
        exposure_label=exposure,
        outcome=pair.outcome,
        outcome_label=outcome,
        sense=pair.sense,
        sigma=int(pair.wording.sigma),
        gap=pair.gap,
        gap_best=pair.gap_best,
        established=int(pair.certainty.established.level),
        as_described=int(pair.certainty.as_described.level),
        direct=int(pair.direct.ratings.established.level),
        verdict=pair.verdict,
        rewrite=pair.rewrite,
        claims=tuple(sorted(pair.wording.claims)),
        strongest=pair.wording.strongest,
        witness=link_facts(base, witness(pair)),
        breaks_at=_breaks_at(pair),
        outcome_family=base.descendants(pair.outcome),
        levels=tuple(int(c.certainty.established) for c in pair.chains if not c.found),
        clinical=_clinical(base, pair),
    )


def _breaks_at(pair: PairGrade) -> str | None:
    """The link that a reader should be told first about the best chain."""
    first = witness(pair)
    return first.links[first.weakest[0]].id if first and first.weakest else None


def _clinical(base: EvidenceBase, pair: PairGrade) -> bool:
    """Whether a claim names exactly this pair, and its outcome is one that people have."""
    said = (base.claim[c].proposition for c in pair.wording.claims if c in base.claim)
    named = any((p.subject, p.object) == (pair.exposure, pair.outcome) for p in said)
    return named and kind_of(base, pair.outcome) in words("kinds", "clinical")


def _headline_links(pairs: tuple[PairGrade, ...]) -> frozenset[str]:
    firm = threshold("headline_sigma")
    best = (witness(p) for p in pairs if p.wording.sigma >= firm)
    argued = (chain for chain in best if chain and not chain.found)
    return frozenset(c for chain in argued for link in chain.links for c in link.claims)


def _places(base: EvidenceBase) -> Mapping[str, Mapping[str, Location]]:
    tables: dict[str, tuple[Claim | Citation | Study | ArgumentChain | Source, ...]] = {
        "claims": base.claims,
        "citations": base.citations,
        "studies": base.studies,
        "chains": base.chains,
        "sources": base.sources,
    }
    return MappingProxyType(
        {
            name: {t.id: t.location for t in things if t.location is not None}
            for name, things in tables.items()
        }
    )
