"""Methods that only order: the weakest link, leximin, and the rule of adverse outcome pathways."""

from __future__ import annotations

from kg.model import Level, Mechanistic
from kg.scenarios.alternatives.case import Algebra, AlgebraAnswer, Case, CaseChain, Scope
from kg.scenarios.alternatives.laws import LAWS, Law, Operations
from kg.search.algebra import leximin

_LATTICE_LAWS = frozenset(LAWS)


def rate_weakest(case: Case) -> AlgebraAnswer:
    """The best chain's weakest link: minimum in series, maximum in parallel.

    Mediation costs nothing: a chain over three unvalidated markers ranks with a direct trial. Ties
    are coarse.
    """
    lows = [min(case_link.level for case_link in chain) for chain in case.chains]
    level = max(lows, default=Level.NONE)
    return AlgebraAnswer(None, level.word, f"the best of {len(lows)} weakest links")


def rate_leximin(case: Case) -> AlgebraAnswer:
    """The links of the best chain, weakest first: ranks chains whose weakest links tie.

    It ranks and gives no grade. Missing links count as high.
    """
    keys = [
        leximin(case_link.level for case_link in chain if not case_link.is_certain)
        for chain in case.chains
    ]
    best_key = max(keys, default=None)
    if best_key is None:
        return AlgebraAnswer(None, Level.NONE.word, "no chain")
    lower_levels = [level for level in best_key if level < Level.HIGH]
    level_words = [Level(level).word for level in lower_levels] or [Level.HIGH.word]
    more_suffix = f" + {len(level_words) - 1}" if len(level_words) > 1 else ""
    level_list = ", ".join(level_words)
    return AlgebraAnswer(
        None,
        level_words[0] + more_suffix,
        f"best of {len(keys)}: {level_list}, all other links high",
    )


def _merge_link_levels(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Links of two chains in series; NONE in either leaves nothing to rank."""
    return leximin((*a, *b)) if a[0] and b[0] else (0, 4)


def rate_aop(case: Case) -> AlgebraAnswer:
    """Mechanistic support as adverse outcome pathways weigh it: the least supported link counts.

    A link has the lesser of its plausibility and its empirical support plus one. A chain has the
    minimum, minus one where no intermediate event is known to be essential (none is on record
    here), and not below weak. Beside it stands the weakest clinical level; the two are not merged.
    """
    mechanistic_support = Mechanistic(
        max((_rate_chain_support(chain) for chain in case.chains), default=0)
    )
    clinical = rate_weakest(case).word
    return AlgebraAnswer(
        None,
        mechanistic_support.word,
        f"mechanistic {mechanistic_support.word}; clinical by the weakest: {clinical}",
    )


def _rate_chain_support(chain: CaseChain) -> int:
    """Mechanistic support of one chain; links by definition are no events."""
    strengths = [int(case_link.mechanistic) for case_link in chain if not case_link.is_certain]
    least_strength = min(strengths, default=0)
    return _read_aop_value(least_strength) if len(strengths) > 1 else least_strength


def _read_aop_value(strength: int) -> int:
    return max(1, strength - 1) if strength else 0


_LEXIMIN_REFINES = Law(
    "a better weakest link is never ranked lower (at equal d)",
    2,
    lambda o, a, b: (o.read_value(a) > o.read_value(b), a > b),
    lambda better, above: above or not better,
)

WEAKEST = Algebra(
    "weakest",
    Scope.CHAINS,
    "min",
    "max",
    rate_weakest,
    Operations(max, 0, range(5), min, 4),
    _LATTICE_LAWS,
)
LEXIMIN = Algebra(
    "leximin",
    Scope.CHAINS,
    "all links, weakest first",
    "the better list",
    rate_leximin,
    Operations(
        max,
        (0, 4),
        ((0, 4), (4,), (3, 4), (2, 4), (1, 4), (3, 3, 4), (2, 3, 4), (1, 3, 4), (1, 1, 4)),
        _merge_link_levels,
        (4,),
        min,
        {"P29": _LEXIMIN_REFINES},
    ),
    _LATTICE_LAWS | {"P29"},
)
AOP = Algebra(
    "aop",
    Scope.CHAINS,
    "min, minus one without an essential event",
    "max",
    rate_aop,
    Operations(max, 0, range(4), min, 3, _read_aop_value),
    _LATTICE_LAWS,
)
