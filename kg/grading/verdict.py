"""What a body says at its level: support S and refutation R (grading.md section 6, the table)."""

from __future__ import annotations

from collections.abc import Sequence

from kg.grading.domains import appreciable, shown
from kg.grading.evidence import Evidence, includes_null, is_trivial, vote
from kg.grading.judgement import NOT_ASSESSABLE, stated
from kg.grading.profiles import Profile
from kg.grading.weights import shares
from kg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """(S, R) with flags, and the row of the table that gave it in words."""

    support: int
    refute: int
    text: str
    flags: tuple[str, ...] = ()


def said(body: Sequence[Evidence], level: int, profile: Profile) -> Said:
    """What a body, or the one finding that its findings were pooled to, says at a level."""
    if len(body) == 1:
        return _one(body[0], level, profile)
    found = shares(body, [vote(item) for item in body])
    share = {sign: found.get(sign, 0.0) for sign in (1, -1, 0, None)}
    least = profile["inconsistency"]["agreement"]
    if share[1] >= least:
        return Said(level, 0, f"{share[1]:.0%} of the weight is for the link")
    if share[-1] >= least:
        return Said(0, level, f"{share[-1]:.0%} of the weight is against the link")
    if share[0] >= least:
        if all(_precise_null(item, profile) for item in body if vote(item) == 0):
            return Said(0, level, f"{share[0]:.0%} of the weight is a precise null", _PRECISE)
        return Said(1, 1, f"{share[0]:.0%} of the weight shows no clear effect", _INCONCLUSIVE)
    text = f"no verdict has {least:.0%} of the weight: contested, low at most both ways"
    return Said(min(level, 2), min(level, 2), text, _CONTESTED)


_PRECISE = ("precise null",)
_INCONCLUSIVE = ("inconclusive",)
_CONTESTED = ("contested",)


def _one(item: Evidence, level: int, profile: Profile) -> Said:
    sign = vote(item)
    interval = "the interval excludes no effect, " if includes_null(item.finding) is False else ""
    if sign == 1:
        return Said(level, 0, f"{interval}the result is for the link")
    if sign == -1:
        return Said(0, level, f"{interval}the result is against the link")
    if sign is None:
        text = "a mixed result: contested, low at most both ways"
        return Said(min(level, 2), min(level, 2), text, _CONTESTED)
    if _precise_null(item, profile):
        return Said(0, level, f"precise null: {_within(item, profile)}", _PRECISE)
    small = (
        "the effect is smaller than one that matters"
        if is_trivial(item.finding)
        else "no clear effect"
    )
    return Said(1, 1, f"{small} and no precise null: inconclusive", _INCONCLUSIVE)


def _within(item: Evidence, profile: Profile) -> str:
    """The interval, the range in which no effect matters, and who set that range."""
    finding = item.finding
    low, high = appreciable(finding, profile["imprecision"])
    keys = ", ".join(profile.cited("imprecision.ratio_low", "imprecision.ratio_high"))
    by = keys if finding.mid is None else finding.mid_source
    ends = (finding.ci_low, finding.ci_high, low, high)
    at, to, least, most = (shown(end) if end is not None else "?" for end in ends)
    set_by = f" (set by {by})" if by else ""
    return f"the interval, {at} to {to}, lies within {least} to {most}, too small to matter{set_by}"


def _precise_null(item: Evidence, profile: Profile) -> bool:
    """Whether the interval lies inside the range of no appreciable effect and the size suffices.

    Where the authors of a synthesis judged its imprecision, their judgement stands for the size: it
    has been paid for in that domain, and a body that they hold to be too small is rated down twice.
    """
    finding, rule = item.finding, profile["imprecision"]
    low, high = appreciable(finding, rule)
    if low is None or high is None or finding.ci_low is None or finding.ci_high is None:
        return False
    inside = low <= finding.ci_low and finding.ci_high <= high
    events, n = finding.events, finding.n
    met = events >= rule["events"] if events is not None else (n or 0) >= rule["participants"]
    judged = stated("imprecision", (item,))
    return inside and (met if judged in (None, NOT_ASSESSABLE) else judged < 2)
