"""The facts that detectors see: all rows of a base, and what leans on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from kg.model import EvidenceBase, Location, PairGrade
from kg.weaklinks.extract.base import extract_facts
from kg.weaklinks.facts import ChainFact, CitationFact, ClaimFact, FindingFact, PairFact, SourceFact

_T = TypeVar("_T")


class _RowWithId(Protocol):
    @property
    def id(self) -> str: ...


def build_claim_key(claim: ClaimFact) -> tuple[str | None, ...]:
    """Who says what: source, exposure, relation and outcome of a claim."""
    return (claim.source, claim.exposure, claim.relation, claim.outcome)


def _group_rows(
    rows: Iterable[tuple[tuple[str | None, ...], _T]],
) -> Mapping[tuple[str | None, ...], tuple[_T, ...]]:
    groups: dict[tuple[str | None, ...], list[_T]] = {}
    for key, row in rows:
        groups.setdefault(key, []).append(row)
    return {key: tuple(group_rows) for key, group_rows in groups.items()}


def _get_id(row: _RowWithId) -> str:
    return row.id


@dataclass(frozen=True)
class FactBase:
    """All facts at once. Tuples get sorted by id, so that the order of documents is irrelevant.

    `supporting_findings` maps a claim to the findings that it leans on, `premise_claims` to the
    claims that it leans on (itself excluded), both transitively; `premises` holds uncited
    statements as if each were a finding of which only exposure and outcome are known.
    `locations_by_table` are by table and id, since ids are unique within a table only.
    """

    claims: tuple[ClaimFact, ...] = ()
    findings: tuple[FindingFact, ...] = ()
    citations: tuple[CitationFact, ...] = ()
    sources: tuple[SourceFact, ...] = ()
    chains: tuple[ChainFact, ...] = ()
    pairs: tuple[PairFact, ...] = ()
    supporting_findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    premise_claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    premises: tuple[FindingFact, ...] = ()
    headline_links: frozenset[str] = frozenset()
    locations_by_table: Mapping[str, Mapping[str, Location]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("claims", "findings", "citations", "sources", "chains", "pairs", "premises"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=_get_id)))

    @classmethod
    def extract(cls, base: EvidenceBase, pairs: Iterable[PairGrade] = ()) -> FactBase:
        """The facts of a base and of the pairs that were graded from it."""
        return cls(**extract_facts(base, tuple(pairs)))

    def find_place(self, row_id: str, table: str = "") -> Location | None:
        """Where the thing of this id stands: of that table if it is one, else of any."""
        tables = (
            [self.locations_by_table[table]]
            if table in self.locations_by_table
            else self.locations_by_table.values()
        )
        return next((t[row_id] for t in tables if row_id in t), None)

    @cached_property
    def claim_by_id(self) -> Mapping[str, ClaimFact]:
        """Claims by id."""
        return {c.id: c for c in self.claims}

    @cached_property
    def finding_by_id(self) -> Mapping[str, FindingFact]:
        """Findings by id, uncited premises included."""
        return {f.id: f for f in (*self.findings, *self.premises)}

    @cached_property
    def citation_by_id(self) -> Mapping[str, CitationFact]:
        """Citations by id."""
        return {c.id: c for c in self.citations}

    @cached_property
    def source_by_id(self) -> Mapping[str, SourceFact]:
        """Sources by id."""
        return {s.id: s for s in self.sources}

    @cached_property
    def equivalent_claims(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims by source, exposure, relation and outcome."""
        return _group_rows((build_claim_key(c), c) for c in self.claims)

    @cached_property
    def gap_admissions(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims that admit a gap, by source."""
        return _group_rows(((c.source,), c) for c in self.claims if c.role == "gap-admission")

    @cached_property
    def reference_list(self) -> Mapping[tuple[str | None, ...], tuple[CitationFact, ...]]:
        """Citations that are entries of reference lists, or may be, by source."""
        kinds = ("reference-list", None)
        return _group_rows(((c.source,), c) for c in self.citations if c.kind in kinds)

    @cached_property
    def literature(self) -> Mapping[tuple[str | None, ...], tuple[FindingFact, ...]]:
        """What recorded studies found, whether cited or not, by outcome."""
        return _group_rows(((f.outcome,), f) for f in self.findings if f.source is None)

    @cached_property
    def claims_by_source(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims by source."""
        return _group_rows(((c.source,), c) for c in self.claims)

    @cached_property
    def findings_by_work(self) -> Mapping[tuple[str | None, ...], tuple[FindingFact, ...]]:
        """What the records of cited works say, by source and work."""
        rows = (f for f in self.findings if f.recorded and f.source is not None)
        return _group_rows(((f.source, f.work), f) for f in rows)

    def group_evidence(
        self, claim_id: str, premises: bool = False
    ) -> tuple[tuple[FindingFact, ...], ...]:
        """Ev(a, l): the findings that a claim leans on, by link; links without any are left out.

        With `premises`, uncited statements that the claim leans on join the findings.
        """
        links: dict[str, list[FindingFact]] = {}
        for id in self.supporting_findings.get(claim_id, ()):
            finding = self.finding_by_id.get(id)
            if finding is not None and (premises or not self._is_premise(id)):
                links.setdefault(finding.link, []).append(finding)
        return tuple(tuple(sorted(links[key], key=lambda f: f.id)) for key in sorted(links))

    def _is_premise(self, id: str) -> bool:
        return id in self._premise_ids

    @cached_property
    def _premise_ids(self) -> frozenset[str]:
        return frozenset(p.id for p in self.premises)

    def list_premise_claims(self, claim_id: str) -> tuple[ClaimFact, ...]:
        """The claims that a claim leans on, transitively, itself excluded."""
        return tuple(
            self.claim_by_id[id]
            for id in self.premise_claims.get(claim_id, ())
            if id in self.claim_by_id
        )

    def is_complete(self, source_id: str | None) -> bool | None:
        """Whether all claims and works of a source are recorded; None where nobody says."""
        source_fact = self.source_by_id.get(source_id) if source_id else None
        if source_fact is None or source_fact.coverage is None:
            return None
        return source_fact.coverage == "complete"

    def is_disclosure(self, claim: ClaimFact) -> bool:
        """Whether a sentence reports bench or animal work as such (a disclosure).

        It names the system, and its outcome is what was measured.
        """
        if claim.discloses is None:
            return False
        own_findings = (f for link in self.group_evidence(claim.id) for f in link)
        return any(f.outcome == claim.outcome for f in own_findings)
