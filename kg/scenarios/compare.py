"""One pair by the default and by every alternative, before and after fifty copies of one item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from kg.grading.body.appraise import appraise
from kg.grading.evidence import Evidence, merge_reports
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.pair import find_pair_claims
from kg.grading.question import Question
from kg.model import (
    BENCH_SYSTEMS,
    Design,
    Exposure,
    Level,
    Link,
    LinkKind,
    Reading,
    Readings,
    Sense,
    Status,
    Study,
    System,
    Tier,
)
from kg.scenarios.alternatives import ALGEBRAS
from kg.scenarios.alternatives.case import (
    AlgebraAnswer,
    AlgebraComparison,
    Case,
    CaseLink,
    ComparisonRow,
    CopiedStudies,
    PairAnswer,
    RatedWork,
    Scope,
)
from kg.scenarios.alternatives.settings import load_settings
from kg.scenarios.request import Baseline
from kg.search.simple_paths import iterate_simple_paths

COPY_PREFIX = "copy"
DEFAULT_METHOD = "grade"


def compare_algebras(baseline: Baseline, reading: Reading) -> AlgebraComparison | None:
    """The first pair of an outcome (strongest wording, benefit first); None where it has none.

    `reading` is the one in which the copies are added.
    """
    pairs = _sort_pairs(baseline)
    if not pairs:
        return None
    exposure, sign = pairs[0]
    question_before = baseline.build_question(exposure)
    copy_source = _choose_copy_source(question_before, sign, reading)
    question_after = _add_copies(question_before, copy_source) if copy_source else None
    rated_link = (
        copy_source.link if copy_source else _find_weakest_link(question_before, sign, reading)
    )
    views = Readings.compute(lambda r: build_case(question_before, sign, r, rated_link))
    later = build_case(question_after, sign, reading, rated_link) if question_after else None
    return AlgebraComparison(
        exposure=exposure.id,
        outcome=baseline.outcome.id,
        sense=baseline.classify_sense(sign).value,
        reading=reading.value,
        chains=views.map(lambda case: len(case.chains)),
        rows=(
            _build_default_row(question_before, question_after, sign, reading),
            *_build_algebra_rows(views, later),
        ),
        link=rated_link,
        copied_studies=_describe_copies(copy_source) if copy_source else None,
        others=len(pairs) - 1,
        profile=f"{baseline.profile.name} {baseline.profile.version}",
        version=str(load_settings()["version"]),
    )


def rate_pairs_by_algebra(name: str, baseline: Baseline) -> tuple[PairAnswer, ...]:
    """Every pair of an outcome by the alternative of this name, the strongest wording first.

    A method for single links rates the weakest link of the best chain.
    """
    algebra = ALGEBRAS[name]
    pair_answers = []
    for exposure, sign in _sort_pairs(baseline):
        question = baseline.build_question(exposure)
        rated_link = None
        if algebra.scope is Scope.LINK:
            rated_link = _find_weakest_link(question, sign, Reading.BEST_CASE)
        cases = Readings.compute(partial(build_case, question, sign, rated_link=rated_link))
        pair_answers.append(
            PairAnswer(
                exposure.id,
                baseline.outcome.id,
                baseline.classify_sense(sign).value,
                cases.map(algebra.rate_case),
                _compute_levels(question, sign),
                rated_link,
            )
        )
    return tuple(pair_answers)


def _sort_pairs(baseline: Baseline) -> list[tuple[Exposure, int]]:
    """Pairs of exposure and sign that the evidence brings up, the one to compare in front."""
    evidence_index = baseline.evidence_index
    targets = evidence_index.base.find_descendants(baseline.outcome.id)

    def build_sort_key(pair: tuple[Exposure, int]) -> tuple[int, int, int, str]:
        exposure, sign = pair
        claims = find_pair_claims(evidence_index, exposure.id, targets, sign)
        sigma = max((claim.tier for claim in claims), default=Tier.NO_CLAIM)
        sense = baseline.classify_sense(sign)
        return (-int(sigma), -len(claims), list(Sense).index(sense), exposure.id)

    return sorted(baseline.list_pairs(), key=build_sort_key)


# A question as the alternatives see it


def build_case(
    question: Question, sign: int, reading: Reading, rated_link: str | None = None
) -> Case:
    """The chains of a question with a sign in one reading, and the link of this id by itself.

    Chains are those without a repeated node, of up to eight links, and not more than 4000.
    """
    chains = [
        [arc.key for arc in path]
        for path in iterate_simple_paths(question.build_graph(reading), sign)
    ]
    used_keys = {key for chain in chains for key in chain}
    used_keys |= {key for key, link in enumerate(question.links) if link.id == rated_link}
    parts = {key: _build_part(question, question.links[key], reading) for key in sorted(used_keys)}
    alone = next((part for part in parts.values() if part.id == rated_link), None)
    return Case(tuple(tuple(parts[key] for key in chain) for chain in chains), alone)


def _build_part(question: Question, link: Link, reading: Reading) -> CaseLink:
    level = link.effective[reading]
    certain = link.kind is LinkKind.DEFINITIONAL
    items = () if certain else _rate_items(question, link, reading)
    if level and not certain and not any(item.level for item in items):
        items = (*items, RatedWork(f"granted:{link.id}", level))
    return CaseLink(link.id, level, items, certain, link.mechanistic, link.delta)


def _rate_items(question: Question, link: Link, reading: Reading) -> tuple[RatedWork, ...]:
    """The works on a link, each rated alone; those not admitted in the reading are left out."""
    if link.kind is LinkKind.BRIDGE:
        return ()
    items = []
    for item in merge_reports(question.iterate_evidence(link.subject, link.object, link.sign)):
        rating = appraise((item,), question.context, question.profile)[reading]
        if rating.level or rating.refute:
            items.append(
                RatedWork(
                    item.work,
                    rating.level,
                    rating.refute,
                    _assign_civic_letter(item),
                    item.is_identified,
                )
            )
    return tuple(items)


def _assign_civic_letter(item: Evidence) -> str:
    letters = load_settings()["civic"]["letters"]
    if item.system in BENCH_SYSTEMS or item.system is System.ANIMAL:
        return str(letters["preclinical"])
    return str(letters.get(item.design.value, letters["people"]))


def _find_weakest_link(question: Question, sign: int, reading: Reading) -> str | None:
    """Id of the weakest link of the best chain, where there is nothing to copy."""
    chains = build_case(question, sign, reading).chains
    best = max(chains, key=lambda chain: min(part.level for part in chain), default=())
    weak = min((p for p in best if not p.is_certain), key=lambda p: p.level, default=None)
    return weak.id if weak else None


# The volume test


@dataclass(frozen=True, slots=True)
class _CopySource:
    """The item to copy, the id of its link, and its level alone."""

    item: Evidence
    link: str
    level: Level


def _choose_copy_source(question: Question, sign: int, reading: Reading) -> _CopySource | None:
    """The weakest in-vitro item on a chain; else the weakest of all; None where there is none."""
    on_chains = {
        arc.key
        for path in iterate_simple_paths(question.build_graph(reading), sign)
        for arc in path
    } or set(range(len(question.links)))
    copy_sources = []
    for key in sorted(on_chains):
        link = question.links[key]
        if link.kind in (LinkKind.BRIDGE, LinkKind.DEFINITIONAL):
            continue
        for item in merge_reports(question.iterate_evidence(link.subject, link.object, link.sign)):
            level = appraise((item,), question.context, question.profile)[reading].level
            if item.sign == 1 and level:
                copy_sources.append(_CopySource(item, link.id, level))
    return min(copy_sources, key=_rank_copy_source, default=None)


def _rank_copy_source(copy_source: _CopySource) -> tuple[bool, bool, int, str, str]:
    system = copy_source.item.system
    bench = system not in BENCH_SYSTEMS
    return (
        system is not System.IN_VITRO,
        bench,
        int(copy_source.level),
        copy_source.link,
        copy_source.item.work,
    )


def _add_copies(question: Question, copy_source: _CopySource) -> Question:
    """The question asked again of the base with the copies in it."""
    material = question.evidence_index
    copies = tuple(
        _make_copy(copy_source.item, n) for n in range(1, load_settings()["volume"]["copies"] + 1)
    )
    base = replace(material.base, studies=(*material.base.studies, *copies))
    again = EvidenceIndex(base, material.sources, material.choice, material.excluded_works)
    return question.ask_again(again)


def _make_copy(item: Evidence, number: int) -> Study:
    """A study of its own with the same finding; found and verified only if its original is."""
    study_id = f"{COPY_PREFIX}-{number}-of-{item.work}"
    finding = replace(item.finding, id=f"{study_id}.1")
    return Study(
        id=study_id,
        title=f"{COPY_PREFIX} {number} of {item.work}",
        year=0,
        design=item.design or Design.UNSTATED,
        system=item.system or System.HUMAN,
        n=finding.n,
        population=item.population.id if item.population else None,
        status=Status.UNKNOWN,
        read="",
        verified=item.is_identified,
        findings=(finding,),
        seller_funded=item.seller_funded,
    )


def _describe_copies(copy_source: _CopySource) -> CopiedStudies:
    system = copy_source.item.system
    return CopiedStudies(
        copy_source.item.work,
        copy_source.link,
        system.value if system else "unstated",
        int(load_settings()["volume"]["copies"]),
    )


# Rows


def _build_default_row(
    question_before: Question, question_after: Question | None, sign: int, reading: Reading
) -> ComparisonRow:
    method_summary = "weakest link, minus one a leap; direct evidence first"
    levels_before = _compute_levels(question_before, sign)
    later = _compute_levels(question_after, sign)[reading] if question_after else None
    return ComparisonRow(
        DEFAULT_METHOD,
        "chains",
        levels_before.map(lambda level: AlgebraAnswer(None, level.word, method_summary, "default")),
        None if later is None else AlgebraAnswer(None, later.word, method_summary, "default"),
    )


def _compute_levels(question: Question, sign: int) -> Readings[Level]:
    return Readings.compute(lambda reading: question.judge_standing(sign, reading).level)


def _build_algebra_rows(views: Readings[Case], later: Case | None) -> tuple[ComparisonRow, ...]:
    return tuple(
        ComparisonRow(
            name,
            algebra.scope.value,
            views.map(algebra.rate_case),
            algebra.rate_case(later) if later else None,
        )
        for name, algebra in ALGEBRAS.items()
    )
