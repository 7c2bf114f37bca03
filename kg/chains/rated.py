"""Grades of an outcome on columns of rated links: levels for all exposures, chains for a few.

The algebra is that of every grade (grading.md section 9). What a table of rated links does not
hold, wording, studies and refutation, is left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

import numpy as np

from kg.chains.arrays import Net, Sweep, best_label, repair, sweep, walk
from kg.chains.asked import Asked, ask, exposures, out_of, ranked
from kg.chains.best import best_chains
from kg.chains.edges import Columns
from kg.chains.labels import FREE, LEVEL, NEGATIVE, bits
from kg.chains.pair import graded_chain, rank
from kg.errors import UsageError
from kg.grading.algebra import Frontier, plus, times, value
from kg.model import (
    BaseSummary,
    Better,
    Certainty,
    ChainGrade,
    Direct,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Gain,
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
    RepairSet,
    Sense,
    Severity,
    Tier,
    Verdict,
    Wording,
)
from kg.model.links import UNKNOWN, Flag
from kg.model.record import replace as changed

T = TypeVar("T")

CHAINS = 12
"""Chains that are shown for a claim; a third as many against it."""


def pair(asked: Asked, node: int, sign: int, whole: bool) -> PairGrade:
    """The grade of one exposure and sign; `whole`: with its chains and what would raise it."""
    levels = Readings.of(lambda r: value(asked.frontier(node, sign, r)))
    direct = _direct(asked, node, sign)
    found = _best(asked, node, sign, CHAINS) if whole else {}
    chains = _graded(asked, found, sign, "c")
    against = _graded(asked, _best(asked, node, -sign, CHAINS // 3) if whole else {}, sign, "a")
    own = direct.map(lambda rating: rating.level)
    return PairGrade(
        exposure=asked.columns.names[node],
        outcome=asked.columns.names[asked.outcome],
        sense=Sense.INCREASE if sign > 0 else Sense.DECREASE,
        sign=sign,
        certainty=Readings.of(lambda r: _certainty(levels[r], own[r])),
        refuted_by=Level.NONE,
        mechanistic=max((c.mechanistic for c in chains), default=Mechanistic.NONE),
        verdict=Verdict.SUPPORTED if levels.established else Verdict.UNSUPPORTED,
        indirect=levels.established > own.established,
        wording=Wording(Tier.NO_CLAIM, (), 0),
        gap=0,
        gap_best=0,
        severity=Severity.NONE,
        direct=Direct(direct, 0, 0, 0),
        chains=chains,
        counter_chains=against,
        repair=_shared(asked, lambda r: _repairs(asked, node, sign, r)) if whole else _NO_SETS,
        fragility=(),
        gain=_shared(asked, lambda r: _gains(asked, node, sign, r, found)) if whole else _NO_GAIN,
        rewrite="",
    )


def _certainty(level: Level, direct: Level) -> Certainty:
    if level is Level.NONE:
        return Certainty(level, (Reason("9", "no unbroken chain of rated links"),))
    if direct is level:
        return Certainty(level, (Reason("9", "the link itself is rated so"),))
    return Certainty(level, (Reason("9", f"the best chain of rated links reaches {level.word}"),))


def _direct(asked: Asked, node: int, sign: int) -> Readings[Rating]:
    """The best rating of the links from a node straight to the outcome."""
    links = out_of(asked.columns, node)
    links = links[asked.columns.head[links] == asked.outcome]

    def best(reading: Reading) -> Rating:
        code = asked.nets[reading].code(links)
        levels = (code & LEVEL)[(code & NEGATIVE > 0) == (sign < 0)]
        if not len(levels):
            return _rating(Level.NONE, Reason("1", "no link goes straight to the outcome"))
        return _rating(Level(int(levels.max())), Reason("1", "the link itself, as rated"))

    return Readings.of(best)


def _rating(level: Level, reason: Reason) -> Rating:
    return Rating(Certainty(level, (reason,)), Level.NONE, level, level)


# Chains


Found: TypeAlias = Mapping[tuple[int, ...], bool]
"""Links of chains, and whether they come back to a node."""


def _best(asked: Asked, node: int, sign: int, wanted: int) -> Found:
    """The best chains of a sign: those of the strictest reading that has any.

    Of each more generous reading the best one comes to them.
    """
    found: dict[tuple[int, ...], bool] = {}
    for reading in _distinct_readings(asked):
        frontier = asked.frontier(node, sign, reading)
        if not frontier:
            continue
        net, back = asked.nets[reading], asked.sweeps[reading]
        best = best_chains(net, back, (node, asked.outcome), sign, 1 if found else wanted)
        found.update(dict.fromkeys(best, False))
        if not best or _value(net, best[0]) < value(frontier):
            found[tuple(walk(net, back, node, sign, best_label(frontier)))] = True
    return found


def _graded(asked: Asked, found: Found, sign: int, name: str) -> tuple[ChainGrade, ...]:
    """Grades of chains, best first, numbered."""
    graded = [
        graded_chain(tuple(_link(asked, k) for k in links), sign, "", "", "", feedback=feedback)
        for links, feedback in found.items()
    ]
    ordered = sorted(graded, key=rank)
    return tuple(changed(chain, id=f"{name}{n}") for n, chain in enumerate(ordered, 1))


def _distinct_readings(asked: Asked) -> tuple[Reading, ...]:
    """A reading for each net."""
    return tuple({id(asked.nets[r]): r for r in reversed(Reading)}.values())[::-1]


def _value(net: Net, links: Sequence[int]) -> int:
    code = net.code(links)
    return max(1, int((code & LEVEL).min()) - min(2, int((code < FREE).sum())))


def _link(asked: Asked, k: int) -> Link:
    """A link with the words of its table."""
    columns = asked.columns
    flags = Flag(int(columns.flags[k]))
    codes = Readings.of(lambda r: int(asked.nets[r].code([k])[0]))
    levels = codes.map(lambda code: Level(code & LEVEL))
    sign, stated = columns.sign(k), int(columns.mechanistic[k])
    _id(asked, k)
    return Link(
        subject=columns.names[int(columns.tail[k])],
        predicate=Predicate.INCREASES if sign > 0 else Predicate.DECREASES,
        object=columns.names[int(columns.head[k])],
        sign=sign,
        kind=_KINDS.get(flags & ~(Flag.UNRATED | Flag.GRANTED), LinkKind.ASSERTED),
        status=_status(columns, k, flags),
        claims=(),
        ratings=levels.map(lambda level: _rating(level, Reason("1", origin(columns, k)))),
        effective=levels,
        mechanistic=Mechanistic.NONE if stated == UNKNOWN else Mechanistic(stated),
        delta=int(codes.established < FREE),
        note=f"row {int(columns.row[k]) + 1}{', not rated' if flags & Flag.UNRATED else ''}",
    )


_KINDS: Mapping[Flag, LinkKind] = {
    Flag.DEFINITIONAL: LinkKind.DEFINITIONAL,
    Flag.IMPLICIT: LinkKind.IMPLICIT,
    Flag.BRIDGE: LinkKind.BRIDGE,
}


def _status(columns: Columns, k: int, flags: Flag) -> LinkStatus:
    if flags & Flag.DEFINITIONAL:
        return LinkStatus.DEFINITIONAL
    if flags & Flag.IMPLICIT:
        return LinkStatus.IMPLICIT
    if int(columns.studies[k]) > 0:
        return LinkStatus.STUDIED
    return LinkStatus.CITED if columns.sources[int(columns.source[k])] else LinkStatus.UNCITED


def origin(columns: Columns, k: int) -> str:
    """Where the rating of a link comes from: its row, predicate, studies and source."""
    studies, source = int(columns.studies[k]), columns.sources[int(columns.source[k])]
    parts = [
        f"row {int(columns.row[k]) + 1}",
        columns.predicates[int(columns.predicate[k])],
        "not rated" if int(columns.flags[k]) & Flag.UNRATED else "",
        "" if studies == UNKNOWN else f"{studies} {'study' if studies == 1 else 'studies'}",
        source,
    ]
    return ", ".join(part for part in parts if part)


# What would change the grade


def _shared(asked: Asked, make: Callable[[Reading], T]) -> Readings[T]:
    """A value for each reading, made once for those that share a net."""
    made: dict[int, T] = {}
    for reading in Reading:
        if id(asked.nets[reading]) not in made:
            made[id(asked.nets[reading])] = make(reading)
    return Readings.of(lambda r: made[id(asked.nets[r])])


def _repairs(asked: Asked, node: int, sign: int, reading: Reading) -> tuple[RepairSet, ...]:
    """The fewest links to raise for each level above the present one."""
    net, now = asked.nets[reading], value(asked.frontier(node, sign, reading))
    links = out_of(asked.columns, node)
    own = links[np.isin(net.head[links], asked.targets)]
    if asked.columns.facts["itself"]:
        own = np.union1d(own, np.flatnonzero(asked.columns.tail == asked.columns.head))
    sets = []
    for level in (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH):
        raised: tuple[int, ...] | None = ()
        if level > now:
            raised = repair(net, own, (node, asked.outcome), sign, level)
        ids = None if raised is None else tuple(dict.fromkeys(_id(asked, k) for k in raised))
        sets.append(RepairSet(level, ids))
    return tuple(sets)


def _gains(asked: Asked, node: int, sign: int, reading: Reading, found: Found) -> tuple[Gain, ...]:
    """For links of shown chains: the level if one were HIGH, by chains that pass it once."""
    net, back = asked.nets[reading], asked.sweeps[reading]
    now = asked.frontier(node, sign, reading)
    if not found or value(now) is Level.HIGH:
        return ()
    there = sweep(net, node, forward=True, over=int(value(now)))
    gains: dict[str, int] = {}
    for k in sorted({k for links in found for k in links}):
        if int(net.code([k])[0]) & LEVEL < Level.HIGH and not _own(asked, node, k):
            then = value(plus(now, _through(net, there, back, k, sign)))
            if then > value(now):
                id = _id(asked, k)
                gains[id] = max(gains.get(id, 0), then - value(now))
    return tuple(Gain(id, n) for id, n in sorted(gains.items(), key=lambda g: (-g[1], g[0])))


def _through(net: Net, there: Sweep, back: Sweep, k: int, sign: int) -> Frontier:
    """Frontier of the chains of a sign that pass a link once, were it HIGH."""
    code = int(net.code([k])[0])
    step = frozenset({(int(Level.HIGH), int(code < FREE))})
    turn = -1 if code & NEGATIVE else 1
    found: Frontier = frozenset()
    for before in (1, -1):
        first = bits(there.labels[net.tail(k)], before)
        rest = bits(back.labels[net.head[k]], sign * turn * before)
        found = plus(found, times(times(first, step), rest))
    return found


def _own(asked: Asked, node: int, k: int) -> bool:
    tail, head = int(asked.columns.tail[k]), int(asked.columns.head[k])
    return tail == node and bool(np.isin(head, asked.targets))


def _id(asked: Asked, k: int) -> str:
    """The id of a link as `Link.id` has it; the link is remembered as shown."""
    columns = asked.columns
    way = "increases" if columns.sign(k) > 0 else "decreases"
    id = f"{columns.names[int(columns.tail[k])]}--{way}--{columns.names[int(columns.head[k])]}"
    asked.shown.setdefault(id, k)
    return id


_NO_SETS: Readings[tuple[RepairSet, ...]] = Readings((), (), ())
_NO_GAIN: Readings[tuple[Gain, ...]] = Readings((), (), ())


# What is shown


def shown_base(asked: Asked, agents: Iterable[int]) -> EvidenceBase:
    """The nodes that the grades of some exposures name, as a base of labels for a view."""
    columns = asked.columns
    exposed = {columns.names[node] for node in agents}
    nodes = {asked.outcome, *agents}
    for k in asked.shown.values():
        nodes |= {int(columns.tail[k]), int(columns.head[k])}
    label = {columns.names[node]: columns.label(node) for node in nodes}
    return EvidenceBase(
        entities=tuple(
            Entity(name, label[name], EntityKind.MECHANISM, better=Better.NEITHER)
            for name in sorted(label.keys() - exposed)
        ),
        exposures=tuple(
            Exposure(name, label[name], name, ExposureKind.UNKNOWN) for name in sorted(exposed)
        ),
    )


def grade_rated(
    columns: Columns, outcome: str, exposure: str | None, about: BaseSummary, name: str
) -> tuple[RatedGrade, EvidenceBase]:
    """The grade of an outcome of columns, and the nodes it names; `name` is that of the table.

    Raises UnknownName for a node that is not there, UsageError where no exposure has a chain.
    """
    target = columns.node(outcome, "outcome")
    agent = columns.node(exposure, "exposure") if exposure is not None else None
    if agent == target:
        raise UsageError(f"{exposure!r} is the outcome itself")
    asked = ask(columns, target, agent)
    chosen, count = ranked(asked, exposures(asked), 1 + CHAINS)
    pairs = tuple(pair(asked, node, sign, n == 0) for n, (node, sign) in enumerate(chosen))
    grade = OutcomeGrade(columns.names[target], (), pairs, (), about)
    base = shown_base(asked, [node for node, _ in chosen])
    return _rated(grade, asked, name, count), base


def _rated(grade: OutcomeGrade, asked: Asked, name: str, pairs: int) -> RatedGrade:
    columns = asked.columns
    first = {link.id for chain in grade.pairs[0].chains for link in chain.links}
    return RatedGrade(
        grade=grade,
        name=name,
        pairs=pairs,
        links=columns.links,
        nodes=columns.nodes,
        unrated=columns.facts["unrated"],
        itself=columns.facts["itself"],
        mechanistic=all(columns.mechanistic[asked.shown[id]] != UNKNOWN for id in first),
        readings=len({id(columns.codes(reading)) for reading in Reading}) > 1,
    )
