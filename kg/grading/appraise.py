"""A body of evidence on one link -> support S and refutation R, with every step of the way.

grading.md sections 3 to 6. Streams are graded alone and never add: the highest level is the
rating, and an opposite verdict in another stream within one level costs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.grading import domains
from kg.grading.evidence import RATIOS, Context, Evidence, deduplicated, vote
from kg.grading.indirectness import facet_sums, indirectness
from kg.grading.judgement import NOT_ASSESSABLE, Judgement, stated
from kg.grading.pooling import Pooled, pooled
from kg.grading.profiles import Profile
from kg.grading.verdict import said
from kg.grading.weights import weights
from kg.model import (
    SYNTHESES,
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

_NOT_JUDGED = (None, NOT_ASSESSABLE)

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
    pooled: str = ""
    finding: Finding | None = None
    judged: tuple[Judgement, ...] = ()
    ups: tuple[Reason, ...] = ()


def appraise_summary(
    rows: tuple[Evidence, ...], context: Context, reading: Reading, profile: Profile
) -> StreamRating:
    """The rating of rows of a table that stand for one body, as any stream is rated.

    Streams that the profile rates apart are rated alone anyway.
    """
    return _stream(stream_of(rows[0]), rows, context, reading, profile)


def appraise(evidence: Iterable[Evidence], context: Context, profile: Profile) -> Readings[Rating]:
    """The ratings of a body in the three readings.

    `established` admits identified works; `as_described` also the named ones as their text
    describes them; `best_case` the same as if flawless in all that is unknown. By construction
    S never falls from one reading to the next, and R of `best_case` is that of `established`.
    A body with no admitted work is NONE here; whether a link without works is granted HIGH in
    `best_case` depends on the question and is decided by the caller.
    """
    admitted = tuple(evidence)
    body = deduplicated(admitted)
    identified = deduplicated(item for item in admitted if item.identified)
    established = _rate(identified, context, Reading.ESTABLISHED, profile)
    described = _rate(body, context, Reading.AS_DESCRIBED, profile)
    granted = _rate(body, context, Reading.BEST_CASE, profile)
    as_described = _at_least(described, established, described.refute)
    best = _at_least(granted, as_described, established.refute)
    return Readings(established, as_described, best)


def _at_least(rating: Rating, floor: Rating, refute: Level) -> Rating:
    """The rating with the greater support, and the refutation given."""
    kept = rating if rating.level >= floor.level else floor
    notes = []
    if kept is not rating:
        text = f"never below the reading before it, which gives {floor.level.word}"
        notes.append(Reason("1", f"{text}; the larger body alone gives {rating.level.word}"))
    if refute != kept.refute:
        said = "the larger body's" if kept is not rating else "that of established"
        notes.append(Reason("1", f"refutation is {said}: {refute.word}"))
    support = Certainty(kept.level, (*kept.support.reasons, *notes))
    return Rating(support, refute, kept.low, kept.high, kept.stream, kept.works, kept.flags)


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
    """The highest stream, less one where another within one level says the opposite.

    Refutation by a stream of a stronger class stays: were it gone, a work on animals would let
    chains count that a work on people has ruled out.
    """
    lead = max(rated, key=_rank)
    support, refute, flags = lead.support, lead.refute, set(lead.flags)
    reasons = list(lead.reasons)
    if any(_opposite(lead, other) for other in rated if other is not lead):
        support, refute = (max(1, value - 1) if value else 0 for value in (support, refute))
        flags.add("contested between streams")
        text = (
            "another stream within one level says the opposite: "
            f"support {Level(support).word}, refutation {Level(refute).word}"
        )
        reasons.append(Reason("6", text, support - lead.support))
    held = max((o.refute for o in rated if _CLASSES[o.stream] < _CLASSES[lead.stream]), default=0)
    if held > refute:
        refute = held
        text = f"refutation by a stronger class of evidence stays: {Level(held).word}"
        reasons.append(Reason("6", text))
    reasons += [_beside(other) for other in rated if other is not lead]
    certainty = Certainty(Level(support), tuple(reasons))
    works = tuple(item.work for item in body)
    low, high = (Level(min(lead.low, support)), Level(max(lead.high, support)))
    return Rating(certainty, Level(refute), low, high, lead.stream, works, tuple(sorted(flags)))


def _rank(rated: StreamRating) -> tuple[int, ...]:
    """Sort key of the stream that leads; of equals one that refutes, then one that is less sure."""
    high = max(rated.support, rated.refute)
    stream = -STREAMS.index(rated.stream)
    return high, stream, rated.level, rated.refute, -rated.support, -rated.low, rated.high


def _beside(other: StreamRating) -> Reason:
    """What a stream says that did not set the level."""
    text = (
        f"{other.reasons[0].text}, support {Level(other.support).word}, refutation "
        f"{Level(other.refute).word}: bodies never add"
    )
    return Reason("6", f"beside it {text}", subject=other.stream)


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
    given = pooled(body, profile)
    start = _start(row, body, reading is Reading.BEST_CASE, profile)
    judged = _judge(row, given, context, reading, profile)
    downs = sum(j.change for j in judged)
    ups = _upgrades(stream, given.body, downs, profile)
    total = start + downs + sum(up.change for up in ups)
    level = _clamp(total)
    worst, best = sum(j.worst for j in judged), sum(j.best for j in judged)
    least = sum(up.change for up in _upgrades(stream, given.body, worst, profile))
    low = _clamp(start + worst + least)
    high = _clamp(start + best + _highest_upgrades(stream, given.body, best, profile))
    verdict = said(given.body, level, profile)
    reasons = (
        _started(row, start, stream, body, profile),
        *((given.reason,) if given.reason else ()),
        *_weighed(given, context, reading, profile),
        *(Reason("5", f"{j.domain}: {j.text}", j.change, "", j.basis, j.sources) for j in judged),
        *ups,
        *_held(total, level),
        Reason(
            "6",
            f"{verdict.text}: support {Level(verdict.support).word}, "
            f"refutation {Level(verdict.refute).word}",
            verdict.support - level,
        ),
    )
    return StreamRating(
        *(stream, level, min(low, level), max(high, level), verdict.support, verdict.refute),
        *(verdict.flags, reasons),
        start=start,
        pooled=given.reason.text if given.reason else "",
        finding=given.body[0].finding if len(given.body) == 1 else None,
        judged=judged,
        ups=ups,
    )


def _started(
    row: str, start: int, stream: str, body: Sequence[Evidence], profile: Profile
) -> Reason:
    basis = f"start levels of profile {profile.name} {profile.version}"
    sources = profile.cited(f"start.{row}")
    if stated("start_level", body) is not None:
        basis, sources = "a start that is given stands", ()
    elif start != profile["start"][row]:
        basis, sources = "granted in the best case: as if the missing word were the best design", ()
    text = f"{row.replace('-', ' ')}: starts {Level(start).word}"
    return Reason("4", text, start, stream, basis, sources)


_VOTES = {1: "for", -1: "against", 0: "no clear effect", None: "mixed"}


def _weighed(
    given: Pooled, context: Context, reading: Reading, profile: Profile
) -> tuple[Reason, ...]:
    """Weight, vote, bias and facets of each work, where there are several: what shares are of."""
    parts = given.parts
    if len(parts) < 2:
        return ()
    facets = facet_sums(parts, context, reading, profile)
    told = []
    for item, weight, sum_ in zip(parts, weights(parts), facets, strict=True):
        bias = item.finding.risk_of_bias
        told.append(
            f"{item.work} {weight:.3g} ({_VOTES[vote(item)]}, bias {bias or 'not told'}, "
            f"facets {sum_:g})"
        )
    basis = "weights are participants, or studies where those of one work are unknown"
    if all(item.weight is not None for item in parts):
        basis = "weights are those of the pooling"
    elif any(item.design in SYNTHESES for item in parts):
        basis += "; syntheses that may share studies weigh as the largest of them"
    return (Reason("5", f"works: {'; '.join(told)}", basis=basis),)


def _held(total: int, level: int) -> tuple[Reason, ...]:
    """The step that keeps a sum within the levels, where it leaves them."""
    if total == level:
        return ()
    bound = "never below very low, for evidence is offered" if total < level else "high at most"
    return (Reason("6", f"the sum is {total}: {bound}", level - total),)


def _clamp(level: int) -> int:
    return max(1, min(4, level))


def _start(row: str, body: Sequence[Evidence], generous: bool, profile: Profile) -> int:
    """Start level of a row; in `best_case` a missing design word is read as the best design."""
    given = stated("start_level", body)
    if given is not None:
        return given
    granted: dict[str, int] = profile["start_best_case"]
    if generous and row in granted and all(item.allocatable for item in body):
        return granted[row]
    start: int = profile["start"][row]
    return start


def _judge(
    row: str,
    given: Pooled,
    context: Context,
    reading: Reading,
    profile: Profile,
) -> tuple[Judgement, ...]:
    generous = reading is Reading.BEST_CASE
    return (
        _bias(row, given.parts, generous, profile),
        domains.inconsistency(given.body, profile),
        indirectness(given.parts, context, reading, profile),
        domains.imprecision(given.body, generous, profile),
        domains.publication_bias(given.body, given.parts, profile),
    )


def _bias(row: str, body: Sequence[Evidence], generous: bool, profile: Profile) -> Judgement:
    """Risk of bias; at least serious for some designs, unless somebody judged it."""
    bias = domains.risk_of_bias(body, generous, profile)
    least = row in profile["at_least_serious_bias"]["designs"]
    if not least or bias.best <= -1 or stated("risk_of_bias", body) not in _NOT_JUDGED:
        return bias
    return replace(
        bias,
        change=min(-1, bias.change),
        worst=min(-1, bias.worst),
        best=bias.best if body[0].summary else -1,  # who read the studies may judge otherwise
        text=f"{bias.text}; at least serious for this design",
    )


def _upgrades(
    stream: str, body: Sequence[Evidence], downs: int, profile: Profile
) -> tuple[Reason, ...]:
    """Levels added for a large effect, dose-response and opposing confounding (G9).

    `strict`: non-randomised human streams with no downgrade only.
    """
    if profile["upgrade"] == "strict" and (stream not in ("HN", "HO") or downs < 0):
        return ()
    rule, sources = profile["upgrades"], profile.cited("upgrades")
    found = []
    effect = min(_size(item, rule) for item in body)
    if effect:
        found.append(("large effect", effect))
    if all(item.finding.dose_response for item in body):
        found.append(("dose-response gradient", 1))
    if all(item.finding.opposing_confounding for item in body):
        found.append(("opposing residual confounding", 1))
    lowest, highest = rule["ratio_large"], rule["ratio_very_large"]
    basis = (
        f"{profile['upgrade']} upgrades; an effect is large from a ratio of {lowest:g} or "
        f"{1 / lowest:g}, very large from {highest:g} or {1 / highest:g}"
    )
    return tuple(Reason("6", text, change, "", basis, sources) for text, change in found)


def _highest_upgrades(stream: str, body: Sequence[Evidence], downs: int, profile: Profile) -> int:
    """Levels added if everything that a summary leaves open about upgrades were there."""
    if not body[0].summary:
        return sum(up.change for up in _upgrades(stream, body, downs, profile))
    finding = body[0].finding
    known = {j.domain for j in finding.judgements if j.rating != NOT_ASSESSABLE}
    open_size = stated("large_effect", body) == NOT_ASSESSABLE
    sized = "large_effect" in known or (finding.estimate is not None and not open_size)
    hopeful = replace(
        finding,
        large_effect=finding.large_effect if sized else profile["upgrades"]["very_large"],
        dose_response=finding.dose_response or "dose_response" not in known,
        opposing_confounding=finding.opposing_confounding or "opposing_confounding" not in known,
    )
    found = _upgrades(stream, (replace(body[0], finding=hopeful),), downs, profile)
    return sum(up.change for up in found)


def _size(item: Evidence, rule: dict[str, float]) -> int:
    finding = item.finding
    given = stated("large_effect", (item,))
    if given is not None:
        return finding.large_effect if given == NOT_ASSESSABLE else given
    if finding.large_effect:
        return finding.large_effect
    if finding.measure not in RATIOS or not finding.estimate:
        return 0
    ratio = max(finding.estimate, 1 / finding.estimate)
    if ratio >= rule["ratio_very_large"]:
        return int(rule["very_large"])
    return int(rule["large"]) if ratio >= rule["ratio_large"] else 0
