"""The next evidence for an outcome: moves by cost, with the level that each would reach."""

from __future__ import annotations

from kg.model import EvidenceBase, Level
from kg.model.shifts import Move, PairPlan, Plan
from kg.registry import Registry
from kg.render import Options, shifts, table, words
from kg.render.text import BOLD, DIM, Page

FORMS: Registry[shifts.Form[Plan]] = Registry(
    "form",
    {
        "text": "kg.render.plan:text",
        "json": "kg.render.plan:as_json",
        "csv": "kg.render.plan:as_csv",
    },
)

NOTE = (
    "Each move was tried by grading again, as if it favoured the claim. Costs are an order "
    "and no price; the profile holds them. A move that another of its kind outdoes is left out."
)

HEAD = (
    *(*shifts.PAIR_HEAD, "established_now", "rank", "kind", "cost"),
    *("established", "as_described", "best_case", "works", "links", "study"),
)


def text(found: Plan, base: EvidenceBase, options: Options) -> str:
    """The pairs, each with its moves."""
    page = Page(options)
    page.say("OUTCOME", base.label(found.outcome), BOLD)
    page.rule()
    if not found.pairs:
        page.say("", "No source argues about it: there is nothing to plan for.")
    for pair in found.pairs:
        _pair(page, pair, base)
    page.rule()
    page.say("", NOTE, DIM)
    shifts.foot(page, found.base)
    return page.text()


def _pair(page: Page, pair: PairPlan, base: EvidenceBase) -> None:
    shifts.headed(page, pair, base, pair.now)
    if not pair.moves:
        high = pair.now.levels.established is Level.HIGH
        page.say("PLAN", "none: it is high" if high else "nothing kg can try raises the level")
    for n, move in enumerate(pair.moves, 1):
        page.say("PLAN" if n == 1 else "", f"{n}. {_reached(move)}: {_move(move, base)}")
    if pair.idle:
        number = words.counted(len(pair.idle), "work")
        page.say("IDLE", f"{number} whose finding alone raises nothing: {', '.join(pair.idle)}")


def _reached(move: Move) -> str:
    return f"{move.reaches.established.word} at cost {move.cost}"


def _move(move: Move, base: EvidenceBase) -> str:
    if move.study is not None:
        about = move.study.findings[0]
        what = f"{base.label(about.exposure)} -> {base.label(about.outcome)}"
        words_of_it = ", ".join(move.study.note.partition(":")[0].split(", ")[:-1])
        return f"run {words_of_it}: {what}"
    parts = []
    if move.works:
        them = "it" if len(move.works) == 1 else "them"
        parts.append(f"identify {', '.join(move.works)}, as the text describes {them}")
    if move.links:
        links = "; ".join(shifts.link(id, base) for id in move.links)
        parts.append(f"back with sound evidence: {links}")
    return ", and ".join(parts)


def as_json(found: Plan, base: EvidenceBase, options: Options) -> str:
    """All moves as a JSON object of the form `kg.plan/1`."""
    pairs = [
        {
            **shifts.named(pair),
            "now": shifts.encode_standing(pair.now),
            "moves": [_encoded(n, move) for n, move in enumerate(pair.moves, 1)],
            "idle": list(pair.idle),
        }
        for pair in found.pairs
    ]
    return shifts.document("kg.plan/1", found, pairs)


def _encoded(rank: int, move: Move) -> shifts.Json:
    return {
        "rank": rank,
        "kind": move.kind,
        "cost": move.cost,
        "reaches": shifts.encode_levels(move.reaches),
        "works": list(move.works),
        "links": list(move.links),
        "study": shifts.encode_study(move.study) if move.study else None,
    }


def as_csv(found: Plan, base: EvidenceBase, options: Options) -> str:
    """One row for each move."""
    rows = [
        (
            *(*shifts.cells(pair), pair.now.levels.established.word),
            *(str(n), move.kind, str(move.cost), *(level.word for level in move.reaches)),
            *(" ".join(move.works), " ".join(move.links), move.study.note if move.study else ""),
        )
        for pair in found.pairs
        for n, move in enumerate(pair.moves, 1)
    ]
    return table.as_csv(HEAD, rows, options.width)
