"""Rows of summary tables rated, and whether a published certainty follows from its own judgements.

grading.md section 17: what contradicts its own judgements is reported as such, never fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.grading.body.appraise import StreamRating, appraise_summary
from kg.grading.body.judgement import RATING_NOT_ASSESSABLE, WORST_BY_DOMAIN, find_stated_rating
from kg.grading.evidence import Evidence, QuestionContext
from kg.grading.profiles import Profile
from kg.model import DomainJudgement, Finding, Level, Reading

DOMAIN_NAMES = tuple(WORST_BY_DOMAIN)
UPGRADE_NAMES = ("large_effect", "dose_response", "opposing_confounding")
TABLE_SOURCE = "the table"
HUMAN_CONTEXT = QuestionContext(is_human=True)
_LEVEL_COUNT_WORDS = {1: "one level", 2: "two levels", 3: "three levels"}


class ReplayResult(StrEnum):
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

    follows: ReplayResult
    low: Level
    high: Level
    step: str = ""


@dataclass(frozen=True, slots=True)
class PublishedBody:
    """One row of a table, or the rows of its studies, and the certainty that was published."""

    line: int
    outcome: str
    label: str
    rows: tuple[Evidence, ...]
    published_level: Level | None = None

    @property
    def evidence(self) -> Evidence:
        """The first row."""
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class AppraisedBody:
    """A body and its rating."""

    body: PublishedBody
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
        return Level(self.rating.lowest_level)

    @property
    def high(self) -> Level:
        """The highest level that the unknown permits."""
        return Level(self.rating.highest_level)


class CertaintyTally:
    """Counts of how published certainties compare; filled row by row."""

    def __init__(self) -> None:
        self.rows = self.published = self.exact = self.within_one = 0
        self.follows = dict.fromkeys(ReplayResult, 0)

    def count_row(self, row: AppraisedBody) -> AppraisedBody:
        """The row, counted."""
        self.rows += 1
        if row.body.published_level is not None and row.replay is not None:
            apart = abs(row.level - row.body.published_level)
            self.published += 1
            self.exact += apart == 0
            self.within_one += apart <= 1
            self.follows[row.replay.follows] += 1
        return row


def rate_published_body(body: PublishedBody, reading: Reading, profile: Profile) -> AppraisedBody:
    """The body with its rating, and the replay of its published certainty where it has one."""
    rating = appraise_summary(body.rows, HUMAN_CONTEXT, reading, profile)
    if body.published_level is None:
        return AppraisedBody(body, rating)
    body_evidence = body.evidence
    if len(body.rows) > 1:  # bias was judged study by study: what it comes to stands for the body
        body_evidence = _replace_judgement(
            body_evidence, "risk_of_bias", -rating.judgements[0].change
        )
    return AppraisedBody(
        body, rating, replay_certainty(body_evidence, body.published_level, profile)
    )


def replay_certainty(evidence: Evidence, published: Level, profile: Profile) -> Replay:
    """Whether the published level follows from the judgements of a row alone."""
    bare_evidence = replace(evidence, finding=_remove_numbers(evidence.finding))
    own_rating = appraise_summary((bare_evidence,), HUMAN_CONTEXT, Reading.ESTABLISHED, profile)
    low, high = Level(own_rating.lowest_level), Level(own_rating.highest_level)
    if not low <= published <= high:
        return Replay(
            ReplayResult.NO,
            low,
            high,
            _describe_single_change(bare_evidence, own_rating, published, profile),
        )
    return Replay(ReplayResult.YES if low == high else ReplayResult.MAY, low, high)


def replace_upgrade_rule(profile: Profile, upgrade: str | None) -> Profile:
    """The profile with another rule of upgrading; the same one for None."""
    if upgrade is None:
        return profile
    table = {**profile.table, "upgrade": upgrade}
    return Profile(profile.name, profile.version, profile.title, table)


def _remove_numbers(finding: Finding) -> Finding:
    return Finding(
        finding.id,
        finding.exposure,
        finding.outcome,
        finding.direction,
        dose_response=finding.dose_response,
        opposing_confounding=finding.opposing_confounding,
        judgements=finding.judgements,
    )


def _describe_single_change(
    item: Evidence, own_rating: StreamRating, published: Level, profile: Profile
) -> str:
    """The single changes that would give the published level, in words."""
    change_texts = [
        *_list_upgrade_changes(item, own_rating, published, profile),
        *_list_domain_changes(item, published, profile),
    ]
    change_texts += [
        f"a start at {start.word} instead of {Level(own_rating.start_level).word}"
        for start in Level
        if start not in (Level.NONE, own_rating.start_level)
        and _is_level_reached(_replace_judgement(item, "start_level", start), published, profile)
    ]
    if change_texts:
        return "; or ".join(change_texts)
    return "no single step gives it"


def _list_upgrade_changes(
    item: Evidence, own_rating: StreamRating, published: Level, profile: Profile
) -> Iterator[str]:
    if profile["upgrade"] == "strict" and _is_level_reached(
        item, published, replace_upgrade_rule(profile, "lenient")
    ):
        evidence_note = (
            "that was rated down" if own_rating.stream in ("HN", "HO") else "of this design"
        )
        yield f"an upgrade of evidence {evidence_note}, which only --upgrade lenient allows"
    for reason in own_rating.upgrades:
        domain = next(d for d in UPGRADE_NAMES if d.split("_")[0] in reason.text)
        less = replace(item, finding=_remove_upgrade(item.finding, domain))
        if _is_level_reached(_replace_judgement(less, domain, 0), published, profile):
            yield f"no upgrade for {reason.text}"


def _remove_upgrade(finding: Finding, domain: str) -> Finding:
    if domain == "dose_response":
        return replace(finding, dose_response=False)
    if domain == "opposing_confounding":
        return replace(finding, opposing_confounding=False)
    return replace(finding, large_effect=0)


def _list_domain_changes(item: Evidence, published: Level, profile: Profile) -> Iterator[str]:
    """Judgements that would have to differ, grouped by how much."""
    apart: dict[int, list[str]] = {}
    for domain in DOMAIN_NAMES:
        stated_rating = find_stated_rating(domain, (item,))
        if stated_rating is None or stated_rating == RATING_NOT_ASSESSABLE:
            continue
        for change in sorted(range(-stated_rating, 4 - stated_rating), key=abs):
            if change and _is_level_reached(
                _replace_judgement(item, domain, stated_rating + change), published, profile
            ):
                apart.setdefault(change, []).append(domain.replace("_", " "))
                break
    for change in sorted(apart, key=abs)[:1]:
        names = " or ".join(apart[change])
        count_words = _LEVEL_COUNT_WORDS[abs(change)]
        yield f"{count_words} {'more' if change > 0 else 'less'} taken off for {names}"


def _replace_judgement(item: Evidence, domain: str, rating: int) -> Evidence:
    other_judgements = tuple(j for j in item.finding.judgements if j.domain != domain)
    judgements = (*other_judgements, DomainJudgement(domain, rating, TABLE_SOURCE))
    return replace(item, finding=replace(item.finding, judgements=judgements))


def _is_level_reached(item: Evidence, published: Level, profile: Profile) -> bool:
    rating = appraise_summary((item,), HUMAN_CONTEXT, Reading.ESTABLISHED, profile)
    return rating.lowest_level <= published <= rating.highest_level
