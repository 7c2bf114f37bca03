"""The worked example of the grading specification as a base of its own, built by hand."""

from __future__ import annotations

from kg.model import (
    ArgumentChain,
    Better,
    Citation,
    CitationKind,
    Claim,
    Described,
    Design,
    Dose,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Identification,
    NutrientStatus,
    Population,
    Predicate,
    Proposition,
    Role,
    Route,
    Source,
    Step,
    StepKind,
    System,
    Tier,
)

P = Predicate
SOURCE = "article"
GLYCINATE = "magnesium-glycinate-oral"


def entity(id: str, kind: EntityKind, better: Better = Better.NEITHER, **more: object) -> Entity:
    return Entity(id, id.replace("-", " "), kind, better=better, **more)  # type: ignore[arg-type]


ENTITIES = (
    entity(
        "acne-scars",
        EntityKind.CLINICAL_OUTCOME,
        Better.LOWER,
        broader=("skin-condition",),
        population="scarred",
    ),
    entity("atrophic", EntityKind.CLINICAL_OUTCOME, Better.LOWER, broader=("acne-scars",)),
    entity("hypertrophic", EntityKind.CLINICAL_OUTCOME, Better.LOWER, broader=("acne-scars",)),
    entity("pih", EntityKind.CLINICAL_OUTCOME, Better.LOWER, related=("acne-scars",)),
    entity("skin-condition", EntityKind.CONDITION),
    entity("chronic-inflammation", EntityKind.CONDITION),
    entity("skin-ulcer", EntityKind.CONDITION),
    entity("markers", EntityKind.BIOMARKER, Better.LOWER),
    entity("scar-inflammation", EntityKind.MECHANISM),
    entity("collagen-made", EntityKind.MECHANISM),
    entity("scar-collagen", EntityKind.MECHANISM),
    entity("migration", EntityKind.CELLULAR),
    entity("regeneration", EntityKind.MECHANISM),
    entity("ulcer-closure", EntityKind.CLINICAL_OUTCOME, Better.HIGHER),
    entity("barrier", EntityKind.MECHANISM, Better.HIGHER),
    entity("healing", EntityKind.CLINICAL_OUTCOME, Better.HIGHER),
    entity("magnesium", EntityKind.SUBSTANCE),
    entity("magnesium-glycinate", EntityKind.SUBSTANCE, broader=("magnesium",)),
    entity("glycine", EntityKind.SUBSTANCE),
)

EXPOSURES = (
    Exposure(
        GLYCINATE,
        "oral magnesium glycinate",
        "magnesium",
        ExposureKind.SUPPLEMENTATION,
        Route.ORAL,
        form="magnesium-glycinate",
        dose=Dose(200, 400, "mg/day"),
        components=("glycine", "magnesium"),
    ),
    Exposure("mg-oral", "oral magnesium", "magnesium", ExposureKind.SUPPLEMENTATION, Route.ORAL),
    Exposure("mg-lack", "magnesium deficiency", "magnesium", ExposureKind.DEFICIENCY, Route.NONE),
    Exposure("mg-topical", "topical magnesium", "magnesium", ExposureKind.TOPICAL, Route.TOPICAL),
    Exposure("mg-cells", "magnesium on cells", "magnesium", ExposureKind.IN_VITRO, Route.MEDIUM),
    Exposure("glycine-oral", "oral glycine", "glycine", ExposureKind.SUPPLEMENTATION, Route.ORAL),
    Exposure(
        "with-procedures",
        "magnesium glycinate with procedures",
        "magnesium",
        ExposureKind.PROCEDURE,
        Route.PROCEDURE,
        components=(GLYCINATE,),
    ),
)

POPULATIONS = (
    Population("inflamed", "people with chronic inflammatory conditions", "chronic-inflammation"),
    Population("scarred", "people with acne scars", "acne-scars", NutrientStatus.ANY),
    Population("skin", "people with dermatological conditions", "skin-condition"),
    Population("ulcered", "people with chronic skin ulcers", "skin-ulcer"),
)


def citation(id: str, journal: str, year: int, **described: object) -> Citation:
    return Citation(
        id,
        SOURCE,
        CitationKind.IN_TEXT,
        1,
        Identification.UNIDENTIFIED,
        journal,
        year,
        described=Described(**described),  # type: ignore[arg-type]
    )


CITATIONS = (
    citation(
        "biopha",
        "Biomedicine & Pharmacotherapy",
        2020,
        design=Design.RANDOMISED,
        system=System.HUMAN,
        population="skin",
    ),
    citation(
        "bter",
        "Biological Trace Element Research",
        2018,
        design=Design.EXPERIMENT,
        system=System.IN_VITRO,
    ),
    citation("exd", "Experimental Dermatology", 2021),
    citation("jn", "The Journal of Nutrition", 2019),
    citation("nutrients", "Nutrients", 2020, system=System.HUMAN, population="inflamed"),
    citation(
        "wounds",
        "Wounds",
        2018,
        design=Design.TRIAL_ALLOCATION_UNSTATED,
        system=System.HUMAN,
        population="ulcered",
    ),
)


def claim(
    id: str,
    subject: str,
    predicate: P,
    object: str,
    tier: int = 4,
    cites: tuple[str, ...] = (),
    leans_on: tuple[str, ...] = (),
    role: Role = Role.MECHANISM,
) -> Claim:
    return Claim(
        id,
        SOURCE,
        1,
        role,
        Proposition(subject, predicate, object),
        Tier(tier),
        citations=cites,
        leans_on=leans_on,
    )


CLAIMS = (
    claim("c-cells", "mg-cells", P.INCREASES, "migration", cites=("bter",)),
    claim("c-combination", "with-procedures", P.IMPROVES, "acne-scars"),
    claim("c-exd", "mg-lack", P.DECREASES, "collagen-made", cites=("exd",)),
    claim("c-filled", "scar-collagen", P.IMPROVES, "atrophic"),
    claim("c-glycine", "glycine-oral", P.INCREASES, "collagen-made"),
    claim(
        "c-headline",
        GLYCINATE,
        P.IMPROVES,
        "acne-scars",
        leans_on=("c-cells",),
        role=Role.CONCLUSION,
    ),
    claim("c-healing", "healing", P.IMPROVES, "acne-scars"),
    claim("c-inflamed", "scar-inflammation", P.INCREASES, "scar-collagen"),
    claim("c-jn", "mg-lack", P.DECREASES, "collagen-made", cites=("jn",)),
    claim("c-markers", "mg-oral", P.DECREASES, "markers", cites=("nutrients",)),
    claim("c-markers-skin", "mg-oral", P.DECREASES, "markers", cites=("biopha",)),
    claim("c-pih", "barrier", P.IMPROVES, "pih"),
    claim("c-raised", "scar-collagen", P.WORSENS, "hypertrophic"),
    claim("c-refill", "regeneration", P.IMPROVES, "atrophic"),
    claim("c-regenerates", "migration", P.INCREASES, "regeneration"),
    claim("c-slow", "mg-lack", P.WORSENS, "healing", cites=("jn",)),
    claim("c-ulcer", "mg-topical", P.IMPROVES, "ulcer-closure", cites=("wounds",)),
    claim("c-barrier", GLYCINATE, P.IMPROVES, "barrier"),
)


def said(id: str) -> Step:
    found = next(c for c in CLAIMS if c.id == id)
    about = found.proposition
    return Step(StepKind.CLAIM, about.subject, about.predicate, about.object, (id,))


def unsaid(subject: str, predicate: P, object: str) -> Step:
    return Step(StepKind.IMPLICIT, subject, predicate, object)


def transfer(exposure: str) -> Step:
    return Step(StepKind.BRIDGE, GLYCINATE, P.INCREASES, exposure)


def chain(id: str, outcome: str, *steps: Step) -> ArgumentChain:
    return ArgumentChain(id, SOURCE, id, GLYCINATE, outcome, steps)


IN_SCAR = unsaid("collagen-made", P.INCREASES, "scar-collagen")

CHAINS = (
    chain("as1", "atrophic", transfer("mg-lack"), said("c-jn"), IN_SCAR, said("c-filled")),
    chain("as10", "acne-scars", transfer("with-procedures"), said("c-combination")),
    chain("as2", "atrophic", said("c-cells"), said("c-regenerates"), said("c-refill")),
    chain(
        "as3",
        "hypertrophic",
        said("c-markers"),
        unsaid("markers", P.INCREASES, "scar-inflammation"),
        said("c-inflamed"),
        said("c-raised"),
    ),
    chain("as4", "hypertrophic", transfer("mg-lack"), said("c-jn"), IN_SCAR, said("c-raised")),
    chain("as5", "pih", said("c-barrier"), said("c-pih")),
    chain(
        "as7",
        "acne-scars",
        transfer("mg-topical"),
        said("c-ulcer"),
        unsaid("ulcer-closure", P.IMPROVES, "acne-scars"),
    ),
    chain("as8", "acne-scars", transfer("mg-lack"), said("c-slow"), said("c-healing")),
    chain(
        "as9", "atrophic", transfer("glycine-oral"), said("c-glycine"), IN_SCAR, said("c-filled")
    ),
)


def base(*chains: str) -> EvidenceBase:
    """The example, with all its chains or only those named (and the claims they use)."""
    kept = tuple(c for c in CHAINS if not chains or c.id in chains)
    used = {id for c in kept for step in c.steps for id in step.claims} | {
        "c-exd",
        "c-markers-skin",
        "c-headline",
    }
    return EvidenceBase(
        entities=tuple(sorted(ENTITIES, key=lambda e: e.id)),
        exposures=tuple(sorted(EXPOSURES, key=lambda e: e.id)),
        populations=POPULATIONS,
        sources=(Source(SOURCE, "the worked example", coverage="complete"),),
        claims=tuple(sorted((c for c in CLAIMS if not chains or c.id in used), key=lambda c: c.id)),
        citations=tuple(sorted(CITATIONS, key=lambda c: c.id)),
        chains=kept,
    )
