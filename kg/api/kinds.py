"""The kinds that `kg list` knows, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model import EvidenceBase

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its columns and its rows; `of_base` says whether a base is needed.

    `within` gives the ids of those that concern a source, where no column says it.
    """

    head: tuple[str, ...]
    rows: Callable[[EvidenceBase], Iterable[Row]]
    of_base: bool = True
    within: Callable[[EvidenceBase, str], frozenset[str]] | None = None


def rows(
    kind: str, base: EvidenceBase | None, source: str | None = None
) -> tuple[tuple[str, ...], list[Row]]:
    """Head and rows of a kind; with a source, only the rows that are of it."""
    from kg.errors import UsageError
    from kg.model import EvidenceBase as Base

    chosen = KINDS[kind]
    found = list(chosen.rows(base or Base()))
    if source is None:
        return chosen.head, found
    if chosen.within is not None:
        ids = chosen.within(base or Base(), source)
        return chosen.head, [row for row in found if row[0] in ids]
    if "source" not in chosen.head:
        raise UsageError(f"{kind} do not belong to a source; leave --source out")
    column = chosen.head.index("source")
    return chosen.head, [row for row in found if row[column] == source]


def _entities(base: EvidenceBase) -> Iterable[Row]:
    return ((e.id, e.kind.value, e.label) for e in base.entities)


def _outcomes(base: EvidenceBase) -> Iterable[Row]:
    """What a source claims something about or a study measured."""
    from collections import Counter

    from kg.model import OUTCOME_KINDS

    claimed = Counter(claim.proposition.object for claim in base.claims)
    measured = Counter(f.outcome for study in base.studies for f in study.findings)
    return (
        (e.id, e.kind.value, str(claimed[e.id]), str(measured[e.id]), e.label)
        for e in base.entities
        if e.kind in OUTCOME_KINDS and (claimed[e.id] or measured[e.id])
    )


def _exposures(base: EvidenceBase) -> Iterable[Row]:
    return ((e.id, e.kind.value, e.route.value, e.form or "", e.label) for e in base.exposures)


def _populations(base: EvidenceBase) -> Iterable[Row]:
    return (
        (p.id, p.condition or "", str(p.nutrient_status or ""), p.label) for p in base.populations
    )


def _sources(base: EvidenceBase) -> Iterable[Row]:
    count: dict[str, int] = {}
    for claim in base.claims:
        count[claim.source] = count.get(claim.source, 0) + 1
    return ((s.id, s.kind, s.coverage, str(count.get(s.id, 0)), s.title) for s in base.sources)


def _claims(base: EvidenceBase) -> Iterable[Row]:
    for c in base.claims:
        about = c.proposition
        said = f"{about.subject} {about.predicate} {about.object}"
        yield c.id, c.source, str(c.line), c.role.value, _tier(c.tier), said


def _tier(tier: int) -> str:
    from kg.model import Tier
    from kg.render.words import TIERS

    return TIERS[Tier(tier)]


def _citations(base: EvidenceBase) -> Iterable[Row]:
    for c in base.citations:
        named = " ".join(str(part) for part in (c.authors, c.title, c.journal, c.year) if part)
        yield c.id, c.source, c.kind.value, c.status.value, named


def _studies(base: EvidenceBase) -> Iterable[Row]:
    for s in base.studies:
        keys = (("doi", s.doi), ("pmid", s.pmid), ("pmcid", s.pmcid), ("", s.registration))
        key = next((f"{kind}:{value}".lstrip(":") for kind, value in keys if value), "")
        yield s.id, str(s.year), s.design.value, s.system.value, key, s.title


def _findings(base: EvidenceBase) -> Iterable[Row]:
    for study in base.studies:
        for f in study.findings:
            yield f.id, study.id, f.exposure, f.direction.value, f.outcome


def _chains(base: EvidenceBase) -> Iterable[Row]:
    return ((c.id, c.source, c.exposure, c.outcome, c.label) for c in base.chains)


def _conflicts(base: EvidenceBase) -> Iterable[Row]:
    return ((c.id, c.kind.value, c.resolution.value, c.label) for c in base.conflicts)


def _conflicts_within(base: EvidenceBase, source: str) -> frozenset[str]:
    of_source = {c.id for c in base.claims if c.source == source}
    return frozenset(c.id for c in base.conflicts if of_source.intersection(c.claims))


def _profiles(base: EvidenceBase) -> Iterable[Row]:
    from kg.grading.profiles import profile, profile_names

    return ((p.name, p.version, p.title) for p in map(profile, profile_names()))


def _detectors(base: EvidenceBase) -> Iterable[Row]:
    from kg.weaklinks import DETECTORS

    return ((code, DETECTORS[code].severity.word, DETECTORS[code].name) for code in DETECTORS)


def _queries(base: EvidenceBase) -> Iterable[Row]:
    from kg.queries import catalogue

    for name, query in catalogue().items():
        yield name, query.title, ", ".join(p.name for p in query.parameters)


def _kernels(base: EvidenceBase) -> Iterable[Row]:
    from kg.chains import KERNELS

    return ((name, KERNELS.target(name)) for name in KERNELS)


def _renderers(base: EvidenceBase) -> Iterable[Row]:
    from kg.render import RENDERERS

    return ((name, RENDERERS.target(name)) for name in RENDERERS)


KINDS: Mapping[str, Kind] = {
    "outcomes": Kind(("id", "kind", "claims", "findings", "label"), _outcomes),
    "exposures": Kind(("id", "kind", "route", "form", "label"), _exposures),
    "entities": Kind(("id", "kind", "label"), _entities),
    "populations": Kind(("id", "condition", "nutrient status", "label"), _populations),
    "sources": Kind(("id", "kind", "coverage", "claims", "title"), _sources),
    "claims": Kind(("id", "source", "line", "role", "wording", "says"), _claims),
    "chains": Kind(("id", "source", "exposure", "outcome", "label"), _chains),
    "conflicts": Kind(("id", "kind", "resolution", "label"), _conflicts, within=_conflicts_within),
    "citations": Kind(("id", "source", "kind", "status", "work"), _citations),
    "studies": Kind(("id", "year", "design", "system", "identifier", "title"), _studies),
    "findings": Kind(("id", "study", "exposure", "direction", "outcome"), _findings),
    "queries": Kind(("name", "title", "parameters"), _queries, of_base=False),
    "detectors": Kind(("code", "severity", "name"), _detectors, of_base=False),
    "profiles": Kind(("name", "version", "title"), _profiles, of_base=False),
    "kernels": Kind(("name", "module"), _kernels, of_base=False),
    "renderers": Kind(("name", "module"), _renderers, of_base=False),
}
