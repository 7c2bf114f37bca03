"""The sentences that an author could print instead: fix patterns F1 to F11.

No sentence judges the author; each says what was and what was not studied.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.model import Level
from kg.weaklinks.detector import format_word
from kg.weaklinks.facts import ClaimFact, FindingFact, LinkFact, PairFact
from kg.weaklinks.settings import load_settings

SYSTEM_WORDS = {
    "in-vitro": "cells",
    "ex-vivo": "tissue outside the body",
    "in-silico": "a computer model",
    "animal": "animals",
}


def describe_untested_in_people(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F1: what was seen, in which system, and that nobody tested it in people."""
    first = findings[0]
    system_list = join_with_and(
        sorted({SYSTEM_WORDS.get(f.system or "", "the laboratory") for f in findings})
    )
    outcome_list = join_with_and(sorted({f.outcome_label for f in findings}))
    return (
        f"In {system_list}, {first.exposure_label} changed {outcome_list}. "
        f"{describe_untested(claim)[:-1]} in people."
    )


def describe_untested(claim_or_pair: ClaimFact | PairFact) -> str:
    """The verb of NONE: nothing cited tested this exposure on this outcome."""
    return (
        capitalise_first(
            format_clause(Level.NONE, claim_or_pair.exposure_label, claim_or_pair.outcome_label)
        )
        + "."
    )


def describe_marker_only(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F2: the marker moved; whether the outcome does was not measured."""
    markers = join_with_and(sorted({f.outcome_label for f in findings}))
    return (
        f"The work cited here measured {markers}. "
        f"Whether {claim.exposure_label} changes {claim.outcome_label} was not measured."
    )


def describe_lack_only(claim: ClaimFact, findings: tuple[FindingFact, ...]) -> str:
    """F3: lack is linked to harm; extra was not tested in people who do not lack it."""
    substance_label = claim.substance or claim.exposure_label
    outcome_list = join_with_and(sorted({f.outcome_label for f in findings}))
    return (
        f"Lack of {format_word(substance_label)} is linked to changes in {outcome_list}. Whether "
        f"{claim.exposure_label} "
        f"changes {claim.outcome_label} in people who are not deficient was not tested."
    )


def describe_study_use(study_values: Iterable[str], claimed_value: str) -> str:
    """F4: what the study used, and what is claimed instead."""
    return f"The study used {join_with_and(sorted(set(study_values)))}, not {claimed_value}."


def describe_association(claim: ClaimFact) -> str:
    """F5 for observational work: linked to, not a cause."""
    return (
        f"{capitalise_first(claim.exposure_label)} is linked to {claim.outcome_label}; "
        "the work cited cannot show which causes which."
    )


def request_identifier() -> str:
    """F6: give an identifier and say what kind of work it is."""
    return (
        "Give a DOI, PMID or registry number, and say what kind of work it is; "
        "leave the claim out if there is none."
    )


def describe_theory(claim: ClaimFact) -> str:
    """F7: the hedge of the source, put back."""
    return (
        f"One theory holds that {claim.exposure_label} affects {claim.outcome_label}; "
        "no test of it is cited here."
    )


def request_numbers(claim: ClaimFact) -> str:
    """F8: the numbers behind a share, or none."""
    return (
        f'Write "{claim.outcome_label}: from [baseline] to [value], n = [number]" with the DOI or '
        "PMID of the study, or leave the number out."
    )


def describe_missing_source(link: str) -> str:
    """F11: the step for which no source is given."""
    return f"No source is given for {link}."


def describe_missing_evidence(link: LinkFact) -> str:
    """F11 for a link: what it lacks, a source, a findable source or evidence of the transfer."""
    if link.status == "bridge":
        return f"No source shows that {link.label} holds."
    if link.status == "contested":
        return f"State that the evidence on {link.label} does not favour it, with both results."
    if link.status == "cited":
        return f"Give a DOI, PMID or registry number for the work behind {link.label}."
    return describe_missing_source(link.label)


_VERB_BY_SENSE = {"benefit": "improve", "harm": "worsen", "increase": "raise", "decrease": "lower"}


def format_clause(level: Level, exposure: str, outcome: str, sense: str = "benefit") -> str:
    """The clause that a level of the established reading allows.

    >>> format_clause(Level.LOW, "zinc", "acne")
    'zinc may improve acne'
    >>> format_clause(Level.MODERATE, "zinc", "nausea", "harm")
    'zinc probably worsens nausea'
    """
    verb = _VERB_BY_SENSE[sense]
    return str(load_settings()["verbs"][level.key]).format(s=exposure, o=outcome, verb=verb)


def format_allowed_wording(pair: PairFact) -> str:
    """F5: the pair worded as its level allows, and as the cited works would allow if found."""
    level, described_level = Level(pair.established or 0), Level(pair.as_described or 0)
    clause_labels = (pair.exposure_label, pair.outcome_label, pair.sense)
    sentence = pair.rewrite or f"{capitalise_first(format_clause(level, *clause_labels))}."
    if described_level <= level:
        return sentence
    if level is Level.NONE:
        sentence = f"No study that can be found tested {clause_labels[0]} on {clause_labels[1]}."
    better = format_clause(described_level, *clause_labels)
    return f'{sentence} If the cited works can be identified, "{better}" would be justified.'


def join_with_and(items: Iterable[str]) -> str:
    """Items joined by commas and a final "and".

    >>> join_with_and(["a", "b", "c"])
    'a, b and c'
    """
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def capitalise_first(text: str) -> str:
    """The text with its first letter in upper case.

    >>> capitalise_first("zinc")
    'Zinc'
    """
    return text[:1].upper() + text[1:]
