"""Detectors of weak links: one module per bad pattern, chosen by its stable code."""

from __future__ import annotations

from collections.abc import Container, Iterable

from kg.model import Diagnostic, Result
from kg.registry import Registry, describe_plugin_fault, warn_once
from kg.weaklinks.detector import Detector
from kg.weaklinks.fact_base import FactBase

DETECTORS: Registry[Detector] = Registry(
    "detector",
    {
        "KG101": "kg.weaklinks.rules.in_vitro_as_clinical:DETECTOR",
        "KG102": "kg.weaklinks.rules.animal_as_human:DETECTOR",
        "KG103": "kg.weaklinks.rules.surrogate_as_outcome:DETECTOR",
        "KG104": "kg.weaklinks.rules.deficiency_as_benefit:DETECTOR",
        "KG105": "kg.weaklinks.rules.form_swap:DETECTOR",
        "KG106": "kg.weaklinks.rules.route_swap:DETECTOR",
        "KG107": "kg.weaklinks.rules.population_swap:DETECTOR",
        "KG108": "kg.weaklinks.rules.association_as_cause:DETECTOR",
        "KG109": "kg.weaklinks.rules.dose_duration_mismatch:DETECTOR",
        "KG110": "kg.weaklinks.rules.uncited_claim:DETECTOR",
        "KG111": "kg.weaklinks.rules.unresolvable_citation:DETECTOR",
        "KG112": "kg.weaklinks.rules.citation_mismatch:DETECTOR",
        "KG113": "kg.weaklinks.rules.citation_does_not_support:DETECTOR",
        "KG114": "kg.weaklinks.rules.secondary_as_primary:DETECTOR",
        "KG115": "kg.weaklinks.rules.theory_promoted:DETECTOR",
        "KG116": "kg.weaklinks.rules.effect_without_study:DETECTOR",
        "KG117": "kg.weaklinks.rules.seller_conflict:DETECTOR",
        "KG118": "kg.weaklinks.rules.hedge_dropped:DETECTOR",
        "KG119": "kg.weaklinks.rules.synergy_without_factorial:DETECTOR",
        "KG120": "kg.weaklinks.rules.retracted_source:DETECTOR",
        "KG121": "kg.weaklinks.rules.single_small_study:DETECTOR",
        "KG122": "kg.weaklinks.rules.contradiction_ignored:DETECTOR",
        "KG123": "kg.weaklinks.rules.null_spun:DETECTOR",
        "KG124": "kg.weaklinks.rules.missing_link:DETECTOR",
        "KG125": "kg.weaklinks.rules.composed_as_shown:DETECTOR",
        "KG126": "kg.weaklinks.rules.node_slippage:DETECTOR",
        "KG127": "kg.weaklinks.rules.sign_conflict:DETECTOR",
        "KG128": "kg.weaklinks.rules.overclaim_gap:DETECTOR",
        "KG129": "kg.weaklinks.rules.circular_citation:DETECTOR",
        "KG130": "kg.weaklinks.rules.double_counting:DETECTOR",
        "KG131": "kg.weaklinks.rules.weak_publication_status:DETECTOR",
        "KG132": "kg.weaklinks.rules.post_hoc_endpoint:DETECTOR",
        "KG133": "kg.weaklinks.rules.no_comparator:DETECTOR",
        "KG134": "kg.weaklinks.rules.prevalence_misread:DETECTOR",
        "KG135": "kg.weaklinks.rules.harms_silent:DETECTOR",
        "KG136": "kg.weaklinks.rules.disease_claim:DETECTOR",
        "KG137": "kg.weaklinks.rules.many_weak_chains:DETECTOR",
        "KG138": "kg.weaklinks.rules.relative_only:DETECTOR",
        "KG139": "kg.weaklinks.rules.hype_wording:DETECTOR",
        "KG140": "kg.weaklinks.rules.headline_unstudied:DETECTOR",
        "KG141": "kg.weaklinks.rules.implausible_result:DETECTOR",
    },
    group="kg.detectors",
    is_valid=lambda entry: isinstance(entry, Detector),
)
"""Detectors by code. Codes are never renumbered or reused; plug-ins join by `kg.detectors`."""

REPORTED_RESULTS = (Result.HIT, Result.CANNOT_TELL)


def detect(
    fact_base: FactBase,
    select: Iterable[str] | None = None,
    results: Iterable[Result] = REPORTED_RESULTS,
    subject_ids: Container[str] | None = None,
    across_sources: bool | None = None,
) -> tuple[Diagnostic, ...]:
    """Hits and cannot-tells of all detectors, or of the selected codes, worst first.

    `subject_ids` holds the ids of the claims, citations, pairs ... to judge; None: all.
    `across_sources` keeps to the detectors that compare sources, or to those that look at one.
    `results` chooses what is reported: `clean` and `not_applicable` come on request. An unknown
    code raises `UnknownName`. A plug-in that fails is named on stderr and left out.

    >>> detect(FactBase(), select=["KG101"])
    ()
    """
    if select is None:
        detectors = dict(DETECTORS.iterate_working())
    else:
        detectors = {code: DETECTORS[code] for code in select}
    wanted_results = frozenset(results)
    diagnostics: list[Diagnostic] = []
    for code, detector in detectors.items():
        if across_sources not in (None, detector.across_sources):
            continue
        try:
            diagnostics += detector.find_diagnostics(fact_base, wanted_results, subject_ids)
        except Exception as error:
            if code not in DETECTORS.plugins:
                raise
            warn_once(describe_plugin_fault(DETECTORS.plugins[code], error))
    return tuple(sorted(diagnostics, key=lambda d: d.sort_key))


__all__ = ["DETECTORS", "REPORTED_RESULTS", "FactBase", "detect"]
