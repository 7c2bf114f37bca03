"""The shipped data says what the worked example says, and keeps the rules of curation."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from kg.api import grade
from kg.formats.curated.reader import read_curated
from kg.model import (
    CitationKind,
    ConflictKind,
    EvidenceBase,
    Exposure,
    Identification,
    Level,
    PairGrade,
    Role,
    Sense,
    StepKind,
    Tier,
    Verdict,
)
from kg.queries import find_saved_query
from kg.rdf.encode import encode_base
from kg.resources import locate_shipped_folder
from kg.stores import open_store

ARTICLE = "acne-scars-article"
JOINT = "joint-mobility-article"
PRODUCT = "magnesium-glycinate-oral"
CLAIMS = {ARTICLE: 175, "back-acne-article": 170, JOINT: 178}
CHAINS = {
    # id: (m of each link in best_case, d, ceiling)
    "as1": ((1, 2, 4, 4), 2, 2),
    "as2": ((1, 4, 4), 2, 2),
    "as3": ((3, 4, 4, 4), 2, 2),
    "as7": ((1, 3, 4), 1, 3),
    "as8": ((1, 2, 4), 1, 3),
    "as9": ((1, 4, 4, 4), 2, 2),
    "as10": ((1, 4), 0, 4),
}


@cache
def base() -> EvidenceBase:
    loaded = read_curated(Path(locate_shipped_folder("data")))
    assert not loaded.diagnostics
    return loaded.base


@cache
def pair(source: str | None = ARTICLE, evidence: str = "cited") -> PairGrade:
    (graded,) = grade(base(), "acne-scars", PRODUCT, source, evidence=evidence, diagnostics=False)
    (found,) = [p for p in graded.pairs if p.sense is Sense.BENEFIT]
    return found


@pytest.mark.parametrize(
    ("source", "evidence"), [(ARTICLE, "cited"), (ARTICLE, "all"), (None, "all")]
)
def test_acne_scars_are_not_established_whatever_is_asked(
    source: str | None, evidence: str
) -> None:
    found = pair(source, evidence)
    assert list(found.certainty.map(lambda c: c.level)) == [
        Level.NONE,
        Level.NONE,
        Level.VERY_LOW,
    ]
    assert found.verdict is Verdict.UNSUPPORTED
    assert (found.wording.sigma, found.gap, found.gap_best) == (4, 4, 3)
    assert found.direct.works_measured == 0


@pytest.mark.parametrize("id", CHAINS)
def test_the_chains_are_those_of_the_specification(id: str) -> None:
    (chain,) = [c for c in pair().chains if c.id == id]
    links = [link for link in chain.links if link.kind.value != "definitional"]
    expected, distance, ceiling = CHAINS[id]
    assert tuple(int(link.effective.best_case) for link in links) == expected
    assert (chain.distance, int(chain.ceiling)) == (distance, ceiling)


def test_the_same_argument_makes_raised_scars_worse() -> None:
    assert "as4" in {c.id for c in pair().counter_chains}


def test_dark_spots_do_not_count_as_scars() -> None:
    shown = {c.id for c in (*pair().chains, *pair().counter_chains)}
    assert not shown & {"as5", "as6"}
    assert {c.outcome for c in base().chains if c.id in {"as5", "as6"}} == {
        "post-inflammatory-hyperpigmentation"
    }


def test_one_journal_and_year_stands_for_three_works() -> None:
    same = [c for c in base().citations if (c.journal, c.year) == ("Nutrients", 2020)]
    assert len(same) == 3
    assert len({c.study or c.id for c in same}) == 3


def test_no_work_of_the_complete_article_is_identified() -> None:
    named = [
        c for c in base().citations if c.source == ARTICLE and c.kind is not CitationKind.APPEAL
    ]
    kinds = Counter(c.kind for c in named)
    assert kinds == {CitationKind.IN_TEXT: 8, CitationKind.REFERENCE_LIST: 4}
    assert not [c.id for c in named if c.status is Identification.IDENTIFIED]


def test_the_gaps_that_the_article_admits_are_those_of_five_lines() -> None:
    gaps = [c for c in base().claims if c.source == ARTICLE and c.role is Role.GAP_ADMISSION]
    assert {c.line for c in gaps} == {1, 85, 86, 87, 98}


def test_every_role_is_in_use() -> None:
    assert {c.role for c in base().claims} == set(Role)


@pytest.mark.slow
def test_titles_of_works_leave_every_grade_as_it_is() -> None:
    b = base()
    titles = {c.id for c in b.claims if c.role is Role.REFERENCE_TITLE}
    assert len(titles) == 13
    without = replace(b, claims=b.assertions, digest="")
    with_firm = tuple(
        replace(c, tier=Tier.PLAIN, cues=("proves",)) if c.id in titles else c for c in b.claims
    )
    for outcome in ("acne-scars", "joint-mobility", "muscle-soreness"):
        grades = [
            replace(grade(x, outcome)[0], base=grade(b, outcome)[0].base)
            for x in (b, without, replace(b, claims=with_firm))
        ]
        assert grades[0] == grades[1] == grades[2]


def test_ten_more_uncited_repetitions_change_no_level() -> None:
    b = base()
    said = next(c for c in b.claims if c.id == "a1-10-collagen")
    bold = next(c for c in b.claims if c.id == "a1-89-solution")
    more = [
        replace(c, id=f"{c.id}-again-{n:02}", citations=(), leans_on=(), restates=None)
        for c in (said, bold)
        for n in range(10)
    ]
    louder = replace(b, claims=tuple(sorted((*b.claims, *more), key=lambda c: c.id)), digest="")
    (before,), (after,) = (grade(x, "acne-scars", PRODUCT, diagnostics=False) for x in (b, louder))
    for one, other in zip(before.pairs, after.pairs, strict=True):
        assert one.certainty == other.certainty
        assert (one.verdict, one.gap, one.gap_best) == (other.verdict, other.gap, other.gap_best)


def test_advice_to_ask_a_doctor_claims_nothing() -> None:
    advice = [c for c in base().claims if c.proposition.object == "medical-advice"]
    assert len(advice) == 9
    assert {c.tier for c in advice if c.role is Role.RECOMMENDATION} == {Tier.NO_CLAIM}


ASKED = {
    "collagen-and-raised-scars": ConflictKind.OPPOSITE_EFFECTS,
    "inflammation-needed-and-reduced": ConflictKind.NEEDED_AND_REDUCED,
    "glycine-calms-and-excites": ConflictKind.OPPOSITE_EFFECTS,
    "synergy-claimed-and-open": ConflictKind.CLAIMED_AND_OPEN,
    "zinc-helped-and-hindered": ConflictKind.OPPOSITE_EFFECTS,
    "different-harms": ConflictKind.HARMS_DIFFER,
}


@pytest.mark.parametrize("id", ASKED)
def test_what_does_not_go_together_is_recorded(id: str) -> None:
    found = base().conflict[id]
    assert found.kind is ASKED[id]
    assert found.why


def test_each_article_warns_of_harms_of_its_own() -> None:
    b = base()
    harms = [b.claim[id] for id in b.conflict["different-harms"].claims]
    assert {c.source for c in harms} == set(CLAIMS)
    by_source = [{c.proposition.object for c in harms if c.source == source} for source in CLAIMS]
    assert not set.intersection(*by_source)


def test_the_conclusion_on_joints_says_new_things() -> None:
    store = open_store("memory:")
    store.load(encode_base(base()))
    found = store.query(find_saved_query("first-said-in-conclusion").bind_values({"source": JOINT}))
    assert {row[found.variables.index("claim")] for row in found.rows} >= {
        "claim:a3-52-speeds",
        "claim:a3-52-stiffness",
        "claim:a3-52-pain",
    }


def test_exposures_that_differ_stay_apart() -> None:
    b = base()
    said = {c.proposition.subject for c in b.claims}
    kinds = {(b.exposure[s].kind.value, b.exposure[s].route.value) for s in said if s in b.exposure}
    assert {
        ("supplementation", "oral"),
        ("deficiency", "none"),
        ("excess", "oral"),
        ("adequacy", "none"),
        ("dietary", "oral"),
        ("topical", "topical"),
        ("device", "device"),
        ("in_vitro", "medium"),
    } <= kinds
    assert {"glycine-oral", "magnesium-glycinate-oral"} <= said


def test_restatements_say_what_they_restate() -> None:
    free = [c.id for c in base().claims if c.role is Role.RESTATEMENT and c.restates is None]
    assert free == []


@pytest.mark.parametrize("source", ["acne-scars-article", "back-acne-article", JOINT])
def test_the_articles_are_recorded_completely(source: str) -> None:
    (found,) = [s for s in base().sources if s.id == source]
    assert found.coverage == "complete"
    assert found.references_parsed
    claims = [c for c in base().claims if c.source == source]
    assert len(claims) == CLAIMS[source]


def test_rival_causes_of_back_acne_keep_to_their_lane() -> None:
    rivals = [c for c in base().claims if c.role is Role.RIVAL_CAUSE]
    assert {c.source for c in rivals} == {"back-acne-article"}
    assert not {c.proposition.subject for c in rivals} & set(base().exposure)


def test_what_is_said_of_the_product_rests_on_something() -> None:
    free = {
        (c.proposition.subject, c.id)
        for c in base().claims
        if c.source in ("back-acne-article", JOINT)
        and c.proposition.subject == PRODUCT
        and c.role in (Role.HEADLINE, Role.CONCLUSION, Role.RESTATEMENT)
        and not (c.leans_on or c.restates)
    }
    assert not free


@pytest.mark.parametrize("outcome", ["back-acne", "acne", "inflammatory-acne", "skin-health"])
def test_the_back_acne_article_has_no_evidence_and_hedges(outcome: str) -> None:
    (graded,) = grade(
        base(), outcome, None, "back-acne-article", evidence="cited", diagnostics=False
    )
    for found in graded.pairs:
        levels = list(found.certainty.map(lambda c: c.level))
        assert levels[:2] == [Level.NONE, Level.NONE]
        if "magnesium" in found.exposure:
            assert found.wording.sigma <= 3
        if outcome == "back-acne":
            assert found.gap <= 0


@pytest.mark.medium
@pytest.mark.parametrize("outcome", ["acne", "inflammatory-acne", "back-acne"])
def test_the_patch_reaches_no_claim_on_tablets_or_food(outcome: str) -> None:
    (graded,) = grade(base(), outcome, None, "back-acne-article", diagnostics=False)
    for found in graded.pairs:
        if found.exposure == "magnesium-microneedle-patch":
            continue
        for chain in (*found.chains, *found.counter_chains):
            assert "cutibacterium-acnes-growth" not in {link.object for link in chain.links}


def test_the_headline_on_joints_is_not_established() -> None:
    (graded,) = grade(base(), "joint-mobility", PRODUCT, JOINT, evidence="cited", diagnostics=False)
    (found,) = [p for p in graded.pairs if p.sense is Sense.BENEFIT]
    assert list(found.certainty.map(lambda c: c.level)) == [Level.NONE, Level.NONE, Level.LOW]
    assert (found.wording.sigma, found.gap, found.verdict) == (4, 4, Verdict.UNSUPPORTED)


def test_inflammation_is_needed_and_to_be_lowered_in_one_article() -> None:
    (graded,) = grade(base(), "injury-recovery", PRODUCT, JOINT, diagnostics=False)
    (found,) = [p for p in graded.pairs if p.sense is Sense.BENEFIT]
    assert "cj13" in {c.id for c in found.counter_chains}


def test_every_node_and_population_is_used() -> None:
    b = base()
    used = {x for c in b.claims for x in (c.proposition.subject, c.proposition.object, *c.with_)}
    used |= {x for c in b.chains for s in c.steps for x in (s.subject, s.object)}
    used |= {x for s in b.studies for f in s.findings for x in (f.exposure, f.outcome)}
    used |= {x for e in b.exposures for x in (e.substance, e.form or "", *e.components)}
    used |= {x for e in b.entities for x in (*e.broader, *e.part_of)}
    used |= {p.condition or "" for p in b.populations}
    nodes = {e.id for e in b.entities} | {e.id for e in b.exposures}
    assert nodes <= used


def test_the_steps_of_every_chain_meet() -> None:
    b = base()
    for chain in b.chains:
        at = chain.exposure
        for step in chain.steps:
            both = {at, step.subject} <= set(b.exposure)
            assert step.subject == at or both, (chain.id, at, step.subject)
            at = step.object
        assert at == chain.outcome, chain.id


def test_bridges_lead_from_the_exposure_of_the_chain() -> None:
    for chain in base().chains:
        for step in chain.steps:
            if step.kind is StepKind.BRIDGE:
                assert step.subject == chain.exposure
                assert isinstance(base().find_node(step.object), Exposure)


def test_blood_never_joins_tissue_by_definition() -> None:
    b = base()
    apart = [
        ("inflammatory-markers", "scar-inflammation"),
        ("collagen-synthesis", "scar-collagen"),
        ("skin-ulcer-closure", "wound-healing"),
        ("wound-healing", "acne-scars"),
    ]
    for one, other in apart:
        for tail, head in ((one, other), (other, one)):
            assert head not in b.find_ancestors(tail)
            assert head not in b.entity[tail].part_of


def test_claims_are_paraphrased_and_name_their_cues() -> None:
    for claim in base().claims:
        assert claim.paraphrase, claim.id
        assert all(len(cue.split()) <= 3 for cue in claim.cues), claim.id


def test_a_study_that_counts_says_what_was_read() -> None:
    for study in base().studies:
        assert study.read, study.id
        secondary = re.search(r"secondary pages? only|index pages only", study.read)
        assert not (study.verified and secondary), study.id
