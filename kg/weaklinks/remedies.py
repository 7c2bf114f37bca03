"""The sentences that an author could print instead: fix patterns F1 to F11.

No sentence judges the author; each says what was and what was not studied.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.model import Level
from kg.weaklinks.detector import readable
from kg.weaklinks.rows import ClaimFact, FindingFact, LinkFact, PairFact
from kg.weaklinks.settings import settings

SYSTEMS = {
    "in-vitro": "cells",
    "ex-vivo": "tissue outside the body",
    "in-silico": "a computer model",
    "animal": "animals",
}


def not_in_people(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F1: what was seen, in which system, and that nobody tested it in people."""
    first = findings[0]
    where = listed(sorted({SYSTEMS.get(f.system or "", "the laboratory") for f in findings}))
    seen = listed(sorted({f.outcome_label for f in findings}))
    return f"In {where}, {first.exposure_label} changed {seen}. {untested(claim)[:-1]} in people."


def untested(thing: ClaimFact | PairFact) -> str:
    """The verb of NONE: nothing cited tested this exposure on this outcome."""
    return capital(clause(Level.NONE, thing.exposure_label, thing.outcome_label)) + "."


def marker_only(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F2: the marker moved; whether the outcome does was not measured."""
    markers = listed(sorted({f.outcome_label for f in findings}))
    return (
        f"The work cited here measured {markers}. "
        f"Whether {claim.exposure_label} changes {claim.outcome_label} was not measured."
    )


def lack_only(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F3: lack is linked to harm; extra was not tested in people who do not lack it."""
    what = claim.substance or claim.exposure_label
    seen = listed(sorted({f.outcome_label for f in findings}))
    return (
        f"Lack of {readable(what)} is linked to changes in {seen}. Whether {claim.exposure_label} "
        f"changes {claim.outcome_label} in people who are not deficient was not tested."
    )


def study_used(used: Iterable[str], claimed: str) -> str:
    """F4: what the study used, and what is claimed instead."""
    return f"The study used {listed(sorted(set(used)))}, not {claimed}."


def linked(claim: ClaimFact) -> str:
    """F5 for observational work: linked to, not a cause."""
    return (
        f"{capital(claim.exposure_label)} is linked to {claim.outcome_label}; "
        "the work cited cannot show which causes which."
    )


def identify() -> str:
    """F6: give an identifier and say what kind of work it is."""
    return (
        "Give a DOI, PMID or registry number, and say what kind of work it is; "
        "leave the claim out if there is none."
    )


def theory(claim: ClaimFact) -> str:
    """F7: the hedge of the source, put back."""
    return (
        f"One theory holds that {claim.exposure_label} affects {claim.outcome_label}; "
        "no test of it is cited here."
    )


def numbers(claim: ClaimFact) -> str:
    """F8: the numbers behind a share, or none."""
    return (
        f'Write "{claim.outcome_label}: from [baseline] to [value], n = [number]" with the DOI or '
        "PMID of the study, or leave the number out."
    )


def missing(link: str) -> str:
    """F11: the step for which no source is given."""
    return f"No source is given for {link}."


def supply(link: LinkFact) -> str:
    """F11 for a link: what it lacks, a source, a findable source or evidence of the transfer."""
    if link.status == "bridge":
        return f"No source shows that {link.label} holds."
    if link.status == "contested":
        return f"State that the evidence on {link.label} does not favour it, with both results."
    if link.status == "cited":
        return f"Give a DOI, PMID or registry number for the work behind {link.label}."
    return missing(link.label)


_VERBS = {"benefit": "improve", "harm": "worsen", "increase": "raise", "decrease": "lower"}


def clause(level: Level, exposure: str, outcome: str, sense: str = "benefit") -> str:
    """The clause that a level of the established reading allows.

    >>> clause(Level.LOW, "zinc", "acne"), clause(Level.MODERATE, "zinc", "nausea", "harm")
    ('zinc may improve acne', 'zinc probably worsens nausea')
    """
    verb = _VERBS[sense]
    return str(settings()["verbs"][level.key]).format(s=exposure, o=outcome, verb=verb)


def allowed(pair: PairFact) -> str:
    """F5: the pair worded as its level allows, and as the cited works would allow if found."""
    level, described = Level(pair.established or 0), Level(pair.as_described or 0)
    about = (pair.exposure_label, pair.outcome_label, pair.sense)
    sentence = pair.rewrite or f"{capital(clause(level, *about))}."
    if described <= level:
        return sentence
    if level is Level.NONE:
        sentence = f"No study that can be found tested {about[0]} on {about[1]}."
    better = clause(described, *about)
    return f'{sentence} If the cited works can be identified, "{better}" would be justified.'


def listed(items: Iterable[str]) -> str:
    """Items joined by commas and a final "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter in upper case.

    >>> capital("zinc")
    'Zinc'
    """
    return text[:1].upper() + text[1:]
