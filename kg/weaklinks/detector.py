"""What a detector is, what it answers, and how an answer becomes a Diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any

from kg.model import Diagnostic, Related, Result, Severity
from kg.model.record import dataclass
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, all_, any_
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import severity, words


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of a condition on one thing, with what decided it.

    `unknown` names the missing facts where the value is None. `place` is the id whose place is
    reported, where it is not that of the thing. `shift` is +1 where the hit is worse than usual for
    its detector, -1 where it is less.
    """

    value: Truth
    because: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    message: str = ""
    remedy: str = ""
    shift: int = 0
    related: tuple[tuple[str, str], ...] = ()
    place: str = ""


NO_ANSWER = Answer(False)
EVERY = frozenset(Result)

Judge = Callable[[Facts, Any], Answer | None]
"""The answer on one thing, or None where the condition does not apply to it."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One entry of the catalogue. `over` names the rows of Facts that it judges one by one."""

    code: str
    name: str
    over: str
    needs: tuple[str, ...]
    fix: str
    backing: str
    judge: Judge

    @property
    def severity(self) -> Severity:
        """Severity of a hit, unless the detector raises it."""
        return severity(self.code)

    def results(
        self,
        facts: Facts,
        wanted: Container[Result] = EVERY,
        about: Container[str] | None = None,
    ) -> Iterator[Diagnostic]:
        """Results on every thing, or on those that are asked about, of the kinds wanted."""
        for thing in getattr(facts, self.over):
            if about is not None and thing.id not in about:
                continue
            answer = self.judge(facts, thing)
            result = outcome_of(answer)
            if result in wanted:
                yield self._diagnostic(facts, thing, answer or NO_ANSWER, result)

    def _diagnostic(self, facts: Facts, thing: Any, answer: Answer, result: Result) -> Diagnostic:
        hit = result is Result.HIT
        place = answer.place or thing.id
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=self._severity(answer) if hit else Severity.NONE,
            message=answer.message if hit else self._open(result, answer),
            subject=thing.id,
            location=facts.place(place, "claims" if answer.place else self.over),
            remedy=answer.remedy if hit else "",
            result=result,
            related=_related(facts, answer) if hit else (),
            unknown=answer.unknown if result is Result.CANNOT_TELL else (),
            source=thing.id if self.over == "sources" else thing.source or "",
        )

    def _severity(self, answer: Answer) -> Severity:
        return severity(self.code, answer.shift)

    def _open(self, result: Result, answer: Answer) -> str:
        if result is Result.CANNOT_TELL:
            return f"Cannot tell {self.name}: not recorded: {', '.join(answer.unknown)}."
        return f"No {self.name}." if result is Result.CLEAN else f"{self.name} does not apply."


def outcome_of(answer: Answer | None) -> Result:
    """The result that an answer amounts to."""
    if answer is None:
        return Result.NOT_APPLICABLE
    if answer.value is None:
        return Result.CANNOT_TELL
    return Result.HIT if answer.value else Result.CLEAN


def _related(facts: Facts, answer: Answer) -> tuple[Related, ...]:
    return tuple(
        Related(subject, message, facts.place(subject)) for subject, message in answer.related
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a condition: its value, and the names of the facts it waits for when unknown."""

    value: Truth
    unknown: tuple[str, ...] = ()


def both(*conditions: Condition) -> Condition:
    """The conjunction; its unknown facts are those of the parts that are undecided."""
    value = all_(c.value for c in conditions)
    if value is not None:
        return Condition(value)
    return Condition(None, joined(c.unknown for c in conditions if c.value is None))


def joined(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All names in sorted order, each once."""
    return tuple(sorted({name for part in parts for name in part}))


def on(id: str, field: str, value: Truth) -> Condition:
    """A condition on one fact, named `id.field`."""
    return Condition(value, (f"{id}.{field}",) if value is None else ())


def in_people_by(finding: FindingFact, designs: str) -> Condition:
    """Whether a finding comes from people, by one of the designs of that list of the profile."""
    undecided = finding.design is None or finding.design in words("designs", "undecided")
    people = None if finding.system is None else finding.system == "human"
    row = finding.work or finding.id
    return both(
        on(row, "design", None if undecided else finding.design in words("designs", designs)),
        on(row, "system", people),
    )


@dataclass(frozen=True, slots=True)
class LinkTest:
    """Whether all findings of one link pass a test, over all the links of a claim."""

    value: Truth
    findings: tuple[FindingFact, ...]
    unknown: tuple[str, ...]


def some_link(
    links: Sequence[Sequence[FindingFact]], test: Callable[[FindingFact], Condition]
) -> LinkTest:
    """Whether there is a link on which every finding passes `test` (strong Kleene).

    `findings` are those of the links that pass; `unknown` names what the undecided links wait for.
    """
    tested = [(link, [test(f) for f in link]) for link in links if link]
    values = [all_(c.value for c in conditions) for _, conditions in tested]
    passed = [link for (link, _), value in zip(tested, values, strict=True) if value]
    waiting = [
        condition.unknown
        for (_, conditions), value in zip(tested, values, strict=True)
        if value is None
        for condition in conditions
    ]
    return LinkTest(any_(values), tuple(f for link in passed for f in link), joined(waiting))


def works_related(findings: Iterable[FindingFact], message: str) -> tuple[tuple[str, str], ...]:
    """The works behind some findings as related places, each once."""
    return tuple((work, message) for work in sorted({f.work or f.id for f in findings}))


def disclosed_related(
    facts: Facts, claim: ClaimFact, systems: Container[str]
) -> tuple[tuple[str, str], ...]:
    """The sentences that a claim leans on and that disclose one of these systems, as places."""
    return tuple(
        (c.id, f"this sentence says that the work is {readable(c.discloses)}")
        for c in facts.ancestors(claim.id)
        if c.discloses in systems
    )


def readable(word: str | None) -> str:
    """A code word as it is printed.

    >>> readable("in-vitro")
    'in vitro'
    """
    return (word or "unknown").replace("_", " ").replace("-", " ")
