"""What must hold between records, and inside one: a pure function over a base.

It serves every reader, so that a base from RDF is held to the same rules as curated text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kg import model
from kg.formats import faults
from kg.formats.faults import Fault, found, quoted
from kg.model import (
    ArgumentChain,
    Better,
    Diagnostic,
    EvidenceBase,
    Finding,
    Identification,
    Predicate,
    StepKind,
    Study,
    Tier,
)
from kg.rdf.table import TABLE, Form, Row

RATIOS = frozenset({"RR", "OR", "HR", "IRR", "ROR"})
"""Measures whose null is 1: estimates and bounds are above 0."""

_SECTIONS = {
    "entity": ("entity",),
    "exposure": ("exposure",),
    "node": ("entity", "exposure"),
    "population": ("population",),
    "source": ("source",),
    "claim": ("claim",),
    "citation": ("citation",),
    "study": ("study",),
}
_TUPLES = (
    "entities",
    "exposures",
    "populations",
    "sources",
    "claims",
    "citations",
    "studies",
    "chains",
    "conflicts",
)


def check(base: EvidenceBase, left_out: frozenset[str] = frozenset()) -> tuple[Diagnostic, ...]:
    """All faults of a base: references, cycles, chains, identifiers and impossible numbers.

    `left_out` are ids of records that were left out for a fault of their own: what refers to them
    is not reported a second time.
    """
    rules: tuple[Callable[[EvidenceBase], Iterable[Diagnostic]], ...] = (
        lambda base: _references(base, left_out),
        _finding_ids,
        _cycles,
        _studies,
        _numbers,
        _chains,
        _claims,
        _citations,
        _conflicts,
    )
    met = islice((fault for rule in rules for fault in rule(base)), faults.MOST)
    return tuple(sorted(dict.fromkeys(met), key=lambda fault: (fault.order, str(fault.location))))


def _report(fault: Fault, thing: Any, message: str, **more: Any) -> Diagnostic:
    return found(
        fault,
        f"{quoted(thing.id)} {message}.",
        thing.location,
        subject=thing.id,
        source=getattr(thing, "source", ""),
        **more,
    )


def _things(base: EvidenceBase) -> Iterator[Any]:
    for name in _TUPLES:
        yield from getattr(base, name)


def _references(base: EvidenceBase, left_out: frozenset[str]) -> Iterator[Diagnostic]:
    for thing in _things(base):
        for field, section, id in _pointers(thing):
            known = [getattr(base, name) for name in _SECTIONS[section]]
            if id in left_out or any(id in index for index in known):
                continue
            yield _dangling(base, thing, field, section, id)


def _dangling(base: EvidenceBase, thing: Any, field: str, section: str, id: str) -> Diagnostic:
    """The fault of a reference that does not resolve; a record of another kind says so."""
    what = "entity or exposure" if section == "node" else section
    other = base.find(id)
    if other is not None:
        kind = type(other).__name__.lower()
        message = f"names {quoted(id)} as `{field}`, which is no {what} (it is the {kind} there)"
        return _report(faults.WRONG_KIND, thing, message)
    known = [key for name in _SECTIONS[section] for key in getattr(base, name)]
    near = faults.did_you_mean(id, known)
    message = f"names the {what} {quoted(id)} as `{field}`, which is unknown"
    return _report(faults.UNKNOWN_REFERENCE, thing, message, remedy=near)


def _pointers(thing: Any, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, section, id) of every reference in a thing and its parts."""
    for row in TABLE[type(thing)]:
        if row.form in (Form.REFERENCE, Form.PART, Form.PROPOSITION):
            value = getattr(thing, row.field)
            values = value if row.many else () if value is None else (value,)
            for index, each in enumerate(values, 1):
                name = prefix + row.field.rstrip("_")
                yield from _pointed(row, each, f"{name}.{index}" if row.many else name)


def _pointed(row: Row, value: Any, name: str) -> Iterator[tuple[str, str, str]]:
    if row.form is Form.REFERENCE:
        yield name.rstrip(".0123456789") if row.many else name, str(row.target), value
    elif row.form is Form.PROPOSITION:
        yield from _pointers(value)
    else:
        yield from _pointers(value, f"{name}.")


def _finding_ids(base: EvidenceBase) -> Iterator[Diagnostic]:
    first: dict[str, Finding] = {}
    for study in base.studies:
        for finding in study.findings:
            if (other := first.setdefault(finding.id, finding)) is not finding:
                where = f", in {other.location}" if other.location else ""
                message = f"is the id of two findings{where}"
                yield _report(faults.DUPLICATE_ID, finding, message)


def _cycles(base: EvidenceBase) -> Iterator[Diagnostic]:
    relations: tuple[tuple[str, Callable[[str], tuple[str, ...]]], ...] = (
        ("is-a (`broader`)", lambda id: base.entity[id].broader if id in base.entity else ()),
        ("part-of (`part_of`)", lambda id: base.entity[id].part_of if id in base.entity else ()),
    )
    for name, step in relations:
        for cycle in _loops([entity.id for entity in base.entities], step):
            yield found(
                faults.CYCLE,
                f"a cycle in {name}: {_drawn(cycle)}.",
                base.entity[cycle[0]].location,
                subject=cycle[0],
            )
    yield from _claim_cycles(base)


def _claim_cycles(base: EvidenceBase) -> Iterator[Diagnostic]:
    def supports(id: str) -> tuple[str, ...]:
        claim = base.claim.get(id)
        if claim is None:
            return ()
        return (*claim.leans_on, *((claim.restates,) if claim.restates else ()))

    for cycle in _loops([claim.id for claim in base.claims], supports):
        message = f"stands in a cycle of support (`leans_on`, `restates`): {_drawn(cycle)}"
        yield _report(faults.CYCLE, base.claim[cycle[0]], message)


_MOST_IN_LOOPS = 1_000_000
"""Ids in all cycles that are kept; a chain of which every link leads back has their square."""


def _loops(ids: Iterable[str], step: Callable[[str], tuple[str, ...]]) -> list[tuple[str, ...]]:
    """One cycle through each knot of ids that reach themselves, without recursion."""
    done: set[str] = set()
    loops: list[tuple[str, ...]] = []
    length = 0
    for start in ids:
        path: list[str] = []
        on_path: dict[str, int] = {}
        todo: list[tuple[str, bool]] = [(start, True)]
        while todo:
            id, entering = todo.pop()
            if not entering:
                path.pop()
                del on_path[id]
                done.add(id)
            elif id in on_path:
                if length < _MOST_IN_LOOPS:
                    loops.append(_rotated(path[on_path[id] :]))
                    length += len(loops[-1])
            elif id not in done:
                on_path[id] = len(path)
                path.append(id)
                todo.append((id, False))
                todo.extend((other, True) for other in step(id))
    return list(dict.fromkeys(loops))


def _rotated(cycle: list[str]) -> tuple[str, ...]:
    """The cycle from its smallest id on, so that it has one spelling."""
    least = cycle.index(min(cycle))
    return (*cycle[least:], *cycle[:least])


def _drawn(cycle: tuple[str, ...]) -> str:
    """The ids of a cycle with arrows; of a long one its start and its length."""
    start = " -> ".join(quoted(id) for id in cycle[:6])
    if len(cycle) > 6:
        return f"{start} -> … ({len(cycle)} in all)"
    return f"{start} -> {quoted(cycle[0])}"


def _studies(base: EvidenceBase) -> Iterator[Diagnostic]:
    for study in base.studies:
        if not (study.doi or study.pmid or study.pmcid or study.registration):
            yield _report(faults.NO_IDENTIFIER, study, "has no identifier")


def _numbers(base: EvidenceBase) -> Iterator[Diagnostic]:
    for exposure in base.exposures:
        yield from _dose(exposure)
    for study in base.studies:
        yield from _outside(study, _STUDY_BOUNDS)
        for finding in study.findings:
            yield from _finding(study, finding)


def _dose(thing: Any) -> Iterator[Diagnostic]:
    dose = thing.dose
    if dose is not None and not 0 <= dose.low <= dose.high:
        message = f"has a dose from {dose.low:g} to {dose.high:g}"
        yield _report(
            faults.INTERVAL, thing, message, remedy="Give low first, and neither below 0."
        )


def _finding(study: Study, finding: Finding) -> Iterator[Diagnostic]:
    yield from _dose(finding)
    yield from _outside(finding, _BOUNDS)
    yield from _interval(finding)
    for judgement in finding.judgements:
        if not 0 <= judgement.rating <= 3:
            message = f"has a judgement of {judgement.rating} levels down, not between 0 and 3"
            yield _report(faults.NUMBER, finding, message, remedy="Rate 0, 1, 2 or 3 levels down.")
    if finding.mid is not None and not finding.mid_source:
        message = f"has a smallest difference of {finding.mid:g} that nobody set"
        remedy = "Say in `mid_source` who says that smaller ones do not matter."
        yield _report(faults.NUMBER, finding, message, remedy=remedy)
    people = finding.n if finding.n is not None else study.n
    if finding.events is not None and people is not None and finding.events > people:
        message = f"has {finding.events} events among {people} participants"
        yield _report(faults.NUMBER, finding, message)


_STUDY_BOUNDS: Mapping[str, tuple[float, float | None]] = {"n": (0, None), "year": (1500, 2100)}
_BOUNDS: Mapping[str, tuple[float, float | None]] = {
    "n": (0, None),
    "k": (0, None),
    "events": (0, None),
    "weeks": (0, None),
    "p_value": (0, 1),
    "i2": (0, 100),
    "p_heterogeneity": (0, 1),
    "tau2": (0, None),
    "egger_p": (0, 1),
    "mid": (0, None),
    "large_effect": (0, 2),
}


def _outside(thing: Any, bounds: Mapping[str, tuple[float, float | None]]) -> Iterator[Diagnostic]:
    for name, (low, high) in bounds.items():
        value = getattr(thing, name)
        if value is not None and not _within(value, low, high):
            yield _report(faults.NUMBER, thing, f"has {name} {value:g}, {_span(low, high)}")


def _within(value: float, low: float, high: float | None) -> bool:
    return value >= low and (high is None or value <= high)


def _span(low: float, high: float | None) -> str:
    return f"which must be {low:g} or more" if high is None else f"not between {low:g} and {high:g}"


def _interval(finding: Finding) -> Iterator[Diagnostic]:
    ratio = (finding.measure or "").strip().upper() in RATIOS
    intervals = (
        ("confidence interval", finding.ci_low, finding.ci_high),
        ("prediction interval", finding.pi_low, finding.pi_high),
    )
    for name, low, high in intervals:
        if (low is None) != (high is None):
            yield _report(faults.INTERVAL, finding, f"has a {name} with one end")
        if low is None or high is None:
            continue
        shown, estimate = f"a {name} of {low:g} to {high:g}", finding.estimate
        if not low <= high:
            yield _report(faults.INTERVAL, finding, f"has {shown}, low end above high end")
        elif estimate is not None and not low <= estimate <= high:
            yield _report(
                faults.INTERVAL, finding, f"has {shown} around an estimate of {estimate:g}"
            )
        if ratio and low <= 0:
            message = f"has {shown}, but {finding.measure} is a ratio and above 0"
            yield _report(faults.INTERVAL, finding, message)
    if ratio and finding.estimate is not None and not finding.estimate > 0:
        message = f"has {finding.measure} {finding.estimate:g}, but a ratio is above 0"
        yield _report(faults.INTERVAL, finding, message)


def _chains(base: EvidenceBase) -> Iterator[Diagnostic]:
    for chain in base.chains:
        yield from _joints(base, chain)


def _joints(base: EvidenceBase, chain: ArgumentChain) -> Iterator[Diagnostic]:
    """Faults where two steps do not meet, or the last does not reach the outcome."""
    at = None
    for number, step in enumerate(chain.steps, 1):
        if step.kind is not StepKind.BRIDGE and at is not None and step.subject != at:
            message = (
                f"breaks before step {number}: the steps so far end at {quoted(at)}, "
                f"this one starts at {quoted(step.subject)}"
            )
            yield _report(faults.BROKEN_CHAIN, chain, message)
        at = step.object
    if not chain.steps:
        yield _report(faults.BROKEN_CHAIN, chain, "has no steps", remedy="Give it steps.")
    elif at is not None and chain.outcome not in base.ancestors(at):
        message = f"ends at {quoted(at)}, not at its outcome {quoted(chain.outcome)}"
        yield _report(faults.BROKEN_CHAIN, chain, message)


def _claims(base: EvidenceBase) -> Iterator[Diagnostic]:
    turning = (Predicate.IMPROVES, Predicate.WORSENS)
    for claim in base.claims:
        head = base.entity.get(claim.proposition.object)
        if claim.proposition.predicate in turning and head and head.better is Better.NEITHER:
            message = (
                f"says that something {claim.proposition.predicate} {quoted(head.id)}, "
                "and neither way of that is better"
            )
            yield _report(faults.NO_BETTER, claim, message)
        if claim.tier is not Tier.NO_CLAIM and not claim.cues:
            yield _report(faults.NO_CUE, claim, f"has tier {claim.tier.value} and no `cues`")
        if claim.line < 1:
            yield _line(claim)


def _citations(base: EvidenceBase) -> Iterator[Diagnostic]:
    for citation in base.citations:
        if citation.status is Identification.IDENTIFIED and citation.study is None:
            yield _report(faults.NO_STUDY, citation, "is identified, but names no `study`")
        if citation.line < 1:
            yield _line(citation)


def _conflicts(base: EvidenceBase) -> Iterator[Diagnostic]:
    for conflict in base.conflicts:
        if len(conflict.claims) < 2:
            yield _report(faults.ONE_SIDE, conflict, f"names {len(conflict.claims)} claims")


def _line(thing: model.Claim | model.Citation) -> Diagnostic:
    message = f"stands in line {thing.line}; lines count from 1"
    return _report(faults.NUMBER, thing, message, remedy="Give the line of the source.")
