"""Imprecision of one stream: by size and interval, or by what the interval crosses of a target.

The profile says by which of the two. grading.md section 5; thresholds come from the profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log

from kg.grading.body.domains import is_single_study
from kg.grading.body.judgement import (
    DomainDowngrade,
    Thresholds,
    find_stated_judgement,
    format_number,
    hold_against_numbers,
    judge_unknown,
)
from kg.grading.body.target import (
    CertaintyTarget,
    TargetKind,
    choose_target,
    estimate_people,
    estimate_standard_deviation,
    measure_interval_width,
)
from kg.grading.body.weights import count_together
from kg.grading.evidence import Evidence, get_null_value, has_null_in_interval, is_ratio
from kg.grading.profiles import Profile
from kg.model import Finding
from kg.model.vocabulary import EffectMeasure, parse_measure

_DOMAIN = "imprecision"
_RISK_MEASURES = frozenset({EffectMeasure.RISK_RATIO, EffectMeasure.PREVALENCE_RATIO})
"""Ratios to which the limits of a risk ratio apply; all others take those of an odds ratio."""


def judge_imprecision(
    body: Sequence[Evidence], generous: bool, profile: Profile
) -> DomainDowngrade:
    """Imprecision of a stream, by the method of the profile: `size` or `target`.

    A judgement that a source states stands above both, with the numbers where they contradict it.
    A body without an interval of its own is judged by its size.
    """
    finding = body[0].finding
    has_interval = len(body) == 1 and None not in (finding.ci_low, finding.ci_high)
    if has_interval and profile["imprecision"]["method"] == "target":
        computed = _judge_by_target(finding, profile)
    else:
        computed = _judge_by_size(body, generous, profile)
    return hold_against_numbers(find_stated_judgement(_DOMAIN, body, generous), computed)


def _judge_by_target(finding: Finding, profile: Profile) -> DomainDowngrade:
    """Levels for what the interval crosses, and for too little information behind a large effect.

    Core GRADE 2 and GRADE guidance 34; both counts only grow with the width of the interval.
    """
    target = choose_target(finding)
    if target is None:
        raise ValueError("a finding without an interval has no target")
    rule = profile["imprecision"]
    crossed, is_open = _count_levels_crossed(target, finding, rule)
    missing, size_text = _judge_information(finding, rule)
    levels = max(crossed, missing)
    interval = f"interval {format_number(target.low)} to {format_number(target.high)}"
    text = f"target: {_describe_target(target)}; {interval} {_describe_crossing(target)}"
    basis = (
        "-1 for each smallest important difference that the interval crosses"
        if target.thresholds
        else "no smallest important difference is known: -1 for including no effect and more than "
        f"{rule['ratio_low']:g} to {rule['ratio_high']:g} (SMD {-rule['smd']:g} to {rule['smd']:g})"
        f", -2 for including large effects both ways (a ratio of {rule['large_ratio']:g}, SMD "
        f"{rule['large_smd']:g})"
    )
    names = ("imprecision.target", *(("imprecision.information",) if size_text else ()))
    worst = min(-levels, -2) if is_open else -levels
    return DomainDowngrade(
        _DOMAIN, -levels, worst, -levels, text + size_text, basis, profile.list_sources(*names)
    )


def _count_levels_crossed(
    target: CertaintyTarget, finding: Finding, rule: Thresholds
) -> tuple[int, bool]:
    """Levels down for what is crossed, and whether nobody knows what else would matter.

    Where no smallest important difference is known, an interval around no effect that reaches no
    appreciable effect shows little or no effect, for which it is narrow enough.
    """
    crossed = target.count_crossed()
    if target.thresholds or not crossed:
        return crossed, False
    low, high = find_appreciable_range(finding, rule)
    if low is None or high is None:
        return 1, True
    if low <= target.low and target.high <= high:
        return 0, False
    ratio, smd = rule["large_ratio"], rule["large_smd"]
    large_low, large_high = (1 / ratio, ratio) if is_ratio(finding) else (-smd, smd)
    return (2 if target.low < large_low and target.high > large_high else 1), False


def _judge_information(finding: Finding, rule: Thresholds) -> tuple[int, str]:
    """Levels down where a large effect rests on too little information, and why.

    The width of the interval tells the information, whatever the number of people: of a ratio by
    its upper over its lower limit; of a difference by the people that would give such an interval.
    A mean difference is standardised by the deviation that its interval and its people imply;
    where they are not told, nobody knows whether it is large, which costs a level.
    """
    middle = _find_middle(finding)
    if is_ratio(finding):
        low, high = finding.ci_low or 0.0, finding.ci_high or 0.0
        limit_ratio = high / low if low > 0 else inf
        large = -log(1 - rule["large_reduction"])
        if middle > 0 and abs(log(middle)) < large:
            return 0, ""
        is_risk = parse_measure(finding.measure) in _RISK_MEASURES
        widest = rule["widest_risk_ratio" if is_risk else "widest_odds_ratio"]
        levels = (limit_ratio > widest) + (limit_ratio > widest ** rule["far_too_wide"])
        why = f"upper over lower limit {format_number(limit_ratio)}, at most {widest:g} is enough"
    else:
        unit, width = estimate_standard_deviation(finding), measure_interval_width(finding)
        if width is None or unit is None:
            return 1, "; how large the effect is in standard deviations is not known"
        if not unit or abs(middle) / unit < rule["large_smd"]:
            return 0, ""
        people = estimate_people(width / unit)
        levels = (people < rule["enough_people"]) + (people < rule["too_few_people"])
        why = f"an interval as of {people:.0f} people, {rule['enough_people']} are enough"
    return levels, f"; a large effect, for which information counts: {why}"


def _find_middle(finding: Finding) -> float:
    """The estimate; without one the middle of the interval, of a ratio on its logarithms."""
    low, high = finding.ci_low or 0.0, finding.ci_high or 0.0
    if finding.estimate is not None:
        return finding.estimate
    return (max(low, 0.0) * max(high, 0.0)) ** 0.5 if is_ratio(finding) else (low + high) / 2


def _describe_target(target: CertaintyTarget) -> str:
    if target.thresholds is None:
        return f"{TargetKind.ANY_EFFECT} (no smallest important difference is known)"
    difference = format_number(target.thresholds[1] - target.null)
    set_by = f", set by {target.source}" if target.source else ""
    return f"{target.kind} ({target.scale} of {difference} matters{set_by})"


def _describe_crossing(target: CertaintyTarget) -> str:
    crossed = target.count_crossed()
    if target.thresholds is None:
        return "includes no effect" if crossed else "excludes no effect"
    return ("crosses no threshold", "crosses one threshold", "crosses both thresholds")[crossed]


def _judge_by_size(body: Sequence[Evidence], generous: bool, profile: Profile) -> DomainDowngrade:
    """0 to -2: optimal information size, and what the interval includes."""
    rule = profile["imprecision"]
    basis_and_sources = _describe_size_rule(profile)
    sizes = [item.finding.n for item in body]
    events = [item.finding.events for item in body]
    participants = count_together(body, [size or 0 for size in sizes])
    enough = participants >= rule["participants"]  # those that are not told can only add to it
    reported_size = participants if enough or None not in sizes else None
    count = (
        None
        if None in events
        else count_together(body, [event_total or 0 for event_total in events])
    )
    interval = body[0].finding if len(body) == 1 else None
    if reported_size is None and count is None:
        return judge_unknown("imprecision", generous, "size not reported")
    unmet = (
        count < rule["events"] if count is not None else (reported_size or 0) < rule["participants"]
    )
    more_suffix = " or more" if None in sizes else ""
    text = f"{'?' if reported_size is None else f'{reported_size}{more_suffix}'} participants"
    text += f", {count} events" if count else ""
    if reported_size is not None and reported_size < rule["very_small"]:
        return DomainDowngrade.build_known(_DOMAIN, -2, text, *basis_and_sources)
    change = -1 if unmet else 0
    if interval is None or interval.ci_low is None or interval.ci_high is None:
        is_open = unmet or reported_size is None or rule["method"] == "target"
        worst = -2 if is_open else -1  # it may include anything
        if not unmet and _is_one_study_without_interval(body):
            text += ", one study without an interval"
            change = 0 if generous else -1
            return DomainDowngrade(_DOMAIN, change, worst, 0, text, *basis_and_sources)
        return DomainDowngrade(
            _DOMAIN, change, worst, change, f"{text}, no interval", *basis_and_sources
        )
    text += f", interval {format_number(interval.ci_low)} to {format_number(interval.ci_high)}"
    if has_null_in_interval(interval):
        change, basis_and_sources = (
            _grade_null_interval(interval, unmet, rule),
            _describe_interval_rule(profile),
        )
    return DomainDowngrade(
        _DOMAIN, change, -2 if reported_size is None else change, change, text, *basis_and_sources
    )


def _is_one_study_without_interval(body: Sequence[Evidence]) -> bool:
    """Whether all that is known of the size comes from one study, which gives no interval."""
    if not all(is_single_study(item) and not item.is_summary for item in body):
        return False
    sized = [item for item in body if item.finding.n or item.finding.events]
    return len(sized) == 1 and sized[0].finding.ci_low is None


def _describe_size_rule(profile: Profile) -> tuple[str, tuple[str, ...]]:
    rule = profile["imprecision"]
    text = (
        f"-1 under {rule['events']} events, or {rule['participants']} participants where events "
        f"are not told; -2 under {rule['very_small']} participants"
    )
    return text, profile.list_sources("imprecision.events", "imprecision.participants")


def _describe_interval_rule(profile: Profile) -> tuple[str, tuple[str, ...]]:
    rule = profile["imprecision"]
    text = (
        f"no effect is included: -1 for crossing {rule['ratio_low']:g} or {rule['ratio_high']:g} "
        f"(SMD {-rule['smd']:g} or {rule['smd']:g}) or for too small a size, -2 for crossing both "
        "at too small a size"
    )
    return text, profile.list_sources("imprecision.ratio_low", "imprecision.ratio_high")


def _grade_null_interval(finding: Finding, unmet: bool, rule: Thresholds) -> int:
    low, high = find_appreciable_range(finding, rule)
    ci_low, ci_high = finding.ci_low or 0.0, finding.ci_high or 0.0
    if low is None or high is None:
        return -1
    crossed = (ci_low < low) + (ci_high > high)
    if crossed == 2:
        return -2 if unmet else -1
    return -1 if crossed or unmet else 0


def find_appreciable_range(finding: Finding, rule: Thresholds) -> tuple[float | None, float | None]:
    """Effects that count as appreciable: the MID of a source, else ratio or SMD thresholds."""
    if finding.mid is not None:
        null = get_null_value(finding)
        return null - finding.mid, null + finding.mid
    if is_ratio(finding):
        return rule["ratio_low"], rule["ratio_high"]
    if parse_measure(finding.measure) is EffectMeasure.STANDARDISED_MEAN_DIFFERENCE:
        return -rule["smd"], rule["smd"]
    return None, None
