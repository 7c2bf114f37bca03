"""What can be reached by steps taken again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def collect_reachable(starts: Iterable[Item], step: Callable[[Item], Iterable[Item]]) -> set[Item]:
    """All that steps lead to from some items, these included; cycles do no harm.

    >>> sorted(collect_reachable([3], lambda n: [n - 1, n + 1] if 0 < n < 4 else []))
    [0, 1, 2, 3, 4]
    """
    reached = set(starts)
    pending = list(reached)
    while pending:
        for item in step(pending.pop()):
            if item not in reached:
                reached.add(item)
                pending.append(item)
    return reached


def follow_pairs(starts: Iterable[Item], pairs: Iterable[tuple[Item, Item]]) -> set[Item]:
    """All that pairs (from, to) lead to from some items, these included.

    >>> sorted(follow_pairs("a", [("a", "b"), ("b", "c"), ("d", "a")]))
    ['a', 'b', 'c']
    """
    items_after: dict[Item, list[Item]] = {}
    for before, after in pairs:
        items_after.setdefault(before, []).append(after)
    return follow_mapping(starts, items_after)


def follow_mapping(starts: Iterable[Item], items_after: Mapping[Item, Iterable[Item]]) -> set[Item]:
    """All that a mapping of each item to the next ones leads to from some items, these included."""
    return collect_reachable(starts, lambda item: items_after.get(item, ()))
