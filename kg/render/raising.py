"""What would raise the grade of a pair, in the words that every view uses."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import EvidenceBase, Level, PairGrade, Reading, RepairSet
from kg.render import words


def by_chains(pair: PairGrade, reading: Reading) -> str:
    """What raising links of chains would reach; nothing where all is reached.

    Where direct evidence refutes, chains do not count, whatever is found for their links.
    """
    sets = above(pair, reading)
    if sets and pair.refuted_by is not Level.NONE:
        return "none: chains do not count where direct evidence speaks against the claim"
    if sets and not any(found.links for found in sets):
        return "none, however good the evidence for their links"
    return repairs(sets)


def above(pair: PairGrade, reading: Reading) -> list[RepairSet]:
    """The repair sets for levels above the present one."""
    return [s for s in pair.repair[reading] if s.level > pair.certainty[reading].level]


def fewest(pair: PairGrade, base: EvidenceBase, reading: Reading) -> str:
    """The links of the smallest repair set, or nothing."""
    first = next((s.links for s in above(pair, reading) if s.links), ())
    return "; ".join(words.link_words(id, base) for id in first)


def direct(pair: PairGrade, base: EvidenceBase) -> str:
    """The alternative to chains: one study, or more where one need not move the works on record.

    One more study may not move a body that refutes, or that reaches low; `kg plan` tries it.
    """
    exposure, outcome = base.label(pair.exposure), base.label(pair.outcome)
    body = pair.direct.ratings.established
    known = f"the {words.counted(len(body.works), 'work')} on record"
    if pair.refuted_by is not Level.NONE:
        return f"sound studies of {exposure} in people that measure {outcome}, outweighing {known}"
    if body.level >= Level.LOW:
        return f"more sound studies of {exposure} in people that measure {outcome}, beside {known}"
    return f"one sound study of {exposure} in people that measures {outcome}"


def repairs(sets: Sequence[RepairSet]) -> str:
    """How many links must be raised for which level.

    >>> repairs([RepairSet(Level.LOW, ("a--increases--b",)), RepairSet(Level.HIGH, None)])
    'low with sound evidence on 1 link; high by no chain'
    """
    by_size: dict[int | None, list[str]] = {}
    for repair in sets:
        by_size.setdefault(repair.size, []).append(repair.level.word)
    parts = []
    for size, names in by_size.items():
        if size is None:
            parts.append(f"{either(names)} by no chain")
        else:
            parts.append(f"{either(names)} with sound evidence on {words.counted(size, 'link')}")
    return "; ".join(parts)


def either(names: Sequence[str]) -> str:
    """Names joined by commas and or."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
