"""The little language of `kg whatif --add`: a study in words, as a study of the model.

    DESIGN [, TERM ...] : EXPOSURE -> OUTCOME

A term is `n=200`, `events=40`, `weeks=12`, `dose=400 mg/day`, `low bias` (some, high),
`effect=RR 0.7 [0.5, 0.9]`, `in PEOPLE`, or what was seen: `benefit`, `harm`, `increase`,
`decrease`, `null`. See docs/how-to/whatif.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.errors import KgError, UnknownName, UsageError
from kg.grading.evidence import includes_null, null_value
from kg.model import (
    Better,
    Bias,
    Design,
    Direction,
    Dose,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    Finding,
    Status,
    Study,
    System,
)
from kg.model.base import normalise

MARK = "hypothetical"

FORM = "DESIGN, n=N, low|some|high bias, benefit|harm|null: EXPOSURE -> OUTCOME"

_RANDOMISED = "rct, randomised, randomised trial, randomised controlled trial, randomised study"
_DESIGNS: tuple[tuple[Design, System, str], ...] = (
    (Design.RANDOMISED, System.HUMAN, _RANDOMISED),
    (
        Design.RANDOMISED_CROSSOVER,
        System.HUMAN,
        "crossover, crossover trial, crossover rct, randomised crossover trial",
    ),
    (Design.RANDOMISED_FACTORIAL, System.HUMAN, "factorial trial, randomised factorial trial"),
    (Design.QUASI_RANDOMISED, System.HUMAN, "quasi randomised, quasi randomised trial"),
    (
        Design.TRIAL_ALLOCATION_UNSTATED,
        System.HUMAN,
        "trial, clinical trial, controlled trial, trial allocation unstated, intervention study",
    ),
    (
        Design.NON_RANDOMISED,
        System.HUMAN,
        "non randomised, non randomised trial, nonrandomised trial, controlled before after study",
    ),
    (Design.BEFORE_AFTER, System.HUMAN, "before after, before after study, single arm trial"),
    (
        Design.COHORT,
        System.HUMAN,
        "cohort, cohort study, prospective cohort, prospective study, longitudinal study",
    ),
    (Design.CASE_CONTROL, System.HUMAN, "case control, case control study"),
    (Design.CROSS_SECTIONAL, System.HUMAN, "cross sectional, cross sectional study, survey"),
    (Design.CASE_REPORT, System.HUMAN, "case report, case series"),
    (Design.UNSTATED, System.HUMAN, "human study, study, design unstated"),
    (
        Design.SYNTHESIS_OF_RANDOMISED,
        System.HUMAN,
        "meta analysis of rct, meta analysis of randomised trial, synthesis of randomised, "
        "systematic review of rct, systematic review of randomised trial",
    ),
    (
        Design.SYNTHESIS_OF_OBSERVATIONAL,
        System.HUMAN,
        "meta analysis of cohort, meta analysis of cohort study, synthesis of observational, "
        "meta analysis of observational study, systematic review of observational study",
    ),
    (
        Design.SYNTHESIS_OF_MIXED,
        System.HUMAN,
        "meta analysis, systematic review, synthesis of mixed",
    ),
    (Design.NARRATIVE_REVIEW, System.HUMAN, "narrative review, review"),
    (Design.OPINION, System.HUMAN, "opinion, expert opinion"),
    (Design.EXPERIMENT, System.ANIMAL, "animal, animal study, animal experiment, rat, mouse"),
    (Design.EXPERIMENT, System.IN_VITRO, "in vitro, in vitro study, cell culture, cell study"),
    (Design.EXPERIMENT, System.EX_VIVO, "ex vivo, ex vivo study"),
    (Design.EXPERIMENT, System.IN_SILICO, "in silico, in silico study, simulation"),
)
DESIGNS: Mapping[str, tuple[Design, System]] = {
    words: (design, system) for design, system, text in _DESIGNS for words in text.split(", ")
}

LONGEST = 2000
"""Letters of one supposed study."""

MOST_DIGITS = 12
"""Digits before and after the point of a number: there are not that many people."""

_SEEN = ("benefit", "harm", "null", "increase", "decrease")
_NULLS = frozenset({"null", "no effect", "no clear effect"})
_TERMS = (*_SEEN, "low bias", "some bias", "high bias", "n=", "events=", "weeks=", "dose=")
_NUMBER = rf"[-+]?[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,{MOST_DIGITS}}})?"
_INTERVAL = rf"[\[(]\s*({_NUMBER})\s*(?:,|to|;)\s*({_NUMBER})\s*[\])]"
_EFFECT = re.compile(rf"([A-Za-z][A-Za-z ]*?)\s+({_NUMBER})\s*(?:{_INTERVAL})?")
_DOSE = re.compile(rf"({_NUMBER})(?:\s*(?:-|to)\s*({_NUMBER}))?\s*(\D.*)")
_MEASURES = {name.casefold(): name for name in ("RR", "OR", "HR", "IRR", "SMD", "MD")}


def read_study(text: str, base: EvidenceBase, number: int, people: str | None = None) -> Study:
    """The study that a text describes; UsageError with all that is wrong with it.

    `people` is the population where the text names none. The study is marked as hypothetical and
    counts as found and verified, for that is what is supposed.
    """
    if len(text) > LONGEST:
        raise UsageError(f"--add is longer than {LONGEST} letters: write {FORM}")
    head, colon, tail = text.partition(":")
    if not colon or not tail.strip():
        raise UsageError(f"--add {text!r}: write {FORM}")
    reader = _Reader(base)
    design, *terms = (term.strip() for term in re.split(r",(?![^\[(]*[\])])", head))
    plan, system = reader.design(design)
    exposure, outcome = reader.about(tail)
    for term in filter(None, terms):
        reader.term(term)
    if outcome is not None:
        reader.direct(outcome)
    if reader.faults or exposure is None or outcome is None:
        raise UsageError(f"--add {text!r}: {'; '.join(reader.faults)}")
    human = system is System.HUMAN
    told: dict[str, Any] = {"population": people if human else None, **reader.told}
    if isinstance(exposure, Exposure) and human:
        told.setdefault("dose", exposure.dose)
    id = f"{MARK}-{number}"
    return Study(
        id=id,
        title=f"{MARK}: {text.strip()}",
        year=0,
        design=plan,
        system=system,
        n=told.get("n"),
        population=told["population"],
        status=Status.UNKNOWN,
        read=MARK,
        verified=True,
        findings=(Finding(id=f"{id}.1", exposure=exposure.id, outcome=outcome.id, **told),),
        note=text.strip(),
    )


class _Reader:
    """What was read so far, and what was wrong with it."""

    def __init__(self, base: EvidenceBase) -> None:
        self.base = base
        self.told: dict[str, Any] = {}
        self.seen = ""
        self.faults: list[str] = []

    def try_(self, read: Callable[[], Any]) -> Any:
        """What a function returns; None, and a fault noted, where it raises one of kg's errors."""
        try:
            return read()
        except KgError as fault:
            self.faults.append(str(fault))
            return None

    def design(self, text: str) -> tuple[Design, System]:
        """Design and system that a word means."""
        found = DESIGNS.get(_plain(text))
        if found is None:
            self.faults.append(str(UnknownName("design", text, _near(_plain(text), DESIGNS))))
        return found or (Design.UNSTATED, System.HUMAN)

    def about(self, text: str) -> tuple[Exposure | Entity | None, Entity | None]:
        """Exposure and outcome on the two sides of the arrow."""
        parts = [part.strip() for part in re.split(r"->|→", text)]
        if len(parts) != 2 or not all(parts):
            self.faults.append(f"{text.strip()!r} is not EXPOSURE -> OUTCOME")
            return None, None
        exposure = self.try_(lambda: cause(self.base, parts[0]))
        return exposure, self.try_(lambda: self.base.outcome(parts[1]))

    def term(self, text: str) -> None:
        """Note what one term tells."""
        key, equals, value = (part.strip() for part in text.partition("="))
        words = " ".join(text.casefold().split())
        bias = re.fullmatch(r"(low|some|high)(?: risk of)? bias", words)
        if equals and key.casefold() in ("n", "events", "weeks"):
            self._number(key.casefold(), value)
        elif equals and key.casefold() == "dose":
            self._dose(value)
        elif equals and key.casefold() == "effect":
            self._effect(value)
        elif bias:
            self.told["risk_of_bias"] = Bias(bias[1])
        elif words in _NULLS or words in _SEEN:
            self.seen = "null" if words in _NULLS else words
        elif words.startswith("in "):
            self._people(text[3:].strip())
        else:
            self.faults.append(str(UnknownName("term", text, _near(words, _TERMS))))

    def _number(self, key: str, value: str) -> None:
        digits = value.isascii() and value.isdecimal() and len(value.lstrip("0")) <= MOST_DIGITS
        if not digits or int(value) < 1:
            most = 10**MOST_DIGITS - 1
            self.faults.append(f"{key}={value} is not a whole number from 1 to {most:,}")
        else:
            self.told[key] = float(value) if key == "weeks" else int(value)
        if self.told.get("events", 0) > self.told.get("n", self.told.get("events", 0)):
            self.faults.append(f"events={self.told['events']} is more than n={self.told['n']}")

    def _dose(self, value: str) -> None:
        found = _DOSE.fullmatch(value)
        if found is None:
            self.faults.append(f"dose={value} is not an amount with a unit, such as 400 mg/day")
            return
        low, high = float(found[1]), float(found[2] or found[1])
        self.told["dose"] = Dose(min(low, high), max(low, high), found[3].strip())

    def _effect(self, value: str) -> None:
        found = _EFFECT.fullmatch(value)
        measure = _MEASURES.get(found[1].strip().casefold()) if found else None
        if found is None or measure is None:
            known = ", ".join(_MEASURES.values())
            self.faults.append(
                f"effect={value} is not like RR 0.7 [0.5, 0.9]; measures are {known}"
            )
            return
        self.told.update(measure=measure, estimate=float(found[2]))
        if found[3] is None:
            return
        low, high = float(found[3]), float(found[4])
        if not low <= float(found[2]) <= high:
            self.faults.append(f"effect={value}: the interval does not contain its effect")
        self.told.update(ci_low=low, ci_high=high)

    def _people(self, name: str) -> None:
        wanted = normalise(name)
        for who in self.base.populations:
            if wanted in (normalise(who.id), normalise(who.label)):
                self.told["population"] = who.id
                return
        near = _near(name, [who.id for who in self.base.populations])
        self.faults.append(str(UnknownName("population", name, near)))

    def direct(self, outcome: Entity) -> None:
        """Settle the direction: as said, or as the effect has it."""
        effect = Finding("", "", outcome.id, Direction.UNSTATED, **_effect_of(self.told))
        if not self.seen and effect.estimate is None:
            self.faults.append(f"say what it saw: {', '.join(_SEEN)}, or effect=")
            return
        shown = _shown(effect)
        said = self._said(outcome) if self.seen else shown
        if said is None or shown is None:
            said = said or shown
        elif Direction.NO_CLEAR_EFFECT not in (said, shown) and said is not shown:
            self.faults.append(f"{self.seen} of {outcome.id} is a {said.value}, the effect is not")
        if said is not None:
            self.told["direction"] = said

    def _said(self, outcome: Entity) -> Direction | None:
        if self.seen == "null":
            return Direction.NO_CLEAR_EFFECT
        if self.seen in ("increase", "decrease"):
            return Direction(self.seen)
        if outcome.better is Better.NEITHER:
            self.faults.append(f"{outcome.id} has no better side; say increase or decrease")
            return None
        up = (self.seen == "benefit") is (outcome.better is Better.HIGHER)
        return Direction.INCREASE if up else Direction.DECREASE


def _effect_of(told: Mapping[str, Any]) -> dict[str, Any]:
    return {k: told[k] for k in ("measure", "estimate", "ci_low", "ci_high") if k in told}


def _shown(effect: Finding) -> Direction | None:
    """The direction of an effect; an interval that includes none shows none."""
    if effect.estimate is None:
        return None
    if includes_null(effect) or effect.estimate == null_value(effect):
        return Direction.NO_CLEAR_EFFECT
    up = effect.estimate > null_value(effect)
    return Direction.INCREASE if up else Direction.DECREASE


def cause(base: EvidenceBase, name: str) -> Exposure | Entity:
    """The exposure of this name, or the entity that a link starts from; else UnknownName.

    A substance is no exposure: its exposures are what is near.
    """
    node = base.resolve(name, "exposure")
    if isinstance(node, Exposure) or node.kind is not EntityKind.SUBSTANCE:
        return node
    near = tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))
    raise UnknownName("exposure", name, near or base.near(name))


def _plain(text: str) -> str:
    """Words in the singular, in British spelling and without hyphens.

    >>> _plain("Meta-analysis of RCTs"), _plain("Randomized  trial")
    ('meta analysis of rct', 'randomised trial')
    """
    words = text.casefold().replace("-", " ").replace("randomiz", "randomis").split()
    kept = ("sis", "series", "cross")
    singular = (w if w.endswith(kept) else w.removesuffix("s") for w in words)
    return " ".join(_PLURALS.get(w, w) for w in singular)


_PLURALS = {"studie": "study", "analyse": "analysis", "mice": "mouse"}


def _near(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=3, cutoff=0.5)
