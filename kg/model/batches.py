"""Rated links as columns: what readers hand on where there are too many for an object each.

A reader gives batches in any order and of any size. `kg.bulk.columns` makes columns of numbers of
them; docs/decisions/0012-columns.md has the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import TypeAlias

from kg.model.grades import Level, Readings
from kg.model.terms import System

NOT_STATED = -1
"""A number of studies, a mechanistic level or a system that is not stated."""

SYSTEM_ORDER = (System.IN_SILICO, System.IN_VITRO, System.EX_VIVO, System.ANIMAL, System.HUMAN)
"""Systems by how near they are to a person; a column holds the index."""


class LinkFlag(IntFlag):
    """What a link is, besides rated.

    UNRATED: imported without a grade; counts as NONE and is shown. GRANTED: its best case was
    granted as there is no work to judge, so it does not vouch for itself. DEFINITIONAL: is-a or
    part-of, passes its tail without a leap. IMPLICIT: no source states it. BRIDGE: a transfer
    between two exposures. REFUTES: it speaks against the links of its sign between the same nodes,
    and holds nothing itself. CONTESTED: another refutes it, and its levels were lowered for that.
    """

    UNRATED = 1
    GRANTED = 2
    DEFINITIONAL = 4
    IMPLICIT = 8
    BRIDGE = 16
    REFUTES = 32
    CONTESTED = 64


class NodeRole(IntEnum):
    """What a node is asked about as; ANY where nobody said."""

    ANY = 0
    EXPOSURE = 1
    OUTCOME = 2


@dataclass(frozen=True, slots=True)
class LinkBatch:
    """Links as columns of equal length.

    `signs` are +1 or -1; the three readings hold effective levels 0..4 (defeat has been taken off);
    `mechanistic` is 0..3 and `studies` a count, each UNKNOWN where it is not stated; `flags` are
    sums of `Flag`; `sources` say where a link is from, empty where nobody said. `systems` are the
    best that a work behind the link was done on, as indexes into SYSTEMS, or UNKNOWN; where the
    column is empty, nobody said it of any link.
    """

    subjects: Sequence[str]
    predicates: Sequence[str]
    objects: Sequence[str]
    signs: Sequence[int]
    established: Sequence[int]
    as_described: Sequence[int]
    best_case: Sequence[int]
    mechanistic: Sequence[int]
    flags: Sequence[int]
    studies: Sequence[int]
    sources: Sequence[str]
    systems: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.subjects)


@dataclass(frozen=True, slots=True)
class NodeBatch:
    """Nodes as columns: ids, labels (empty: the id is the label), roles.

    Nobody must name a node that a link names.
    """

    ids: Sequence[str]
    labels: Sequence[str]
    roles: Sequence[int]


@dataclass(frozen=True, slots=True)
class SurrogateBatch:
    """Markers that are accepted surrogates for, or part of, an outcome: no leap over them."""

    markers: Sequence[str]
    outcomes: Sequence[str]


GraphBatch: TypeAlias = LinkBatch | NodeBatch | SurrogateBatch


def convert_imported_level(level: Level | None) -> tuple[Readings[int], LinkFlag]:
    """Levels in the three readings, and flags, of a link that was rated elsewhere.

    A rating stands in all readings. None is `unrated`: NONE, in the best case granted HIGH.

    >>> convert_imported_level(None)[0].best_case, convert_imported_level(Level.LOW)[0].best_case
    (4, 2)
    """
    if level is None:
        return Readings(0, 0, int(Level.HIGH)), LinkFlag.UNRATED | LinkFlag.GRANTED
    return Readings(int(level), int(level), int(level)), LinkFlag(0)


class PairMark(StrEnum):
    """What is known of a pair that was swept over, beside its levels."""

    NONE = ""
    FEEDBACK = "feedback loop"
    """Only a walk through a feedback loop has its sign: it is no argument of its own."""
    CONTESTED = "contested"
    """A link straight from the exposure to the outcome is refuted by another."""


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Graded pairs as columns of equal length; levels are 0..4, signs +1 or -1.

    Verdicts, `refuted_by` and `weakest_links` are empty where pairs were swept over and only their
    levels are known; `weakest_links` name what holds the best chain down. Where `marks` are
    empty, nobody looked.
    """

    outcomes: Sequence[str]
    exposures: Sequence[str]
    signs: Sequence[int]
    established: Sequence[int]
    as_described: Sequence[int]
    best_case: Sequence[int]
    verdicts: Sequence[str] = ()
    refuted_by: Sequence[int] = ()
    weakest_links: Sequence[str] = ()
    marks: Sequence[PairMark] = ()

    def __len__(self) -> int:
        return len(self.outcomes)
