"""The worked example of grading.md section 16 as values: a small base and its grade, by hand.

Views are tested against it, so that they do not depend on how grades are computed.
"""

from __future__ import annotations

from kg.grading.conclusion import conclude
from kg.model import (
    BaseSummary,
    Better,
    Certainty,
    ChainGrade,
    Citation,
    CitationKind,
    Claim,
    Diagnostic,
    Direct,
    Dose,
    EffectDirection,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Gain,
    Identification,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    Location,
    Mechanistic,
    OriginGrade,
    OutcomeGrade,
    PairGrade,
    Population,
    Predicate,
    Proposition,
    Rating,
    Reading,
    Readings,
    Reason,
    RepairSet,
    Result,
    Role,
    Route,
    Sense,
    Severity,
    Source,
    Tier,
    Wording,
)

NONE, VERY_LOW, LOW, MODERATE, HIGH = Level
UP, DOWN = Predicate.INCREASES, Predicate.DECREASES
PRODUCT = "magnesium-glycinate-oral"
ARTICLE = "acne-scars-article"


def base() -> EvidenceBase:
    """The entities, exposures, claims and citations that the grade below speaks of."""
    return EvidenceBase(
        entities=_entities(),
        exposures=_exposures(),
        populations=(Population("people-with-acne-scars", "people with acne scars", "acne-scars"),),
        sources=(Source(ARTICLE, "Magnesium glycinate and acne scars", coverage="complete"),),
        claims=_claims(),
        citations=(
            Citation(
                "cit-1",
                ARTICLE,
                CitationKind.IN_TEXT,
                40,
                Identification.UNIDENTIFIED,
                journal="Nutrients",
                year=2020,
            ),
        ),
        digest="0" * 64,
    )


def grade() -> OutcomeGrade:
    """The worked example: oral magnesium glycinate for acne scars."""
    return OutcomeGrade(
        outcome="acne-scars",
        narrower=("atrophic-acne-scars", "hypertrophic-acne-scars"),
        pairs=(_benefit(), _harm(), _deficiency()),
        diagnostics=_diagnostics(),
        base=BaseSummary((ARTICLE,), 83, 0, 12, 0, "grade", "1.0", "0.1.0", "0" * 64),
    )


def _entities() -> tuple[Entity, ...]:
    clinical, cell = EntityKind.CLINICAL_OUTCOME, EntityKind.CELLULAR
    higher, lower = Better.HIGHER, Better.LOWER
    scars = ("acne-scars",)
    rows = (
        ("acne-scars", "acne scars", clinical, lower, ()),
        ("atrophic-acne-scars", "atrophic acne scars", clinical, lower, scars),
        ("collagen-synthesis", "collagen synthesis", EntityKind.MECHANISM, Better.NEITHER, ()),
        ("hypertrophic-acne-scars", "hypertrophic acne scars", clinical, lower, scars),
        ("inflammatory-markers", "inflammatory markers", EntityKind.BIOMARKER, lower, ()),
        ("keratinocyte-migration", "keratinocyte migration", cell, Better.NEITHER, ()),
        ("magnesium", "magnesium", EntityKind.SUBSTANCE, Better.NEITHER, ()),
        ("scar-collagen", "collagen in the scar", EntityKind.MECHANISM, Better.NEITHER, ()),
        ("scar-inflammation", "inflammation in the scar", EntityKind.MECHANISM, lower, ()),
        ("skin-regeneration", "skin regeneration", EntityKind.MECHANISM, higher, ()),
        ("skin-ulcer-closure", "skin-ulcer closure", clinical, higher, ()),
    )
    return tuple(
        Entity(id, label, kind, better=better, broader=broader)
        for id, label, kind, better, broader in rows
    )


def _exposures() -> tuple[Exposure, ...]:
    return (
        Exposure("magnesium-deficiency", "magnesium deficiency", "magnesium",
                 ExposureKind.DEFICIENCY, Route.NONE),
        Exposure(PRODUCT, "magnesium glycinate (oral)", "magnesium", ExposureKind.SUPPLEMENTATION,
                 Route.ORAL, form="magnesium-glycinate", dose=Dose(200, 400, "mg/day")),
        Exposure("magnesium-medium", "magnesium in cell medium", "magnesium",
                 ExposureKind.IN_VITRO, Route.MEDIUM),
        Exposure("magnesium-topical", "magnesium (topical)", "magnesium",
                 ExposureKind.TOPICAL, Route.TOPICAL),
    )  # fmt: skip


def _claims() -> tuple[Claim, ...]:
    def claim(id: str, line: int, role: Role, tier: Tier, said: str, *link: str) -> Claim:
        proposition = Proposition(link[0], Predicate(link[1]), link[2])
        place = Location(f"data/claims/{ARTICLE}.yaml", line)
        return Claim(id, ARTICLE, line, role, proposition, tier, paraphrase=said, location=place)

    return (
        claim("c-collagen", 30, Role.MECHANISM, Tier.PLAIN, "lack of magnesium lowers collagen",
              "magnesium-deficiency", "decreases", "collagen-synthesis"),
        claim("c-headline", 3, Role.HEADLINE, Tier.PLAIN, "the product is a proven answer to scars",
              PRODUCT, "improves", "acne-scars"),
        claim("c-markers", 22, Role.STUDY_REPORT, Tier.PLAIN, "magnesium lowered markers by 30 %",
              PRODUCT, "decreases", "inflammatory-markers"),
        claim("c-migration", 26, Role.STUDY_REPORT, Tier.PLAIN, "cells moved a fifth faster",
              "magnesium-medium", "increases", "keratinocyte-migration"),
    )  # fmt: skip


def rating(level: Level, *reasons: Reason, works: tuple[str, ...] = ()) -> Rating:
    """A rating with the given level; without reasons it says that nothing is offered."""
    trail = reasons or (Reason("1", "no work is admitted"),)
    return Rating(Certainty(level, trail), low=NONE, high=level, works=works)


def link(
    subject: str,
    predicate: Predicate,
    object: str,
    levels: tuple[Level, Level, Level],
    status: LinkStatus = LinkStatus.CITED,
    kind: LinkKind = LinkKind.ASSERTED,
    note: str = "",
    claims: tuple[str, ...] = (),
    delta: int = 1,
) -> Link:
    """A link with the three levels, its reasons kept short."""
    works = ("cit-1",) if status is LinkStatus.CITED else ()
    reasons = {
        Reading.ESTABLISHED: Reason("1", "no cited work is identified", subject="cit-1"),
        Reading.AS_DESCRIBED: Reason("4", "as the text describes it", subject="cit-1"),
        Reading.BEST_CASE: Reason("1", "as if found and flawless"),
    }
    by_reading = dict(zip(Reading, levels, strict=True))
    return Link(
        subject,
        predicate,
        object,
        1 if predicate is UP else -1,
        kind,
        status,
        claims,
        Readings.compute(
            lambda r: rating(by_reading[r], reasons[r], works=works if by_reading[r] else ())
        ),
        Readings(*levels),
        Mechanistic.WEAK,
        delta,
        Tier.PLAIN if claims else Tier.NO_CLAIM,
        note=note,
    )


def _gap(subject: str, predicate: Predicate, object: str, note: str = "uncited") -> Link:
    return link(subject, predicate, object, (NONE, NONE, HIGH), LinkStatus.UNCITED, note=note)


def _bridge(object: str, predicate: Predicate, note: str) -> Link:
    return link(
        PRODUCT,
        predicate,
        object,
        (NONE, NONE, VERY_LOW),
        LinkStatus.IMPLICIT,
        LinkKind.BRIDGE,
        note,
        delta=0,
    )


def chain(
    id: str,
    label: str,
    links: tuple[Link, ...],
    ceiling: Level,
    weakest: tuple[int, ...],
    counter: bool = False,
    best: Level = VERY_LOW,
) -> ChainGrade:
    """A chain that is NONE as established and as described."""
    sign = 1
    for step in links:
        sign *= step.sign
    return ChainGrade(
        id, label, ARTICLE, links, sign, Readings(NONE, NONE, best), 2, ceiling, weakest,
        Mechanistic.WEAK, counter,
    )  # fmt: skip


def _collagen(end: str, predicate: Predicate) -> tuple[Link, ...]:
    return (
        _bridge("magnesium-deficiency", DOWN, "deficiency is not dose"),
        link("magnesium-deficiency", DOWN, "collagen-synthesis", (NONE, VERY_LOW, LOW),
             claims=("c-collagen",), delta=0),
        _gap("collagen-synthesis", UP, "scar-collagen"),
        _gap("scar-collagen", predicate, end),
    )  # fmt: skip


def chains() -> tuple[ChainGrade, ...]:
    """AS1, AS2, AS3 and AS7 of the worked example."""
    return (
        chain("as1", "deficiency lowers collagen", _collagen("atrophic-acne-scars", DOWN), LOW,
              (0, 2, 3)),
        chain("as2", "cells migrate",
              (
                  link(PRODUCT, UP, "keratinocyte-migration", (NONE, VERY_LOW, VERY_LOW),
                       note="cells only", claims=("c-migration",), delta=0),
                  _gap("keratinocyte-migration", UP, "skin-regeneration"),
                  _gap("skin-regeneration", DOWN, "atrophic-acne-scars"),
              ), LOW, (1, 2)),
        chain("as3", "inflammation",
              (
                  link(PRODUCT, DOWN, "inflammatory-markers", (NONE, VERY_LOW, MODERATE),
                       claims=("c-markers",), delta=0),
                  link("inflammatory-markers", UP, "scar-inflammation", (NONE, NONE, HIGH),
                       LinkStatus.IMPLICIT, LinkKind.IMPLICIT, "blood is not skin"),
                  _gap("scar-inflammation", UP, "scar-collagen"),
                  _gap("scar-collagen", UP, "hypertrophic-acne-scars"),
              ), LOW, (1, 2, 3)),
        chain("as7", "ulcers close",
              (
                  _bridge("magnesium-topical", UP, "cream is not capsule"),
                  link("magnesium-topical", UP, "skin-ulcer-closure",
                       (NONE, VERY_LOW, MODERATE), delta=0),
                  _gap("skin-ulcer-closure", DOWN, "acne-scars"),
              ), MODERATE, (0, 2)),
    )  # fmt: skip


def counter_chain() -> ChainGrade:
    """AS4: the links of AS1, read on to raised scars."""
    return chain("as4", "more collagen, raised scars", _collagen("hypertrophic-acne-scars", UP),
                 LOW, (0, 2, 3), counter=True)  # fmt: skip


def _certainty(*levels: Level) -> Readings[Certainty]:
    return Readings(*(Certainty(v, (Reason("10", "best chain"),)) for v in levels))


def _direct() -> Direct:
    return Direct(Readings.compute(lambda _: rating(NONE)), 8, 0, 0)


BROKEN = conclude(EffectDirection.IMPROVES, NONE, NONE, has_argument=True)


def _benefit() -> PairGrade:
    migration = "keratinocyte-migration--increases--skin-regeneration"
    scars = "skin-regeneration--decreases--atrophic-acne-scars"
    first = f"{PRODUCT}--increases--keratinocyte-migration"
    asd = (
        RepairSet(VERY_LOW, (migration, scars)),
        RepairSet(LOW, (first, migration, scars)),
        RepairSet(MODERATE, ("a--increases--b", "b--increases--c", "c--increases--d")),
        RepairSet(HIGH, None),
    )
    est = (RepairSet(VERY_LOW, (first, migration, scars)), *asd[1:])
    return PairGrade(
        exposure=PRODUCT,
        outcome="acne-scars",
        sense=Sense.BENEFIT,
        sign=-1,
        certainty=_certainty(NONE, NONE, VERY_LOW),
        refuted_by=NONE,
        mechanistic=Mechanistic.WEAK,
        conclusion=BROKEN,
        indirect=True,
        wording=Wording(Tier.PLAIN, ("c-headline",), 1, "c-headline"),
        gap=4,
        gap_best=3,
        severity=Severity.SEVERE,
        direct=_direct(),
        chains=chains(),
        counter_chains=(counter_chain(),),
        repair=Readings(est, asd, asd),
        fragility=(),
        gain=Readings.compute(lambda _: (Gain(first, 0),)),
        rewrite="No study cited here tested magnesium glycinate (oral) on acne scars.",
        by_origin=(
            OriginGrade("cited", BROKEN, Readings(NONE, NONE, VERY_LOW), NONE, 0),
            OriginGrade(
                "literature",
                conclude(EffectDirection.IMPROVES, NONE, LOW, ("precise null",)),
                *(Readings(NONE, NONE, NONE), LOW, 1),
                flags=("precise null",),
            ),
        ),
    )


def _plain_pair(exposure: str, sense: Sense, best: Level) -> PairGrade:
    return PairGrade(
        exposure=exposure,
        outcome="acne-scars",
        sense=sense,
        sign=1 if sense is Sense.HARM else -1,
        certainty=_certainty(NONE, NONE, best),
        refuted_by=NONE,
        mechanistic=Mechanistic.WEAK,
        conclusion=conclude(
            EffectDirection.WORSENS if sense is Sense.HARM else EffectDirection.IMPROVES,
            *(NONE, NONE),
            has_argument=True,
        ),
        indirect=True,
        wording=Wording(Tier.HEDGED, (), 0),
        gap=2,
        gap_best=1,
        severity=Severity.MODERATE,
        direct=_direct(),
        chains=(counter_chain(),) if sense is Sense.HARM else chains()[:1],
        counter_chains=(),
        repair=Readings.compute(lambda _: (RepairSet(VERY_LOW, None),)),
        fragility=(),
        gain=Readings.compute(lambda _: ()),
        rewrite="No study cited here tested it.",
    )


def _harm() -> PairGrade:
    return _plain_pair(PRODUCT, Sense.HARM, VERY_LOW)


def _deficiency() -> PairGrade:
    return _plain_pair("magnesium-deficiency", Sense.HARM, LOW)


def _diagnostics() -> tuple[Diagnostic, ...]:
    place = Location(f"data/claims/{ARTICLE}.yaml", 26)

    def of(code: str, name: str, severity: Severity, subject: str, result: Result) -> Diagnostic:
        return Diagnostic(
            code,
            name,
            severity,
            f"{name} at {subject}.",
            subject,
            place,
            remedy="Say what was studied.",
            result=result,
            unknown=("f1.dose",) if result is Result.CANNOT_TELL else (),
            source=ARTICLE,
        )

    hit, open = Result.HIT, Result.CANNOT_TELL
    return (
        of("KG101", "in-vitro-as-clinical", Severity.SEVERE, "c-headline", hit),
        of("KG104", "deficiency-as-benefit", Severity.SEVERE, "c-collagen", hit),
        of("KG104", "deficiency-as-benefit", Severity.SEVERE, "c-headline", hit),
        of("KG105", "form-swap", Severity.MODERATE, "c-markers", hit),
        of("KG117", "seller-conflict", Severity.MODERATE, ARTICLE, open),
    )
