"""Methods that only order: the weakest link, leximin, and the rule of adverse outcome pathways."""

from __future__ import annotations

from kg.grading.algebra import leximin
from kg.grading.alternatives.case import Algebra, Answer, Case, Chain, Scope
from kg.grading.alternatives.laws import LAWS, Law, Operations
from kg.model import Level, Mechanistic

_LATTICE = frozenset(LAWS)


def rate_weakest(case: Case) -> Answer:
    """The best chain's weakest link: minimum in series, maximum in parallel.

    Mediation costs nothing: a chain over three unvalidated markers ranks with a direct trial. Ties
    are coarse.
    """
    lows = [min(part.level for part in chain) for chain in case.chains]
    level = max(lows, default=Level.NONE)
    return Answer(None, level.word, f"the best of {len(lows)} weakest links")


def rate_leximin(case: Case) -> Answer:
    """The links of the best chain, weakest first: ranks chains whose weakest links tie.

    It ranks and gives no grade. Missing links count as high.
    """
    keys = [leximin(part.level for part in chain if not part.certain) for chain in case.chains]
    best = max(keys, default=None)
    if best is None:
        return Answer(None, Level.NONE.word, "no chain")
    held = [level for level in best if level < Level.HIGH]
    shown = [Level(level).word for level in held] or [Level.HIGH.word]
    more = f" + {len(shown) - 1}" if len(shown) > 1 else ""
    rest = ", ".join(shown)
    return Answer(None, shown[0] + more, f"best of {len(keys)}: {rest}, all other links high")


def _merged(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Links of two chains in series; NONE in either leaves nothing to rank."""
    return leximin((*a, *b)) if a[0] and b[0] else (0, 4)


def rate_aop(case: Case) -> Answer:
    """Mechanistic support as adverse outcome pathways weigh it: the least supported link counts.

    A link has the lesser of its plausibility and its empirical support plus one. A chain has the
    minimum, minus one where no intermediate event is known to be essential (none is on record
    here), and not below weak. Beside it stands the weakest clinical level; the two are not merged.
    """
    held = Mechanistic(max((_support(chain) for chain in case.chains), default=0))
    clinical = rate_weakest(case).word
    return Answer(None, held.word, f"mechanistic {held.word}; clinical by the weakest: {clinical}")


def _support(chain: Chain) -> int:
    """Mechanistic support of one chain; links by definition are no events."""
    strengths = [int(part.mechanistic) for part in chain if not part.certain]
    least = min(strengths, default=0)
    return _aop_value(least) if len(strengths) > 1 else least


def _aop_value(strength: int) -> int:
    return max(1, strength - 1) if strength else 0


_LEXIMIN_REFINES = Law(
    "a better weakest link is never ranked lower (at equal d)",
    2,
    lambda o, a, b: (o.value(a) > o.value(b), a > b),
    lambda better, above: above or not better,
)

WEAKEST = Algebra(
    "weakest",
    Scope.CHAINS,
    "min",
    "max",
    rate_weakest,
    Operations(max, 0, range(5), min, 4),
    _LATTICE,
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
        _merged,
        (4,),
        min,
        {"P29": _LEXIMIN_REFINES},
    ),
    _LATTICE | {"P29"},
)
AOP = Algebra(
    "aop",
    Scope.CHAINS,
    "min, minus one without an essential event",
    "max",
    rate_aop,
    Operations(max, 0, range(4), min, 3, _aop_value),
    _LATTICE,
)
