"""The picture of a grade: boxes in lanes, arrows that carry certainty, wording and breaks.

Nothing here knows how it is drawn: `kg.render.diagram.dot` and `kg.render.diagram.mermaid` write a
`Picture` down.
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
from kg.render.diagram.captions import (
    Argument,
    describe_argument,
    describe_break,
    describe_whole_base,
    find_weakest_link,
    format_footer,
    format_heading,
)
from kg.render.diagram.picture import (
    MOST_ARROWS,
    Arrow,
    Box,
    DiagramOptions,
    EdgeKind,
    Lane,
    Picture,
)

KIND_LABELS = {
    EntityKind.MOLECULAR: "molecule",
    EntityKind.CELLULAR: "cell process",
    EntityKind.MECHANISM: "mechanism",
    EntityKind.BIOMARKER: "biomarker",
    EntityKind.SUBSTANCE: "substance",
    EntityKind.INTERVENTION: "intervention",
    EntityKind.PROPERTY: "property",
}
SYSTEM_BADGES = {
    System.HUMAN: "● {} in people",
    System.ANIMAL: "◆ {} in animals",
    System.EX_VIVO: "◇ {} in tissue",
    System.IN_VITRO: "○ {} in cells",
    System.IN_SILICO: "○ {} computed",
}


def build_picture(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> Picture:
    """The picture of a grade: the best-ranked chains that fit, the rest counted in the footer."""
    diagram_options = DiagramOptions.convert_options(options)
    pairs = _keep_one_exposure(
        sorted((p for p in grade.pairs if _is_selected(p, diagram_options)), key=_rank_urgency)
    )
    drawn_arguments, omitted_arguments = _split_by_focus(pairs, diagram_options)
    arrows = _merge_arrows(
        a
        for argument in drawn_arguments
        for a in _build_arrows(argument, base, diagram_options.reading)
    )
    headline_pairs = _select_headline_pairs(pairs, drawn_arguments)
    headline_arrows = _build_headline_arrows(headline_pairs, diagram_options.reading)
    every = _merge_arrows(
        (*headline_arrows, *arrows, *_build_kind_arrows(grade, drawn_arguments, arrows, base))
    )
    title, lines = format_heading(grade, pairs, drawn_arguments, base, diagram_options.reading)
    return Picture(
        title=title,
        heading_lines=lines,
        boxes=_build_boxes(every, drawn_arguments, headline_pairs, base),
        arrows=every,
        footer_lines=format_footer(
            grade, omitted_arguments, len(grade.pairs) - len(pairs), diagram_options
        ),
        alt_text=" ".join(
            (f"{title}.", *lines, *(describe_argument(a, base) for a in drawn_arguments))
        ),
        options=diagram_options,
    )


def build_whole_picture(
    grades: Sequence[OutcomeGrade], base: EvidenceBase, options: DiagramOptions
) -> Picture:
    """Everything that was graded as one picture: every claim, argument and link, none left out.

    It is made for other tools; what a reader can take in of a whole base is
    `kg.render.diagram.heat_table`.
    """
    pairs = [pair for grade in grades for pair in grade.pairs]
    drawn_arguments = [
        Argument(pair, chain) for pair in pairs for chain in (*pair.chains, *pair.counter_chains)
    ]
    headline_arrows = [
        arrow for pair in pairs for arrow in _build_headline_arrows([pair], options.reading)
    ]
    argued = (
        a for argument in drawn_arguments for a in _build_arrows(argument, base, options.reading)
    )
    arrows = _merge_arrows((*headline_arrows, *argued))
    title, lines = describe_whole_base(grades)
    return Picture(
        title=title,
        heading_lines=(lines,),
        boxes=_build_boxes(arrows, drawn_arguments, pairs, base),
        arrows=arrows,
        footer_lines=format_footer(grades[0], [], 0, options),
        alt_text=f"{title}: {lines}",
        options=options,
    )


def _is_selected(pair: PairGrade, options: DiagramOptions) -> bool:
    return options.exposure in (None, pair.exposure) and options.sense in (None, pair.sense)


def _keep_one_exposure(pairs: list[PairGrade]) -> list[PairGrade]:
    """The most urgent pair and those of its exposure: two questions in one picture confuse."""
    return [p for p in pairs if p.exposure == pairs[0].exposure]


def _rank_urgency(pair: PairGrade) -> tuple[int, int, int, int, str]:
    benefit = 0 if pair.sense is Sense.BENEFIT else 1
    return (-pair.severity, -pair.wording.sigma, benefit, -len(pair.chains), pair.id)


def _split_by_focus(
    pairs: list[PairGrade], options: DiagramOptions
) -> tuple[list[Argument], list[Argument]]:
    drawn_arguments: list[Argument] = []
    omitted_arguments: list[Argument] = []
    for argument in _rank_arguments(pairs, options):
        nodes = {n for a in (*drawn_arguments, argument) for n in _list_nodes(a)}
        links = sum(len(a.chain.links) + 1 for a in (*drawn_arguments, argument))
        fits = (len(nodes) <= options.boxes and links <= MOST_ARROWS) or not drawn_arguments
        (drawn_arguments if fits else omitted_arguments).append(argument)
    return drawn_arguments, omitted_arguments


def _rank_arguments(pairs: list[PairGrade], options: DiagramOptions) -> list[Argument]:
    """Arguments for the first pair, then its first counter-argument, then the others."""
    ranked_by_chain: dict[str, tuple[tuple[int, ...], Argument]] = {}
    for number, pair in enumerate(pairs):
        for counter, chains in enumerate((pair.chains, pair.counter_chains)):
            for place, chain in enumerate(sorted(chains, key=_rank_strength)):
                is_wanted = options.chain in (None, chain.id) and options.source in (
                    None,
                    chain.source,
                )
                rank = (chain.found, number, counter if place else 0, place, counter)
                if is_wanted:
                    ranked_by_chain.setdefault(chain.id, (rank, Argument(pair, chain)))
    return [argument for _, argument in sorted(ranked_by_chain.values(), key=lambda item: item[0])]


def _rank_strength(chain: ChainGrade) -> tuple[int, int, int, int, str]:
    c = chain.certainty
    return (-c.established, -c.as_described, -c.best_case, len(chain.links), chain.id)


def _list_nodes(argument: Argument) -> Iterator[str]:
    yield argument.pair.exposure
    yield argument.pair.outcome
    for link in argument.chain.links:
        yield from (link.subject, link.object)
        if link.evidence_from:
            yield link.evidence_from


def _build_arrows(argument: Argument, base: EvidenceBase, reading: Reading) -> Iterator[Arrow]:
    chain, pair = argument.chain, argument.pair
    weakest = find_weakest_link(chain)
    first = chain.links[0].subject if chain.links else pair.exposure
    if first != pair.exposure and first in base.exposure:
        yield Arrow(pair.exposure, first, EdgeKind.BRIDGE)
    for index, link in enumerate(chain.links):
        mark = describe_break(link, base) if index == weakest else ""
        tail_node = link.subject
        if (
            link.evidence_from
            and link.evidence_from != tail_node
            and link.kind is not LinkKind.BRIDGE
        ):
            yield Arrow(tail_node, link.evidence_from, EdgeKind.BRIDGE)
            tail_node = link.evidence_from
        is_last = index == len(chain.links) - 1
        harm = Sense.HARM if is_last and (chain.counter != (pair.sense is Sense.HARM)) else None
        yield Arrow(
            tail=tail_node,
            head=link.object,
            edge_kind=_EDGE_KINDS[link.kind],
            sign=link.sign,
            level=None if link.kind is LinkKind.DEFINITIONAL else link.effective[reading],
            tier=link.tier,
            claims=frozenset(link.claims),
            break_text=mark,
            sense=harm,
        )


_EDGE_KINDS = {
    LinkKind.ASSERTED: EdgeKind.CLAIM,
    LinkKind.LITERATURE: EdgeKind.CLAIM,
    LinkKind.IMPLICIT: EdgeKind.IMPLICIT,
    LinkKind.BRIDGE: EdgeKind.BRIDGE,
    LinkKind.DEFINITIONAL: EdgeKind.KIND_OF,
}


def _merge_arrows(arrows: Iterable[Arrow]) -> tuple[Arrow, ...]:
    arrows_by_key: dict[tuple[str, str, str, int], Arrow] = {}
    for arrow in arrows:
        old = arrows_by_key.get(arrow.merge_key)
        arrows_by_key[arrow.merge_key] = arrow if old is None else _join_arrows(old, arrow)
    return tuple(arrows_by_key.values())


def _join_arrows(a: Arrow, b: Arrow) -> Arrow:
    levels = [x.level for x in (a, b) if x.level is not None]
    return replace(
        a,
        level=max(levels) if levels else None,
        tier=max(a.tier, b.tier),
        claims=a.claims | b.claims,
        break_text=a.break_text or b.break_text,
        sense=a.sense if a.sense is b.sense else None,
    )


def _select_headline_pairs(
    pairs: list[PairGrade], drawn_arguments: list[Argument]
) -> list[PairGrade]:
    """The pairs whose claims are drawn: the first, and others with arguments of their own."""
    argued = {a.pair.id for a in drawn_arguments}
    return [p for p in pairs if p.id in argued or (not drawn_arguments and p is pairs[0])]


def _build_headline_arrows(pairs: list[PairGrade], reading: Reading) -> Iterator[Arrow]:
    """The claim itself, drawn straight from exposure to outcome, where somebody words it."""
    for pair in [p for p in pairs if p.wording.sigma][:3]:
        yield Arrow(
            tail=pair.exposure,
            head=pair.outcome,
            edge_kind=EdgeKind.HEADLINE,
            sign=pair.sign,
            level=pair.certainty[reading].level,
            tier=pair.wording.sigma,
            claims=frozenset(pair.wording.claims),
            sense=pair.sense,
        )


def _build_kind_arrows(
    grade: OutcomeGrade,
    drawn_arguments: list[Argument],
    arrows: tuple[Arrow, ...],
    base: EvidenceBase,
) -> Iterator[Arrow]:
    """Kind-of lines from narrower outcomes to the outcome that was asked for."""
    drawn_ends = (
        {a.head for a in arrows} | {a.pair.outcome for a in drawn_arguments} | {grade.outcome}
    )
    wholes = dict.fromkeys([grade.outcome, *(a.pair.outcome for a in drawn_arguments)])
    parts_by_whole = {whole: base.find_descendants(whole) - {whole} for whole in wholes}
    parts_by_whole[grade.outcome] |= set(grade.narrower)
    for whole, parts in parts_by_whole.items():
        between = [parts_by_whole[other] for other in wholes if other in parts]
        for part in sorted(parts & drawn_ends):
            if not any(part in closer for closer in between):
                yield Arrow(part, whole, EdgeKind.KIND_OF)


def _build_boxes(
    arrows: tuple[Arrow, ...],
    drawn_arguments: list[Argument],
    pairs: list[PairGrade],
    base: EvidenceBase,
) -> tuple[Box, ...]:
    focus_ids = {end_id for p in pairs for end_id in (p.exposure, p.outcome)}
    end_ids = {a.pair.outcome for a in drawn_arguments} | {
        a.chain.links[-1].object for a in drawn_arguments if a.chain.links
    }
    box_ids = dict.fromkeys(end_id for a in arrows for end_id in (a.tail, a.head))
    inside = focus_ids.union(*(base.find_descendants(p.outcome) for p in pairs))
    works = _map_systems(drawn_arguments, base)
    return tuple(
        Box(
            id=box_id,
            label=base.get_label(box_id),
            lane=_choose_lane(box_id, base, end_ids | inside),
            kind=_label_kind(base.find_node(box_id)),
            badges=_format_badges(works.get(box_id, {}).values())
            + _format_measured_badge(box_id, pairs),
            is_focus=box_id in focus_ids,
            section="exposure" if box_id in base.exposure else "entity",
        )
        for box_id in box_ids
    )


def _choose_lane(id: str, base: EvidenceBase, ends: set[str]) -> Lane:
    if id in base.exposure:
        return Lane.EXPOSURE
    return Lane.OUTCOME if id in ends else Lane.BETWEEN


def _label_kind(node: Entity | Exposure | None) -> str:
    return KIND_LABELS.get(node.kind, "") if isinstance(node, Entity) else ""


def _map_systems(
    drawn_arguments: list[Argument], base: EvidenceBase
) -> dict[str, dict[str, System | None]]:
    """For each node the works on the links that lead to it, with the system they studied."""
    systems_by_node: dict[str, dict[str, System | None]] = {}
    for link in (link for argument in drawn_arguments for link in argument.chain.links):
        common_system = System(link.systems[0]) if len(link.systems) == 1 else None
        for work in (work for rating in link.ratings for work in rating.works):
            systems_by_node.setdefault(link.object, {})[work] = (
                _find_system(work, base) or common_system
            )
    return systems_by_node


def _format_badges(works: Iterable[System | None]) -> tuple[str, ...]:
    counts = Counter(works)
    system_badges = tuple(SYSTEM_BADGES[s].format(counts[s]) for s in System if s in counts)
    return system_badges + ((f"? {counts[None]} unstated",) if None in counts else ())


def _find_system(work: str, base: EvidenceBase) -> System | None:
    if work in base.study:
        return base.study[work].system
    citation = base.citation.get(work)
    return citation.described.system if citation and citation.described else None


def _format_measured_badge(id: str, pairs: list[PairGrade]) -> tuple[str, ...]:
    direct_evidence = next((p.direct for p in pairs if p.outcome == id), None)
    return (
        (f"measured by {direct_evidence.works_measured} of {direct_evidence.works_cited} works",)
        if direct_evidence
        else ()
    )
