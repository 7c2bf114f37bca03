"""The kernel on arrays: sweeps of frontiers over columns of links.

A sweep carries for each node the set of labels of its chains, both signs and all levels in one
number (`kg.bulk.labels`), so that the level-by-level 0-1 search of grading.md section 9 is one
sweep: the links into a changed node are gathered, the labels pass them, what is new is or-ed into
their tails. Rounds are chains of one link more; what changed in each is kept, for the witness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from kg.bulk.labels import (
    ALL_POSITIVE,
    LABEL_BITS,
    LEVEL_MASK,
    NEGATIVE_FLAG,
    BoolArray,
    ByteArray,
    IntArray,
    compute_pass_masks,
    compute_variants,
    has_leap,
    select_labels_above,
)
from kg.search.algebra import CAP, Frontier

_CODE_BITS = 6
_CODE_MASK = (1 << _CODE_BITS) - 1
ALL_CODES = np.arange(_CODE_MASK + 1)
LEVEL_BY_CODE = ALL_CODES & LEVEL_MASK
_LINKS_PER_CHUNK = 1 << 15
"""Links that are looked at together: what they need stays in the cache of a core."""
_FULL_COMPARE_RATIO = 8
"""How many nodes a link stands for, when all labels are compared to find those that grew."""


@dataclass(frozen=True, eq=False, slots=True)
class LinkArrays:
    """A graph for one reading and one question, as arrays.

    Links are in order of their heads (`in_start`), and into each node those that let something
    pass come first (`in_pass` of them); `out_link` has them in order of their tails. `packed_links`
    is the tail of a link above its code, in one number, so that a sweep looks once.
    """

    in_start: IntArray
    in_pass: IntArray
    out_start: IntArray
    out_link: IntArray
    link_heads: IntArray
    packed_links: IntArray

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.in_start) - 1

    def find_links_from(self, node: int) -> IntArray:
        """Links out of a node."""
        links: IntArray = self.out_link[self.out_start[node] : self.out_start[node + 1]]
        return links

    def locate_links_into(self, nodes: IntArray, every: bool = False) -> tuple[IntArray, IntArray]:
        """The first link into each node, and how many there are that let something pass, or all."""
        begin = self.in_start.take(nodes)
        size = self.in_start.take(nodes + 1) - begin if every else self.in_pass.take(nodes)
        return begin, size.astype(np.intp, copy=False)

    def locate_links_out(self, nodes: IntArray) -> tuple[IntArray, IntArray]:
        """Where the links out of each node begin in `out_link`, and how many there are."""
        begin = self.out_start.take(nodes)
        return begin, self.out_start.take(nodes + 1) - begin

    def read_codes(self, links: IntArray | Sequence[int]) -> ByteArray:
        """Codes of some links."""
        return unpack_codes(self.packed_links.take(links))

    def read_tail(self, link: int) -> int:
        """The tail of a link."""
        return int(self.packed_links[link]) >> _CODE_BITS


def pack_links(tail_nodes: IntArray, code: ByteArray, nodes: int) -> IntArray:
    """Tails and codes of links in one number each, int32 where so many nodes allow it.

    Args:
        tail_nodes: Node that each link leaves.
        code: Code of each link (uint8).
        nodes: How many nodes there are.
    """
    wide: IntArray = tail_nodes.astype(np.int32 if nodes <= 1 << 31 - _CODE_BITS else np.int64)
    np.left_shift(wide, _CODE_BITS, out=wide)
    return np.bitwise_or(wide, code, out=wide)


def unpack_codes(link: IntArray) -> ByteArray:
    """Codes of packed links.

    Args:
        link: Packed links.
    """
    code: ByteArray = link.astype(np.uint8)
    code &= _CODE_MASK
    return code


def unpack_tails(link: IntArray) -> IntArray:
    """Tails of packed links, as indexes.

    Args:
        link: Packed links.

    Returns:
        Nodes (intp).
    """
    return (link >> _CODE_BITS).astype(np.intp)


@dataclass(frozen=True, eq=False, slots=True)
class LabelSweep:
    """Labels of the chains from each node to the target (or from the source to each node).

    `changes_by_round` holds for each number of links the nodes, sorted, whose labels grew, and what
    they grew to.
    """

    labels: IntArray
    changes_by_round: list[tuple[IntArray, IntArray]] = field(default_factory=list)

    def find_first_round(self, nodes: IntArray, goal_labels: IntArray) -> IntArray:
        """The round in which each node got its wanted label; beyond the last where it never did."""
        first_rounds = np.full(len(nodes), len(self.changes_by_round), np.int64)
        for n in range(len(self.changes_by_round) - 1, -1, -1):
            changed_nodes, labels = self.changes_by_round[n]
            node_positions = np.minimum(
                np.searchsorted(changed_nodes, nodes), len(changed_nodes) - 1
            )
            has_label = (changed_nodes[node_positions] == nodes) & (
                labels[node_positions] & goal_labels > 0
            )
            first_rounds[has_label] = n
        return first_rounds


def sweep_labels(
    net: LinkArrays,
    start: int,
    forward: bool = False,
    max_links: int | None = None,
    value_floor: int = 0,
) -> LabelSweep:
    """Labels of all chains that end at a node, or with `forward` of all that start there.

    `max_links` bounds the links of a chain; without it the sweep ends when nothing grows any more.
    Labels of values up to `value_floor` are left out; no chain of them gets a greater value again.

    Args:
        net: The links of one reading and one question.
        start: The node that all chains share.
        forward: Whether they start there, not end.
        max_links: Links of the longest chain; None for all.
        value_floor: Level, 0 to 4, up to which labels are left out.
    """
    labels = np.zeros(net.node_count, np.int32)
    labels[start] = ALL_POSITIVE & select_labels_above(value_floor)
    label_sweep = LabelSweep(labels, [(np.array([start]), labels[[start]])])
    spread_labels(
        net,
        label_sweep,
        label_sweep.changes_by_round[0][0],
        forward,
        max_links,
        label_mask=select_labels_above(value_floor),
    )
    return label_sweep


def spread_labels(
    net: LinkArrays,
    label_sweep: LabelSweep,
    frontier: IntArray,
    forward: bool = False,
    max_rounds: int | None = None,
    goal: tuple[int, int] | None = None,
    label_mask: int = select_labels_above(0),
    passes: IntArray | None = None,
) -> None:
    """Let a sweep grow from a frontier until nothing changes, or a goal (node, bit) is reached.

    `passes` says for each code what labels pass, where that is not as the level of the link says.

    Args:
        net: The links of one reading and one question.
        label_sweep: Labels so far; it grows in place.
        frontier: Nodes whose labels changed last, sorted.
        forward: Whether labels go along the links, not against them.
        max_rounds: Rounds to go at the most; None for all.
        goal: A node and a bit of its labels at which to stop.
        label_mask: Labels that are carried at all.
        passes: For each code the labels that pass (int32); None: as the level says.
    """
    labels, done = label_sweep.labels, 0
    every = passes is not None and bool(passes[0])
    while len(frontier) and done != max_rounds and not (goal and labels[goal[0]] & goal[1]):
        frontier_labels = labels.take(frontier)
        begin, size = (
            net.locate_links_out(frontier) if forward else net.locate_links_into(frontier, every)
        )
        old = labels.copy() if int(size.sum()) * _FULL_COMPARE_RATIO > net.node_count else None
        grown_parts = []
        for part, positions, origin_index in _split_ranges(begin, size, _LINKS_PER_CHUNK):
            links = net.out_link.take(positions) if forward else positions
            link = net.packed_links.take(links)
            code = unpack_codes(link)
            label_variants = compute_variants(frontier_labels[part])
            which = np.multiply(code >> 3 & 3, len(label_variants) // 4, dtype=np.intp)
            which += origin_index
            moved_labels = (label_variants & np.int32(label_mask)).take(which)
            moved_labels &= compute_pass_masks(code) if passes is None else passes.take(code)
            next_nodes = (
                net.link_heads.take(links).astype(np.intp) if forward else unpack_tails(link)
            )
            risen = _raise_labels(labels, next_nodes, moved_labels)
            if old is None:
                grown_parts.append(risen)
        if old is None:
            frontier = sort_distinct(np.concatenate(grown_parts), net.node_count)
        else:
            frontier = np.flatnonzero(labels != old)
        if len(frontier):
            label_sweep.changes_by_round.append((frontier, labels.take(frontier)))
        done += 1


def _raise_labels(labels: IntArray, nodes: IntArray, new_labels: IntArray) -> IntArray:
    """Or labels into those of nodes; the nodes whose labels grew, some of them more than once.

    Where a node comes twice, what is written last stays; so what was lost is written again.
    """
    had = labels.take(nodes)
    new_labels |= had
    changed_positions = np.flatnonzero(new_labels != had)
    raised_nodes = nodes = nodes.take(changed_positions)
    while len(nodes):
        new_labels = new_labels.take(changed_positions)
        labels[nodes] = new_labels
        had = labels.take(nodes)
        new_labels |= had
        changed_positions = np.flatnonzero(new_labels != had)
        nodes = nodes.take(changed_positions)
    return raised_nodes


def expand_ranges(begin: IntArray, size: IntArray) -> tuple[IntArray, IntArray]:
    """So many numbers from each beginning on, and which beginning each is of.

    >>> expand_ranges(np.array([2, 0]), np.array([3, 2]))
    (array([2, 3, 4, 0, 1]), array([0, 0, 0, 1, 1]))

    Args:
        begin: First number of each range.
        size: How many numbers each range has.
    """
    [(_, positions, range_index)] = _split_ranges(begin, size, int(size.sum()) + 1)
    return positions, range_index


def _split_ranges(
    begin: IntArray, size: IntArray, chunk_size: int
) -> Iterator[tuple[slice, IntArray, IntArray]]:
    """Beginnings in parts of about so many numbers, each with what `places` has of it."""
    ends = np.cumsum(size)
    shift = begin - ends + size
    cuts = np.searchsorted(ends, np.arange(chunk_size, int(ends[-1]), chunk_size)).tolist()
    first = 0
    for start, end in pairwise((0, *cuts, len(size))):
        if start < end:
            part, last = slice(start, end), int(ends[end - 1])
            range_index = np.repeat(np.arange(end - start), size[part])
            positions = shift[part].take(range_index)
            positions += np.arange(first, last)
            yield part, positions, range_index
            first = last


def sort_distinct(nodes: IntArray, node_count: int) -> IntArray:
    """The nodes without repetition, sorted; `node_count` is how many there are in all.

    >>> sort_distinct(np.array([3, 1, 3]), 4)
    array([1, 3])

    Args:
        nodes: Nodes in any order.
        node_count: How many nodes the graph has.
    """
    if len(nodes) * 64 < node_count:
        sorted_nodes = np.sort(nodes)
        return sorted_nodes[np.flatnonzero(np.diff(sorted_nodes, prepend=-1))]
    node_mask = np.zeros(node_count, np.bool_)
    node_mask[nodes] = True
    return np.flatnonzero(node_mask)


# One chain


def encode_label(m: int, d: int, sign: int) -> int:
    """The bit that says: a chain of this sign with at least m and at most d leaps.

    Args:
        m: Level, 1 to 4.
        d: Leaps, 0 to CAP.
        sign: +1 or -1.
    """
    return 1 << 4 * d + m - 1 + (0 if sign > 0 else LABEL_BITS)


def walk_chain(
    net: LinkArrays, back: LabelSweep, source: int, sign: int, label: tuple[int, int]
) -> list[int]:
    """Links of a chain of fewest links from the source with at least this label.

    `back` is the sweep to the target, and the source has the label in it. Each step goes to a node
    that had the rest of the label at least one round earlier, so the walk ends even among cycles.

    Args:
        net: The links of one reading and one question.
        back: The sweep to the target.
        source: Where the chain starts.
        sign: Sign of the whole chain, +1 or -1.
        label: (m, d), which the source has in `back`.
    """
    m, d = label
    node, side, chain_links = source, sign, []
    while back.find_first_round(np.array([node]), np.array([encode_label(m, d, side)]))[0]:
        links, sides, leaps_left, goal_labels = list_steps(
            net, node, side, (m, d), m <= LEVEL_BY_CODE
        )
        best_step = int(np.argmin(back.find_first_round(net.link_heads[links], goal_labels)))
        chain_links.append(int(links[best_step]))
        node, side, d = (
            int(net.link_heads[links[best_step]]),
            int(sides[best_step]),
            int(leaps_left[best_step]),
        )
    return chain_links


def list_steps(
    net: LinkArrays, node: int, side: int, label: tuple[int, int], code_mask: BoolArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Links out of a node whose codes fit; sign, leaps and label that are left after each.

    Args:
        net: The links of one reading and one question.
        node: Where the steps start.
        side: Sign that is left of the chain, +1 or -1.
        label: (m, d) that is left of it.
        code_mask: For each code whether a link of it may be taken.

    Returns:
        Links, then for each the sign, the leaps and the bit of the label that are left after it.
    """
    m, d = label
    links = net.find_links_from(node)
    links = links[code_mask[net.read_codes(links)]]
    code = net.read_codes(links)
    sides = np.where(code & NEGATIVE_FLAG, -side, side)
    leaps_left = d - has_leap(code) if d < CAP else np.full(len(links), d)
    shift = 4 * np.maximum(leaps_left, 0) + m - 1 + np.where(sides > 0, 0, LABEL_BITS)
    return links, sides, leaps_left, np.where(leaps_left < 0, 0, 1 << shift)


def choose_best_label(frontier: Frontier) -> tuple[int, int]:
    """The label that sets the value of a frontier that is not empty, the surer one of two.

    >>> choose_best_label(frozenset({(3, 0), (4, 1)}))
    (4, 1)

    Args:
        frontier: Not empty.
    """
    return max(frontier, key=lambda label: (max(1, label[0] - label[1]), label))
