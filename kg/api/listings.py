"""The kinds that `kg list` knows, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model import EvidenceBase

TableRow = Sequence[str]


@dataclass(frozen=True, slots=True)
class ListingKind:
    """A kind of thing: its columns and its rows; `needs_base` says whether a base is needed.

    `select_ids` gives the ids of those that concern a source, where no column says it.
    """

    column_names: tuple[str, ...]
    list_rows: Callable[[EvidenceBase], Iterable[TableRow]]
    needs_base: bool = True
    select_ids: Callable[[EvidenceBase, str], frozenset[str]] | None = None


def list_rows(
    kind: str, base: EvidenceBase | None, source: str | None = None
) -> tuple[tuple[str, ...], list[TableRow]]:
    """Names of the columns, and rows of a kind.

    Args:
        kind: A name of LISTING_KINDS.
        base: The base; None for kinds that need none.
        source: Id of a source; None for all.
    """
    from kg.errors import UsageError
    from kg.model import EvidenceBase as Base

    listing_kind = LISTING_KINDS[kind]
    kind_rows = list(listing_kind.list_rows(base or Base()))
    if source is None:
        return listing_kind.column_names, kind_rows
    if listing_kind.select_ids is not None:
        ids = listing_kind.select_ids(base or Base(), source)
        return listing_kind.column_names, [row for row in kind_rows if row[0] in ids]
    if "source" not in listing_kind.column_names:
        raise UsageError(f"{kind} do not belong to a source; leave --source out")
    column = listing_kind.column_names.index("source")
    return listing_kind.column_names, [row for row in kind_rows if row[column] == source]


def _list_entities(base: EvidenceBase) -> Iterable[TableRow]:
    return ((e.id, e.kind.value, e.label) for e in base.entities)


def _list_outcomes(base: EvidenceBase) -> Iterable[TableRow]:
    """What a source claims something about or a study measured."""
    from collections import Counter

    from kg.model import OUTCOME_KINDS

    claim_counts = Counter(claim.proposition.object for claim in base.claims)
    finding_counts = Counter(f.outcome for study in base.studies for f in study.findings)
    return (
        (e.id, e.kind.value, str(claim_counts[e.id]), str(finding_counts[e.id]), e.label)
        for e in base.entities
        if e.kind in OUTCOME_KINDS and (claim_counts[e.id] or finding_counts[e.id])
    )


def _list_exposures(base: EvidenceBase) -> Iterable[TableRow]:
    return ((e.id, e.kind.value, e.route.value, e.form or "", e.label) for e in base.exposures)


def _list_populations(base: EvidenceBase) -> Iterable[TableRow]:
    return (
        (p.id, p.condition or "", str(p.nutrient_status or ""), p.label) for p in base.populations
    )


def _list_sources(base: EvidenceBase) -> Iterable[TableRow]:
    count: dict[str, int] = {}
    for claim in base.claims:
        count[claim.source] = count.get(claim.source, 0) + 1
    return ((s.id, s.kind, s.coverage, str(count.get(s.id, 0)), s.title) for s in base.sources)


def _list_claims(base: EvidenceBase) -> Iterable[TableRow]:
    for c in base.claims:
        proposition = c.proposition
        statement_text = f"{proposition.subject} {proposition.predicate} {proposition.object}"
        yield c.id, c.source, str(c.line), c.role.value, _name_tier(c.tier), statement_text


def _name_tier(tier: int) -> str:
    from kg.model import Tier
    from kg.render.phrasing import TIER_LABELS

    return TIER_LABELS[Tier(tier)]


def _list_citations(base: EvidenceBase) -> Iterable[TableRow]:
    for c in base.citations:
        citation_text = " ".join(
            str(part) for part in (c.authors, c.title, c.journal, c.year) if part
        )
        yield c.id, c.source, c.kind.value, c.status.value, citation_text


def _list_studies(base: EvidenceBase) -> Iterable[TableRow]:
    for s in base.studies:
        keys = (("doi", s.doi), ("pmid", s.pmid), ("pmcid", s.pmcid), ("", s.registration))
        key = next((f"{kind}:{value}".lstrip(":") for kind, value in keys if value), "")
        yield s.id, str(s.year), s.design.value, s.system.value, key, s.title


def _list_findings(base: EvidenceBase) -> Iterable[TableRow]:
    for study in base.studies:
        for f in study.findings:
            yield f.id, study.id, f.exposure, f.direction.value, f.outcome


def _list_chains(base: EvidenceBase) -> Iterable[TableRow]:
    return ((c.id, c.source, c.exposure, c.outcome, c.label) for c in base.chains)


def _list_conflicts(base: EvidenceBase) -> Iterable[TableRow]:
    return ((c.id, c.kind.value, c.resolution.value, c.label) for c in base.conflicts)


def _select_conflicts_of_source(base: EvidenceBase, source: str) -> frozenset[str]:
    claim_ids = {c.id for c in base.claims if c.source == source}
    return frozenset(c.id for c in base.conflicts if claim_ids.intersection(c.claims))


def _list_profiles(base: EvidenceBase) -> Iterable[TableRow]:
    from kg.grading.profiles import list_profiles, load_profile

    return ((p.name, p.version, p.title) for p in map(load_profile, list_profiles()))


def _list_detectors(base: EvidenceBase) -> Iterable[TableRow]:
    from kg.weaklinks import DETECTORS

    return (
        (code, detector.rate_usual_hit().word, detector.name)
        for code, detector in DETECTORS.iterate_working()
    )


def _list_queries(base: EvidenceBase) -> Iterable[TableRow]:
    from kg.queries import load_catalogue

    for name, query in load_catalogue().items():
        yield name, query.title, ", ".join(p.name for p in query.parameters)


def _list_kernels(base: EvidenceBase) -> Iterable[TableRow]:
    from kg.search.kernels import KERNELS

    return ((name, KERNELS.find_target(name)) for name in KERNELS)


def _list_renderers(base: EvidenceBase) -> Iterable[TableRow]:
    from kg.render import GRADE_RENDERERS

    return ((name, GRADE_RENDERERS.find_target(name)) for name in GRADE_RENDERERS)


LISTING_KINDS: Mapping[str, ListingKind] = {
    "outcomes": ListingKind(("id", "kind", "claims", "findings", "label"), _list_outcomes),
    "exposures": ListingKind(("id", "kind", "route", "form", "label"), _list_exposures),
    "entities": ListingKind(("id", "kind", "label"), _list_entities),
    "populations": ListingKind(("id", "condition", "nutrient status", "label"), _list_populations),
    "sources": ListingKind(("id", "kind", "coverage", "claims", "title"), _list_sources),
    "claims": ListingKind(("id", "source", "line", "role", "wording", "says"), _list_claims),
    "chains": ListingKind(("id", "source", "exposure", "outcome", "label"), _list_chains),
    "conflicts": ListingKind(
        ("id", "kind", "resolution", "label"),
        _list_conflicts,
        select_ids=_select_conflicts_of_source,
    ),
    "citations": ListingKind(("id", "source", "kind", "status", "work"), _list_citations),
    "studies": ListingKind(
        ("id", "year", "design", "system", "identifier", "title"), _list_studies
    ),
    "findings": ListingKind(("id", "study", "exposure", "direction", "outcome"), _list_findings),
    "queries": ListingKind(("name", "title", "parameters"), _list_queries, needs_base=False),
    "detectors": ListingKind(("code", "severity", "name"), _list_detectors, needs_base=False),
    "profiles": ListingKind(("name", "version", "title"), _list_profiles, needs_base=False),
    "kernels": ListingKind(("name", "module"), _list_kernels, needs_base=False),
    "renderers": ListingKind(("name", "module"), _list_renderers, needs_base=False),
}
