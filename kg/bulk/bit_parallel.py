"""Levels of all pairs: sweeps that carry 64 or more outcomes at a time, one bit each.

A level is max(1, m - d) of some chain, so few sets of pairs are enough (grading.md section 9):
those that links >= 4 join without a leap, with one, with two; those that links >= 3 join without
a leap or with one; links >= 2 without; and for VERY_LOW those that any links join. Each is a
reachability on the graph doubled by sign, where a node holds a bit for each outcome of the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.bulk.columns import LinkColumns
from kg.bulk.labels import LEVEL_MASK, NEGATIVE_FLAG, BoolArray, IntArray, WordArray, has_leap
from kg.bulk.outcome_sweep import find_targets
from kg.model import Reading
from kg.model.batches import LinkFlag, NodeRole
from kg.search.algebra import CAP

MAX_WORDS = 8
"""Words of 64 outcomes that are swept together, where memory allows."""

_MAX_BYTES = 1 << 27
"""Bytes of one set of pairs."""

_ALL_BITS = np.uint64(2**64 - 1)

_LEAPS_BY_LEVEL = ((4, (0, 1, 2)), (3, (0, 1)), (2, (0,)), (1, (2,)))
"""For each least level of the links the numbers of leaps that can set a value."""


@dataclass(frozen=True, eq=False, slots=True)
class StateLinks:
    """Links between states, a node and a sign each, in order of their tails.

    A state is the node, and for sign -1 the node plus the number of nodes. `is_free` says of a link
    whether it passes without a leap, `is_granted` whether it is an exposure's own that was granted,
    which does not vouch for itself.
    """

    tails: IntArray
    heads: IntArray
    is_free: BoolArray
    is_granted: BoolArray

    def select_links(self, link_index: IntArray) -> StateLinks:
        """Some of the links, by a mask or in order."""
        return StateLinks(
            self.tails[link_index],
            self.heads[link_index],
            self.is_free[link_index],
            self.is_granted[link_index],
        )

    def pull_bits(
        self, bits: WordArray, outcome_bits: OutcomeBits, with_leap: bool | None = None
    ) -> tuple[IntArray, WordArray]:
        """The tails of the links, each once, and the bits that their heads have together.

        `with_leap` keeps only what passes its tail with a leap, or only what passes without one.
        """
        head_bits = bits.take(self.heads, 0)
        if self.is_granted.any():
            head_bits[self.is_granted] &= ~outcome_bits.own_outcomes[self.heads[self.is_granted]]
        if with_leap is not None:
            free_bits = outcome_bits.free_outcomes.take(self.tails, 0)
            free_bits[self.is_free] = _ALL_BITS
            head_bits &= ~free_bits if with_leap else free_bits
        first = np.flatnonzero(np.diff(self.tails, prepend=-1))
        if not len(first):
            return self.tails, head_bits
        return self.tails[first], np.bitwise_or.reduceat(head_bits, first, axis=0)


@dataclass(frozen=True, eq=False, slots=True)
class OutcomeBits:
    """Bits of a batch of outcomes, a row for each state.

    `own_outcomes` has the outcomes that its node is or is a part of, `free_outcomes` those for
    which passing it costs no leap.
    """

    own_outcomes: WordArray
    free_outcomes: WordArray


@dataclass(frozen=True, eq=False, slots=True)
class ReadingLinks:
    """The links of a reading by least level.

    `inner_links` may be passed, `outer_links` go out of exposures.
    """

    node_count: int
    exposures: IntArray
    inner_links: dict[int, StateLinks]
    outer_links: dict[int, StateLinks]


def build_reading_links(
    columns: LinkColumns, reading: Reading, exposure: int | None = None
) -> ReadingLinks:
    """The links of a reading, ready for batches of outcomes; of one exposure or of all.

    Args:
        columns: Rated links as arrays.
        reading: The reading whose levels count.
        exposure: One node; None: all exposures.
    """
    order = columns.out_link
    code, tails, heads = (
        columns.read_codes(reading)[order],
        columns.tail[order],
        columns.head[order],
    )
    negative = (code & NEGATIVE_FLAG > 0).astype(np.int64) * columns.node_count
    agents = columns.role == NodeRole.EXPOSURE
    from_exposure = agents[tails] | (tails == (-1 if exposure is None else exposure))
    is_granted = np.zeros(len(tails), np.bool_)
    if reading is Reading.BEST_CASE:
        is_granted = from_exposure & (columns.flags[order] & LinkFlag.GRANTED.value > 0)
    doubled_links = StateLinks(
        tails=np.concatenate((tails, tails + np.int64(columns.node_count))),
        heads=np.concatenate((heads + negative, heads + columns.node_count - negative)),
        is_free=np.tile(~has_leap(code) | from_exposure, 2),
        is_granted=np.tile(is_granted, 2),
    )
    is_from_exposures = from_exposure if exposure is None else tails == exposure
    is_outer = np.tile(is_from_exposures, 2)
    is_inner = np.tile(~from_exposure | (np.diff(columns.in_start)[tails] > 0), 2)
    level = np.tile(code & LEVEL_MASK, 2)
    return ReadingLinks(
        node_count=columns.node_count,
        exposures=np.flatnonzero(agents) if exposure is None else np.array([exposure]),
        inner_links={
            m: doubled_links.select_links(np.flatnonzero((level >= m) & is_inner))
            for m, _ in _LEAPS_BY_LEVEL
        },
        outer_links={
            m: doubled_links.select_links(np.flatnonzero((level >= m) & is_outer))
            for m, _ in _LEAPS_BY_LEVEL
        },
    )


def compute_pair_levels(pairs: ReadingLinks, columns: LinkColumns, outcomes: IntArray) -> IntArray:
    """Levels (int8) of all chains: exposures x outcomes x 2 signs, +1 first.

    Args:
        pairs: The links of a reading.
        columns: Rated links as arrays.
        outcomes: Nodes, at most 64 a word that `split_into_batches` allows.
    """
    words = -(-len(outcomes) // 64)
    outcome_bits = _build_outcome_bits(columns, outcomes, words)
    start: WordArray = np.zeros((2 * pairs.node_count, words), np.uint64)
    start[outcomes] = _make_bit_rows(np.arange(len(outcomes)), words)
    bits_by_value: dict[int, WordArray] = {}
    for m, leaps in _LEAPS_BY_LEVEL:
        layer_bits, inner = start, pairs.inner_links[m]
        for d in range(max(leaps) + 1):
            if m > 1:
                layer_bits = _add_leap_layer(inner, layer_bits, outcome_bits, d)
            elif d == max(leaps):
                layer_bits = _close_under_links(inner, layer_bits.copy(), outcome_bits)
            if d in leaps:
                got = _collect_exposure_bits(pairs, m, layer_bits, outcome_bits)
                value = max(1, m - d)
                bits_by_value[value] = bits_by_value[value] | got if value in bits_by_value else got
    return _unpack_levels(bits_by_value, len(outcomes))


def _make_bit_rows(bit_numbers: IntArray, words: int) -> WordArray:
    """A row of words for each lane with its bit set."""
    rows = np.zeros((len(bit_numbers), words), np.uint64)
    rows[np.arange(len(bit_numbers)), bit_numbers // 64] = np.uint64(1) << (
        bit_numbers % 64
    ).astype(np.uint64)
    return rows


def _build_outcome_bits(columns: LinkColumns, outcomes: IntArray, words: int) -> OutcomeBits:
    own_outcomes = np.zeros((columns.node_count, words), np.uint64)
    bit_rows = _make_bit_rows(np.arange(len(outcomes)), words)
    for bit_number, outcome in enumerate(outcomes):
        own_outcomes[find_targets(columns, int(outcome))] |= bit_rows[bit_number]
    free_outcomes = own_outcomes.copy()
    np.bitwise_or.at(free_outcomes, columns.marker, own_outcomes[columns.marked])
    return OutcomeBits(
        np.concatenate((own_outcomes, own_outcomes)), np.concatenate((free_outcomes, free_outcomes))
    )


def _add_leap_layer(
    links: StateLinks, previous_bits: WordArray, outcome_bits: OutcomeBits, d: int
) -> WordArray:
    """Bits of the chains with at most d leaps, from those with one fewer (or from the outcomes)."""
    layer_bits = previous_bits.copy()
    if d:
        has_bits = np.asarray(previous_bits.any(axis=1))
        active = links.select_links(np.flatnonzero(has_bits[links.heads] & ~links.is_free))
        tails, bits = active.pull_bits(previous_bits, outcome_bits, with_leap=True)
        layer_bits[tails] |= bits
    if d == CAP:
        return _close_under_links(links, layer_bits, outcome_bits)
    is_free_state = np.asarray(outcome_bits.free_outcomes.any(axis=1))
    rare = np.flatnonzero(links.is_free | is_free_state[links.tails])
    return _close_under_links(links.select_links(rare), layer_bits, outcome_bits, with_leap=False)


def _close_under_links(
    links: StateLinks,
    state_bits: WordArray,
    outcome_bits: OutcomeBits,
    with_leap: bool | None = None,
) -> WordArray:
    """The bits with those of all chains of these links."""
    changed_states = np.flatnonzero(state_bits.any(axis=1))
    while len(changed_states) and len(links.tails):
        marks = np.zeros(len(state_bits), np.bool_)
        marks[changed_states] = True
        active = links.select_links(np.flatnonzero(marks[links.heads]))
        tails, bits = active.pull_bits(state_bits, outcome_bits, with_leap)
        bits_before = state_bits[tails]
        bits_after = bits_before | bits
        has_grown = (bits_after != bits_before).any(axis=1)
        changed_states = tails[has_grown]
        state_bits[changed_states] = bits_after[has_grown]
    return state_bits


def _collect_exposure_bits(
    pairs: ReadingLinks, m: int, state_bits: WordArray, outcome_bits: OutcomeBits
) -> WordArray:
    """Bits of the exposures, sign +1 above sign -1, by their links of at least level m."""
    states = np.concatenate((pairs.exposures, pairs.exposures + pairs.node_count))
    place = np.zeros(2 * pairs.node_count, np.int64)
    place[states] = np.arange(len(states))
    got = np.zeros((len(states), state_bits.shape[1]), np.uint64)
    tails, bits = pairs.outer_links[m].pull_bits(state_bits, outcome_bits)
    got[place[tails]] = bits
    return got


def _unpack_levels(bits_by_value: dict[int, WordArray], outcomes: int) -> IntArray:
    """Levels of the pairs from the bits of each value; a pair has the greatest value it reached."""
    level_table = np.zeros((len(bits_by_value[1]), outcomes), np.int8)
    for value in sorted(bits_by_value):
        flat = np.unpackbits(bits_by_value[value].view(np.uint8), axis=1, bitorder="little")
        level_table[flat[:, :outcomes] > 0] = value
    half = len(level_table) // 2
    return np.stack((level_table[:half], level_table[half:]), axis=2)


def split_into_batches(
    outcomes: IntArray, nodes: int, words: int = MAX_WORDS
) -> Iterator[IntArray]:
    """The outcomes, so many at a time as memory allows.

    Args:
        outcomes: Nodes.
        nodes: How many nodes the graph has.
        words: Words of 64 outcomes at the most.
    """
    words = max(1, min(words, _MAX_BYTES // (16 * nodes)))
    for first_outcome in range(0, len(outcomes), 64 * words):
        yield outcomes[first_outcome : first_outcome + 64 * words]
