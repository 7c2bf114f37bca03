"""Chains of a question: those that sources argue, those that the search finds, their grades."""

from __future__ import annotations

from collections.abc import Iterable

from kg.grading.conclusion import conclude, name_effect
from kg.grading.question import Question
from kg.model import (
    ArgumentChain,
    ChainGrade,
    Conclusion,
    Level,
    Link,
    LinkKind,
    Mechanistic,
    Reading,
    Readings,
    StepKind,
    find_effect_sign,
)
from kg.search.algebra import CAP, leximin
from kg.search.graph import ArcPath
from kg.search.simple_paths import iterate_simple_paths, score_path


def collect_chains(question: Question, sign: int) -> tuple[ChainGrade, ...]:
    """The chains that sources argue, then the best that the search finds beside them.

    Args:
        question: the exposure and outcome that the chains are between.
        sign: +1 or -1, the sign of the claim; chains of the other sign are marked as counter.

    Returns:
        Grades in the order of `rank_chain`. A chain of the search is there only where it does
        better in some reading than all that are argued.
    """
    arguments = question.evidence_index.find_arguments(question.exposure.id, question.target_ids)
    graded_arguments = (_grade_argued_chain(question, chain, sign) for chain in arguments)
    argued = [grade for grade in graded_arguments if grade]
    better_chains = [
        grade
        for turn in (sign, -sign)
        for grade in _search_better_chains(question, turn, sign, argued)
    ]
    return tuple(sorted((*argued, *better_chains), key=rank_chain))


def conclude_question(question: Question, sign: int, support: Level) -> Conclusion:
    """The conclusion of a question at a level of support that was worked out already."""
    body = question.rate_direct_evidence(sign)[0].established
    has_argument = support is body.refute is Level.NONE and any(
        not chain.counter for chain in collect_chains(question, sign)
    )
    claimed = name_effect(question.outcome, sign)
    return conclude(claimed, support, body.refute, body.flags, has_argument)


def rank_chain(chain: ChainGrade) -> tuple[object, ...]:
    """Order of chains: those found after those argued, then best first by leximin, then id."""
    worth = tuple(-int(chain.certainty[r]) for r in Reading)
    best_levels = leximin(link.effective.best_case for link in chain.links)
    return (chain.found, worth, tuple(-n for n in best_levels), len(chain.links), chain.id)


def _grade_argued_chain(question: Question, chain: ArgumentChain, sign: int) -> ChainGrade | None:
    """A source's chain as links of the question; None where a step is not part of it."""
    links: list[Link] = []
    node = question.exposure.id
    for step in chain.steps:
        if step.kind is StepKind.BRIDGE:
            crossed = question.bridge_by_exposure.get(step.object)
            if crossed is None:
                return None
            if not crossed.required_links:
                continue
            key = (node, step.object, crossed.sign)
        else:
            better = question.base.entity[step.object].better
            step_sign = find_effect_sign(step.predicate, better) or 1
            tail, crossed = step.subject, question.bridge_by_exposure.get(step.subject)
            if tail in question.base.exposure and crossed and not crossed.required_links:
                tail, step_sign = question.exposure.id, step_sign * crossed.sign
            key = (tail, step.object, step_sign)
        index = question.link_index_by_key.get(key)
        if index is None:
            return None
        links.append(question.links[index])
        node = step.object
    return grade_chain(tuple(links), sign, chain.id, chain.label, chain.source)


def grade_chain(
    links: tuple[Link, ...],
    sign: int,
    chain_id: str,
    label: str,
    source: str,
    is_found: bool = False,
    feedback: bool = False,
) -> ChainGrade:
    """The grade of a chain: its weakest link, minus one a leap, never below very low.

    Args:
        links: the links in order, each with its effective levels and its leap `delta`, 0 or 1.
        sign: +1 or -1, the sign of the claim; a chain whose own sign is the other one is counter.
        chain_id: the id to show.
        label: what the source calls the chain.
        source: id of the source that argues it, empty where none does.
        is_found: whether the search found it.
        feedback: whether it comes back to a node.

    Returns:
        Levels in each reading, NONE where a link has none; the ceiling, what the chain could reach
        with all links HIGH; and the indices of its weakest links. Source: grading.md section 9.
    """
    turn = 1
    for link in links:
        turn *= link.sign
    distance = min(CAP, sum(link.delta for link in links))

    def compute_level(reading: Reading) -> Level:
        lowest = min((link.effective[reading] for link in links), default=Level.NONE)
        return Level(max(1, lowest - distance)) if lowest else Level.NONE

    return ChainGrade(
        id=chain_id,
        label=label,
        source=source,
        links=links,
        sign=turn,
        certainty=Readings.compute(compute_level),
        distance=distance,
        ceiling=Level(max(1, Level.HIGH - distance)),
        weakest=find_weakest_links(links),
        mechanistic=_rate_chain_mechanism(links),
        counter=turn != sign,
        found=is_found,
        feedback=feedback,
    )


def find_weakest_links(links: tuple[Link, ...]) -> tuple[int, ...]:
    """Indices of the links that hold a chain down, the one to name first in front.

    These are the links with the least established level. Among them come first those that even
    the best case cannot carry beyond low, then steps that no source states, then the rest.
    """
    if not links:
        return ()
    lowest_level = min(link.effective.established for link in links)

    def build_sort_key(i: int) -> tuple[int, bool, int, int]:
        link = links[i]
        best = int(link.effective.best_case)
        naming_rank = best if best <= Level.LOW else int(Level.HIGH) + 1
        return (
            naming_rank,
            link.kind is not LinkKind.IMPLICIT,
            int(link.effective.as_described),
            i,
        )

    weakest_indexes = [
        i for i, link in enumerate(links) if link.effective.established == lowest_level
    ]
    return tuple(sorted(weakest_indexes, key=build_sort_key))


def _rate_chain_mechanism(links: tuple[Link, ...]) -> Mechanistic:
    """Minimum of the links, minus one as no event is known to be essential; floor 1."""
    lowest = min((link.mechanistic for link in links), default=Mechanistic.NONE)
    if lowest is Mechanistic.NONE:
        return lowest
    return Mechanistic(max(1, lowest - 1)) if len(links) > 1 else lowest


def _identify_chain(links: Iterable[Link]) -> tuple[str, ...]:
    """What a chain says without its definitional ends, to recognise it."""
    return tuple(link.id for link in links if link.kind is not LinkKind.DEFINITIONAL)


def _search_better_chains(
    question: Question, turn: int, sign: int, argued: list[ChainGrade]
) -> list[ChainGrade]:
    """For each reading the best chain of a sign, where no chain that is argued does as well."""
    better_chains: dict[tuple[str, ...], ChainGrade] = {}
    standing = [c for c in argued if c.sign == turn]
    id_prefix = "found-pro" if turn == sign else "found-con"
    for reading in reversed(Reading):
        best_path = _find_best_path(question, turn, reading)
        links = tuple(question.links[k] for k in best_path.keys) if best_path else ()
        if best_path is None or all(map(question.is_own_link, links)):
            continue
        chain_id = id_prefix if not better_chains else f"{id_prefix}-{len(better_chains) + 1}"
        grade = grade_chain(
            links, sign, chain_id, "found by search", "", True, not best_path.is_simple
        )
        rivals = (*standing, *better_chains.values())
        if all(grade.certainty[reading] > rival.certainty[reading] for rival in rivals):
            better_chains[_identify_chain(links)] = grade
    return list(better_chains.values())


def _find_best_path(question: Question, turn: int, reading: Reading) -> ArcPath | None:
    """The best simple chain, or a better one that comes back to a node (a feedback loop)."""
    graph, best_level = question.build_graph(reading), question.find_chain_level(turn, reading)
    if not best_level:
        return None
    simple = max(iterate_simple_paths(graph, turn), key=score_path, default=None)
    if simple is not None and score_path(simple)[0] >= best_level:
        return ArcPath(tuple(arc.key for arc in simple))
    return question.kernel.find_best_path(graph, turn)
