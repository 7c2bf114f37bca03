"""From an evidence base and its graded pairs to the facts that detectors see.

Works are taken as the text describes them, completed from the record where it is identified,
because a detector tests what a text does with its own sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypedDict

from kg.closure import follow_mapping
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
    find_effect_sign,
    is_benefit,
)
from kg.weaklinks.extract.chains import (
    extract_chain,
    extract_links,
    find_source_chain,
    find_witness,
)
from kg.weaklinks.extract.records import convert_dose, extract_participants
from kg.weaklinks.extract.works import (
    extract_citation,
    extract_exposure,
    extract_measurement,
    extract_recorded_findings,
    extract_reported_findings,
    find_node_kind,
    group_claims_by_citation,
    is_work,
)
from kg.weaklinks.facts import ChainFact, CitationFact, ClaimFact, FindingFact, PairFact, SourceFact
from kg.weaklinks.settings import load_settings, read_threshold, read_words

SENSE_TEMPLATES = {
    Sense.BENEFIT: "{s} for {o}",
    Sense.HARM: "{s} and {o} (as a harm)",
    Sense.INCREASE: "{s} and more {o}",
    Sense.DECREASE: "{s} and less {o}",
}


class FactTables(TypedDict):
    """The arguments of `Facts`."""

    claims: tuple[ClaimFact, ...]
    findings: tuple[FindingFact, ...]
    citations: tuple[CitationFact, ...]
    sources: tuple[SourceFact, ...]
    chains: tuple[ChainFact, ...]
    pairs: tuple[PairFact, ...]
    supporting_findings: Mapping[str, tuple[str, ...]]
    premise_claims: Mapping[str, tuple[str, ...]]
    premises: tuple[FindingFact, ...]
    headline_links: frozenset[str]
    locations_by_table: Mapping[str, Mapping[str, Location]]


def extract_facts(base: EvidenceBase, pairs: tuple[PairGrade, ...]) -> FactTables:
    """The facts of a base and of its pairs, as the arguments of `Facts`."""
    reported = extract_reported_findings(base)
    naming = group_claims_by_citation(base)
    lineage = _collect_premise_claims(base, pairs)
    premises = {c.id: _extract_premise(base, c) for c in base.claims if _is_premise(base, c)}
    described_findings = (f for findings in reported.values() for f in findings.values())
    return {
        "claims": tuple(_extract_claim(base, c) for c in base.assertions),
        "findings": (*described_findings, *extract_recorded_findings(base)),
        "citations": tuple(extract_citation(base, c, naming.get(c.id, ())) for c in base.citations),
        "sources": tuple(_extract_source(s) for s in base.sources),
        "chains": tuple(extract_chain(base, c) for c in base.chains),
        "pairs": tuple(_extract_pair(base, p) for p in pairs),
        "supporting_findings": MappingProxyType(
            _collect_supporting_findings(base, reported, lineage, premises)
        ),
        "premise_claims": MappingProxyType(lineage),
        "premises": tuple(premises.values()),
        "headline_links": _collect_headline_links(pairs),
        "locations_by_table": _collect_locations(base),
    }


def _extract_claim(base: EvidenceBase, claim: Claim) -> ClaimFact:
    subject, predicate, object_id = (
        claim.proposition.subject,
        claim.proposition.predicate,
        claim.proposition.object,
    )
    outcome = base.entity.get(object_id)
    return ClaimFact(
        id=claim.id,
        source=claim.source,
        line=claim.line,
        text=_format_claim(base, claim),
        exposure_label=base.get_label(subject),
        relation=predicate,
        sign=find_effect_sign(predicate, outcome.better) if outcome else None,
        outcome=object_id,
        outcome_label=base.get_label(object_id),
        kind=find_node_kind(base, object_id),
        sigma=int(claim.tier),
        cues=claim.cues,
        role=claim.role,
        presented=claim.presented,
        about_people=claim.population is not None,
        only_deficient=_is_only_deficient(base, claim.population),
        credits_form=claim.credits_form,
        definitional=claim.definitional,
        discloses=claim.discloses,
        quantity=claim.effect.text if claim.effect else None,
        value=claim.effect.value if claim.effect else None,
        cites=_list_citations(base, claim),
        leans_on=_list_supporting_claims(claim),
        exposure_family=_collect_family(base, subject),
        outcome_family=base.find_ancestors(object_id) | base.find_descendants(object_id),
        population=claim.population,
        population_label=extract_participants(base, claim.population)["population_label"],
        conditions=_list_conditions(base, claim.population),
        benefit=_is_benefit(base, claim),
        unit=claim.effect.unit if claim.effect else None,
        baseline=(claim.effect.of or "unstated") if claim.effect else None,
        together=tuple(base.get_label(id) for id in claim.with_),
        **_extract_dose_columns(base, subject),
        **extract_exposure(base, subject),
    )


class DoseColumns(TypedDict):
    """The columns of a claim that say how much is taken, and how much may be."""

    dose: tuple[float, float, str] | None
    limit: float | None


def _extract_dose_columns(base: EvidenceBase, id: str) -> DoseColumns:
    exposure = base.exposure.get(id)
    limits = load_settings()["limits"]
    return {
        "dose": convert_dose(exposure.dose) if exposure else None,
        "limit": limits.get(exposure.substance) if exposure else None,
    }


def _list_conditions(base: EvidenceBase, population: str | None) -> frozenset[str] | None:
    condition = extract_participants(base, population)["condition"]
    return base.find_ancestors(condition) if condition else None


def _is_benefit(base: EvidenceBase, claim: Claim) -> bool | None:
    object_entity = base.entity.get(claim.proposition.object)
    sign = (
        find_effect_sign(claim.proposition.predicate, object_entity.better)
        if object_entity
        else None
    )
    return is_benefit(sign, object_entity.better) if object_entity and sign is not None else False


def _format_claim(base: EvidenceBase, claim: Claim) -> str:
    if claim.paraphrase:
        return f'"{claim.paraphrase.rstrip(".")}"'
    p = claim.proposition
    return (
        f'"{base.get_label(p.subject)} {p.predicate.replace("-", " ")} {base.get_label(p.object)}"'
    )


def _collect_family(base: EvidenceBase, id: str) -> frozenset[str]:
    exposure = base.exposure.get(id)
    if exposure is None:
        return frozenset({id})
    parts = [_collect_family(base, c) for c in exposure.components if c != id]
    own_ids = {id, exposure.substance, *((exposure.form,) if exposure.form else ())}
    return frozenset(own_ids).union(*parts)


def _is_only_deficient(base: EvidenceBase, population: str | None) -> bool | None:
    if population is None:
        return False
    population_record = base.population.get(population)
    return (
        None
        if population_record is None
        else population_record.nutrient_status is NutrientStatus.DEFICIENT
    )


def _list_citations(base: EvidenceBase, claim: Claim) -> tuple[str, ...] | None:
    source = base.source.get(claim.source)
    is_complete = source is not None and (source.references_parsed or source.coverage == "complete")
    return claim.citations if claim.citations or is_complete else None


def _list_supporting_claims(claim: Claim) -> tuple[str, ...]:
    restated = (claim.restates,) if claim.restates else ()
    return tuple(sorted({*claim.leans_on, *restated} - {claim.id}))


def _is_premise(base: EvidenceBase, claim: Claim) -> bool:
    object_entity = base.entity.get(claim.proposition.object)
    sign = (
        find_effect_sign(claim.proposition.predicate, object_entity.better)
        if object_entity
        else None
    )
    works = [id for id in claim.citations if id in base.citation and is_work(base.citation[id])]
    return (
        not works
        and not _list_supporting_claims(claim)
        and sign is not None
        and claim.tier > Tier.NO_CLAIM
    )


def _extract_premise(base: EvidenceBase, claim: Claim) -> FindingFact:
    return FindingFact(
        id=claim.id,
        work=claim.id,
        label=f"the uncited statement {_format_claim(base, claim)}",
        source=claim.source,
        link=f"{claim.proposition.subject}--{claim.proposition.object}",
        **extract_measurement(base, claim.proposition.subject, claim.proposition.object),
        **extract_exposure(base, claim.proposition.subject),
    )


def _collect_premise_claims(
    base: EvidenceBase, pairs: tuple[PairGrade, ...]
) -> dict[str, tuple[str, ...]]:
    argued: dict[str, set[str]] = {}
    for pair in pairs:
        for claim_id in pair.wording.claims:
            claim = base.claim.get(claim_id)
            chain = find_source_chain(pair, claim.source) if claim else None
            steps = {c for link in chain.links for c in link.claims} if chain else set()
            argued.setdefault(claim_id, set()).update(steps)
    direct = {c.id: {*_list_supporting_claims(c), *argued.get(c.id, ())} for c in base.claims}
    return {
        claim_id: tuple(sorted(follow_mapping([claim_id], direct) & direct.keys() - {claim_id}))
        for claim_id in direct
    }


def _collect_supporting_findings(
    base: EvidenceBase,
    reported: Mapping[str, Mapping[str, FindingFact]],
    lineage: Mapping[str, tuple[str, ...]],
    premises: Mapping[str, FindingFact],
) -> dict[str, tuple[str, ...]]:
    def list_own_findings(claim: Claim) -> Iterator[str]:
        for citation in claim.citations:
            findings_by_claim_id = reported.get(citation, {})
            if claim.id in findings_by_claim_id:
                yield findings_by_claim_id[claim.id].id
            else:
                yield from (f.id for f in findings_by_claim_id.values())

    findings_by_claim = {}
    for claim in base.claims:
        ids = set(list_own_findings(claim))
        for id in lineage[claim.id]:
            ids.update(list_own_findings(base.claim[id]))
            if id in premises:
                ids.add(id)
        findings_by_claim[claim.id] = tuple(sorted(ids))
    return findings_by_claim


def _extract_source(source: Source) -> SourceFact:
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
        jurisdiction=load_settings()["jurisdiction"]["name"] or None,
    )


def _extract_pair(base: EvidenceBase, pair: PairGrade) -> PairFact:
    exposure, outcome = base.get_label(pair.exposure), base.get_label(pair.outcome)
    strongest = base.claim.get(pair.wording.strongest or "")
    return PairFact(
        id=pair.id,
        label=SENSE_TEMPLATES[pair.sense].format(s=exposure, o=outcome),
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
        witness=extract_links(base, find_witness(pair)),
        breaks_at=_find_break(pair),
        outcome_family=base.find_descendants(pair.outcome),
        levels=tuple(int(c.certainty.established) for c in pair.chains if not c.found),
        clinical=_is_clinical(base, pair),
    )


def _find_break(pair: PairGrade) -> str | None:
    """The link that a reader should be told first about the best chain."""
    first = find_witness(pair)
    return first.links[first.weakest[0]].id if first and first.weakest else None


def _is_clinical(base: EvidenceBase, pair: PairGrade) -> bool:
    """Whether a claim names exactly this pair, and its outcome is one that people have."""
    propositions = (
        base.claim[claim_id].proposition
        for claim_id in pair.wording.claims
        if claim_id in base.claim
    )
    is_named = any((p.subject, p.object) == (pair.exposure, pair.outcome) for p in propositions)
    return is_named and find_node_kind(base, pair.outcome) in read_words("kinds", "clinical")


def _collect_headline_links(pairs: tuple[PairGrade, ...]) -> frozenset[str]:
    firm = read_threshold("headline_sigma")
    best = (find_witness(p) for p in pairs if p.wording.sigma >= firm)
    argued = (chain for chain in best if chain and not chain.found)
    return frozenset(c for chain in argued for link in chain.links for c in link.claims)


def _collect_locations(base: EvidenceBase) -> Mapping[str, Mapping[str, Location]]:
    tables: dict[str, tuple[Claim | Citation | Study | ArgumentChain | Source, ...]] = {
        "claims": base.claims,
        "citations": base.citations,
        "studies": base.studies,
        "chains": base.chains,
        "sources": base.sources,
    }
    return MappingProxyType(
        {
            name: {t.id: t.location for t in records if t.location is not None}
            for name, records in tables.items()
        }
    )
