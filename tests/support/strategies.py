"""Hypothesis strategies for the model: whole bases whose references resolve.

    entities(), exposures(), ... claims()    one thing; references drawn from the given ids
    bases()                                  an EvidenceBase in which
    `kg.formats.references.check.check_base`
                                             finds nothing severe, with nasty text everywhere

Ids keep to the pattern of the curated format; texts are never blank, and hold whatever Unicode has.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from kg import model
from kg.model import EvidenceBase, Location, Predicate, Proposition, Step, StepKind
from kg.model.vocabulary import list_domain_words

T = TypeVar("T")

NASTY = (
    "no",
    "null",
    "~",
    "2020-01-01",
    "12:30:45",
    "1e3",
    "true",
    "- a",
    "a: b # c",
    '"',
    "'",
    "{[",
    "\\N",
    "=cmd",
    "<b>&amp;",
    "\u202e\u2066",
    "\ufeff",
    "\x00\x1b[31m",
    "a\u2028b\u2029c\x85d",
    "e\u0301",
    "\U0001f9ec",
    "a\r\nb",
    "\ttab ",
    "]]>",
)


def texts() -> st.SearchStrategy[str]:
    """Text that is not blank."""
    return st.one_of(
        st.sampled_from(NASTY), st.text(min_size=1, max_size=12).filter(lambda text: text.strip())
    )


def ids() -> st.SearchStrategy[str]:
    """Ids as the curated format allows them."""
    rest = st.text(string.ascii_lowercase + string.digits + "-._", max_size=8)
    return st.builds(str.__add__, st.sampled_from("abcxyz09"), rest)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """None or a value."""
    return st.none() | strategy


def sets(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    """A tuple whose order has no meaning: sorted, without repetition."""
    return st.lists(strategy, max_size=most).map(lambda drawn: tuple(sorted(set(drawn))))


def some(known: Sequence[str]) -> st.SearchStrategy[Any]:
    """A set of known ids."""
    return sets(st.sampled_from(known)) if known else st.just(())


def one(known: Sequence[str]) -> st.SearchStrategy[Any]:
    """One of the known ids, or None."""
    return maybe(st.sampled_from(known)) if known else st.none()


def numbers(low: float = -1e9, high: float = 1e9) -> st.SearchStrategy[float]:
    """Finite numbers."""
    return st.floats(low, high, allow_nan=False).map(lambda number: number + 0.0)


def locations() -> st.SearchStrategy[Location]:
    """Places in files."""
    whole = st.integers(0, 10_000)
    return st.builds(Location, st.sampled_from(("a.yaml", "claims/é b.yaml")), whole, whole)


@st.composite
def doses(draw: st.DrawFn) -> model.Dose:
    """An amount, low end first."""
    low, high = sorted((draw(numbers(0, 1e6)), draw(numbers(0, 1e6))))
    return model.Dose(low, high, draw(texts()))


def entities(
    id: str = "entity", broader: Sequence[str] = (), populations: Sequence[str] = ()
) -> st.SearchStrategy[model.Entity]:
    """An entity below some of `broader`."""
    curies = st.builds("{}:{}".format, st.sampled_from(("MESH", "mesh.x")), ids())
    return st.builds(
        model.Entity,
        st.just(id),
        texts(),
        st.sampled_from(model.EntityKind),
        texts() | st.just(""),
        st.sampled_from((model.Better.HIGHER, model.Better.LOWER)),
        synonyms=sets(texts()),
        broader=some(broader),
        part_of=some(broader),
        related=some(broader),
        surrogate_for=sets(st.builds(model.Surrogate, st.sampled_from(broader or (id,)), texts())),
        identifiers=sets(st.builds(model.Identifier, curies, texts(), st.booleans())),
        population=one(populations),
        exchange_class=maybe(texts()),
        note=texts() | st.just(""),
        location=maybe(locations()),
    )


def exposures(
    id: str = "exposure", substances: Sequence[str] = ("entity",)
) -> st.SearchStrategy[model.Exposure]:
    """An exposure to one of `substances`."""
    return st.builds(
        model.Exposure,
        st.just(id),
        texts(),
        st.sampled_from(substances),
        st.sampled_from(model.ExposureKind),
        st.sampled_from(model.Route),
        one(substances),
        maybe(doses()),
        some(substances),
        sets(texts()),
        texts() | st.just(""),
        maybe(locations()),
    )


def populations(
    id: str = "population", conditions: Sequence[str] = ()
) -> st.SearchStrategy[model.Population]:
    """A population with one of `conditions`."""
    return st.builds(
        model.Population,
        st.just(id),
        texts(),
        one(conditions),
        maybe(st.sampled_from(model.NutrientStatus)),
        maybe(texts()),
        maybe(texts()),
        texts() | st.just(""),
        maybe(locations()),
    )


def sources(id: str = "source", sold: Sequence[str] = ()) -> st.SearchStrategy[model.Source]:
    """A source."""
    return st.builds(
        model.Source,
        st.just(id),
        texts(),
        url=maybe(st.just("https://example.org/a")),
        publisher=maybe(texts()),
        sells=some(sold),
        seller_links=maybe(st.booleans()),
        references_parsed=st.booleans(),
        note=texts() | st.just(""),
        location=maybe(locations()),
    )


def propositions(nodes: Sequence[str] = ("entity",)) -> st.SearchStrategy[Proposition]:
    """A proposition between two of `nodes`."""
    return st.builds(
        Proposition,
        st.sampled_from(nodes),
        st.sampled_from(Predicate),
        st.sampled_from(nodes),
    )


def effects() -> st.SearchStrategy[model.StatedEffect]:
    """An effect as a text states it."""
    return st.builds(model.StatedEffect, texts(), maybe(numbers()), maybe(texts()), maybe(texts()))


def claims(
    id: str = "claim",
    source: str = "source",
    nodes: Sequence[str] = ("entity",),
    populations: Sequence[str] = (),
    citations: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> st.SearchStrategy[model.Claim]:
    """A claim of `source` that may lean on `earlier` claims."""
    return st.builds(
        model.Claim,
        st.just(id),
        st.just(source),
        st.integers(1, 9999),
        st.sampled_from(model.Role),
        propositions(nodes),
        st.sampled_from(model.Tier),
        texts() | st.just(""),
        st.lists(texts(), max_size=3).map(tuple),
        st.sampled_from(model.Presented),
        one(populations),
        maybe(effects()),
        some(citations),
        some(earlier),
        one(earlier),
        maybe(st.sampled_from(model.System)),
        st.booleans(),
        st.booleans(),
        some(nodes),
        texts() | st.just(""),
        texts() | st.just(""),
        maybe(locations()),
    )


def dois() -> st.SearchStrategy[str | None]:
    """A DOI or None."""
    return maybe(st.just("10.1234/a<b>(c);d"))


def pmids() -> st.SearchStrategy[str]:
    """A PMID."""
    return st.integers(1, 10**8).map(str)


def citations(
    id: str = "citation",
    source: str = "source",
    studies: Sequence[str] = (),
    populations: Sequence[str] = (),
) -> st.SearchStrategy[model.Citation]:
    """A citation in `source`, identified as one of `studies` or not."""
    described = st.builds(
        model.Described,
        maybe(st.sampled_from(model.Design)),
        maybe(st.sampled_from(model.System)),
        one(populations),
        maybe(st.integers(0, 10**6)),
    )
    return st.builds(
        model.Citation,
        st.just(id),
        st.just(source),
        st.sampled_from(model.CitationKind),
        st.integers(1, 9999),
        st.sampled_from(model.Identification),
        journal=maybe(texts()),
        year=maybe(st.integers(1900, 2030)),
        authors=maybe(texts()),
        title=maybe(texts()),
        locator=maybe(texts()),
        doi=dois(),
        pmid=maybe(pmids()),
        pmcid=maybe(st.just("PMC123")),
        study=one(studies),
        described=maybe(described),
        record=maybe(texts()),
        how_checked=texts() | st.just(""),
        location=maybe(locations()),
    )


SIGNED = (model.Direction.INCREASE, model.Direction.DECREASE)


@st.composite
def findings(
    draw: st.DrawFn,
    id: str = "study.finding",
    exposures: Sequence[str] = ("exposure",),
    outcomes: Sequence[str] = ("entity",),
    populations: Sequence[str] = (),
) -> model.Finding:
    """A finding whose numbers are possible."""
    low, estimate, high = sorted(draw(st.tuples(*[numbers(0.001, 1e6)] * 3)))
    scale = draw(maybe(st.sampled_from(model.Scale)))
    wide = draw(st.booleans())
    shares, whole = maybe(numbers(0, 1)), st.integers(0, 1000)
    events, people = sorted((draw(whole), draw(whole)))
    domain = st.sampled_from(list_domain_words())
    judgement = st.builds(model.DomainJudgement, domain, st.integers(0, 3), texts())
    concern = st.builds(model.Concern, st.sampled_from(model.ConcernKind), texts())
    direction = draw(st.sampled_from(model.Direction))
    risk_mid = draw(shares)
    measures = ["MD", "SMD", "Hedges' g"]
    if direction not in SIGNED or (estimate > 1) == (direction is model.Direction.INCREASE) != (
        estimate == 1
    ):
        measures += ["RR", "odds ratio"]  # the numbers of a ratio must go where it says
    measure = draw(st.sampled_from(measures))
    if direction in SIGNED and measure not in ("RR", "odds ratio"):
        scale = None  # what a scale turns depends on the outcome
        if direction is model.Direction.DECREASE:
            low, estimate, high = -high, -estimate, -low
    return model.Finding(
        id,
        draw(st.sampled_from(exposures)),
        draw(st.sampled_from(outcomes)),
        direction,
        draw(one(populations)),
        draw(maybe(texts())),
        n=people,
        k=draw(maybe(whole)),
        events=events,
        treated_n=draw(maybe(st.just(people))),
        treated_events=draw(maybe(st.just(events))),
        measure=measure,
        estimate=estimate,
        ci_low=low if wide else None,
        ci_high=high if wide else None,
        unit=draw(maybe(texts())),
        scale=scale,
        p_value=draw(shares),
        i2=draw(maybe(st.just(0.0) | numbers(1, 100))),
        p_heterogeneity=draw(shares),
        tau2=draw(maybe(numbers(0, 10))),
        pi_low=None if wide else low,
        pi_high=None if wide else high,
        egger_p=draw(shares),
        mid=(mid := draw(maybe(numbers(0.001, 1e6)))),
        mid_source=(draw(texts()) or "a panel") if mid or risk_mid is not None else None,
        risk_mid=risk_mid,
        baseline_risk=(baseline := draw(shares)),
        baseline_risk_source=None if baseline is None else draw(texts()) or "the control group",
        instrument=draw(maybe(texts())),
        risk_of_bias=draw(maybe(st.sampled_from(model.Bias))),
        dose=draw(maybe(doses())),
        weeks=draw(maybe(numbers(0, 500))),
        large_effect=draw(st.integers(0, 2)),
        dose_response=draw(st.booleans()),
        opposing_confounding=draw(st.booleans()),
        judgements=draw(sets(judgement)),
        concerns=draw(sets(concern)),
        note=draw(texts()),
        location=draw(maybe(locations())),
    )


@st.composite
def studies(
    draw: st.DrawFn,
    id: str = "study",
    exposures: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    populations: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> model.Study:
    """A study with up to two findings."""
    count = draw(st.integers(0, 2)) if exposures and outcomes else 0
    made = [
        draw(findings(f"{id}.{number}", exposures, outcomes, populations))
        for number in range(count)
    ]
    return model.Study(
        id,
        draw(texts()),
        draw(st.integers(1900, 2030)),
        draw(st.sampled_from(model.Design)),
        draw(st.sampled_from(model.System)),
        authors=draw(texts() | st.just("")),
        doi=draw(dois()),
        pmid=draw(pmids()),
        n=draw(maybe(st.integers(0, 10**6))),
        population=draw(one(populations)),
        species=draw(maybe(texts())),
        status=draw(st.sampled_from(model.Status)),
        seller_funded=draw(maybe(st.booleans())),
        contains=draw(some(earlier)),
        reports=draw(some(earlier)),
        read=draw(texts() | st.just("")),
        verified=draw(st.booleans()),
        findings=tuple(made),
        note=draw(texts() | st.just("")),
        location=draw(maybe(locations())),
    )


@st.composite
def chains(
    draw: st.DrawFn,
    id: str = "chain",
    source: str = "source",
    exposures: Sequence[str] = ("exposure",),
    outcomes: Sequence[str] = ("entity",),
    claims: Sequence[str] = (),
) -> model.ArgumentChain:
    """A chain whose steps meet: a bridge perhaps, then from node to node to the outcome."""
    exposure = at = draw(st.sampled_from(exposures))
    steps = []
    if draw(st.booleans()):
        at = draw(st.sampled_from(exposures))
        # The predicate of a bridge is not used; the readers write this one.
        steps.append(Step(StepKind.BRIDGE, exposure, Predicate.DEFINED_AS, at, (), draw(texts())))
    path = draw(st.lists(st.sampled_from(outcomes), min_size=1, max_size=3))
    for head in path:
        leaning = draw(some(claims))
        kind = StepKind.CLAIM if leaning else StepKind.IMPLICIT
        predicate = draw(st.sampled_from(Predicate))
        steps.append(Step(kind, at, predicate, head, leaning, draw(texts() | st.just(""))))
        at = head
    return model.ArgumentChain(
        id,
        source,
        draw(texts()),
        exposure,
        path[-1],
        tuple(steps),
        draw(st.booleans()),
        draw(texts() | st.just("")),
        draw(maybe(locations())),
    )


def conflicts(id: str, claims: Sequence[str]) -> st.SearchStrategy[model.Conflict]:
    """A conflict between two or more of the claims."""
    return st.builds(
        model.Conflict,
        st.just(id),
        texts(),
        st.sampled_from(model.ConflictKind),
        st.lists(st.sampled_from(claims), min_size=2, max_size=4, unique=True).map(
            lambda drawn: tuple(sorted(drawn))
        ),
        st.sampled_from(model.Resolution),
        texts(),
        maybe(locations()),
    )


@st.composite
def bases(draw: st.DrawFn) -> EvidenceBase:
    """A base in which every reference resolves and nothing severe is wrong."""
    names = sorted(draw(st.lists(ids(), min_size=4, max_size=12, unique=True)))
    cut = draw(st.integers(1, len(names) - 1))
    entity_ids, exposure_ids = names[:cut], names[cut:]
    population_ids, source_ids, study_ids, citation_ids, claim_ids, chain_ids, conflict_ids = (
        sorted(draw(st.lists(ids(), max_size=3, unique=True))) for _ in range(7)
    )
    nodes = [*entity_ids, *exposure_ids]
    if not source_ids:
        citation_ids = claim_ids = chain_ids = []
    if len(claim_ids) < 2:
        conflict_ids = []
    from_source = st.sampled_from(source_ids or [""])
    return EvidenceBase(
        entities=tuple(
            draw(entities(id, entity_ids[:n], population_ids)) for n, id in enumerate(entity_ids)
        ),
        exposures=tuple(draw(exposures(id, entity_ids)) for id in exposure_ids),
        populations=tuple(draw(populations(id, entity_ids)) for id in population_ids),
        sources=tuple(draw(sources(id, nodes)) for id in source_ids),
        claims=tuple(
            draw(claims(id, draw(from_source), nodes, population_ids, citation_ids, claim_ids[:n]))
            for n, id in enumerate(claim_ids)
        ),
        citations=tuple(
            draw(citations(id, draw(from_source), study_ids, population_ids)) for id in citation_ids
        ),
        studies=tuple(
            draw(studies(id, exposure_ids, entity_ids, population_ids, study_ids[:n]))
            for n, id in enumerate(study_ids)
        ),
        chains=tuple(
            draw(chains(id, draw(from_source), exposure_ids, entity_ids, claim_ids))
            for id in chain_ids
        ),
        conflicts=tuple(draw(conflicts(id, claim_ids)) for id in conflict_ids),
    )


def shuffled(base: EvidenceBase, random: Random) -> EvidenceBase:
    """The records of a base in another order, as from other files."""
    names = [name for name in base.__match_args__ if name != "digest"]
    tables: dict[str, Any] = {name: list(getattr(base, name)) for name in names}
    for rows in tables.values():
        random.shuffle(rows)
    return replace(base, **tables)
