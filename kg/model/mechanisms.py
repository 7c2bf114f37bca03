"""Mechanism paths as DrugMechDB and dismech write them: nodes, links, evidence items."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kg.model.diagnostics import Location


class SupportVerdict(StrEnum):
    """What a curator says that a work does for a link."""

    SUPPORT = "SUPPORT"
    PARTIAL = "PARTIAL"
    REFUTE = "REFUTE"
    NO_EVIDENCE = "NO_EVIDENCE"
    WRONG_STATEMENT = "WRONG_STATEMENT"


@dataclass(frozen=True, slots=True)
class PathEvidence:
    """A work held against a link: which, what it does for it, and what was studied."""

    reference: str
    supports: SupportVerdict
    source: str
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class PathNode:
    """A node of a path; `category` is a class of the Biolink Model."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class PathLink:
    """A link of a path; `key` is a predicate of the Biolink Model, `line` where it stands."""

    source: str
    key: str
    target: str
    evidence: tuple[PathEvidence, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class MechanismPath:
    """A file: how a drug is said to reach a disease. `drug` and `disease` are ids of its nodes."""

    id: str
    drug: str
    disease: str
    nodes: tuple[PathNode, ...]
    links: tuple[PathLink, ...]
    references: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)
