"""A grade on one screen of a terminal: verdict first, reason second, chains third."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

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
from kg.render import Options, beside, raising, words
from kg.render.escape import terminal

INDENT = 11
SHOWN = 12

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
LEVEL_COLOURS = {
    Level.NONE: RED,
    Level.VERY_LOW: RED,
    Level.LOW: YELLOW,
    Level.MODERATE: GREEN,
    Level.HIGH: GREEN,
}
SEVERITY_COLOURS = {"severe": RED, "moderate": YELLOW, "mild": "", "cannot": DIM, "none": GREEN}


class Page:
    """Lines of a report: labels at the left, wrapped text beside them, colour last."""

    def __init__(self, options: Options) -> None:
        self.width = options.width
        self.colour = options.colour
        self.ascii = options.ascii
        self.lines: list[str] = []

    def paint(self, text: str, *codes: str) -> str:
        """The text in a colour, where colour is wanted."""
        chosen = ";".join(code for code in codes if code)
        return f"\x1b[{chosen}m{text}\x1b[0m" if self.colour and chosen else text

    def rule(self) -> None:
        """A line across the page."""
        self.lines.append(self.paint("-" * self.width, DIM))

    def say(self, label: str, text: str, *codes: str) -> None:
        """A labelled paragraph."""
        room = self.width - INDENT
        wrapped = textwrap.wrap(terminal(text), room, break_on_hyphens=False)
        for n, line in enumerate(wrapped or [""]):
            head = self.paint(f"{label if n == 0 else '':<{INDENT}}", BOLD)
            body = self.paint(line.replace(words.FIXED, " "), *codes)
            self.lines.append(f"{head}{body}".rstrip())

    def text(self) -> str:
        """The whole page."""
        whole = "\n".join(self.lines) + "\n"
        return whole.replace("≠", "!=") if self.ascii else whole


def render(grade: OutcomeGrade, base: EvidenceBase, options: Options) -> str:
    """The report on one outcome."""
    page = Page(options)
    pair = words.headline(grade, options.exposure)
    if pair is None:
        return _nothing(grade, base, page)
    _head(page, grade, pair, base)
    _verdict(page, pair, base)
    _chains(page, pair, base, Reading(options.reading))
    _others(page, grade, pair, base)
    _flags(page, grade)
    _advice(page, pair, base, Reading(options.reading))
    page.say("", words.provenance(grade), DIM)
    return page.text()


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: Options) -> str:
    """One line for every pair under its outcome, the largest gap first."""
    page = Page(options)
    if not any(grade.pairs for grade in grades):
        return "No source argues about any outcome here.\n"
    page.lines.append(page.paint(_columns("GAP", "VERDICT", "CERTAINTY", "EXPOSURE"), BOLD))
    for grade in sorted(
        grades, key=lambda g: (-max((p.gap for p in g.pairs), default=0), g.outcome)
    ):
        page.lines.append(page.paint(terminal(words.outcome_label(grade, base)), BOLD))
        for pair in sorted(grade.pairs, key=lambda p: (-p.gap, p.id)):
            levels = words.levels(pair.certainty.map(lambda c: c.level))
            claim = terminal(f"{pair.sense}: {base.label(pair.exposure)}")
            text = _columns(pair.severity.word, pair.verdict.value, levels, claim)
            colour = SEVERITY_COLOURS[pair.severity.word]
            page.lines.append(page.paint(_cut(text, page.width), colour))
    page.rule()
    page.say("", f"{words.counts(grades[0])}. {words.provenance(grades[0])}", DIM)
    page.say("", "Certainty: established / as described / best case.", DIM)
    page.say("", "Next: kg grade --outcome NAME", DIM)
    return page.text()


def _columns(severity: str, verdict: str, levels: str, claim: str) -> str:
    return f"  {severity:<9} {verdict:<12} {levels:<26} {claim}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _nothing(grade: OutcomeGrade, base: EvidenceBase, page: Page) -> str:
    label = words.outcome_label(grade, base)
    page.say("OUTCOME", label)
    page.say("VERDICT", f"NOTHING CLAIMED: no source here argues about {label}.", BOLD)
    page.say("", words.provenance(grade), DIM)
    return page.text()


def _head(page: Page, grade: OutcomeGrade, pair: PairGrade, base: EvidenceBase) -> None:
    page.say("QUESTION", words.question(pair, base), BOLD)
    who = words.population(grade, base)
    page.say("", (f"in {who}; " if who else "") + words.counts(grade), DIM)
    page.rule()


def _verdict(page: Page, pair: PairGrade, base: EvidenceBase) -> None:
    bad = pair.verdict is not Verdict.SUPPORTED
    page.say("VERDICT", words.verdict(pair), BOLD, RED if bad else GREEN)
    page.say("WHY", words.reason(pair, base))
    levels = pair.certainty.map(lambda c: c.level)
    against = f"; against it {pair.refuted_by.word}" if pair.verdict is Verdict.REFUTED else ""
    page.say(
        "CERTAINTY",
        f"established {levels.established.word}; as described {levels.as_described.word}; "
        f"best case {levels.best_case.word}{against}. "
        f"Mechanistic support, apart: {pair.mechanistic.word}",
    )
    for n, part in enumerate(beside.apart(pair)):
        page.say("APART" if n == 0 else "", part)
    page.say("WORDING", words.wording(pair, base))
    page.say("GAP", words.gap(pair), SEVERITY_COLOURS[pair.severity.word])
    page.say("DIRECT", words.direct(pair, base))
    for told in beside.groups(pair, base):
        page.say("", f"Groups within {told}")
    if other := beside.near(pair, base):
        page.say("", f"Measured near it, and not the same: {other}")
    page.rule()


def _chains(page: Page, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    number = words.counted(len(pair.chains), "chain")
    page.say(
        "CHAINS", f"{number} for the claim, from {base.label(pair.exposure)}{each(pair.chains)}"
    )
    listed(page, pair.chains, pair.outcome, base, reading)
    if pair.counter_chains:
        number = words.counted(len(pair.counter_chains), "chain")
        page.say("AGAINST", f"{number} to the opposite effect{each(pair.counter_chains)}")
        listed(page, pair.counter_chains, pair.outcome, base, reading)
    if pair.chains or pair.counter_chains:
        mark = "0" if reading is Reading.ESTABLISHED else "level"
        mark = f">>{mark}<< where it breaks first; -?-> works not identified"
        page.say("", f"{mark}; [established / as described / best case]", DIM)


def _usual(chains: Sequence[ChainGrade]) -> str:
    """The readings that most of the chains have."""
    found = [words.levels(chain.certainty) for chain in chains]
    return max(found, key=found.count, default="")


def each(chains: Sequence[ChainGrade]) -> str:
    """What to say in the headline of several chains, so that each need not say it."""
    usual = _usual(chains)
    if len(chains) < 2:
        return f" [{usual}]" if usual else ""
    alike = all(words.levels(chain.certainty) == usual for chain in chains)
    return f", each [{usual}]" if alike else f", [{usual}] unless marked"


def listed(
    page: Page, chains: Sequence[ChainGrade], outcome: str, base: EvidenceBase, reading: Reading
) -> None:
    """Write a line for each chain, with levels where they are not the usual ones."""
    usual = _usual(chains)
    for chain in chains[:SHOWN]:
        name = terminal(chain.id)
        head = f"  {page.paint(name, BOLD)}{' ' * max(0, 6 - len(name))}"
        levels = words.levels(chain.certainty)
        parts = [] if levels == usual else [(f"[{levels}]", DIM)]
        parts += [("(found by search)", DIM)] if chain.found else []
        parts += _path(chain, outcome, base, reading)
        _chain_line(page, head, len(name), parts)
    if len(chains) > SHOWN:
        page.say("", f"and {len(chains) - SHOWN} more: --format json has them all", DIM)


def _chain_line(page: Page, head: str, name: int, parts: list[tuple[str, str]]) -> None:
    used = 2 + max(6, name)
    line = head
    for text, code in parts:
        if used + 1 + len(text) > page.width:
            page.lines.append(line.rstrip())
            line, used = " " * 8, 8
        line += " " + page.paint(text, *code.split(";"))
        used += 1 + len(text)
    page.lines.append(line.rstrip())


def _path(
    chain: ChainGrade, outcome: str, base: EvidenceBase, reading: Reading
) -> Iterator[tuple[str, str]]:
    """Arrows and nodes of a chain with their colours."""
    for leg in words.legs(chain, outcome, base, reading):
        node = terminal(leg.node)
        if leg.mark == "break":
            level = "0" if leg.level is Level.NONE else leg.level.word
            yield f">>{level}<< ({terminal(leg.reason)})", f"{BOLD};{RED}"
        elif leg.mark == "gap" and words.is_defeated(leg.link):
            yield f"-{leg.level.word}-> ({terminal(leg.reason)})", RED
        elif leg.mark == "lost":
            reason = "" if leg.reason in words.LOST else f" ({terminal(leg.reason)})"
            yield f"-?->{reason}", YELLOW
        elif leg.mark == "by definition":
            yield "-is->", DIM
        else:
            yield f"-{leg.level.word}->", LEVEL_COLOURS[leg.level]
        yield node, ""


def _others(page: Page, grade: OutcomeGrade, chosen: PairGrade, base: EvidenceBase) -> None:
    rest = [pair for pair in grade.pairs if pair is not chosen]
    harms = [p for p in rest if p.sense is Sense.HARM and p.exposure == chosen.exposure]
    others = [p for p in rest if p not in harms]
    page.rule()
    for pair in harms:
        _short(page, "HARM", pair, base)
    for n, pair in enumerate(others[:SHOWN]):
        _short(page, "ALSO" if n == 0 else "", pair, base)
    if len(others) > SHOWN:
        page.say("", f"and {len(others) - SHOWN} more: --format csv has them all", DIM)


def _short(page: Page, label: str, pair: PairGrade, base: EvidenceBase) -> None:
    levels = words.levels(pair.certainty.map(lambda c: c.level))
    said = "not claimed" if not pair.wording.claims else f"gap {pair.severity.word}"
    text = f"{base.label(pair.exposure)}, {pair.sense}: {pair.verdict} [{levels}], {said}"
    page.say(label, text)


def _flags(page: Page, grade: OutcomeGrade) -> None:
    lines = words.flag_lines(grade.diagnostics)
    if not lines:
        page.say("FLAGS", "none")
    for n, (severity, codes) in enumerate(lines):
        colour = SEVERITY_COLOURS[severity.split()[0]]
        page.say("FLAGS" if n == 0 else "", f"{severity}: {codes}", colour)


def _advice(page: Page, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    page.say("TO RAISE", f"{raising.direct(pair, base)}.")
    if chains := raising.by_chains(pair, reading):
        links = raising.fewest(pair, base, reading)
        page.say("", f"By chains: {chains}.{f' Fewest: {links}.' if links else ''}")
    page.say("REWRITE", f'"{pair.rewrite}"', BOLD if pair.severity >= Severity.MILD else "")
