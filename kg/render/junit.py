"""Diagnostics as JUnit XML, which build servers show as test results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Diagnostic, Result
from kg.render import escape


def junit(diagnostics: Iterable[Diagnostic]) -> str:
    """One suite for each code, one case for each subject: a hit fails, an open one is skipped.

    >>> print(junit([]).splitlines()[1])
    <testsuites name="kg" tests="0" failures="0" skipped="0">
    """
    shown = sorted(diagnostics, key=lambda d: (d.code, d.order))
    codes = dict.fromkeys(d.code for d in shown)
    suites = [_suite([d for d in shown if d.code == code]) for code in codes]
    counts = _counts(shown)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="kg" {counts}>']
    return "\n".join([*lines, *suites, "</testsuites>"]) + "\n"


def _suite(found: Sequence[Diagnostic]) -> str:
    name = _quoted(f"{found[0].code} {found[0].name}")
    cases = "\n".join(map(_case, found))
    return f"<testsuite name={name} {_counts(found)}>\n{cases}\n</testsuite>"


def _counts(found: Sequence[Diagnostic]) -> str:
    failures = sum(d.result is Result.HIT and not d.waived for d in found)
    skipped = sum(d.result is Result.CANNOT_TELL or d.waived is not None for d in found)
    return f'tests="{len(found)}" failures="{failures}" skipped="{skipped}"'


def _case(found: Diagnostic) -> str:
    name = _quoted(found.subject or found.name)
    place = f"classname={_quoted(found.code)}"
    if found.location is not None:
        place += f" file={_quoted(found.location.path)}"
        place += f' line="{found.location.line}"' if found.location.line else ""
    message = _quoted(found.message)
    if found.waived:
        reason = _quoted(f"waived: {found.waived.reason}")
        inner = f"<skipped message={reason}/>"
    elif found.result is Result.HIT:
        body = escape.xml(f"{found}")
        inner = f'<failure type="{found.severity.word}" message={message}>{body}</failure>'
    elif found.result is Result.CANNOT_TELL:
        inner = f"<skipped message={message}/>"
    else:
        return f"<testcase name={name} {place}/>"
    return f"<testcase name={name} {place}>{inner}</testcase>"


def _quoted(text: str) -> str:
    return f'"{escape.xml(text)}"'
