"""Grades of outcomes and the weak links behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.api.bases import exposure_of, material, summary
from kg.chains.apart import halves
from kg.chains.material import Material
from kg.chains.outcome import grade_outcome, headline_outcomes, raised
from kg.errors import UsageError
from kg.grading.profiles import profile as grading_profile
from kg.model import (
    ChainGrade,
    CitationKind,
    Diagnostic,
    Entity,
    EvidenceBase,
    Exposure,
    OutcomeGrade,
    PairGrade,
)


def grade(
    base: EvidenceBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    diagnostics: bool = True,
) -> tuple[OutcomeGrade, ...]:
    """Grades of one outcome, of all that an exposure is said to change, or of a source's headlines.

    Raises UnknownName for an outcome, exposure, source or profile that does not exist, and
    UsageError where nothing at all is asked about.
    """
    from kg.chains import KERNELS

    given = material(base, source, evidence)
    rules = grading_profile(profile)
    by = KERNELS[kernel]
    agent = exposure_of(base, exposure) if exposure else None
    parts = halves(given)
    grades = []
    for target in outcomes_asked(given, outcome, agent):
        pairs = grade_outcome(given, target, rules, by, agent, parts)
        grades.append(
            OutcomeGrade(
                outcome=target.id,
                narrower=_narrower(base, target),
                pairs=pairs,
                diagnostics=_detect(base, pairs, given, _about(base, target, pairs))
                if diagnostics
                else (),
                base=summary(base, given, rules.name, rules.version),
            )
        )
    return tuple(grades)


def outcomes_asked(
    given: Material, outcome: str | None, agent: Exposure | None
) -> tuple[Entity, ...]:
    """The outcome of this name; without one all that an exposure, or a source, is about."""
    base = given.base
    if outcome is not None:
        return (base.outcome(outcome),)
    if agent is not None:
        said = {
            c.proposition.object
            for c in given.claims
            if c.proposition.subject == agent.id
            and given.sign(c.proposition.predicate, c.proposition.object) is not None
        }
        said |= {c.outcome for c in given.chains if c.exposure == agent.id}
        said |= {i.object for items in given.items.values() for i in items if i.subject == agent.id}
        found = sorted(said & set(base.entity))
        if not found:
            raise UsageError(f"nothing is said about what {agent.id!r} does; see kg list exposures")
        return tuple(base.entity[id] for id in found)
    found = list(headline_outcomes(given))
    if not found:
        raise UsageError("no headline claims to grade; name one with --outcome (kg list outcomes)")
    return tuple(base.entity[id] for id in found)


def _detect(
    base: EvidenceBase,
    pairs: Sequence[PairGrade],
    given: Material,
    about: frozenset[str] | None = None,
) -> tuple[Diagnostic, ...]:
    from kg.weaklinks import detect
    from kg.weaklinks.facts import Facts

    found = detect(Facts.of(base, tuple(pairs)), about=about)
    sources = given.sources
    return tuple(d for d in found if sources is None or not d.source or d.source in sources)


def _about(base: EvidenceBase, outcome: Entity, pairs: Sequence[PairGrade]) -> frozenset[str]:
    """Ids of what concerns an outcome: its claims and links, their citations, its pairs."""
    targets = base.descendants(outcome.id)
    claims = {
        c
        for pair in pairs
        for chain in all_chains(pair)
        for link in chain.links
        for c in link.claims
    }
    claims |= {c for pair in pairs for c in pair.wording.claims}
    claims |= {c.id for c in base.assertions if c.proposition.object in targets}
    known = [base.claim[id] for id in claims if id in base.claim]
    citations = {c for claim in known for c in claim.citations}
    sources = {claim.source for claim in known}
    listed = {c.id for c in base.citations if c.source in sources and c.kind is _LISTED}
    others = {p.id for p in pairs} | {c.id for p in pairs for c in all_chains(p)}
    others |= sources | listed
    return frozenset(claims | citations | others)


_LISTED = CitationKind.REFERENCE_LIST


def all_chains(pair: PairGrade) -> tuple[ChainGrade, ...]:
    """The chains for a claim and those against it."""
    return (*pair.chains, *pair.counter_chains)


def grade_all(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    known: Mapping[str, tuple[PairGrade, ...]] = MappingProxyType({}),
) -> tuple[OutcomeGrade, ...]:
    """Grades of every pair that a claim, an argument or a study puts forward, without detectors.

    The pairs of outcomes that are `known` are taken as they are.
    """
    from kg.chains import KERNELS
    from kg.model.base import OUTCOME_KINDS

    given, rules, by = material(base, source, evidence), grading_profile(profile), KERNELS[kernel]
    about = summary(base, given, rules.name, rules.version)
    return tuple(
        OutcomeGrade(
            outcome=entity.id,
            narrower=_narrower(base, entity),
            pairs=known[entity.id]
            if entity.id in known
            else grade_outcome(given, entity, rules, by),
            diagnostics=(),
            base=about,
        )
        for entity in base.entities
        if entity.kind in OUTCOME_KINDS and raised(given, entity)
    )


def _narrower(base: EvidenceBase, outcome: Entity) -> tuple[str, ...]:
    return tuple(sorted(base.descendants(outcome.id) - {outcome.id}))


def check(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    grades: Sequence[OutcomeGrade] | None = None,
) -> tuple[Diagnostic, ...]:
    """All weak links of a base or of one source: hits and what could not be told, worst first.

    `grades` are those of `grade_all` for the same choices, where somebody has them already.
    """
    given = material(base, source, evidence)
    if grades is None:
        grades = grade_all(base, source, profile, evidence)
    pairs = [p for graded in grades for p in graded.pairs]
    return tuple(sorted(_detect(base, pairs, given), key=lambda d: d.order))
