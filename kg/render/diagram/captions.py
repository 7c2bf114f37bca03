"""What a picture says in words: heading, footer, the words at a break, and the alt text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.grading.conclusion import describe_conclusion
from kg.model import (
    BENCH_SYSTEMS,
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
)
from kg.render.diagram.picture import WORDING_LABELS, DiagramOptions

READING_NOTES = {
    Reading.AS_DESCRIBED: "Drawn as if every cited work were found and as described.",
    Reading.BEST_CASE: "Drawn at best: as if every work were found and every gap filled.",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A chain together with the pair that it argues for."""

    pair: PairGrade
    chain: ChainGrade


def find_weakest_link(chain: ChainGrade) -> int | None:
    """The index of the one link that gets the break mark, or None for a chain that holds.

    Of the links that hold a chain down, one that stays very low however good its works were breaks
    first (a bridge, cells); after it a step that nobody states; then the lowest and the earliest.
    """

    def rank_link(index: int) -> tuple[bool, bool, int, int, int]:
        link = chain.links[index]
        at_best = link.effective.best_case
        is_stated = link.kind is not LinkKind.IMPLICIT
        mendable = at_best > Level.VERY_LOW
        return (mendable, is_stated, at_best, link.effective.as_described, index)

    holding = [i for i in chain.weakest if i < len(chain.links)]
    return min(holding, key=rank_link, default=None)


def describe_break(link: Link, base: EvidenceBase) -> str:
    """Two or three words for why a link is weak, by its kind, its note or its evidence."""
    if link.kind is LinkKind.IMPLICIT:
        return "no source"
    if link.kind is LinkKind.BRIDGE:
        asked_exposure, studied = base.exposure.get(link.subject), base.exposure.get(link.object)
        return (
            _describe_bridge(asked_exposure, studied)
            or _select_short_note(link.note)
            or "other exposure"
        )
    if short := _select_short_note(link.note):
        return short
    systems = set(link.systems)
    if systems and systems <= BENCH_SYSTEMS:
        return "cell culture only" if System.IN_VITRO in systems else "bench work only"
    if systems == {System.ANIMAL}:
        return "animals only"
    return {
        LinkStatus.UNCITED: "no source cited",
        LinkStatus.VAGUE: "vague source",
        LinkStatus.CITED: "source not found" if not link.effective.established else "weak source",
    }.get(link.status, f"{link.effective.established.word} certainty")


def _select_short_note(note: str) -> str:
    return note if len(note) <= 28 and len(note.split()) <= 4 else ""


def _describe_bridge(asked_exposure: Exposure | None, studied: Exposure | None) -> str:
    if asked_exposure is None or studied is None:
        return ""
    parts = {studied.id, studied.substance}
    salt = "other salt" if studied.form else "salt unstated"
    rules = (
        (studied.kind is ExposureKind.DEFICIENCY, "lack ≠ supplement"),
        (studied.route is Route.MEDIUM, "cells ≠ people"),
        (
            bool((parts - {asked_exposure.substance}) & set(asked_exposure.components)),
            "one component only",
        ),
        (asked_exposure.id in studied.components, "not given alone"),
        (
            studied.route is not asked_exposure.route and studied.route is Route.TOPICAL,
            "skin ≠ mouth",
        ),
        (
            studied.substance == asked_exposure.substance and studied.form != asked_exposure.form,
            salt,
        ),
    )
    return next((words for is_match, words in rules if is_match), "")


def format_heading(
    grade: OutcomeGrade,
    pairs: list[PairGrade],
    drawn_arguments: list[Argument],
    base: EvidenceBase,
    reading: Reading,
) -> tuple[str, tuple[str, ...]]:
    """The title with the verdict, and the lines under it."""
    outcome = base.get_label(grade.outcome)
    if not pairs:
        return f"{outcome}: nobody claims anything", ()
    pair = drawn_arguments[0].pair if drawn_arguments else pairs[0]
    pair_certainty = pair.certainty
    gap_text = "" if pair.severity is Severity.NONE else f", {pair.severity.word} overclaim"
    exposure = _start_with_capital(base.get_label(pair.exposure))
    return (
        f"{exposure} {_choose_preposition(pair)} {base.get_label(pair.outcome)}: "
        f"{describe_conclusion(pair.conclusion)}",
        (
            f"{pair.direct.describe_works()} measured "
            f"{base.get_label(pair.outcome)}. {_describe_breaks(drawn_arguments)}",
            f"Certainty: {pair_certainty.established.level.word} (at best "
            f"{pair_certainty.best_case.level.word}). "
            f"Wording: {WORDING_LABELS[pair.wording.sigma]}, {int(pair.wording.sigma)} of "
            f"4{gap_text}.",
            *_describe_other_pairs(pairs, drawn_arguments, base),
            *((READING_NOTES[reading],) if reading in READING_NOTES else ()),
        ),
    )


def _describe_breaks(drawn_arguments: list[Argument]) -> str:
    breaks = sum(find_weakest_link(a.chain) is not None for a in drawn_arguments)
    if not drawn_arguments:
        return "No argument is given."
    if len(drawn_arguments) == 1:
        return f"Its argument {'breaks at the red cross' if breaks else 'holds'}."
    share = (
        f"All {breaks}" if breaks == len(drawn_arguments) else f"{breaks} of {len(drawn_arguments)}"
    )
    against = sum(a.chain.counter for a in drawn_arguments)
    turn = f" {against} of them argue{'s' * (against == 1)} the other way." if against else ""
    return f"{share} arguments break at a red cross.{turn}"


def _format_count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _describe_other_pairs(
    pairs: list[PairGrade], drawn_arguments: list[Argument], base: EvidenceBase
) -> tuple[str, ...]:
    """One line on the other pairs in the picture, and one that names a reading other than ours."""
    drawn_pair_ids = dict.fromkeys(a.pair.id for a in drawn_arguments)
    other_pairs = [p for p in pairs if p.id in drawn_pair_ids][1:]
    pair_texts = [
        f"{base.get_label(p.exposure)} {_choose_preposition(p)} {base.get_label(p.outcome)}: "
        f"{describe_conclusion(p.conclusion)}"
        for p in other_pairs[:2]
    ]
    rest = [f"{len(other_pairs) - 2} more"] if len(other_pairs) > 2 else []
    return (f"Also drawn: {'; '.join([*pair_texts, *rest])}.",) if other_pairs else ()


def _choose_preposition(pair: PairGrade) -> str:
    return {Sense.BENEFIT: "for", Sense.HARM: "worsening"}.get(pair.sense, "changing")


def _start_with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def format_footer(
    grade: OutcomeGrade, omitted_arguments: list[Argument], pairs: int, options: DiagramOptions
) -> tuple[str, ...]:
    """What was left out, and what the picture was made from."""
    base_summary = grade.base
    omission_counts = [
        _format_count(n, f"more {noun}")
        for n, noun in ((len(omitted_arguments), "argument"), (pairs, "claim"))
        if n
    ]
    omission_text = f"Not drawn: {' and '.join(omission_counts)}." if omission_counts else ""
    counts = (
        f"{len(base_summary.sources)} source{'s' * (len(base_summary.sources) != 1)}",
        f"{base_summary.claims} claims",
        f"{base_summary.studies} studies",
        f"{base_summary.works_cited} works cited, {base_summary.works_identified} identified",
        f"profile {base_summary.profile} {base_summary.profile_version}",
        f"kg {base_summary.version}",
        f"reading: {options.reading.word}",
        *((options.date,) if options.date else ()),
    )
    return (*((omission_text,) if omission_text else ()), " · ".join(counts))


def describe_whole_base(grades: Sequence[OutcomeGrade]) -> tuple[str, str]:
    """Title of a picture of the whole base, and a sentence with what it counts."""
    pairs = [pair for grade in grades for pair in grade.pairs]
    severe = sum(pair.severity is Severity.SEVERE for pair in pairs)
    none = sum(pair.certainty.established.level is Level.NONE for pair in pairs)
    base_summary = grades[0].base
    return (
        f"What {_format_count(len(base_summary.sources), 'source')} claim, and how sure the "
        "evidence is",
        f"{_format_count(len(pairs), 'pair')} of exposure and outcome: {none} with no established "
        f"evidence, {severe} worded three or more steps above theirs.",
    )


def describe_argument(argument: Argument, base: EvidenceBase) -> str:
    """One sentence for the alt text: the argument and where it breaks."""
    chain = argument.chain
    kind = "Counter-argument" if chain.counter else "Argument"
    index = find_weakest_link(chain)
    if index is None:
        return f"{kind} “{chain.label or chain.id}” has no broken link."
    link = chain.links[index]
    return (
        f"{kind} “{chain.label or chain.id}” breaks between {base.get_label(link.subject)} and "
        f"{base.get_label(link.object)}: {describe_break(link, base)}."
    )
