"""Grades before and after a supposition, with the links that moved and why."""

from __future__ import annotations

from kg.model import EvidenceBase
from kg.model.shifts import LinkShift, PairShift, WhatIf
from kg.registry import Registry
from kg.render import Options, shifts, table, words
from kg.render.text import BOLD, DIM, Page

FORMS: Registry[shifts.Form[WhatIf]] = Registry(
    "form",
    {
        "text": "kg.render.whatif:text",
        "json": "kg.render.whatif:as_json",
        "csv": "kg.render.whatif:as_csv",
    },
)

HEAD = (
    *(*shifts.PAIR_HEAD, "verdict_before", "verdict_after"),
    *("established_before", "as_described_before", "best_case_before"),
    *("established_after", "as_described_after", "best_case_after", "links_moved"),
)


def text(found: WhatIf, base: EvidenceBase, options: Options) -> str:
    """The pairs that moved, each with its links; the rest as a count."""
    page = Page(options)
    page.say("OUTCOME", base.label(found.outcome), BOLD)
    for n, study in enumerate(found.added):
        page.say("ADDED" if n == 0 else "", f"{study.id} (not a real study): {study.note}")
    for n, name in enumerate(found.removed):
        page.say("REMOVED" if n == 0 else "", name)
    page.rule()
    told = [p for p in found.pairs if p.standings.moved or p.links]
    for pair in told:
        _pair(page, pair, base)
    rest = len(found.pairs) - len(told)
    if not told:
        page.say("", "No grade and no link moves.", BOLD)
    elif rest:
        page.say("", f"{words.counted(rest, 'other pair')} of this outcome as before.", DIM)
    page.rule()
    page.say("", "Supposed in memory only: nothing is written.", DIM)
    shifts.foot(page, found.base)
    return page.text()


def _pair(page: Page, pair: PairShift, base: EvidenceBase) -> None:
    at = pair.standings
    shifts.headed(page, at, base)
    page.say("GRADE", shifts.moved(at.before.levels, at.after.levels))
    verdict = f"{at.before.verdict} -> {at.after.verdict}"
    page.say("VERDICT", verdict if at.before.verdict is not at.after.verdict else at.after.verdict)
    page.say("WHY", at.after.why)
    for n, link in enumerate(pair.links):
        page.say("MOVED" if n == 0 else "", _link(link, base))
        page.say("", f"  {link.why}", DIM)
    if not pair.links:
        page.say("MOVED", "no link")


def _link(link: LinkShift, base: EvidenceBase) -> str:
    name = shifts.link(link.link, base) + (" (direct)" if link.direct else "")
    return f"{name}: {shifts.moved(link.before, link.after)}"


def as_json(found: WhatIf, base: EvidenceBase, options: Options) -> str:
    """All pairs as a JSON object of the form `kg.what-if/1`."""
    return shifts.document(
        "kg.what-if/1",
        found,
        [_encoded(pair) for pair in found.pairs],
        added=[shifts.encode_study(study) for study in found.added],
        removed=list(found.removed),
    )


def _encoded(pair: PairShift) -> shifts.Json:
    at = pair.standings
    return {
        **shifts.named(at),
        "moved": at.moved,
        "before": shifts.encode_standing(at.before),
        "after": shifts.encode_standing(at.after),
        "links": [
            {
                "id": link.link,
                "direct": link.direct,
                "before": shifts.encode_levels(link.before),
                "after": shifts.encode_levels(link.after),
                "why": link.why,
            }
            for link in pair.links
        ],
    }


def as_csv(found: WhatIf, base: EvidenceBase, options: Options) -> str:
    """One row for each pair."""
    rows = [
        (
            *(*shifts.cells(at), at.before.verdict.value, at.after.verdict.value),
            *(level.word for level in at.before.levels),
            *(level.word for level in at.after.levels),
            " ".join(link.link for link in pair.links),
        )
        for pair in found.pairs
        for at in (pair.standings,)
    ]
    return table.as_csv(HEAD, rows, options.width)
