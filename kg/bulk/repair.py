"""What would raise a grade on columns: the fewest links to raise, and what one link would gain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from kg.bulk.labels import (
    ALL_POSITIVE,
    FIXED_FLAG,
    LEVEL_MASK,
    NEGATIVE_FLAG,
    BoolArray,
    IntArray,
    decode_frontier,
    has_leap,
    select_labels_above,
)
from kg.bulk.outcome_sweep import OutcomeSweep, find_links_from
from kg.bulk.sweep import (
    ALL_CODES,
    LEVEL_BY_CODE,
    LabelSweep,
    LinkArrays,
    encode_label,
    list_steps,
    sort_distinct,
    spread_labels,
    sweep_labels,
)
from kg.model import Gain, Level, Reading, RepairSet
from kg.search.algebra import CAP, ZERO, Frontier, plus, times, value

_ALL_LABELS = np.int32(select_labels_above(0))


def find_repair_links(
    net: LinkArrays, fixed: IntArray, end_nodes: tuple[int, int], sign: int, level: int
) -> tuple[int, ...] | None:
    """The fewest links to raise to HIGH so that a chain from ends[0] to ends[1] reaches `level`.

    For each number of leaps d that leaves room for it, links with m >= level + d cost nothing and
    the rest cost one each; VERY_LOW needs links that are not NONE, any d. The links `fixed` may not
    be raised.

    Args:
        net: The links of one reading and one question.
        fixed: Links that may not be raised.
        end_nodes: Source and target.
        sign: Sign of the chain, +1 or -1.
        level: The level to reach, 1 to 4.

    Returns:
        Links, none where the level is reached already; None where no chain can reach it.
    """
    needs = [(level + d, d) for d in range(CAP, -1, -1) if level + d <= 4]
    link = net.packed_links.copy()
    link[fixed] |= FIXED_FLAG
    net = replace(net, packed_links=link)
    best: tuple[int, ...] | None = None
    for need in needs if level > 1 else [(1, CAP)]:
        below = None if best is None else len(best)
        candidate = _search_repair(net, end_nodes, sign, need, below)
        best = best if candidate is None else candidate
        if best is not None and not best:
            break
    return best


def _search_repair(
    net: LinkArrays,
    end_nodes: tuple[int, int],
    sign: int,
    need: tuple[int, int],
    below: int | None,
) -> tuple[int, ...] | None:
    """Links to raise on a chain with fewest of them, fewer than `below`: 0-1 search by cost."""
    source, target = end_nodes
    minimum_level, leaps = need
    is_strong = minimum_level <= LEVEL_BY_CODE
    is_weak = ~is_strong & (ALL_CODES < FIXED_FLAG)
    goal = (source, encode_label(4, leaps, sign))
    leap_counts = range(leaps + 1) if leaps < CAP else (CAP,)
    label_mask = sum(encode_label(4, d, turn) for d in leap_counts for turn in (1, -1))
    cost_sweep = LabelSweep(np.zeros(net.node_count, np.int32))
    cost_sweep.labels[target] = ALL_POSITIVE & label_mask
    cost_sweep.changes_by_round.append((np.array([target]), cost_sweep.labels[[target]]))

    def spread_from_changes(code_mask: BoolArray, max_rounds: int | None = None) -> None:
        """Let labels pass such links from all nodes that changed since the last layer began."""
        changed = [nodes for nodes, _ in cost_sweep.changes_by_round[layers[-1] :]]
        frontier = sort_distinct(np.concatenate(changed), net.node_count)
        passes = np.where(code_mask, _ALL_LABELS, 0)
        spread_labels(
            *(net, cost_sweep, frontier),
            max_rounds=max_rounds,
            goal=goal,
            label_mask=label_mask,
            passes=passes,
        )

    layers = [0]
    while True:
        spread_from_changes(is_strong)
        if cost_sweep.labels[source] & goal[1]:
            start = (source, sign, leaps)
            return _trace_weak_links(net, (is_strong, is_weak), cost_sweep, layers, start)
        if below is not None and len(layers) >= below:
            return None
        next_layer = len(cost_sweep.changes_by_round)
        spread_from_changes(is_weak, max_rounds=1)
        if next_layer == len(cost_sweep.changes_by_round):
            return None
        layers.append(next_layer)


def _trace_weak_links(
    net: LinkArrays,
    fits: tuple[BoolArray, BoolArray],
    cost_sweep: LabelSweep,
    layers: list[int],
    start: tuple[int, int, int],
) -> tuple[int, ...]:
    """The weak links of a cheapest chain, walked from its source.

    `fits` are the codes of links that cost nothing, and of those that are to be raised.
    """
    node, side, d = start
    raised_links: list[int] = []
    while current_round := int(
        cost_sweep.find_first_round(np.array([node]), np.array([encode_label(4, d, side)]))[0]
    ):
        layer = max(first for first in layers if first <= current_round)
        for code_mask, round_limit in zip(fits, (current_round, layer), strict=True):
            links, sides, leaps_left, goal_labels = list_steps(net, node, side, (4, d), code_mask)
            early = cost_sweep.find_first_round(net.link_heads[links], goal_labels)
            if len(links) and early.min() < round_limit:
                best_step = int(np.argmin(early))
                raised_links += [int(links[best_step])] if code_mask is fits[1] else []
                node, side, d = (
                    int(net.link_heads[links[best_step]]),
                    int(sides[best_step]),
                    int(leaps_left[best_step]),
                )
                break
    return tuple(raised_links)


# Of an outcome


def find_repair_sets(
    sweep: OutcomeSweep, node: int, sign: int, reading: Reading
) -> tuple[RepairSet, ...]:
    """The fewest links to raise for each level above the present one.

    Args:
        sweep: The outcome.
        node: The exposure.
        sign: +1 or -1.
        reading: The reading whose levels count.
    """
    net, columns = sweep.arrays_by_reading[reading], sweep.columns
    current_level = sweep.find_level(node, sign, reading)
    links = find_links_from(columns, node)
    fixed_links = links[np.isin(net.link_heads[links], sweep.targets)]
    if columns.link_counts["itself"]:
        loops = np.flatnonzero(columns.tail == columns.head)
        fixed_links = np.union1d(fixed_links, loops)
    sets = []
    for level in tuple(Level)[1:]:
        raised: tuple[int, ...] | None = ()
        if level > current_level:
            raised = find_repair_links(net, fixed_links, (node, sweep.outcome), sign, level)
        ids = None if raised is None else [sweep.register_shown_link(k) for k in raised]
        sets.append(RepairSet(level, None if ids is None else tuple(dict.fromkeys(ids))))
    return tuple(sets)


def compute_gains(
    sweep: OutcomeSweep,
    node: int,
    sign: int,
    reading: Reading,
    chains: Iterable[tuple[int, ...]],
) -> tuple[Gain, ...]:
    """For links of chains: the level if one were HIGH, by chains that pass it once.

    Args:
        sweep: The outcome.
        node: The exposure.
        sign: +1 or -1.
        reading: The reading whose levels count.
        chains: Links of each chain that is shown.

    Returns:
        Links that gain a level or more, the greatest gain first.
    """
    net, back = sweep.arrays_by_reading[reading], sweep.sweep_by_reading[reading]
    current_frontier = sweep.find_frontier(node, sign, reading)
    current_level = value(current_frontier)
    shown_links = sorted({link for links in chains for link in links})
    if not shown_links or current_level == Level.HIGH:
        return ()
    source_sweep = sweep_labels(net, node, forward=True, value_floor=current_level)
    gains: dict[str, int] = {}
    for k in shown_links:
        is_weak = int(net.read_codes([k])[0]) & LEVEL_MASK < Level.HIGH
        if is_weak and not _is_own_link(sweep, node, k):
            through = _find_frontier_through(net, source_sweep, back, k, sign)
            gain = value(plus(current_frontier, through)) - current_level
            if gain > 0:
                link_id = sweep.register_shown_link(k)
                gains[link_id] = max(gains.get(link_id, 0), gain)
    ordered_gains = sorted(gains.items(), key=lambda g: (-g[1], g[0]))
    return tuple(Gain(link_id, gain) for link_id, gain in ordered_gains)


def _find_frontier_through(
    net: LinkArrays, source_sweep: LabelSweep, back: LabelSweep, k: int, sign: int
) -> Frontier:
    """Frontier of the chains of a sign that pass a link once, were it HIGH."""
    codes = net.read_codes([k])
    step = frozenset({(int(Level.HIGH), int(has_leap(codes)[0]))})
    rest_sign = -sign if codes[0] & NEGATIVE_FLAG else sign
    combined = ZERO
    for turn in (1, -1):  # signs multiply: what comes before the link may turn, if the rest does
        before = decode_frontier(source_sweep.labels[net.read_tail(k)], turn)
        after = decode_frontier(back.labels[net.link_heads[k]], rest_sign * turn)
        combined = plus(combined, times(times(before, step), after))
    return combined


def _is_own_link(sweep: OutcomeSweep, node: int, k: int) -> bool:
    tail, head = int(sweep.columns.tail[k]), int(sweep.columns.head[k])
    return tail == node and bool(np.isin(head, sweep.targets))
