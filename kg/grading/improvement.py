"""What would change a grade: links to back, what each would bring, studies it hangs on."""

from __future__ import annotations

from kg.grading.question import Question
from kg.model import ChainGrade, Gain, Level, Reading, RepairSet


def find_repair_sets(question: Question, sign: int, reading: Reading) -> tuple[RepairSet, ...]:
    """The fewest links to raise to HIGH for each level from very low to high.

    A set is empty where the level is reached already, None where no links would do: none joins
    the exposure with the outcome, or direct evidence refutes and so keeps chains out.
    """
    levels = tuple(Level)[1:]
    direct, _ = question.rate_direct_evidence(sign)
    if direct.established.refute:
        current_level = direct[reading].level
        return tuple(RepairSet(level, () if level <= current_level else None) for level in levels)
    graph = question.build_graph(reading)
    sets = []
    for level in levels:
        keys = question.kernel.find_repair(graph, sign, level)
        ids = None if keys is None else tuple(dict.fromkeys(question.links[k].id for k in keys))
        sets.append(RepairSet(level, ids))
    return tuple(sets)


def compute_gains(
    question: Question, sign: int, reading: Reading, chains: tuple[ChainGrade, ...]
) -> tuple[Gain, ...]:
    """For each link of a shown chain: the chain level if it were HIGH, minus the level now.

    Gains are in steps of `Level`, the greatest first; links that bring none are left out. Where
    direct evidence refutes there is none at all.
    """
    if question.rate_direct_evidence(sign)[0].established.refute:
        return ()
    current_level = question.find_chain_level(sign, reading)
    if current_level is Level.NONE:
        cheapest = question.kernel.find_repair(question.build_graph(reading), sign, 1)
        if cheapest is None or len(cheapest) > 1:
            return ()  # every chain has two links without support: raising one lifts none
    chain_link_ids = {link.id for chain in chains for link in chain.links}
    gains = []
    for index, link in enumerate(question.links):
        is_weak = link.id in chain_link_ids and link.effective[reading] < Level.HIGH
        if is_weak and not question.is_own_link(link):
            raised_level = question.find_chain_level(sign, reading, {index})
            if raised_level > current_level:
                gains.append(Gain(link.id, raised_level - current_level))
    return tuple(sorted(gains, key=lambda g: (-g.steps, g.link)))


def find_fragile_studies(question: Question, sign: int) -> tuple[str, ...]:
    """Ids of the studies whose removal lowers the established grade (leave one study out)."""
    level = question.judge_standing(sign, Reading.ESTABLISHED).level
    if level is Level.NONE:
        return ()
    direct, evidence = question.rate_direct_evidence(sign)
    body_ratings = [direct, *(link.ratings for link in question.links)]
    work_ids = {work for ratings in body_ratings for work in ratings.established.works}
    if direct.established.support.level is level:
        # Chains never lower direct evidence: where it holds the level alone, no link matters.
        work_ids &= {item.work for item in evidence}
    fragile = []
    for study in sorted(work_ids & set(question.base.study)):
        reduced_question = question.exclude_work(study)
        if reduced_question.judge_standing(sign, Reading.ESTABLISHED).level < level:
            fragile.append(study)
    return tuple(fragile)
