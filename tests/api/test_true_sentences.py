"""Sentences on counts are recomputed from the shipped base; claims on an outcome are all shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kg import api
from kg.api.reports import build_report
from kg.model import CitationKind, EntityKind, EvidenceBase, Severity
from kg.render import GRADE_RENDERERS, RenderOptions, phrasing
from kg.render.grade import context_lines
from kg.render.writers import write_document
from kg.scenarios.request import GradeRequest
from kg.server.grade_library import GradeLibrary
from kg.server.views.outcome import render_outcome
from kg.server.views.page_context import PageContext
from kg.server.views.page_links import ServerLinks

pytestmark = pytest.mark.slow

OUTCOMES = (
    "acne",
    "acne-scars",
    "bioavailability",
    "cortisol",
    "fatigue",
    "gastrointestinal-side-effects",
    "insulin-resistance",
    "sebum-production",
)


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return api.load().base


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_is_said_of_counts_is_true_of_the_base(base: EvidenceBase, outcome: str) -> None:
    (grade,) = api.grade(base, outcome)
    outcome_ids = base.find_descendants(outcome)
    measured = {s.id for s in base.studies if {f.outcome for f in s.findings} & outcome_ids}
    assert phrasing.describe_counts(grade).startswith(
        f"{len(base.sources)} sources, {len(base.assertions)} claims, "
    )
    assert phrasing.describe_counts(grade).endswith(f"; {len(base.studies)} studies")
    for pair in grade.pairs:
        said = phrasing.describe_direct(pair, base)
        cited = {c.id: c.source for c in base.citations if c.kind is not CitationKind.APPEAL}
        sources = len(set(cited.values()))
        assert f"of {len(cited)} works cited in these {sources} sources" in said
        if "nor did any study on record" in said:
            assert not measured
        if count := re.search(r"; (\d+) stud(?:y|ies) on record measured it", said):
            assert int(count[1]) == len(measured)
        claimed = re.search(r"; (\d+) claims?, ", phrasing.describe_wording(pair, base))
        assert (int(claimed[1]) if claimed else 0) == len(pair.wording.claims)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_claim_on_the_outcome_is_shown(base: EvidenceBase, outcome: str) -> None:
    (grade,) = api.grade(base, outcome)
    report = build_report(base, GradeRequest.parse(outcome))
    options = RenderOptions()
    shown = {
        **{
            form: GRADE_RENDERERS[form](grade, base, options)
            for form in ("text", "markdown", "json")
        },
        "report": write_document(report, "html"),
        "page": render_outcome(PageContext(GradeLibrary(base), ServerLinks()), outcome, {}),
    }
    worded = {id for pair in grade.pairs for id in pair.wording.claims}
    for claim in base.assertions:
        if claim.proposition.object == outcome and claim.proposition.subject in base.exposure:
            for name, text in shown.items():
                assert claim.id in worded or claim.id in text, (name, claim.id)
                assert "No source and no study" not in text, name


@pytest.mark.parametrize("outcome", ["acne-scars", "skin-ulcer-closure"])
def test_harms_stand_beside_the_answer_about_a_benefit(base: EvidenceBase, outcome: str) -> None:
    """Counted anew: adverse events of any exposure with the substance, taken the same way."""
    (grade,) = api.grade(base, outcome)
    pair = phrasing.choose_headline(grade)
    assert pair is not None
    exposure = base.exposure[pair.exposure]
    same = {e.id for e in base.exposures if e.substance == exposure.substance}
    same &= {e.id for e in base.exposures if e.route is exposure.route}
    adverse = {e.id for e in base.entities if e.kind is EntityKind.ADVERSE_EVENT}
    findings = [f for s in base.studies for f in s.findings if f.exposure in same]
    studied = {f.outcome for f in findings} & adverse
    claimed = {
        c.proposition.object for c in base.assertions if c.proposition.subject in same
    } & adverse
    harms = context_lines.list_harms(pair.exposure, base)
    assert {harm.outcome for harm in harms} == studied | claimed
    said = context_lines.describe_harms(pair, base)
    assert ("none on record" in said) == (not harms)
    for harm in harms[: context_lines.MAX_HARMS_NAMED]:
        assert base.get_label(harm.outcome) in said
    for form in ("text", "markdown"):
        text = " ".join(GRADE_RENDERERS[form](grade, base, RenderOptions()).split())
        assert "arms on record" in text or "SAFETY" in text


def test_wording_below_the_evidence_is_told(base: EvidenceBase) -> None:
    (grade,) = api.grade(base, "acne-scars")
    pair = next(pair for pair in grade.pairs if pair.wording.claims)
    below = replace(pair, gap=-2, severity=Severity.NONE)
    assert phrasing.describe_gap(below) == (
        "none: worded 2 steps below what the evidence would allow"
    )
    nobody = replace(below, wording=replace(pair.wording, claims=()))
    assert phrasing.describe_gap(nobody) == "none: the wording stays within the evidence"
