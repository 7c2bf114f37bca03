"""What a detector is, what it answers, and how an answer becomes a Diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.model import Diagnostic, RelatedPlace, Result, Severity
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, all_, any_
from kg.weaklinks.settings import find_severity_override, read_words


@dataclass(frozen=True, slots=True)
class Judgement:
    """The value of a condition on one thing, with what decided it.

    `unknown_facts` names the missing facts where the value is None. `place_id` is the id whose
    place is reported, where it is not that of the thing. `severity_shift` counts the steps by which
    the hit is worse than usual for its detector, less than 0 where it is milder.
    """

    value: Truth
    deciding_ids: tuple[str, ...] = ()
    unknown_facts: tuple[str, ...] = ()
    message: str = ""
    remedy: str = ""
    severity_shift: int = 0
    related_places: tuple[tuple[str, str], ...] = ()
    place_id: str = ""


CLEAN_JUDGEMENT = Judgement(False)
EVERY_RESULT = frozenset(Result)

JudgeFunction = Callable[[FactBase, Any], Judgement | None]
"""The answer on one thing, or None where the condition does not apply to it."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One entry of the catalogue. `over` names the rows of Facts that it judges one by one.

    `across_sources` says that it compares sources; all others see one source at a time.
    `severity` is that of a usual hit; `[severity]` in `data/profiles/detectors.toml` overrides it.
    """

    code: str
    name: str
    severity: Severity
    over: str
    needs: tuple[str, ...]
    fix: str
    backing: str
    judge: JudgeFunction
    across_sources: bool = False

    def rate_usual_hit(self) -> Severity:
        """Severity of a hit, unless what was hit shifts it."""
        return find_severity_override(self.code) or self.severity

    def find_diagnostics(
        self,
        fact_base: FactBase,
        wanted_results: Container[Result] = EVERY_RESULT,
        subject_ids: Container[str] | None = None,
    ) -> Iterator[Diagnostic]:
        """Results on every thing, or on those that are asked about, of the kinds wanted."""
        for fact_row in getattr(fact_base, self.over):
            if subject_ids is not None and fact_row.id not in subject_ids:
                continue
            answer = self.judge(fact_base, fact_row)
            result = classify_judgement(answer)
            if result in wanted_results:
                yield self._build_diagnostic(fact_base, fact_row, answer or CLEAN_JUDGEMENT, result)

    def _build_diagnostic(
        self, fact_base: FactBase, fact_row: Any, answer: Judgement, result: Result
    ) -> Diagnostic:
        is_hit = result is Result.HIT
        place_id = answer.place_id or fact_row.id
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=self._rate_severity(answer) if is_hit else Severity.NONE,
            message=answer.message if is_hit else self._describe_other_result(result, answer),
            subject=fact_row.id,
            location=fact_base.find_place(place_id, "claims" if answer.place_id else self.over),
            remedy=answer.remedy if is_hit else "",
            result=result,
            related=_build_related_places(fact_base, answer) if is_hit else (),
            unknown=answer.unknown_facts if result is Result.CANNOT_TELL else (),
            source=self._find_source(fact_row),
        )

    def _find_source(self, fact_row: Any) -> str:
        """Id of the source that a result belongs to; empty where it lies across sources."""
        if self.across_sources:
            return ""
        return fact_row.id if self.over == "sources" else fact_row.source or ""

    def _rate_severity(self, answer: Judgement) -> Severity:
        shifted = self.rate_usual_hit() + answer.severity_shift
        return Severity(min(max(shifted, Severity.MILD), Severity.SEVERE))

    def _describe_other_result(self, result: Result, answer: Judgement) -> str:
        if result is Result.CANNOT_TELL:
            return f"Cannot tell {self.name}: not recorded: {', '.join(answer.unknown_facts)}."
        return f"No {self.name}." if result is Result.CLEAN else f"{self.name} does not apply."


def classify_judgement(answer: Judgement | None) -> Result:
    """The result that an answer amounts to."""
    if answer is None:
        return Result.NOT_APPLICABLE
    if answer.value is None:
        return Result.CANNOT_TELL
    return Result.HIT if answer.value else Result.CLEAN


def _build_related_places(fact_base: FactBase, answer: Judgement) -> tuple[RelatedPlace, ...]:
    return tuple(
        RelatedPlace(subject, message, fact_base.find_place(subject))
        for subject, message in answer.related_places
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a condition: its value, and the names of the facts it waits for when unknown."""

    value: Truth
    unknown_facts: tuple[str, ...] = ()


def all_of(*conditions: Condition) -> Condition:
    """The conjunction; its unknown facts are those of the parts that are undecided."""
    value = all_(c.value for c in conditions)
    if value is not None:
        return Condition(value)
    return Condition(None, merge_names(c.unknown_facts for c in conditions if c.value is None))


def merge_names(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All names in sorted order, each once."""
    return tuple(sorted({name for part in parts for name in part}))


def fact(row_id: str, field: str, value: Truth) -> Condition:
    """A condition on one fact, named `id.field`."""
    return Condition(value, (f"{row_id}.{field}",) if value is None else ())


def has_human_design(finding: FindingFact, designs: str) -> Condition:
    """Whether a finding comes from people, by one of the designs of that list of the profile."""
    undecided = finding.design is None or finding.design in read_words("designs", "undecided")
    is_human = None if finding.system is None else finding.system == "human"
    work_id = finding.work or finding.id
    return all_of(
        fact(
            work_id,
            "design",
            None if undecided else finding.design in read_words("designs", designs),
        ),
        fact(work_id, "system", is_human),
    )


@dataclass(frozen=True, slots=True)
class LinkTest:
    """Whether all findings of one link pass a test, over all the links of a claim."""

    value: Truth
    findings: tuple[FindingFact, ...]
    unknown_facts: tuple[str, ...]


def any_link(
    links: Sequence[Sequence[FindingFact]], test: Callable[[FindingFact], Condition]
) -> LinkTest:
    """Whether there is a link on which every finding passes `test` (strong Kleene).

    `findings` are those of the links that pass; `unknown` names what the undecided links wait for.
    """
    tested = [(link, [test(finding) for finding in link]) for link in links if link]
    values = [all_(c.value for c in conditions) for _, conditions in tested]
    passing_links = [link for (link, _), value in zip(tested, values, strict=True) if value]
    waiting = [
        condition.unknown_facts
        for (_, conditions), value in zip(tested, values, strict=True)
        if value is None
        for condition in conditions
    ]
    return LinkTest(
        any_(values),
        tuple(finding for link in passing_links for finding in link),
        merge_names(waiting),
    )


def list_related_works(
    findings: Iterable[FindingFact], message: str
) -> tuple[tuple[str, str], ...]:
    """The works behind some findings as related places, each once."""
    return tuple((work, message) for work in sorted({f.work or f.id for f in findings}))


def list_related_disclosures(
    fact_base: FactBase, claim: ClaimFact, systems: Container[str]
) -> tuple[tuple[str, str], ...]:
    """The sentences that a claim leans on and that disclose one of these systems, as places."""
    return tuple(
        (c.id, f"this sentence says that the work is {format_word(c.discloses)}")
        for c in fact_base.list_premise_claims(claim.id)
        if c.discloses in systems
    )


def format_word(word: str | None) -> str:
    """A code word as it is printed.

    >>> format_word("in-vitro")
    'in vitro'
    """
    return (word or "unknown").replace("_", " ").replace("-", " ")
