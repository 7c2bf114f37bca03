"""Pages of rules, of SPARQL, of suppositions and of the API."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

from kg.api.detectors import find_rule, list_rules
from kg.errors import KgError
from kg.grading.conclusion import describe_conclusion
from kg.model.scenarios import PairChange
from kg.queries import load_catalogue
from kg.render import phrasing
from kg.render.grade.outcome_view import build_badges
from kg.render.scenarios import common
from kg.render.thing_links import PageLink
from kg.server.json_api import API_ENDPOINTS, run_whatif
from kg.server.views.page_context import PageContext, QueryParams, read_parameter
from kg.server.views.templates import render_template


def render_rules(page_context: PageContext, values: QueryParams) -> str:
    """All detectors, with how often each finds something here."""
    counts: dict[str, int] = {}
    for diagnostic in page_context.grade_library.list_weak_links():
        if diagnostic.result.value == "hit":
            counts[diagnostic.code] = counts.get(diagnostic.code, 0) + 1
    rows = [
        (
            PageLink(f"{r.code} {r.name}", page_context.page_links.page(f"rule/{r.code}")),
            r.severity.word,
            r.title,
            counts.get(r.code, 0),
        )
        for r in list_rules()
    ]
    return render_template("rules.html", to=page_context.page_links, rows=rows)


def render_rule(page_context: PageContext, code: str, values: QueryParams) -> str:
    """One detector: what it does, why, an example, the remedy, and where it hits here."""
    from kg.server.views.page_context import list_diagnostic_lines

    detector_rule = find_rule(code)
    hits = [d for d in page_context.grade_library.list_weak_links() if d.code == detector_rule.code]
    return render_template(
        "rule.html",
        to=page_context.page_links,
        rule=detector_rule,
        body=render_markdown(detector_rule.page_body),
        flags=list_diagnostic_lines(page_context, hits),
        unknown=sum(d.result.value == "cannot_tell" for d in hits),
    )


def render_markdown(text: str) -> Markup:
    """Markdown of our own docstrings as HTML; raw HTML in it is shown, never passed on."""
    return Markup(MarkdownIt("js-default").render(text))  # noqa: S704


def render_query_page(page_context: PageContext, values: QueryParams) -> str:
    """The SPARQL page, with the saved queries; an editor where scripts run."""
    text = "".join(values.get("query", ()))[:65_536]
    saved = list(load_catalogue().values())
    return render_template(
        "query.html",
        to=page_context.page_links,
        text=text or saved[0].text,
        saved=[(q.name, q.title, q.problem, q.text) for q in saved],
    )


def render_whatif(page_context: PageContext, values: QueryParams) -> str:
    """What a supposition does to the verdict."""
    outcome = read_parameter(values, "outcome")
    added = [v for v in values.get("add", ()) if v.strip()]
    removed = [v for v in values.get("remove", ()) if v.strip()]
    problem, shift_rows, unmoved_count = "", [], 0
    label = page_context.base.get_label(outcome)
    try:
        whatif_result = run_whatif(page_context.grade_library, values)
        label = page_context.base.get_label(whatif_result.outcome)
        moved_pairs = [p for p in whatif_result.pairs if p.standings.has_changed or p.links]
        shift_rows, unmoved_count = (
            [_build_shift(page_context, p) for p in moved_pairs],
            len(whatif_result.pairs) - len(moved_pairs),
        )
        outcome = whatif_result.outcome
    except KgError as fault:
        problem = str(fault).removeprefix("--add ").removeprefix("--remove ")
    return render_template(
        "whatif.html",
        to=page_context.page_links,
        outcome=outcome,
        back=page_context.page_links.thing("entity", outcome) if outcome else "",
        label=label,
        added=added,
        removed=removed,
        problem=problem,
        shifts=shift_rows,
        rest=unmoved_count,
    )


def _build_shift(page_context: PageContext, pair: PairChange) -> dict[str, object]:
    pair_standings = pair.standings
    return {
        "exposure": page_context.link_node(pair_standings.exposure),
        "sense": pair_standings.sense.value,
        "before": build_badges(pair_standings.before.levels),
        "after": build_badges(pair_standings.after.levels),
        "verdicts": [
            (f"verdict-{s.verdict}", describe_conclusion(s.conclusion))
            for s in (pair_standings.before, pair_standings.after)
        ],
        "why": pair_standings.after.why,
        "links": [
            (
                phrasing.describe_link(k.link, page_context.base),
                common.format_change(k.before, k.after),
                k.why,
            )
            for k in pair.links
        ],
    }


def render_api_page(page_context: PageContext, values: QueryParams) -> str:
    """What the API offers."""
    return render_template("api.html", to=page_context.page_links, addresses=API_ENDPOINTS)
