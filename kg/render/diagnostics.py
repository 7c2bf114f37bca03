"""Lists of diagnostics: for people, as JSON, as SARIF, JUnit XML or GitHub annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.model import Diagnostic, EvidenceBase, OutcomeGrade, Result, Severity
from kg.registry import Registry
from kg.render import Options
from kg.render.escape import terminal

COLOURS = {Severity.SEVERE: "31", Severity.MODERATE: "33", Severity.MILD: "36"}


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What a reader may choose: `every` also lists what cannot be told.

    `base` adds what a form says about the things that are spoken of.
    """

    every: bool = False
    colour: bool = False
    base: EvidenceBase | None = None


class ListForm(Protocol):
    """A form of a list of diagnostics."""

    def __call__(self, found: Sequence[Diagnostic], options: ListOptions) -> str:
        """The whole list, with a newline at its end."""


FORMS: Registry[ListForm] = Registry(
    "form",
    {
        "text": "kg.render.diagnostics:as_text",
        "json": "kg.render.diagnostics:as_json",
        "sarif": "kg.render.diagnostics:as_sarif",
        "junit": "kg.render.diagnostics:as_junit",
        "github": "kg.render.diagnostics:as_github",
    },
)


def chosen(
    found: Sequence[Diagnostic], select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> tuple[Diagnostic, ...]:
    """The diagnostics whose codes begin with a selected one and with no ignored one.

    >>> chosen((), select=("KG1",))
    ()
    """
    return tuple(
        d
        for d in found
        if (not select or d.code.startswith(select)) and not (ignore and d.code.startswith(ignore))
    )


def as_text(found: Sequence[Diagnostic], options: ListOptions) -> str:
    """One paragraph for each hit, then the counts."""
    lines: list[str] = []
    for diagnostic in found:
        hit = diagnostic.result is Result.HIT and not diagnostic.waived
        if hit or (options.every and diagnostic.result in (Result.HIT, Result.CANNOT_TELL)):
            lines.extend(_paragraph(diagnostic, options.colour))
    lines.extend(_counts(found, options))
    return "\n".join(lines) + "\n"


def _paragraph(found: Diagnostic, colour: bool) -> Iterator[str]:
    word = found.severity.word if found.result is Result.HIT else "cannot tell"
    word = f"waived, {word}" if found.waived else word
    code = COLOURS.get(found.severity)
    shown = f"\x1b[{code}m{word}\x1b[0m" if colour and code else word
    place = f"{found.location}: " if found.location else ""
    about = f" [{found.subject}]" if found.subject else ""
    yield f"{terminal(place)}{found.code} {shown} {terminal(found.name)}{terminal(about)}"
    if found.message:
        yield f"    {terminal(found.message)}"
    if found.remedy:
        yield f"    remedy: {terminal(found.remedy)}"
    if found.unknown:
        yield f"    missing: {terminal(', '.join(found.unknown))}"
    if found.waived:
        yield f"    waived at {terminal(str(found.waived.place))}: {terminal(found.waived.reason)}"
    for related in found.related:
        where = f"{related.location}: " if related.location else ""
        yield f"    see {terminal(where)}{terminal(related.message)} [{terminal(related.subject)}]"


def _counts(found: Sequence[Diagnostic], options: ListOptions) -> Iterator[str]:
    hits = Counter(d.severity for d in found if d.result is Result.HIT and not d.waived)
    allowed = sum(d.waived is not None for d in found)
    unknown = sum(d.result is Result.CANNOT_TELL for d in found)
    parts = [f"{hits[s]} {s.word}" for s in sorted(hits, reverse=True)]
    more = "" if options.every else " (--all lists them)"
    if allowed:
        parts.append(f"{allowed} waived{more}")
    if unknown:
        parts.append(f"{unknown} cannot be told{more}")
    yield f"{', '.join(parts)}" if parts else "clean"


def as_json(found: Sequence[Diagnostic], options: ListOptions) -> str:
    """All hits and all that cannot be told, as a JSON object with a list."""
    from kg.render.json import diagnostic

    shown = [d for d in found if d.result in (Result.HIT, Result.CANNOT_TELL)]
    value = {"schema_version": "kg.diagnostics/1", "diagnostics": [diagnostic(d) for d in shown]}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_sarif(found: Sequence[Diagnostic], options: ListOptions) -> str:
    """A SARIF 2.1.0 log."""
    from kg.render.sarif import sarif

    return sarif(found, options.base)


def as_junit(found: Sequence[Diagnostic], options: ListOptions) -> str:
    """JUnit XML: hits fail, what cannot be told is skipped."""
    from kg.render.junit import junit

    return junit(found)


def as_github(found: Sequence[Diagnostic], options: ListOptions) -> str:
    """Workflow commands for annotations on GitHub, hits only."""
    from kg.render.github import github

    return github(found)


def render(grade: OutcomeGrade, base: EvidenceBase, options: Options) -> str:
    """The diagnostics of a graded outcome as a SARIF 2.1.0 log."""
    from kg.render.sarif import sarif

    return sarif(grade.diagnostics, base, grade.pairs)
