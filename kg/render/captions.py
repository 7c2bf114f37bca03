"""What a picture says in words: heading, footer, the words at a break, and the alt text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import (
    BENCH,
    ChainGrade,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    OutcomeGrade,
    PairGrade,
    Reading,
    Route,
    Sense,
    Severity,
    System,
    Verdict,
)
from kg.render.picture import WORDINGS, DiagramOptions

VERDICTS = {
    Verdict.SUPPORTED: "supported",
    Verdict.REFUTED: "refuted",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.CONTESTED: "contested",
    Verdict.UNSUPPORTED: "not established",
}
READINGS = {
    Reading.AS_DESCRIBED: "Drawn as if every cited work were found and as described.",
    Reading.BEST_CASE: "Drawn at best: as if every work were found and every gap filled.",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A chain together with the pair that it argues for."""

    pair: PairGrade
    chain: ChainGrade


def weakest_link(chain: ChainGrade) -> int | None:
    """The index of the one link that gets the break mark, or None for a chain that holds.

    Of the links that hold a chain down, one that stays very low however good its works were breaks
    first (a bridge, cells); after it a step that nobody states; then the lowest and the earliest.
    """

    def rank(index: int) -> tuple[bool, bool, int, int, int]:
        link = chain.links[index]
        at_best = link.effective.best_case
        stated = link.kind is not LinkKind.IMPLICIT
        mendable = at_best > Level.VERY_LOW
        return (mendable, stated, at_best, link.effective.as_described, index)

    holding = [i for i in chain.weakest if i < len(chain.links)]
    return min(holding, key=rank, default=None)


def break_words(link: Link, base: EvidenceBase) -> str:
    """Two or three words for why a link is weak, by its kind, its note or its evidence."""
    if link.kind is LinkKind.IMPLICIT:
        return "no source"
    if link.kind is LinkKind.BRIDGE:
        asked, studied = base.exposure.get(link.subject), base.exposure.get(link.object)
        return _bridge_words(asked, studied) or _short(link.note) or "other exposure"
    if short := _short(link.note):
        return short
    systems = set(link.systems)
    if systems and systems <= BENCH:
        return "cell culture only" if System.IN_VITRO in systems else "bench work only"
    if systems == {System.ANIMAL}:
        return "animals only"
    return {
        LinkStatus.UNCITED: "no source cited",
        LinkStatus.VAGUE: "vague source",
        LinkStatus.CITED: "source not found" if not link.effective.established else "weak source",
    }.get(link.status, f"{link.effective.established.word} certainty")


def _short(note: str) -> str:
    return note if len(note) <= 28 and len(note.split()) <= 4 else ""


def _bridge_words(asked: Exposure | None, studied: Exposure | None) -> str:
    if asked is None or studied is None:
        return ""
    parts = {studied.id, studied.substance}
    salt = "other salt" if studied.form else "salt unstated"
    rules = (
        (studied.kind is ExposureKind.DEFICIENCY, "lack ≠ supplement"),
        (studied.route is Route.MEDIUM, "cells ≠ people"),
        (bool((parts - {asked.substance}) & set(asked.components)), "one component only"),
        (asked.id in studied.components, "not given alone"),
        (studied.route is not asked.route and studied.route is Route.TOPICAL, "skin ≠ mouth"),
        (studied.substance == asked.substance and studied.form != asked.form, salt),
    )
    return next((words for holds, words in rules if holds), "")


def heading(
    grade: OutcomeGrade,
    pairs: list[PairGrade],
    drawn: list[Argument],
    base: EvidenceBase,
    reading: Reading,
) -> tuple[str, tuple[str, ...]]:
    """The title with the verdict, and the lines under it."""
    outcome = base.label(grade.outcome)
    if not pairs:
        return f"{outcome}: nobody claims anything", ()
    pair = drawn[0].pair if drawn else pairs[0]
    c = pair.certainty
    gap = "" if pair.severity is Severity.NONE else f", {pair.severity.word} overclaim"
    exposure = _capital(base.label(pair.exposure))
    return (
        f"{exposure} {_for(pair)} {base.label(pair.outcome)}: {VERDICTS[pair.verdict]}",
        (
            f"{pair.direct.works_measured} of {pair.direct.works_cited} cited works measured "
            f"{base.label(pair.outcome)}. {_broken(drawn)}",
            f"Certainty: {c.established.level.word} (at best {c.best_case.level.word}). "
            f"Wording: {WORDINGS[pair.wording.sigma]}, {int(pair.wording.sigma)} of 4{gap}.",
            *_others(pairs, drawn, base),
            *((READINGS[reading],) if reading in READINGS else ()),
        ),
    )


def _broken(drawn: list[Argument]) -> str:
    breaks = sum(weakest_link(a.chain) is not None for a in drawn)
    if not drawn:
        return "No argument is given."
    if len(drawn) == 1:
        return f"Its argument {'breaks at the red cross' if breaks else 'holds'}."
    share = f"All {breaks}" if breaks == len(drawn) else f"{breaks} of {len(drawn)}"
    against = sum(a.chain.counter for a in drawn)
    turn = f" {against} of them argue{'s' * (against == 1)} the other way." if against else ""
    return f"{share} arguments break at a red cross.{turn}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _others(pairs: list[PairGrade], drawn: list[Argument], base: EvidenceBase) -> tuple[str, ...]:
    """One line on the other pairs in the picture, and one that names a reading other than ours."""
    shown = dict.fromkeys(a.pair.id for a in drawn)
    also = [p for p in pairs if p.id in shown][1:]
    named = [
        f"{base.label(p.exposure)} {_for(p)} {base.label(p.outcome)}: {VERDICTS[p.verdict]}"
        for p in also[:2]
    ]
    rest = [f"{len(also) - 2} more"] if len(also) > 2 else []
    return (f"Also drawn: {'; '.join([*named, *rest])}.",) if also else ()


def _for(pair: PairGrade) -> str:
    return {Sense.BENEFIT: "for", Sense.HARM: "worsening"}.get(pair.sense, "changing")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def footer(
    grade: OutcomeGrade, left: list[Argument], pairs: int, options: DiagramOptions
) -> tuple[str, ...]:
    """What was left out, and what the picture was made from."""
    b = grade.base
    more = [
        _counted(n, f"more {noun}") for n, noun in ((len(left), "argument"), (pairs, "claim")) if n
    ]
    rest = f"Not drawn: {' and '.join(more)}." if more else ""
    counts = (
        f"{len(b.sources)} source{'s' * (len(b.sources) != 1)}",
        f"{b.claims} claims",
        f"{b.studies} studies",
        f"{b.works_cited} works cited, {b.works_identified} identified",
        f"profile {b.profile} {b.profile_version}",
        f"kg {b.version}",
        f"reading: {options.reading.word}",
        *((options.date,) if options.date else ()),
    )
    return (*((rest,) if rest else ()), " · ".join(counts))


def everything(grades: Sequence[OutcomeGrade]) -> tuple[str, str]:
    """Title of a picture of the whole base, and a sentence with what it counts."""
    pairs = [pair for grade in grades for pair in grade.pairs]
    severe = sum(pair.severity is Severity.SEVERE for pair in pairs)
    none = sum(pair.certainty.established.level is Level.NONE for pair in pairs)
    about = grades[0].base
    return (
        f"What {_counted(len(about.sources), 'source')} claim, and how sure the evidence is",
        f"{_counted(len(pairs), 'pair')} of exposure and outcome: {none} with no established "
        f"evidence, {severe} worded three or more steps above theirs.",
    )


def spoken(argument: Argument, base: EvidenceBase) -> str:
    """One sentence for the alt text: the argument and where it breaks."""
    chain = argument.chain
    kind = "Counter-argument" if chain.counter else "Argument"
    index = weakest_link(chain)
    if index is None:
        return f"{kind} “{chain.label or chain.id}” has no broken link."
    link = chain.links[index]
    return (
        f"{kind} “{chain.label or chain.id}” breaks between {base.label(link.subject)} and "
        f"{base.label(link.object)}: {break_words(link, base)}."
    )
