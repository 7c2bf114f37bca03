"""`kg` alone: what is in this project, the worst link, and what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.cli.loading import load_base
from kg.cli.output import emit_result

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade, PairGrade

SUGGESTED_COMMANDS = (
    ("kg grade --outcome {outcome}", "how sure it is, and where it breaks"),
    ("kg explain {chain}", "the whole derivation of one chain"),
    ("kg check --fail-on severe", "every weak link, with file and line"),
    ("kg render --outcome {outcome} -o {outcome}.svg", "a picture of it"),
)


def show_overview() -> None:
    """Print counts, the worst claim, and four commands to try."""
    import os

    from kg import api
    from kg._version import __version__

    base = load_base(os.environ.get("KG_BASE"))
    lines = [f"kg {__version__}: how sure is the evidence behind health claims, link by link", ""]
    lines += [_format_counts(base), ""]
    grades = api.grade(base, diagnostics=False) if base.claims else ()
    worst_pair = _find_worst_pair(grades)
    outcome, chain = "NAME", "ID"
    if worst_pair:
        outcome = worst_pair.outcome
        chain = (
            worst_pair.chains[0].id
            if worst_pair.chains
            else base.chains[0].id
            if base.chains
            else "ID"
        )
        lines += [*_format_worst_pair(worst_pair, base), ""]
    lines.append("Try:")
    filled_commands = [
        (call.format(outcome=outcome, chain=chain), command_purpose)
        for call, command_purpose in SUGGESTED_COMMANDS
    ]
    room = max(len(call) for call, _ in filled_commands)
    lines += [f"  {call:<{room}}  {command_purpose}" for call, command_purpose in filled_commands]
    lines.append(f"  {'kg --help':<{room}}  all commands")
    emit_result("\n".join(lines) + "\n")


def _format_counts(base: EvidenceBase) -> str:
    from kg.render.phrasing import format_count

    counts = (
        (len(base.sources), "source"),
        (len(base.claims), "claim"),
        (len(base.chains), "chain"),
        (len(base.citations), "citation"),
        (len(base.studies), "study"),
    )
    return "In this base: " + ", ".join(format_count(number, noun) for number, noun in counts)


def _find_worst_pair(grades: tuple[OutcomeGrade, ...]) -> PairGrade | None:
    """The pair that is worded furthest above its evidence."""
    pairs = [pair for grade in grades for pair in grade.pairs if pair.wording.claims]
    return max(
        pairs, key=lambda p: (p.gap, len(p.chains), len(p.wording.claims), p.id), default=None
    )


def _format_worst_pair(pair: PairGrade, base: EvidenceBase) -> list[str]:
    from kg.render import phrasing
    from kg.render.escape import escape_terminal

    subject = f"{base.get_label(pair.exposure)} -> {base.get_label(pair.outcome)} ({pair.sense})"
    return [
        f"Worst claim: {escape_terminal(subject)}",
        f"  {phrasing.describe_verdict(pair, base)}",
        f"  {phrasing.describe_gap(pair)}",
    ]
