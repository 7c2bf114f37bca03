"""What is asked of a base: a request, and the baselines that it comes to, one for each outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from kg._version import __version__
from kg.errors import UnknownName, UsageError
from kg.grading.chain import conclude_question
from kg.grading.evidence_index import EvidenceChoice, EvidenceIndex
from kg.grading.outcome import (
    find_benefit_sign,
    grade_outcome,
    list_claimed_or_studied_pairs,
    list_headline_outcomes,
)
from kg.grading.pair import classify_sense
from kg.grading.profiles import Profile, load_profile
from kg.grading.question import Question
from kg.model import (
    OUTCOME_KINDS,
    BaseSummary,
    Diagnostic,
    Entity,
    EvidenceBase,
    Exposure,
    Identification,
    OutcomeGrade,
    PairGrade,
    Reading,
    Readings,
    Sense,
    is_benefit,
    normalise,
)
from kg.model.scenarios import Standing
from kg.search.graph import Kernel
from kg.search.kernels import KERNELS

Choice = TypeVar("Choice", bound=StrEnum)

DEFAULT_PROFILE = "grade"
DEFAULT_KERNEL = "embedded"


def parse_choice(choices: type[Choice], name: str, text: str) -> Choice:
    """The member of an enum with this value; UsageError that lists the values there are.

    >>> parse_choice(EvidenceChoice, "evidence", "cited")
    <EvidenceChoice.CITED: 'cited'>
    """
    if text not in set(choices):
        raise UsageError(f"{name} is one of {', '.join(choices)}, not {text[:40]!r}")
    return choices(text)


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """What is to be graded, by which rules and on which evidence: the same for every way in.

    `outcome`, `exposure` and `source` are ids, labels or synonyms as they were typed; None means
    that nobody narrowed it. `profile` and `kernel` are names, see `kg list profiles` and KERNELS.
    `reading` is the one whose breaks are shown; a grade holds all three.

    >>> GradeRequest.parse("acne-scars", evidence="cited").evidence
    <EvidenceChoice.CITED: 'cited'>
    """

    outcome: str | None = None
    exposure: str | None = None
    source: str | None = None
    profile: str = DEFAULT_PROFILE
    evidence: EvidenceChoice = EvidenceChoice.ALL
    reading: Reading = Reading.ESTABLISHED
    kernel: str = DEFAULT_KERNEL

    @classmethod
    def parse(
        cls,
        outcome: str | None = None,
        exposure: str | None = None,
        source: str | None = None,
        profile: str | None = None,
        evidence: str | None = None,
        reading: str | None = None,
        kernel: str | None = None,
    ) -> GradeRequest:
        """The request that somebody's words make; what is None or empty is as by default.

        Raises:
            UsageError: no such evidence or reading. Other names are looked up in a base later.
        """
        return cls(
            outcome or None,
            exposure or None,
            source or None,
            profile or DEFAULT_PROFILE,
            parse_choice(EvidenceChoice, "evidence", evidence or "all"),
            parse_choice(Reading, "reading", reading or "established"),
            kernel or DEFAULT_KERNEL,
        )

    def build_evidence_index(self, base: EvidenceBase) -> EvidenceIndex:
        """Edges and evidence of a base, of the source asked for or all, as `evidence` chooses."""
        return EvidenceIndex(base, select_sources(base, self.source), self.evidence)

    def build_baseline(self, base: EvidenceBase) -> Baseline:
        """The baseline of the one outcome that is asked for, resolved in a base.

        Raises:
            UnknownName: no such outcome, exposure, source, profile or kernel.
            UsageError: the request names no outcome.
        """
        if self.outcome is None:
            raise UsageError("name an outcome (kg list outcomes)")
        return self.build_baselines(base)[0]

    def build_baselines(self, base: EvidenceBase, every: bool = False) -> tuple[Baseline, ...]:
        """One baseline for each outcome that is asked for, as `list_outcomes` has them.

        With `every`, one for each outcome that a claim, an argument or a study is about.
        """
        evidence_index = self.build_evidence_index(base)
        profile = load_profile(self.profile)
        kernel = KERNELS[self.kernel]
        exposure = resolve_exposure(base, self.exposure) if self.exposure else None
        base_summary = summarise_base(evidence_index, profile)
        outcomes = (
            tuple(
                entity
                for entity in base.entities
                if entity.kind in OUTCOME_KINDS
                and list_claimed_or_studied_pairs(evidence_index, entity)
            )
            if every
            else list_outcomes(evidence_index, self.outcome, exposure)
        )
        return tuple(
            Baseline(evidence_index, outcome, exposure, profile, kernel, base_summary)
            for outcome in outcomes
        )


DEFAULT_REQUEST = GradeRequest()


def select_sources(base: EvidenceBase, source: str | None) -> frozenset[str] | None:
    """The one source that is asked for, None for all; UnknownName with near ids."""
    if source is not None and source not in base.source:
        raise UnknownName(
            "source", source, get_close_matches(source, list(base.source), cutoff=0.4)
        )
    return frozenset({source}) if source else None


def resolve_exposure(base: EvidenceBase, name: str) -> Exposure:
    """The exposure of this name; UnknownName with near ones, or with those of a substance."""
    node = base.resolve_node(name, "exposure")
    if isinstance(node, Exposure):
        return node
    raise UnknownName("exposure", name, list_forms(base, name) or base.suggest_ids(name))


def ask_population(base: EvidenceBase, outcome: str, name: str) -> EvidenceBase:
    """The base in which an outcome is asked about in the population of this id or label.

    Works in people of another condition, nutrient status, age or sex are charged for it; where a
    work does not state what the population does, that counts as unknown.

    Raises:
        UnknownName: no such outcome or population; near ids are offered.

    >>> from kg.api import load
    >>> ask_population(load().base, "sleep-quality", "rugby players").entity[
    ...     "sleep-quality"
    ... ].population
    'rugby-players'
    """
    outcome_id = base.resolve_outcome(outcome).id
    ids = {normalise(text): p.id for p in base.populations for text in (p.label, p.id)}
    if normalise(name) not in ids:
        near_ids = [ids[text] for text in get_close_matches(normalise(name), [*ids], cutoff=0.5)]
        raise UnknownName("population", name, tuple(dict.fromkeys(near_ids)))
    id = ids[normalise(name)]
    entities = tuple(
        replace(entity, population=id) if entity.id == outcome_id else entity
        for entity in base.entities
    )
    return replace(base, entities=entities, digest=f"{base.digest}+population:{outcome_id}:{id}")


def list_forms(base: EvidenceBase, name: str) -> tuple[str, ...]:
    """Ids of the exposures of the substance or form with this name; none where it is no such.

    >>> from kg.api import load
    >>> list_forms(load().base, "zinc")[:2], list_forms(load().base, "oral magnesium")
    (('zinc-adequacy', 'zinc-gluconate-oral'), ())
    """
    try:
        node = base.resolve_node(name, "exposure")
    except UnknownName:
        return ()
    if isinstance(node, Exposure):
        return ()
    return tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))


def list_outcomes(
    evidence_index: EvidenceIndex, name: str | None, exposure: Exposure | None
) -> tuple[Entity, ...]:
    """The outcome of this name; without one all that an exposure, or a source, is about.

    Raises:
        UnknownName: no outcome of this name.
        UsageError: nothing is said about what the exposure does, or no source has a headline.
    """
    base = evidence_index.base
    if name is not None:
        return (base.resolve_outcome(name),)
    if exposure is not None:
        object_ids = {
            c.proposition.object
            for c in evidence_index.claims
            if c.proposition.subject == exposure.id
            and evidence_index.find_sign(c.proposition.predicate, c.proposition.object) is not None
        }
        object_ids |= {c.outcome for c in evidence_index.chains if c.exposure == exposure.id}
        object_ids |= {
            item.object
            for items in evidence_index.items_by_object.values()
            for item in items
            if item.subject == exposure.id
        }
        outcome_ids = sorted(object_ids & set(base.entity))
        if not outcome_ids:
            raise UsageError(
                f"nothing is said about what {exposure.id!r} does; see kg list exposures"
            )
    else:
        outcome_ids = list(list_headline_outcomes(evidence_index))
        if not outcome_ids:
            raise UsageError(
                "no headline claims to grade; name one with --outcome (kg list outcomes)"
            )
    return tuple(base.entity[outcome_id] for outcome_id in outcome_ids)


def summarise_base(evidence_index: EvidenceIndex, profile: Profile) -> BaseSummary:
    """What a grade was computed from: sources, counts, profile and versions."""
    base, selected = evidence_index.base, evidence_index.sources
    sources = tuple(s.id for s in base.sources if selected is None or s.id in selected)
    works = [c for c in base.citations if c.source in sources and c.kind.value != "appeal"]
    return BaseSummary(
        sources=sources,
        claims=len(evidence_index.claims),
        studies=len(base.studies),
        works_cited=len(works),
        works_identified=sum(c.status is Identification.IDENTIFIED for c in works),
        profile=profile.name,
        profile_version=profile.version,
        version=__version__,
        digest=base.digest,
    )


@dataclass(frozen=True, slots=True)
class Baseline:
    """One outcome that is asked about, of one exposure or of all that are said to change it.

    It is what scenarios are compared with; `base_summary` says what is graded.
    """

    evidence_index: EvidenceIndex
    outcome: Entity
    exposure: Exposure | None
    profile: Profile
    kernel: Kernel
    base_summary: BaseSummary

    def grade_pairs(self, parts: tuple[EvidenceIndex, ...] = ()) -> tuple[PairGrade, ...]:
        """Grades of the outcome's pairs, with what each of the `parts` carries alone."""
        return grade_outcome(
            self.evidence_index, self.outcome, self.profile, self.kernel, self.exposure, parts
        )

    def build_grade(
        self, pairs: tuple[PairGrade, ...], diagnostics: tuple[Diagnostic, ...] = ()
    ) -> OutcomeGrade:
        """The grade of the outcome that these pairs make up."""
        narrower = self.evidence_index.base.find_descendants(self.outcome.id) - {self.outcome.id}
        return OutcomeGrade(
            outcome=self.outcome.id,
            narrower=tuple(sorted(narrower)),
            pairs=pairs,
            diagnostics=diagnostics,
            base=self.base_summary,
        )

    def list_pairs(self, *others: EvidenceIndex) -> tuple[tuple[Exposure, int], ...]:
        """(exposure, sign) of every pair that the material, or another, brings up; sorted."""
        signed_exposures = set[tuple[str, int]]()
        for material in (self.evidence_index, *others):
            signed_exposures |= list_claimed_or_studied_pairs(material, self.outcome)
        if self.exposure is not None:
            exposure_id = self.exposure.id
            signed_exposures = {p for p in signed_exposures if p[0] == exposure_id} or {
                (exposure_id, find_benefit_sign(self.outcome))
            }
        exposure = self.evidence_index.base.exposure
        return tuple((exposure[id], sign) for id, sign in sorted(signed_exposures))

    def build_question(self, exposure: Exposure, material: EvidenceIndex | None = None) -> Question:
        """The question of an exposure, asked of the material or of another."""
        index = material or self.evidence_index
        return Question(index, exposure, self.outcome, self.profile, self.kernel)

    def classify_sense(self, sign: int) -> Sense:
        """Benefit, harm, or a change that is neither."""
        return classify_sense(is_benefit(sign, self.outcome.better), sign)


def evaluate_standing(
    question: Question, sign: int, raised_links: frozenset[int] = frozenset()
) -> Standing:
    """Where a pair stands, with the links at the indices `raised_links` taken as HIGH."""
    body = question.rate_direct_evidence(sign)[0].established
    certainty = Readings.compute(lambda r: question.judge_standing(sign, r, raised_links))
    last = certainty.established.reasons[-1]
    return Standing(
        levels=certainty.map(lambda c: c.level),
        refuted_by=body.refute,
        conclusion=conclude_question(question, sign, certainty.established.level),
        why=last.text if last.rule == "10" else "direct evidence carries it",
    )
