"""What a guideline methodologist expects of the shipped base: verdict and level of each outcome.

The third column is the level of support, the fourth that of the evidence against. Whoever changes
data or grading so that a row moves has to say why the new word is the right one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from kg.api import grade
from kg.api.grades import grade_all
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.profiles import load_profile
from kg.grading.question import Question
from kg.model import (
    CitationKind,
    Claim,
    EvidenceBase,
    ExposureKind,
    LinkKind,
    PairGrade,
    Predicate,
    Proposition,
    Role,
    Route,
    Sense,
    Tier,
)
from kg.scenarios.request import GradeRequest
from kg.search.kernels import KERNELS
from tests.support.shipped import grade_shipped
from tests.support.shipped import load_shipped as base

GLYCINATE, ANY = "magnesium-glycinate-oral", "magnesium-oral"
ARTICLES = ("acne-scars-article", "back-acne-article", "joint-mobility-article")

EXPECTED = [
    # outcome, exposure, sense, verdict, support, against
    ("acne-scars", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("atrophic-scars", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("hypertrophic-scars", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("pih", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("back-acne", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("back-acne", GLYCINATE, "harm", "unsupported", "none", "none"),
    ("back-acne", ANY, "benefit", "unsupported", "none", "none"),
    ("back-acne", ANY, "harm", "unsupported", "none", "none"),
    ("joint-mobility", GLYCINATE, "benefit", "unsupported", "none", "none"),
    ("sleep", ANY, "benefit", "contested", "low", "low"),
    ("sleep", GLYCINATE, "benefit", "inconclusive", "very low", "very low"),
    ("insomnia", "magnesium-oxide-oral", "benefit", "supported", "very low", "none"),
    ("muscle-cramps", ANY, "benefit", "refuted", "none", "moderate"),
    ("muscle-cramps", "magnesium-oxide-oral", "benefit", "refuted", "none", "moderate"),
    ("pregnancy-cramps", GLYCINATE, "benefit", "inconclusive", "very low", "very low"),
    ("skin-barrier", ANY, "benefit", "unsupported", "none", "none"),
    ("wound-healing", ANY, "benefit", "unsupported", "none", "none"),
    (
        "diabetic-foot-ulcer-size",
        "magnesium-oxide-oral",
        "benefit",
        "supported",
        "very low",
        "none",
    ),
    ("crp", ANY, "benefit", "contested", "low", "low"),
    ("il-6", ANY, "benefit", "inconclusive", "very low", "very low"),
    ("tnf-alpha", ANY, "benefit", "inconclusive", "very low", "very low"),
    ("inflammatory-markers", ANY, "benefit", "contested", "low", "low"),
    ("cortisol", ANY, "decrease", "inconclusive", "very low", "very low"),
    ("insulin-resistance", ANY, "benefit", "supported", "low", "none"),
    ("muscle-soreness", ANY, "benefit", "supported", "very low", "none"),
    ("skin-hydration", "collagen-peptides-oral", "benefit", "inconclusive", "very low", "very low"),
    (
        "skin-elasticity",
        "collagen-peptides-oral",
        "benefit",
        "inconclusive",
        "very low",
        "very low",
    ),
]


@cache
def pairs_of(outcome: str) -> tuple[PairGrade, ...]:
    (graded,) = grade(base(), outcome, diagnostics=False)
    return graded.pairs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcome", "exposure", "sense", "verdict", "support", "against"), EXPECTED
)
def test_verdict_and_level(
    outcome: str, exposure: str, sense: str, verdict: str, support: str, against: str
) -> None:
    (found,) = [p for p in pairs_of(outcome) if (p.exposure, p.sense.value) == (exposure, sense)]
    said = (found.verdict.value, found.certainty.established.level.word, found.refuted_by.word)
    assert said == (verdict, support, against)


@pytest.mark.parametrize(
    ("outcome", "cited", "literature"),
    [
        ("muscle-cramps", ("unsupported", "none"), ("refuted", "moderate")),
        ("crp", ("unsupported", "none"), ("contested", "low")),
        ("acne-scars", ("unsupported", "none"), ("unsupported", "none")),
    ],
)
def test_the_article_and_the_literature_apart(
    outcome: str, cited: tuple[str, str], literature: tuple[str, str]
) -> None:
    asked = GLYCINATE if outcome == "acne-scars" else ANY
    (found,) = [p for p in pairs_of(outcome) if (p.exposure, p.sense) == (asked, Sense.BENEFIT)]
    parts = {part.evidence: part for part in found.by_origin}
    for name, said in (("cited", cited), ("literature", literature)):
        part = parts[name]
        level = max(part.certainty.established, part.refuted_by)
        assert (part.verdict.value, level.word) == said
    assert found.has_origin_conflict is (cited != literature)


def test_magnesium_and_crp_differ_between_syntheses_and_by_crp_at_the_start() -> None:
    found = {
        f.id: f.direction.value
        for study in base().studies
        for f in study.findings
        if f.outcome == "c-reactive-protein" and study.design.value == "synthesis-of-randomised"
    }
    assert found["mazidi-2018.serum-crp"] == found["veronese-2022.crp"] == "decrease"
    assert found["talebi-2022.crp"] == "no-clear-effect"
    assert found["simental-mendia-2017.overall"] == "no-clear-effect"
    assert found["simental-mendia-2017.high-crp"] == "decrease"
    assert found["simental-mendia-2017.low-crp"] == "no-clear-effect"


# The three articles


@cache
def said_of_magnesium(source: str) -> tuple[PairGrade, ...]:
    """Pairs that an article words, on magnesium, graded by what it cites."""
    return tuple(
        pair
        for graded in grade_all(base(), GradeRequest.parse(source=source, evidence="cited"))
        for pair in graded.pairs
        if pair.wording.claims and "magnesium" in pair.exposure
    )


@pytest.mark.medium
def test_the_back_acne_article_shows_the_least_evidence() -> None:
    works = {
        source: {w for p in said_of_magnesium(source) for w in p.direct.ratings.as_described.works}
        for source in ARTICLES
    }
    assert not works.pop("back-acne-article")
    assert all(works.values())


def test_the_back_acne_article_has_the_mildest_wording_gap() -> None:
    def mean_gap(source: str) -> float:
        gaps = [max(0, pair.gap) for pair in said_of_magnesium(source)]
        return sum(gaps) / len(gaps)

    def severe(source: str) -> float:
        found = said_of_magnesium(source)
        return sum(pair.severity.word == "severe" for pair in found) / len(found)

    for measure in (mean_gap, severe):
        mildest = measure("back-acne-article")
        assert all(measure(s) > mildest + 0.3 for s in ARTICLES if s != "back-acne-article")


# What reaches a claim


@cache
def everything() -> tuple[PairGrade, ...]:
    return tuple(pair for graded in grade_shipped() for pair in graded.pairs)


@pytest.mark.slow
def test_no_topical_or_patch_finding_reaches_an_oral_claim() -> None:
    b = base()
    outside = {
        exposure.id
        for exposure in b.exposures
        if exposure.kind in (ExposureKind.TOPICAL, ExposureKind.DEVICE)
        or exposure.route in (Route.TOPICAL, Route.DEVICE)
    }
    on_skin = {
        study.id
        for study in b.studies
        if study.findings and all(f.exposure in outside for f in study.findings)
    }
    assert len(on_skin) > 4
    oral = [p for p in everything() if b.exposure[p.exposure].route is Route.ORAL]
    assert len(oral) > 100
    for pair in oral:
        assert not on_skin & set(pair.direct.ratings.best_case.works), pair.id
        for chain in (*pair.chains, *pair.counter_chains):
            for link in chain.links:
                if on_skin & set(link.ratings.best_case.works):
                    assert link.subject in outside, (pair.id, link.id)


def summary(pairs: Iterable[PairGrade]) -> dict[str, tuple[object, ...]]:
    return {
        p.id: (p.verdict, tuple(c.level for c in p.certainty), p.refuted_by, p.gap, p.severity)
        for p in pairs
    }


ASKED = (
    *("acne-scars", "crp", "hypertrophic-scars", "inflammatory-acne", "joint-mobility"),
    *("muscle-cramps", "skin-appearance", "skin-ulcer-closure", "sleep", "wound-healing"),
)


def graded(changed: EvidenceBase) -> dict[str, tuple[object, ...]]:
    return summary(
        pair
        for outcome in ASKED
        for each in grade(changed, outcome, diagnostics=False)
        for pair in each.pairs
    )


@cache
def as_shipped() -> dict[str, tuple[object, ...]]:
    return graded(base())


def test_a_link_that_a_claim_states_shows_the_word_of_the_claim() -> None:
    """Studies of another salt come first, as `increases`; a source says `causes`."""
    b = base()
    oxide, diarrhea = b.exposure["magnesium-oxide-oral"], b.entity["diarrhea"]
    question = Question(EvidenceIndex(b), oxide, diarrhea, load_profile(), KERNELS["embedded"])
    link = question.links[question.link_index_by_key[oxide.id, diarrhea.id, 1]]
    assert (link.kind, link.predicate) == (LinkKind.ASSERTED, Predicate.CAUSES)


@pytest.mark.medium
def test_a_claim_on_the_whole_does_not_vouch_for_its_part() -> None:
    """Said on its own feet that it improves acne scars: no reason to grant those of one kind."""
    b = base()
    alone = replace(b.claim["a1-89-solution"], id="a1-89-alone", leans_on=())
    more = replace(b, claims=tuple(sorted((*b.claims, alone), key=lambda c: c.id)))
    for outcome in ("atrophic-scars", "hypertrophic-scars", "acne-scars"):
        found, before = (
            next(
                p.certainty.best_case.level
                for p in grade(each, outcome, GLYCINATE, diagnostics=False)[0].pairs
                if p.sense is Sense.BENEFIT
            )
            for each in (more, b)
        )
        assert found is before


@pytest.mark.slow
def test_reference_titles_alone_leave_every_grade_unchanged() -> None:
    """Each listed work as if its title were a claim on the headline of its article."""
    b = base()
    headlines = {"acne-scars-article": "acne-scars", "joint-mobility-article": "joint-mobility"}
    titles = [
        Claim(
            f"title-{citation.id}",
            citation.source,
            citation.line,
            Role.REFERENCE_TITLE,
            Proposition(GLYCINATE, Predicate.IMPROVES, headlines[citation.source]),
            Tier.PLAIN,
            citations=(citation.id,),
        )
        for citation in b.citations
        if citation.kind is CitationKind.REFERENCE_LIST and citation.source in headlines
    ]
    assert len(titles) > 5
    kept = tuple(c for c in b.claims if c.role is not Role.REFERENCE_TITLE)
    more = tuple(sorted((*kept, *titles), key=lambda c: c.id))
    assert graded(replace(b, claims=more)) == as_shipped()
    if len(kept) < len(b.claims):
        assert graded(replace(b, claims=kept)) == as_shipped()


@pytest.mark.slow
def test_ten_more_uncited_repetitions_change_nothing() -> None:
    b = base()
    said = ("a1-89-solution", "a1-62-ulcers", "a2-5-worsens", "a3-26-crp", "a3-28-cramps")
    again = [uncited(b.claim[id], number) for id in said for number in range(10)]
    more = tuple(sorted((*b.claims, *again), key=lambda c: c.id))
    assert graded(replace(b, claims=more)) == as_shipped()


def uncited(claim: Claim, number: int) -> Claim:
    """The claim said once more, with nothing cited."""
    return replace(claim, id=f"{claim.id}-again-{number}", citations=())
