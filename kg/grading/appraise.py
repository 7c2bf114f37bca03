"""A body of evidence on one link -> support S and refutation R, with every step of the way.

grading.md sections 3 to 6. Streams are graded alone and never add: the highest level is the
rating, and an opposite verdict in another stream within one level costs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.grading import domains
from kg.grading.domains import Judgement
from kg.grading.evidence import RATIOS, Context, Evidence, deduplicated, vote
from kg.grading.profiles import Profile
from kg.model import (
    SYNTHESES,
    Certainty,
    Design,
    Level,
    Rating,
    Reading,
    Readings,
    Reason,
    System,
)
from kg.model.record import dataclass, replace

STREAMS = ("HR", "HN", "HO", "HD", "AN", "IV", "IS")

_ROWS: dict[Design, tuple[str, str]] = {
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

_NOT_JUDGED = (None, domains.NOT_ASSESSABLE)

_CLASSES = {"HR": 0, "HN": 0, "HO": 0, "HD": 0, "AN": 1, "IV": 2, "IS": 2}

NOTHING = Rating(
    Certainty(Level.NONE, (Reason("1", "no work is admitted in this reading"),)), Level.NONE
)


@dataclass(frozen=True, slots=True)
class StreamRating:
    """One stream's (S, R): `level` before it is turned into support or refutation."""

    stream: str
    level: int
    low: int
    high: int
    support: int
    refute: int
    flags: tuple[str, ...]
    reasons: tuple[Reason, ...]
    start: int = 0
    judged: tuple[Judgement, ...] = ()
    ups: tuple[Reason, ...] = ()


def appraise_summary(
    item: Evidence, context: Context, reading: Reading, profile: Profile
) -> StreamRating:
    """The rating of one row of a table that stands for a body, as any stream is rated.

    Streams that the profile rates apart are rated alone anyway.
    """
    return _stream(stream_of(item), (item,), context, reading, profile)


def appraise(evidence: Iterable[Evidence], context: Context, profile: Profile) -> Readings[Rating]:
    """The ratings of a body in the three readings.

    `established` admits identified works; `as_described` also the named ones as their text
    describes them; `best_case` the same as if flawless in all that is unknown. By construction
    S never falls from one reading to the next, and R of `best_case` is that of `established`.
    A body with no admitted work is NONE here; whether a link without works is granted HIGH in
    `best_case` depends on the question and is decided by the caller.
    """
    body = deduplicated(evidence)
    identified = tuple(item for item in body if item.identified)
    established = _rate(identified, context, Reading.ESTABLISHED, profile)
    described = _rate(body, context, Reading.AS_DESCRIBED, profile)
    granted = _rate(body, context, Reading.BEST_CASE, profile)
    as_described = _at_least(described, established, described.refute)
    best = _at_least(granted, as_described, established.refute)
    return Readings(established, as_described, best)


def _at_least(rating: Rating, floor: Rating, refute: Level) -> Rating:
    """The rating with the greater support, and the refutation given."""
    kept = rating if rating.level >= floor.level else floor
    return Rating(kept.support, refute, kept.low, kept.high, kept.stream, kept.works, kept.flags)


def _rate(body: Sequence[Evidence], context: Context, reading: Reading, profile: Profile) -> Rating:
    apart = profile["apart"]["streams"]
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for item in body:
        stream, row = stream_of(item)
        if stream not in apart:
            groups.setdefault((stream, row, rated_alone(item)), []).append(item)
    if not groups:
        return NOTHING
    rated = [
        _stream((stream, row), tuple(items), context, reading, profile)
        for (stream, row, _), items in sorted(groups.items())
    ]
    return _combine(rated, body)


def rated_alone(item: Evidence) -> str:
    """The work's id where it is a synthesis whose authors rated it: a body of its own."""
    return item.work if item.design in SYNTHESES and item.finding.judgements else ""


def stream_of(item: Evidence) -> tuple[str, str]:
    """Stream and row of the start-level table that a work belongs to."""
    if item.system is System.IN_SILICO:
        return "IS", "bench"
    if item.bench:
        return "IV", "bench"
    if item.system is System.ANIMAL:
        return "AN", "animal"
    return _ROWS[item.design]


def _combine(rated: Sequence[StreamRating], body: Sequence[Evidence]) -> Rating:
    """The highest stream, less one where another within one level says the opposite."""
    lead = max(rated, key=lambda r: (max(r.support, r.refute), -STREAMS.index(r.stream), r.level))
    support, refute, flags = lead.support, lead.refute, set(lead.flags)
    reasons = list(lead.reasons)
    if any(_opposite(lead, other) for other in rated if other is not lead):
        support, refute = (max(1, value - 1) if value else 0 for value in (support, refute))
        flags.add("contested between streams")
        reasons.append(Reason("6", "another stream within one level says the opposite", -1))
    certainty = Certainty(Level(support), tuple(reasons))
    works = tuple(item.work for item in body)
    low, high = (Level(min(lead.low, support)), Level(max(lead.high, support)))
    return Rating(certainty, Level(refute), low, high, lead.stream, works, tuple(sorted(flags)))


def _opposite(a: StreamRating, b: StreamRating) -> bool:
    """Whether `b` says the opposite of `a` within one level.

    Animal and bench streams do not contest people, nor bench streams animals: otherwise weak work
    that cancels other weak work would raise a grade, and volume would count.
    """
    if _CLASSES[b.stream] > _CLASSES[a.stream]:
        return False
    if a.support > a.refute and b.refute > b.support:
        return a.support - b.refute <= 1
    if a.refute > a.support and b.support > b.refute:
        return a.refute - b.support <= 1
    return False


def _stream(
    key: tuple[str, str],
    body: tuple[Evidence, ...],
    context: Context,
    reading: Reading,
    profile: Profile,
) -> StreamRating:
    stream, row = key
    generous = reading is Reading.BEST_CASE
    start = _start(row, body, generous, profile)
    judged = _judge(row, body, context, reading, profile)
    downs = sum(j.change for j in judged)
    ups, up_reasons = _upgrades(stream, body, downs, profile)
    level = _clamp(start + downs + ups)
    worst, best = sum(j.worst for j in judged), sum(j.best for j in judged)
    low = _clamp(start + worst + _upgrades(stream, body, worst, profile)[0])
    high = _clamp(start + best + _highest_upgrades(stream, body, best, profile))
    support, refute, flags = _verdict(body, level, profile)
    reasons = (
        Reason("4", f"{row.replace('-', ' ')}: starts {Level(start).word}", start, stream),
        *(Reason("5", f"{j.domain}: {j.text}", j.change) for j in judged),
        *up_reasons,
        *(Reason("6", flag) for flag in flags),
    )
    return StreamRating(
        *(stream, level, min(low, level), max(high, level), support, refute, flags, reasons),
        start=start,
        judged=judged,
        ups=up_reasons,
    )


def _clamp(level: int) -> int:
    return max(1, min(4, level))


def _start(row: str, body: Sequence[Evidence], generous: bool, profile: Profile) -> int:
    """Start level of a row; in `best_case` a missing design word is read as the best design."""
    given = domains.stated("start_level", body)
    if given is not None:
        return given
    granted: dict[str, int] = profile["start_best_case"]
    if generous and row in granted and all(item.allocatable for item in body):
        return granted[row]
    start: int = profile["start"][row]
    return start


def _judge(
    row: str,
    body: tuple[Evidence, ...],
    context: Context,
    reading: Reading,
    profile: Profile,
) -> tuple[Judgement, ...]:
    generous = reading is Reading.BEST_CASE
    bias = domains.risk_of_bias(body, generous, profile)
    least = row in profile["at_least_serious_bias"]["designs"]
    if least and bias.best > -1 and domains.stated("risk_of_bias", body) in _NOT_JUDGED:
        text = f"{bias.text}; at least serious for this design"
        best = bias.best if body[0].summary else -1  # who read the studies may judge otherwise
        bias = Judgement(bias.domain, min(-1, bias.change), min(-1, bias.worst), best, text)
    return (
        bias,
        domains.inconsistency(body, profile),
        domains.indirectness(body, context, reading, profile),
        domains.imprecision(body, generous, profile),
        domains.publication_bias(body, profile),
    )


def _upgrades(
    stream: str, body: Sequence[Evidence], downs: int, profile: Profile
) -> tuple[int, tuple[Reason, ...]]:
    """Levels added for a large effect, dose-response and opposing confounding (G9).

    `strict`: non-randomised human streams with no downgrade only.
    """
    if profile["upgrade"] == "strict" and (stream not in ("HN", "HO") or downs < 0):
        return 0, ()
    rule = profile["upgrades"]
    reasons = []
    effect = min(_size(item, rule) for item in body)
    if effect:
        reasons.append(Reason("6", "large effect", effect))
    if all(item.finding.dose_response for item in body):
        reasons.append(Reason("6", "dose-response gradient", 1))
    if all(item.finding.opposing_confounding for item in body):
        reasons.append(Reason("6", "opposing residual confounding", 1))
    return sum(r.change for r in reasons), tuple(reasons)


def _highest_upgrades(stream: str, body: Sequence[Evidence], downs: int, profile: Profile) -> int:
    """Levels added if everything that a summary leaves open about upgrades were there."""
    if not body[0].summary:
        return _upgrades(stream, body, downs, profile)[0]
    finding = body[0].finding
    known = {j.domain for j in finding.judgements if j.rating != domains.NOT_ASSESSABLE}
    open_size = domains.stated("large_effect", body) == domains.NOT_ASSESSABLE
    sized = "large_effect" in known or (finding.estimate is not None and not open_size)
    hopeful = replace(
        finding,
        large_effect=finding.large_effect if sized else profile["upgrades"]["very_large"],
        dose_response=finding.dose_response or "dose_response" not in known,
        opposing_confounding=finding.opposing_confounding or "opposing_confounding" not in known,
    )
    return _upgrades(stream, (replace(body[0], finding=hopeful),), downs, profile)[0]


def _size(item: Evidence, rule: dict[str, float]) -> int:
    finding = item.finding
    given = domains.stated("large_effect", (item,))
    if given is not None:
        return finding.large_effect if given == domains.NOT_ASSESSABLE else given
    if finding.large_effect:
        return finding.large_effect
    if finding.measure not in RATIOS or not finding.estimate:
        return 0
    ratio = max(finding.estimate, 1 / finding.estimate)
    if ratio >= rule["ratio_very_large"]:
        return int(rule["very_large"])
    return int(rule["large"]) if ratio >= rule["ratio_large"] else 0


def _verdict(
    body: Sequence[Evidence], level: int, profile: Profile
) -> tuple[int, int, tuple[str, ...]]:
    """(S, R) and flags of a stream at a level (grading.md section 6, the table)."""
    if len(body) == 1:
        return _single(body[0], level, profile)
    total = sum(domains.weights(body))
    share = dict.fromkeys((1, -1, 0, None), 0.0)
    for item, weight in zip(body, domains.weights(body), strict=True):
        share[vote(item)] += weight / total
    agreement = profile["inconsistency"]["agreement"]
    if share[1] >= agreement:
        return level, 0, ()
    if share[-1] >= agreement:
        return 0, level, ()
    if share[0] >= agreement:
        if all(_precise_null(item, profile) for item in body if vote(item) == 0):
            return 0, level, ("precise null",)
        return 1, 1, ("inconclusive",)
    return min(level, 2), min(level, 2), ("contested",)


def _single(item: Evidence, level: int, profile: Profile) -> tuple[int, int, tuple[str, ...]]:
    said = vote(item)
    if said == 1:
        return level, 0, ()
    if said == -1:
        return 0, level, ()
    if said is None:
        return min(level, 2), min(level, 2), ("contested",)
    if _precise_null(item, profile):
        return 0, level, ("precise null",)
    return 1, 1, ("inconclusive",)


def _precise_null(item: Evidence, profile: Profile) -> bool:
    """Whether the interval lies inside the range of no appreciable effect and the size suffices.

    Where the authors of a synthesis judged its imprecision, their judgement stands for the size: it
    has been paid for in that domain, and a body that they hold to be too small is rated down twice.
    """
    finding, rule = item.finding, profile["imprecision"]
    low, high = domains.appreciable(finding, rule)
    if None in (low, high, finding.ci_low, finding.ci_high):
        return False
    inside = low <= finding.ci_low and finding.ci_high <= high  # type: ignore[operator]
    events, n = finding.events, finding.n
    met = events >= rule["events"] if events is not None else (n or 0) >= rule["participants"]
    judged = domains.stated("imprecision", (item,))
    return inside and (met if judged in _NOT_JUDGED else judged < 2)
