"""One vocabulary with one normaliser for words that decide a grade, however they are spelled.

Case, blanks, hyphens, underscores and Unicode form never matter. A word that is not known is None
here: a reader reports it as a fault with the words near it, and grading takes it as unknown, which
never favours a claim.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache


class EffectMeasure(StrEnum):
    """A measure of effect by its usual abbreviation (Cochrane Handbook, chapter 6)."""

    RISK_RATIO = "RR"
    ODDS_RATIO = "OR"
    HAZARD_RATIO = "HR"
    RATE_RATIO = "IRR"
    PREVALENCE_RATIO = "PR"
    RATIO_OF_ODDS_RATIOS = "ROR"
    RATIO_OF_MEANS = "RoM"
    MEAN_DIFFERENCE = "MD"
    STANDARDISED_MEAN_DIFFERENCE = "SMD"
    RISK_DIFFERENCE = "RD"
    CORRELATION = "r"
    REGRESSION_COEFFICIENT = "beta"
    PERCENTAGE_CHANGE = "percentage change"

    @property
    def is_ratio(self) -> bool:
        """Whether no effect is 1 and effects are pooled as logarithms."""
        return self in _RATIOS

    @property
    def null_value(self) -> float:
        """The value that stands for no effect."""
        return 1.0 if self.is_ratio else 0.0

    @property
    def needs_scale(self) -> bool:
        """Whether an effect is in no unit, so that only its scale says which way is which."""
        return self is EffectMeasure.STANDARDISED_MEAN_DIFFERENCE

    @property
    def is_unit_free(self) -> bool:
        """Whether effects of different units may be compared."""
        return self.is_ratio or self in _UNIT_FREE


_RATIOS = frozenset(
    {
        EffectMeasure.RISK_RATIO,
        EffectMeasure.ODDS_RATIO,
        EffectMeasure.HAZARD_RATIO,
        EffectMeasure.RATE_RATIO,
        EffectMeasure.PREVALENCE_RATIO,
        EffectMeasure.RATIO_OF_ODDS_RATIOS,
        EffectMeasure.RATIO_OF_MEANS,
    }
)
_UNIT_FREE = frozenset({EffectMeasure.STANDARDISED_MEAN_DIFFERENCE, EffectMeasure.CORRELATION})

_MEASURE_NAMES: Mapping[EffectMeasure, str] = {
    EffectMeasure.RISK_RATIO: "risk ratio, relative risk, cumulative incidence ratio",
    EffectMeasure.ODDS_RATIO: "odds ratio, relative odds",
    EffectMeasure.HAZARD_RATIO: "hazard ratio, hazards ratio, relative hazard, SHR",
    EffectMeasure.RATE_RATIO: "incidence rate ratio, rate ratio, incidence density ratio",
    EffectMeasure.PREVALENCE_RATIO: "prevalence ratio",
    EffectMeasure.RATIO_OF_ODDS_RATIOS: "ratio of odds ratios, reporting odds ratio",
    EffectMeasure.RATIO_OF_MEANS: "ratio of means, response ratio, mean ratio",
    EffectMeasure.MEAN_DIFFERENCE: "WMD, mean difference, weighted mean difference, "
    "difference in means, difference of means, difference in mean change",
    EffectMeasure.STANDARDISED_MEAN_DIFFERENCE: "standardised mean difference, "
    "standardized mean difference, Hedges g, Hedges' g, Cohen d, Cohen's d, Glass delta, "
    "Glass's delta, effect size d",
    EffectMeasure.RISK_DIFFERENCE: "risk difference, absolute risk difference, ARD, "
    "attributable risk",
    EffectMeasure.CORRELATION: "correlation, correlation coefficient, Pearson r, Pearson's r, "
    "Spearman rho",
    EffectMeasure.REGRESSION_COEFFICIENT: "β, regression coefficient, coefficient",
    EffectMeasure.PERCENTAGE_CHANGE: "percent change, % change, mean percentage change",
}
# What may stand before a measure and changes neither its null nor its scale. `ARR` is left out: it
# stands for an adjusted risk ratio as well as for an absolute risk reduction.
_QUALIFIERS = ("adjusted ", "unadjusted ", "pooled ", "crude ", "summary ", "multivariable ")
_ADJUSTED = frozenset({"aor", "ahr", "airr", "apr"})

DOMAINS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
"""The five GRADE domains that rate down."""

UPGRADES = ("large_effect", "dose_response", "opposing_confounding")
"""The three GRADE domains that rate up."""

_DOMAIN_NAMES: Mapping[str, str] = {
    "risk_of_bias": "bias, study limitations, limitations, limitations in design, RoB, "
    "methodological limitations",
    "inconsistency": "heterogeneity, consistency",
    "indirectness": "directness, applicability",
    "imprecision": "precision",
    "publication_bias": "reporting bias, small study effects, dissemination bias",
    "large_effect": "magnitude of effect, large magnitude of effect, large effects",
    "dose_response": "dose response gradient, dose-response relationship, gradient",
    "opposing_confounding": "residual confounding, plausible confounding, "
    "opposing residual confounding",
}


UNIFIED_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
"""Maps hyphens, dashes and minus signs of every kind to the one of a keyboard."""

_SEPARATORS = r"[\s_\-\u2010-\u2015\u2212]+"
"""Blanks, underscores, and dashes of every length."""


def fold_spelling(text: str) -> str:
    """A word as it is compared: without case, accents of form, and kinds of blanks and dashes.

    >>> fold_spelling("Risk_of  Bias") == fold_spelling("risk-of-bias")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return re.sub(_SEPARATORS, " ", folded).strip()


def parse_measure(text: str | None) -> EffectMeasure | None:
    """The measure that a word stands for; None where it is none, or stands for several.

    >>> parse_measure("Risk ratio"), parse_measure("aOR"), parse_measure("WMD")
    (<EffectMeasure.RISK_RATIO: 'RR'>, <EffectMeasure.ODDS_RATIO: 'OR'>, \
<EffectMeasure.MEAN_DIFFERENCE: 'MD'>)
    >>> parse_measure("ARR") is parse_measure(None) is None
    True
    """
    return _index_measures().get(_strip_qualifiers(fold_spelling(text))) if text else None


def _strip_qualifiers(folded: str) -> str:
    for qualifier in _QUALIFIERS:
        folded = folded.removeprefix(qualifier)
    return folded[1:] if folded in _ADJUSTED else folded


def parse_domain(text: str) -> str | None:
    """The key of the GRADE domain that a word stands for.

    >>> parse_domain("Risk of bias"), parse_domain("publication bias"), parse_domain("taste")
    ('risk_of_bias', 'publication_bias', None)
    """
    return _index_domains().get(fold_spelling(text))


@cache
def _index_measures() -> Mapping[str, EffectMeasure]:
    return {
        fold_spelling(name): measure
        for measure, names in _MEASURE_NAMES.items()
        for name in (measure.value, *names.split(","))
    }


@cache
def _index_domains() -> Mapping[str, str]:
    return {
        fold_spelling(name): domain
        for domain, names in _DOMAIN_NAMES.items()
        for name in (domain, *names.split(","))
    }


def list_measure_words() -> tuple[str, ...]:
    """Every spelling that is known for a measure, as messages offer them."""
    return tuple(_split_words(m.value for m in EffectMeasure)) + tuple(
        _split_words(_MEASURE_NAMES.values())
    )


def list_domain_words() -> tuple[str, ...]:
    """Every spelling that is known for a domain, as messages offer them."""
    return (*_DOMAIN_NAMES, *_split_words(_DOMAIN_NAMES.values()))


def _split_words(texts: Iterable[str]) -> Iterable[str]:
    return (word.strip() for text in texts for word in text.split(","))


_PERCENT_WORDS = frozenset({"%", "percent", "per cent", "percentage", "pct", "percentage points"})


def is_percentage(unit: str | None) -> bool:
    """Whether a unit says that a number is so many of a hundred.

    >>> is_percentage("%"), is_percentage("Per cent"), is_percentage("mm")
    (True, True, False)
    """
    return unit is not None and fold_spelling(unit) in _PERCENT_WORDS


_MASS_IN_MG = {
    **dict.fromkeys(("mg", "milligram", "milligrams", "milligramme"), 1.0),
    **dict.fromkeys(("g", "gram", "grams", "gramme", "grammes"), 1e3),
    **dict.fromkeys(("kg", "kilogram"), 1e6),
    **dict.fromkeys(("\u03bcg", "ug", "mcg", "microgram", "micrograms"), 1e-3),
    **dict.fromkeys(("ng", "nanogram"), 1e-6),
}
_TIMES_PER_DAY = {
    **dict.fromkeys(("d", "day", "24 h", "24h"), 1.0),
    **dict.fromkeys(("wk", "week"), 1 / 7),
}
_DAILY_WORDS = {"daily": "/day", "a day": "/day", "per day": "/day", "weekly": "/week"}


def _fold_unit(unit: str) -> str:
    """A unit with `/` for each way to say a day or a week."""
    folded = fold_spelling(unit)
    for word, rate in _DAILY_WORDS.items():
        folded = re.sub(rf"\s*\b{word}$", rate, folded)
    return re.sub(r"\s*(?:/|\bper\b)\s*", "/", folded)


def parse_mass_dose(unit: str) -> tuple[float, bool] | None:
    """How many mg (a day, where it is a rate) one of a unit is, and whether it is a rate.

    None for units that are no mass: international units differ from substance to substance.

    >>> parse_mass_dose("g/day"), parse_mass_dose("mg per day"), parse_mass_dose("\u00b5g")
    ((1000.0, True), (1.0, True), (0.001, False))
    >>> parse_mass_dose("IU/day") is None
    True
    """
    mass, slash, period = _fold_unit(unit).partition("/")
    factor, times = _MASS_IN_MG.get(mass), _TIMES_PER_DAY.get(period) if slash else 1.0
    return None if factor is None or times is None else (factor * times, bool(slash))


def convert_dose(dose: tuple[float, float, str], target_unit: str) -> tuple[float, float] | None:
    """Low and high end of a dose in another unit; None where the two cannot be compared.

    >>> convert_dose((3.0, 3.0, "g/day"), "mg per day")
    (3000.0, 3000.0)
    """
    low, high, unit = dose
    if _fold_unit(unit) == _fold_unit(target_unit):
        return low, high
    source, target = parse_mass_dose(unit), parse_mass_dose(target_unit)
    if source is None or target is None or source[1] != target[1]:
        return None
    factor = source[0] / target[0]
    return low * factor, high * factor


_NCT_PATTERN = re.compile(r"NCT\s*[-:]?\s*(\d+)", re.IGNORECASE)
_REGISTRATION_SCHEMES = re.compile(
    r"(?:https?://)?(?:www\.)?(?:clinicaltrials\.gov/(?:ct2/)?(?:show|study)/|"
    r"isrctn\.com/|trialsearch\.who\.int/\S*?trialid=)",
    re.IGNORECASE,
)


def normalise_registrations(text: str) -> tuple[str, ...]:
    """The registration numbers in a text, each in its plain form, sorted.

    A number of ClinicalTrials.gov has eight digits after NCT (its zeros are often not typed); one
    of zeros alone fills a field and names no trial.

    >>> normalise_registrations("https://clinicaltrials.gov/study/NCT01234567")
    ('NCT01234567',)
    >>> normalise_registrations("nct 1715, ISRCTN 12345678")
    ('ISRCTN12345678', 'NCT00001715')
    >>> normalise_registrations("NCT00000000")
    ()
    """
    numbers = set()
    for part in re.split(r"[,;]|\band\b", _REGISTRATION_SCHEMES.sub("", text)):
        if match := _NCT_PATTERN.search(part):
            if digits := match[1].lstrip("0"):
                numbers.add(f"NCT{digits:0>8}")
        elif plain := re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", part)).strip("./"):
            numbers.add(plain.upper())
    return tuple(sorted(number for number in numbers if re.search(r"[1-9]", number)))


def normalise_reference(text: str) -> str:
    """One spelling of a reference to a work, written as a CURIE or an address.

    The version of a record (`PMID:1.2`) is left out: it is the same work.

    >>> normalise_reference("pmid: 12"), normalise_reference("PMID:12.2")
    ('PMID:12', 'PMID:12')
    >>> normalise_reference("doi:10.1/AB"), normalise_reference("https://doi.org/10.1/ab")
    ('DOI:10.1/ab', 'DOI:10.1/ab')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.match(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:", plain, re.IGNORECASE):
        return f"DOI:{normalise_doi(plain)}"
    prefix, colon, local_id = plain.partition(":")
    if not colon or prefix.casefold() in ("http", "https"):
        return plain
    local_id = re.sub(r"\s+", "", local_id)
    if prefix.casefold() in ("pmid", "pmc", "pmcid"):
        local_id = local_id.partition(".")[0].upper()
    return f"{prefix.strip().upper()}:{local_id}"


def normalise_doi(text: str) -> str:
    """A DOI without scheme, host, angle brackets and the full stop of a sentence, in small letters.

    >>> normalise_doi("<https://doi.org/10.1000/ABC.1>.")
    '10.1000/abc.1'
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("<>.,; ")
    plain = re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "", plain, flags=re.IGNORECASE)
    return plain.strip("<>.,; ").casefold()
