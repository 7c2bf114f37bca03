"""`kg` alone: what is in this project, the worst link, and what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.cli import shared

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade, PairGrade

TRY = (
    ("kg grade --outcome {outcome}", "how sure it is, and where it breaks"),
    ("kg explain {chain}", "the whole derivation of one chain"),
    ("kg check --fail-on severe", "every weak link, with file and line"),
    ("kg render --outcome {outcome} -o {outcome}.svg", "a picture of it"),
)


def show_overview() -> None:
    """Print counts, the worst claim, and four commands to try."""
    import os

    from kg import __version__, api

    base = shared.load(os.environ.get("KG_BASE"))
    lines = [f"kg {__version__}: how sure is the evidence behind health claims, link by link", ""]
    lines += [_counts(base), ""]
    grades = api.grade(base, diagnostics=False) if base.claims else ()
    worst = _worst(grades)
    outcome, chain = "NAME", "ID"
    if worst:
        outcome = worst.outcome
        chain = worst.chains[0].id if worst.chains else base.chains[0].id if base.chains else "ID"
        lines += [*_worst_lines(worst, base), ""]
    lines.append("Try:")
    tried = [(call.format(outcome=outcome, chain=chain), what) for call, what in TRY]
    room = max(len(call) for call, _ in tried)
    lines += [f"  {call:<{room}}  {what}" for call, what in tried]
    lines.append(f"  {'kg --help':<{room}}  all commands")
    shared.emit("\n".join(lines) + "\n")


def _counts(base: EvidenceBase) -> str:
    from kg.render.words import counted

    counts = (
        (len(base.sources), "source"),
        (len(base.claims), "claim"),
        (len(base.chains), "chain"),
        (len(base.citations), "citation"),
        (len(base.studies), "study"),
    )
    return "In this base: " + ", ".join(counted(number, noun) for number, noun in counts)


def _worst(grades: tuple[OutcomeGrade, ...]) -> PairGrade | None:
    """The pair that is worded furthest above its evidence."""
    pairs = [pair for grade in grades for pair in grade.pairs if pair.wording.claims]
    return max(
        pairs, key=lambda p: (p.gap, len(p.chains), len(p.wording.claims), p.id), default=None
    )


def _worst_lines(pair: PairGrade, base: EvidenceBase) -> list[str]:
    from kg.render import words
    from kg.render.escape import terminal

    subject = f"{base.label(pair.exposure)} -> {base.label(pair.outcome)} ({pair.sense})"
    return [
        f"Worst claim: {terminal(subject)}",
        f"  {words.verdict(pair)}",
        f"  {words.gap(pair)}",
    ]
