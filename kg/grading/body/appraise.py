"""A body of evidence on one link -> support S and refutation R, with every step of the way.

grading.md sections 3 to 6. Streams are graded alone and never add: the highest level is the
rating, and an opposite verdict in another stream within one level costs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.grading.body import domains
from kg.grading.body.concerns import find_bias, list_concern_flags
from kg.grading.body.imprecision import judge_imprecision
from kg.grading.body.indirectness import judge_indirectness, sum_facets
from kg.grading.body.judgement import RATING_NOT_ASSESSABLE, DomainDowngrade, find_stated_rating
from kg.grading.body.pooling import PooledBody, pool_body
from kg.grading.body.verdict import body_verdict
from kg.grading.body.weights import compute_weights
from kg.grading.evidence import Evidence, QuestionContext, find_vote, is_ratio, merge_reports
from kg.grading.profiles import Profile
from kg.model import (
    SYNTHESIS_DESIGNS,
    Certainty,
    Design,
    Finding,
    Level,
    Rating,
    Reading,
    Readings,
    Reason,
    System,
)

STREAM_ORDER = ("HR", "HN", "HO", "HD", "AN", "IV", "IS")

_STREAM_AND_ROW_BY_DESIGN: dict[Design, tuple[str, str]] = {
    Design.RANDOMISED: ("HR", "randomised"),
    Design.RANDOMISED_CROSSOVER: ("HR", "randomised"),
    Design.RANDOMISED_FACTORIAL: ("HR", "randomised"),
    Design.SYNTHESIS_OF_RANDOMISED: ("HR", "randomised"),
    Design.QUASI_RANDOMISED: ("HR", "quasi-randomised"),
    Design.TRIAL_ALLOCATION_UNSTATED: ("HN", "trial-allocation-unstated"),
    Design.NON_RANDOMISED: ("HN", "non-randomised"),
    Design.BEFORE_AFTER: ("HN", "uncontrolled"),
    Design.EXPERIMENT: ("HN", "non-randomised"),
    Design.COHORT: ("HO", "cohort"),
    Design.CASE_CONTROL: ("HO", "case-control"),
    Design.SYNTHESIS_OF_OBSERVATIONAL: ("HO", "cohort"),
    Design.SYNTHESIS_OF_MIXED: ("HO", "human-design-unstated"),
    Design.UNSTATED: ("HO", "human-design-unstated"),
    Design.CROSS_SECTIONAL: ("HO", "cross-sectional"),
    Design.CASE_REPORT: ("HD", "uncontrolled"),
}

_UNJUDGED_RATINGS = (None, RATING_NOT_ASSESSABLE)

_CLASS_BY_STREAM = {"HR": 0, "HN": 0, "HO": 0, "HD": 0, "AN": 1, "IV": 2, "IS": 2}

NO_EVIDENCE_RATING = Rating(
    Certainty(Level.NONE, (Reason("1", "no work is admitted in this reading"),)), Level.NONE
)


@dataclass(frozen=True, slots=True)
class StreamRating:
    """One stream's (S, R): `level` before it is turned into support or refutation."""

    stream: str
    level: int
    lowest_level: int
    highest_level: int
    support_level: int
    refute_level: int
    flags: tuple[str, ...]
    reasons: tuple[Reason, ...]
    start_level: int = 0
    pooling_text: str = ""
    finding: Finding | None = None
    judgements: tuple[DomainDowngrade, ...] = ()
    upgrades: tuple[Reason, ...] = ()


def appraise_summary(
    rows: tuple[Evidence, ...], context: QuestionContext, reading: Reading, profile: Profile
) -> StreamRating:
    """The rating of rows of a table that stand for one body, as any stream is rated.

    Streams that the profile rates apart are rated alone anyway.
    """
    return _rate_stream(classify_stream(rows[0]), rows, context, reading, profile)


def appraise(
    evidence: Iterable[Evidence], context: QuestionContext, profile: Profile
) -> Readings[Rating]:
    """The ratings of a body in the three readings.

    `established` admits identified works; `as_described` also the named ones as their text
    describes them; `best_case` the same as if flawless in all that is unknown. By construction
    S never falls from one reading to the next, and R of `best_case` is that of `established`.
    A body with no admitted work is NONE here; whether a link without works is granted HIGH in
    `best_case` depends on the question and is decided by the caller.
    """
    admitted = tuple(evidence)
    body = merge_reports(admitted)
    identified = merge_reports(item for item in admitted if item.is_identified)
    established = _rate_body(identified, context, Reading.ESTABLISHED, profile)
    described_rating = _rate_body(body, context, Reading.AS_DESCRIBED, profile)
    best_rating = _rate_body(body, context, Reading.BEST_CASE, profile)
    as_described = _hold_at_least(described_rating, established, described_rating.refute)
    best_case = _hold_at_least(best_rating, as_described, established.refute)
    return Readings(established, as_described, best_case)


def _hold_at_least(rating: Rating, floor: Rating, refute: Level) -> Rating:
    """The rating with the greater support, and the refutation given."""
    greater_rating = rating if rating.level >= floor.level else floor
    notes = []
    if greater_rating is not rating:
        text = f"never below the reading before it, which gives {floor.level.word}"
        notes.append(Reason("1", f"{text}; the larger body alone gives {rating.level.word}"))
    if refute != greater_rating.refute:
        refutation_origin = (
            "the larger body's" if greater_rating is not rating else "that of established"
        )
        notes.append(Reason("1", f"refutation is {refutation_origin}: {refute.word}"))
    support = Certainty(greater_rating.level, (*greater_rating.support.reasons, *notes))
    return Rating(
        support,
        refute,
        greater_rating.low,
        greater_rating.high,
        greater_rating.stream,
        greater_rating.works,
        greater_rating.flags,
    )


def _rate_body(
    body: Sequence[Evidence], context: QuestionContext, reading: Reading, profile: Profile
) -> Rating:
    apart = profile["apart"]["streams"]
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for item in body:
        stream, start_row = classify_stream(item)
        if stream not in apart:
            groups.setdefault((stream, start_row, find_separate_body(item)), []).append(item)
    if not groups:
        return NO_EVIDENCE_RATING
    stream_ratings = [
        _rate_stream((stream, start_row), tuple(items), context, reading, profile)
        for (stream, start_row, _), items in sorted(groups.items())
    ]
    return _combine_streams(stream_ratings, body)


def find_separate_body(item: Evidence) -> str:
    """The work's id where it is a synthesis whose authors rated it: a body of its own."""
    return item.work if item.design in SYNTHESIS_DESIGNS and item.finding.judgements else ""


def classify_stream(item: Evidence) -> tuple[str, str]:
    """Stream and row of the start-level table that a work belongs to."""
    if item.system is System.IN_SILICO:
        return "IS", "bench"
    if item.is_bench:
        return "IV", "bench"
    if item.system is System.ANIMAL:
        return "AN", "animal"
    return _STREAM_AND_ROW_BY_DESIGN[item.design]


def _combine_streams(stream_ratings: Sequence[StreamRating], body: Sequence[Evidence]) -> Rating:
    """The highest stream, less one where another within one level says the opposite.

    Refutation by a stream of a stronger class stays: were it gone, a work on animals would let
    chains count that a work on people has ruled out.
    """
    lead = max(stream_ratings, key=_rank_stream)
    support, refute, flags = lead.support_level, lead.refute_level, set(lead.flags)
    reasons = list(lead.reasons)
    if any(_is_opposite(lead, other) for other in stream_ratings if other is not lead):
        support, refute = (max(1, value - 1) if value else 0 for value in (support, refute))
        flags.add("contested between streams")
        text = (
            "another stream within one level says the opposite: "
            f"support {Level(support).word}, refutation {Level(refute).word}"
        )
        reasons.append(Reason("6", text, support - lead.support_level))
    strongest_refutation = max(
        (
            stream_rating.refute_level
            for stream_rating in stream_ratings
            if _CLASS_BY_STREAM[stream_rating.stream] < _CLASS_BY_STREAM[lead.stream]
        ),
        default=0,
    )
    if strongest_refutation > refute:
        refute = strongest_refutation
        text = (
            f"refutation by a stronger class of evidence stays: {Level(strongest_refutation).word}"
        )
        reasons.append(Reason("6", text))
    reasons += [_other_stream_reason(other) for other in stream_ratings if other is not lead]
    certainty = Certainty(Level(support), tuple(reasons))
    works = tuple(item.work for item in body)
    low, high = (Level(min(lead.lowest_level, support)), Level(max(lead.highest_level, support)))
    return Rating(certainty, Level(refute), low, high, lead.stream, works, tuple(sorted(flags)))


def _rank_stream(stream_rating: StreamRating) -> tuple[int, ...]:
    """Sort key of the stream that leads; of equals one that refutes, then one that is less sure."""
    high = max(stream_rating.support_level, stream_rating.refute_level)
    stream = -STREAM_ORDER.index(stream_rating.stream)
    return (
        high,
        stream,
        stream_rating.level,
        stream_rating.refute_level,
        -stream_rating.support_level,
        -stream_rating.lowest_level,
        stream_rating.highest_level,
    )


def _other_stream_reason(other: StreamRating) -> Reason:
    """What a stream says that did not set the level."""
    text = (
        f"{other.reasons[0].text}, support {Level(other.support_level).word}, refutation "
        f"{Level(other.refute_level).word}: bodies never add"
    )
    return Reason("6", f"beside it {text}", subject=other.stream)


def _is_opposite(a: StreamRating, b: StreamRating) -> bool:
    """Whether `b` says the opposite of `a` within one level.

    Animal and bench streams do not contest people, nor bench streams animals: otherwise weak work
    that cancels other weak work would raise a grade, and volume would count.
    """
    if _CLASS_BY_STREAM[b.stream] > _CLASS_BY_STREAM[a.stream]:
        return False
    if a.support_level > a.refute_level and b.refute_level > b.support_level:
        return a.support_level - b.refute_level <= 1
    if a.refute_level > a.support_level and b.support_level > b.refute_level:
        return a.refute_level - b.support_level <= 1
    return False


def _rate_stream(
    key: tuple[str, str],
    body: tuple[Evidence, ...],
    context: QuestionContext,
    reading: Reading,
    profile: Profile,
) -> StreamRating:
    stream, start_row = key
    pooled_body = pool_body(body, profile)
    start = _find_start_level(start_row, body, reading is Reading.BEST_CASE, profile)
    judged = _judge_domains(start_row, pooled_body, context, reading, profile)
    downs = sum(j.change for j in judged)
    ups = _list_upgrades(stream, pooled_body.items, downs, profile)
    level_sum = start + downs + sum(upgrade.change for upgrade in ups)
    level = _clamp_level(level_sum)
    worst_sum, best_sum = sum(j.worst for j in judged), sum(j.best for j in judged)
    least_upgrade = sum(
        upgrade.change for upgrade in _list_upgrades(stream, pooled_body.items, worst_sum, profile)
    )
    low = _clamp_level(start + worst_sum + least_upgrade)
    high = _clamp_level(
        start + best_sum + _sum_highest_upgrades(stream, pooled_body.items, best_sum, profile)
    )
    verdict = body_verdict(pooled_body.items, level, profile)
    reasons = (
        _start_reason(start_row, start, stream, body, profile),
        *((pooled_body.reason,) if pooled_body.reason else ()),
        *_describe_weights(pooled_body, context, reading, profile),
        *(Reason("5", f"{j.domain}: {j.text}", j.change, "", j.basis, j.sources) for j in judged),
        *ups,
        *_clamp_reason(level_sum, level),
        Reason(
            "6",
            f"{verdict.text}: support {Level(verdict.support_level).word}, "
            f"refutation {Level(verdict.refute_level).word}",
            verdict.support_level - level,
        ),
    )
    return StreamRating(
        *(
            stream,
            level,
            min(low, level),
            max(high, level),
            verdict.support_level,
            verdict.refute_level,
        ),
        *((*verdict.flags, *list_concern_flags(pooled_body.weighted_items, profile)), reasons),
        start_level=start,
        pooling_text=pooled_body.reason.text if pooled_body.reason else "",
        finding=pooled_body.items[0].finding if len(pooled_body.items) == 1 else None,
        judgements=judged,
        upgrades=ups,
    )


def _start_reason(
    start_row: str, start: int, stream: str, body: Sequence[Evidence], profile: Profile
) -> Reason:
    basis = f"start levels of profile {profile.name} {profile.version}"
    sources = profile.list_sources(f"start.{start_row}")
    if find_stated_rating("start_level", body) is not None:
        basis, sources = "a start that is given stands", ()
    elif start != profile["start"][start_row]:
        basis, sources = "granted in the best case: as if the missing word were the best design", ()
    text = f"{start_row.replace('-', ' ')}: starts {Level(start).word}"
    return Reason("4", text, start, stream, basis, sources)


_VOTE_WORDS = {1: "for", -1: "against", 0: "no clear effect", None: "mixed"}


def _describe_weights(
    pooled_body: PooledBody, context: QuestionContext, reading: Reading, profile: Profile
) -> tuple[Reason, ...]:
    """Weight, vote, bias and facets of each work, where there are several: what shares are of."""
    parts = pooled_body.weighted_items
    if len(parts) < 2:
        return ()
    facets = sum_facets(parts, context, reading, profile)
    work_texts = []
    for item, weight, facet_sum in zip(parts, compute_weights(parts), facets, strict=True):
        bias = find_bias(item, profile)
        work_texts.append(
            f"{item.work} {weight:.3g} ({_VOTE_WORDS[find_vote(item)]}, bias {bias or 'not told'}, "
            f"facets {facet_sum:g})"
        )
    basis = "weights are participants, or studies where those of one work are unknown"
    if all(item.weight is not None for item in parts):
        basis = "weights are those of the pooling"
    elif any(item.design in SYNTHESIS_DESIGNS for item in parts):
        basis += "; syntheses that may share studies weigh as the largest of them"
    return (Reason("5", f"works: {'; '.join(work_texts)}", basis=basis),)


def _clamp_reason(level_sum: int, level: int) -> tuple[Reason, ...]:
    """The step that keeps a sum within the levels, where it leaves them."""
    if level_sum == level:
        return ()
    bound = "never below very low, for evidence is offered" if level_sum < level else "high at most"
    return (Reason("6", f"the sum is {level_sum}: {bound}", level - level_sum),)


def _clamp_level(level_sum: int) -> int:
    return max(1, min(4, level_sum))


def _find_start_level(
    start_row: str, body: Sequence[Evidence], generous: bool, profile: Profile
) -> int:
    """Start level of a row; in `best_case` a missing design word is read as the best design."""
    stated_level = find_stated_rating("start_level", body)
    if stated_level is not None:
        return stated_level
    best_case_starts: dict[str, int] = profile["start_best_case"]
    if generous and start_row in best_case_starts and all(item.is_allocatable for item in body):
        return best_case_starts[start_row]
    start: int = profile["start"][start_row]
    return start


def _judge_domains(
    start_row: str,
    pooled_body: PooledBody,
    context: QuestionContext,
    reading: Reading,
    profile: Profile,
) -> tuple[DomainDowngrade, ...]:
    generous = reading is Reading.BEST_CASE
    return (
        _judge_bias(start_row, pooled_body.weighted_items, generous, profile),
        domains.judge_inconsistency(pooled_body.items, profile),
        judge_indirectness(pooled_body.weighted_items, context, reading, profile),
        judge_imprecision(pooled_body.items, generous, profile),
        domains.judge_publication_bias(pooled_body.items, pooled_body.weighted_items, profile),
    )


def _judge_bias(
    start_row: str, body: Sequence[Evidence], generous: bool, profile: Profile
) -> DomainDowngrade:
    """Risk of bias; at least serious for some designs, unless somebody judged it."""
    bias = domains.judge_risk_of_bias(body, generous, profile)
    is_at_least_serious = start_row in profile["at_least_serious_bias"]["designs"]
    if (
        not is_at_least_serious
        or bias.best <= -1
        or find_stated_rating("risk_of_bias", body) not in _UNJUDGED_RATINGS
    ):
        return bias
    return replace(
        bias,
        change=min(-1, bias.change),
        worst=min(-1, bias.worst),
        best=bias.best if body[0].is_summary else -1,  # who read the studies may judge otherwise
        text=f"{bias.text}; at least serious for this design",
    )


def _list_upgrades(
    stream: str, body: Sequence[Evidence], downs: int, profile: Profile
) -> tuple[Reason, ...]:
    """Levels added for a large effect, dose-response and opposing confounding (G9).

    `strict`: non-randomised human streams with no downgrade only.
    """
    if profile["upgrade"] == "strict" and (stream not in ("HN", "HO") or downs < 0):
        return ()
    rule, sources = profile["upgrades"], profile.list_sources("upgrades")
    upgrade_changes = []
    effect = min(_grade_effect_size(item, rule) for item in body)
    if effect:
        upgrade_changes.append(("large effect", effect))
    if all(item.finding.dose_response for item in body):
        upgrade_changes.append(("dose-response gradient", 1))
    if all(item.finding.opposing_confounding for item in body):
        upgrade_changes.append(("opposing residual confounding", 1))
    lowest, highest = rule["ratio_large"], rule["ratio_very_large"]
    basis = (
        f"{profile['upgrade']} upgrades; an effect is large from a ratio of {lowest:g} or "
        f"{1 / lowest:g}, very large from {highest:g} or {1 / highest:g}"
    )
    return tuple(Reason("6", text, change, "", basis, sources) for text, change in upgrade_changes)


def _sum_highest_upgrades(
    stream: str, body: Sequence[Evidence], downs: int, profile: Profile
) -> int:
    """Levels added if everything that a summary leaves open about upgrades were there."""
    if not body[0].is_summary:
        return sum(upgrade.change for upgrade in _list_upgrades(stream, body, downs, profile))
    finding = body[0].finding
    judged_domains = {j.domain for j in finding.judgements if j.rating != RATING_NOT_ASSESSABLE}
    open_size = find_stated_rating("large_effect", body) == RATING_NOT_ASSESSABLE
    has_size = "large_effect" in judged_domains or (finding.estimate is not None and not open_size)
    hopeful = replace(
        finding,
        large_effect=finding.large_effect if has_size else profile["upgrades"]["very_large"],
        dose_response=finding.dose_response or "dose_response" not in judged_domains,
        opposing_confounding=finding.opposing_confounding
        or "opposing_confounding" not in judged_domains,
    )
    upgrade_reasons = _list_upgrades(stream, (replace(body[0], finding=hopeful),), downs, profile)
    return sum(upgrade.change for upgrade in upgrade_reasons)


def _grade_effect_size(item: Evidence, rule: dict[str, float]) -> int:
    finding = item.finding
    stated_rating = find_stated_rating("large_effect", (item,))
    if stated_rating is not None:
        return finding.large_effect if stated_rating == RATING_NOT_ASSESSABLE else stated_rating
    if finding.large_effect:
        return finding.large_effect
    if not is_ratio(finding) or not finding.estimate:
        return 0
    ratio = max(finding.estimate, 1 / finding.estimate)
    if ratio >= rule["ratio_very_large"]:
        return int(rule["very_large"])
    return int(rule["large"]) if ratio >= rule["ratio_large"] else 0
