"""Sets of chain labels (m, d) for both signs as the bits of one number.

Bit 4d + m - 1 says that a chain of sign +1 has at least level m with at most d leaps; the twelve
bits above are those of sign -1. So a set is closed downwards: with (3, 0) it holds (2, 1). On such
sets `plus` of the algebra is the union of bits, the least with a link's level is a mask, and a
leap is a shift: a sweep over arrays needs a handful of operations on integers.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kg.grading.algebra import CAP, Frontier, antichain

Numbers: TypeAlias = npt.NDArray[Any]

BITS = 12
PLUS = (1 << BITS) - 1
"""All labels of sign +1, and so the empty chain."""

LEVEL, NEGATIVE, FREE, FIXED = 0b111, 0b1000, 0b10000, 0b100000
"""Parts of a link's code: its level, whether its sign is -1, whether it passes without a leap.

FIXED is set in a question alone: the link may not be raised.
"""

_BOTH = 1 | 1 << BITS
_NO_LEAP = 0x00F * _BOTH
_FULL = 0xF00 * _BOTH


_EACH = np.int32(sum(1 << 4 * d for d in range(CAP + 1)) * _BOTH)
"""The lowest bit of every number of leaps and sign."""


def passing(codes: Numbers) -> Numbers:
    """Labels that links of these codes (uint8) let pass: those with m up to their level.

    >>> bits(passing(np.array([2], np.uint8))[0], 1)
    frozenset({(2, 0)})
    """
    lowest = np.left_shift(np.uint8(1), codes & LEVEL) - np.uint8(1)
    upto: Numbers = lowest.astype(np.int32) * _EACH
    return upto


def variants(labels: Numbers) -> Numbers:
    """Labels past links of each sign and leap, one part after the other, by `code >> 3` of a link.

    A link leaps and turns, or does not: leaped, leaped and turned, as they are, turned.
    """
    other = turned(labels)
    return np.concatenate((leaped(labels), leaped(other), labels, other))


def above(level: int) -> int:
    """Bits of both signs of the labels whose value is greater than a level.

    >>> above(0) == PLUS * (1 | 1 << BITS), above(4)
    (True, 0)
    """
    one = sum(
        1 << 4 * d + m - 1 for d in range(CAP + 1) for m in range(1, 5) if max(1, m - d) > level
    )
    return one * _BOTH


def leaped(labels: Numbers) -> Numbers:
    """Labels of the same chains with a leap more; two count as the most there are.

    >>> bits(leaped(np.int32(PLUS)), 1)
    frozenset({(4, 1)})
    """
    more: Numbers = (labels & _FULL) | (labels & _NO_LEAP) << 4
    return more


def turned(labels: Numbers) -> Numbers:
    """Labels of the same chains with the other sign.

    >>> bits(turned(np.int32(PLUS)), -1)
    frozenset({(4, 0)})
    """
    other: Numbers = (labels & PLUS) << BITS | labels >> BITS
    return other


def bits(labels: int | Numbers, sign: int) -> Frontier:
    """The frontier that a closed set of labels stands for."""
    one = (int(labels) >> (0 if sign > 0 else BITS)) & PLUS
    return antichain((m + 1, d) for d in range(CAP + 1) for m in range(4) if one >> 4 * d + m & 1)


def _values() -> Numbers:
    """Level of every set of labels of one sign: the best of m - d, never below VERY_LOW."""
    table = np.zeros(PLUS + 1, np.int8)
    sets = np.arange(PLUS + 1)
    for d in range(CAP + 1):
        for m in range(1, 5):
            has = (sets >> 4 * d + m - 1 & 1) > 0
            table[has] = np.maximum(table[has], max(1, m - d))
    return table


_VALUES = _values()


def values(labels: Numbers, sign: int) -> Numbers:
    """Levels (int8) that sets of labels come to for a sign.

    >>> values(np.array([0, PLUS], np.int32), 1)
    array([0, 4], dtype=int8)
    """
    found: Numbers = _VALUES[labels >> (0 if sign > 0 else BITS) & PLUS]
    return found
