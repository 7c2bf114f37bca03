"""The page of an outcome: verdict, profile, chains with their breaks, graph and evidence."""

from __future__ import annotations

import logging
from typing import Any

from markupsafe import Markup

from kg.api.scenarios import rate_by_algebra
from kg.errors import OutsideError, UnknownName
from kg.model import OutcomeGrade, Reading
from kg.render.grade.outcome_view import LinkAnchors, build_badges, build_outcome_view
from kg.render.scenarios import alternatives
from kg.scenarios.request import GradeRequest
from kg.server.views.drawing import draw_outcome
from kg.server.views.page_context import (
    PageContext,
    QueryParams,
    list_diagnostic_lines,
    read_parameter,
)
from kg.server.views.templates import render_template


def render_outcome(page_context: PageContext, id: str, values: QueryParams) -> str:
    """The page of an outcome; UsageError for a choice that is none of those there are."""
    names = ("exposure", "source", "profile", "evidence", "reading")
    request = GradeRequest.parse(id, **{name: read_parameter(values, name) for name in names})
    algebra = read_parameter(values, "algebra")
    grade = page_context.grade_library.grade_outcome(request)
    if request.exposure and request.exposure not in page_context.base.exposure:
        raise UnknownName(
            "exposure", request.exposure, page_context.base.suggest_ids(request.exposure)
        )
    view = build_outcome_view(grade, page_context, request.reading, request.exposure)
    known_outcomes = page_context.grade_library.outcome_ids
    return render_template(
        "outcome.html",
        to=page_context.page_links,
        about=("entity", id),
        id=id,
        view=view,
        narrower=[page_context.link_node(n) for n in grade.narrower if n in known_outcomes],
        asked=request,
        algebra=algebra,
        graph=_draw_graph(page_context, grade, request, view.anchors) if view.pairs else None,
        flags=list_diagnostic_lines(page_context, grade.diagnostics),
        unknown=sum(d.result.value == "cannot_tell" for d in grade.diagnostics),
        offers=_list_filter_options(page_context, id),
        other=_build_algebra_table(page_context, request, algebra),
    )


def _draw_graph(
    page_context: PageContext,
    grade: OutcomeGrade,
    request: GradeRequest,
    places: LinkAnchors,
) -> Markup | None:
    """The picture; None where it cannot be drawn, so that the page has its text alone."""
    try:
        return draw_outcome(page_context, grade, request.reading, request.exposure, places)
    except OutsideError as fault:
        if not page_context.page_links.is_static:
            logging.getLogger(__name__).warning("%s has no picture: %s", grade.outcome, fault)
        return None


def _list_filter_options(page_context: PageContext, id: str) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: value and words."""
    from kg.grading.profiles import list_profiles, load_profile
    from kg.scenarios.alternatives import ALGEBRAS
    from kg.scenarios.request import DEFAULT_PROFILE

    exposures = sorted(
        {p.exposure for p in page_context.grade_library.pairs_by_id.values() if p.outcome == id}
    )
    return {
        "reading": [(r.value, r.word) for r in Reading],
        "evidence": [
            ("all", "cited works and recorded studies"),
            ("cited", "what the sources cite"),
            ("literature", "recorded studies"),
        ],
        "profile": [
            (n, load_profile(n).title)
            for n in sorted(list_profiles(), key=lambda n: (n != DEFAULT_PROFILE, n))
        ],
        "source": [("", "all sources"), *((s.id, s.title) for s in page_context.base.sources)],
        "exposure": [
            ("", "all exposures"),
            *((e, page_context.base.get_label(e)) for e in exposures),
        ],
        "algebra": [
            ("", "default"),
            *((a, f"{a.replace('-', ' ')} (uncalibrated)") for a in ALGEBRAS),
        ],
    }


def _build_algebra_table(
    page_context: PageContext, request: GradeRequest, algebra: str
) -> dict[str, Any] | None:
    """Every pair by the algebra that was asked for, as `kg grade --algebra` gives them."""
    if not algebra:
        return None
    pair_answers = rate_by_algebra(page_context.base, algebra, request)
    words_of = {(p.exposure, p.sense): [p.answers[r].word for r in Reading] for p in pair_answers}
    return {
        "name": algebra,
        "words": words_of,
        "note": alternatives.format_note(algebra),
        "rows": [
            (
                page_context.link_node(p.exposure),
                p.sense,
                [(r.word, p.answers[r].word, r is request.reading) for r in Reading],
                build_badges(p.default_levels),
                alternatives.explain_best_case(p),
            )
            for p in pair_answers
        ],
    }
