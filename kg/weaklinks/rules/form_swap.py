"""Work on another form, or on no stated form, is used for the form that is named.

## What it does
Flags a claim that names a form or salt when no work on some link is about that form. Work on
cells, or on a state of the body such as deficiency, does not count either way.

## Why it matters
Forms of one substance can differ in how much is taken up and in what else they bring along; a
claim for one of them needs the substance to be characterised as it was studied.

## Example
"Zinc picolinate clears skin", where the work cited gave "zinc".

## Remedy
Name the form that the study used, or claim the substance only.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    format_word,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import describe_study_use, join_with_and
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim about one form has, on some link, no work on that form."""
    if claim.form == "unstated":
        return None
    links = [link for link in map(filter_with_form, fact_base.group_evidence(claim.id)) if link]
    if not links:
        return None
    link_test = any_link(links, lambda finding: has_other_form(finding, claim.form))
    condition = all_of(
        fact(claim.id, "form", claim.form is not None or None),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    if not fact_base.is_complete(claim.source):
        return Judgement(None, unknown_facts=(f"{claim.source}.coverage",))
    form_labels = {describe_form(f) for f in link_test.findings}
    credit = " and credits the form itself" if claim.credits_form else ""
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: the claim names {format_word(claim.form)}{credit}; "
            "the work it leans on "
            f"({join_with_and(sorted({f.label for f in link_test.findings}))}) "
            f"was on {join_with_and(sorted(form_labels))}."
        ),
        remedy=describe_study_use(form_labels, format_word(claim.form)),
        related_places=list_related_works(
            link_test.findings, "this work was on another form or states none"
        ),
    )


def filter_with_form(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that can have a form: not on a state of the body, not on cells."""
    without = read_words("exposures", "status_kinds") | {"in_vitro"}
    return tuple(f for f in link if f.exposure_kind not in without)


def has_other_form(finding: FindingFact, form: str | None) -> Condition:
    """Whether a finding is on another form, or on none that is stated."""
    work_id = finding.work or finding.id
    if finding.exposure_kind is None:
        return Condition(None, (f"{work_id}.exposure_kind",))
    same = None if finding.form is None or form is None else finding.form == form
    return fact(work_id, "form", not_(same))


def describe_form(finding: FindingFact) -> str:
    """The exposure of a finding with its form in words."""
    if finding.form == "unstated":
        return f"{finding.exposure_label} of unstated form"
    return format_word(finding.form)


DETECTOR = Detector(
    code="KG105",
    name="form-swap",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.form", "finding.exposure_kind", "claim.form", "source.coverage"),
    fix="F4",
    backing="characterisation of the substance (EFSA): no published figure",
    judge=judge,
)
