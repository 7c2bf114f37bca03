"""The next evidence for an outcome: moves by cost, with the level that each would reach."""

from __future__ import annotations

from kg.model import EvidenceBase, Level
from kg.model.scenarios import PairPlan, Plan, PlanStep
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.grade.text import BOLD, DIM, TerminalPage
from kg.render.scenarios import common
from kg.render.writers import table

PLAN_RENDERERS: Registry[common.ScenarioRenderer[Plan]] = Registry(
    "form",
    {
        "text": "kg.render.scenarios.plan:render_text",
        "json": "kg.render.scenarios.plan:render_json",
        "csv": "kg.render.scenarios.plan:render_csv",
    },
)

PLAN_NOTE = (
    "Each move was tried by grading again, as if it favoured the claim. Costs are an order "
    "and no price; the profile holds them. A move that another of its kind outdoes is left out."
)

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "established_now", "rank", "kind", "cost"),
    *("established", "as_described", "best_case", "works", "links", "study"),
)


def render_text(next_evidence: Plan, base: EvidenceBase, options: RenderOptions) -> str:
    """The pairs, each with its moves."""
    page = TerminalPage(options)
    page.add_paragraph("OUTCOME", base.get_label(next_evidence.outcome), BOLD)
    page.add_rule()
    if not next_evidence.pairs:
        page.add_paragraph("", "No source argues about it: there is nothing to plan for.")
    for pair in next_evidence.pairs:
        _add_pair(page, pair, base)
    page.add_rule()
    page.add_paragraph("", PLAN_NOTE, DIM)
    common.add_footer(page, next_evidence.base)
    return page.join_lines()


def _add_pair(page: TerminalPage, pair: PairPlan, base: EvidenceBase) -> None:
    common.add_pair_heading(page, pair, base, pair.now)
    if not pair.moves:
        high = pair.now.levels.established is Level.HIGH
        page.add_paragraph(
            "PLAN", "none: it is high" if high else "nothing kg can try raises the level"
        )
    for n, move in enumerate(pair.moves, 1):
        page.add_paragraph(
            "PLAN" if n == 1 else "", f"{n}. {_describe_reach(move)}: {_describe_move(move, base)}"
        )
    if pair.idle:
        number = phrasing.format_count(len(pair.idle), "work")
        page.add_paragraph(
            "IDLE", f"{number} whose finding alone raises nothing: {', '.join(pair.idle)}"
        )


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
        links = "; ".join(common.describe_link(id, base) for id in move.links)
        parts.append(f"back with sound evidence: {links}")
    return ", and ".join(parts)


def render_json(next_evidence: Plan, base: EvidenceBase, options: RenderOptions) -> str:
    """All moves as a JSON object of the form `kg.plan/1`."""
    pairs = [
        {
            **common.encode_pair_names(pair),
            "now": common.encode_standing(pair.now),
            "moves": [_encode_move(n, move) for n, move in enumerate(pair.moves, 1)],
            "idle": list(pair.idle),
        }
        for pair in next_evidence.pairs
    ]
    return common.format_document("kg.plan/1", next_evidence, pairs)


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


def render_csv(next_evidence: Plan, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each move."""
    rows = [
        (
            *(*common.list_pair_cells(pair), pair.now.levels.established.word),
            *(str(n), move.kind, str(move.cost), *(level.word for level in move.reaches)),
            *(" ".join(move.works), " ".join(move.links), move.study.note if move.study else ""),
        )
        for pair in next_evidence.pairs
        for n, move in enumerate(pair.moves, 1)
    ]
    return table.render_csv(COLUMN_NAMES, rows, options.width)
