"""Detectors of weak links: one module per bad pattern, chosen by its stable code."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from kg.model import Diagnostic, Result
from kg.registry import Registry
from kg.weaklinks.facts import Facts

if TYPE_CHECKING:
    from kg.weaklinks.detector import Detector

DETECTORS: Registry[Detector] = Registry(
    "detector",
    {
        "KG101": "kg.weaklinks.in_vitro_as_clinical:DETECTOR",
        "KG102": "kg.weaklinks.animal_as_human:DETECTOR",
        "KG103": "kg.weaklinks.surrogate_as_outcome:DETECTOR",
        "KG104": "kg.weaklinks.deficiency_as_benefit:DETECTOR",
        "KG105": "kg.weaklinks.form_swap:DETECTOR",
        "KG106": "kg.weaklinks.route_swap:DETECTOR",
        "KG107": "kg.weaklinks.population_swap:DETECTOR",
        "KG108": "kg.weaklinks.association_as_cause:DETECTOR",
        "KG109": "kg.weaklinks.dose_duration_mismatch:DETECTOR",
        "KG110": "kg.weaklinks.uncited_claim:DETECTOR",
        "KG111": "kg.weaklinks.unresolvable_citation:DETECTOR",
        "KG112": "kg.weaklinks.citation_mismatch:DETECTOR",
        "KG113": "kg.weaklinks.citation_does_not_support:DETECTOR",
        "KG114": "kg.weaklinks.secondary_as_primary:DETECTOR",
        "KG115": "kg.weaklinks.theory_promoted:DETECTOR",
        "KG116": "kg.weaklinks.effect_without_study:DETECTOR",
        "KG117": "kg.weaklinks.seller_conflict:DETECTOR",
        "KG118": "kg.weaklinks.hedge_dropped:DETECTOR",
        "KG119": "kg.weaklinks.synergy_without_factorial:DETECTOR",
        "KG120": "kg.weaklinks.retracted_source:DETECTOR",
        "KG121": "kg.weaklinks.single_small_study:DETECTOR",
        "KG122": "kg.weaklinks.contradiction_ignored:DETECTOR",
        "KG123": "kg.weaklinks.null_spun:DETECTOR",
        "KG124": "kg.weaklinks.missing_link:DETECTOR",
        "KG125": "kg.weaklinks.composed_as_shown:DETECTOR",
        "KG126": "kg.weaklinks.node_slippage:DETECTOR",
        "KG127": "kg.weaklinks.sign_conflict:DETECTOR",
        "KG128": "kg.weaklinks.overclaim_gap:DETECTOR",
        "KG129": "kg.weaklinks.circular_citation:DETECTOR",
        "KG130": "kg.weaklinks.double_counting:DETECTOR",
        "KG131": "kg.weaklinks.weak_publication_status:DETECTOR",
        "KG132": "kg.weaklinks.post_hoc_endpoint:DETECTOR",
        "KG133": "kg.weaklinks.no_comparator:DETECTOR",
        "KG134": "kg.weaklinks.prevalence_misread:DETECTOR",
        "KG135": "kg.weaklinks.harms_silent:DETECTOR",
        "KG136": "kg.weaklinks.disease_claim:DETECTOR",
        "KG137": "kg.weaklinks.many_weak_chains:DETECTOR",
        "KG138": "kg.weaklinks.relative_only:DETECTOR",
        "KG139": "kg.weaklinks.hype_wording:DETECTOR",
        "KG140": "kg.weaklinks.headline_unstudied:DETECTOR",
    },
    group="kg.detectors",
)
"""Detectors by code. Codes are never renumbered or reused; plug-ins join by `kg.detectors`."""

REPORTED = (Result.HIT, Result.CANNOT_TELL)


def detect(
    facts: Facts,
    select: Iterable[str] | None = None,
    results: Iterable[Result] = REPORTED,
    about: Container[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Hits and cannot-tells of all detectors, or of the selected codes, worst first.

    `about` holds the ids of the claims, citations, pairs ... to judge; None: all.
    `results` chooses what is reported: `clean` and `not_applicable` come on request. An unknown
    code raises `UnknownName`.

    >>> detect(Facts(), select=["KG101"])
    ()
    """
    codes = sorted(DETECTORS) if select is None else sorted(set(select))
    wanted = frozenset(results)
    found = (d for code in codes for d in DETECTORS[code].results(facts, wanted, about))
    return tuple(sorted(found, key=lambda d: d.order))


__all__ = ["DETECTORS", "REPORTED", "Facts", "detect"]
