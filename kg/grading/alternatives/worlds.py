"""Possible worlds: each study is sound or not, and a chain holds where all its links do."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from itertools import product
from math import prod
from typing import TypeAlias

from kg.grading.alternatives.case import Algebra, Answer, Case, Item, Part, Scope, answer
from kg.grading.alternatives.laws import LAWS, Law, Operations
from kg.grading.alternatives.settings import number_of, settings

Link: TypeAlias = frozenset[str]  # holds where one of its studies is sound
Lineage: TypeAlias = frozenset[frozenset[Link]]  # chains; one holds where all its links do

BITS = 20


def rate_worlds(case: Case) -> Answer:
    """The chance that some chain holds, each study sound or not, by the lineage of the answer.

    A study that two chains share counts once (0.495 where noisy-or has 0.698), and a work that no
    chain uses changes nothing. It is exact up to 20 unknowns; beyond, worlds are sampled with a
    fixed seed, and the answer says so. Studies count as independent, so fifty weak ones on a link
    make it sure.
    """
    lineage = frozenset(
        frozenset(frozenset(item.work for item in _sides(part)) for part in c if not part.certain)
        for c in case.chains
    )
    chances: dict[str, float] = {}
    for item in (item for chain in case.chains for part in chain for item in _sides(part)):
        chance = number_of(item.level)
        chances[item.work] = min(chance, chances.get(item.work, 1.0))
    rule = settings()["worlds"]
    if len(chances) <= rule["exact"]:
        return answer(exact(lineage, chances), f"exact over {len(chances)} unknowns")
    value = sampled(lineage, chances, rule["samples"], rule["seed"])
    return answer(value, f"{len(chances)} unknowns: {rule['samples']} sampled worlds, fixed seed")


def _sides(part: Part) -> tuple[Item, ...]:
    """The items of a link that support it; a work on several links counts at its least level."""
    return tuple(item for item in part.items if item.level)


def exact(lineage: Lineage, chances: Mapping[str, float]) -> float:
    """The chance that a lineage holds, one study after the other taken as sound and as not.

    >>> shared = frozenset({frozenset({frozenset("s"), frozenset(b)}) for b in "ab"})
    >>> round(exact(shared, {"s": 0.5, "a": 0.9, "b": 0.9}), 3)
    0.495
    """
    known: dict[Lineage, float] = {}

    def chance(left: Lineage) -> float:
        if frozenset() in left:
            return 1
        if not left:
            return 0
        if left not in known:
            counts = Counter(study for chain in left for link in chain for study in link)
            study = min(counts, key=lambda s: (-counts[s], s))
            p = chances[study]
            known[left] = p * chance(_sound(left, study)) + (1 - p) * chance(_unsound(left, study))
        return known[left]

    return chance(lineage)


def _sound(lineage: Lineage, study: str) -> Lineage:
    return frozenset(frozenset(link for link in c if study not in link) for c in lineage)


def _unsound(lineage: Lineage, study: str) -> Lineage:
    without = (frozenset(link - {study} for link in chain) for chain in lineage)
    return frozenset(chain for chain in without if frozenset() not in chain)


def sampled(lineage: Lineage, chances: Mapping[str, float], samples: int, seed: int) -> float:
    """The share of sampled worlds in which a lineage holds: one bit of an integer for each world.

    >>> sampled(frozenset({frozenset({frozenset("a")})}), {"a": 0.5}, 1 << 16, 1) == 0.5
    False
    >>> round(sampled(frozenset({frozenset({frozenset("a")})}), {"a": 0.5}, 1 << 16, 1), 1)
    0.5
    """
    worlds = {study: _coins(f"{seed} {study}", p, samples) for study, p in chances.items()}
    everywhere = (1 << samples) - 1
    holds = 0
    for chain in lineage:
        both = everywhere
        for link in chain:
            both &= reduce(int.__or__, (worlds[study] for study in link), 0)
        holds |= both
    return holds.bit_count() / samples


def _coins(seed: str, chance: float, samples: int) -> int:
    """Integer of so many bits, each set with a chance that is right to a millionth."""
    source = random.Random(seed)  # noqa: S311  no secret: a study is sound in the same worlds always
    bits, wanted = 0, round(chance * (1 << BITS))
    if wanted >> BITS:
        return (1 << samples) - 1
    for place in range(BITS):
        toss = source.getrandbits(samples)
        bits = toss | bits if wanted >> place & 1 else toss & bits
    return bits


# Lineages as an algebra: sums of products of studies, those that another implies left out

_Sum: TypeAlias = frozenset[frozenset[str]]
_ALL = Fraction(1)
_CHANCE = {"a": Fraction(1, 2), "b": Fraction(9, 10), "c": Fraction(9, 10)}


def _plus(a: _Sum, b: _Sum) -> _Sum:
    terms = a | b
    return frozenset(t for t in terms if not any(other < t for other in terms))


def _times(a: _Sum, b: _Sum) -> _Sum:
    return _plus(frozenset(s | t for s, t in product(a, b)), frozenset())


def _value(lineage: _Sum) -> Fraction:
    links = frozenset(frozenset(frozenset({s}) for s in term) for term in lineage)
    return Fraction(exact(links, _CHANCE))  # type: ignore[arg-type]


def _separately(lineage: _Sum) -> Fraction:
    """Noisy-or over the terms of a lineage."""
    return 1 - prod(
        (1 - prod((_CHANCE[s] for s in term), start=_ALL) for term in lineage), start=_ALL
    )


def _sums(*terms: str) -> _Sum:
    return frozenset(frozenset(term) for term in terms)


_MORE = {
    "P33": Law(
        "a lineage is no likelier than noisy-or over its chains, and one chain is its product",
        1,
        lambda o, a: (_value(a), _separately(a)),
        lambda value, apart: bool(value <= apart),
    )
}

WORLDS = Algebra(
    "worlds",
    Scope.CHAINS,
    "and",
    "or",
    rate_worlds,
    Operations(
        _plus,
        frozenset(),
        tuple(
            _sums(*terms)
            for terms in (
                (),
                ("",),
                ("a",),
                ("b",),
                ("c",),
                ("ab",),
                ("ac",),
                ("a", "b"),
                ("ab", "ac"),
            )
        ),
        _times,
        _sums(""),
        _value,
        _MORE,
    ),
    frozenset(LAWS) - {"P10"} | {"P33"},
)
