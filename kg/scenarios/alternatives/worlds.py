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

from kg.scenarios.alternatives.case import (
    Algebra,
    AlgebraAnswer,
    Case,
    CaseLink,
    RatedWork,
    Scope,
    build_number_answer,
)
from kg.scenarios.alternatives.laws import LAWS, Law, Operations
from kg.scenarios.alternatives.settings import convert_level, load_settings

LineageLink: TypeAlias = frozenset[str]  # holds where one of its studies is sound
Lineage: TypeAlias = frozenset[frozenset[LineageLink]]  # chains; one holds where all its links do

CHANCE_BITS = 20


def rate_worlds(case: Case) -> AlgebraAnswer:
    """The chance that some chain holds, each study sound or not, by the lineage of the answer.

    A study that two chains share counts once (0.495 where noisy-or has 0.698), and a work that no
    chain uses changes nothing. It is exact up to 20 unknowns; beyond, worlds are sampled with a
    fixed seed, and the answer says so. Studies count as independent, so fifty weak ones on a link
    make it sure.
    """
    lineage = frozenset(
        frozenset(
            frozenset(item.work for item in _list_supporting_works(case_link))
            for case_link in c
            if not case_link.is_certain
        )
        for c in case.chains
    )
    chances: dict[str, float] = {}
    for item in (
        item
        for chain in case.chains
        for case_link in chain
        for item in _list_supporting_works(case_link)
    ):
        chance = convert_level(item.level)
        chances[item.work] = min(chance, chances.get(item.work, 1.0))
    rule = load_settings()["worlds"]
    if len(chances) <= rule["exact"]:
        return build_number_answer(
            compute_exact_chance(lineage, chances), f"exact over {len(chances)} unknowns"
        )
    value = sample_chance(lineage, chances, rule["samples"], rule["seed"])
    return build_number_answer(
        value, f"{len(chances)} unknowns: {rule['samples']} sampled worlds, fixed seed"
    )


def _list_supporting_works(case_link: CaseLink) -> tuple[RatedWork, ...]:
    """The items of a link that support it; a work on several links counts at its least level."""
    return tuple(item for item in case_link.rated_works if item.level)


def compute_exact_chance(lineage: Lineage, chances: Mapping[str, float]) -> float:
    """The chance that a lineage holds, one study after the other taken as sound and as not.

    >>> shared = frozenset({frozenset({frozenset("s"), frozenset(b)}) for b in "ab"})
    >>> round(compute_exact_chance(shared, {"s": 0.5, "a": 0.9, "b": 0.9}), 3)
    0.495
    """
    chance_by_lineage: dict[Lineage, float] = {}

    def compute_chance(remaining_lineage: Lineage) -> float:
        if frozenset() in remaining_lineage:
            return 1
        if not remaining_lineage:
            return 0
        if remaining_lineage not in chance_by_lineage:
            counts = Counter(
                study for chain in remaining_lineage for link in chain for study in link
            )
            study = min(counts, key=lambda s: (-counts[s], s))
            p = chances[study]
            chance_by_lineage[remaining_lineage] = p * compute_chance(
                _assume_sound(remaining_lineage, study)
            ) + (1 - p) * compute_chance(_assume_unsound(remaining_lineage, study))
        return chance_by_lineage[remaining_lineage]

    return compute_chance(lineage)


def _assume_sound(lineage: Lineage, study: str) -> Lineage:
    return frozenset(frozenset(link for link in c if study not in link) for c in lineage)


def _assume_unsound(lineage: Lineage, study: str) -> Lineage:
    without = (frozenset(link - {study} for link in chain) for chain in lineage)
    return frozenset(chain for chain in without if frozenset() not in chain)


def sample_chance(lineage: Lineage, chances: Mapping[str, float], samples: int, seed: int) -> float:
    """The share of sampled worlds in which a lineage holds: one bit of an integer for each world.

    >>> sample_chance(frozenset({frozenset({frozenset("a")})}), {"a": 0.5}, 1 << 16, 1) == 0.5
    False
    >>> round(sample_chance(frozenset({frozenset({frozenset("a")})}), {"a": 0.5}, 1 << 16, 1), 1)
    0.5
    """
    worlds = {
        study: _toss_coins(f"{seed} {study}", study_chance, samples)
        for study, study_chance in chances.items()
    }
    everywhere = (1 << samples) - 1
    holds = 0
    for chain in lineage:
        chain_worlds = everywhere
        for link in chain:
            chain_worlds &= reduce(int.__or__, (worlds[study] for study in link), 0)
        holds |= chain_worlds
    return holds.bit_count() / samples


def _toss_coins(seed: str, chance: float, samples: int) -> int:
    """Integer of so many bits, each set with a chance that is right to a millionth."""
    source = random.Random(seed)  # noqa: S311  no secret: a study is sound in the same worlds always
    bits, chance_pattern = 0, round(chance * (1 << CHANCE_BITS))
    if chance_pattern >> CHANCE_BITS:
        return (1 << samples) - 1
    for bit_place in range(CHANCE_BITS):
        toss = source.getrandbits(samples)
        bits = toss | bits if chance_pattern >> bit_place & 1 else toss & bits
    return bits


# Lineages as an algebra: sums of products of studies, those that another implies left out

_StudySum: TypeAlias = frozenset[frozenset[str]]
_CERTAIN_CHANCE = Fraction(1)
_SAMPLE_CHANCES = {"a": Fraction(1, 2), "b": Fraction(9, 10), "c": Fraction(9, 10)}


def _add_lineages(a: _StudySum, b: _StudySum) -> _StudySum:
    terms = a | b
    return frozenset(t for t in terms if not any(other < t for other in terms))


def _multiply_lineages(a: _StudySum, b: _StudySum) -> _StudySum:
    return _add_lineages(frozenset(s | t for s, t in product(a, b)), frozenset())


def _compute_value(lineage: _StudySum) -> Fraction:
    links = frozenset(frozenset(frozenset({s}) for s in term) for term in lineage)
    return Fraction(compute_exact_chance(links, _SAMPLE_CHANCES))  # type: ignore[arg-type]


def _combine_separately(lineage: _StudySum) -> Fraction:
    """Noisy-or over the terms of a lineage."""
    return 1 - prod(
        (1 - prod((_SAMPLE_CHANCES[s] for s in term), start=_CERTAIN_CHANCE) for term in lineage),
        start=_CERTAIN_CHANCE,
    )


def _build_lineage(*terms: str) -> _StudySum:
    return frozenset(frozenset(term) for term in terms)


_EXTRA_LAWS = {
    "P33": Law(
        "a lineage is no likelier than noisy-or over its chains, and one chain is its product",
        1,
        lambda o, a: (_compute_value(a), _combine_separately(a)),
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
        _add_lineages,
        frozenset(),
        tuple(
            _build_lineage(*terms)
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
        _multiply_lineages,
        _build_lineage(""),
        _compute_value,
        _EXTRA_LAWS,
    ),
    frozenset(LAWS) - {"P10"} | {"P33"},
)
