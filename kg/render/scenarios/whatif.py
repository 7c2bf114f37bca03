"""Grades before and after a supposition, with the links that moved and why."""

from __future__ import annotations

from collections.abc import Iterator

from kg.grading.conclusion import describe_conclusion
from kg.model import EvidenceBase
from kg.model.scenarios import LinkChange, PairChange, WhatIf
from kg.render import phrasing
from kg.render.document import Block, Document, Field, RowTable, Rule
from kg.render.scenarios import common

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "verdict_before", "verdict_after"),
    *("established_before", "as_described_before", "best_case_before"),
    *("established_after", "as_described_after", "best_case_after", "links_moved"),
    *("direction_before", "level_before", "direction_after", "level_after"),
)


def build_document(what_if: WhatIf, base: EvidenceBase) -> Document:
    """The pairs that moved, each with its links; the rest as a count."""
    return Document(
        f"What if: {base.get_label(what_if.outcome)}",
        screen=_list_blocks(what_if, base),
        table=RowTable(COLUMN_NAMES, map(_list_cells, what_if.pairs)),
        encode=lambda: common.encode_result(
            "kg.what-if/1",
            what_if,
            [*map(_encode_pair, what_if.pairs)],
            added=[*map(common.encode_study, what_if.added)],
            removed=list(what_if.removed),
        ),
    )


def _list_blocks(what_if: WhatIf, base: EvidenceBase) -> Iterator[Block]:
    yield Field("OUTCOME", base.get_label(what_if.outcome), "strong")
    added_studies = (f"{study.id} (not a real study): {study.note}" for study in what_if.added)
    yield from common.list_fields("ADDED", added_studies)
    yield from common.list_fields("REMOVED", what_if.removed)
    yield Rule()
    moving_pairs = [p for p in what_if.pairs if p.standings.has_changed or p.links]
    for pair in moving_pairs:
        yield from _list_pair_fields(pair, base)
    unmoved_count = len(what_if.pairs) - len(moving_pairs)
    if not moving_pairs:
        yield Field("", "No grade and no link moves.", "strong")
    elif unmoved_count:
        number = phrasing.format_count(unmoved_count, "other pair")
        yield Field("", f"{number} of this outcome as before.", "faint")
    yield Rule()
    yield Field("", "Supposed in memory only: nothing is written.", "faint")
    yield from common.list_footer(what_if.base)


def _list_pair_fields(pair: PairChange, base: EvidenceBase) -> Iterator[Field]:
    before, after = pair.standings.before, pair.standings.after
    yield from common.build_pair_fields(pair.standings, base)
    yield Field("GRADE", common.format_change(before.levels, after.levels))
    verdicts = [describe_conclusion(s.conclusion) for s in (before, after)]
    yield Field("VERDICT", " -> ".join(dict.fromkeys(verdicts)))
    yield Field("WHY", after.why)
    for n, link in enumerate(pair.links):
        yield Field("" if n else "MOVED", _describe_link(link, base))
        yield Field("", f"  {link.why}", "faint")
    if not pair.links:
        yield Field("MOVED", "no link")


def _describe_link(link: LinkChange, base: EvidenceBase) -> str:
    link_text = phrasing.describe_link(link.link, base) + (" (direct)" if link.direct else "")
    return f"{link_text}: {common.format_change(link.before, link.after)}"


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


def _list_cells(pair: PairChange) -> tuple[str, ...]:
    before, after = pair.standings.before, pair.standings.after
    return (
        *(*common.list_pair_cells(pair.standings), before.verdict.value, after.verdict.value),
        *(level.word for level in (*before.levels, *after.levels)),
        " ".join(link.link for link in pair.links),
        *(before.conclusion.direction.value, before.conclusion.level.word),
        *(after.conclusion.direction.value, after.conclusion.level.word),
    )
