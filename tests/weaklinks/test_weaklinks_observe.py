"""The facts of an evidence base: what is stated, what is unstated and what nobody recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg.model import (
    ArgumentChain,
    Better,
    Citation,
    CitationKind,
    Claim,
    Described,
    Design,
    Direction,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Identification,
    Identifier,
    Location,
    NutrientStatus,
    Population,
    Predicate,
    Presented,
    Proposition,
    Result,
    Role,
    Route,
    Source,
    Step,
    StepKind,
    Study,
    Surrogate,
    System,
    Tier,
)
from kg.weaklinks import FactBase, detect
from kg.weaklinks.extract.chains import is_same_node
from kg.weaklinks.facts import LinkFact, PairFact
from tests.support import fixtures


def claim(id: str, subject: str, predicate: str, object: str, **more: Any) -> Claim:
    known: dict[str, Any] = {"line": 1, "role": Role.MECHANISM, "tier": Tier.PLAIN, **more}
    proposition = Proposition(subject, Predicate(predicate), object)
    return Claim(id=id, source="page", proposition=proposition, **known)


def entity(id: str, kind: EntityKind, better: Better = Better.NEITHER, **more: Any) -> Entity:
    return Entity(id, id.replace("-", " "), kind, better=better, **more)


def cited(id: str, status: str = "unidentified", **more: Any) -> Citation:
    known: dict[str, Any] = {"journal": "Skin Letters", "year": 2020, **more}
    return Citation(id, "page", CitationKind.IN_TEXT, 1, Identification(status), **known)


WOUND = entity("wound", EntityKind.CLINICAL_OUTCOME, Better.LOWER)
DEEP_WOUND = entity("deep-wound", EntityKind.CLINICAL_OUTCOME, Better.LOWER, broader=("wound",))
MIGRATION = entity("migration", EntityKind.CELLULAR, Better.HIGHER)
REDNESS = entity("redness", EntityKind.BIOMARKER, Better.LOWER)
ENTITIES = (DEEP_WOUND, MIGRATION, REDNESS, WOUND, entity("zinc", EntityKind.SUBSTANCE))
EXPOSURES = (
    Exposure("zinc-lack", "lack of zinc", "zinc", ExposureKind.DEFICIENCY, Route.NONE),
    Exposure("zinc-medium", "zinc in medium", "zinc", ExposureKind.IN_VITRO, Route.MEDIUM),
    Exposure("zinc-oral", "zinc tablets", "zinc", ExposureKind.SUPPLEMENTATION, Route.ORAL),
)
PAGE = Source("page", "Zinc and wounds", coverage="complete", references_parsed=True)
CELLS = claim(
    "cells",
    "zinc-medium",
    "increases",
    "migration",
    role=Role.STUDY_REPORT,
    citations=("w1",),
    discloses=System.IN_VITRO,
)
LACK = claim("lack", "zinc-lack", "worsens", "wound", line=2)
HEADLINE = claim(
    "headline",
    "zinc-oral",
    "improves",
    "wound",
    role=Role.HEADLINE,
    leans_on=("cells", "lack"),
    line=3,
    location=Location("page.yaml", 30),
)
REPEAT = claim("repeat", "zinc-oral", "improves", "wound", restates="headline", line=4)
BASE = EvidenceBase(
    entities=ENTITIES,
    exposures=EXPOSURES,
    sources=(PAGE,),
    claims=(CELLS, HEADLINE, LACK, REPEAT),
    citations=(cited("w1"),),
)


def hits(base: EvidenceBase, *codes: str) -> list[tuple[str, str]]:
    found = detect(FactBase.extract(base), select=codes or None)
    return sorted((d.code, d.subject) for d in found if d.result is Result.HIT)


def test_leaning_is_transitive_through_premises_and_restatements() -> None:
    facts = FactBase.extract(BASE)
    assert facts.premise_claims["repeat"] == ("cells", "headline", "lack")
    assert facts.supporting_findings["repeat"] == ("lack", "w1")
    assert facts.supporting_findings["cells"] == ("w1",)


def test_a_ring_of_restatements_ends() -> None:
    one = claim("one", "zinc-oral", "improves", "wound", leans_on=("two",))
    two = claim("two", "zinc-oral", "improves", "wound", leans_on=("one",))
    facts = FactBase.extract(replace(BASE, claims=(one, two)))
    assert facts.premise_claims == {"one": ("two",), "two": ("one",)}


def test_uses_of_laboratory_work_are_flagged_and_its_report_is_not() -> None:
    assert hits(BASE, "KG101") == [("KG101", "headline"), ("KG101", "repeat")]


def test_an_uncited_statement_about_lack_counts_as_what_a_claim_leans_on() -> None:
    assert hits(BASE, "KG104") == [("KG104", "headline"), ("KG104", "repeat")]


def test_conclusions_are_not_uncited_but_premises_are() -> None:
    assert hits(BASE, "KG110") == [("KG110", "lack")]


def test_works_are_flagged_once_each() -> None:
    assert hits(BASE, "KG111", "KG112") == [("KG111", "w1"), ("KG112", "w1")]


def test_the_place_of_a_claim_is_the_place_of_its_faults() -> None:
    (first, *_) = detect(FactBase.extract(BASE), select=["KG101"])
    assert first.location == Location("page.yaml", 30)
    assert first.source == "page"


def test_a_work_is_what_the_claim_that_reports_it_says() -> None:
    naming = replace(REPEAT, restates=None, citations=("w1",))
    facts = FactBase.extract(replace(BASE, claims=(CELLS, naming)))
    assert [f.outcome for f in facts.findings] == ["migration"]
    assert facts.supporting_findings["repeat"] == ("w1",)


def test_a_work_nobody_reports_is_what_each_claim_says() -> None:
    one = claim("one", "zinc-oral", "improves", "wound", citations=("w1",))
    two = claim("two", "zinc-oral", "decreases", "redness", citations=("w1",))
    facts = FactBase.extract(replace(BASE, claims=(one, two)))
    assert {(f.id, f.outcome) for f in facts.findings} == {
        ("w1@one", "wound"),
        ("w1@two", "redness"),
    }


def test_an_undescribed_work_has_an_unknown_system() -> None:
    plain = replace(CELLS, discloses=None, proposition=LACK.proposition)
    facts = FactBase.extract(replace(BASE, claims=(plain,)))
    assert facts.findings[0].system is None
    assert facts.findings[0].design is None


def test_an_unstated_design_is_unknown_until_the_record_tells() -> None:
    unstated = Described(design=Design.UNSTATED, system=System.HUMAN)
    one = claim("one", "zinc-oral", "improves", "wound", citations=("w1",))
    base = replace(BASE, claims=(one,), citations=(cited("w1", described=unstated),))
    assert FactBase.extract(base).findings[0].design is None
    study = Study("s1", "Zinc", 2020, Design.COHORT, System.HUMAN)
    found = replace(base, citations=(cited("w1", "identified", study="s1"),), studies=(study,))
    assert FactBase.extract(found).findings[0].design is Design.COHORT
    assert hits(found, "KG108") == [("KG108", "one")]


def test_what_a_record_reports_is_known_whatever_the_text_makes_of_it() -> None:
    finding = Finding("s1.redness", "zinc-oral", "redness", Direction.DECREASE, estimate=-30)
    study = Study("s1", "Zinc", 2020, Design.RANDOMISED, System.HUMAN, findings=(finding,))
    one = claim("one", "zinc-oral", "improves", "wound", citations=("w1",))
    base = replace(
        BASE,
        claims=(one,),
        citations=(cited("w1", "identified", study="s1"),),
        studies=(study,),
    )
    facts = FactBase.extract(base)
    assert {f.outcome for f in facts.findings} == {"wound", "redness"}
    assert facts.supporting_findings["one"] == ("w1",)
    assert facts.citations[0].values == (-30,)


def test_an_appeal_to_studies_names_no_work() -> None:
    appeal = Citation("a1", "page", CitationKind.APPEAL, 1, Identification.VAGUE)
    one = claim("one", "zinc-oral", "improves", "wound", citations=("a1",))
    base = replace(BASE, claims=(one,), citations=(appeal,))
    assert FactBase.extract(base).findings == ()
    assert hits(base, "KG110", "KG111", "KG112") == [("KG110", "one")]


def test_a_surrogate_is_accepted_for_its_outcome_and_what_lies_under_it() -> None:
    marker = replace(REDNESS, surrogate_for=(Surrogate("wound", "a guideline"),))
    one = claim("one", "zinc-oral", "decreases", "redness", citations=("w1",))
    deep = claim("deep", "zinc-oral", "improves", "deep-wound", leans_on=("one",))
    others = tuple(e for e in ENTITIES if e is not REDNESS)
    base = replace(BASE, claims=(deep, one))
    assert hits(base, "KG103") == [("KG103", "deep")]
    assert hits(replace(base, entities=(*others, marker)), "KG103") == []


def test_an_unknown_node_is_unknown_and_not_harmless() -> None:
    one = claim("one", "nowhere", "improves", "nothing", citations=("w1",))
    found = detect(FactBase.extract(replace(BASE, claims=(one,))), select=["KG101"])
    assert [d.result for d in found] == [Result.CANNOT_TELL]
    assert found[0].unknown == ("one.kind", "w1.system")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("wound", "wound", True),
        ("deep-wound", "wound", True),
        ("wound", "deep-wound", True),
        ("redness", "wound", False),
        ("zinc-oral", "wound", False),
        ("redness", "nowhere", None),
    ],
)
def test_sameness_is_is_a_part_of_or_equivalence(
    one: str, other: str, expected: bool | None
) -> None:
    assert is_same_node(BASE, one, other) is expected


def test_a_part_and_a_shared_identifier_are_the_same() -> None:
    edge = entity("edge", EntityKind.PROPERTY, part_of=("wound",))
    twin = entity("twin", EntityKind.PROPERTY, identifiers=(Identifier("X:1"),))
    other = entity("other", EntityKind.PROPERTY, identifiers=(Identifier("X:1"),))
    near = entity("near", EntityKind.PROPERTY, identifiers=(Identifier("X:1", "close"),))
    base = replace(BASE, entities=(*ENTITIES, edge, near, other, twin))
    assert is_same_node(base, "edge", "wound")
    assert is_same_node(base, "twin", "other")
    assert is_same_node(base, "twin", "near") is False


def step(kind: StepKind, subject: str, predicate: str, object: str) -> Step:
    return Step(kind, subject, Predicate(predicate), object)


def test_steps_that_do_not_meet_are_joined_by_an_unsaid_one() -> None:
    steps = (
        step(StepKind.CLAIM, "zinc-oral", "decreases", "redness"),
        step(StepKind.CLAIM, "migration", "improves", "wound"),
    )
    chain = ArgumentChain("k1", "page", "by redness", "zinc-oral", "wound", steps)
    base = replace(BASE, chains=(chain,))
    assert hits(base, "KG126") == [("KG126", "k1")]


@pytest.mark.parametrize(
    ("end", "start", "sign", "unsaid"),
    [("redness", "migration", None, True), ("deep-wound", "wound", 1, True),
     ("zinc-oral", "zinc-lack", None, False)],
)  # fmt: skip
def test_the_sign_of_an_unsaid_step(end: str, start: str, sign: int | None, unsaid: bool) -> None:
    steps = (
        step(StepKind.CLAIM, "zinc-oral", "decreases", end),
        step(StepKind.CLAIM, start, "improves", "wound"),
    )
    chain = ArgumentChain("k1", "page", "x", "zinc-oral", "wound", steps)
    between = FactBase.extract(replace(BASE, chains=(chain,))).chains[0].steps[1]
    assert (between.subject, between.object) == (end, start)
    assert (between.sign, between.implicit) == (sign, unsaid)


@pytest.mark.parametrize(
    ("exposure", "discloses", "described", "system"),
    [
        ("zinc-medium", None, None, System.IN_VITRO),
        ("zinc-oral", System.ANIMAL, None, System.ANIMAL),
        ("zinc-oral", System.ANIMAL, System.HUMAN, System.HUMAN),
        ("zinc-oral", None, None, None),
    ],
)
def test_the_system_of_a_work_that_nobody_found(
    exposure: str, discloses: System | None, described: System | None, system: System | None
) -> None:
    one = claim("one", exposure, "improves", "wound", citations=("w1",), discloses=discloses)
    work = cited("w1", described=Described(system=described))
    facts = FactBase.extract(replace(BASE, claims=(one,), citations=(work,)))
    assert facts.finding_by_id["w1"].system == system


def test_an_unsaid_step_from_an_exposure_is_no_slippage() -> None:
    steps = (
        step(StepKind.IMPLICIT, "zinc-oral", "increases", "migration"),
        step(StepKind.CLAIM, "migration", "improves", "wound"),
    )
    chain = ArgumentChain("k1", "page", "by cells", "zinc-oral", "wound", steps)
    assert hits(replace(BASE, chains=(chain,)), "KG126") == []


def test_the_witness_of_a_pair_is_part_of_what_its_claims_lean_on() -> None:
    base, grade = fixtures.base(), fixtures.grade()
    pair = grade.pairs[0]
    steps = {c for link in pair.chains[0].links for c in link.claims} & set(base.claim)
    facts = FactBase.extract(base, grade.pairs)
    for id in set(pair.wording.claims) & set(base.claim):
        if base.claim[id].source == pair.chains[0].source:
            assert steps - {id} <= set(facts.premise_claims[id])
    assert {p.id for p in facts.pairs} == {p.id for p in grade.pairs}


def test_the_worked_example_is_an_overclaim_with_a_missing_link() -> None:
    grade = fixtures.grade()
    found = detect(FactBase.extract(fixtures.base(), grade.pairs), select=["KG124", "KG128"])
    first = [d for d in found if d.subject == grade.pairs[0].id]
    assert [(d.code, d.severity.word) for d in first] == [("KG124", "severe"), ("KG128", "severe")]


@pytest.mark.law("P12")
def test_documents_in_another_order_give_the_same_results() -> None:
    turned = replace(
        BASE,
        claims=BASE.claims[::-1],
        entities=BASE.entities[::-1],
        exposures=BASE.exposures[::-1],
    )
    assert detect(FactBase.extract(turned)) == detect(FactBase.extract(BASE))


def test_a_firm_conclusion_after_an_admitted_gap_is_flagged_with_the_gap() -> None:
    gap = claim("gap", "zinc-oral", "unknown-effect-on", "wound", role=Role.GAP_ADMISSION, tier=0)
    firm = replace(HEADLINE, leans_on=())
    hedged = replace(firm, id="hedged", tier=Tier.HEDGED)
    about_lack = replace(LACK, role=Role.CONCLUSION)
    base = replace(BASE, claims=(about_lack, firm, gap, hedged))
    found = [d for d in detect(FactBase.extract(base), select=["KG118"]) if d.result is Result.HIT]
    assert [d.subject for d in found] == ["headline"]
    assert [r.subject for r in found[0].related] == ["gap"]
    assert found[0].remedy == "No study cited here tested zinc tablets on wound."


def test_a_hole_in_the_argument_for_a_headline_is_severe_and_background_mild() -> None:
    background = replace(LACK, role=Role.BACKGROUND)
    plain = {c.subject: c.severity.word for c in detect(FactBase.extract(BASE), select=["KG110"])}
    assert plain == {"lack": "moderate"}
    aside = FactBase.extract(replace(BASE, claims=(background,)))
    assert [d.severity.word for d in detect(aside, select=["KG110"])] == ["mild"]
    carried = replace(FactBase.extract(BASE), headline_links=frozenset({"lack"}))
    assert [d.severity.word for d in detect(carried, select=["KG110"])] == ["severe"]


def test_a_list_entry_of_the_same_journal_and_year_is_no_match_once_compared() -> None:
    entry = replace(cited("r1", "identified"), kind=CitationKind.REFERENCE_LIST)
    unread = cited("w1")
    compared = replace(unread, how_checked="The titles differ.")
    assert hits(replace(BASE, citations=(entry, unread)), "KG112") == []
    base = replace(BASE, citations=(entry, compared))
    assert hits(base, "KG112") == [("KG112", "w1")]
    (found,) = detect(FactBase.extract(base), select=["KG112"])
    assert "agrees on journal and year only" in found.message


def test_a_study_that_a_seller_paid_for_makes_its_citing_source_conflicted() -> None:
    study = Study("s1", "Zinc", 2020, Design.COHORT, System.HUMAN, seller_funded=True)
    one = claim("one", "zinc-oral", "improves", "wound", citations=("w1",))
    base = replace(
        BASE, claims=(one,), citations=(cited("w1", "identified", study="s1"),), studies=(study,)
    )
    assert hits(base, "KG117") == [("KG117", "page")]
    assert hits(replace(base, studies=(replace(study, seller_funded=False),)), "KG117") == []


def test_deficient_people_and_other_routes_are_told_apart() -> None:
    cream = Exposure("zinc-cream", "zinc cream", "zinc", ExposureKind.TOPICAL, Route.TOPICAL)
    trial = claim("trial", "zinc-cream", "improves", "wound", citations=("w1",))
    tablets = claim("tablets", "zinc-oral", "improves", "wound", leans_on=("trial",))
    base = replace(BASE, exposures=(*EXPOSURES, cream), claims=(tablets, trial))
    assert hits(base, "KG106") == [("KG106", "tablets")]
    poor = Population("poor", "people who lack zinc", nutrient_status=NutrientStatus.DEFICIENT)
    limited = tuple(replace(c, population="poor") for c in (HEADLINE, LACK))
    base = replace(BASE, claims=(CELLS, *limited), populations=(poor,))
    assert hits(base, "KG104") == []


def test_another_form_is_flagged_only_where_the_whole_source_is_recorded() -> None:
    salt = replace(EXPOSURES[2], id="zinc-salt-oral", label="zinc salt tablets", form="zinc-salt")
    trial = claim("trial", "zinc-oral", "improves", "wound", citations=("w1",))
    swapped = claim("swapped", "zinc-salt-oral", "improves", "wound", leans_on=("trial",))
    base = replace(BASE, exposures=(*EXPOSURES, salt), claims=(swapped, trial))
    assert hits(base, "KG105") == [("KG105", "swapped")]
    part = replace(base, sources=(replace(PAGE, coverage="partial"),))
    (found,) = detect(FactBase.extract(part), select=["KG105"])
    assert (found.result, found.unknown) == (Result.CANNOT_TELL, ("page.coverage",))


def test_a_theory_worded_as_settled_is_flagged_where_it_stands() -> None:
    stated = claim("stated", "zinc-oral", "improves", "wound", presented=Presented.THEORY)
    marked = replace(stated, id="marked", tier=Tier.SPECULATION)
    assert hits(replace(BASE, claims=(stated,)), "KG115") == [("KG115", "stated")]
    assert hits(replace(BASE, claims=(marked,)), "KG115") == []
    later = replace(stated, id="later", presented=Presented.UNSPECIFIED, line=9)
    assert hits(replace(BASE, claims=(later, marked)), "KG115") == [("KG115", "later")]


@pytest.mark.parametrize(
    ("status", "begin"),
    [
        ("bridge", "No source shows that"),
        ("cited", "Give a DOI"),
        ("contested", "State that the evidence"),
        ("uncited", "No source is given for"),
        ("implicit", "No source is given for"),
    ],
)
def test_a_missing_link_asks_for_what_it_lacks(status: str, begin: str) -> None:
    link = LinkFact("l1", "the step", level=0, status=status)
    pair = PairFact("p", "zinc for wounds", sigma=4, direct=0, witness=(link,), breaks_at="l1")
    (found,) = detect(FactBase(pairs=(pair,)), select=["KG124"])
    assert found.remedy.startswith(begin)


def test_a_theory_marked_as_such_is_no_overclaim_at_any_level() -> None:
    pair = PairFact("p", "zinc for wounds", sigma=1, gap=1, gap_best=1, established=0)
    assert detect(FactBase(pairs=(pair,)), select=["KG128"]) == ()
    hedged = replace(pair, sigma=2, gap=2)
    assert [d.severity.word for d in detect(FactBase(pairs=(hedged,)), select=["KG128"])] == [
        "moderate"
    ]
