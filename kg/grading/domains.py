"""Four of the five GRADE domains for one stream of evidence, each as a judgement with its bounds.

Every function returns a `Judgement`: levels down (0 or negative), the worst and most favourable
value that the unknown permits, the reason in words and the threshold that was used. grading.md
section 5; thresholds come from the profile. The fifth is `kg.grading.indirectness`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.grading.evidence import RATIOS, Evidence, includes_null, null_value
from kg.grading.judgement import Judgement, Rule, recorded, unknown
from kg.grading.profiles import Profile
from kg.grading.weights import shares, together
from kg.model import SYNTHESES, Bias, Finding


def shown(number: float) -> str:
    """A number to four figures, large ones in full.

    >>> shown(0.315556), shown(123456.0)
    ('0.3156', '123456')
    """
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:.0f}"


STANDARDISED = frozenset({"SMD", "Hedges g", "Cohen d"})


def risk_of_bias(body: Sequence[Evidence], generous: bool, profile: Profile) -> Judgement:
    """Risk of bias, 0 to -2, by the share of weight at high and at low risk."""
    domain = "risk of bias"
    if judged := recorded("risk_of_bias", body, generous):
        return judged
    rule = profile["bias"]
    told = shares(body, [item.finding.risk_of_bias for item in body])
    share = {bias: told.get(bias, 0.0) for bias in (*Bias, None)}
    untold = share[None]
    worst = _bias(share[Bias.HIGH] + untold, share[Bias.LOW], rule)
    best = _bias(share[Bias.HIGH], share[Bias.LOW] + untold, rule)
    if untold > 1 - 1e-9:
        return unknown("risk_of_bias", generous, "not assessable")
    change = best if generous else _bias(share[Bias.HIGH], share[Bias.LOW], rule)
    text = f"{share[Bias.HIGH]:.0%} of the weight at high risk, {share[Bias.LOW]:.0%} at low risk"
    if untold > 1e-9:
        text += f", {untold:.0%} not told"
    basis = (
        f"-1 from {rule['serious_high_share']:.0%} at high or under {rule['low_share']:.0%} at low "
        f"risk, -2 from {rule['very_serious_high_share']:.0%} at high risk"
    )
    return Judgement(domain, change, worst, best, text, basis, profile.cited("bias"))


def _bias(high: float, low: float, rule: Rule) -> int:
    if high >= rule["very_serious_high_share"]:
        return -2
    return -1 if high >= rule["serious_high_share"] or low < rule["low_share"] else 0


def inconsistency(body: Sequence[Evidence], profile: Profile) -> Judgement:
    """Inconsistency, 0 to -2: prediction interval, else I2, else agreement of directions."""
    domain = "inconsistency"
    if judged := recorded("inconsistency", body):
        return judged
    if len(body) > 1:
        return _both(_agreement(body, profile), _within(body, profile))
    finding = body[0].finding
    if _single(body[0]):
        return Judgement.known(domain, 0, "one study", "one study cannot disagree with itself")
    if finding.tau2 is not None and finding.pi_low is not None and finding.pi_high is not None:
        return _prediction(finding, profile)
    return _heterogeneity(body[0], profile)


def _within(body: Sequence[Evidence], profile: Profile) -> Judgement | None:
    """Inconsistency within the largest synthesis of a body, if any; of several the most."""
    pooled = [item for item in body if not _single(item)]
    if not pooled:
        return None
    sizes = [(item.finding.n or 0, item.finding.k or 0) for item in pooled]
    largest = [i for i, size in zip(pooled, sizes, strict=True) if size == max(sizes)]
    judged = [inconsistency((item,), profile) for item in largest]
    return min(judged, key=lambda j: (j.change, j.worst, j.best, j.text))


def _both(between: Judgement, within: Judgement | None) -> Judgement:
    """The more serious of disagreement between works and within the largest synthesis."""
    if within is None:
        return between
    return Judgement(
        between.domain,
        min(between.change, within.change),
        min(between.worst, within.worst),
        min(between.best, within.best),
        f"{between.text}; largest synthesis: {within.text}",
        "; ".join(filter(None, (between.basis, within.basis))),
        tuple(dict.fromkeys((*between.sources, *within.sources))),
    )


def _single(item: Evidence) -> bool:
    """Whether the item is one study, which cannot disagree with itself."""
    if item.finding.k is not None and item.finding.k < 2:
        return True
    return item.design not in SYNTHESES and not item.summary


def _heterogeneity(item: Evidence, profile: Profile) -> Judgement:
    domain, rule, finding = "inconsistency", profile["inconsistency"], item.finding
    if finding.i2 is None:
        return unknown(domain, False, "heterogeneity not reported")
    serious, very, alpha = rule["i2_serious"], rule["i2_very_serious"], rule["p_heterogeneity"]
    told = (
        f"-1 from I2 above {serious:g} % with p under {alpha:g}, -2 from above {very:g} % with "
        "effects on both sides",
        profile.cited("inconsistency.i2_serious", "inconsistency.i2_very_serious"),
    )
    p = finding.p_heterogeneity
    text = f"I2 {finding.i2:.3g} %" + (f", p {p:.2g}" if p is not None else "")
    if finding.i2 <= serious or (p is not None and p >= alpha):
        return Judgement.known(domain, 0, text, *told)
    down = worst = -1
    if finding.i2 > very and item.both_sides is not False:
        worst = -2
        down = -2 if item.both_sides else -1
        text += "" if item.both_sides else "; sides of the effects not reported"
    best = down
    if p is None:  # the test may have said that chance explains it
        best, text = 0, f"{text}; p not reported"
    return Judgement(domain, down, worst, best, text, *told)


def _prediction(finding: Finding, profile: Profile) -> Judgement:
    ratio = profile["inconsistency"]["prediction_ratio"]
    low, high = finding.pi_low or 0.0, finding.pi_high or 0.0
    wide = True
    if finding.ci_low is not None and finding.ci_high is not None:
        wide = high - low > ratio * (finding.ci_high - finding.ci_low)
    serious = low <= null_value(finding) <= high and wide
    return Judgement.known(
        "inconsistency",
        -1 if serious else 0,
        f"prediction interval {shown(low)} to {shown(high)}",
        f"-1 where it includes no effect and is more than {ratio:g} times the confidence interval",
        profile.cited("inconsistency.prediction_ratio"),
    )


def _agreement(body: Sequence[Evidence], profile: Profile) -> Judgement:
    least = profile["inconsistency"]["agreement"]
    share = max(shares(body, [item.sign for item in body]).values())
    return Judgement.known(
        "inconsistency",
        0 if share >= least else -1,
        f"{share:.0%} of the weight agrees on the direction",
        f"consistent from {least:.0%} on",
        profile.cited("inconsistency.agreement"),
    )


def imprecision(body: Sequence[Evidence], generous: bool, profile: Profile) -> Judgement:
    """Imprecision, 0 to -2: optimal information size, and what the interval includes."""
    domain = "imprecision"
    if judged := recorded("imprecision", body, generous):
        return judged
    rule = profile["imprecision"]
    told = _size_rule(profile)
    sizes = [item.finding.n for item in body]
    events = [item.finding.events for item in body]
    least = together(body, [size or 0 for size in sizes])
    enough = least >= rule["participants"]  # those that are not told can only add to it
    n = least if enough or None not in sizes else None
    count = None if None in events else together(body, [e or 0 for e in events])
    interval = body[0].finding if len(body) == 1 else None
    if n is None and count is None:
        return unknown("imprecision", generous, "size not reported")
    unmet = count < rule["events"] if count is not None else (n or 0) < rule["participants"]
    more = " or more" if None in sizes else ""
    text = f"{'?' if n is None else f'{n}{more}'} participants"
    text += f", {count} events" if count else ""
    if n is not None and n < rule["very_small"]:
        return Judgement.known(domain, -2, text, *told)
    change = -1 if unmet else 0
    if interval is None or interval.ci_low is None or interval.ci_high is None:
        worst = -2 if unmet or n is None else -1  # it may include anything
        return Judgement(domain, change, worst, change, f"{text}, no interval", *told)
    text += f", interval {shown(interval.ci_low)} to {shown(interval.ci_high)}"
    if includes_null(interval):
        change, told = _null_interval(interval, unmet, rule), _interval_rule(profile)
    return Judgement(domain, change, -2 if n is None else change, change, text, *told)


def _size_rule(profile: Profile) -> tuple[str, tuple[str, ...]]:
    rule = profile["imprecision"]
    text = (
        f"-1 under {rule['events']} events, or {rule['participants']} participants where events "
        f"are not told; -2 under {rule['very_small']} participants"
    )
    return text, profile.cited("imprecision.events", "imprecision.participants")


def _interval_rule(profile: Profile) -> tuple[str, tuple[str, ...]]:
    rule = profile["imprecision"]
    text = (
        f"no effect is included: -1 for crossing {rule['ratio_low']:g} or {rule['ratio_high']:g} "
        f"(SMD {-rule['smd']:g} or {rule['smd']:g}) or for too small a size, -2 for crossing both "
        "at too small a size"
    )
    return text, profile.cited("imprecision.ratio_low", "imprecision.ratio_high")


def _null_interval(finding: Finding, unmet: bool, rule: Rule) -> int:
    low, high = appreciable(finding, rule)
    ci_low, ci_high = finding.ci_low or 0.0, finding.ci_high or 0.0
    if low is None or high is None:
        return -1
    crossed = (ci_low < low) + (ci_high > high)
    if crossed == 2:
        return -2 if unmet else -1
    return -1 if crossed or unmet else 0


def appreciable(finding: Finding, rule: Rule) -> tuple[float | None, float | None]:
    """Effects that count as appreciable: the MID of a source, else ratio or SMD thresholds."""
    if finding.mid is not None:
        null = null_value(finding)
        return null - finding.mid, null + finding.mid
    if finding.measure in RATIOS:
        return rule["ratio_low"], rule["ratio_high"]
    if finding.measure in STANDARDISED:
        return -rule["smd"], rule["smd"]
    return None, None


def publication_bias(
    body: Sequence[Evidence], parts: Sequence[Evidence], profile: Profile
) -> Judgement:
    """Publication bias, 0 or -1: Egger from ten studies on, or small studies paid by the seller.

    `parts` are the findings of the body before they were pooled: who paid for each is theirs.
    """
    domain = "publication bias"
    if judged := recorded("publication_bias", body):
        return judged
    rule = profile["publication"]
    if body[0].summary and body[0].finding.k is None:
        return unknown("publication_bias", False, "number of studies not reported")
    studies = together(body, [item.finding.k or 1 for item in body])
    paid = _paid_by_seller(parts, profile["imprecision"]["participants"])
    if paid:
        return Judgement.known(
            domain, -1, "all small and paid by the seller", "-1 for small studies of the seller"
        )
    eggers = [i.finding.egger_p for i in body if i.finding.egger_p is not None]
    told = (
        f"tested from {rule['studies']} studies on; -1 where Egger's p is under "
        f"{rule['egger_p']:g}",
        profile.cited("publication.studies"),
    )
    worst = 0 if paid is False else -1
    open_ = "" if paid is False else "; who paid is not recorded"
    if studies < rule["studies"]:
        text = f"{_studies(studies)}, too few to test{open_}"
        return Judgement(domain, 0, worst, 0, text, *told)
    if not eggers:
        return Judgement(domain, 0, -1, 0, f"{_studies(studies)}, not tested", *told)
    down = -1 if min(eggers) < rule["egger_p"] else 0
    text = f"Egger p = {min(eggers):.2g}{open_}"
    return Judgement(domain, down, min(worst, down), down, text, *told)


def _paid_by_seller(parts: Sequence[Evidence], small: int) -> bool | None:
    """Whether all works are small and paid by the seller; None: all may be."""
    if any(i.seller_funded is False or (i.finding.n or 0) >= small for i in parts):
        return False
    return True if all(i.seller_funded and i.finding.n for i in parts) else None


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"
