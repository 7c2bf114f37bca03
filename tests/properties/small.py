"""Small bases that a question can be asked of, drawn at random: what the laws are tried on.

One outcome, scars, with a narrower one; a pill, its salt, a cream, the lack of the mineral in them
and a mix that holds the pill; four things in between, of which one is a surrogate for scars and one
a part of them. Links may run in circles and contradict each other, works may be found or not,
retracted, reported twice, or pooled.
"""

from __future__ import annotations

from itertools import product

from hypothesis import settings
from hypothesis import strategies as st

from kg.api import grade
from kg.model import (
    BENCH_SYSTEMS,
    ArgumentChain,
    Better,
    Bias,
    Citation,
    CitationKind,
    Claim,
    Described,
    Design,
    Direction,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Identification,
    Level,
    PairGrade,
    Population,
    Predicate,
    Proposition,
    Role,
    Route,
    Source,
    Status,
    Step,
    StepKind,
    Study,
    Surrogate,
    System,
    Tier,
)

FEW = settings(max_examples=settings().max_examples * 2 // 5)
"""For laws that grade a base several times: `--hypothesis-profile=thorough` tries more."""

MIDDLE = ("a", "b", "marker", "tissue")
AGENTS = ("cream", "lack", "mix", "pill", "salt")
SYSTEMS = (*[System.HUMAN] * 5, System.ANIMAL, System.ANIMAL, *sorted(BENCH_SYSTEMS))
HEADS = (*MIDDLE, "scar", "small-scar")
SIGNED = (Predicate.INCREASES, Predicate.DECREASES)
PEOPLE = (None, "scarred", "others")

ENTITIES = (
    Entity("a", "a", EntityKind.MECHANISM),
    Entity("b", "b", EntityKind.MECHANISM),
    Entity(
        "marker", "marker", EntityKind.BIOMARKER, surrogate_for=(Surrogate("scar", "accepted"),)
    ),
    Entity("mineral", "mineral", EntityKind.SUBSTANCE),
    Entity("scar", "scar", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER, population="scarred"),
    Entity("small-scar", "small scar", EntityKind.CLINICAL_OUTCOME, broader=("scar",)),
    Entity("tissue", "tissue", EntityKind.MECHANISM, part_of=("scar",)),
)
EXPOSURES = (
    Exposure("cream", "cream", "mineral", ExposureKind.TOPICAL, Route.TOPICAL),
    Exposure("lack", "lack", "mineral", ExposureKind.DEFICIENCY, Route.NONE),
    Exposure(
        "mix", "mix", "mineral", ExposureKind.SUPPLEMENTATION, Route.ORAL, components=("pill",)
    ),
    Exposure("pill", "pill", "mineral", ExposureKind.SUPPLEMENTATION, Route.ORAL, form="x"),
    Exposure("salt", "salt", "mineral", ExposureKind.SUPPLEMENTATION, Route.ORAL),
)
POPULATIONS = (Population("others", "others"), Population("scarred", "scarred", "scar"))
DESIGNS = (
    *[Design.RANDOMISED] * 4,
    Design.QUASI_RANDOMISED,
    Design.TRIAL_ALLOCATION_UNSTATED,
    Design.NON_RANDOMISED,
    Design.COHORT,
    Design.COHORT,
    Design.CROSS_SECTIONAL,
    Design.CASE_REPORT,
)
SIZES = (None, 40, 250, 900)
SEEN = (
    *[(Direction.DECREASE, None, None)] * 3,
    (Direction.INCREASE, None, None),
    (Direction.DECREASE, 0.4, 0.6),
    (Direction.NO_CLEAR_EFFECT, 0.9, 1.1),
    (Direction.NO_CLEAR_EFFECT, 0.5, 1.6),
    (Direction.MIXED, None, None),
)

# What is said to change what: mostly the pill, and mostly towards scars.
TRIPLES = tuple(
    (tail, predicate, head)
    for tail, times in {
        "pill": 4,
        "salt": 2,
        "cream": 1,
        "lack": 1,
        "mix": 1,
        **dict.fromkeys(MIDDLE, 1),
    }.items()
    for head, again in {"scar": 3, "small-scar": 1, **dict.fromkeys(MIDDLE, 1)}.items()
    for predicate in (Predicate.DECREASES, Predicate.DECREASES, Predicate.INCREASES)
    if tail != head
    for _ in range(times * again)
)

# One draw where several would do: drawing takes longer than grading.
RESULTS = tuple(product(SEEN, PEOPLE, SIZES, (None, *Bias)))
METHODS = tuple(
    product(
        DESIGNS,
        (Status.PUBLISHED, Status.PUBLISHED, Status.PUBLISHED, Status.RETRACTED),
        (True, True, True, False),
        SIZES,
        (None, None, True),
    )
)
DESCRIBED = tuple(
    product(
        (*[Identification.UNIDENTIFIED] * 4, *Identification),
        (Design.RANDOMISED, Design.COHORT, Design.UNSTATED),
        PEOPLE,
        SIZES,
    )
)
CITED = tuple(product(Tier, ((), ("w0",), ("w1",), ("w0", "w2"))))


@st.composite
def findings(draw: st.DrawFn, id: str) -> Finding:
    """One result, with much left unknown."""
    exposure, _, outcome = draw(st.sampled_from(TRIPLES))
    (direction, low, high), people, size, bias = draw(st.sampled_from(RESULTS))
    return Finding(
        id,
        exposure,
        outcome,
        direction,
        population=people,
        n=size,
        measure=None if low is None else "RR",
        ci_low=low,
        ci_high=high,
        risk_of_bias=bias,
    )


@st.composite
def studies(
    draw: st.DrawFn,
    id: str,
    systems: tuple[System, ...] = SYSTEMS,
    earlier: tuple[str, ...] = (),
) -> Study:
    """A study or a synthesis, which may be another report of an earlier one or hold it."""
    design, status, verified, size, paid = draw(st.sampled_from(METHODS))
    kin = draw(st.integers(0, 7)) if earlier else 7
    known = tuple(earlier[-1 - kin // 2 :]) if kin < 2 else ()
    return Study(
        id,
        "t",
        2020,
        Design.SYNTHESIS_OF_RANDOMISED if kin == 0 else design,
        draw(st.sampled_from(systems)),
        status=status,
        verified=verified,
        n=size,
        seller_funded=paid,
        contains=known if kin == 0 else (),
        reports=known if kin == 1 else (),
        findings=tuple(draw(findings(f"{id}.{n}")) for n in range(draw(st.integers(1, 2)))),
    )


@st.composite
def citations(draw: st.DrawFn, id: str, systems: tuple[System, ...]) -> Citation:
    """A work that a text names, mostly one that nobody found."""
    status, design, people, size = draw(st.sampled_from(DESCRIBED))
    described = Described(design, draw(st.sampled_from(systems)), people, size)
    return Citation(id, "text", CitationKind.IN_TEXT, 1, status, study="s0", described=described)


@st.composite
def arguments(draw: st.DrawFn, claims: tuple[Claim, ...]) -> tuple[ArgumentChain, ...]:
    """An argument from the pill or the lack to scars, with steps that nobody states."""
    exposure = draw(st.sampled_from(("pill", "mix")))
    at, steps = exposure, []
    if draw(st.booleans()):
        at = draw(st.sampled_from(("lack", "cream")))
        steps.append(Step(StepKind.BRIDGE, exposure, Predicate.DEFINED_AS, at))
    for head in (*draw(st.permutations(MIDDLE))[: draw(st.integers(0, 2))], "scar"):
        said = tuple(
            c.id for c in claims if (c.proposition.subject, c.proposition.object) == (at, head)
        )
        kind = StepKind.CLAIM if said else StepKind.IMPLICIT
        steps.append(Step(kind, at, draw(st.sampled_from(SIGNED)), head, said[:1]))
        at = head
    return (ArgumentChain("x", "text", "x", exposure, "scar", tuple(steps)),)


@st.composite
def bases(draw: st.DrawFn, systems: tuple[System, ...] = SYSTEMS, least: int = 1) -> EvidenceBase:
    """Small bases with cycles, conflicts, bridges, unknown works and studies."""
    said = st.tuples(st.sampled_from(TRIPLES), st.sampled_from(CITED))
    claims = tuple(
        Claim(
            f"c{i:02}", "text", 1, Role.MECHANISM, Proposition(*triple),
            tier,
            citations=cited,
        )
        for i, (triple, (tier, cited)) in enumerate(draw(st.lists(said, max_size=8)))
    )  # fmt: skip
    works: list[Study] = []
    for i in range(draw(st.integers(least, 4))):
        works.append(draw(studies(f"s{i}", systems, tuple(work.id for work in works))))
    return EvidenceBase(
        entities=ENTITIES,
        exposures=EXPOSURES,
        populations=POPULATIONS,
        sources=(Source("text", "a text"),),
        claims=claims,
        citations=tuple(draw(citations(f"w{i}", systems)) for i in range(3)),
        studies=tuple(works),
        chains=draw(st.just(()) | arguments(claims)),
    )


def pairs(
    base: EvidenceBase, kernel: str = "embedded", profile: str = "grade"
) -> tuple[PairGrade, ...]:
    """The grades of the pill on scars, for and against."""
    (graded,) = grade(base, "scar", "pill", kernel=kernel, profile=profile, diagnostics=False)
    return graded.pairs


def certainties(base: EvidenceBase, profile: str = "grade") -> dict[int, tuple[Level, ...]]:
    """The levels of each sign in the three readings."""
    return {
        pair.sign: tuple(c.level for c in pair.certainty) for pair in pairs(base, profile=profile)
    }
