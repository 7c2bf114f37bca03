"""The page of an outcome: verdict, profile, chains with their breaks, graph and evidence."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from kg.api.scenarios import rate_by_algebra
from kg.errors import OutsideError, UnknownName
from kg.model import EvidenceBase, OutcomeGrade, PairGrade, Reading, Verdict
from kg.render import phrasing
from kg.render.grade import context_lines, improvement
from kg.render.scenarios import alternatives
from kg.scenarios.request import GradeRequest
from kg.server.views.drawing import draw_outcome
from kg.server.views.link_evidence import (
    ChainRow,
    LinkAnchors,
    build_chain_row,
    list_link_evidence,
    number_links,
)
from kg.server.views.page_context import (
    LevelBadge,
    PageContext,
    QueryParams,
    build_badges,
    build_pair_badges,
    build_pair_line,
    describe_first_break,
    format_pair_anchor,
    list_diagnostic_lines,
    rank_by_gap,
    read_parameter,
)
from kg.server.views.page_links import PageLink
from kg.server.views.templates import render_template

MAX_CHAINS_SHOWN = 12
"""Chains of a pair that are shown at once."""


@dataclass(frozen=True, slots=True)
class PairSection:
    """One pair on the page."""

    anchor: str
    key: tuple[str, str]
    exposure: PageLink
    sense: str
    question: str
    verdict: str
    style: str
    reason: str
    chips: list[LevelBadge]
    mechanistic: str
    wording: str
    strongest: PageLink | None
    gap: str
    severity: str
    direct: str
    apart: tuple[str, ...]
    weak: str
    weak_at: str
    arguments: str
    chains: list[ChainRow]
    more: int
    repair: str
    settles: str
    rewrite: str


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
    headline_pair = phrasing.choose_headline(grade, request.exposure)
    pairs = sort_pairs(grade, request.exposure)
    places = number_links(pairs)
    make = partial(_build_pair_section, page_context, request=request, places=places)
    return render_template(
        "outcome.html",
        to=page_context.page_links,
        about=("entity", id),
        id=id,
        label=page_context.base.get_label(id),
        definition=page_context.base.entity[id].definition,
        population=phrasing.find_population(grade, page_context.base),
        narrower=[
            page_context.link_node(n)
            for n in grade.narrower
            if n in page_context.grade_library.outcome_ids
        ],
        broader=[page_context.link_node(b) for b in page_context.base.entity[id].broader],
        asked=request,
        algebra=algebra,
        head=make(headline_pair) if headline_pair else None,
        parts=[make(p) for p in pairs[1:]],
        lines=[build_pair_line(page_context, p) for p in pairs],
        graph=_draw_graph(page_context, grade, request, places) if pairs else None,
        pieces=list_link_evidence(page_context, pairs, places),
        flags=list_diagnostic_lines(page_context, grade.diagnostics),
        unknown=sum(d.result.value == "cannot_tell" for d in grade.diagnostics),
        offers=_list_filter_options(page_context, id),
        other=_build_algebra_table(page_context, request, algebra),
        counts=phrasing.describe_counts(grade),
        provenance=phrasing.describe_provenance(grade.base).removesuffix(
            f" {phrasing.GRADE_CAVEAT}"
        ),  # every page says it
        studies=_list_removable_studies(page_context, grade),
    )


def _draw_graph(
    page_context: PageContext,
    grade: OutcomeGrade,
    request: GradeRequest,
    places: LinkAnchors,
) -> Markup | None:
    """The picture; None where it cannot be drawn, so that the page has its text alone."""
    try:
        return draw_outcome(
            page_context, grade, request.reading, request.exposure, places
        )
    except OutsideError as fault:
        if not page_context.page_links.is_static:
            logging.getLogger(__name__).warning("%s has no picture: %s", grade.outcome, fault)
        return None


def sort_pairs(grade: OutcomeGrade, exposure: str | None = None) -> list[PairGrade]:
    """The pairs in the order in which the page has them: the headline, then the widest gaps."""
    headline_pair = phrasing.choose_headline(grade, exposure)
    other_pairs = [
        p for p in grade.pairs if exposure in (None, p.exposure) and p is not headline_pair
    ]
    return [
        *([headline_pair] if headline_pair else []),
        *sorted(other_pairs, key=rank_by_gap, reverse=True),
    ]


def _build_pair_section(
    page_context: PageContext,
    pair: PairGrade,
    request: GradeRequest,
    places: LinkAnchors,
) -> PairSection:
    base = page_context.base
    chains = [
        build_chain_row(page_context, c, pair, request.reading, places)
        for c in (*sorted(pair.chains, key=lambda c: c.found), *pair.counter_chains)
    ]
    strongest = pair.wording.strongest
    return PairSection(
        anchor=format_pair_anchor(pair),
        key=(pair.exposure, pair.sense.value),
        exposure=page_context.link_node(pair.exposure),
        sense=pair.sense.value,
        question=phrasing.format_question(pair, base),
        verdict=phrasing.describe_verdict(pair),
        style=f"verdict-{pair.verdict.value}",
        reason=phrasing.explain_verdict(pair, base),
        chips=build_pair_badges(pair),
        mechanistic=pair.mechanistic.word,
        wording=phrasing.describe_wording(pair, base),
        strongest=page_context.link_claim(strongest) if strongest else None,
        gap=phrasing.describe_gap(pair) if pair.wording.claims else "no source words it",
        severity=pair.severity.word if pair.wording.claims else "none",
        direct=phrasing.describe_direct(pair, base),
        apart=context_lines.describe_origins(pair),
        weak=_find_break_to_name(base, pair, request),
        weak_at=next((leg.href for c in chains for leg in c.legs if leg.mark == "break"), ""),
        arguments=_count_arguments(pair),
        chains=chains[:MAX_CHAINS_SHOWN],
        more=max(0, len(chains) - MAX_CHAINS_SHOWN),
        repair=improvement.describe_chain_repairs(pair, request.reading),
        settles=improvement.describe_direct_repair(pair, base),
        rewrite=pair.rewrite,
    )


def _count_arguments(pair: PairGrade) -> str:
    """How many chains there are, for and against."""
    against = len(pair.counter_chains)
    chain_count = phrasing.format_count(len(pair.chains), "chain")
    return f"{chain_count}, and {against} to the opposite effect" if against else chain_count


def _find_break_to_name(base: EvidenceBase, pair: PairGrade, request: GradeRequest) -> str:
    """The break to name beside the verdict: none where direct evidence speaks."""
    has_direct_verdict = (
        pair.verdict is not Verdict.UNSUPPORTED or request.reading is not Reading.ESTABLISHED
    )
    return "" if has_direct_verdict else describe_first_break(base, pair)


def _list_filter_options(page_context: PageContext, id: str) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: value and words."""
    from kg.grading.profiles import list_profiles, load_profile
    from kg.scenarios.alternatives import ALGEBRAS

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
        "profile": [(n, load_profile(n).title) for n in list_profiles()],
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


def _list_removable_studies(
    page_context: PageContext, grade: OutcomeGrade
) -> list[tuple[str, str]]:
    """Studies that a what-if may remove: those that bear on this outcome."""
    links = (k for p in grade.pairs for c in (*p.chains, *p.counter_chains) for k in c.links)
    direct = (w for p in grade.pairs for r in p.direct.ratings for w in r.works)
    works = {w for link in links for r in link.ratings for w in r.works} | set(direct)
    study_by_id = page_context.base.study
    study_ids = sorted(works & study_by_id.keys())
    return [(f"study:{w}", f"{study_by_id[w].title} ({study_by_id[w].year})") for w in study_ids]
