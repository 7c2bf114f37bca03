"""What a body says at its level: support S and refutation R (grading.md section 6, the table)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.grading.body.imprecision import find_appreciable_range
from kg.grading.body.judgement import (
    RATING_NOT_ASSESSABLE,
    find_stated_rating,
    format_number,
)
from kg.grading.body.weights import compute_shares
from kg.grading.evidence import Evidence, find_vote, has_null_in_interval, is_trivial
from kg.grading.profiles import Profile


@dataclass(frozen=True, slots=True)
class BodyVerdict:
    """(S, R) with flags, and the row of the table that gave it in words."""

    support_level: int
    refute_level: int
    text: str
    flags: tuple[str, ...] = ()


def body_verdict(body: Sequence[Evidence], level: int, profile: Profile) -> BodyVerdict:
    """What a body, or the one finding that its findings were pooled to, says at a level."""
    if len(body) == 1:
        return _judge_single_item(body[0], level, profile)
    share_by_vote = compute_shares(body, [find_vote(item) for item in body])
    share = {sign: share_by_vote.get(sign, 0.0) for sign in (1, -1, 0, None)}
    least_share = profile["inconsistency"]["agreement"]
    if share[1] >= least_share:
        return BodyVerdict(level, 0, f"{share[1]:.0%} of the weight is for the link")
    if share[-1] >= least_share:
        return BodyVerdict(0, level, f"{share[-1]:.0%} of the weight is against the link")
    if share[0] >= least_share:
        if all(_is_precise_null(item, profile) for item in body if find_vote(item) == 0):
            return BodyVerdict(
                0, level, f"{share[0]:.0%} of the weight is a precise null", _PRECISE_FLAGS
            )
        return BodyVerdict(
            1, 1, f"{share[0]:.0%} of the weight shows no clear effect", _INCONCLUSIVE_FLAGS
        )
    return _judge_divided_body(body, share, level, profile)


def _judge_divided_body(
    body: Sequence[Evidence], share: Mapping[int | None, float], level: int, profile: Profile
) -> BodyVerdict:
    """What a body says in which no verdict has most of the weight.

    Works with a mixed result support neither side: beside works of one side alone they leave it
    open. A side that no work is on has no more than very low.
    """
    is_opposed = share[-1] > 0 or share[0] > 0
    counts = f"{share[1]:.0%} of the weight is for the link, {share[-1]:.0%} against it"
    if share[1] > 0 and is_opposed:
        text = f"{counts}: contested, low at most both ways"
        return BodyVerdict(min(level, 2), min(level, 2), text, _CONTESTED_FLAGS)
    is_refuted = (share[-1] > 0 and share[0] > 0) or any(
        find_vote(item) == 0 and _is_precise_null(item, profile) for item in body
    )
    if is_refuted:
        return BodyVerdict(1, min(level, 2), f"{counts}, no work for it: refuted, low at most")
    return BodyVerdict(1, 1, f"{counts}, the rest is mixed or open", _INCONCLUSIVE_FLAGS)


_PRECISE_FLAGS = ("precise null",)
_INCONCLUSIVE_FLAGS = ("inconclusive",)
_CONTESTED_FLAGS = ("contested",)


def _judge_single_item(item: Evidence, level: int, profile: Profile) -> BodyVerdict:
    item_vote = find_vote(item)
    interval = (
        "the interval excludes no effect, " if has_null_in_interval(item.finding) is False else ""
    )
    if item_vote == 1:
        return BodyVerdict(level, 0, f"{interval}the result is for the link")
    if item_vote == -1:
        return BodyVerdict(0, level, f"{interval}the result is against the link")
    if item_vote is None:
        text = "a mixed result supports neither side: inconclusive"
        return BodyVerdict(1, 1, text, _INCONCLUSIVE_FLAGS)
    if _is_precise_null(item, profile):
        return BodyVerdict(
            0, level, f"precise null: {_describe_null_range(item, profile)}", _PRECISE_FLAGS
        )
    null_text = (
        "the effect is smaller than one that matters"
        if is_trivial(item.finding)
        else "no clear effect"
    )
    return BodyVerdict(1, 1, f"{null_text} and no precise null: inconclusive", _INCONCLUSIVE_FLAGS)


def _describe_null_range(item: Evidence, profile: Profile) -> str:
    """The interval, the range in which no effect matters, and who set that range."""
    finding = item.finding
    range_low, high = find_appreciable_range(finding, profile["imprecision"])
    keys = ", ".join(profile.list_sources("imprecision.ratio_low", "imprecision.ratio_high"))
    range_source = keys if finding.mid is None else finding.mid_source
    ends = (finding.ci_low, finding.ci_high, range_low, high)
    ci_low_text, ci_high_text, range_low_text, range_high_text = (
        format_number(end) if end is not None else "?" for end in ends
    )
    set_by = f" (set by {range_source})" if range_source else ""
    return (
        f"the interval, {ci_low_text} to {ci_high_text}, lies within {range_low_text} to "
        f"{range_high_text}, too small to matter{set_by}"
    )


def _is_precise_null(item: Evidence, profile: Profile) -> bool:
    """Whether the interval lies inside the range of no appreciable effect and the size suffices.

    Where the authors of a synthesis judged its imprecision, their judgement stands for the size: it
    has been paid for in that domain, and a body that they hold to be too small is rated down twice.
    """
    finding, rule = item.finding, profile["imprecision"]
    range_low, high = find_appreciable_range(finding, rule)
    if range_low is None or high is None or finding.ci_low is None or finding.ci_high is None:
        return False
    is_inside = range_low <= finding.ci_low and finding.ci_high <= high
    events, participants = finding.events, finding.n
    is_large_enough = (
        events >= rule["events"]
        if events is not None
        else (participants or 0) >= rule["participants"]
    )
    judged = find_stated_rating("imprecision", (item,))
    return is_inside and (
        is_large_enough if judged in (None, RATING_NOT_ASSESSABLE) else judged < 2
    )
