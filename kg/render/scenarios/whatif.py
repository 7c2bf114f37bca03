"""Grades before and after a supposition, with the links that moved and why."""

from __future__ import annotations

from kg.model import EvidenceBase
from kg.model.scenarios import LinkChange, PairChange, WhatIf
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.grade.text import BOLD, DIM, TerminalPage
from kg.render.scenarios import common
from kg.render.writers import table

WHATIF_RENDERERS: Registry[common.ScenarioRenderer[WhatIf]] = Registry(
    "form",
    {
        "text": "kg.render.scenarios.whatif:render_text",
        "json": "kg.render.scenarios.whatif:render_json",
        "csv": "kg.render.scenarios.whatif:render_csv",
    },
)

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "verdict_before", "verdict_after"),
    *("established_before", "as_described_before", "best_case_before"),
    *("established_after", "as_described_after", "best_case_after", "links_moved"),
)


def render_text(what_if: WhatIf, base: EvidenceBase, options: RenderOptions) -> str:
    """The pairs that moved, each with its links; the rest as a count."""
    page = TerminalPage(options)
    page.add_paragraph("OUTCOME", base.get_label(what_if.outcome), BOLD)
    for n, study in enumerate(what_if.added):
        page.add_paragraph(
            "ADDED" if n == 0 else "", f"{study.id} (not a real study): {study.note}"
        )
    for n, work_id in enumerate(what_if.removed):
        page.add_paragraph("REMOVED" if n == 0 else "", work_id)
    page.add_rule()
    moving_pairs = [p for p in what_if.pairs if p.standings.has_changed or p.links]
    for pair in moving_pairs:
        _add_pair(page, pair, base)
    unmoved_count = len(what_if.pairs) - len(moving_pairs)
    if not moving_pairs:
        page.add_paragraph("", "No grade and no link moves.", BOLD)
    elif unmoved_count:
        page.add_paragraph(
            "",
            f"{phrasing.format_count(unmoved_count, 'other pair')} of this outcome as before.",
            DIM,
        )
    page.add_rule()
    page.add_paragraph("", "Supposed in memory only: nothing is written.", DIM)
    common.add_footer(page, what_if.base)
    return page.join_lines()


def _add_pair(page: TerminalPage, pair: PairChange, base: EvidenceBase) -> None:
    pair_standings = pair.standings
    common.add_pair_heading(page, pair_standings, base)
    page.add_paragraph(
        "GRADE", common.format_change(pair_standings.before.levels, pair_standings.after.levels)
    )
    verdict = f"{pair_standings.before.verdict} -> {pair_standings.after.verdict}"
    page.add_paragraph(
        "VERDICT",
        verdict
        if pair_standings.before.verdict is not pair_standings.after.verdict
        else pair_standings.after.verdict,
    )
    page.add_paragraph("WHY", pair_standings.after.why)
    for n, link in enumerate(pair.links):
        page.add_paragraph("MOVED" if n == 0 else "", _describe_link(link, base))
        page.add_paragraph("", f"  {link.why}", DIM)
    if not pair.links:
        page.add_paragraph("MOVED", "no link")


def _describe_link(link: LinkChange, base: EvidenceBase) -> str:
    link_text = common.describe_link(link.link, base) + (" (direct)" if link.direct else "")
    return f"{link_text}: {common.format_change(link.before, link.after)}"


def render_json(what_if: WhatIf, base: EvidenceBase, options: RenderOptions) -> str:
    """All pairs as a JSON object of the form `kg.what-if/1`."""
    return common.format_document(
        "kg.what-if/1",
        what_if,
        [_encode_pair(pair) for pair in what_if.pairs],
        added=[common.encode_study(study) for study in what_if.added],
        removed=list(what_if.removed),
    )


def _encode_pair(pair: PairChange) -> common.Json:
    pair_standings = pair.standings
    return {
        **common.encode_pair_names(pair_standings),
        "moved": pair_standings.has_changed,
        "before": common.encode_standing(pair_standings.before),
        "after": common.encode_standing(pair_standings.after),
        "links": [
            {
                "id": link.link,
                "direct": link.direct,
                "before": common.encode_levels(link.before),
                "after": common.encode_levels(link.after),
                "why": link.why,
            }
            for link in pair.links
        ],
    }


def render_csv(what_if: WhatIf, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each pair."""
    rows = [
        (
            *(
                *common.list_pair_cells(pair_standings),
                pair_standings.before.verdict.value,
                pair_standings.after.verdict.value,
            ),
            *(level.word for level in pair_standings.before.levels),
            *(level.word for level in pair_standings.after.levels),
            " ".join(link.link for link in pair.links),
        )
        for pair in what_if.pairs
        for pair_standings in (pair.standings,)
    ]
    return table.render_csv(COLUMN_NAMES, rows, options.width)
