"""Grades of an outcome on columns of rated links: levels for all exposures, chains for a few.

The algebra is that of every grade (grading.md section 9). What a table of rated links does not
hold, wording, studies and refutation, is left empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from kg.bulk.best_chains import find_best_chains
from kg.bulk.columns import LinkColumns
from kg.bulk.labels import LEVEL_MASK, NEGATIVE_FLAG, has_leap
from kg.bulk.outcome_sweep import (
    OutcomeSweep,
    find_links_from,
    rank_pairs,
    select_exposures,
    sweep_outcome,
)
from kg.bulk.repair import compute_gains, find_repair_sets
from kg.bulk.sweep import (
    LinkArrays,
    choose_best_label,
    walk_chain,
)
from kg.errors import UsageError
from kg.grading.chain import grade_chain, rank_chain
from kg.grading.conclusion import conclude
from kg.model import (
    BaseSummary,
    Better,
    Certainty,
    ChainGrade,
    Direct,
    EffectDirection,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    Mechanistic,
    OutcomeGrade,
    PairGrade,
    Predicate,
    RatedGrade,
    Rating,
    Reading,
    Readings,
    Reason,
    Sense,
    Severity,
    Tier,
    Wording,
)
from kg.model.batches import NOT_STATED, LinkFlag
from kg.search.algebra import CAP, value

T = TypeVar("T")

MAX_CHAINS = 12
"""Chains that are shown for a claim; a third as many against it."""


def grade_rated_pair(sweep: OutcomeSweep, node: int, sign: int, with_chains: bool) -> PairGrade:
    """The grade of one exposure and sign.

    Args:
        sweep: The outcome.
        node: The exposure.
        sign: +1 or -1.
        with_chains: Whether to find its chains, and what would raise it.
    """
    levels = Readings.compute(lambda r: sweep.find_level(node, sign, r))
    direct = _rate_direct_links(sweep, node, sign)
    direct_levels = direct.map(lambda rating: rating.level)
    refuted_by = _find_refutation(sweep, node, sign, levels.established)
    best: FeedbackByChain = {}
    counter: FeedbackByChain = {}
    if with_chains:
        best = _find_best_chains(sweep, node, sign, MAX_CHAINS)
        counter = _find_best_chains(sweep, node, -sign, MAX_CHAINS // 3)
    chains = _grade_chains(sweep, best, sign, "c")
    return PairGrade(
        exposure=sweep.columns.names[node],
        outcome=sweep.columns.names[sweep.outcome],
        sense=Sense.INCREASE if sign > 0 else Sense.DECREASE,
        sign=sign,
        certainty=Readings.compute(lambda r: _build_certainty(levels[r], direct_levels[r])),
        refuted_by=refuted_by,
        mechanistic=max((c.mechanistic for c in chains), default=Mechanistic.NONE),
        conclusion=conclude(
            EffectDirection.RAISES if sign > 0 else EffectDirection.LOWERS,
            levels.established,
            refuted_by,
            has_argument=True,
        ),
        indirect=levels.established > direct_levels.established,
        wording=Wording(Tier.NO_CLAIM, (), 0),
        gap=0,
        gap_best=0,
        severity=Severity.NONE,
        direct=Direct(direct, 0, 0, 0),
        chains=chains,
        counter_chains=_grade_chains(sweep, counter, sign, "a"),
        repair=sweep.compute_by_reading(
            lambda r: find_repair_sets(sweep, node, sign, r) if with_chains else ()
        ),
        fragility=(),
        gain=sweep.compute_by_reading(lambda r: compute_gains(sweep, node, sign, r, best)),
        rewrite="",
    )


def _build_certainty(level: Level, direct: Level) -> Certainty:
    text = f"the best chain of rated links reaches {level.word}"
    if level is Level.NONE:
        text = "no unbroken chain of rated links"
    elif direct is level:
        text = "the link itself is rated so"
    return Certainty(level, (Reason("9", text),))


def _rate_direct_links(sweep: OutcomeSweep, node: int, sign: int) -> Readings[Rating]:
    """The best rating of the links from a node straight to the outcome."""
    links = find_links_from(sweep.columns, node)
    links = links[sweep.columns.head[links] == sweep.outcome]

    def choose_best_rating(reading: Reading) -> Rating:
        code = sweep.arrays_by_reading[reading].read_codes(links)
        levels = (code & LEVEL_MASK)[(code & NEGATIVE_FLAG > 0) == (sign < 0)]
        if not len(levels):
            return _build_rating(Level.NONE, Reason("1", "no link goes straight to the outcome"))
        return _build_rating(Level(int(levels.max())), Reason("1", "the link itself, as rated"))

    return Readings.compute(choose_best_rating)


def _find_refutation(sweep: OutcomeSweep, node: int, sign: int, support: Level) -> Level:
    """How sure it is that the pair does not hold: as sure as that it does, where a link refutes it.

    Tables do not say how good the evidence of a refutation is, so neither side wins.
    """
    links = find_links_from(sweep.columns, node)
    links = links[sweep.columns.head[links] == sweep.outcome]
    refuting = links[sweep.columns.flags[links] & LinkFlag.REFUTES.value > 0]
    is_refuted = any(sweep.columns.read_sign(int(link)) == sign for link in refuting)
    return max(support, Level.VERY_LOW) if is_refuted else Level.NONE


def _build_rating(level: Level, reason: Reason) -> Rating:
    return Rating(Certainty(level, (reason,)), Level.NONE, level, level)


# Chains


FeedbackByChain: TypeAlias = Mapping[tuple[int, ...], bool]
"""Links of chains, and whether they come back to a node."""


def _find_best_chains(
    sweep: OutcomeSweep, node: int, sign: int, max_chains: int
) -> FeedbackByChain:
    """The best chains of a sign: those of the strictest reading that has any.

    Of each more generous reading the best one comes to them.
    """
    feedback_by_chain: dict[tuple[int, ...], bool] = {}
    for reading in sweep.list_distinct_readings():
        frontier = sweep.find_frontier(node, sign, reading)
        if not frontier:
            continue
        net, back = sweep.arrays_by_reading[reading], sweep.sweep_by_reading[reading]
        chain_count = 1 if feedback_by_chain else max_chains
        best = find_best_chains(net, back, (node, sweep.outcome), sign, chain_count)
        feedback_by_chain.update(dict.fromkeys(best, False))
        if not best or _compute_chain_value(net, best[0]) < value(frontier):
            # Only a chain that comes back to a node reaches what the frontier promises.
            cyclic = walk_chain(net, back, node, sign, choose_best_label(frontier))
            feedback_by_chain[tuple(cyclic)] = True
    return feedback_by_chain


def _grade_chains(
    sweep: OutcomeSweep, feedback_by_chain: FeedbackByChain, sign: int, id_prefix: str
) -> tuple[ChainGrade, ...]:
    """Grades of chains, best first, numbered."""
    chain_grades = [
        grade_chain(
            tuple(_build_link(sweep, k) for k in links), sign, "", "", "", feedback=feedback
        )
        for links, feedback in feedback_by_chain.items()
    ]
    ranked_chains = sorted(chain_grades, key=rank_chain)
    return tuple(replace(chain, id=f"{id_prefix}{n}") for n, chain in enumerate(ranked_chains, 1))


def _compute_chain_value(net: LinkArrays, links: Sequence[int]) -> int:
    codes = net.read_codes(links)
    return max(1, int((codes & LEVEL_MASK).min()) - min(CAP, int(has_leap(codes).sum())))


def _build_link(sweep: OutcomeSweep, link_number: int) -> Link:
    """A link with the words of its table."""
    columns = sweep.columns
    flags = LinkFlag(int(columns.flags[link_number]))
    codes = Readings.compute(lambda r: sweep.arrays_by_reading[r].read_codes([link_number]))
    levels = codes.map(lambda code: Level(int(code[0]) & LEVEL_MASK))
    sign, stated = columns.read_sign(link_number), int(columns.mechanistic[link_number])
    sweep.register_shown_link(link_number)
    reason = Reason("1", describe_origin(columns, link_number))
    rating_note = ", not rated" if flags & LinkFlag.UNRATED else ""
    rating_note += ", contested" if flags & LinkFlag.CONTESTED else ""
    rating_note += ", refutes" if flags & LinkFlag.REFUTES else ""
    return Link(
        subject=columns.names[int(columns.tail[link_number])],
        predicate=Predicate.INCREASES if sign > 0 else Predicate.DECREASES,
        object=columns.names[int(columns.head[link_number])],
        sign=sign,
        kind=_KIND_BY_FLAG.get(flags & _KIND_FLAGS, LinkKind.ASSERTED),
        status=_find_status(columns, link_number, flags),
        claims=(),
        ratings=levels.map(lambda level: _build_rating(level, reason)),
        effective=levels,
        mechanistic=Mechanistic.NONE if stated == NOT_STATED else Mechanistic(stated),
        delta=int(has_leap(codes.established)[0]),
        note=f"row {int(columns.row[link_number]) + 1}{rating_note}",
    )


_KIND_FLAGS = LinkFlag.DEFINITIONAL | LinkFlag.IMPLICIT | LinkFlag.BRIDGE
_KIND_BY_FLAG: Mapping[LinkFlag, LinkKind] = {
    LinkFlag.DEFINITIONAL: LinkKind.DEFINITIONAL,
    LinkFlag.IMPLICIT: LinkKind.IMPLICIT,
    LinkFlag.BRIDGE: LinkKind.BRIDGE,
}


def _find_status(columns: LinkColumns, k: int, flags: LinkFlag) -> LinkStatus:
    if flags & LinkFlag.DEFINITIONAL:
        return LinkStatus.DEFINITIONAL
    if flags & LinkFlag.IMPLICIT:
        return LinkStatus.IMPLICIT
    if int(columns.studies[k]) > 0:
        return LinkStatus.STUDIED
    return LinkStatus.CITED if columns.sources[int(columns.source[k])] else LinkStatus.UNCITED


def describe_origin(columns: LinkColumns, k: int) -> str:
    """Where the rating of a link comes from: its row, predicate, studies and source.

    Args:
        columns: Rated links as arrays.
        k: Index of a link.
    """
    studies, source = int(columns.studies[k]), columns.sources[int(columns.source[k])]
    parts = [
        f"row {int(columns.row[k]) + 1}",
        columns.predicates[int(columns.predicate[k])],
        "not rated" if int(columns.flags[k]) & LinkFlag.UNRATED else "",
        "contested by another row" if int(columns.flags[k]) & LinkFlag.CONTESTED else "",
        "refutes the link" if int(columns.flags[k]) & LinkFlag.REFUTES else "",
        "" if studies == NOT_STATED else f"{studies} {'study' if studies == 1 else 'studies'}",
        source,
    ]
    return ", ".join(part for part in parts if part)


# What is shown


def build_shown_base(sweep: OutcomeSweep, agents: Iterable[int]) -> EvidenceBase:
    """The nodes that the grades of some exposures name, as a base of labels for a view.

    Args:
        sweep: The outcome, with the links that were shown.
        agents: Nodes of the exposures.
    """
    columns = sweep.columns
    exposed = {columns.names[node] for node in agents}
    nodes = {sweep.outcome, *agents}
    for link_number in sweep.link_by_id.values():
        nodes |= {int(columns.tail[link_number]), int(columns.head[link_number])}
    label = {columns.names[node]: columns.read_label(node) for node in nodes}
    return EvidenceBase(
        entities=tuple(
            Entity(name, label[name], EntityKind.MECHANISM, better=Better.NEITHER)
            for name in sorted(label.keys() - exposed)
        ),
        exposures=tuple(
            Exposure(name, label[name], name, ExposureKind.UNKNOWN) for name in sorted(exposed)
        ),
    )


def grade_rated_outcome(
    columns: LinkColumns, outcome: str, exposure: str | None, base_summary: BaseSummary, name: str
) -> tuple[RatedGrade, EvidenceBase]:
    """The grade of an outcome of columns, and the nodes that it names as a base.

    Args:
        columns: Rated links as arrays.
        outcome: Id of a node; blanks, hyphens and case do not matter.
        exposure: Id of a node; None: all exposures that reach the outcome.
        base_summary: What the grade was computed from.
        name: Name of the table, for readers.

    Raises:
        UnknownName: a node is not there.
        UsageError: no exposure has a chain to the outcome.
    """
    target = columns.find_node(outcome, "outcome")
    agent = columns.find_node(exposure, "exposure") if exposure is not None else None
    if agent == target:
        raise UsageError(f"{exposure!r} is the outcome itself")
    sweep = sweep_outcome(columns, target, agent)
    ranked_pairs, count = rank_pairs(sweep, select_exposures(sweep), 1 + MAX_CHAINS)
    pairs = tuple(
        grade_rated_pair(sweep, node, sign, pair_rank == 0)
        for pair_rank, (node, sign) in enumerate(ranked_pairs)
    )
    grade = OutcomeGrade(columns.names[target], (), pairs, (), base_summary)
    base = build_shown_base(sweep, [node for node, _ in ranked_pairs])
    return _build_rated_grade(grade, sweep, name, count), base


def _build_rated_grade(
    grade: OutcomeGrade, sweep: OutcomeSweep, name: str, pairs: int
) -> RatedGrade:
    columns = sweep.columns
    link_ids = {link.id for chain in grade.pairs[0].chains for link in chain.links}
    return RatedGrade(
        grade=grade,
        name=name,
        pairs=pairs,
        links=columns.link_count,
        nodes=columns.node_count,
        unrated=columns.link_counts["unrated"],
        itself=columns.link_counts["itself"],
        mechanistic=all(
            columns.mechanistic[sweep.link_by_id[link_id]] != NOT_STATED for link_id in link_ids
        ),
        readings=len({id(columns.read_codes(reading)) for reading in Reading}) > 1,
    )
