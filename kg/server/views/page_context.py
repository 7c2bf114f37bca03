"""What a view is given, and the small parts that pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kg.model import Diagnostic, EffectDirection, PairGrade, Result
from kg.render import phrasing
from kg.render.grade.outcome_view import (
    LevelBadge,
    build_pair_badges,
    format_pair_anchor,
)
from kg.render.thing_links import PageLink, ThingLinks
from kg.server.grade_library import GradeLibrary
from kg.server.views.page_links import PageLinks

QueryParams = Mapping[str, Sequence[str]]


class PageContext(ThingLinks):
    """The library and where links lead."""

    def __init__(self, grade_library: GradeLibrary, page_links: PageLinks) -> None:
        super().__init__(grade_library.base, page_links.thing)
        self.grade_library, self.page_links = grade_library, page_links


@dataclass(frozen=True, slots=True)
class DiagnosticLine:
    """A weak link as a page lists it."""

    code: str
    name: str
    severity: str
    message: str
    remedy: str
    rule: str
    subject: PageLink
    place: str


def list_diagnostic_lines(
    page_context: PageContext, diagnostics: Sequence[Diagnostic], max_lines: int = 200
) -> list[DiagnosticLine]:
    """Hits as a page lists them, worst first."""
    hits = [d for d in diagnostics if d.result is Result.HIT][:max_lines]
    return [
        DiagnosticLine(
            d.code,
            d.name,
            d.severity.word,
            d.message,
            d.remedy,
            page_context.page_links.page(f"rule/{d.code}"),
            page_context.link_subject(d.subject),
            str(d.location or ""),
        )
        for d in hits
    ]


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in one line: what is asked, the verdict, and how far the wording outruns it."""

    exposure: PageLink
    outcome: PageLink
    sense: str
    verdict: str
    verdict_style: str
    chips: list[LevelBadge]
    gap: str
    severity: str
    href: str
    is_broken: bool


def build_pair_line(page_context: PageContext, pair: PairGrade, source: str = "") -> PairLine:
    """A pair in one line; it leads to its place on the page of the outcome.

    With `source` the pair was graded by what this source argues, and so is the page, where there
    is a server to do so.
    """
    outcome = page_context.link_node(pair.outcome)
    source_query = (
        f"?{urlencode({'source': source})}"
        if source and not page_context.page_links.is_static
        else ""
    )
    return PairLine(
        exposure=page_context.link_node(pair.exposure),
        outcome=outcome,
        sense=pair.sense.value,
        verdict=phrasing.describe_verdict(pair, page_context.base),
        verdict_style=f"verdict-{pair.verdict.value}",
        chips=build_pair_badges(pair),
        gap=phrasing.describe_gap(pair) if pair.wording.claims else "",
        severity=pair.severity.word if pair.wording.claims else "none",
        href=f"{outcome.href}{source_query}#{format_pair_anchor(pair)}",
        is_broken=pair.conclusion.direction is EffectDirection.ARGUMENT_BREAKS,
    )


def read_parameter(values: QueryParams, name: str) -> str:
    """The value of a parameter that is given at most once; nothing where it is not given."""
    given_values = values.get(name, ())
    return given_values[0][:200] if given_values else ""
