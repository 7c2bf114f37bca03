"""Lists of diagnostics: for people, as JSON, as SARIF, JUnit XML or GitHub annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.model import Diagnostic, EvidenceBase, OutcomeGrade, Result, Severity
from kg.registry import Registry
from kg.render import RenderOptions
from kg.render.escape import escape_terminal

SEVERITY_COLOURS = {Severity.SEVERE: "31", Severity.MODERATE: "33", Severity.MILD: "36"}


@dataclass(frozen=True, slots=True)
class DiagnosticsOptions:
    """What a reader may choose: `include_unknown` also lists what cannot be told.

    `base` adds what a form says about the things that are spoken of.
    """

    include_unknown: bool = False
    colour: bool = False
    base: EvidenceBase | None = None


class DiagnosticsRenderer(Protocol):
    """A form of a list of diagnostics."""

    def __call__(self, diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
        """The whole list, with a newline at its end."""


DIAGNOSTICS_RENDERERS: Registry[DiagnosticsRenderer] = Registry(
    "form",
    {
        "text": "kg.render.findings.diagnostics:render_text",
        "json": "kg.render.findings.diagnostics:render_json",
        "sarif": "kg.render.findings.diagnostics:render_sarif",
        "junit": "kg.render.findings.diagnostics:render_junit",
        "github": "kg.render.findings.diagnostics:render_github",
    },
)


def filter_by_code(
    diagnostics: Sequence[Diagnostic], select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> tuple[Diagnostic, ...]:
    """The diagnostics whose codes begin with a selected one and with no ignored one.

    >>> filter_by_code((), select=("KG1",))
    ()
    """
    return tuple(
        d
        for d in diagnostics
        if (not select or d.code.startswith(select)) and not (ignore and d.code.startswith(ignore))
    )


def render_text(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
    """One paragraph for each hit, then the counts."""
    lines: list[str] = []
    for diagnostic in diagnostics:
        hit = diagnostic.result is Result.HIT and not diagnostic.waived
        if hit or (
            options.include_unknown and diagnostic.result in (Result.HIT, Result.CANNOT_TELL)
        ):
            lines.extend(_format_diagnostic(diagnostic, options.colour))
    lines.extend(_format_counts(diagnostics, options))
    return "\n".join(lines) + "\n"


def _format_diagnostic(diagnostic: Diagnostic, colour: bool) -> Iterator[str]:
    word = diagnostic.severity.word if diagnostic.result is Result.HIT else "cannot tell"
    word = f"waived, {word}" if diagnostic.waived else word
    code = SEVERITY_COLOURS.get(diagnostic.severity)
    coloured_text = f"\x1b[{code}m{word}\x1b[0m" if colour and code else word
    place = f"{diagnostic.location}: " if diagnostic.location else ""
    subject_text = f" [{diagnostic.subject}]" if diagnostic.subject else ""
    name_text = f"{escape_terminal(diagnostic.name)}{escape_terminal(subject_text)}"
    yield f"{escape_terminal(place)}{diagnostic.code} {coloured_text} {name_text}"
    if diagnostic.message:
        yield f"    {escape_terminal(diagnostic.message)}"
    if diagnostic.remedy:
        yield f"    remedy: {escape_terminal(diagnostic.remedy)}"
    if diagnostic.unknown:
        yield f"    missing: {escape_terminal(', '.join(diagnostic.unknown))}"
    if diagnostic.waived:
        waiver_place = escape_terminal(str(diagnostic.waived.place))
        yield f"    waived at {waiver_place}: {escape_terminal(diagnostic.waived.reason)}"
    for related in diagnostic.related:
        related_place = f"{related.location}: " if related.location else ""
        related_text = f"{escape_terminal(related_place)}{escape_terminal(related.message)}"
        yield f"    see {related_text} [{escape_terminal(related.subject)}]"


def _format_counts(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> Iterator[str]:
    hits = Counter(d.severity for d in diagnostics if d.result is Result.HIT and not d.waived)
    allowed = sum(d.waived is not None for d in diagnostics)
    unknown = sum(d.result is Result.CANNOT_TELL for d in diagnostics)
    parts = [f"{hits[s]} {s.word}" for s in sorted(hits, reverse=True)]
    list_hint = "" if options.include_unknown else " (--all lists them)"
    if allowed:
        parts.append(f"{allowed} waived{list_hint}")
    if unknown:
        parts.append(f"{unknown} cannot be told{list_hint}")
    if options.base and not options.base.claims:
        parts.append(f"no claim to check ({options.base.describe_counts()})")
    yield ", ".join(parts) or "clean"


def render_json(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
    """All hits and all that cannot be told, as a JSON object with a list."""
    from kg.render.grade.json import encode_diagnostic

    shown_diagnostics = [d for d in diagnostics if d.result in (Result.HIT, Result.CANNOT_TELL)]
    value = {
        "schema_version": "kg.diagnostics/1",
        "diagnostics": [encode_diagnostic(d) for d in shown_diagnostics],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def render_sarif(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
    """A SARIF 2.1.0 log."""
    from kg.render.findings.sarif import format_sarif

    return format_sarif(diagnostics, options.base)


def render_junit(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
    """JUnit XML: hits fail, what cannot be told is skipped."""
    from kg.render.findings.junit import format_junit

    return format_junit(diagnostics)


def render_github(diagnostics: Sequence[Diagnostic], options: DiagnosticsOptions) -> str:
    """Workflow commands for annotations on GitHub, hits only."""
    from kg.render.findings.github import format_github

    return format_github(diagnostics)


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The diagnostics of a graded outcome as a SARIF 2.1.0 log."""
    from kg.render.findings.sarif import format_sarif

    return format_sarif(grade.diagnostics, base, grade.pairs)
