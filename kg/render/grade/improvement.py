"""What would raise the grade of a pair, in the words that every view uses."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import EvidenceBase, Level, PairGrade, Reading, RepairSet
from kg.render import phrasing


def describe_chain_repairs(pair: PairGrade, reading: Reading) -> str:
    """What raising links of chains would reach; nothing where all is reached.

    Where direct evidence refutes, chains do not count, whatever is found for their links.
    """
    sets = list_higher_repairs(pair, reading)
    if sets and pair.refuted_by is not Level.NONE:
        return "none: chains do not count where direct evidence speaks against the claim"
    if sets and not any(repair_set.links for repair_set in sets):
        return "none, however good the evidence for their links"
    return describe_repairs(sets)


def list_higher_repairs(pair: PairGrade, reading: Reading) -> list[RepairSet]:
    """The repair sets for levels above the present one."""
    return [s for s in pair.repair[reading] if s.level > pair.certainty[reading].level]


def describe_smallest_repair(pair: PairGrade, base: EvidenceBase, reading: Reading) -> str:
    """The links of the smallest repair set, or nothing."""
    link_ids = next((s.links for s in list_higher_repairs(pair, reading) if s.links), ())
    return "; ".join(phrasing.describe_link(id, base) for id in link_ids)


def describe_direct_repair(pair: PairGrade, base: EvidenceBase) -> str:
    """The alternative to chains: one study, or more where one need not move the works on record.

    One more study may not move a body that refutes, or that reaches low; `kg plan` tries it.
    """
    exposure, outcome = base.get_label(pair.exposure), base.get_label(pair.outcome)
    body = pair.direct.ratings.established
    works_on_record = f"the {phrasing.format_count(len(body.works), 'work')} on record"
    if pair.refuted_by is not Level.NONE:
        return (
            f"sound studies of {exposure} in people that measure {outcome}, outweighing "
            f"{works_on_record}"
        )
    if body.level >= Level.LOW:
        return (
            f"more sound studies of {exposure} in people that measure {outcome}, beside "
            f"{works_on_record}"
        )
    return f"one sound study of {exposure} in people that measures {outcome}"


def describe_repairs(sets: Sequence[RepairSet]) -> str:
    """How many links must be raised for which level.

    >>> describe_repairs([RepairSet(Level.LOW, ("a--increases--b",)), RepairSet(Level.HIGH, None)])
    'low with sound evidence on 1 link; high by no chain'
    """
    by_size: dict[int | None, list[str]] = {}
    for repair in sets:
        by_size.setdefault(repair.size, []).append(repair.level.word)
    parts = []
    for size, names in by_size.items():
        if size is None:
            parts.append(f"{join_with_or(names)} by no chain")
        else:
            link_count = phrasing.format_count(size, "link")
            parts.append(f"{join_with_or(names)} with sound evidence on {link_count}")
    return "; ".join(parts)


def join_with_or(names: Sequence[str]) -> str:
    """Names joined by commas and or."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
