"""The words of the model as enums; `ontology/kg.ttl` defines the same words."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class EntityKind(StrEnum):
    """What an entity is; it decides the lane of a diagram and which detectors apply."""

    SUBSTANCE = "substance"
    INTERVENTION = "intervention"
    MOLECULAR = "molecular"
    CELLULAR = "cellular"
    MECHANISM = "mechanism"
    BIOMARKER = "biomarker"
    CLINICAL_OUTCOME = "clinical-outcome"
    ADVERSE_EVENT = "adverse-event"
    CONDITION = "condition"
    PROPERTY = "property"


class Better(StrEnum):
    """Which way of an entity is good for people."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Route(StrEnum):
    """How an exposure enters the body."""

    ORAL = "oral"
    TOPICAL = "topical"
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    INJECTION = "injection"
    DEVICE = "device"
    PROCEDURE = "procedure"
    MEDIUM = "medium"
    NONE = "none"
    UNSTATED = "unstated"


class ExposureKind(StrEnum):
    """What is done with the substance (grading.md section 7)."""

    SUPPLEMENTATION = "supplementation"
    DEFICIENCY = "deficiency"
    EXCESS = "excess"
    ADEQUACY = "adequacy"
    DIETARY = "dietary"
    TOPICAL = "topical"
    DEVICE = "device"
    PROCEDURE = "procedure"
    IN_VITRO = "in_vitro"
    UNKNOWN = "unknown"


class Predicate(StrEnum):
    """How subject and object are related; see `kg.model.find_effect_sign` for signs."""

    INCREASES = "increases"
    DECREASES = "decreases"
    IMPROVES = "improves"
    WORSENS = "worsens"
    CAUSES = "causes"
    PREVENTS = "prevents"
    TREATS = "treats"
    CONTRIBUTES_TO = "contributes-to"
    REQUIRED_FOR = "required-for"
    ASSOCIATED_WITH_MORE = "associated-with-more"
    ASSOCIATED_WITH_LESS = "associated-with-less"
    REGULATES = "regulates"
    NO_EFFECT_ON = "no-effect-on"
    UNKNOWN_EFFECT_ON = "unknown-effect-on"
    SYNERGY_ON = "synergy-on"
    HAS_PROPERTY = "has-property"
    HAS_DOSE = "has-dose"
    HAS_PREVALENCE = "has-prevalence"
    CONTAINS = "contains"
    DEFINED_AS = "defined-as"


class Role(StrEnum):
    """What a sentence does in its article."""

    STUDY_REPORT = "study-report"
    MECHANISM = "mechanism"
    HEADLINE = "headline"
    CONCLUSION = "conclusion"
    RESTATEMENT = "restatement"
    RECOMMENDATION = "recommendation"
    DEFINITION = "definition"
    BACKGROUND = "background"
    SAFETY = "safety"
    PROPERTY = "property"
    DOSING = "dosing"
    COMPARATOR = "comparator"
    RIVAL_CAUSE = "rival-cause"
    GAP_ADMISSION = "gap-admission"
    EVIDENCE_STATEMENT = "evidence-statement"
    PROMOTION = "promotion"
    REFERENCE_TITLE = "reference-title"


class Tier(IntEnum):
    """Wording strength sigma (grading.md section 13)."""

    NO_CLAIM = 0
    SPECULATION = 1
    HEDGED = 2
    QUALIFIED = 3
    PLAIN = 4


class Presented(StrEnum):
    """As which kind of evidence the text presents a claim."""

    CLINICAL = "clinical"
    MECHANISM = "mechanism"
    IN_VITRO = "in-vitro"
    ANIMAL = "animal"
    ASSOCIATION = "association"
    THEORY = "theory"
    BACKGROUND = "background"
    ADVICE = "advice"
    UNSPECIFIED = "unspecified"


class System(StrEnum):
    """The biological system that was studied."""

    HUMAN = "human"
    ANIMAL = "animal"
    EX_VIVO = "ex-vivo"
    IN_VITRO = "in-vitro"
    IN_SILICO = "in-silico"


BENCH_SYSTEMS = frozenset({System.EX_VIVO, System.IN_VITRO, System.IN_SILICO})


class Design(StrEnum):
    """Study design; `SYNTHESIS_OF_...` pool several studies of the named kind."""

    RANDOMISED = "randomised"
    RANDOMISED_CROSSOVER = "randomised-crossover"
    RANDOMISED_FACTORIAL = "randomised-factorial"
    QUASI_RANDOMISED = "quasi-randomised"
    TRIAL_ALLOCATION_UNSTATED = "trial-allocation-unstated"
    NON_RANDOMISED = "non-randomised"
    COHORT = "cohort"
    CASE_CONTROL = "case-control"
    CROSS_SECTIONAL = "cross-sectional"
    BEFORE_AFTER = "before-after"
    CASE_REPORT = "case-report"
    EXPERIMENT = "experiment"
    SYNTHESIS_OF_RANDOMISED = "synthesis-of-randomised"
    SYNTHESIS_OF_OBSERVATIONAL = "synthesis-of-observational"
    SYNTHESIS_OF_MIXED = "synthesis-of-mixed"
    NARRATIVE_REVIEW = "narrative-review"
    OPINION = "opinion"
    UNSTATED = "unstated"


SYNTHESIS_DESIGNS = frozenset(
    {Design.SYNTHESIS_OF_RANDOMISED, Design.SYNTHESIS_OF_OBSERVATIONAL, Design.SYNTHESIS_OF_MIXED}
)


class Direction(StrEnum):
    """What a study reports about its outcome, in the terms of that study."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NO_CLEAR_EFFECT = "no-clear-effect"
    MIXED = "mixed"
    UNSTATED = "unstated"


class Scale(StrEnum):
    """Which way of a scale of measurement is good for people."""

    HIGHER_IS_BETTER = "higher-is-better"
    HIGHER_IS_WORSE = "higher-is-worse"


class ConcernKind(StrEnum):
    """What is in doubt about a finding."""

    IMPLAUSIBLE_RESULT = "implausible-result"
    UNBLINDED_SUBJECTIVE = "unblinded-subjective"
    ACTIVE_COMPARATOR = "active-comparator"
    INTEGRITY = "integrity"
    OTHER = "other"


class Bias(StrEnum):
    """Risk of bias of one study, or of most of the weight of a synthesis."""

    LOW = "low"
    SOME = "some"
    HIGH = "high"


class Status(StrEnum):
    """Publication status of a work, as far as it was looked up."""

    PUBLISHED = "published"
    PREPRINT = "preprint"
    THESIS = "thesis"
    CONCERN = "concern"
    RETRACTED = "retracted"
    UNKNOWN = "unknown"


class NutrientStatus(StrEnum):
    """Nutrient status of a population."""

    DEFICIENT = "deficient"
    REPLETE = "replete"
    ANY = "any"


class CitationKind(StrEnum):
    """How a text names a work."""

    IN_TEXT = "in-text"
    REFERENCE_LIST = "reference-list"
    APPEAL = "appeal"


class Identification(StrEnum):
    """What became of a citation when it was looked for."""

    IDENTIFIED = "identified"
    UNIDENTIFIED = "unidentified"
    MISMATCH = "mismatch"
    NOT_A_STUDY = "not-a-study"
    VAGUE = "vague"
    NOT_LOOKED_UP = "not-looked-up"


class AuditVerdict(StrEnum):
    """What an audit concludes on a citation."""

    IDENTIFIED = "identified"
    USE_DIFFERS = "use-differs"
    NOT_FOUND = "not-found"
    MISMATCH = "mismatch"
    NOT_A_STUDY = "not-a-study"
    REVIEW_AS_TRIAL = "review-as-trial"
    DUPLICATE = "duplicate"
    RETRACTED = "retracted"
    UNKNOWN = "unknown"


class ConflictKind(StrEnum):
    """How claims stand against each other."""

    OPPOSITE_EFFECTS = "opposite-effects"
    NEEDED_AND_REDUCED = "needed-and-reduced"
    BENEFIT_AND_HARM = "benefit-and-harm"
    CLAIMED_AND_OPEN = "claimed-and-open"
    CLAIMED_AND_DENIED = "claimed-and-denied"
    HARMS_DIFFER = "harms-differ"


class Resolution(StrEnum):
    """Whether anything settles a conflict."""

    OPEN = "open"
    BY_TEXT = "by-text"
    APPARENT = "apparent"


class StepKind(StrEnum):
    """How a step of an argument is backed by the text."""

    CLAIM = "claim"
    IMPLICIT = "implicit"
    BRIDGE = "bridge"
