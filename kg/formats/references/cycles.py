"""Cycles in a base: of is-a, of part-of, and of claims that lean on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kg.formats import faults
from kg.formats.faults import build_diagnostic, quote_value
from kg.formats.references.report import report_fault
from kg.model import Diagnostic, EvidenceBase


def check_cycles(base: EvidenceBase) -> Iterator[Diagnostic]:
    """A fault for one cycle through each knot of entities or of claims."""
    for field, relation in (("broader", "is-a"), ("part_of", "part-of")):

        def list_wider(entity_id: str, field: str = field) -> tuple[str, ...]:
            return getattr(base.entity.get(entity_id), field, ())

        for cycle in find_cycles([entity.id for entity in base.entities], list_wider):
            message = f"a cycle in {relation} (`{field}`): {_format_cycle(cycle)}."
            place = base.entity[cycle[0]].location
            yield build_diagnostic(faults.CYCLE, message, place, subject=cycle[0])

    def list_supporting(claim_id: str) -> tuple[str, ...]:
        claim = base.claim.get(claim_id)
        return (*claim.leans_on, *filter(None, [claim.restates])) if claim else ()

    for cycle in find_cycles([claim.id for claim in base.claims], list_supporting):
        message = f"stands in a cycle of support (`leans_on`, `restates`): {_format_cycle(cycle)}"
        yield report_fault(faults.CYCLE, base.claim[cycle[0]], message)


_MOST_IN_LOOPS = 1_000_000
"""Ids in all cycles that are kept; a chain of which every link leads back has their square."""


def find_cycles(
    start_ids: Iterable[str], step: Callable[[str], tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """One cycle through each knot of ids that reach themselves, without recursion."""
    done: set[str] = set()
    loops: list[tuple[str, ...]] = []
    length = 0
    for start_id in start_ids:
        path: list[str] = []
        on_path: dict[str, int] = {}
        pending_visits: list[tuple[str, bool]] = [(start_id, True)]
        while pending_visits:
            id, entering = pending_visits.pop()
            if not entering:
                path.pop()
                del on_path[id]
                done.add(id)
            elif id in on_path:
                if length < _MOST_IN_LOOPS:
                    loops.append(_rotate_cycle(path[on_path[id] :]))
                    length += len(loops[-1])
            elif id not in done:
                on_path[id] = len(path)
                path.append(id)
                pending_visits.append((id, False))
                pending_visits.extend((next_id, True) for next_id in step(id))
    return list(dict.fromkeys(loops))


def _rotate_cycle(cycle: list[str]) -> tuple[str, ...]:
    """The cycle from its smallest id on, so that it has one spelling."""
    smallest_index = cycle.index(min(cycle))
    return (*cycle[smallest_index:], *cycle[:smallest_index])


def _format_cycle(cycle: tuple[str, ...]) -> str:
    """The ids of a cycle with arrows; of a long one its start and its length."""
    first_ids = " -> ".join(quote_value(id) for id in cycle[:6])
    if len(cycle) > 6:
        return f"{first_ids} -> … ({len(cycle)} in all)"
    return f"{first_ids} -> {quote_value(cycle[0])}"
