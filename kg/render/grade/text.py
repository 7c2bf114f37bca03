"""A grade on one screen of a terminal: verdict first, reason second, chains third."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.grading.conclusion import describe_conclusion, state_conclusion
from kg.model import (
    ChainGrade,
    EvidenceBase,
    Level,
    OutcomeGrade,
    PairGrade,
    Reading,
    Sense,
    Severity,
    Verdict,
)
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_terminal
from kg.render.grade import context_lines, improvement
from kg.render.writers.display_width import cut_text, measure_text
from kg.render.writers.terminal_page import BOLD, DIM, GREEN, RED, YELLOW, TerminalPage

MOST_SHOWN = 12

LEVEL_COLOURS = {
    Level.NONE: RED,
    Level.VERY_LOW: RED,
    Level.LOW: YELLOW,
    Level.MODERATE: GREEN,
    Level.HIGH: GREEN,
}
SEVERITY_COLOURS = {"severe": RED, "moderate": YELLOW, "mild": "", "cannot": DIM, "none": GREEN}


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The report on one outcome."""
    page = TerminalPage(options)
    pair = phrasing.choose_headline(grade, options.exposure)
    if pair is None:
        return _report_nothing(grade, base, page)
    _add_heading(page, grade, pair, base)
    _add_verdict(page, pair, base)
    _add_chains(page, pair, base, Reading(options.reading))
    _add_other_pairs(page, grade, pair, base)
    if unsigned_claims := phrasing.describe_unsigned_claims(grade, base):
        page.add_paragraph("NO SIGN", unsigned_claims)
    _add_flags(page, grade)
    _add_advice(page, pair, base, Reading(options.reading))
    page.add_paragraph("", phrasing.describe_provenance(grade.base), DIM)
    return page.join_lines()


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: RenderOptions) -> str:
    """One line for every pair under its outcome, the largest gap first."""
    page = TerminalPage(options)
    if not any(grade.pairs for grade in grades):
        return "No source argues about any outcome here.\n"
    verdict_by_pair = {p.id: state_conclusion(p.conclusion) for g in grades for p in g.pairs}
    width = max(map(len, verdict_by_pair.values()))
    heading = _format_columns("GAP", "VERDICT", "CERTAINTY", "EXPOSURE", width)
    page.lines.append(page.colour_text(heading, BOLD))
    for grade in sorted(
        grades, key=lambda g: (-max((p.gap for p in g.pairs), default=0), g.outcome)
    ):
        page.lines.append(
            page.colour_text(escape_terminal(phrasing.label_outcome(grade, base)), BOLD)
        )
        for pair in sorted(grade.pairs, key=lambda p: (-p.gap, p.id)):
            levels = phrasing.format_levels(pair.certainty.map(lambda c: c.level))
            claim = escape_terminal(f"{pair.sense}: {base.get_label(pair.exposure)}")
            pair_line = _format_columns(
                pair.severity.word, verdict_by_pair[pair.id], levels, claim, width
            )
            colour = SEVERITY_COLOURS[pair.severity.word]
            page.lines.append(page.colour_text(cut_text(pair_line, page.width), colour))
    page.add_rule()
    counts = phrasing.describe_counts(grades[0])
    provenance = phrasing.describe_provenance(grades[0].base)
    page.add_paragraph("", f"{counts}. {provenance}", DIM)
    page.add_paragraph("", "Certainty: established / as described / best case.", DIM)
    page.add_paragraph("", "Next: kg grade --outcome NAME", DIM)
    return page.join_lines()


def _format_columns(
    severity: str, verdict: str, levels: str, claim: str, verdict_width: int
) -> str:
    return f"  {severity:<9} {verdict:<{verdict_width}} {levels:<26} {claim}"


def _report_nothing(grade: OutcomeGrade, base: EvidenceBase, page: TerminalPage) -> str:
    verdict, claim_lines = phrasing.describe_ungraded(grade, base)
    page.add_paragraph("OUTCOME", phrasing.label_outcome(grade, base))
    page.add_paragraph("VERDICT", verdict, BOLD)
    for n, line in enumerate(claim_lines):
        page.add_paragraph("" if n else "CLAIMS", line)
    _add_flags(page, grade)
    page.add_paragraph("", phrasing.describe_provenance(grade.base), DIM)
    return page.join_lines()


def _add_heading(
    page: TerminalPage, grade: OutcomeGrade, pair: PairGrade, base: EvidenceBase
) -> None:
    page.add_paragraph("QUESTION", phrasing.format_question(pair, base), BOLD)
    population_label = phrasing.find_population(grade, base)
    page.add_paragraph(
        "",
        (f"in {population_label}; " if population_label else "") + phrasing.describe_counts(grade),
        DIM,
    )
    page.add_rule()


def _add_verdict(page: TerminalPage, pair: PairGrade, base: EvidenceBase) -> None:
    colour = LEVEL_COLOURS[pair.conclusion.level]
    page.add_paragraph("VERDICT", phrasing.describe_verdict(pair, base), BOLD, colour)
    page.add_paragraph("WHY", phrasing.explain_verdict(pair, base))
    levels = pair.certainty.map(lambda c: c.level)
    against = f"; against it {pair.refuted_by.word}" if pair.verdict is Verdict.REFUTED else ""
    page.add_paragraph(
        "CERTAINTY",
        f"established {levels.established.word}; as described {levels.as_described.word}; "
        f"best case {levels.best_case.word}{against}. "
        f"Mechanistic support, apart: {pair.mechanistic.word}",
    )
    for n, part in enumerate(context_lines.describe_origins(pair)):
        page.add_paragraph("APART" if n == 0 else "", part)
    page.add_paragraph("WORDING", phrasing.describe_wording(pair, base))
    page.add_paragraph("GAP", phrasing.describe_gap(pair), SEVERITY_COLOURS[pair.severity.word])
    page.add_paragraph("DIRECT", phrasing.describe_direct(pair, base))
    for group_text in context_lines.describe_groups(pair, base):
        page.add_paragraph("", f"Groups within {group_text}")
    if other := context_lines.list_related_outcomes(pair, base):
        page.add_paragraph("", f"Measured near it, and not the same: {other}")
    if harms := context_lines.describe_harms(pair, base, most=1):
        page.add_paragraph("SAFETY", harms)
    page.add_rule()


def _add_chains(page: TerminalPage, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    number = phrasing.format_count(len(pair.chains), "chain")
    page.add_paragraph(
        "CHAINS",
        f"{number} for the claim, from "
        f"{base.get_label(pair.exposure)}{describe_usual_levels(pair.chains)}",
    )
    add_chain_lines(page, pair.chains, pair.outcome, base, reading)
    if pair.counter_chains:
        number = phrasing.format_count(len(pair.counter_chains), "chain")
        page.add_paragraph(
            "AGAINST",
            f"{number} to the opposite effect{describe_usual_levels(pair.counter_chains)}",
        )
        add_chain_lines(page, pair.counter_chains, pair.outcome, base, reading)
    if pair.chains or pair.counter_chains:
        mark = "0" if reading is Reading.ESTABLISHED else "level"
        levels = "[established / as described / best case]"
        page.add_paragraph("", f">>{mark}<< breaks first; -?-> not identified; {levels}", DIM)


def _find_usual_levels(chains: Sequence[ChainGrade]) -> str:
    """The levels, in all readings, that most of the chains have."""
    level_texts = [phrasing.format_levels(chain.certainty) for chain in chains]
    return max(level_texts, key=level_texts.count, default="")


def describe_usual_levels(chains: Sequence[ChainGrade]) -> str:
    """What to say in the headline of several chains, so that each need not say it."""
    usual = _find_usual_levels(chains)
    if len(chains) < 2:
        return f" [{usual}]" if usual else ""
    alike = all(phrasing.format_levels(chain.certainty) == usual for chain in chains)
    return f", each [{usual}]" if alike else f", [{usual}] unless marked"


def add_chain_lines(
    page: TerminalPage,
    chains: Sequence[ChainGrade],
    outcome: str,
    base: EvidenceBase,
    reading: Reading,
) -> None:
    """Write a line for each chain, with levels where they are not the usual ones."""
    usual = _find_usual_levels(chains)
    for chain in chains[:MOST_SHOWN]:
        chain_id = escape_terminal(chain.id)
        blanks = " " * (6 - measure_text(chain_id))
        line_start = f"  {page.colour_text(chain_id, BOLD)}{blanks}"
        levels = phrasing.format_levels(chain.certainty)
        parts = [] if levels == usual else [(f"[{levels}]", DIM)]
        parts += [("(found by search)", DIM)] if chain.found else []
        parts += [("(via a feedback loop)", DIM)] if chain.feedback else []
        parts += _list_path_parts(chain, outcome, base, reading)
        _add_chain_line(page, line_start, measure_text(chain_id), parts)
    if len(chains) > MOST_SHOWN:
        page.add_paragraph(
            "", f"and {len(chains) - MOST_SHOWN} more: --format json has them all", DIM
        )


def _add_chain_line(
    page: TerminalPage, line_start: str, name: int, parts: list[tuple[str, str]]
) -> None:
    used_width = 2 + max(6, name)
    line = line_start
    for text, code in parts:
        if used_width + 1 + measure_text(text) > page.width:
            page.lines.append(line.rstrip())
            line, used_width = " " * 8, 8
        line += " " + page.colour_text(text, *code.split(";"))
        used_width += 1 + measure_text(text)
    page.lines.append(line.rstrip())


def _list_path_parts(
    chain: ChainGrade, outcome: str, base: EvidenceBase, reading: Reading
) -> Iterator[tuple[str, str]]:
    """Arrows and nodes of a chain with their colours."""
    for step_view in phrasing.list_chain_steps(chain, outcome, base, reading):
        node = escape_terminal(step_view.node)
        if step_view.mark == "break":
            level = "0" if step_view.level is Level.NONE else step_view.level.word
            yield f">>{level}<< ({escape_terminal(step_view.reason)})", f"{BOLD};{RED}"
        elif step_view.mark == "gap" and phrasing.is_defeated(step_view.link):
            yield f"-{step_view.level.word}-> ({escape_terminal(step_view.reason)})", RED
        elif step_view.mark == "lost":
            reason = (
                ""
                if step_view.reason in phrasing.LOST_REASONS
                else f" ({escape_terminal(step_view.reason)})"
            )
            yield f"-?->{reason}", YELLOW
        elif step_view.mark == "by definition":
            yield "-is->", DIM
        else:
            yield f"-{step_view.level.word}->", LEVEL_COLOURS[step_view.level]
        yield node, ""


def _add_other_pairs(
    page: TerminalPage, grade: OutcomeGrade, headline_pair: PairGrade, base: EvidenceBase
) -> None:
    remaining_pairs = [pair for pair in grade.pairs if pair is not headline_pair]
    harms = [
        p for p in remaining_pairs if p.sense is Sense.HARM and p.exposure == headline_pair.exposure
    ]
    others = [p for p in remaining_pairs if p not in harms]
    page.add_rule()
    for pair in harms:
        _add_pair_line(page, "HARM", pair, base)
    for n, pair in enumerate(others[:MOST_SHOWN]):
        _add_pair_line(page, "ALSO" if n == 0 else "", pair, base)
    if len(others) > MOST_SHOWN:
        page.add_paragraph(
            "", f"and {len(others) - MOST_SHOWN} more: --format csv has them all", DIM
        )


def _add_pair_line(page: TerminalPage, label: str, pair: PairGrade, base: EvidenceBase) -> None:
    levels = phrasing.format_levels(pair.certainty.map(lambda c: c.level))
    verdict = describe_conclusion(pair.conclusion)
    gap_text = "not claimed" if not pair.wording.claims else f"gap {pair.severity.word}"
    text = f"{base.get_label(pair.exposure)}, {pair.sense}: {verdict} [{levels}], {gap_text}"
    page.add_paragraph(label, text)


def _add_flags(page: TerminalPage, grade: OutcomeGrade) -> None:
    lines = phrasing.list_flag_lines(grade.diagnostics)
    if not lines:
        page.add_paragraph("FLAGS", "none")
    for n, (severity, codes) in enumerate(lines):
        colour = SEVERITY_COLOURS[severity.split()[0]]
        page.add_paragraph("FLAGS" if n == 0 else "", f"{severity}: {codes}", colour)


def _add_advice(page: TerminalPage, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    page.add_paragraph("TO RAISE", f"{improvement.describe_direct_repair(pair, base)}.")
    if chains := improvement.describe_chain_repairs(pair, reading):
        links = improvement.describe_smallest_repair(pair, base, reading)
        page.add_paragraph("", f"By chains: {chains}.{f' Fewest: {links}.' if links else ''}")
    page.add_paragraph(
        "REWRITE", f'"{pair.rewrite}"', BOLD if pair.severity >= Severity.MILD else ""
    )
