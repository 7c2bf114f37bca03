"""Facts about works: what each is said to have found, and how the text names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from kg.model import (
    Citation,
    CitationKind,
    Claim,
    Design,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Identification,
    Role,
    Status,
    Study,
    System,
)
from kg.weaklinks.extract.records import (
    extract_description,
    extract_participants,
    extract_record,
    find_recorded_finding,
    format_study,
)
from kg.weaklinks.facts import CitationFact, FindingFact
from kg.weaklinks.settings import read_words


class MeasurementColumns(TypedDict):
    """The columns of a finding that say what was measured."""

    exposure_label: str
    outcome: str
    outcome_label: str
    kind: str | None
    accepted: frozenset[str] | None


class ExposureColumns(TypedDict):
    """The columns of a row that say what the exposure is."""

    exposure: str
    exposure_kind: str | None
    substance: str | None
    form: str | None
    route: str | None


def find_node_kind(base: EvidenceBase, node_id: str) -> str | None:
    """The kind of an entity, `exposure` for an exposure, None where the id is unknown."""
    if node_id in base.entity:
        return base.entity[node_id].kind
    return "exposure" if node_id in base.exposure else None


def extract_exposure(base: EvidenceBase, id: str) -> ExposureColumns:
    """Substance, form, route and kind of an exposure; an entity has none of them."""
    exposure = base.exposure.get(id)
    if exposure is None:
        is_entity = id in base.entity
        return {
            "exposure": id,
            "exposure_kind": "entity" if is_entity else None,
            "substance": None,
            "form": "unstated" if is_entity else None,
            "route": "none" if is_entity else None,
        }
    unknown = exposure.kind is ExposureKind.UNKNOWN
    return {
        "exposure": id,
        "exposure_kind": None if unknown else exposure.kind,
        "substance": base.get_label(exposure.substance),
        "form": exposure.form or "unstated",
        "route": exposure.route,
    }


def group_claims_by_citation(base: EvidenceBase) -> dict[str, list[Claim]]:
    """The claims that name each citation."""
    naming: dict[str, list[Claim]] = {}
    for claim in base.assertions:
        for id in claim.citations:
            naming.setdefault(id, []).append(claim)
    return naming


def extract_reported_findings(base: EvidenceBase) -> dict[str, dict[str, FindingFact]]:
    """Findings by citation and by the claim that reports them.

    Where a claim reports a study as such, its proposition is what was found; other claims that
    name the same work lean on it. Where none does, each claim that names the work reports it.
    """
    reported = {}
    for id, claims in group_claims_by_citation(base).items():
        if id not in base.citation or not is_work(base.citation[id]):
            continue
        reports = [c for c in claims if c.role is Role.STUDY_REPORT or c.discloses] or claims
        citation = base.citation[id]
        alone = len(reports) == 1
        reported[id] = {
            c.id: _extract_finding(base, citation, c, id if alone else f"{id}@{c.id}")
            for c in reports
        }
    return reported


def extract_recorded_findings(base: EvidenceBase) -> list[FindingFact]:
    """What records report, whatever a text makes of them: of works cited, then of all studies."""
    cited_findings = [
        _extract_recorded_finding(base, study, finding, citation)
        for citation in base.citations
        if (study := _find_study(base, citation)) is not None
        for finding in study.findings
    ]
    return cited_findings + [
        _extract_recorded_finding(base, s, f) for s in base.studies for f in s.findings
    ]


def _extract_recorded_finding(
    base: EvidenceBase, study: Study, finding: Finding, citation: Citation | None = None
) -> FindingFact:
    return FindingFact(
        id=f"{citation.id}@{finding.id}" if citation else finding.id,
        work=citation.id if citation else study.id,
        label=format_citation(citation) if citation else format_study(study),
        source=citation.source if citation else None,
        link=f"{finding.exposure}--{finding.outcome}",
        system=study.system,
        design=study.design,
        recorded=True,
        **extract_participants(base, finding.population or study.population),
        **extract_record(base, study, finding),
        **extract_measurement(base, finding.exposure, finding.outcome),
        **extract_exposure(base, finding.exposure),
    )


def _find_population(
    citation: Citation, study: Study | None, finding: Finding | None
) -> str | None:
    """Who took part: as the text says, else as the record says."""
    described_population = citation.described.population if citation.described else None
    return (
        described_population
        or (finding.population if finding else None)
        or (study.population if study else None)
    )


def is_work(citation: Citation) -> bool:
    """Whether a citation names a work; an appeal to "studies" names none."""
    return citation.kind is not CitationKind.APPEAL and citation.status is not Identification.VAGUE


def _extract_finding(base: EvidenceBase, citation: Citation, claim: Claim, id: str) -> FindingFact:
    study = _find_study(base, citation)
    design = citation.described.design if citation.described else None
    if design in (None, Design.UNSTATED) and study is not None:
        design = study.design
    finding = find_recorded_finding(study, claim) if study else None
    return FindingFact(
        id=id,
        work=citation.id,
        label=format_citation(citation),
        source=claim.source,
        link=f"{claim.proposition.subject}--{claim.proposition.object}",
        system=_find_system(base, citation, claim, study),
        species=study.species if study else None,
        design=None if design is Design.UNSTATED else design,
        **extract_participants(base, _find_population(citation, study, finding)),
        **(extract_record(base, study, finding) if study else extract_description(citation)),
        **extract_measurement(base, claim.proposition.subject, claim.proposition.object),
        **extract_exposure(base, claim.proposition.subject),
    )


def extract_measurement(base: EvidenceBase, subject: str, object: str) -> MeasurementColumns:
    """What was measured under which exposure, in the columns of a finding."""
    return {
        "exposure_label": base.get_label(subject),
        "outcome": object,
        "outcome_label": base.get_label(object),
        "kind": find_node_kind(base, object),
        "accepted": _list_accepted_outcomes(base, object),
    }


def _find_study(base: EvidenceBase, citation: Citation) -> Study | None:
    if citation.status is not Identification.IDENTIFIED or citation.study is None:
        return None
    return base.study.get(citation.study)


def _find_system(
    base: EvidenceBase, citation: Citation, claim: Claim, study: Study | None
) -> System | None:
    if citation.described and citation.described.system:
        return citation.described.system
    exposure: Exposure | None = base.exposure.get(claim.proposition.subject)
    in_vitro = exposure is not None and exposure.kind is ExposureKind.IN_VITRO
    return study.system if study else claim.discloses or (System.IN_VITRO if in_vitro else None)


def _list_accepted_outcomes(base: EvidenceBase, entity_id: str) -> frozenset[str] | None:
    entity = base.entity.get(entity_id)
    if entity is None:
        return None
    return frozenset().union(*(base.find_descendants(s.outcome) for s in entity.surrogate_for))


def extract_citation(
    base: EvidenceBase, citation: Citation, claims: Sequence[Claim] = ()
) -> CitationFact:
    """How a work is named, by which claims, and what became of it."""
    study = _find_study(base, citation)
    values = tuple(f.estimate for f in study.findings if f.estimate is not None) if study else ()
    compared = citation.matches or citation.how_checked
    return CitationFact(
        id=citation.id,
        source=citation.source,
        label=format_citation(citation),
        kind=citation.kind,
        status=citation.status,
        journal=citation.journal,
        year=citation.year,
        record=citation.record,
        matches=citation.matches if compared else None,
        values=values or None,
        seller_funded=study.seller_funded if study else None,
        publication=study.status if study and study.status is not Status.UNKNOWN else None,
        labelled=_is_labelled(citation, claims),
        told_as_study=_is_presented_as_study(citation, claims),
        record_design=study.design if study and study.design is not Design.UNSTATED else None,
    )


def _is_labelled(citation: Citation, claims: Sequence[Claim]) -> bool:
    """Whether the text says what weak kind of publication a work is."""
    text_parts = [
        citation.title,
        citation.journal,
        citation.locator,
        *(w for c in claims for w in c.cues),
    ]
    text = " ".join(word for word in text_parts if word).casefold()
    return any(word in text for word in read_words("words", "weak_publication"))


def _is_presented_as_study(citation: Citation, claims: Sequence[Claim]) -> bool | None:
    """Whether the text calls a work a study; None where it does not speak of it at all."""
    design = citation.described.design if citation.described else None
    if design is not None and design is not Design.UNSTATED:
        return design not in read_words("designs", "secondary")
    if not claims and citation.described is None:
        return None
    return any(c.role is Role.STUDY_REPORT for c in claims)


def format_citation(citation: Citation) -> str:
    """How a text names a work, in words: authors, journal and year, or its title.

    >>> from kg.model import CitationKind, Identification
    >>> format_citation(
    ...     Citation("c", "s", CitationKind.IN_TEXT, 1, Identification.UNIDENTIFIED, "Skin", 2020)
    ... )
    'Skin 2020'
    """
    if citation.journal is None and citation.title:
        return f'"{citation.title}"'
    year = str(citation.year) if citation.year else None
    parts = [p for p in (citation.authors, citation.journal, year) if p]
    return " ".join(parts) or "an unnamed work"
