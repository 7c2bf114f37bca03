"""Pages of claims, studies, sources, exposures, chains, citations and entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kg.api.audits import audit_base
from kg.api.search import list_users, show_thing
from kg.grading.profiles import load_profile
from kg.model import ChainGrade, Citation, Claim, EvidenceBase, Finding, PairGrade, Reading, Study
from kg.render import phrasing
from kg.render.escape import normalise_link as web
from kg.render.findings.citation_audit import describe_verdict
from kg.render.grade import explain
from kg.render.grade.outcome_view import (
    ChainRow,
    build_chain_row,
    number_links,
    rank_by_gap,
    sort_pairs,
)
from kg.render.thing_links import PageLink, format_citation
from kg.scenarios.request import GradeRequest
from kg.server.views.outcome import render_outcome
from kg.server.views.page_context import (
    PageContext,
    QueryParams,
    build_pair_line,
    list_diagnostic_lines,
)
from kg.server.views.templates import render_template

ThingView = Callable[[PageContext, str, QueryParams], str]


def render_entity(page_context: PageContext, entity_id: str, values: QueryParams) -> str:
    """An outcome with its grade, or what is known of another entity."""
    if entity_id in page_context.grade_library.outcome_ids:
        return render_outcome(page_context, entity_id, values)
    base_entity = page_context.base.entity[entity_id]
    pairs = [
        p
        for p in page_context.grade_library.pairs_by_id.values()
        if _find_substance(page_context, p.exposure) == entity_id
    ]
    return _render_plain_thing(
        page_context,
        "entity",
        entity_id,
        base_entity.label,
        base_entity.kind.value.replace("-", " "),
        base_entity.definition,
        lines=[
            build_pair_line(page_context, p) for p in sorted(pairs, key=rank_by_gap, reverse=True)
        ],
    )


def _find_substance(page_context: PageContext, exposure: str) -> str:
    base_exposure = page_context.base.exposure.get(exposure)
    return base_exposure.substance if base_exposure else ""


def render_exposure(page_context: PageContext, id: str, values: QueryParams) -> str:
    """An exposure with every outcome that it is said or was seen to change."""
    base_exposure = page_context.base.exposure[id]
    pairs = [p for p in page_context.grade_library.pairs_by_id.values() if p.exposure == id]
    kind = f"exposure: {base_exposure.kind.value.replace('-', ' ')}, {base_exposure.route.value}"
    return _render_plain_thing(
        page_context,
        "exposure",
        id,
        base_exposure.label,
        kind,
        "",
        lines=[
            build_pair_line(page_context, p) for p in sorted(pairs, key=rank_by_gap, reverse=True)
        ],
    )


def render_claim(page_context: PageContext, claim_id: str, values: QueryParams) -> str:
    """A claim: what is said, how strongly, on what, and what grading makes of it."""
    base_claim = page_context.base.claim[claim_id]
    pairs = page_context.grade_library.pairs_of_claims.get(claim_id, ())
    proposition = base_claim.proposition
    hits = [d for d in page_context.grade_library.list_weak_links() if d.subject == claim_id]
    return render_template(
        "claim.html",
        to=page_context.page_links,
        about=("claim", claim_id),
        claim=base_claim,
        source=PageLink(
            page_context.base.source[base_claim.source].title,
            page_context.page_links.thing("source", base_claim.source),
        ),
        subject=page_context.link_node(proposition.subject),
        object=page_context.link_node(proposition.object),
        predicate=proposition.predicate.value.replace("-", " "),
        wording=phrasing.TIER_LABELS[base_claim.tier],
        works=[
            (page_context.link_work(c), _describe_status(page_context, c))
            for c in base_claim.citations
        ],
        leans=[page_context.link_claim(c) for c in base_claim.leans_on],
        restates=page_context.link_claim(base_claim.restates) if base_claim.restates else None,
        lines=[build_pair_line(page_context, p) for p in pairs[:10]],
        tree=_build_derivation(page_context, base_claim, pairs[:10]),
        flags=list_diagnostic_lines(page_context, hits),
    )


def _describe_status(page_context: PageContext, citation: str) -> str:
    base_citation = page_context.base.citation.get(citation)
    return base_citation.status.value.replace("-", " ") if base_citation else ""


def render_chain(page_context: PageContext, chain_id: str, values: QueryParams) -> str:
    """A chain of a source, with its derivation."""
    base_chain = page_context.base.chain[chain_id]
    # a chain with a step that is not part of the graph has no grade
    chain_grade, pair = page_context.grade_library.chains_by_id.get(chain_id, (None, None))
    return render_template(
        "chain.html",
        to=page_context.page_links,
        about=("chain", chain_id),
        chain=base_chain,
        source=PageLink(
            page_context.base.source[base_chain.source].title,
            page_context.page_links.thing("source", base_chain.source),
        ),
        exposure=page_context.link_node(base_chain.exposure),
        outcome=page_context.link_node(base_chain.outcome),
        steps=[
            (
                step.kind.value,
                page_context.link_node(step.subject),
                step.predicate.value.replace("-", " "),
                page_context.link_node(step.object),
                [page_context.link_claim(c) for c in step.claims],
                step.note,
            )
            for step in base_chain.steps
        ],
        lines=[build_pair_line(page_context, pair)] if pair else [],
        row=_build_linked_chain_row(page_context, chain_grade, pair)
        if chain_grade and pair
        else None,
        tree=_build_derivation(page_context, chain_grade, (pair,))
        if chain_grade and pair
        else None,
    )


def _build_linked_chain_row(
    page_context: PageContext, chain_grade: ChainGrade, pair: PairGrade
) -> ChainRow:
    """The chain with its break, each step leading to its evidence on the page of the outcome."""
    (grade,) = (g for g in page_context.grade_library.grade_all_pairs() if pair in g.pairs)
    page = page_context.page_links.thing("entity", grade.outcome)
    places = {key: page + place for key, place in number_links(sort_pairs(grade)).items()}
    return build_chain_row(page_context, chain_grade, pair, Reading.ESTABLISHED, places)


def _build_derivation(
    page_context: PageContext, subject: Claim | ChainGrade, pairs: tuple[PairGrade, ...]
) -> explain.DerivationNode:
    return explain.build_derivation(subject, pairs, page_context.base, load_profile("grade"))


def render_study(page_context: PageContext, study_id: str, values: QueryParams) -> str:
    """A study: what it is, where it can be found, what it reports, who leans on it."""
    base_study = page_context.base.study[study_id]
    citing = [c for c in page_context.base.citations if c.study == study_id]
    return render_template(
        "study.html",
        to=page_context.page_links,
        about=("study", study_id),
        study=base_study,
        addresses=list_addresses(base_study),
        population=_label_population(page_context, base_study.population),
        findings=[_describe_finding(page_context, f) for f in base_study.findings],
        citing=[PageLink(f"{c.source}: {format_citation(page_context.base, c.id)}",
                    page_context.page_links.thing("citation", c.id)) for c in citing],
        parts=[page_context.link_work(s) for s in base_study.contains],
    )  # fmt: skip


def list_addresses(cited_work: Study | Citation) -> list[PageLink]:
    """Where a work can be read; only addresses that are safe to follow."""
    places = (
        ("DOI", cited_work.doi and f"doi:{cited_work.doi}"),
        ("PubMed", cited_work.pmid and f"https://pubmed.ncbi.nlm.nih.gov/{cited_work.pmid}/"),
        ("PMC", cited_work.pmcid and f"https://pmc.ncbi.nlm.nih.gov/articles/{cited_work.pmcid}/"),
    )
    safe = ((name, web(place)) for name, place in places if place)
    return [PageLink(name, address) for name, address in safe if address]


def _label_population(page_context: PageContext, id: str | None) -> str:
    base_population = page_context.base.population.get(id or "")
    return base_population.label if base_population else ""


def _describe_finding(page_context: PageContext, finding: Finding) -> Mapping[str, Any]:
    estimate = ""
    if finding.estimate is not None:
        estimate = f"{finding.measure or ''} {finding.estimate:g}".strip()
        if finding.ci_low is not None and finding.ci_high is not None:
            estimate += f" (95% CI {finding.ci_low:g} to {finding.ci_high:g})"
        estimate += f" {finding.unit}" if finding.unit else ""
    return {
        "exposure": page_context.link_node(finding.exposure),
        "outcome": page_context.link_node(finding.outcome),
        "direction": finding.direction.value,
        "n": finding.n,
        "estimate": estimate,
        "bias": finding.risk_of_bias.value if finding.risk_of_bias else "not judged",
        "note": finding.note,
    }


def render_source(page_context: PageContext, source_id: str, values: QueryParams) -> str:
    """A source: its headlines against the evidence, its citations audited, all its claims."""
    base_source = page_context.base.source[source_id]
    source_claims = [c for c in page_context.base.claims if c.source == source_id]
    outcome_grades = page_context.grade_library.grade_all_pairs(GradeRequest(source=source_id))
    pairs = [p for g in outcome_grades for p in g.pairs if p.wording.claims]
    hits = page_context.grade_library.list_weak_links(source_id)
    return render_template(
        "source.html",
        to=page_context.page_links,
        about=("source", source_id),
        source=base_source,
        address=web(base_source.url) if base_source.url else None,
        lines=[build_pair_line(page_context, p, source_id)
               for p in sorted(pairs, key=rank_by_gap, reverse=True)],
        audit=[
            (
                PageLink(e.named, page_context.page_links.thing("citation", e.citation)),
                e.line,
                describe_verdict(e),
                e.verdict.value,
                e.record or e.how,
                e.sure,
            )
            for e in audit_base(page_context.base, source_id).entries
        ],
        claims=[
            (c.line, page_context.link_claim(c.id), phrasing.TIER_LABELS[c.tier],
             c.role.value.replace("-", " "))
            for c in sorted(source_claims, key=lambda c: (c.line, c.id))
        ],
        chains=[PageLink(f"{c.id}: {c.label}", page_context.page_links.thing("chain", c.id))
                for c in page_context.base.chains if c.source == source_id],
        flags=list_diagnostic_lines(page_context, hits),
    )  # fmt: skip


def render_citation(page_context: PageContext, id: str, values: QueryParams) -> str:
    """A work as a source names it, and what became of it."""
    base_citation = page_context.base.citation[id]
    entries = [
        e for e in audit_base(page_context.base, base_citation.source).entries if e.citation == id
    ]
    return render_template(
        "citation.html",
        to=page_context.page_links,
        about=("citation", id),
        citation=base_citation,
        named=format_citation(page_context.base, id),
        status=base_citation.status.value.replace("-", " "),
        source=PageLink(page_context.base.source[base_citation.source].title,
                        page_context.page_links.thing("source", base_citation.source)),
        study=page_context.link_work(base_citation.study) if base_citation.study else None,
        addresses=list_addresses(base_citation),
        audits=[(describe_verdict(e), e.record or e.how, e.sure, [s.evidence for s in e.signs])
                for e in entries],
        claims=[page_context.link_claim(c.id)
                for c in page_context.base.claims if id in c.citations],
    )  # fmt: skip


def render_population(page_context: PageContext, id: str, values: QueryParams) -> str:
    """A population."""
    return _render_plain_thing(
        page_context, "population", id, page_context.base.population[id].label, "population", ""
    )


def _render_plain_thing(
    page_context: PageContext,
    section: str,
    thing_id: str,
    label: str,
    kind: str,
    definition: str,
    lines: list[Any] | None = None,
) -> str:
    """The fields of a thing, what names it, and the pairs that it takes part in."""
    fields = show_thing(page_context.base, thing_id)
    hidden = ("class", "id", "label", "definition", "used_by", "location")
    return render_template(
        "thing.html",
        to=page_context.page_links,
        about=(section, thing_id),
        id=thing_id,
        label=label,
        kind=kind,
        definition=definition,
        fields=[
            (n.replace("_", " "), _format_value(v)) for n, v in fields.items() if n not in hidden
        ],
        lines=lines or [],
        used=[
            page_context.link_subject(user_id)
            for user_id in list_users(page_context.base, thing_id)[:200]
        ],
    )


def _format_value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_format_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_format_value(item) for item in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


THING_VIEWS: Mapping[str, ThingView] = {
    "entity": render_entity,
    "exposure": render_exposure,
    "claim": render_claim,
    "chain": render_chain,
    "study": render_study,
    "source": render_source,
    "citation": render_citation,
    "population": render_population,
}


def list_things_by_section(base: EvidenceBase) -> Mapping[str, Mapping[str, Any]]:
    """By section, all that has a page of its own."""
    return {
        "entity": base.entity,
        "exposure": base.exposure,
        "claim": base.claim,
        "chain": base.chain,
        "study": base.study,
        "source": base.source,
        "citation": base.citation,
        "population": base.population,
    }


def has_page(page_context: PageContext, section: str, thing_id: str) -> bool:
    """Whether there is a page of its own for a thing."""
    return thing_id in list_things_by_section(page_context.base).get(section, {})
