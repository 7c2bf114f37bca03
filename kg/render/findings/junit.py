"""Diagnostics as JUnit XML, which build servers show as test results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Diagnostic, Result
from kg.render import escape


def format_junit(diagnostics: Iterable[Diagnostic]) -> str:
    """One suite for each code, one case for each subject: a hit fails, an open one is skipped.

    >>> print(format_junit([]).splitlines()[1])
    <testsuites name="kg" tests="0" failures="0" skipped="0">
    """
    ordered_diagnostics = sorted(diagnostics, key=lambda d: (d.code, d.sort_key))
    codes = dict.fromkeys(d.code for d in ordered_diagnostics)
    suites = [_format_suite([d for d in ordered_diagnostics if d.code == code]) for code in codes]
    counts = _count_results(ordered_diagnostics)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="kg" {counts}>']
    return "\n".join([*lines, *suites, "</testsuites>"]) + "\n"


def _format_suite(diagnostics: Sequence[Diagnostic]) -> str:
    name = _quote_text(f"{diagnostics[0].code} {diagnostics[0].name}")
    cases = "\n".join(map(_format_case, diagnostics))
    return f"<testsuite name={name} {_count_results(diagnostics)}>\n{cases}\n</testsuite>"


def _count_results(diagnostics: Sequence[Diagnostic]) -> str:
    failures = sum(d.result is Result.HIT and not d.waived for d in diagnostics)
    skipped = sum(d.result is Result.CANNOT_TELL or d.waived is not None for d in diagnostics)
    return f'tests="{len(diagnostics)}" failures="{failures}" skipped="{skipped}"'


def _format_case(diagnostic: Diagnostic) -> str:
    case_name = _quote_text(diagnostic.subject or diagnostic.name)
    place = f"classname={_quote_text(diagnostic.code)}"
    if diagnostic.location is not None:
        place += f" file={_quote_text(diagnostic.location.path)}"
        place += f' line="{diagnostic.location.line}"' if diagnostic.location.line else ""
    message = _quote_text(diagnostic.message)
    if diagnostic.waived:
        reason = _quote_text(f"waived: {diagnostic.waived.reason}")
        inner = f"<skipped message={reason}/>"
    elif diagnostic.result is Result.HIT:
        body = escape.escape_xml(f"{diagnostic}")
        inner = f'<failure type="{diagnostic.severity.word}" message={message}>{body}</failure>'
    elif diagnostic.result is Result.CANNOT_TELL:
        inner = f"<skipped message={message}/>"
    else:
        return f"<testcase name={case_name} {place}/>"
    return f"<testcase name={case_name} {place}>{inner}</testcase>"


def _quote_text(text: str) -> str:
    return f'"{escape.escape_xml(text)}"'
