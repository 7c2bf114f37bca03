"""What the detectors say of the shipped articles, read once by a person and held here."""

from __future__ import annotations

from functools import cache

import pytest

from kg import api
from kg.api.base import require_sound
from kg.model import Diagnostic, EvidenceBase, Result
from kg.model.source_part import extract_source_part
from kg.resources import locate_shipped_folder
from kg.weaklinks import DETECTORS

ARTICLE = "acne-scars-article"
HEADLINE = "magnesium-glycinate-oral--acne-scars--benefit"

pytestmark = pytest.mark.slow  # the first that runs grades all shipped data


@cache
def base() -> EvidenceBase:
    return require_sound(api.load(locate_shipped_folder("data")))


@cache
def found() -> tuple[Diagnostic, ...]:
    return api.check(base())


def hits(code: str) -> list[Diagnostic]:
    return [d for d in found() if d.code == code and d.result is Result.HIT]


def of_article(code: str) -> set[str]:
    return {d.subject for d in hits(code) if d.source == ARTICLE}


def test_no_disclosure_is_flagged_and_its_uses_point_back_to_it() -> None:
    disclosing = {c.id for c in base().claims if c.discloses is not None}
    assert disclosing
    for code in ("KG101", "KG102"):
        assert not disclosing & {d.subject for d in hits(code)}
    for hit in hits("KG101"):
        assert disclosing & {related.subject for related in hit.related}


def test_the_keratinocyte_study_is_flagged_where_it_is_used_for_scars() -> None:
    flagged = of_article("KG101")
    assert {"a1-88-title", "a1-89-solution", "a1-32-fills"} <= flagged
    assert {base().claim[id].proposition.object for id in flagged} <= {
        "acne-scars",
        "atrophic-acne-scars",
        "hypertrophic-acne-scars",
    }


def test_none_of_the_works_in_the_text_is_found_or_listed() -> None:
    works = {c.id for c in base().citations if c.source == ARTICLE and c.kind == "in-text"}
    assert len(works) == 8
    assert works <= of_article("KG111")
    assert works <= of_article("KG112")


def test_list_entries_that_lead_elsewhere_are_mismatches() -> None:
    assert {"a1-ref-durlach", "a1-ref-uitto", "a1-ref-gupta"} <= of_article("KG112")


def test_the_three_percentages_come_from_no_study_that_can_be_found() -> None:
    effects = [base().claim[id].effect for id in of_article("KG116")]
    assert {effect.value for effect in effects if effect and effect.value} == {20, 25, 30}


def test_lack_and_the_ulcer_trial_are_used_for_tablets() -> None:
    assert {"a1-1-collagen", "a1-88-title"} <= of_article("KG104")
    assert "a1-89-solution" in of_article("KG106")


def test_the_argument_slips_and_pulls_both_ways() -> None:
    assert {"as3", "as7"} <= {d.subject for d in hits("KG126")}
    assert of_article("KG127") == {ARTICLE}


def test_the_headline_is_an_unstudied_overclaim_with_a_missing_link() -> None:
    for code in ("KG124", "KG128", "KG140"):
        (hit,) = (d for d in hits(code) if d.subject == HEADLINE)
        assert hit.severity.word == "severe"


def test_a_conclusion_stands_firm_beside_an_admitted_gap() -> None:
    gaps = {c.id for c in base().claims if c.role == "gap-admission" and c.source == ARTICLE}
    beside = {r.subject for d in hits("KG118") if d.subject == "a1-89-solution" for r in d.related}
    assert gaps & beside


def test_scar_claims_rest_on_people_without_scars() -> None:
    flagged = of_article("KG107")
    assert {"a1-1-addition", "a1-32-fills", "a1-65-underscore"} <= flagged
    meant = {base().claim[id].population for id in flagged}
    assert meant == {
        "people-with-acne-scars",
        "people-with-stubborn-acne-scars",
        "people-with-pih",
        "people-with-magnesium-deficiency",
    }
    assert "a1-58-markers" not in flagged


def test_synergy_is_claimed_without_a_factorial_study() -> None:
    assert of_article("KG119") == {"a1-49-synergy", "a1-75-synergy"}
    open_ones = {d.subject for d in found() if d.code == "KG119"} - of_article("KG119")
    with_nutrients = {"a3-48-vitamin-d", "a3-48-omega-3", "a3-48-peptides"}
    assert open_ones == {"a3-23-synergy", "a3-40-together"} | with_nutrients


def test_trials_without_effect_on_cramps_and_sleep_go_unmentioned() -> None:
    against = {d.subject: {r.subject for r in d.related} for d in hits("KG122")}
    assert "garrison-2020" in against["a3-28-cramps"]
    for subject in against:
        claim = base().claim[subject].proposition
        assert base().entity[claim.object].kind in ("clinical-outcome", "condition")


def test_no_article_names_a_source_for_what_it_says_of_safety() -> None:
    assert {d.subject for d in hits("KG135")} == {s.id for s in base().sources}
    told = {r.subject for d in hits("KG135") if d.subject == ARTICLE for r in d.related}
    safety = {c for c in base().claims if c.source == ARTICLE and c.role == "safety"}
    assert {c.id for c in safety if c.tier} < told


def test_many_broken_arguments_for_scars_do_not_add_up() -> None:
    assert HEADLINE in {d.subject for d in hits("KG137")}


def test_articles_made_from_one_template_are_one_voice() -> None:
    named = {frozenset(r.subject for r in d.related) for d in hits("KG129")}
    assert named == {frozenset({ARTICLE, "joint-mobility-article"})}


def test_praise_is_flagged_where_it_stands() -> None:
    assert {d.subject for d in hits("KG139")} == {"a3-52-science"}


def test_what_no_record_tells_is_open_and_never_clean() -> None:
    for code in ("KG109", "KG120", "KG121", "KG131", "KG132", "KG134"):
        assert hits(code) == []
        assert any(d.code == code and d.result is Result.CANNOT_TELL for d in found())


def test_every_result_is_about_something_and_said_once() -> None:
    keys = [(d.code, d.source, d.subject) for d in found()]
    assert len(keys) == len(set(keys))
    for diagnostic in found():
        assert diagnostic.message.endswith(".")
        pair = "--" in diagnostic.subject
        assert pair or base().find_record(diagnostic.subject) is not None
        if diagnostic.result is Result.HIT:
            assert diagnostic.remedy
            assert "form unstated" not in diagnostic.message + diagnostic.remedy
        else:
            assert diagnostic.unknown


def test_no_article_is_flagged_for_what_another_one_says_or_cites() -> None:
    """Each alone beside the studies has the flags that it has among the others."""
    across = {code for code, detector in DETECTORS.iterate_working() if detector.across_sources}
    for source in base().sources:
        alone = extract_source_part(base(), source.id)
        own = [d for d in api.check(alone) if d.code not in across]
        assert own == [d for d in found() if d.source == source.id and d.code not in across]
