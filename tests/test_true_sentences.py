"""Sentences on counts are recomputed from the shipped base; claims on an outcome are all shown."""

from __future__ import annotations

import re

import pytest

from kg import api
from kg.api.reports import build_report
from kg.model import CitationKind, EvidenceBase
from kg.render import GRADE_RENDERERS, RenderOptions, phrasing
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
