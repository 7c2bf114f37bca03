"""The picture of a grade: boxes in lanes, arrows that carry certainty, wording and breaks.

Nothing here knows how it is drawn: `kg.render.dot` and `kg.render.mermaid` write a `Picture` down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.model import (
    ChainGrade,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    LinkKind,
    OutcomeGrade,
    PairGrade,
    Reading,
    Sense,
    System,
)
from kg.render.captions import (
    Argument,
    break_words,
    everything,
    footer,
    heading,
    spoken,
    weakest_link,
)
from kg.render.picture import (
    MOST_ARROWS,
    Arrow,
    Box,
    DiagramOptions,
    Lane,
    Picture,
    Stroke,
)

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
    System.ANIMAL: "◆ {} in animals",
    System.EX_VIVO: "◇ {} in tissue",
    System.IN_VITRO: "○ {} in cells",
    System.IN_SILICO: "○ {} computed",
}


def picture(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> Picture:
    """The picture of a grade: the best-ranked chains that fit, the rest counted in the footer."""
    chosen = DiagramOptions.of(options)
    pairs = _told_together(sorted((p for p in grade.pairs if _asked(p, chosen)), key=_urgency))
    drawn, left = _in_focus(pairs, chosen)
    arrows = _merged(a for argument in drawn for a in _arrows(argument, base, chosen.reading))
    shown = _spoken_of(pairs, drawn)
    claimed = _headlines(shown, chosen.reading)
    every = _merged((*claimed, *arrows, *_kinds(grade, drawn, arrows, base)))
    title, lines = heading(grade, pairs, drawn, base, chosen.reading)
    return Picture(
        title=title,
        lines=lines,
        boxes=_boxes(every, drawn, shown, base),
        arrows=every,
        footer=footer(grade, left, len(grade.pairs) - len(pairs), chosen),
        alt=" ".join((f"{title}.", *lines, *(spoken(a, base) for a in drawn))),
        options=chosen,
    )


def whole(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: DiagramOptions) -> Picture:
    """Everything that was graded as one picture: every claim, argument and link, none left out.

    It is made for other tools; what a reader can take in of a whole base is `kg.render.heat`.
    """
    pairs = [pair for grade in grades for pair in grade.pairs]
    drawn = [
        Argument(pair, chain) for pair in pairs for chain in (*pair.chains, *pair.counter_chains)
    ]
    claimed = [arrow for pair in pairs for arrow in _headlines([pair], options.reading)]
    argued = (a for argument in drawn for a in _arrows(argument, base, options.reading))
    arrows = _merged((*claimed, *argued))
    title, lines = everything(grades)
    return Picture(
        title=title,
        lines=(lines,),
        boxes=_boxes(arrows, drawn, pairs, base),
        arrows=arrows,
        footer=footer(grades[0], [], 0, options),
        alt=f"{title}: {lines}",
        options=options,
    )


def _asked(pair: PairGrade, options: DiagramOptions) -> bool:
    return options.exposure in (None, pair.exposure) and options.sense in (None, pair.sense)


def _told_together(pairs: list[PairGrade]) -> list[PairGrade]:
    """The most urgent pair and those of its exposure: two questions in one picture confuse."""
    return [p for p in pairs if p.exposure == pairs[0].exposure]


def _urgency(pair: PairGrade) -> tuple[int, int, int, int, str]:
    benefit = 0 if pair.sense is Sense.BENEFIT else 1
    return (-pair.severity, -pair.wording.sigma, benefit, -len(pair.chains), pair.id)


def _in_focus(
    pairs: list[PairGrade], options: DiagramOptions
) -> tuple[list[Argument], list[Argument]]:
    drawn: list[Argument] = []
    left: list[Argument] = []
    for argument in _ranked(pairs, options):
        nodes = {n for a in (*drawn, argument) for n in _nodes(a)}
        links = sum(len(a.chain.links) + 1 for a in (*drawn, argument))
        fits = (len(nodes) <= options.boxes and links <= MOST_ARROWS) or not drawn
        (drawn if fits else left).append(argument)
    return drawn, left


def _ranked(pairs: list[PairGrade], options: DiagramOptions) -> list[Argument]:
    """Arguments for the first pair, then its first counter-argument, then the others."""
    seen: dict[str, tuple[tuple[int, ...], Argument]] = {}
    for number, pair in enumerate(pairs):
        for counter, chains in enumerate((pair.chains, pair.counter_chains)):
            for place, chain in enumerate(sorted(chains, key=_strength)):
                wanted = options.chain in (None, chain.id) and options.source in (
                    None,
                    chain.source,
                )
                rank = (chain.found, number, counter if place else 0, place, counter)
                if wanted:
                    seen.setdefault(chain.id, (rank, Argument(pair, chain)))
    return [argument for _, argument in sorted(seen.values(), key=lambda item: item[0])]


def _strength(chain: ChainGrade) -> tuple[int, int, int, int, str]:
    c = chain.certainty
    return (-c.established, -c.as_described, -c.best_case, len(chain.links), chain.id)


def _nodes(argument: Argument) -> Iterator[str]:
    yield argument.pair.exposure
    yield argument.pair.outcome
    for link in argument.chain.links:
        yield from (link.subject, link.object)
        if link.evidence_from:
            yield link.evidence_from


def _arrows(argument: Argument, base: EvidenceBase, reading: Reading) -> Iterator[Arrow]:
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


def _spoken_of(pairs: list[PairGrade], drawn: list[Argument]) -> list[PairGrade]:
    """The pairs whose claims are drawn: the first, and others with arguments of their own."""
    argued = {a.pair.id for a in drawn}
    return [p for p in pairs if p.id in argued or (not drawn and p is pairs[0])]


def _headlines(pairs: list[PairGrade], reading: Reading) -> Iterator[Arrow]:
    """The claim itself, drawn straight from exposure to outcome, where somebody words it."""
    for pair in [p for p in pairs if p.wording.sigma][:3]:
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
    grade: OutcomeGrade, drawn: list[Argument], arrows: tuple[Arrow, ...], base: EvidenceBase
) -> Iterator[Arrow]:
    """Kind-of lines from narrower outcomes to the outcome that was asked for."""
    drawn_ends = {a.head for a in arrows} | {a.pair.outcome for a in drawn} | {grade.outcome}
    wholes = dict.fromkeys([grade.outcome, *(a.pair.outcome for a in drawn)])
    under = {whole: base.descendants(whole) - {whole} for whole in wholes}
    under[grade.outcome] |= set(grade.narrower)
    for whole, parts in under.items():
        between = [under[other] for other in wholes if other in parts]
        for part in sorted(parts & drawn_ends):
            if not any(part in closer for closer in between):
                yield Arrow(part, whole, Stroke.KIND_OF)


def _boxes(
    arrows: tuple[Arrow, ...], drawn: list[Argument], pairs: list[PairGrade], base: EvidenceBase
) -> tuple[Box, ...]:
    asked = {end for p in pairs for end in (p.exposure, p.outcome)}
    ends = {a.pair.outcome for a in drawn} | {
        a.chain.links[-1].object for a in drawn if a.chain.links
    }
    ids = dict.fromkeys(end for a in arrows for end in (a.tail, a.head))
    inside = asked.union(*(base.descendants(p.outcome) for p in pairs))
    works = _works(drawn, base)
    return tuple(
        Box(
            id=id,
            label=base.label(id),
            lane=_lane(id, base, ends | inside),
            kind=_kind(base.node(id)),
            badges=_badges(works.get(id, {}).values()) + _measured(id, pairs),
            asked=id in asked,
            section="exposure" if id in base.exposure else "entity",
        )
        for id in ids
    )


def _lane(id: str, base: EvidenceBase, ends: set[str]) -> Lane:
    if id in base.exposure:
        return Lane.EXPOSURE
    return Lane.OUTCOME if id in ends else Lane.BETWEEN


def _kind(node: Entity | Exposure | None) -> str:
    return KINDS.get(node.kind, "") if isinstance(node, Entity) else ""


def _works(drawn: list[Argument], base: EvidenceBase) -> dict[str, dict[str, System | None]]:
    """For each node the works on the links that lead to it, with the system they studied."""
    found: dict[str, dict[str, System | None]] = {}
    for link in (link for argument in drawn for link in argument.chain.links):
        only = System(link.systems[0]) if len(link.systems) == 1 else None
        for work in (work for rating in link.ratings for work in rating.works):
            found.setdefault(link.object, {})[work] = _system(work, base) or only
    return found


def _badges(works: Iterable[System | None]) -> tuple[str, ...]:
    counts = Counter(works)
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
