"""What kg does, as functions: load, grade, check, explain, validate, build, query.

This is where the siblings meet; commands and the server are thin faces over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import kg
from kg.chains.material import EvidenceChoice, Material
from kg.chains.outcome import grade_outcome, headline_outcomes, raised
from kg.errors import DataError, OutsideError, UnknownName, UsageError
from kg.grading.profiles import profile as grading_profile
from kg.model import (
    BaseSummary,
    ChainGrade,
    CitationKind,
    Claim,
    Diagnostic,
    Entity,
    EvidenceBase,
    Exposure,
    Identification,
    Loaded,
    OutcomeGrade,
    PairGrade,
    Reading,
    Severity,
)
from kg.model.record import dataclass
from kg.resources import cache_directory, fingerprint, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from pyoxigraph import Quad

    from kg.chains.inquiry import Choices, Inquiry
    from kg.grading.alternatives.case import Comparison
    from kg.model.audit import CitationAudit
    from kg.model.shifts import Plan, Sensitivity, WhatIf
    from kg.stores import Store
    from kg.stores.results import QueryResult


def load(path: str | Path | None = None) -> Loaded:
    """The base at a path, with the faults met while reading it; None: the shipped data.

    A path is a directory of curated YAML, an RDF file, an Oxigraph store or a compiled base.
    Raises DataError where nothing can be read.
    """
    if path is None:
        from kg.formats.compiled import cached

        return cached(shipped("data"), cache_directory())
    from kg.formats import read

    return read(Path(path))


def sound(loaded: Loaded) -> EvidenceBase:
    """The base of a reading; DataError with all its faults where one of them is severe."""
    severe = [d for d in loaded.diagnostics if d.severity is Severity.SEVERE]
    if severe:
        count = f"{len(severe)} fault{'s' if len(severe) > 1 else ''}"
        raise DataError(f"the data cannot be used: {count}", loaded.diagnostics)
    return loaded.base


def material(base: EvidenceBase, source: str | None = None, evidence: str = "all") -> Material:
    """Edges and evidence of a base, of one source or all, for a choice of evidence."""
    if source is not None and source not in base.source:
        from difflib import get_close_matches

        raise UnknownName(
            "source", source, get_close_matches(source, list(base.source), cutoff=0.4)
        )
    return Material(base, frozenset({source}) if source else None, EvidenceChoice(evidence))


def grade(
    base: EvidenceBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    diagnostics: bool = True,
) -> tuple[OutcomeGrade, ...]:
    """Grades of one outcome, of all that an exposure is said to change, or of a source's headlines.

    Raises UnknownName for an outcome, exposure, source or profile that does not exist, and
    UsageError where nothing at all is asked about.
    """
    from kg.chains import KERNELS

    given = material(base, source, evidence)
    rules = grading_profile(profile)
    by = KERNELS[kernel]
    agent = _exposure(base, exposure) if exposure else None
    grades = []
    for target in _outcomes(given, outcome, agent):
        pairs = grade_outcome(given, target, rules, by, agent)
        grades.append(
            OutcomeGrade(
                outcome=target.id,
                narrower=_narrower(base, target),
                pairs=pairs,
                diagnostics=_detect(base, pairs, given, _about(base, target, pairs))
                if diagnostics
                else (),
                base=summary(base, given, rules.name, rules.version),
            )
        )
    return tuple(grades)


def _exposure(base: EvidenceBase, name: str) -> Exposure:
    node = base.resolve(name, "exposure")
    if isinstance(node, Exposure):
        return node
    near = tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))
    raise UnknownName("exposure", name, near or base.near(name))


def _outcomes(given: Material, outcome: str | None, agent: Exposure | None) -> tuple[Entity, ...]:
    base = given.base
    if outcome is not None:
        return (base.outcome(outcome),)
    if agent is not None:
        said = {
            c.proposition.object
            for c in given.claims
            if c.proposition.subject == agent.id
            and given.sign(c.proposition.predicate, c.proposition.object) is not None
        }
        said |= {c.outcome for c in given.chains if c.exposure == agent.id}
        said |= {i.object for items in given.items.values() for i in items if i.subject == agent.id}
        found = sorted(said & set(base.entity))
        if not found:
            raise UsageError(f"nothing is said about what {agent.id!r} does; see kg list exposures")
        return tuple(base.entity[id] for id in found)
    found = list(headline_outcomes(given))
    if not found:
        raise UsageError("no headline claims to grade; name one with --outcome (kg list outcomes)")
    return tuple(base.entity[id] for id in found)


def summary(base: EvidenceBase, given: Material, profile: str, version: str) -> BaseSummary:
    """What a grade was computed from: sources, counts, profile and versions."""
    sources = tuple(s.id for s in base.sources if given.sources is None or s.id in given.sources)
    works = [c for c in base.citations if c.source in sources and c.kind.value != "appeal"]
    return BaseSummary(
        sources=sources,
        claims=len(given.claims),
        studies=len(base.studies),
        works_cited=len(works),
        works_identified=sum(c.status is Identification.IDENTIFIED for c in works),
        profile=profile,
        profile_version=version,
        version=kg.__version__,
        digest=base.digest,
    )


def _detect(
    base: EvidenceBase,
    pairs: Sequence[PairGrade],
    given: Material,
    about: frozenset[str] | None = None,
) -> tuple[Diagnostic, ...]:
    from kg.weaklinks import detect
    from kg.weaklinks.facts import Facts

    found = detect(Facts.of(base, tuple(pairs)), about=about)
    sources = given.sources
    return tuple(d for d in found if sources is None or not d.source or d.source in sources)


def _about(base: EvidenceBase, outcome: Entity, pairs: Sequence[PairGrade]) -> frozenset[str]:
    """Ids of what concerns an outcome: its claims and links, their citations, its pairs."""
    targets = base.descendants(outcome.id)
    claims = {
        c
        for pair in pairs
        for chain in _all_chains(pair)
        for link in chain.links
        for c in link.claims
    }
    claims |= {c for pair in pairs for c in pair.wording.claims}
    claims |= {c.id for c in base.claims if c.proposition.object in targets}
    known = [base.claim[id] for id in claims if id in base.claim]
    citations = {c for claim in known for c in claim.citations}
    sources = {claim.source for claim in known}
    listed = {c.id for c in base.citations if c.source in sources and c.kind is _LISTED}
    others = {p.id for p in pairs} | {c.id for p in pairs for c in _all_chains(p)}
    others |= sources | listed
    return frozenset(claims | citations | others)


_LISTED = CitationKind.REFERENCE_LIST


def _all_chains(pair: PairGrade) -> tuple[ChainGrade, ...]:
    return (*pair.chains, *pair.counter_chains)


def grade_all(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
) -> tuple[OutcomeGrade, ...]:
    """Grades of every pair that a claim, an argument or a study puts forward, without detectors."""
    from kg.chains import KERNELS
    from kg.model.base import OUTCOME_KINDS

    given, rules, by = material(base, source, evidence), grading_profile(profile), KERNELS[kernel]
    about = summary(base, given, rules.name, rules.version)
    return tuple(
        OutcomeGrade(
            outcome=entity.id,
            narrower=_narrower(base, entity),
            pairs=grade_outcome(given, entity, rules, by),
            diagnostics=(),
            base=about,
        )
        for entity in base.entities
        if entity.kind in OUTCOME_KINDS and raised(given, entity)
    )


def _narrower(base: EvidenceBase, outcome: Entity) -> tuple[str, ...]:
    return tuple(sorted(base.descendants(outcome.id) - {outcome.id}))


def compare(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    reading: str = "best_case",
) -> Comparison:
    """The default beside every alternative on one pair, before and after fifty copies of one item.

    Without an exposure it is the pair with the strongest wording. All of it happens in memory.
    """
    from kg.chains import KERNELS
    from kg.chains.comparison import compare as compared

    given, target = material(base, source), base.outcome(outcome)
    agent = _exposure(base, exposure) if exposure else None
    rules, by = grading_profile("grade"), KERNELS["embedded"]
    found = compared(given, target, agent, rules, by, Reading(reading))
    if found is None:
        raise UsageError(f"nothing is said or studied about {target.id!r}; see kg list outcomes")
    return found


def check(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> tuple[Diagnostic, ...]:
    """All weak links of a base or of one source: hits and what could not be told, worst first."""
    given = material(base, source, evidence)
    pairs = [p for graded in grade_all(base, source, profile, evidence) for p in graded.pairs]
    return tuple(sorted(_detect(base, pairs, given), key=lambda d: d.order))


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `kg explain` unfolds: a claim, chain or pair, with the pairs that it takes part in."""

    subject: Claim | ChainGrade | PairGrade
    pairs: tuple[PairGrade, ...]


def explain(
    base: EvidenceBase,
    name: str,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Explanation:
    """The claim, chain or pair of this id, graded, with every reason.

    A pair is `exposure--outcome` or `exposure--outcome--sense`. Raises UnknownName with near ids.
    """
    exposure, _, rest = name.partition("--")
    if rest:
        outcome, _, sense = rest.partition("--")
        grades = grade(base, outcome, exposure, source, profile, evidence, diagnostics=False)
        pairs = tuple(p for g in grades for p in g.pairs if not sense or p.sense.value == sense)
        if not pairs:
            raise UnknownName("pair", name, tuple(p.id for g in grades for p in g.pairs))
        return Explanation(pairs[0], pairs)
    if name in base.chain:
        chain = base.chain[name]
        grades = grade(
            base, chain.outcome, chain.exposure, source, profile, evidence, diagnostics=False
        )
        pairs = tuple(p for g in grades for p in g.pairs)
        for pair in pairs:
            for graded in _all_chains(pair):
                if graded.id == name:
                    return Explanation(graded, (pair,))
        raise UsageError(
            f"chain {name!r} has a step that is not part of the graph; see kg validate"
        )
    if name in base.claim:
        claim = base.claim[name]
        return Explanation(claim, _pairs_of(base, claim, source, profile, evidence))
    from difflib import get_close_matches

    known = [*base.chain, *base.claim]
    raise UnknownName("claim, chain or pair", name, get_close_matches(name, known, cutoff=0.5))


def _pairs_of(
    base: EvidenceBase, claim: Claim, source: str | None, profile: str, evidence: str
) -> tuple[PairGrade, ...]:
    """The pairs whose wording or chains hold a claim; its own proposition first."""
    about = claim.proposition
    pairs: list[PairGrade] = []
    if about.object in base.entity and about.subject in base.exposure:
        for graded in grade(
            base, about.object, about.subject, source, profile, evidence, diagnostics=False
        ):
            pairs.extend(graded.pairs)
    others = (p for graded in grade_all(base, source, profile, evidence) for p in graded.pairs)
    pairs.extend(
        pair
        for pair in others
        if any(claim.id in link.claims for c in _all_chains(pair) for link in c.links)
    )
    return tuple({pair.id: pair for pair in pairs}.values())


def validate(path: str | Path | None = None, shapes: bool = True) -> tuple[Diagnostic, ...]:
    """All faults of the data at a path: schema, references, then SHACL shapes."""
    if path is None:
        from kg.formats import read

        loaded = read(shipped("data"))
    else:
        loaded = load(path)
    found = list(loaded.diagnostics)
    if shapes and not any(d.severity is Severity.SEVERE for d in found):
        from kg.rdf.shacl import validate as validate_shapes

        found.extend(validate_shapes(loaded.base))
    return tuple(sorted(found, key=lambda d: (str(d.location or ""), d.order)))


def statements(base: EvidenceBase, profile: str = "grade", evidence: str = "all") -> list[Quad]:
    """The base, its computed grades and the audit of its citations as RDF quads."""
    from kg.rdf.audit import encode_audit
    from kg.rdf.encode import encode
    from kg.rdf.grades import encode_grades

    grades = grade_all(base, None, profile, evidence)
    return [*encode(base), *encode_grades(grades, base), *encode_audit(audit(base))]


def audit(base: EvidenceBase, source: str | None = None) -> CitationAudit:
    """What every citation of a base or of one source leads to, and how we know; no network.

    Raises UnknownName for a source that does not exist.
    """
    from kg.literature import audit as audited

    return audited(base, material(base, source).sources)


def open_graph(path: str | Path | None = None) -> Store:
    """The graph of a base with its computed grades, to be queried.

    A store is opened as it is. Anything else is compiled to a store, which is kept in the cache
    under a key of the data and of the code, so that it is made once.
    """
    from kg.stores import open_store
    from kg.stores.oxigraph import is_store, write_store

    if path is not None and is_store(Path(path)):
        return open_store(Path(path))
    base = sound(load(path))
    kept = cache_directory() / f"{base.digest}-{fingerprint()}.store"
    if base.digest and is_store(kept):
        return open_store(kept)
    quads = statements(base)
    if base.digest:
        try:
            write_store(quads, kept)
            _forget_stores(kept.parent)
            return open_store(kept)
        except OutsideError:
            pass  # A cache that cannot be written costs time and nothing else.
    store = open_store("memory:")
    store.load(quads)
    return store


_STORES_KEPT = 4


def _forget_stores(cache: Path) -> None:
    """Remove the oldest compiled graphs; one that is being read stays readable to its reader."""
    from kg.stores.oxigraph import remove_store

    aged = sorted(cache.glob("*.store"), key=lambda p: p.stat().st_mtime, reverse=True)
    for store in aged[_STORES_KEPT:]:
        remove_store(store)


def query(
    text: str,
    path: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> QueryResult:
    """The answer to a SPARQL query on a base with its computed grades.

    `parameters` are SPARQL terms for `VALUES ?name { ... }` blocks, `timeout` is in seconds. Raises
    UsageError for what is no query, LimitError where a limit is reached.
    """
    return open_graph(path).query(text, parameters, timeout)


def build(
    path: str | Path | None, out: str | Path, profile: str = "grade", evidence: str = "all"
) -> tuple[Path, ...]:
    """Compile a base to `kg.trig`, `kg.json` and an Oxigraph store under `out`; what was written.

    The shapes are checked first: a base that does not conform is not built (DataError). Files are
    replaced atomically: an interrupted build leaves the old ones or the new ones.
    """
    from kg.formats.compiled import write as write_compiled
    from kg.formats.rdf import write_trig
    from kg.rdf.shacl import validate as validate_shapes
    from kg.stores.oxigraph import write_store

    base = sound(load(path))
    sound(Loaded(base, tuple(validate_shapes(base))))
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    quads = statements(base, profile, evidence)
    return (
        write_trig(quads, folder / "kg.trig"),
        write_compiled(base, folder / "kg.json"),
        write_store(quads, folder / "store"),
    )


def inquiry(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Inquiry:
    """An outcome to be graded under suppositions: what whatif, plan and sensitivity start from."""
    from kg.chains import KERNELS
    from kg.chains.inquiry import Inquiry

    given, rules = material(base, source, evidence), grading_profile(profile)
    agent = _exposure(base, exposure) if exposure else None
    about = summary(base, given, rules.name, rules.version)
    return Inquiry(given, base.outcome(outcome), agent, rules, KERNELS["embedded"], about)


def whatif(
    base: EvidenceBase,
    outcome: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    **choices: Unpack[Choices],
) -> WhatIf:
    """Grades of an outcome before and after studies are added and things removed, in memory only.

    `add` are studies in words, `remove` names such as `study:ID`; docs/how-to/whatif.md has both.
    """
    from kg.chains.whatif import what_if

    return what_if(inquiry(base, outcome, **choices), add, remove)


def plan(base: EvidenceBase, outcome: str, **choices: Unpack[Choices]) -> Plan:
    """The cheapest next evidence for an outcome, each move with the grade it would reach."""
    from kg.chains.plan import plan as made

    return made(inquiry(base, outcome, **choices))


def sensitivity(base: EvidenceBase, outcome: str, **choices: Unpack[Choices]) -> Sensitivity:
    """Grades of an outcome with the choices of grading set otherwise, one at a time."""
    from kg.chains.sensitivity import sensitivity as found

    return found(inquiry(base, outcome, **choices))
