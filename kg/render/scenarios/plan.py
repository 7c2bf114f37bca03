"""The next evidence for an outcome: moves by cost, with the level that each would reach."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import EvidenceBase, Level
from kg.model.scenarios import PairPlan, Plan, PlanStep
from kg.render import phrasing
from kg.render.document import Block, Document, Field, RowTable, Rule
from kg.render.scenarios import common

PLAN_NOTE = (
    "Each move was tried by grading again, as if it favoured the claim. Costs are an order "
    "and no price; the profile holds them. A move that another of its kind outdoes is left out."
)

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "established_now", "rank", "kind", "cost"),
    *("established", "as_described", "best_case", "works", "links", "study"),
)


def build_document(plan: Plan, base: EvidenceBase) -> Document:
    """The pairs, each with its moves."""
    return Document(
        f"Next evidence for {base.get_label(plan.outcome)}",
        screen=_list_blocks(plan, base),
        table=RowTable(COLUMN_NAMES, _list_rows(plan)),
        encode=lambda: common.encode_result("kg.plan/1", plan, [*map(_encode_pair, plan.pairs)]),
    )


def _list_blocks(plan: Plan, base: EvidenceBase) -> Iterator[Block]:
    yield Field("OUTCOME", base.get_label(plan.outcome), "strong")
    yield Rule()
    if not plan.pairs:
        yield Field("", "No source argues about it: there is nothing to plan for.")
    for pair in plan.pairs:
        yield from common.build_pair_fields(pair, base, pair.now)
        yield from common.list_fields("PLAN", _list_moves(pair, base))
        if pair.idle:
            number = phrasing.format_count(len(pair.idle), "work")
            idle_works = ", ".join(pair.idle)
            yield Field("IDLE", f"{number} whose finding alone raises nothing: {idle_works}")
    yield Rule()
    yield Field("", PLAN_NOTE, "faint")
    yield from common.list_footer(plan.base)


def _list_moves(pair: PairPlan, base: EvidenceBase) -> Iterator[str]:
    if not pair.moves:
        is_high = pair.now.levels.established is Level.HIGH
        yield "none: it is high" if is_high else "nothing kg can try raises the level"
    for n, move in enumerate(pair.moves, 1):
        yield f"{n}. {_describe_reach(move)}: {_describe_move(move, base)}"


def _describe_reach(move: PlanStep) -> str:
    return f"{move.reaches.established.word} at cost {move.cost}"


def _describe_move(move: PlanStep, base: EvidenceBase) -> str:
    if move.study is not None:
        study_finding = move.study.findings[0]
        pair_text = (
            f"{base.get_label(study_finding.exposure)} -> {base.get_label(study_finding.outcome)}"
        )
        words_of_it = ", ".join(move.study.note.partition(":")[0].split(", ")[:-1])
        return f"run {words_of_it}: {pair_text}"
    parts = []
    if move.works:
        work_pronoun = "it" if len(move.works) == 1 else "them"
        parts.append(f"identify {', '.join(move.works)}, as the text describes {work_pronoun}")
    if move.links:
        links = "; ".join(phrasing.describe_link(id, base) for id in move.links)
        parts.append(f"back with sound evidence: {links}")
    return ", and ".join(parts)


def _encode_pair(pair: PairPlan) -> common.Json:
    return {
        **common.encode_pair_names(pair),
        "now": common.encode_standing(pair.now),
        "moves": [_encode_move(n, move) for n, move in enumerate(pair.moves, 1)],
        "idle": list(pair.idle),
    }


def _encode_move(rank: int, move: PlanStep) -> common.Json:
    return {
        "rank": rank,
        "kind": move.kind,
        "cost": move.cost,
        "reaches": common.encode_levels(move.reaches),
        "works": list(move.works),
        "links": list(move.links),
        "study": common.encode_study(move.study) if move.study else None,
    }


def _list_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """One row for each move."""
    for pair in plan.pairs:
        for n, move in enumerate(pair.moves, 1):
            yield (
                *(*common.list_pair_cells(pair), pair.now.levels.established.word),
                *(str(n), move.kind, str(move.cost), *(level.word for level in move.reaches)),
                *(" ".join(move.works), " ".join(move.links)),
                move.study.note if move.study else "",
            )
