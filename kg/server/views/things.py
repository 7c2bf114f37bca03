"""Pages of claims, studies, sources, exposures, chains, citations and entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kg import api
from kg.api.things import show, users
from kg.grading.profiles import profile
from kg.model import ChainGrade, Citation, Claim, EvidenceBase, Finding, PairGrade, Reading, Study
from kg.render import explain, words
from kg.render.audit import said
from kg.render.escape import link as web
from kg.server.library import Choices
from kg.server.links import Ref
from kg.server.templates import render
from kg.server.views.evidence import ChainRow, anchors, chain_row
from kg.server.views.outcome import in_order, outcome
from kg.server.views.shelf import (
    Shelf,
    Values,
    by_gap,
    citation_words,
    flags,
    pair_line,
)

View = Callable[[Shelf, str, Values], str]


def entity(shelf: Shelf, id: str, values: Values) -> str:
    """An outcome with its grade, or what is known of another entity."""
    if id in shelf.library.graded:
        return outcome(shelf, id, values)
    found = shelf.base.entity[id]
    pairs = [p for p in shelf.library.pairs.values() if _substance(shelf, p.exposure) == id]
    return _plain(
        shelf,
        "entity",
        id,
        found.label,
        found.kind.value.replace("-", " "),
        found.definition,
        lines=[pair_line(shelf, p) for p in sorted(pairs, key=by_gap, reverse=True)],
    )


def _substance(shelf: Shelf, exposure: str) -> str:
    found = shelf.base.exposure.get(exposure)
    return found.substance if found else ""


def exposure(shelf: Shelf, id: str, values: Values) -> str:
    """An exposure with every outcome that it is said or was seen to change."""
    found = shelf.base.exposure[id]
    pairs = [p for p in shelf.library.pairs.values() if p.exposure == id]
    kind = f"exposure: {found.kind.value.replace('-', ' ')}, {found.route.value}"
    return _plain(
        shelf,
        "exposure",
        id,
        found.label,
        kind,
        "",
        lines=[pair_line(shelf, p) for p in sorted(pairs, key=by_gap, reverse=True)],
    )


def claim(shelf: Shelf, id: str, values: Values) -> str:
    """A claim: what is said, how strongly, on what, and what grading makes of it."""
    found = shelf.base.claim[id]
    pairs = shelf.library.pairs_of_claims.get(id, ())
    about = found.proposition
    hits = [d for d in shelf.library.diagnostics() if d.subject == id]
    return render(
        "claim.html",
        to=shelf.to,
        about=("claim", id),
        claim=found,
        source=Ref(shelf.base.source[found.source].title, shelf.to.thing("source", found.source)),
        subject=shelf.node(about.subject),
        object=shelf.node(about.object),
        predicate=about.predicate.value.replace("-", " "),
        wording=words.TIERS[found.tier],
        works=[(shelf.work(c), _became(shelf, c)) for c in found.citations],
        leans=[shelf.claim(c) for c in found.leans_on],
        restates=shelf.claim(found.restates) if found.restates else None,
        lines=[pair_line(shelf, p) for p in pairs[:10]],
        tree=_derivation(shelf, found, pairs[:10]),
        flags=flags(shelf, hits),
    )


def _became(shelf: Shelf, citation: str) -> str:
    found = shelf.base.citation.get(citation)
    return found.status.value.replace("-", " ") if found else ""


def chain(shelf: Shelf, id: str, values: Values) -> str:
    """A chain of a source, with its derivation."""
    found = shelf.base.chain[id]
    # a chain with a step that is not part of the graph has no grade
    graded, pair = shelf.library.chains.get(id, (None, None))
    return render(
        "chain.html",
        to=shelf.to,
        about=("chain", id),
        chain=found,
        source=Ref(shelf.base.source[found.source].title, shelf.to.thing("source", found.source)),
        exposure=shelf.node(found.exposure),
        outcome=shelf.node(found.outcome),
        steps=[
            (
                step.kind.value,
                shelf.node(step.subject),
                step.predicate.value.replace("-", " "),
                shelf.node(step.object),
                [shelf.claim(c) for c in step.claims],
                step.note,
            )
            for step in found.steps
        ],
        lines=[pair_line(shelf, pair)] if pair else [],
        row=_row(shelf, graded, pair) if graded and pair else None,
        tree=_derivation(shelf, graded, (pair,)) if graded and pair else None,
    )


def _row(shelf: Shelf, graded: ChainGrade, pair: PairGrade) -> ChainRow:
    """The chain with its break, each step leading to its evidence on the page of the outcome."""
    (grade,) = (g for g in shelf.library.all_grades() if pair in g.pairs)
    page = shelf.to.thing("entity", grade.outcome)
    places = {key: page + place for key, place in anchors(in_order(grade)).items()}
    return chain_row(shelf, graded, pair, Reading.ESTABLISHED, places)


def _derivation(
    shelf: Shelf, subject: Claim | ChainGrade, pairs: tuple[PairGrade, ...]
) -> explain.Branch:
    return explain.derivation(subject, pairs, shelf.base, profile("grade"))


def study(shelf: Shelf, id: str, values: Values) -> str:
    """A study: what it is, where it can be found, what it reports, who leans on it."""
    found = shelf.base.study[id]
    citing = [c for c in shelf.base.citations if c.study == id]
    return render(
        "study.html",
        to=shelf.to,
        about=("study", id),
        study=found,
        addresses=addresses(found),
        population=_population(shelf, found.population),
        findings=[_finding(shelf, f) for f in found.findings],
        citing=[Ref(f"{c.source}: {citation_words(shelf.base, c.id)}",
                    shelf.to.thing("citation", c.id)) for c in citing],
        parts=[shelf.work(s) for s in found.contains],
    )  # fmt: skip


def addresses(found: Study | Citation) -> list[Ref]:
    """Where a work can be read; only addresses that are safe to follow."""
    places = (
        ("DOI", found.doi and f"doi:{found.doi}"),
        ("PubMed", found.pmid and f"https://pubmed.ncbi.nlm.nih.gov/{found.pmid}/"),
        ("PMC", found.pmcid and f"https://pmc.ncbi.nlm.nih.gov/articles/{found.pmcid}/"),
    )
    safe = ((name, web(place)) for name, place in places if place)
    return [Ref(name, address) for name, address in safe if address]


def _population(shelf: Shelf, id: str | None) -> str:
    found = shelf.base.population.get(id or "")
    return found.label if found else ""


def _finding(shelf: Shelf, finding: Finding) -> Mapping[str, Any]:
    estimate = ""
    if finding.estimate is not None:
        estimate = f"{finding.measure or ''} {finding.estimate:g}".strip()
        if finding.ci_low is not None and finding.ci_high is not None:
            estimate += f" (95% CI {finding.ci_low:g} to {finding.ci_high:g})"
        estimate += f" {finding.unit}" if finding.unit else ""
    return {
        "exposure": shelf.node(finding.exposure),
        "outcome": shelf.node(finding.outcome),
        "direction": finding.direction.value,
        "n": finding.n,
        "estimate": estimate,
        "bias": finding.risk_of_bias.value if finding.risk_of_bias else "not judged",
        "note": finding.note,
    }


def source(shelf: Shelf, id: str, values: Values) -> str:
    """A source: its headlines against the evidence, its citations audited, all its claims."""
    found = shelf.base.source[id]
    own = [c for c in shelf.base.claims if c.source == id]
    graded = shelf.library.all_grades(Choices(source=id))
    pairs = [p for g in graded for p in g.pairs if p.wording.claims]
    hits = shelf.library.diagnostics(id)
    return render(
        "source.html",
        to=shelf.to,
        about=("source", id),
        source=found,
        address=web(found.url) if found.url else None,
        lines=[pair_line(shelf, p, id) for p in sorted(pairs, key=by_gap, reverse=True)],
        audit=[
            (
                Ref(e.named, shelf.to.thing("citation", e.citation)),
                e.line,
                said(e),
                e.verdict.value,
                e.record or e.how,
                e.sure,
            )
            for e in api.audit(shelf.base, id).entries
        ],
        claims=[
            (c.line, shelf.claim(c.id), words.TIERS[c.tier], c.role.value.replace("-", " "))
            for c in sorted(own, key=lambda c: (c.line, c.id))
        ],
        chains=[Ref(f"{c.id}: {c.label}", shelf.to.thing("chain", c.id))
                for c in shelf.base.chains if c.source == id],
        flags=flags(shelf, hits),
    )  # fmt: skip


def citation(shelf: Shelf, id: str, values: Values) -> str:
    """A work as a source names it, and what became of it."""
    found = shelf.base.citation[id]
    entries = [e for e in api.audit(shelf.base, found.source).entries if e.citation == id]
    return render(
        "citation.html",
        to=shelf.to,
        about=("citation", id),
        citation=found,
        named=citation_words(shelf.base, id),
        status=found.status.value.replace("-", " "),
        source=Ref(shelf.base.source[found.source].title, shelf.to.thing("source", found.source)),
        study=shelf.work(found.study) if found.study else None,
        addresses=addresses(found),
        audits=[(said(e), e.record or e.how, e.sure, [s.evidence for s in e.signs])
                for e in entries],
        claims=[shelf.claim(c.id) for c in shelf.base.claims if id in c.citations],
    )  # fmt: skip


def population(shelf: Shelf, id: str, values: Values) -> str:
    """A population."""
    return _plain(shelf, "population", id, shelf.base.population[id].label, "population", "")


def _plain(
    shelf: Shelf,
    section: str,
    id: str,
    label: str,
    kind: str,
    definition: str,
    lines: list[Any] | None = None,
) -> str:
    """The fields of a thing, what names it, and the pairs that it takes part in."""
    fields = show(shelf.base, id)
    hidden = ("class", "id", "label", "definition", "used_by", "location")
    return render(
        "thing.html",
        to=shelf.to,
        about=(section, id),
        id=id,
        label=label,
        kind=kind,
        definition=definition,
        fields=[(n.replace("_", " "), _told(v)) for n, v in fields.items() if n not in hidden],
        lines=lines or [],
        used=[shelf.subject(user) for user in users(shelf.base, id)[:200]],
    )


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_told(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_told(item) for item in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


VIEWS: Mapping[str, View] = {
    "entity": entity,
    "exposure": exposure,
    "claim": claim,
    "chain": chain,
    "study": study,
    "source": source,
    "citation": citation,
    "population": population,
}


def tables(base: EvidenceBase) -> Mapping[str, Mapping[str, Any]]:
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


def known(shelf: Shelf, section: str, id: str) -> bool:
    """Whether there is a page of its own for a thing."""
    return id in tables(shelf.base).get(section, {})
