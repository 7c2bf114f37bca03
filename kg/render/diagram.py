"""The picture of a grade: boxes in lanes, arrows that carry certainty, wording and breaks.

Nothing here knows how it is drawn: `kg.render.dot` and `kg.render.mermaid` write a `Picture` down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.model import (
    BENCH,
    ChainGrade,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
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
from kg.render.picture import (
    WORDINGS,
    Arrow,
    Box,
    DiagramOptions,
    Lane,
    Picture,
    Stroke,
)

VERDICTS = {
    Verdict.SUPPORTED: "supported",
    Verdict.REFUTED: "refuted",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.CONTESTED: "contested",
    Verdict.UNSUPPORTED: "not established",
}
KINDS = {
    EntityKind.MOLECULAR: "molecule",
    EntityKind.CELLULAR: "cell process",
    EntityKind.MECHANISM: "mechanism",
    EntityKind.BIOMARKER: "biomarker",
    EntityKind.SUBSTANCE: "substance",
    EntityKind.INTERVENTION: "intervention",
    EntityKind.PROPERTY: "property",
}
SYSTEMS = {
    System.HUMAN: "● {} in people",
    System.ANIMAL: "◐ {} in animals",
    System.EX_VIVO: "○ {} in tissue",
    System.IN_VITRO: "○ {} in cells",
    System.IN_SILICO: "○ {} computed",
}


@dataclass(frozen=True, slots=True)
class _Argument:
    """A chain together with the pair that it argues for."""

    pair: PairGrade
    chain: ChainGrade


def picture(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> Picture:
    """The picture of a grade: the best-ranked chains that fit, the rest counted in the footer."""
    chosen = DiagramOptions.of(options)
    pairs = sorted((p for p in grade.pairs if _asked(p, chosen)), key=_urgency)
    drawn, left = _in_focus(pairs, chosen)
    arrows = _merged(a for argument in drawn for a in _arrows(argument, base, chosen.reading))
    claimed = _headlines(pairs, arrows, chosen.reading)
    every = _merged((*claimed, *arrows, *_kinds(grade, drawn, arrows, base)))
    title, lines = _heading(grade, pairs, drawn, base, chosen.reading)
    return Picture(
        title=title,
        lines=lines,
        boxes=_boxes(every, drawn, pairs, base),
        arrows=every,
        footer=_footer(grade, left, chosen),
        alt=" ".join((f"{title}.", *lines, *(_spoken(a, base) for a in drawn))),
        options=chosen,
    )


def weakest_link(chain: ChainGrade) -> int | None:
    """The index of the one link that gets the break mark, or None for a chain that holds.

    Of the links that hold a chain down, a step that nobody states breaks first; after it the one
    that stays lowest at best, and of equals the earliest.
    """

    def rank(index: int) -> tuple[bool, int, int, int]:
        link = chain.links[index]
        stated = link.kind is not LinkKind.IMPLICIT
        return (stated, link.effective.best_case, link.effective.as_described, index)

    holding = [i for i in chain.weakest if i < len(chain.links)]
    return min(holding, key=rank, default=None)


def break_words(link: Link, base: EvidenceBase) -> str:
    """Two or three words for why a link is weak: its own note if it is short, else by its kind."""
    if link.note and len(link.note) <= 28 and len(link.note.split()) <= 4:
        return link.note
    if link.kind is LinkKind.IMPLICIT:
        return "no source"
    if link.kind is LinkKind.BRIDGE:
        return _bridge_words(base.exposure.get(link.subject), base.exposure.get(link.object))
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


def _bridge_words(asked: Exposure | None, studied: Exposure | None) -> str:
    if asked is None or studied is None:
        return "other exposure"
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
    return next((words for holds, words in rules if holds), "other exposure")


def _asked(pair: PairGrade, options: DiagramOptions) -> bool:
    return options.exposure in (None, pair.exposure)


def _urgency(pair: PairGrade) -> tuple[int, int, int, int, str]:
    benefit = 0 if pair.sense is Sense.BENEFIT else 1
    return (-pair.severity, -pair.wording.sigma, benefit, -len(pair.chains), pair.id)


def _in_focus(
    pairs: list[PairGrade], options: DiagramOptions
) -> tuple[list[_Argument], list[_Argument]]:
    drawn: list[_Argument] = []
    left: list[_Argument] = []
    for argument in _ranked(pairs, options):
        nodes = {n for a in (*drawn, argument) for n in _nodes(a)}
        fits = len(nodes) <= options.boxes or not drawn
        (drawn if fits else left).append(argument)
    return drawn, left


def _ranked(pairs: list[PairGrade], options: DiagramOptions) -> list[_Argument]:
    """Arguments for the first pair, then its first counter-argument, then the others."""
    seen: dict[str, tuple[tuple[int, ...], _Argument]] = {}
    for number, pair in enumerate(pairs):
        for counter, chains in enumerate((pair.chains, pair.counter_chains)):
            for place, chain in enumerate(sorted(chains, key=_strength)):
                wanted = options.chain in (None, chain.id) and options.source in (
                    None,
                    chain.source,
                )
                rank = (chain.found, number, counter if place else 0, place, counter)
                if wanted:
                    seen.setdefault(chain.id, (rank, _Argument(pair, chain)))
    return [argument for _, argument in sorted(seen.values(), key=lambda item: item[0])]


def _strength(chain: ChainGrade) -> tuple[int, int, int, int, str]:
    c = chain.certainty
    return (-c.established, -c.as_described, -c.best_case, len(chain.links), chain.id)


def _nodes(argument: _Argument) -> Iterator[str]:
    yield argument.pair.exposure
    yield argument.pair.outcome
    for link in argument.chain.links:
        yield from (link.subject, link.object)
        if link.evidence_from:
            yield link.evidence_from


def _arrows(argument: _Argument, base: EvidenceBase, reading: Reading) -> Iterator[Arrow]:
    chain, pair = argument.chain, argument.pair
    weakest = weakest_link(chain)
    first = chain.links[0].subject if chain.links else pair.exposure
    if first != pair.exposure and first in base.exposure:
        yield Arrow(pair.exposure, first, Stroke.BRIDGE)
    for index, link in enumerate(chain.links):
        mark = break_words(link, base) if index == weakest else ""
        tail = link.subject
        if link.evidence_from and link.evidence_from != tail and link.kind is not LinkKind.BRIDGE:
            yield Arrow(tail, link.evidence_from, Stroke.BRIDGE)
            tail = link.evidence_from
        last = index == len(chain.links) - 1
        harm = Sense.HARM if last and (chain.counter != (pair.sense is Sense.HARM)) else None
        yield Arrow(
            tail=tail,
            head=link.object,
            stroke=_STROKES[link.kind],
            sign=link.sign,
            level=None if link.kind is LinkKind.DEFINITIONAL else link.effective[reading],
            tier=link.tier,
            claims=frozenset(link.claims),
            mark=mark,
            sense=harm,
        )


_STROKES = {
    LinkKind.ASSERTED: Stroke.CLAIM,
    LinkKind.LITERATURE: Stroke.CLAIM,
    LinkKind.IMPLICIT: Stroke.IMPLICIT,
    LinkKind.BRIDGE: Stroke.BRIDGE,
    LinkKind.DEFINITIONAL: Stroke.KIND_OF,
}


def _merged(arrows: Iterable[Arrow]) -> tuple[Arrow, ...]:
    found: dict[tuple[str, str, str, int], Arrow] = {}
    for arrow in arrows:
        old = found.get(arrow.key)
        found[arrow.key] = arrow if old is None else _joined(old, arrow)
    return tuple(found.values())


def _joined(a: Arrow, b: Arrow) -> Arrow:
    levels = [x.level for x in (a, b) if x.level is not None]
    return replace(
        a,
        level=max(levels) if levels else None,
        tier=max(a.tier, b.tier),
        claims=a.claims | b.claims,
        mark=a.mark or b.mark,
        sense=a.sense if a.sense is b.sense else None,
    )


def _headlines(
    pairs: list[PairGrade], arrows: tuple[Arrow, ...], reading: Reading
) -> Iterator[Arrow]:
    """The claim itself, drawn straight from exposure to outcome, where somebody words it."""
    drawn = {end for a in arrows for end in (a.tail, a.head)}
    spoken = [p for p in pairs if p.wording.sigma and (p.exposure in drawn or p is pairs[0])]
    for pair in spoken[:3]:
        yield Arrow(
            tail=pair.exposure,
            head=pair.outcome,
            stroke=Stroke.HEADLINE,
            sign=pair.sign,
            level=pair.certainty[reading].level,
            tier=pair.wording.sigma,
            claims=frozenset(pair.wording.claims),
            sense=pair.sense,
        )


def _kinds(
    grade: OutcomeGrade, drawn: list[_Argument], arrows: tuple[Arrow, ...], base: EvidenceBase
) -> Iterator[Arrow]:
    """Kind-of lines from narrower outcomes to the outcome that was asked for."""
    heads = {a.head for a in arrows}
    wholes = dict.fromkeys([grade.outcome, *(a.pair.outcome for a in drawn)])
    for whole in wholes:
        narrower = base.descendants(whole) | (
            set(grade.narrower) if whole == grade.outcome else set()
        )
        for part in sorted((narrower - {whole}) & heads):
            yield Arrow(part, whole, Stroke.KIND_OF)


def _boxes(
    arrows: tuple[Arrow, ...], drawn: list[_Argument], pairs: list[PairGrade], base: EvidenceBase
) -> tuple[Box, ...]:
    asked = {end for p in pairs for end in (p.exposure, p.outcome)}
    ends = {a.pair.outcome for a in drawn} | {
        a.chain.links[-1].object for a in drawn if a.chain.links
    }
    ids = dict.fromkeys(end for a in arrows for end in (a.tail, a.head))
    works = _works(drawn)
    return tuple(
        Box(
            id=id,
            label=base.label(id),
            lane=_lane(id, base, ends | asked),
            kind=_kind(base.node(id)),
            badges=_badges(works.get(id, ()), base) + _measured(id, pairs),
            asked=id in asked,
        )
        for id in ids
    )


def _lane(id: str, base: EvidenceBase, ends: set[str]) -> Lane:
    if id in base.exposure:
        return Lane.EXPOSURE
    return Lane.OUTCOME if id in ends else Lane.BETWEEN


def _kind(node: Entity | Exposure | None) -> str:
    return KINDS.get(node.kind, "") if isinstance(node, Entity) else ""


def _works(drawn: list[_Argument]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for argument in drawn:
        for link in argument.chain.links:
            for rating in link.ratings:
                found.setdefault(link.object, {}).update(dict.fromkeys(rating.works))
    return {id: tuple(works) for id, works in found.items()}


def _badges(works: Iterable[str], base: EvidenceBase) -> tuple[str, ...]:
    counts: dict[System | None, int] = {}
    for work in works:
        system = _system(work, base)
        counts[system] = counts.get(system, 0) + 1
    known = tuple(SYSTEMS[s].format(counts[s]) for s in System if s in counts)
    return known + ((f"? {counts[None]} unstated",) if None in counts else ())


def _system(work: str, base: EvidenceBase) -> System | None:
    if work in base.study:
        return base.study[work].system
    citation = base.citation.get(work)
    return citation.described.system if citation and citation.described else None


def _measured(id: str, pairs: list[PairGrade]) -> tuple[str, ...]:
    of = next((p.direct for p in pairs if p.outcome == id), None)
    return (f"measured by {of.works_measured} of {of.works_cited} works",) if of else ()


def _heading(
    grade: OutcomeGrade,
    pairs: list[PairGrade],
    drawn: list[_Argument],
    base: EvidenceBase,
    reading: Reading,
) -> tuple[str, tuple[str, ...]]:
    outcome = base.label(grade.outcome)
    if not pairs:
        return f"{outcome}: nobody claims anything", ()
    pair = drawn[0].pair if drawn else pairs[0]
    breaks = sum(weakest_link(a.chain) is not None for a in drawn)
    against = sum(a.chain.counter for a in drawn)
    turn = f" {against} of them argue{'s' * (against == 1)} the other way." if against else ""
    c = pair.certainty
    gap = "" if pair.severity is Severity.NONE else f", {pair.severity.word} overclaim"
    exposure = _capital(base.label(pair.exposure))
    return (
        f"{exposure} {_for(pair)} {base.label(pair.outcome)}: {VERDICTS[pair.verdict]}",
        (
            f"{pair.direct.works_measured} of {pair.direct.works_cited} cited works measured "
            f"{base.label(pair.outcome)}. {breaks} of {_counted(len(drawn), 'argument')} "
            f"break at a red cross.{turn}",
            f"Certainty: {c.established.level.word} (at best {c.best_case.level.word}). "
            f"Wording: {WORDINGS[pair.wording.sigma]}, {int(pair.wording.sigma)} of 4{gap}.",
            *_others(pairs, drawn, base),
            *((READINGS[reading],) if reading in READINGS else ()),
        ),
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _others(pairs: list[PairGrade], drawn: list[_Argument], base: EvidenceBase) -> tuple[str, ...]:
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
    return {Sense.BENEFIT: "for", Sense.HARM: "as harm to"}.get(pair.sense, "changing")


READINGS = {
    Reading.AS_DESCRIBED: "Drawn as if every cited work were found and as described.",
    Reading.BEST_CASE: "Drawn at best: as if every work were found and every gap filled.",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _footer(grade: OutcomeGrade, left: list[_Argument], options: DiagramOptions) -> tuple[str, ...]:
    b = grade.base
    rest = f"{len(left)} more arguments are not drawn." if left else ""
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


def _spoken(argument: _Argument, base: EvidenceBase) -> str:
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
