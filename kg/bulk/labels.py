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

from kg.search.algebra import CAP, Frontier, antichain

ByteArray: TypeAlias = npt.NDArray[np.uint8]
"""Codes and flags of links, the bytes of texts."""

BoolArray: TypeAlias = npt.NDArray[np.bool_]
"""Masks."""

IntArray: TypeAlias = npt.NDArray[np.integer[Any]]
"""Integers of any width: nodes, links and sets of labels are int32, what indexes an array intp."""

TextArray: TypeAlias = npt.NDArray[np.object_]
"""Texts."""

WordArray: TypeAlias = npt.NDArray[np.uint64]
"""Sets of outcomes, 64 to a word."""

LABEL_BITS = 12
ALL_POSITIVE = (1 << LABEL_BITS) - 1
"""All labels of sign +1, and so the empty chain."""

LEVEL_MASK, NEGATIVE_FLAG, NO_LEAP_FLAG, FIXED_FLAG = 0b111, 0b1000, 0b10000, 0b100000
"""Parts of a link's code: its level, whether its sign is -1, whether it passes without a leap.

FIXED is set in a question alone: the link may not be raised.
"""

_BOTH_SIGNS = 1 | 1 << LABEL_BITS
_BELOW_MAX_LEAPS = 0x00F * _BOTH_SIGNS
_AT_MAX_LEAPS = 0xF00 * _BOTH_SIGNS


_LOWEST_BITS = np.int32(sum(1 << 4 * d for d in range(CAP + 1)) * _BOTH_SIGNS)
"""The lowest bit of every number of leaps and sign."""


def compute_pass_masks(codes: ByteArray) -> IntArray:
    """Labels that links of these codes (uint8) let pass: those with m up to their level.

    >>> decode_frontier(compute_pass_masks(np.array([2], np.uint8))[0], 1)
    frozenset({(2, 0)})

    Args:
        codes: Codes of links (uint8).

    Returns:
        One mask a code (int32), of both signs.
    """
    lowest = np.left_shift(np.uint8(1), codes & LEVEL_MASK) - np.uint8(1)
    upto: IntArray = lowest.astype(np.int32) * _LOWEST_BITS
    return upto


def has_leap(codes: ByteArray) -> BoolArray:
    """Whether passing the tails of links of these codes (uint8) costs a leap.

    Asked of the bit alone: a code may hold FIXED_FLAG, so that it says nothing that it is less than
    NO_LEAP_FLAG.

    >>> has_leap(np.array([4, 4 | NO_LEAP_FLAG, 4 | FIXED_FLAG], np.uint8))
    array([ True, False,  True])

    Args:
        codes: Codes of links (uint8).
    """
    leaps: BoolArray = codes & NO_LEAP_FLAG == 0
    return leaps


def compute_variants(labels: IntArray) -> IntArray:
    """Labels past links of each sign and leap, one part after the other, by `code >> 3` of a link.

    A link leaps and turns, or does not: leaped, leaped and turned, as they are, turned.

    Args:
        labels: n sets of labels (int32).

    Returns:
        4 n sets (int32): that of link code c and set i stands at n * (c >> 3 & 3) + i.
    """
    other = turn_sign(labels)
    return np.concatenate((add_leap(labels), add_leap(other), labels, other))


def select_labels_above(level: int) -> int:
    """Bits of both signs of the labels whose value is greater than a level.

    >>> select_labels_above(0) == ALL_POSITIVE * (1 | 1 << LABEL_BITS), select_labels_above(4)
    (True, 0)

    Args:
        level: 0 to 4.
    """
    positive_labels = sum(
        1 << 4 * d + m - 1 for d in range(CAP + 1) for m in range(1, 5) if max(1, m - d) > level
    )
    return positive_labels * _BOTH_SIGNS


def add_leap(labels: IntArray) -> IntArray:
    """Labels of the same chains with a leap more; two count as the most there are.

    >>> decode_frontier(add_leap(np.int32(ALL_POSITIVE)), 1)
    frozenset({(4, 1)})

    Args:
        labels: Sets of labels (int32).
    """
    leaped_labels: IntArray = (labels & _AT_MAX_LEAPS) | (labels & _BELOW_MAX_LEAPS) << 4
    return leaped_labels


def turn_sign(labels: IntArray) -> IntArray:
    """Labels of the same chains with the other sign.

    >>> decode_frontier(turn_sign(np.int32(ALL_POSITIVE)), -1)
    frozenset({(4, 0)})

    Args:
        labels: Sets of labels (int32).
    """
    other: IntArray = (labels & ALL_POSITIVE) << LABEL_BITS | labels >> LABEL_BITS
    return other


def decode_frontier(labels: int | IntArray, sign: int) -> Frontier:
    """The frontier that a closed set of labels stands for.

    >>> sorted(decode_frontier(0b1000_0100, 1))
    [(3, 0), (4, 1)]

    Args:
        labels: One closed set of labels, both signs.
        sign: +1 or -1: which of them.
    """
    sign_labels = (int(labels) >> (0 if sign > 0 else LABEL_BITS)) & ALL_POSITIVE
    return antichain(
        (m + 1, d) for d in range(CAP + 1) for m in range(4) if sign_labels >> 4 * d + m & 1
    )


def _build_level_table() -> IntArray:
    """Level of every set of labels of one sign: the best of m - d, never below VERY_LOW."""
    table = np.zeros(ALL_POSITIVE + 1, np.int8)
    sets = np.arange(ALL_POSITIVE + 1)
    for d in range(CAP + 1):
        for m in range(1, 5):
            has_label = (sets >> 4 * d + m - 1 & 1) > 0
            table[has_label] = np.maximum(table[has_label], max(1, m - d))
    return table


_LEVEL_BY_LABELS = _build_level_table()


def compute_levels(labels: IntArray, sign: int) -> IntArray:
    """Levels (int8) that sets of labels come to for a sign.

    >>> compute_levels(np.array([0, ALL_POSITIVE], np.int32), 1)
    array([0, 4], dtype=int8)

    Args:
        labels: Sets of labels (int32).
        sign: +1 or -1.
    """
    label_levels: IntArray = _LEVEL_BY_LABELS[
        labels >> (0 if sign > 0 else LABEL_BITS) & ALL_POSITIVE
    ]
    return label_levels
