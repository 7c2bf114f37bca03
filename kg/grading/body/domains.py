"""Three of the five GRADE domains for one stream of evidence, each as a judgement with its bounds.

Every function returns a `Judgement`: levels down (0 or negative), the worst and most favourable
value that the unknown permits, the reason in words and the threshold that was used. grading.md
section 5; thresholds come from the profile. The others are
`kg.grading.body.indirectness` and `kg.grading.body.imprecision`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.grading.body.concerns import describe_concerns, find_bias
from kg.grading.body.judgement import (
    DomainDowngrade,
    Thresholds,
    find_stated_judgement,
    format_number,
    hold_against_numbers,
    judge_unknown,
)
from kg.grading.body.target import choose_target, count_crossed_marks
from kg.grading.body.weights import compute_shares, count_together
from kg.grading.evidence import (
    Evidence,
    find_direction,
    get_null_value,
)
from kg.grading.profiles import Profile
from kg.model import SYNTHESIS_DESIGNS, Bias, Finding


def judge_risk_of_bias(
    body: Sequence[Evidence], generous: bool, profile: Profile
) -> DomainDowngrade:
    """Risk of bias, 0 to -2, by the share of weight at high and at low risk."""
    computed = _compute_risk_of_bias(body, generous, profile)
    return hold_against_numbers(find_stated_judgement("risk_of_bias", body, generous), computed)


def _compute_risk_of_bias(
    body: Sequence[Evidence], generous: bool, profile: Profile
) -> DomainDowngrade:
    domain = "risk of bias"
    rule = profile["bias"]
    share_by_reported_bias = compute_shares(body, [find_bias(item, profile) for item in body])
    share = {bias: share_by_reported_bias.get(bias, 0.0) for bias in (*Bias, None)}
    untold = share[None]
    worst = _grade_bias_shares(share[Bias.HIGH] + untold, share[Bias.LOW], rule)
    best = _grade_bias_shares(share[Bias.HIGH], share[Bias.LOW] + untold, rule)
    if untold > 1 - 1e-9:
        return judge_unknown("risk_of_bias", generous, "not assessable")
    change = best if generous else _grade_bias_shares(share[Bias.HIGH], share[Bias.LOW], rule)
    text = f"{share[Bias.HIGH]:.0%} of the weight at high risk, {share[Bias.LOW]:.0%} at low risk"
    if untold > 1e-9:
        text += f", {untold:.0%} not told"
    if concern_text := describe_concerns(body, profile):
        text += f"; {concern_text}"
    basis = (
        f"-1 from {rule['serious_high_share']:.0%} at high or under {rule['low_share']:.0%} at low "
        f"risk, -2 from {rule['very_serious_high_share']:.0%} at high risk"
    )
    return DomainDowngrade(domain, change, worst, best, text, basis, profile.list_sources("bias"))


def _grade_bias_shares(high: float, low: float, rule: Thresholds) -> int:
    if high >= rule["very_serious_high_share"]:
        return -2
    return -1 if high >= rule["serious_high_share"] or low < rule["low_share"] else 0


def judge_inconsistency(body: Sequence[Evidence], profile: Profile) -> DomainDowngrade:
    """Inconsistency, 0 to -2: prediction interval, else I2, else agreement of directions."""
    computed = _compute_inconsistency(body, profile)
    return hold_against_numbers(find_stated_judgement("inconsistency", body), computed)


def _compute_inconsistency(body: Sequence[Evidence], profile: Profile) -> DomainDowngrade:
    domain = "inconsistency"
    if len(body) > 1:
        return _combine_judgements(
            _judge_agreement(body, profile), _judge_within_synthesis(body, profile)
        )
    finding = body[0].finding
    if is_single_study(body[0]):
        return DomainDowngrade.build_known(
            domain, 0, "one study", "one study cannot disagree with itself"
        )
    if finding.tau2 is not None and finding.pi_low is not None and finding.pi_high is not None:
        return _judge_prediction_interval(finding, profile)
    return _judge_heterogeneity(body[0], profile)


def _judge_within_synthesis(body: Sequence[Evidence], profile: Profile) -> DomainDowngrade | None:
    """Inconsistency within the largest synthesis of a body, if any; of several the most."""
    syntheses = [body_item for body_item in body if not is_single_study(body_item)]
    if not syntheses:
        return None
    sizes = [(body_item.finding.n or 0, body_item.finding.k or 0) for body_item in syntheses]
    largest = [i for i, size in zip(syntheses, sizes, strict=True) if size == max(sizes)]
    judged = [judge_inconsistency((body_item,), profile) for body_item in largest]
    return min(judged, key=lambda j: (j.change, j.worst, j.best, j.text))


def _combine_judgements(
    between: DomainDowngrade, within: DomainDowngrade | None
) -> DomainDowngrade:
    """The more serious of disagreement between works and within the largest synthesis."""
    if within is None:
        return between
    return DomainDowngrade(
        between.domain,
        min(between.change, within.change),
        min(between.worst, within.worst),
        min(between.best, within.best),
        f"{between.text}; largest synthesis: {within.text}",
        "; ".join(filter(None, (between.basis, within.basis))),
        tuple(dict.fromkeys((*between.sources, *within.sources))),
    )


def is_single_study(item: Evidence) -> bool:
    """Whether the item is one study, which cannot disagree with itself."""
    if item.finding.k is not None and item.finding.k < 2:
        return True
    return item.design not in SYNTHESIS_DESIGNS and not item.is_summary


def _judge_heterogeneity(item: Evidence, profile: Profile) -> DomainDowngrade:
    domain, rule, finding = "inconsistency", profile["inconsistency"], item.finding
    if finding.i2 is None:
        return judge_unknown(domain, False, "heterogeneity not reported")
    serious, very, alpha = rule["i2_serious"], rule["i2_very_serious"], rule["p_heterogeneity"]
    basis_and_sources = (
        f"-1 from I2 above {serious:g} % with p under {alpha:g}, -2 from above {very:g} % with "
        "effects on both sides",
        profile.list_sources("inconsistency.i2_serious", "inconsistency.i2_very_serious"),
    )
    p_value = finding.p_heterogeneity
    text = f"I2 {finding.i2:.3g} %" + (f", p {p_value:.2g}" if p_value is not None else "")
    if finding.i2 <= serious or (p_value is not None and p_value >= alpha):
        return DomainDowngrade.build_known(domain, 0, text, *basis_and_sources)
    if rule["method"] == "target" and item.both_sides is False:
        text += "; all effects lie on one side of no effect"
        return DomainDowngrade.build_known(domain, 0, text, *basis_and_sources)
    downgrade = worst = -1
    if finding.i2 > very and item.both_sides is not False:
        worst = -2
        downgrade = -2 if item.both_sides else -1
        text += "" if item.both_sides else "; sides of the effects not reported"
    best = downgrade
    if p_value is None:  # the test may have said that chance explains it
        best, text = 0, f"{text}; p not reported"
    return DomainDowngrade(domain, downgrade, worst, best, text, *basis_and_sources)


def _judge_prediction_interval(finding: Finding, profile: Profile) -> DomainDowngrade:
    if profile["inconsistency"]["method"] == "target":
        return _judge_prediction_by_target(finding, profile)
    ratio = profile["inconsistency"]["prediction_ratio"]
    low, high = finding.pi_low or 0.0, finding.pi_high or 0.0
    is_wide = True
    if finding.ci_low is not None and finding.ci_high is not None:
        is_wide = high - low > ratio * (finding.ci_high - finding.ci_low)
    serious = low <= get_null_value(finding) <= high and is_wide
    return DomainDowngrade.build_known(
        "inconsistency",
        -1 if serious else 0,
        f"prediction interval {format_number(low)} to {format_number(high)}",
        f"-1 where it includes no effect and is more than {ratio:g} times the confidence interval",
        profile.list_sources("inconsistency.prediction_ratio"),
    )


def _judge_prediction_by_target(finding: Finding, profile: Profile) -> DomainDowngrade:
    """Whether studies to come may lie beyond a threshold that the mean effect does not cross."""
    low, high = finding.pi_low or 0.0, finding.pi_high or 0.0
    target = choose_target(finding)
    beyond = count_crossed_marks(finding, low, high) - (target.count_crossed() if target else 0)
    return DomainDowngrade.build_known(
        "inconsistency",
        -max(0, beyond),
        f"prediction interval {format_number(low)} to {format_number(high)}",
        "-1 for each threshold of the target that it crosses and the confidence interval does not",
        profile.list_sources("inconsistency.target"),
    )


def _judge_agreement(body: Sequence[Evidence], profile: Profile) -> DomainDowngrade:
    least_share = profile["inconsistency"]["agreement"]
    directions = [find_direction(item) for item in body]
    if all(item.is_summary for item in body) and not any(directions):
        return judge_unknown("inconsistency", False, "no direction reported")
    share = max(compute_shares(body, directions).values())
    return DomainDowngrade.build_known(
        "inconsistency",
        0 if share >= least_share else -1,
        f"{share:.0%} of the weight agrees on the direction",
        f"consistent from {least_share:.0%} on",
        profile.list_sources("inconsistency.agreement"),
    )


def judge_publication_bias(
    body: Sequence[Evidence], parts: Sequence[Evidence], profile: Profile
) -> DomainDowngrade:
    """Publication bias, 0 or -1: Egger from ten studies on, or small studies paid by the seller.

    `parts` are the findings of the body before they were pooled: who paid for each is theirs.
    """
    computed = _compute_publication_bias(body, parts, profile)
    return hold_against_numbers(find_stated_judgement("publication_bias", body), computed)


def _compute_publication_bias(
    body: Sequence[Evidence], parts: Sequence[Evidence], profile: Profile
) -> DomainDowngrade:
    domain = "publication bias"
    rule = profile["publication"]
    if body[0].is_summary and body[0].finding.k is None:
        return judge_unknown("publication_bias", False, "number of studies not reported")
    studies = count_together(body, [item.finding.k or 1 for item in body])
    paid = _is_paid_by_seller(parts, profile["imprecision"]["participants"])
    if paid:
        return DomainDowngrade.build_known(
            domain, -1, "all small and paid by the seller", "-1 for small studies of the seller"
        )
    eggers = [i.finding.egger_p for i in body if i.finding.egger_p is not None]
    basis_and_sources = (
        f"tested from {rule['studies']} studies on; -1 where Egger's p is under "
        f"{rule['egger_p']:g}",
        profile.list_sources("publication.studies"),
    )
    worst = 0 if paid is False else -1
    open_ = "" if paid is False else "; who paid is not recorded"
    if studies < rule["studies"]:
        text = f"{_format_study_count(studies)}, too few to test{open_}"
        return DomainDowngrade(domain, 0, worst, 0, text, *basis_and_sources)
    if not eggers:
        return DomainDowngrade(
            domain, 0, -1, 0, f"{_format_study_count(studies)}, not tested", *basis_and_sources
        )
    downgrade = -1 if min(eggers) < rule["egger_p"] else 0
    text = f"Egger p = {min(eggers):.2g}{open_}"
    return DomainDowngrade(
        domain, downgrade, min(worst, downgrade), downgrade, text, *basis_and_sources
    )


def _is_paid_by_seller(parts: Sequence[Evidence], small: int) -> bool | None:
    """Whether all works are small and paid by the seller; None: all may be."""
    if any(i.seller_funded is False or (i.finding.n or 0) >= small for i in parts):
        return False
    return True if all(i.seller_funded and i.finding.n for i in parts) else None


def _format_study_count(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"
