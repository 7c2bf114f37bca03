"""The first page, search results, and lists of sources and studies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.api.audits import audit_base
from kg.api.search import list_searchable_things, search_things
from kg.model import PairGrade, Severity
from kg.render import phrasing
from kg.render.grade.outcome_view import format_pair_anchor, rank_by_gap
from kg.render.thing_links import PageLink
from kg.server.views.page_context import (
    PageContext,
    PairLine,
    QueryParams,
    build_pair_line,
    read_parameter,
)
from kg.server.views.templates import render_template

MAX_WORST_CLAIMS = 8
"""Claims that the first page names before the table of all pairs."""
MAX_HITS_SHOWN = 60
"""Things that a search shows."""


@dataclass(frozen=True, slots=True)
class HomeHeatCell:
    """One pair in the heat table: letters of its level, its style, and what it says in words."""

    letters: str
    style: str
    href: str
    said: str
    severe: bool


@dataclass(frozen=True, slots=True)
class HomeHeatRow:
    """One outcome of the heat table: a cell for each exposure, or none."""

    outcome: PageLink
    worst: str
    cells: list[list[HomeHeatCell]]


LETTERS_BY_LEVEL = {"none": "0", "very_low": "VL", "low": "L", "moderate": "M", "high": "H"}


def render_home(page_context: PageContext, values: QueryParams) -> str:
    """The first page: search, the widest gaps, and all pairs by outcome and exposure."""
    pairs = list(page_context.grade_library.pairs_by_id.values())
    worded = sorted((p for p in pairs if p.wording.claims), key=rank_by_gap, reverse=True)
    pairs_by_exposure = Counter(p.exposure for p in pairs)
    columns = [
        e for e, _ in sorted(pairs_by_exposure.items(), key=lambda item: (-item[1], item[0]))
    ]
    base = page_context.base
    # A wider outcome that no claim names only repeats what its kinds say.
    claimed_nodes = {claim.proposition.object for claim in base.assertions}
    return render_template(
        "home.html",
        to=page_context.page_links,
        worst=[build_pair_line(page_context, p) for p in worded if p.outcome in claimed_nodes][
            :MAX_WORST_CLAIMS
        ],
        columns=[page_context.link_node(e) for e in columns],
        rows=_build_heat_rows(page_context, pairs, columns),
        counts=[
            phrasing.format_count(len(base.sources), "source"),
            phrasing.format_count(len(base.assertions), "claim"),
            phrasing.format_count(len(base.studies), "study"),
            phrasing.format_count(len(pairs), "pair"),
        ],
        unsupported=sum(p.verdict.value == "unsupported" for p in worded),
        worded=len(worded),
    )


def _build_heat_rows(
    page_context: PageContext, pairs: list[PairGrade], columns: list[str]
) -> list[HomeHeatRow]:
    table: dict[str, dict[str, list[PairGrade]]] = {}
    for pair in pairs:
        table.setdefault(pair.outcome, {}).setdefault(pair.exposure, []).append(pair)
    order = sorted(
        table,
        key=lambda o: max(rank_by_gap(p) for cell_pairs in table[o].values() for p in cell_pairs),
        reverse=True,
    )
    return [
        HomeHeatRow(
            page_context.link_node(outcome),
            max((p.severity for ps in table[outcome].values() for p in ps if p.wording.claims),
                default=Severity.NONE).word,
            [[_build_heat_cell(page_context, p) for p in table[outcome].get(e, ())]
             for e in columns],
        )
        for outcome in order
    ]  # fmt: skip


def _build_heat_cell(page_context: PageContext, pair: PairGrade) -> HomeHeatCell:
    level = pair.certainty.established.level
    harm = {"harm": "−", "benefit": "", "increase": "↑", "decrease": "↓"}[pair.sense.value]
    cell_text = (
        f"{page_context.base.get_label(pair.exposure)}, {pair.sense} for "
        f"{page_context.base.get_label(pair.outcome)}: "
        f"{phrasing.describe_verdict(pair, page_context.base)}; "
        f"{phrasing.format_levels(pair.certainty.map(lambda c: c.level))}"
    )
    severe = bool(pair.wording.claims) and pair.severity is Severity.SEVERE
    if severe:
        cell_text += "; worded far above its evidence"
    address = f"{page_context.page_links.thing('entity', pair.outcome)}#{format_pair_anchor(pair)}"
    return HomeHeatCell(
        harm + LETTERS_BY_LEVEL[level.key], f"level-{level.key}", address, cell_text, severe
    )


def render_search(page_context: PageContext, values: QueryParams) -> str:
    """Search results; in a static site all that there is to find, which a script narrows down."""
    if page_context.page_links.is_static:
        return render_template(
            "search.html", to=page_context.page_links, text="", hits=_list_everything(page_context)
        )
    text = read_parameter(values, "q")
    hits = search_things(page_context.base, text, MAX_HITS_SHOWN + 1) if text.strip() else ()
    near_names = () if hits or not text.strip() else page_context.base.suggest_ids(text)
    return render_template(
        "search.html",
        to=page_context.page_links,
        text=text,
        hits=[(PageLink(h.label, page_context.page_links.thing(h.section, h.id)), h.what,
               _build_verdict_line(page_context, h.section, h.id))
              for h in hits[:MAX_HITS_SHOWN]],
        more=len(hits) > MAX_HITS_SHOWN,
        near=[page_context.link_node(near_id) for near_id in near_names],
    )  # fmt: skip


def _list_everything(page_context: PageContext) -> list[tuple[PageLink, str, str]]:
    return [
        (PageLink(n.label, page_context.page_links.thing(n.section, n.id)), n.what, n.names)
        for n in list_searchable_things(page_context.base)
    ]


def _build_verdict_line(page_context: PageContext, section: str, id: str) -> PairLine | None:
    """The verdict to show beside an outcome that was found."""
    if section != "entity" or id not in page_context.grade_library.outcome_ids:
        return None
    pairs = [p for p in page_context.grade_library.pairs_by_id.values() if p.outcome == id]
    return build_pair_line(page_context, max(pairs, key=rank_by_gap))


def render_sources(page_context: PageContext, values: QueryParams) -> str:
    """All sources, with what their audits found."""
    base = page_context.base
    audits = {s.id: Counter[str]() for s in base.sources}
    for entry in audit_base(base).entries:
        audits[entry.source][entry.verdict.value] += 1
    claims = Counter(c.source for c in base.claims)
    rows = [
        (
            PageLink(s.title, page_context.page_links.thing("source", s.id)),
            s.publisher or "publisher not stated",
            claims[s.id],
            audits[s.id].total(),
            audits[s.id]["identified"],
        )
        for s in base.sources
    ]
    return render_template("sources.html", to=page_context.page_links, rows=rows)


def render_studies(page_context: PageContext, values: QueryParams) -> str:
    """All studies."""
    rows = [
        (
            PageLink(s.title, page_context.page_links.thing("study", s.id)),
            s.year,
            s.design.value.replace("-", " "),
            s.system.value.replace("-", " "),
            s.n,
            len(s.findings),
            s.status.value,
        )
        for s in sorted(page_context.base.studies, key=lambda s: (-s.year, s.id))
    ]
    return render_template("studies.html", to=page_context.page_links, rows=rows)
