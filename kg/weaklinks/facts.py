"""The facts that detectors see: all rows of a base, and what leans on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Protocol, TypeVar

from kg.model import EvidenceBase, Location, PairGrade
from kg.model.record import dataclass, field
from kg.weaklinks.observe import observe
from kg.weaklinks.rows import ChainFact, CitationFact, ClaimFact, FindingFact, PairFact, SourceFact

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


_T = TypeVar("_T")


class _Row(Protocol):
    @property
    def id(self) -> str: ...


def said_by(claim: ClaimFact) -> tuple[str | None, ...]:
    """Who says what: source, exposure, relation and outcome of a claim."""
    return (claim.source, claim.exposure, claim.relation, claim.outcome)


def _grouped(
    rows: Iterable[tuple[tuple[str | None, ...], _T]],
) -> Mapping[tuple[str | None, ...], tuple[_T, ...]]:
    groups: dict[tuple[str | None, ...], list[_T]] = {}
    for key, row in rows:
        groups.setdefault(key, []).append(row)
    return {key: tuple(found) for key, found in groups.items()}


def _id(row: _Row) -> str:
    return row.id


@dataclass(frozen=True)
class Facts:
    """All facts at once. Tuples get sorted by id, so that the order of documents is irrelevant.

    `lean` maps a claim to the findings that it leans on, `lineage` to the claims that it leans on
    (itself excluded), both transitively; `premises` holds uncited statements as if each were a
    finding of which only exposure and outcome are known. `places` are by table and id, since ids
    are unique within a table only.
    """

    claims: tuple[ClaimFact, ...] = ()
    findings: tuple[FindingFact, ...] = ()
    citations: tuple[CitationFact, ...] = ()
    sources: tuple[SourceFact, ...] = ()
    chains: tuple[ChainFact, ...] = ()
    pairs: tuple[PairFact, ...] = ()
    lean: Mapping[str, tuple[str, ...]] = field(default=NOTHING)
    lineage: Mapping[str, tuple[str, ...]] = field(default=NOTHING)
    premises: tuple[FindingFact, ...] = ()
    headline_links: frozenset[str] = frozenset()
    places: Mapping[str, Mapping[str, Location]] = field(default=MappingProxyType({}))

    def __post_init__(self) -> None:
        for name in ("claims", "findings", "citations", "sources", "chains", "pairs", "premises"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=_id)))

    @classmethod
    def of(cls, base: EvidenceBase, pairs: Iterable[PairGrade] = ()) -> Facts:
        """The facts of a base and of the pairs that were graded from it."""
        return cls(**observe(base, tuple(pairs)))

    def place(self, id: str, table: str = "") -> Location | None:
        """Where the thing of this id stands: of that table if it is one, else of any."""
        tables = [self.places[table]] if table in self.places else self.places.values()
        return next((t[id] for t in tables if id in t), None)

    @cached_property
    def claim(self) -> Mapping[str, ClaimFact]:
        """Claims by id."""
        return {c.id: c for c in self.claims}

    @cached_property
    def finding(self) -> Mapping[str, FindingFact]:
        """Findings by id, uncited premises included."""
        return {f.id: f for f in (*self.findings, *self.premises)}

    @cached_property
    def citation(self) -> Mapping[str, CitationFact]:
        """Citations by id."""
        return {c.id: c for c in self.citations}

    @cached_property
    def source(self) -> Mapping[str, SourceFact]:
        """Sources by id."""
        return {s.id: s for s in self.sources}

    @cached_property
    def equal(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims by source, exposure, relation and outcome."""
        return _grouped((said_by(c), c) for c in self.claims)

    @cached_property
    def gaps(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims that admit a gap, by source."""
        return _grouped(((c.source,), c) for c in self.claims if c.role == "gap-admission")

    @cached_property
    def listed(self) -> Mapping[tuple[str | None, ...], tuple[CitationFact, ...]]:
        """Citations that are entries of reference lists, or may be, by source."""
        kinds = ("reference-list", None)
        return _grouped(((c.source,), c) for c in self.citations if c.kind in kinds)

    @cached_property
    def world(self) -> Mapping[tuple[str | None, ...], tuple[FindingFact, ...]]:
        """What recorded studies found, whether cited or not, by outcome."""
        return _grouped(((f.outcome,), f) for f in self.findings if f.source is None)

    @cached_property
    def own(self) -> Mapping[tuple[str | None, ...], tuple[ClaimFact, ...]]:
        """Claims by source."""
        return _grouped(((c.source,), c) for c in self.claims)

    @cached_property
    def records(self) -> Mapping[tuple[str | None, ...], tuple[FindingFact, ...]]:
        """What the records of cited works say, by source and work."""
        rows = (f for f in self.findings if f.recorded and f.source is not None)
        return _grouped(((f.source, f.work), f) for f in rows)

    def evidence(self, claim: str, premises: bool = False) -> tuple[tuple[FindingFact, ...], ...]:
        """Ev(a, l): the findings that a claim leans on, by link; links without any are left out.

        With `premises`, uncited statements that the claim leans on join the findings.
        """
        links: dict[str, list[FindingFact]] = {}
        for id in self.lean.get(claim, ()):
            finding = self.finding.get(id)
            if finding is not None and (premises or not self._is_premise(id)):
                links.setdefault(finding.link, []).append(finding)
        return tuple(tuple(sorted(links[key], key=lambda f: f.id)) for key in sorted(links))

    def _is_premise(self, id: str) -> bool:
        return id in self._premise_ids

    @cached_property
    def _premise_ids(self) -> frozenset[str]:
        return frozenset(p.id for p in self.premises)

    def ancestors(self, claim: str) -> tuple[ClaimFact, ...]:
        """The claims that a claim leans on, transitively, itself excluded."""
        return tuple(self.claim[id] for id in self.lineage.get(claim, ()) if id in self.claim)

    def complete(self, source: str | None) -> bool | None:
        """Whether all claims and works of a source are recorded; None where nobody says."""
        known = self.source.get(source) if source else None
        if known is None or known.coverage is None:
            return None
        return known.coverage == "complete"

    def discloses(self, claim: ClaimFact) -> bool:
        """Whether a sentence reports bench or animal work as such (a disclosure).

        It names the system, and its outcome is what was measured.
        """
        if claim.discloses is None:
            return False
        own = (f for link in self.evidence(claim.id) for f in link)
        return any(f.outcome == claim.outcome for f in own)
