"""What must hold between records, and inside one: a pure function over a base.

It serves every reader, so that a base from RDF is held to the same rules as curated text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kg import model
from kg.formats import faults
from kg.formats.faults import FaultKind, build_diagnostic, quote_value
from kg.model import (
    ArgumentChain,
    Better,
    Diagnostic,
    Direction,
    EvidenceBase,
    Finding,
    Identification,
    Predicate,
    StepKind,
    Study,
    Tier,
)
from kg.model.vocabulary import (
    DOMAINS,
    UPGRADES,
    EffectMeasure,
    list_domain_words,
    list_measure_words,
    parse_domain,
    parse_measure,
)
from kg.rdf.table import FIELD_MAPPINGS, FieldMapping, ValueForm

"""Measures whose null is 1: estimates and bounds are above 0."""

_INDEXES_BY_SECTION = {
    "entity": ("entity",),
    "exposure": ("exposure",),
    "node": ("entity", "exposure"),
    "population": ("population",),
    "source": ("source",),
    "claim": ("claim",),
    "citation": ("citation",),
    "study": ("study",),
}
_BASE_TABLES = (
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


def check_base(
    base: EvidenceBase, left_out: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """All faults of a base: references, cycles, chains, identifiers and impossible numbers.

    `left_out` are ids of records that were left out for a fault of their own: what refers to them
    is not reported a second time.
    """
    rules: tuple[Callable[[EvidenceBase], Iterable[Diagnostic]], ...] = (
        lambda base: _check_references(base, left_out),
        _check_finding_ids,
        _check_cycles,
        _check_studies,
        _check_numbers,
        _check_chains,
        _check_claims,
        _check_citations,
        _check_conflicts,
    )
    reported_faults = islice((fault for rule in rules for fault in rule(base)), faults.MAX_FAULTS)
    return tuple(
        sorted(
            dict.fromkeys(reported_faults), key=lambda fault: (fault.sort_key, str(fault.location))
        )
    )


def _build_report(fault: FaultKind, thing: Any, message: str, **extra_fields: Any) -> Diagnostic:
    return build_diagnostic(
        fault,
        f"{quote_value(thing.id)} {message}.",
        thing.location,
        subject=thing.id,
        source=getattr(thing, "source", ""),
        **extra_fields,
    )


def _iterate_things(base: EvidenceBase) -> Iterator[Any]:
    for name in _BASE_TABLES:
        yield from getattr(base, name)


def _check_references(base: EvidenceBase, left_out: frozenset[str]) -> Iterator[Diagnostic]:
    for thing in _iterate_things(base):
        for field, section, id in _list_references(thing):
            id_indexes = [getattr(base, name) for name in _INDEXES_BY_SECTION[section]]
            if id in left_out or any(id in id_index for id_index in id_indexes):
                continue
            yield _report_dangling(base, thing, field, section, id)


def _report_dangling(
    base: EvidenceBase, thing: Any, field: str, section: str, id: str
) -> Diagnostic:
    """The fault of a reference that does not resolve; a record of another kind says so."""
    section_text = "entity or exposure" if section == "node" else section
    other = base.find_record(id)
    if other is not None:
        kind = type(other).__name__.lower()
        message = (
            f"names {quote_value(id)} as `{field}`, which is no {section_text} (it is the {kind} "
            "there)"
        )
        return _build_report(faults.WRONG_KIND, thing, message)
    known_ids = [key for name in _INDEXES_BY_SECTION[section] for key in getattr(base, name)]
    suggestion = faults.suggest_similar_name(id, known_ids)
    message = f"names the {section_text} {quote_value(id)} as `{field}`, which is unknown"
    return _build_report(faults.UNKNOWN_REFERENCE, thing, message, remedy=suggestion)


def _list_references(thing: Any, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, section, id) of every reference in a thing and its parts."""
    for row in FIELD_MAPPINGS[type(thing)]:
        if row.form in (ValueForm.REFERENCE, ValueForm.PART, ValueForm.PROPOSITION):
            value = getattr(thing, row.field)
            values = value if row.many else () if value is None else (value,)
            for index, element in enumerate(values, 1):
                name = prefix + row.field.rstrip("_")
                yield from _list_row_references(
                    row, element, f"{name}.{index}" if row.many else name
                )


def _list_row_references(
    row: FieldMapping, value: Any, name: str
) -> Iterator[tuple[str, str, str]]:
    if row.form is ValueForm.REFERENCE:
        yield name.rstrip(".0123456789") if row.many else name, str(row.target), value
    elif row.form is ValueForm.PROPOSITION:
        yield from _list_references(value)
    else:
        yield from _list_references(value, f"{name}.")


def _check_finding_ids(base: EvidenceBase) -> Iterator[Diagnostic]:
    first: dict[str, Finding] = {}
    for study in base.studies:
        for finding in study.findings:
            if (other := first.setdefault(finding.id, finding)) is not finding:
                other_place = f", in {other.location}" if other.location else ""
                message = f"is the id of two findings{other_place}"
                yield _build_report(faults.DUPLICATE_ID, finding, message)


def _check_cycles(base: EvidenceBase) -> Iterator[Diagnostic]:
    relations: tuple[tuple[str, Callable[[str], tuple[str, ...]]], ...] = (
        (
            "is-a (`broader`)",
            lambda entity_id: base.entity[entity_id].broader if entity_id in base.entity else (),
        ),
        (
            "part-of (`part_of`)",
            lambda entity_id: base.entity[entity_id].part_of if entity_id in base.entity else (),
        ),
    )
    for name, step in relations:
        for cycle in _find_cycles([entity.id for entity in base.entities], step):
            yield build_diagnostic(
                faults.CYCLE,
                f"a cycle in {name}: {_format_cycle(cycle)}.",
                base.entity[cycle[0]].location,
                subject=cycle[0],
            )
    yield from _check_claim_cycles(base)


def _check_claim_cycles(base: EvidenceBase) -> Iterator[Diagnostic]:
    def list_supporting_claims(claim_id: str) -> tuple[str, ...]:
        claim = base.claim.get(claim_id)
        if claim is None:
            return ()
        return (*claim.leans_on, *((claim.restates,) if claim.restates else ()))

    for cycle in _find_cycles([claim.id for claim in base.claims], list_supporting_claims):
        message = f"stands in a cycle of support (`leans_on`, `restates`): {_format_cycle(cycle)}"
        yield _build_report(faults.CYCLE, base.claim[cycle[0]], message)


_MOST_IN_LOOPS = 1_000_000
"""Ids in all cycles that are kept; a chain of which every link leads back has their square."""


def _find_cycles(
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


def _check_studies(base: EvidenceBase) -> Iterator[Diagnostic]:
    for study in base.studies:
        if not (study.doi or study.pmid or study.pmcid or study.registration):
            yield _build_report(faults.STUDY_WITHOUT_IDENTIFIER, study, "has no identifier")


def _check_numbers(base: EvidenceBase) -> Iterator[Diagnostic]:
    for exposure in base.exposures:
        yield from _check_dose(exposure)
    for study in base.studies:
        yield from _check_bounds(study, _STUDY_BOUNDS)
        for finding in study.findings:
            yield from _check_finding(study, finding)


def _check_dose(thing: Any) -> Iterator[Diagnostic]:
    dose = thing.dose
    if dose is not None and not 0 <= dose.low <= dose.high:
        message = f"has a dose from {dose.low:g} to {dose.high:g}"
        yield _build_report(
            faults.IMPOSSIBLE_INTERVAL,
            thing,
            message,
            remedy="Give low first, and neither below 0.",
        )


def _check_finding(study: Study, finding: Finding) -> Iterator[Diagnostic]:
    yield from _check_dose(finding)
    yield from _check_bounds(finding, _FINDING_BOUNDS)
    yield from _check_intervals(finding)
    yield from _check_words(finding)
    yield from _check_direction(finding)
    for judgement in finding.judgements:
        if not 0 <= judgement.rating <= 3:
            message = f"has a judgement of {judgement.rating} levels down, not between 0 and 3"
            yield _build_report(
                faults.IMPOSSIBLE_NUMBER, finding, message, remedy="Rate 0, 1, 2 or 3 levels down."
            )
    if finding.mid is not None and not finding.mid_source:
        message = f"has a smallest difference of {finding.mid:g} that nobody set"
        remedy = "Say in `mid_source` who says that smaller ones do not matter."
        yield _build_report(faults.IMPOSSIBLE_NUMBER, finding, message, remedy=remedy)
    people = finding.n if finding.n is not None else study.n
    if finding.events is not None and people is not None and finding.events > people:
        message = f"has {finding.events} events among {people} participants"
        yield _build_report(faults.IMPOSSIBLE_NUMBER, finding, message)


_STUDY_BOUNDS: Mapping[str, tuple[float, float | None]] = {"n": (0, None), "year": (1500, 2100)}
_FINDING_BOUNDS: Mapping[str, tuple[float, float | None]] = {
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


def _check_bounds(
    thing: Any, bounds: Mapping[str, tuple[float, float | None]]
) -> Iterator[Diagnostic]:
    for name, (low_bound, high) in bounds.items():
        value = getattr(thing, name)
        if value is not None and not _is_within(value, low_bound, high):
            yield _build_report(
                faults.IMPOSSIBLE_NUMBER,
                thing,
                f"has {name} {value:g}, {_format_bounds(low_bound, high)}",
            )


def _is_within(value: float, low_bound: float, high: float | None) -> bool:
    return value >= low_bound and (high is None or value <= high)


def _format_bounds(low_bound: float, high: float | None) -> str:
    return (
        f"which must be {low_bound:g} or more"
        if high is None
        else f"not between {low_bound:g} and {high:g}"
    )


def _check_intervals(finding: Finding) -> Iterator[Diagnostic]:
    measure = parse_measure(finding.measure)
    is_ratio = measure is not None and measure.is_ratio
    intervals = (
        ("confidence interval", finding.ci_low, finding.ci_high),
        ("prediction interval", finding.pi_low, finding.pi_high),
    )
    for name, low_end, high_end in intervals:
        if (low_end is None) != (high_end is None):
            yield _build_report(faults.IMPOSSIBLE_INTERVAL, finding, f"has a {name} with one end")
        if low_end is None or high_end is None:
            continue
        interval_text, estimate = f"a {name} of {low_end:g} to {high_end:g}", finding.estimate
        if not low_end <= high_end:
            yield _build_report(
                faults.IMPOSSIBLE_INTERVAL, finding, f"has {interval_text}, low end above high end"
            )
        elif estimate is not None and not low_end <= estimate <= high_end:
            yield _build_report(
                faults.IMPOSSIBLE_INTERVAL,
                finding,
                f"has {interval_text} around an estimate of {estimate:g}",
            )
        if is_ratio and low_end <= 0:
            message = f"has {interval_text}, but {finding.measure} is a ratio and above 0"
            yield _build_report(faults.IMPOSSIBLE_INTERVAL, finding, message)
    if is_ratio and finding.estimate is not None and not finding.estimate > 0:
        message = f"has {finding.measure} {finding.estimate:g}, but a ratio is above 0"
        yield _build_report(faults.IMPOSSIBLE_INTERVAL, finding, message)


def _check_words(finding: Finding) -> Iterator[Diagnostic]:
    """Faults where a measure or the domain of a judgement is no word of the vocabulary."""
    if finding.measure is None:
        if finding.ci_low is not None or finding.estimate is not None:
            yield _build_report(
                faults.EFFECT_WITHOUT_MEASURE, finding, "has an effect without a measure"
            )
    elif parse_measure(finding.measure) is None:
        message = f"has the measure {faults.quote_value(finding.measure)}, which is not known"
        remedy = faults.suggest_similar_name(finding.measure, list_measure_words()) or (
            f"Known are {', '.join(EffectMeasure)}."
        )
        yield _build_report(faults.UNKNOWN_WORD, finding, message, remedy=remedy)
    for judgement in finding.judgements:
        if parse_domain(judgement.domain) is None:
            message = f"judges {faults.quote_value(judgement.domain)}, which is no domain of GRADE"
            remedy = faults.suggest_similar_name(judgement.domain, list_domain_words()) or (
                f"Known are {', '.join((*DOMAINS, *UPGRADES))}."
            )
            yield _build_report(faults.UNKNOWN_WORD, finding, message, remedy=remedy)


_EXPECTED_SIGN = {Direction.INCREASE: 1, Direction.DECREASE: -1}


def _check_direction(finding: Finding) -> Iterator[Diagnostic]:
    """Faults where the numbers of a ratio contradict the direction that is recorded.

    Differences on a scale are left out: a scale may run the other way than its outcome.
    """
    sign, measure = _EXPECTED_SIGN.get(finding.direction), parse_measure(finding.measure)
    if sign is None or measure is None or finding.estimate is None:
        return
    distance = sign * (finding.estimate - measure.null_value)
    if distance == 0 or (measure.is_ratio and distance < 0):
        message = (
            f"says {finding.direction.value}, but {finding.measure} is {finding.estimate:g} "
            f"and no effect is {measure.null_value:g}"
        )
        yield _build_report(faults.DIRECTION_AGAINST_NUMBERS, finding, message)


def _check_chains(base: EvidenceBase) -> Iterator[Diagnostic]:
    for chain in base.chains:
        yield from _check_joints(base, chain)


def _check_joints(base: EvidenceBase, chain: ArgumentChain) -> Iterator[Diagnostic]:
    """Faults where two steps do not meet, or the last does not reach the outcome."""
    current_node = None
    for number, step in enumerate(chain.steps, 1):
        if (
            step.kind is not StepKind.BRIDGE
            and current_node is not None
            and step.subject != current_node
        ):
            message = (
                f"breaks before step {number}: the steps so far end at "
                f"{quote_value(current_node)}, "
                f"this one starts at {quote_value(step.subject)}"
            )
            yield _build_report(faults.BROKEN_CHAIN, chain, message)
        current_node = step.object
    if not chain.steps:
        yield _build_report(faults.BROKEN_CHAIN, chain, "has no steps", remedy="Give it steps.")
    elif current_node is not None and chain.outcome not in base.find_ancestors(current_node):
        message = (
            f"ends at {quote_value(current_node)}, not at its outcome {quote_value(chain.outcome)}"
        )
        yield _build_report(faults.BROKEN_CHAIN, chain, message)


def _check_claims(base: EvidenceBase) -> Iterator[Diagnostic]:
    turning = (Predicate.IMPROVES, Predicate.WORSENS)
    for claim in base.claims:
        object_entity = base.entity.get(claim.proposition.object)
        if (
            claim.proposition.predicate in turning
            and object_entity
            and object_entity.better is Better.NEITHER
        ):
            message = (
                f"says that something {claim.proposition.predicate} "
                f"{quote_value(object_entity.id)}, "
                "and neither way of that is better"
            )
            yield _build_report(faults.NO_DIRECTION, claim, message)
        if claim.tier is not Tier.NO_CLAIM and not claim.cues:
            yield _build_report(
                faults.WORDING_WITHOUT_CUE, claim, f"has tier {claim.tier.value} and no `cues`"
            )
        if claim.line < 1:
            yield _report_line(claim)


def _check_citations(base: EvidenceBase) -> Iterator[Diagnostic]:
    for citation in base.citations:
        if citation.status is Identification.IDENTIFIED and citation.study is None:
            yield _build_report(
                faults.IDENTIFIED_WITHOUT_STUDY, citation, "is identified, but names no `study`"
            )
        if citation.line < 1:
            yield _report_line(citation)


def _check_conflicts(base: EvidenceBase) -> Iterator[Diagnostic]:
    for conflict in base.conflicts:
        if len(conflict.claims) < 2:
            yield _build_report(
                faults.CONFLICT_OF_ONE, conflict, f"names {len(conflict.claims)} claims"
            )


def _report_line(thing: model.Claim | model.Citation) -> Diagnostic:
    message = f"stands in line {thing.line}; lines count from 1"
    return _build_report(
        faults.IMPOSSIBLE_NUMBER, thing, message, remedy="Give the line of the source."
    )
