"""Rows of summary tables rated, and whether a published certainty follows from its own judgements.

grading.md section 17: what contradicts its own judgements is reported as such, never fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from kg.grading.appraise import StreamRating, appraise_summary
from kg.grading.evidence import Context, Evidence
from kg.grading.judgement import NOT_ASSESSABLE, WORST, stated
from kg.grading.profiles import Profile
from kg.model import DomainJudgement, Finding, Level, Reading
from kg.model.record import dataclass, replace

DOMAINS = tuple(WORST)
UPGRADES = ("large_effect", "dose_response", "opposing_confounding")
JUDGED_BY = "the table"
PEOPLE = Context(human=True)
_COUNTS = {1: "one level", 2: "two levels", 3: "three levels"}


class Follows(StrEnum):
    """Whether a published certainty follows from the judgements beside it."""

    YES = "follows"
    MAY = "may follow"
    NO = "does not follow"


@dataclass(frozen=True, slots=True)
class Replay:
    """A published certainty held against the row's own judgements, numbers left aside.

    `low` and `high` bound what the judgements allow; `step` says which single change of the rules
    or judgements would give the published level.
    """

    follows: Follows
    low: Level
    high: Level
    step: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """One row of a table, or the rows of its studies, and the certainty that was published."""

    line: int
    outcome: str
    words: str
    rows: tuple[Evidence, ...]
    published: Level | None = None

    @property
    def evidence(self) -> Evidence:
        """The first row."""
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Appraised:
    """A body and its rating."""

    body: Body
    rating: StreamRating
    replay: Replay | None = None

    @property
    def level(self) -> Level:
        """The level of the body."""
        return Level(self.rating.level)

    @property
    def finding(self) -> Finding:
        """The numbers of the body: those of its row, or what its studies were pooled to."""
        return self.rating.finding or self.body.evidence.finding

    @property
    def studies(self) -> int | None:
        """How many studies there are in the body."""
        return self.finding.k if len(self.body.rows) == 1 else len(self.body.rows)

    @property
    def low(self) -> Level:
        """The lowest level that the unknown permits."""
        return Level(self.rating.low)

    @property
    def high(self) -> Level:
        """The highest level that the unknown permits."""
        return Level(self.rating.high)


class Tally:
    """Counts of how published certainties compare; filled row by row."""

    def __init__(self) -> None:
        self.rows = self.published = self.exact = self.within_one = 0
        self.follows = dict.fromkeys(Follows, 0)

    def add(self, row: Appraised) -> Appraised:
        """The row, counted."""
        self.rows += 1
        if row.body.published is not None and row.replay is not None:
            apart = abs(row.level - row.body.published)
            self.published += 1
            self.exact += apart == 0
            self.within_one += apart <= 1
            self.follows[row.replay.follows] += 1
        return row


def rated(body: Body, reading: Reading, profile: Profile) -> Appraised:
    """The body with its rating, and the replay of its published certainty where it has one."""
    rating = appraise_summary(body.rows, PEOPLE, reading, profile)
    if body.published is None:
        return Appraised(body, rating)
    whole = body.evidence
    if len(body.rows) > 1:  # bias was judged study by study: what it comes to stands for the body
        whole = _judged(whole, "risk_of_bias", -rating.judged[0].change)
    return Appraised(body, rating, replay(whole, body.published, profile))


def replay(evidence: Evidence, published: Level, profile: Profile) -> Replay:
    """Whether the published level follows from the judgements of a row alone."""
    bare = replace(evidence, finding=_without_numbers(evidence.finding))
    own = appraise_summary((bare,), PEOPLE, Reading.ESTABLISHED, profile)
    low, high = Level(own.low), Level(own.high)
    if not low <= published <= high:
        return Replay(Follows.NO, low, high, _step(bare, own, published, profile))
    return Replay(Follows.YES if low == high else Follows.MAY, low, high)


def with_upgrade(profile: Profile, upgrade: str | None) -> Profile:
    """The profile with another rule of upgrading; the same one for None."""
    if upgrade is None:
        return profile
    table = {**profile.table, "upgrade": upgrade}
    return Profile(profile.name, profile.version, profile.title, table)


def _without_numbers(finding: Finding) -> Finding:
    return Finding(
        finding.id,
        finding.exposure,
        finding.outcome,
        finding.direction,
        dose_response=finding.dose_response,
        opposing_confounding=finding.opposing_confounding,
        judgements=finding.judgements,
    )


def _step(item: Evidence, own: StreamRating, published: Level, profile: Profile) -> str:
    """The single changes that would give the published level, in words."""
    found = [*_by_upgrade(item, own, published, profile), *_by_domain(item, published, profile)]
    found += [
        f"a start at {start.word} instead of {Level(own.start).word}"
        for start in Level
        if start not in (Level.NONE, own.start)
        and _gives(_judged(item, "start_level", start), published, profile)
    ]
    if found:
        return "; or ".join(found)
    return "no single step gives it"


def _by_upgrade(
    item: Evidence, own: StreamRating, published: Level, profile: Profile
) -> Iterator[str]:
    if profile["upgrade"] == "strict" and _gives(item, published, with_upgrade(profile, "lenient")):
        why = "that was rated down" if own.stream in ("HN", "HO") else "of this design"
        yield f"an upgrade of evidence {why}, which only --upgrade lenient allows"
    for reason in own.ups:
        domain = next(d for d in UPGRADES if d.split("_")[0] in reason.text)
        less = replace(item, finding=_without_upgrade(item.finding, domain))
        if _gives(_judged(less, domain, 0), published, profile):
            yield f"no upgrade for {reason.text}"


def _without_upgrade(finding: Finding, domain: str) -> Finding:
    if domain == "dose_response":
        return replace(finding, dose_response=False)
    if domain == "opposing_confounding":
        return replace(finding, opposing_confounding=False)
    return replace(finding, large_effect=0)


def _by_domain(item: Evidence, published: Level, profile: Profile) -> Iterator[str]:
    """Judgements that would have to differ, grouped by how much."""
    apart: dict[int, list[str]] = {}
    for domain in DOMAINS:
        given = stated(domain, (item,))
        if given is None or given == NOT_ASSESSABLE:
            continue
        for change in sorted(range(-given, 4 - given), key=abs):
            if change and _gives(_judged(item, domain, given + change), published, profile):
                apart.setdefault(change, []).append(domain.replace("_", " "))
                break
    for change in sorted(apart, key=abs)[:1]:
        names = " or ".join(apart[change])
        yield f"{_COUNTS[abs(change)]} {'more' if change > 0 else 'less'} taken off for {names}"


def _judged(item: Evidence, domain: str, rating: int) -> Evidence:
    kept = tuple(j for j in item.finding.judgements if j.domain != domain)
    judgements = (*kept, DomainJudgement(domain, rating, JUDGED_BY))
    return replace(item, finding=replace(item.finding, judgements=judgements))


def _gives(item: Evidence, published: Level, profile: Profile) -> bool:
    rating = appraise_summary((item,), PEOPLE, Reading.ESTABLISHED, profile)
    return rating.low <= published <= rating.high
