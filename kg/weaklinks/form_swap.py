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

from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    on,
    readable,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import listed, study_used
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim about one form has, on some link, no work on that form."""
    if claim.form == "unstated":
        return None
    links = [link for link in map(with_a_form, facts.evidence(claim.id)) if link]
    if not links:
        return None
    rests = some_link(links, lambda finding: another_form(finding, claim.form))
    condition = both(
        on(claim.id, "form", claim.form is not None or None), Condition(rests.value, rests.unknown)
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    if not facts.complete(claim.source):
        return Answer(None, unknown=(f"{claim.source}.coverage",))
    used = {described(f) for f in rests.findings}
    credit = " and credits the form itself" if claim.credits_form else ""
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: the claim names {readable(claim.form)}{credit}; "
            f"the work it leans on ({listed(sorted({f.label for f in rests.findings}))}) "
            f"was on {listed(sorted(used))}."
        ),
        remedy=study_used(used, readable(claim.form)),
        related=works_related(rests.findings, "this work was on another form or states none"),
    )


def with_a_form(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that can have a form: not on a state of the body, not on cells."""
    without = words("exposures", "status_kinds") | {"in_vitro"}
    return tuple(f for f in link if f.exposure_kind not in without)


def another_form(finding: FindingFact, form: str | None) -> Condition:
    """Whether a finding is on another form, or on none that is stated."""
    row = finding.work or finding.id
    if finding.exposure_kind is None:
        return Condition(None, (f"{row}.exposure_kind",))
    same = None if finding.form is None or form is None else finding.form == form
    return on(row, "form", not_(same))


def described(finding: FindingFact) -> str:
    """The exposure of a finding with its form in words."""
    if finding.form == "unstated":
        return f"{finding.exposure_label} of unstated form"
    return readable(finding.form)


DETECTOR = Detector(
    code="KG105",
    name="form-swap",
    over="claims",
    needs=("finding.form", "finding.exposure_kind", "claim.form", "source.coverage"),
    fix="F4",
    backing="characterisation of the substance (EFSA): no published figure",
    judge=judge,
)
